"""Pictures of a pack: stills off the shelf, panoramas, and a drawn copy of each.

In: a watch. Out: evidence files whose bytes are in the store. A picture that is lost or
cannot be drawn on costs itself alone and is named as a shortfall.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from alerts.annotate import Caption, annotate
from alerts.errors import StillError, StoreError
from alerts.evidence_store import EvidenceStore
from alerts.mask import painted_jpeg
from alerts.pack import DRAWN, EvidenceFile, Role, Shortfall
from alerts.pack_floors import picture_size
from alerts.pack_scene import Scene, number_of
from alerts.pack_shelf import Shelf
from alerts.pack_watch import Still, Watch
from alerts.panoramas import Clips, Panorama, PictureAt, panorama_file, panoramas


class PackPictures:
    """Makes them; used by one thread at a time.

    Args:
        shelf: Where the stills lie.
        store: Where the bytes go.
        picture_at: Decodes a picture of a clip; None: panoramas are made of stills.
    """

    def __init__(
        self, shelf: Shelf, store: EvidenceStore, picture_at: PictureAt | None
    ) -> None:
        self._shelf, self._store = shelf, store
        self._picture_at = picture_at
        self._published: dict[UUID, tuple[EvidenceFile, ...]] = {}

    def publish(self, watch: Watch, scene: Scene) -> list[EvidenceFile]:
        """The stills of a watch that is not over; remembered until `forget`.

        Raises:
            StoreError: The store refuses; call again later.
        """
        files, _ = self.stills(watch, scene)
        self._published[watch.id] = tuple(files)
        return files

    def forget(self, violation: UUID) -> None:
        """Its pack is told of: what was published is not needed any more."""
        self._published.pop(violation, None)

    def stills(self, watch: Watch, scene: Scene) -> tuple[list[EvidenceFile], Watch]:
        """The stills with their drawn copies, and the watch with what is missing.

        Raises:
            StoreError: The store refuses; call again later.
        """
        files: list[EvidenceFile] = []
        for role, still in watch.roles():
            known = self._known(watch, role, still)
            if known:
                files += known
                continue
            try:
                jpeg = self._shelf.read(watch, still)
            except StoreError as error:
                _warn(watch, error)
                watch = watch.without(frozenset({still.name}))
                continue
            original = EvidenceFile(
                name=f"{role.value}.jpg",
                role=role,
                media_type="image/jpeg",
                stored=self._store.put([jpeg]),
                captured_at=still.at,
                box=still.box,
                people=still.people,
            )
            try:
                original = replace(original, size_px=picture_size(jpeg))
            except StillError as error:
                _warn(watch, error)
            files.append(original)
            drawn, watch = self._drawn(jpeg, original, still, watch, scene)
            files += drawn
        return files, watch

    def panoramas(
        self, watch: Watch, scene: Scene, stills: Sequence[EvidenceFile]
    ) -> tuple[list[EvidenceFile], Watch]:
        """The panoramas with their drawn copies; the watch as `stills` gives it.

        Args:
            watch: With the clips of its arrival and its opening, where there are any.
            scene: The place in words.
            stills: What `stills` gave.

        Raises:
            StoreError: The store refuses; call again later.
        """
        named = (("arrival.mp4", watch.arrival), ("clip.mp4", watch.clip))
        there = tuple(
            (name, clip)
            for name, clip in named
            if clip is not None and clip.path.is_file()
        )
        originals = [still for still in stills if not still.is_drawn]
        files: list[EvidenceFile] = []
        stood = dict(watch.roles())
        made = panoramas(originals, Clips(there, self._picture_at))
        for number, one in enumerate(made, 1):
            try:
                jpeg, whole = self._panorama(number, one, scene)
            except StillError as error:
                _warn(watch, error)
                watch = watch.lacking(Shortfall.ANNOTATION_FAILED)
                continue
            files.append(whole)
            drawn, watch = self._drawn(jpeg, whole, stood[one.still.role], watch, scene)
            files += drawn
        return files, watch

    def _panorama(
        self, number: int, made: Panorama, scene: Scene
    ) -> tuple[bytes, EvidenceFile]:
        whole = panorama_file(number, made)
        jpeg = made.jpeg
        if jpeg is None:
            jpeg = b"".join(self._store.open_range(whole.stored.key))
            if not scene.masks:
                return jpeg, whole
        jpeg = painted_jpeg(jpeg, scene.masks)
        stored, size_px = self._store.put([jpeg]), picture_size(jpeg)
        return jpeg, replace(whole, stored=stored, size_px=size_px)

    def _known(self, watch: Watch, role: Role, still: Still) -> list[EvidenceFile]:
        """The still's files, if they were stored when it was published."""
        found = [
            file
            for file in self._published.get(watch.id, ())
            if file.role is role and file.captured_at == still.at
        ]
        # without its drawn copy it is tried again, so that the shortfall is noted
        return found if len(found) > 1 else []

    def _drawn(
        self,
        jpeg: bytes,
        original: EvidenceFile,
        still: Still,
        watch: Watch,
        scene: Scene,
    ) -> tuple[list[EvidenceFile], Watch]:
        try:
            drawn = annotate(jpeg, _caption(watch, scene, original, still))
        except StillError as error:
            _warn(watch, error)
            return [], watch.lacking(Shortfall.ANNOTATION_FAILED)
        copy = replace(
            original,
            name=f"{original.name.removesuffix('.jpg')}{DRAWN}",
            stored=self._store.put([drawn]),
            parent=original.name,
            size_px=None,
        )
        return [copy], watch


def _caption(watch: Watch, scene: Scene, file: EvidenceFile, still: Still) -> Caption:
    violation = watch.opened or watch.violation
    return Caption(
        scene=scene,
        number=number_of(violation),
        code=violation.code,
        role=file.role,
        at=file.captured_at,
        first_seen=violation.first_seen,
        judged_at=violation.at,
        box=file.box,
        clauses=violation.clauses,
        people=file.people,
        vehicles=still.vehicles,
    )


def _warn(watch: Watch, error: StoreError) -> None:
    structlog.get_logger().warning(
        "evidence.reduced", violation=str(watch.id), why=str(error)
    )
