"""Panoramas: the whole scene, full size, at the first and the last still's moment.

GA/T 832-2014 asks for pictures that show the thing with what surrounds it, at two times
at least ten seconds apart. The looks may come from a camera's small stream; the clips
come from its main stream. So a panorama is decoded from the clip that was running at
the still's moment and names that clip as its parent: whoever doubts it decodes it
again. Where no clip covers the moment, the still itself, which is a whole picture, too,
stands for it and is named as the parent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from alerts.clip_cutter import CutClip
from alerts.errors import ClipError
from alerts.mask import HEAD_SHARE
from alerts.pack import EvidenceFile, Role
from detector.box import Box

PictureAt: TypeAlias = Callable[[Path, datetime, datetime], tuple[datetime, bytes]]
"""The picture a clip (its file, its start) shows at a moment, as JPEG, with its own
media time; raises `ClipError` where none can be decoded."""

NEAR = timedelta(seconds=0.2)
"""The interval of a stream of 5 pictures a second. Further from the still its boxes of
thing and persons do not hold for the picture any more."""

WALKS_M_PER_S = 2.0
"""How fast somebody may have walked between still and picture: a brisk pace."""
BOX_M = 1.5
"""What a person's box shows of them, at the least: of a child, all; of others, most."""

EARLY = (Role.FIRST, Role.MID, Role.OPENING)
LATE = (Role.LAST, Role.OPENING, Role.MID, Role.FIRST)


@dataclass(frozen=True, slots=True)
class Panorama:
    """One of them.

    Attributes:
        still: The original still of its moment.
        at: Media time of the picture itself.
        parent: Name of the file it was made from.
        jpeg: Its bytes; None: the still's own.
    """

    still: EvidenceFile
    at: datetime
    parent: str
    jpeg: bytes | None


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips of the camera's evidence stream, by their name in the pack."""

    named: tuple[tuple[str, CutClip], ...]
    picture_at: PictureAt | None

    def picture(self, at: datetime) -> tuple[str, datetime, bytes] | None:
        """Name of a clip with its picture at that moment; None where no clip has it."""
        if self.picture_at is None:
            return None
        for name, clip in self.named:
            if not clip.start <= at <= clip.end:
                continue
            try:
                found, jpeg = self.picture_at(clip.path, clip.start, at)
            except ClipError:
                continue  # the clip stands in the pack as it is; the still stands in
            if abs(found - at) <= NEAR:
                return name, found, jpeg
        return None


def panoramas(stills: Sequence[EvidenceFile], clips: Clips) -> tuple[Panorama, ...]:
    """The whole scene at the earliest and at the latest moment there is a still of.

    Args:
        stills: Original stills of the pack.
        clips: What full-size pictures are decoded from.
    """
    by_role = {still.role: still for still in stills}
    early = _chosen([by_role[role] for role in EARLY if role in by_role], clips)
    late = _chosen([by_role[role] for role in LATE if role in by_role], clips)
    found = [one for one in (early, late) if one is not None]
    if len(found) == 2 and found[0].still.name == found[1].still.name:
        del found[1]
    return tuple(found)


def _chosen(stills: Sequence[EvidenceFile], clips: Clips) -> Panorama | None:
    """The first of `stills` a clip has a picture of; else the first as it is."""
    for still in stills:
        found = clips.picture(still.captured_at)
        if found is not None:
            parent, at, jpeg = found
            return Panorama(still, at, parent, jpeg)
    if not stills:
        return None
    return Panorama(stills[0], stills[0].captured_at, stills[0].name, None)


def panorama_file(number: int, made: Panorama) -> EvidenceFile:
    """The file of a panorama, its digests still those of the still.

    Its persons are the still's, each box so large that the head is in the upper part of
    it wherever they walked since; it may reach beyond the picture.
    """
    still, off_s = made.still, abs(made.at - made.still.captured_at).total_seconds()
    across = 1.0 if still.size_px is None else still.size_px[1] / still.size_px[0]
    return replace(
        still,
        people=tuple(_widened(one, off_s, across) for one in still.people),
        name=f"panorama.{number}.jpg",
        role=Role.PANORAMA,
        captured_at=made.at,
        parent=made.parent,
    )


def _widened(person: Box, off_s: float, across: float) -> Box:
    """A box whose head part holds the person's head `off_s` seconds off, too.

    Args:
        person: Where they were seen.
        off_s: Seconds between that and the picture.
        across: Height of the picture in widths.
    """
    reach = off_s * WALKS_M_PER_S / BOX_M * (person.y2 - person.y1)
    return Box(
        person.x1 - reach * across,
        person.y1 - reach,
        person.x2 + reach * across,
        person.y2 - reach + 2 * reach / HEAD_SHARE,
    )
