"""One frame judged: all that rules will ever know of a picture.

Frozen and small. Boxes and areas are 0…1 from the top left of the camera's picture.
What could not be seen is said, so that a clause can be *unknown* instead of wrong.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from base.ids import CameraId, ViewName, ZoneName
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


class Posture(StrEnum):
    """How a person holds the body, as far as box and pixels tell."""

    UPRIGHT = "upright"
    LOW = "low"
    LYING = "lying"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Body:
    """How one person holds the body, and for how long.

    Low is what is neither upright nor lying: kneeling, bending, sitting. Durations are
    of the place, not of an id: they survive ID switches and slow looks.

    Attributes:
        posture: In this look; unknown where the person is too small, cut off by the
            picture's edge or mostly covered.
        posture_s: How long it has been this posture, seconds of media time; 0 in the
            first look and while unknown.
        still_s: How long the body has not left its place nor moved a limb by more
            than noise, seconds; 0 while it moves.
        fell: Whether it went from upright to lying within a second or two; None where
            looks were too sparse to tell, and while it does not lie.
    """

    posture: Posture
    posture_s: float = 0.0
    still_s: float = 0.0
    fell: bool | None = None


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
        body: For persons, where posture was looked for; else None.
        covered: Share of the box hidden by nearer boxes (lower foot), 0…1.
    """

    box: Box
    label: str
    score: float
    height_px: float
    id: TrackId | None = None
    signature: Signature | None = None
    head: Head | None = None
    body: Body | None = None
    covered: float = 0.0

    def __post_init__(self) -> None:
        if self.label == PERSON and self.signature is not None:
            msg = "a person never has a signature"
            raise ValueError(msg)


class Unseen(StrEnum):
    """Why something could not be judged."""

    NOT_COVERED = "not_covered"
    NOT_WATCHED = "not_watched"
    MASKED = "masked"
    OCCLUDED = "occluded"
    TOO_DARK = "too_dark"
    LIGHT_CHANGED = "light_changed"
    LOOKS_TOO_SPARSE = "looks_too_sparse"
    BACKGROUND_LEARNING = "background_learning"
    NO_REFERENCE = "no_reference"
    VIEW_MOVED = "view_moved"


@dataclass(frozen=True, slots=True)
class Region:
    """A static thing without a class: new, still, neither person nor vehicle.

    Attributes:
        box: Its bounding box, 0…1; its foot is where it meets the ground.
        area: Share of the picture its pixels cover, holes left out.
        static_s: How long it has stood still, seconds of media time; it goes on while
            passers-by hide it.
        first_seen: When it was first seen where it stands.
        covered: Share of it hidden by persons or vehicles in this look, 0…1.
        signature: How it looks; None while it is hidden.
    """

    box: Box
    area: float
    static_s: float
    first_seen: datetime
    covered: float = 0.0
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class OpeningState:
    """How an opening looks beside its reference picture.

    Attributes:
        zone: The opening's zone.
        differs: Whether it looks otherwise than in the reference; None where that
            cannot be told.
        changed: Share of the zone that looks otherwise, 0…1; None as above.
        why: Why it cannot be told; None where it can.
    """

    zone: ZoneName
    differs: bool | None
    changed: float | None = None
    why: Unseen | None = None

    def __post_init__(self) -> None:
        if (self.differs is None) != (self.why is not None):
            msg = "an opening has a reason exactly when it cannot be told"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class FallingThing:
    """A small thing seen falling; told once, in the look in which the fall ended.

    Attributes:
        zone: The height or drop zone in which it was seen falling.
        from_box: Where it was first seen.
        to_box: Where it was last seen.
        began_at: Media time of the first picture.
        ended_at: Media time of the last.
        seen: In how many pictures.
    """

    zone: ZoneName
    from_box: Box
    to_box: Box
    began_at: datetime
    ended_at: datetime
    seen: int


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
class Naming:
    """Scores from which a network's word for a standing thing is taken.

    Attributes:
        best: It must have been named this surely at least once.
        mean: And this surely on average over the looks that could have shown it, or it
            is the furniture of the street.
    """

    best: float = 0.4
    mean: float = 0.33


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
        regions_unseen: Why this look says nothing about them; None where it does.
        openings: Openings beside their reference, one each where a view has any.
        falling: Things whose fall ended in this look.
        falling_unseen: Why this look says nothing about falls; None where it does.
        classes: Every class the model can name: another is unknown, not absent.
        view_match: Whether the zones still fit the picture.
        faults: Health faults of the feed at this look.
        unseen: Areas about which nothing at all can be said.
        model: Name and digest of the network, `name@sha256[:12]`.
        naming: How sure that network must be, by its manifest.
        utc_offset_ms: The camera's clock minus `at`, where the feed tells.
    """

    camera: CameraId
    view: ViewName
    at: datetime
    size_px: tuple[int, int]
    tracks: tuple[Track, ...] = ()
    regions: tuple[Region, ...] = ()
    regions_unseen: Unseen | None = Unseen.NOT_WATCHED
    openings: tuple[OpeningState, ...] = ()
    falling: tuple[FallingThing, ...] = ()
    falling_unseen: Unseen | None = Unseen.NOT_WATCHED
    classes: frozenset[str] = frozenset()
    epoch: int = 0
    view_match: ViewMatch = ViewMatch.UNKNOWN
    faults: frozenset[FeedFault] = frozenset()
    unseen: tuple[UnseenArea, ...] = ()
    model: str = ""
    naming: Naming = Naming()
    utc_offset_ms: float | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            msg = "a look's time must be aware (UTC)"
            raise ValueError(msg)
