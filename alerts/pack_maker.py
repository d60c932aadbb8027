"""Packs out of watches: stills, clip and what was seen into the store, then the pack.

Order is everything: objects first, the manifest last, since the manifest is the pack's
existence, and only then is anybody told. A crash before the manifest leaves objects
that the next attempt finds again under the same names; a crash after it is mended by
telling again what the manifest says. So a violation has one pack or none.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog

from alerts.clip_cutter import CutClip, Recording
from alerts.durable_file import told
from alerts.errors import (
    ClipError,
    NotFoundError,
    StoreError,
    StoreFullError,
)
from alerts.evidence_store import EvidenceStore
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role, Shortfall
from alerts.pack_chain import Place, announce, confirm, next_place
from alerts.pack_extras import PackExtras
from alerts.pack_facts import facts_of
from alerts.pack_manifest import (
    Sealing,
    encode_manifest,
    manifest_of,
    own_manifest,
    pack_of,
)
from alerts.pack_pictures import PackPictures
from alerts.pack_scene import Corners, Scene, SceneOf
from alerts.pack_seen import seen_json
from alerts.pack_shelf import Shelf
from alerts.pack_watch import Watch
from alerts.panoramas import PictureAt
from base.clock import Clock
from base.ids import CameraId
from rules.violation import Gap, Violation

_CHUNK = 1024 * 1024
# A clip ends with its last whole picture: half a second short is no shortfall.
_TOLERANCE_S = 0.5


class PackSink(Protocol):
    """Tells alerts of packs, durably and in order; `alerts/inbox.py` is one."""

    def send_pack(self, pack: Pack) -> None:
        """Take a pack; must not lose it.

        Raises:
            StoreError: It could not be taken; it is sent again later.
        """
        ...


@dataclass(frozen=True, slots=True)
class MakerParts:
    """What packs are made with.

    Attributes:
        shelf: Where the stills lie until then.
        store: Where objects and manifests go.
        sink: Who is told.
        scene_of: The words for a violation.
        clock: For the moment a pack is sealed.
        made_by: Program and version, for the manifest.
        picture_at: Decodes a picture of a clip, for panoramas; None: they are made of
            stills alone.
    """

    shelf: Shelf
    store: EvidenceStore
    sink: PackSink
    scene_of: SceneOf
    clock: Clock
    made_by: str
    picture_at: PictureAt | None = None


class PackMaker:
    """Makes packs; used by one thread at a time."""

    def __init__(self, parts: MakerParts) -> None:
        self._shelf = parts.shelf
        self._store = parts.store
        self._pictures = PackPictures(parts.shelf, parts.store, parts.picture_at)
        self._extras = PackExtras(parts.shelf, parts.store)
        self._sink = parts.sink
        self._scene_of = parts.scene_of
        self._clock = parts.clock
        self._made_by = parts.made_by

    def exists(self, violation: UUID) -> bool:
        """Whether the violation has its pack already.

        Raises:
            StoreError: The store is away.
        """
        try:
            self._store.manifest(violation)
        except NotFoundError:
            return False
        return True

    def publish_stills(self, watch: Watch) -> None:
        """Show the stills of an opened violation while its clip is still running.

        Raises:
            StoreError: Store or sink refuse; nothing is lost, `seal` does it again.
        """
        files = self._pictures.publish(watch, self._scene_of(watch.violation))
        if files:
            self._sink.send_pack(_pack(watch, PackState.PENDING, files))

    def cut(self, watch: Watch, recording: Recording, *, hasty: bool) -> Watch:
        """The watch with its clip on the shelf, or with the reason it has none.

        Args:
            watch: An opened violation.
            recording: The packets of its clip; not needed any more afterwards.
            hasty: Leave out the copy for browsers: it takes long and can be made again
                from the clip.
        """
        folder = self._shelf.folder_of(watch)
        try:
            self._shelf.check_reserve()
            clip = recording.cut(folder)
        except StoreFullError as error:
            _warn(watch, error)
            return watch.lacking(Shortfall.DISK_FULL)
        except ClipError as error:
            _warn(watch, error)
            return watch.lacking(Shortfall.CLIP_FAILED)
        if not hasty:
            masks = self._scene_of(watch.violation).masks
            clip = replace(clip, derived=_derived(recording, clip, folder, masks))
        watch = replace(watch, clip=clip).lacking(*_clip_shortfalls(watch, clip))
        try:
            self._shelf.save(watch)
        except StoreError as error:
            _warn(watch, error)
        return watch

    def seal(self, watch: Watch) -> Pack:
        """Make the pack exist and tell of it.

        Args:
            watch: An opened violation whose time has run, `cut` where it has packets;
                its shortfalls become the pack's reasons.

        Raises:
            StoreError: Store or sink refuse; call again later.
        """
        try:
            pack = self._existing(watch.id)
        except NotFoundError:
            pack = self._sealed(watch)
        self._sink.send_pack(pack)
        self._pictures.forget(watch.id)
        structlog.get_logger().info(
            "pack.sealed", pack=str(pack.id), state=pack.state, reasons=pack.reasons
        )
        return pack

    def _existing(self, violation: UUID) -> Pack:
        raw = self._store.manifest(violation)
        own = own_manifest(raw, violation)
        return with_manifest(pack_of(own), self._store, raw)

    def _sealed(self, watch: Watch) -> Pack:
        scene = self._scene_of(watch.violation)
        files, watch = self._files(watch, scene)
        state = PackState.PARTIAL if watch.shortfalls else PackState.COMPLETE
        opened = watch.opened or watch.violation
        camera = opened.place.camera
        facts = facts_of(watch, scene, files)
        pack = replace(_pack(watch, state, files), facts=facts)
        with self._store.heads.turn(camera):
            place = next_place(self._store, camera)
            now, masks = self._clock.utc_now(), scene.masks
            sealing = Sealing(self._made_by, now, place.link, scene.dossier, masks)
            raw = encode_manifest(manifest_of(pack, opened, sealing))
            whole = with_manifest(pack, self._store, raw)
            return self._linked(whole, camera, place, raw)

    def _linked(self, pack: Pack, camera: CameraId, place: Place, raw: bytes) -> Pack:
        """Put the manifest in its place in the chain; the pack that stands then."""
        store = self._store
        with suppress(NotFoundError):
            return self._existing(pack.id)  # sealed while the files were stored
        head = announce(store, camera, pack.id, place, raw)
        # whoever is held up here finds it put there by the next sealer
        store.put_manifest(pack.id, raw)
        confirm(store, camera, head)
        return pack

    def _files(self, watch: Watch, scene: Scene) -> tuple[list[EvidenceFile], Watch]:
        """Everything a pack of the watch holds but the manifest."""
        files, watch = self._pictures.stills(watch, scene)
        if watch.recheck is None:
            clip_files, watch = self._clip_files(watch)
            whole, watch = self._pictures.panoramas(watch, scene, files)
            files += whole
            watch = self._extras.add(watch, files, scene.masks)
            files += clip_files
        files.append(_seen_file(watch, scene, self._store))
        return files, watch.lacking(*watch.missing())

    def _clip_files(self, watch: Watch) -> tuple[list[EvidenceFile], Watch]:
        clip = watch.clip
        if clip is None or not clip.path.is_file():
            watch = replace(watch, clip=None)
            is_named = bool(watch.shortfalls)
            return [], watch if is_named else watch.lacking(Shortfall.CLIP_FAILED)
        try:
            stored = self._store.put(_chunks(clip.path))
        except StoreFullError as error:
            _warn(watch, error)
            return [], replace(watch, clip=None).lacking(Shortfall.DISK_FULL)
        original = EvidenceFile(
            name="clip.mp4",
            role=Role.CLIP,
            media_type="video/mp4",
            stored=stored,
            captured_at=clip.start,
            ended_at=clip.end,
        )
        if clip.derived is None:
            return [original], watch
        copy = replace(
            original,
            name="clip.h264.mp4",
            stored=self._store.put(_chunks(clip.derived)),
            parent=original.name,
        )
        return [original, copy], watch


def _seen_file(watch: Watch, scene: Scene, store: EvidenceStore) -> EvidenceFile:
    opened = watch.opened or watch.violation
    return EvidenceFile(
        name="seen.json",
        role=Role.SEEN,
        media_type="application/json",
        stored=store.put([seen_json(watch, scene)]),
        captured_at=opened.at,
    )


def with_manifest(pack: Pack, store: EvidenceStore, raw: bytes) -> Pack:
    """The pack with its own manifest as a file, stored as an object, too."""
    file = EvidenceFile(
        name="manifest.json",
        role=Role.MANIFEST,
        media_type="application/json",
        stored=store.put([raw]),
        captured_at=max(file.captured_at for file in pack.files),
    )
    return replace(pack, files=(*pack.files, file))


def _pack(watch: Watch, state: PackState, files: list[EvidenceFile]) -> Pack:
    opened = watch.opened or watch.violation
    return Pack(
        id=PackId(watch.id),
        state=state,
        files=tuple(files),
        reasons=tuple(reason.value for reason in watch.shortfalls),
        gaps=opened.gaps if state is PackState.PENDING else _gaps(watch, opened),
        config=opened.config,
        model=opened.model,
        rechecks=None if watch.recheck is None else watch.violation.id,
    )


def _gaps(watch: Watch, opened: Violation) -> tuple[Gap, ...]:
    gaps, clip = list(opened.gaps), watch.clip
    start, end = watch.clip_start, watch.clip_end
    if start is None or end is None:
        return tuple(gaps)
    if clip is None:
        return (*gaps, Gap(start, end))
    gaps += clip.gaps
    if clip.short_before_s > _TOLERANCE_S and start < clip.start:
        gaps.append(Gap(start, clip.start))
    if clip.short_after_s > _TOLERANCE_S and clip.end < end:
        gaps.append(Gap(clip.end, end))
    return tuple(sorted(gaps, key=lambda gap: (gap.start, gap.end)))


def _clip_shortfalls(watch: Watch, clip: CutClip) -> Iterator[Shortfall]:
    known = set(watch.shortfalls)
    if clip.short_before_s > _TOLERANCE_S and Shortfall.RESTARTED not in known:
        yield Shortfall.RING_TOO_SHORT
    is_short = clip.short_after_s > _TOLERANCE_S or bool(clip.gaps)
    if is_short and not known & {Shortfall.ENDED, Shortfall.RESTARTED}:
        yield Shortfall.FEED_LOST


def _derived(
    recording: Recording, clip: CutClip, folder: Path, masks: tuple[Corners, ...]
) -> Path | None:
    try:
        return recording.derive(clip, folder, masks)
    except (ClipError, StoreFullError) as error:
        # the original is whole; a copy for browsers can be made from it at any time
        structlog.get_logger().warning("clip.not_derived", why=str(error))
        return None


def _chunks(path: Path) -> Iterator[bytes]:
    with told(path.parent), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _warn(watch: Watch, error: StoreError) -> None:
    structlog.get_logger().warning(
        "evidence.reduced", violation=str(watch.id), why=str(error)
    )
