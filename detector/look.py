"""One frame judged: all that rules will ever know of a picture.

Frozen and small. Boxes and areas are 0…1 from the top left of the camera's picture.
What could not be seen is said, so that a clause can be *unknown* instead of wrong.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from base.ids import CameraId, ViewName
from detector.box import Box
from detector.signature import Signature
from streams.faults import FeedFault

TrackId = NewType("TrackId", str)
"""`<worker epoch>.<n>`, unique within a camera; claimed only at >= 2 looks a second."""

PERSON = "person"
VEHICLES = frozenset({"car", "bus", "truck"})
TWO_WHEELERS = frozenset({"bicycle", "motorcycle"})


class HeadState(StrEnum):
    """What a person wears on the head, as far as it can be told."""

    HELMET = "helmet"
    OTHER = "other"
    BARE = "bare"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Head:
    """The head found for one person: state, calibrated score 0…1, height in pixels."""

    state: HeadState
    score: float
    height_px: float


@dataclass(frozen=True, slots=True)
class Track:
    """One thing seen in this look.

    Attributes:
        box: Where, 0…1.
        label: Class name as the model's manifest gives it.
        score: Detector score, 0…1.
        height_px: Box height in pixels of the picture looked at: what "too small to
            tell" is measured in.
        id: Identity across looks; None where the look rate does not carry one.
        signature: How a standing thing looks; None for persons, always.
        head: For persons, where a head was looked for; else None.
        covered: Share of the box hidden by nearer boxes (lower foot), 0…1.
    """

    box: Box
    label: str
    score: float
    height_px: float
    id: TrackId | None = None
    signature: Signature | None = None
    head: Head | None = None
    covered: float = 0.0

    def __post_init__(self) -> None:
        if self.label == PERSON and self.signature is not None:
            msg = "a person never has a signature"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Region:
    """A static thing without a class: foreground that is neither person nor vehicle.

    Attributes:
        box: Its bounding box, 0…1.
        area: Share of the picture it covers.
        static_s: How long it has not moved, seconds of media time.
        signature: How it looks.
    """

    box: Box
    area: float
    static_s: float
    signature: Signature | None = None


class Unseen(StrEnum):
    """Why a part of the picture could not be judged."""

    NOT_COVERED = "not_covered"
    MASKED = "masked"
    TOO_DARK = "too_dark"
    BACKGROUND_LEARNING = "background_learning"


@dataclass(frozen=True, slots=True)
class UnseenArea:
    """A part of the picture about which this look says nothing."""

    box: Box
    why: Unseen


class ViewMatch(StrEnum):
    """Whether the camera shows the view its zones were drawn in."""

    MATCHED = "matched"
    MOVED = "moved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in one frame of one camera.

    Attributes:
        camera: Whose picture.
        view: The preset the zones of which apply.
        at: Media time, UTC, aware; the only clock rules know.
        epoch: As on the frame; motion across epochs means nothing.
        size_px: Width and height of the picture.
        tracks: Things with a class, best score first.
        regions: Static things without a class.
        classes: Every class the model can name: another is unknown, not absent.
        view_match: Whether the zones still fit the picture.
        faults: Health faults of the feed at this look.
        unseen: Areas about which nothing can be said.
        model: Name and digest of the network, `name@sha256[:12]`.
        utc_offset_ms: The camera's clock minus `at`, where the feed tells.
    """

    camera: CameraId
    view: ViewName
    at: datetime
    size_px: tuple[int, int]
    tracks: tuple[Track, ...] = ()
    regions: tuple[Region, ...] = ()
    classes: frozenset[str] = frozenset()
    epoch: int = 0
    view_match: ViewMatch = ViewMatch.UNKNOWN
    faults: frozenset[FeedFault] = frozenset()
    unseen: tuple[UnseenArea, ...] = ()
    model: str = ""
    utc_offset_ms: float | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            msg = "a look's time must be aware (UTC)"
            raise ValueError(msg)
