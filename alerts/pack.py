"""The sealed files of one alert: an entity of its own, linked from alert or case."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from alerts.evidence_facts import PackFacts
from alerts.evidence_store import StoredObject
from detector.box import Box
from rules.violation import Gap

PackId = NewType("PackId", UUID)

DRAWN = ".annotated.jpg"
"""Ending of the name of a copy that was drawn on."""


class Role(StrEnum):
    """What an evidence file shows."""

    FIRST = "first"
    MID = "mid"
    OPENING = "opening"
    LAST = "last"
    PANORAMA = "panorama"
    PARTY = "party"
    RECHECK = "recheck"
    DWELL = "dwell"
    ARRIVAL = "arrival"
    CLIP = "clip"
    BOXES = "boxes"
    SEEN = "seen"
    MANIFEST = "manifest"


class Shortfall(StrEnum):
    """Why a pack is partial."""

    RING_TOO_SHORT = "ring_too_short"
    FEED_LOST = "feed_lost"
    CLIP_FAILED = "clip_failed"
    DISK_FULL = "disk_full"
    RESTARTED = "restarted"
    ENDED = "ended"
    FIRST_MISSING = "first_missing"
    MID_MISSING = "mid_missing"
    LAST_MISSING = "last_missing"
    RECHECK_MISSING = "recheck_missing"
    ANNOTATION_FAILED = "annotation_failed"


class PackState(StrEnum):
    """How far the evidence is."""

    PENDING = "pending"
    COMPLETE = "complete"
    PARTIAL = "partial"


PACK_TRANSITIONS: dict[PackState, frozenset[PackState]] = {
    PackState.PENDING: frozenset({PackState.COMPLETE, PackState.PARTIAL}),
    PackState.COMPLETE: frozenset(),
    PackState.PARTIAL: frozenset({PackState.COMPLETE}),
}


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file of a pack.

    Attributes:
        name: File name inside the pack, `first.jpg`, `first.annotated.jpg`.
        role: What it shows.
        media_type: `image/jpeg`, `video/mp4`, `application/json`.
        stored: Digests and size.
        captured_at: Media time of the picture, or the true start of the clip.
        ended_at: True end of a clip; None for stills.
        parent: Name of the file it is derived from; None for an original.
        box: Where the violating object is in it, 0…1; None where it is not drawn.
        size_px: Width and height of a picture or of a clip's pictures; None where it
            has none or nobody looked.
        people: Boxes of persons seen in it, 0…1: what a blur must cover inside `box`;
            of a panorama widened by what they may have walked since the still.
    """

    name: str
    role: Role
    media_type: str
    stored: StoredObject
    captured_at: datetime
    ended_at: datetime | None = None
    parent: str | None = None
    box: Box | None = None
    size_px: tuple[int, int] | None = None
    people: tuple[Box, ...] = ()

    @property
    def is_drawn(self) -> bool:
        """A copy that was drawn on."""
        return self.name.endswith(DRAWN)


@dataclass(frozen=True, slots=True)
class Pack:
    """The evidence of one alert.

    Attributes:
        id: The violation's for its own pack; of a re-check an id of its own.
        state: Pending, complete, or partial with reasons.
        reasons: Why it is partial, values of `Shortfall`.
        files: What it holds.
        gaps: Stretches the evidence does not cover.
        config: Digest of the site revision.
        model: Network, `name@digest`.
        facts: What decides whether it may be more than a clue; None until sealed.
        is_erased: Its bytes are gone: retention has deleted them.
        rechecks: The violation it looks at again; None for the violation's own pack.
    """

    id: PackId
    state: PackState
    files: tuple[EvidenceFile, ...] = ()
    reasons: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    config: str = ""
    model: str = ""
    facts: PackFacts | None = None
    is_erased: bool = False
    rechecks: UUID | None = None

    @property
    def violation(self) -> UUID:
        """The violation it is about."""
        return self.rechecks or self.id
