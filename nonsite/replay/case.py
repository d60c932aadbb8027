"""A replay case: one recording with the YAML beside it that says what it must raise.

In: YAML. Out: a checked `Case`, or every problem with file, key and line. Strict: an
expectation that could never be met, or that could be met by another's alert, is refused
before anything is played.
"""

from datetime import date, datetime
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detector.box import Box
from rules.catalogue import CatalogueRow
from rules.settings import RuleCode, RuleSection
from rules.violation import Severity
from sites.inputs_section import InputsSection
from sites.schema import CameraScene
from streams.stage_settings import BoxOnPicture, StageSection

PLACE = r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$"
TAG = r"^[a-z0-9][a-z0-9_-]*$"


class Condition(StrEnum):
    """What the recording shows of the world; recall is told by condition."""

    DAY = "day"
    NIGHT = "night"
    DRY = "dry"
    RAIN = "rain"
    BLUR = "blur"
    LOW_BITRATE = "low_bitrate"
    FRAME_DROPS = "frame_drops"
    CROWDED = "crowded"
    QUIET = "quiet"
    PTZ = "ptz"
    BUMPED = "bumped"
    FROZEN = "frozen"
    INDOOR = "indoor"
    STAGED = "staged"


class Section(BaseModel):
    """Strict and frozen, as every part of a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Window(Section):
    """The stretch of the recording that is played."""

    from_s: float = Field(default=0.0, ge=0, description="begins here, seconds")
    to_s: float | None = Field(
        default=None, gt=0, description="ends here; null: its end"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        if self.to_s is not None and self.to_s <= self.from_s:
            msg = "to_s lies before from_s"
            raise ValueError(msg)
        return self


class Expectation(Section):
    """One alert the recording must raise, exactly once."""

    code: RuleCode = Field(description="catalogue code")
    place: str = Field(pattern=PLACE, description="view/zone it is raised in")
    start_s: float = Field(
        ge=0, description="opens this long after the first picture played, seconds"
    )
    tolerance_s: float = Field(default=2.0, gt=0, description="give or take, seconds")
    end_s: float | None = Field(
        default=None, ge=0, description="clears so long after it; null: not asked"
    )
    end_tolerance_s: float = Field(
        default=5.0, gt=0, description="give or take, seconds"
    )
    severity: Severity | None = Field(default=None, description="when it matters")
    box: BoxOnPicture | None = Field(
        default=None,
        description="where in the picture; needed to tell neighbours apart",
    )
    what: str = Field(default="", max_length=200, description="in words, for reports")

    @model_validator(mode="after")
    def _in_order(self) -> "Expectation":
        if self.end_s is not None and self.end_s < self.start_s:
            msg = "end_s lies before start_s"
            raise ValueError(msg)
        if self.box is not None:
            Box(*self.box)
        return self

    def could_be(self, other: "Expectation") -> bool:
        """Whether one alert could meet both."""
        if (self.code, self.place) != (other.code, other.place):
            return False
        apart_s = abs(self.start_s - other.start_s)
        if apart_s > self.tolerance_s + other.tolerance_s:
            return False
        if self.box is None or other.box is None:
            return True
        return Box(*self.box).iou(Box(*other.box)) > SAME_BOX_IOU


SAME_BOX_IOU = 0.3
"""A found box is the expected one from here on: boxes at one kerb share up to 0.62 of
their area when they are drawn alike, but a person draws a box roughly."""


class Absent(Section):
    """Something in the recording that must not alert, named so that a report can."""

    what: str = Field(min_length=1, max_length=200, description="in words")
    code: RuleCode | None = Field(default=None, description="of any code when null")
    place: str | None = Field(
        default=None, pattern=PLACE, description="anywhere if null"
    )
    box: BoxOnPicture | None = Field(default=None, description="where in the picture")


class SiteReference(Section):
    """A camera of a site file instead of a `camera:` section."""

    file: Path = Field(description="the site file, relative to this file")
    camera: str = Field(description="its name there")


class Provenance(Section):
    """Where a case made from an alert comes from, and how long it may be kept."""

    alert: str = Field(description="id of the alert")
    verdict: str | None = Field(default=None, description="what a person said of it")
    made_on: date = Field(description="when the case was made")
    expires_on: date | None = Field(
        description="the clip is gone after this day; null: it goes with the evidence "
        "of its alert; a case without pictures is kept for good"
    )
    is_held: bool = Field(default=False, description="legal hold: not to be deleted")


class Case(Section):
    """What stands in the YAML."""

    version: Literal[1] = Field(description="version of this format")
    title: str = Field(min_length=1, max_length=200, description="what happens in it")
    clip: Path | None = Field(
        default=None, description="the recording, relative to this file"
    )
    looks: Path | None = Field(
        default=None,
        description="or looks without pictures, as `nonsite replay capture` keeps them",
    )
    start: datetime = Field(
        description="media time of the first picture played, with offset"
    )
    window: Window = Field(default_factory=Window, description="the stretch played")
    stage: StageSection | None = Field(
        default=None, description="what is done to the recording before it plays"
    )
    conditions: tuple[Condition, ...] = Field(default=(), description="what it shows")
    tags: tuple[str, ...] = Field(default=(), description="free words to select by")
    licence: str = Field(min_length=1, description="under which it may be used")
    origin: str = Field(min_length=1, description="where it comes from")
    camera: CameraScene | None = Field(
        default=None, description="camera section without its feed"
    )
    site: SiteReference | None = Field(
        default=None, description="or a camera of a site file"
    )
    rules: dict[RuleCode, RuleSection] = Field(
        default_factory=dict, description="overrides for the whole site, by code"
    )
    codes: dict[RuleCode, CatalogueRow] = Field(
        default_factory=dict,
        description="codes of one's own, as in a site file",
    )
    inputs: InputsSection = Field(
        default_factory=InputsSection,
        description="permits, weather, entries: files, relative to this file; the "
        "camera is named `case` in them",
    )
    expect: tuple[Expectation, ...] = Field(default=(), description="what it raises")
    absent: tuple[Absent, ...] = Field(default=(), description="what it must not raise")
    provenance: Provenance | None = Field(
        default=None, description="of a case made from an alert"
    )


Problems = list[tuple[tuple[str | int, ...], str]]
"""Key paths and what is wrong there."""


def contradictions(case: Case, length_s: float, codes: frozenset[str]) -> Problems:
    """What a schema cannot say: codes, times past the end, expectations that overlap.

    Args:
        case: Shaped as it must be.
        length_s: Of the recording, seconds.
        codes: What the catalogue has.
    """
    found: Problems = []
    if case.start.tzinfo is None:
        found.append((("start",), "needs an offset, e.g. +08:00"))
    played_s = _played_s(case.window, length_s, found)
    for n, want in enumerate(case.expect):
        found += [(("expect", n, key), told) for key, told in _late(want, played_s)]
        if want.code not in codes:
            told = f"the catalogue has no such code; it has {', '.join(sorted(codes))}"
            found.append((("expect", n, "code"), told))
    for n, absent in enumerate(case.absent):
        if absent.code is not None and absent.code not in codes:
            found.append((("absent", n, "code"), "the catalogue has no such code"))
    for (n, one), (m, two) in combinations(enumerate(case.expect), 2):
        if one.could_be(two):
            told = f"overlaps expect.{n}: give both a box, or times further apart"
            found.append((("expect", m), told))
    return found


def either_or(case: Case) -> Problems:
    """What cannot be read at all: two sources of one thing, or none."""
    found: Problems = []
    if (case.camera is None) == (case.site is None):
        found.append((("camera",), "needs a camera section or a site, not both"))
    if (case.clip is None) == (case.looks is None):
        found.append((("clip",), "needs a clip or looks, not both"))
    if case.looks is not None and (case.stage is not None or case.window != Window()):
        told = "looks have no pictures to stage and are played whole"
        found.append((("looks",), told))
    return found


def _played_s(window: Window, length_s: float, found: Problems) -> float:
    """How long what is played lasts, seconds."""
    told = f"lies past the end: the recording has {length_s:.1f} s"
    if window.from_s >= length_s:
        found.append((("window", "from_s"), told))
    if window.to_s is not None and window.to_s > length_s + END_SLACK_S:
        found.append((("window", "to_s"), told))
    end_s = length_s if window.to_s is None else min(window.to_s, length_s)
    return end_s - window.from_s


END_SLACK_S = 0.5
"""A header is off by a few pictures."""


def _late(want: Expectation, end_s: float) -> list[tuple[str, str]]:
    told = f"lies past the end: {end_s:.1f} s are played"
    found = []
    if want.start_s > end_s + END_SLACK_S:
        found.append(("start_s", told))
    if want.end_s is not None and want.end_s > end_s + END_SLACK_S:
        found.append(("end_s", told))
    return found
