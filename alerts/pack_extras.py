"""What a pack holds beside stills and clip.

Dwell strip, arrival clip, party crop, and the boxes of each look during the clip.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from alerts.clip_boxes import CLIP, NAME, boxes_json
from alerts.durable_file import told
from alerts.dwell_strip import (
    LEAST,
    PICTURES,
    Dwelling,
    drawn_strip,
    plain_strip,
    spread,
)
from alerts.errors import StillError, StoreError
from alerts.evidence_store import EvidenceStore
from alerts.mask import painted_jpeg
from alerts.pack import EvidenceFile, Role, Shortfall
from alerts.pack_floors import picture_size
from alerts.pack_scene import Corners
from alerts.pack_shelf import Shelf
from alerts.pack_watch import Watch
from alerts.party_crop import party_crop

_CHUNK = 1024 * 1024
_FROM = (Role.OPENING, Role.LAST, Role.MID, Role.FIRST)
"""Stills a party crop is taken from, best first, where no panorama is larger."""


class PackExtras:
    """Makes them from what lies on the shelf.

    Args:
        shelf: Where small pictures and the arrival clip lie.
        store: Where their bytes go.
    """

    def __init__(self, shelf: Shelf, store: EvidenceStore) -> None:
        self._shelf = shelf
        self._store = store

    def add(
        self,
        watch: Watch,
        files: list[EvidenceFile],
        masks: tuple[Corners, ...] = (),
    ) -> Watch:
        """Add to `files`, the stills with their drawn copies, what can be made.

        Args:
            watch: Whose pack it is.
            files: The stills with their drawn copies.
            masks: Parts of the view nobody may see.

        Returns:
            The watch, with a shortfall where something could not be drawn.

        Raises:
            StoreError: The store refuses; call again later.
        """
        stills = tuple(files)
        makers = (
            self._party(stills, masks),
            self._dwell(watch, masks),
            self._arrival(watch),
        )
        for make in (*makers, self._boxes(watch)):
            try:
                files += make
            except StillError as error:
                structlog.get_logger().warning(
                    "evidence.reduced", violation=str(watch.id), why=str(error)
                )
                watch = watch.lacking(Shortfall.ANNOTATION_FAILED)
        return watch

    def _party(
        self, stills: Sequence[EvidenceFile], masks: tuple[Corners, ...]
    ) -> Iterator[EvidenceFile]:
        for still in _best_first(stills):
            if still.box is None:
                continue
            jpeg = b"".join(self._store.open_range(still.stored.key))
            crop = party_crop(painted_jpeg(jpeg, masks), still.box)
            if crop is not None:
                yield replace(
                    still,
                    name="party.jpg",
                    role=Role.PARTY,
                    stored=self._store.put([crop]),
                    parent=still.name,
                    box=None,
                    size_px=picture_size(crop),
                    people=(),
                )
            return

    def _dwell(
        self, watch: Watch, masks: tuple[Corners, ...]
    ) -> Iterator[EvidenceFile]:
        times = [thumb.at for thumb in watch.thumbs]
        chosen = spread(watch.thumbs, times, PICTURES)
        pictures = []
        for thumb in chosen:
            try:
                pictures.append((thumb.at, self._shelf.read(watch, thumb)))
            except StoreError:
                continue  # one small picture less; which are there is drawn
        if len(pictures) < LEAST:
            return
        opened = watch.opened or watch.violation
        dwelling = Dwelling(tuple(pictures), opened.box, opened.gaps, masks)
        sheet = plain_strip(dwelling)
        original = EvidenceFile(
            name="dwell.jpg",
            role=Role.DWELL,
            media_type="image/jpeg",
            stored=self._store.put([sheet]),
            captured_at=pictures[0][0],
            ended_at=pictures[-1][0],
            size_px=picture_size(sheet),
        )
        yield original
        yield replace(
            original,
            name="dwell.annotated.jpg",
            stored=self._store.put([drawn_strip(dwelling)]),
            parent=original.name,
        )

    def _arrival(self, watch: Watch) -> Iterator[EvidenceFile]:
        clip = watch.arrival
        if clip is None or not clip.path.is_file():
            return
        yield EvidenceFile(
            name="arrival.mp4",
            role=Role.ARRIVAL,
            media_type="video/mp4",
            stored=self._store.put(_chunks(clip.path)),
            captured_at=clip.start,
            ended_at=clip.end,
        )

    def _boxes(self, watch: Watch) -> Iterator[EvidenceFile]:
        clip = watch.clip
        if clip is None or not watch.moments:
            return
        about = watch.opened or watch.violation
        yield EvidenceFile(
            name=NAME,
            role=Role.BOXES,
            media_type="application/json",
            stored=self._store.put([boxes_json(watch.moments, clip, about)]),
            captured_at=clip.start,
            ended_at=clip.end,
            parent=CLIP,
        )


def _best_first(pictures: Sequence[EvidenceFile]) -> list[EvidenceFile]:
    """Pictures that show the thing: the largest first, of equals as in `_FROM`."""
    plain = [one for one in pictures if not one.is_drawn and one.box]
    stills = [one for role in _FROM for one in plain if one.role is role]
    whole = [one for one in plain if one.role is Role.PANORAMA]
    return sorted([*stills, *whole], key=lambda one: -(one.size_px or (0, 0))[0])


def _chunks(path: Path) -> Iterator[bytes]:
    with told(path.parent), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
