"""`boxes.json`: what each look saw while the clip ran, by seconds of the clip.

In: the moments of a watch and its clip. Out: canonical JSON, a derivative of the clip
in the pack; and back, strictly, for those who draw it. Second 0 is the clip's first
picture; looks between two pictures of a slow feed have seconds of their own, and
whoever plays the clip draws the newest look that is not in the future.
"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from alerts.clip_cutter import CutClip
from alerts.errors import StoreError
from alerts.pack_manifest import canonical, stamp
from alerts.recent_looks import Moment
from base.json_value import JsonValue
from detector.box import Box
from rules.clause import Truth
from rules.violation import Violation

NAME = "boxes.json"
CLIP = "clip.mp4"
"""The file of a pack it goes with."""
MOST_BYTES = 8 * 1024 * 1024
"""What is read back at most: 600 looks of 64 things are 2.5 MB."""
SAME_THING_IOU = 0.5
"""As `pack_watch.SAME_PLACE_IOU`: a violation's box is an anchor, not this look's."""

_Share = Annotated[float, Field(ge=-1, le=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SeenBox(_Part):
    """One thing in a look."""

    label: str = Field(max_length=64, description="class; static: a thing without one")
    box: tuple[_Share, _Share, _Share, _Share] = Field(
        description="left, top, right, bottom, 0…1"
    )


class SeenLook(_Part):
    """One look."""

    second: float = Field(ge=-60, le=3600, description="of the clip; 0: first picture")
    things: tuple[SeenBox, ...] = Field(max_length=1000, description="what was seen")
    meant: int | None = Field(
        description="which of them the alert is about, from 0; null: not found"
    )
    clauses: dict[str, Truth] = Field(
        description="how clauses stood from here on, by code; empty: as before"
    )

    @model_validator(mode="after")
    def _is_there(self) -> "SeenLook":
        if self.meant is not None and not 0 <= self.meant < len(self.things):
            msg = f"means thing {self.meant} of {len(self.things)}"
            raise ValueError(msg)
        return self


class ClipBoxes(_Part):
    """The whole file."""

    version: Literal[1]
    clip: str = Field(max_length=100, description="file in the pack it goes with")
    start: datetime = Field(description="media time of the clip's first picture")
    looks: tuple[SeenLook, ...] = Field(max_length=10_000, description="oldest first")


def boxes_json(moments: tuple[Moment, ...], clip: CutClip, about: Violation) -> bytes:
    """The bytes of `boxes.json`, the same whenever the same looks were taken."""
    looks: list[JsonValue] = [
        {
            "second": round((moment.at - clip.start).total_seconds(), 3),
            "things": [
                {"label": seen.label, "box": _edges(seen.box)} for seen in moment.things
            ],
            "meant": _meant(moment, about),
            "clauses": {code: truth.value for code, truth in moment.clauses.items()},
        }
        for moment in _during(moments, clip)
    ]
    return canonical(
        {"version": 1, "clip": CLIP, "start": stamp(clip.start)} | {"looks": looks}
    )


def decode_boxes(raw: bytes) -> ClipBoxes:
    """The file back.

    Raises:
        StoreError: It is damaged or of another version.
    """
    try:
        return ClipBoxes.model_validate_json(raw)
    except (ValidationError, ValueError) as error:
        msg = f"{NAME} cannot be read: {str(error).splitlines()[0]}"
        raise StoreError(msg) from error


def _during(moments: tuple[Moment, ...], clip: CutClip) -> tuple[Moment, ...]:
    """Those inside the clip, led by what was known when it began."""
    before = [moment for moment in moments if moment.at < clip.start]
    inside = tuple(m for m in moments if clip.start <= m.at <= clip.end)
    if not before:
        return inside
    told = [moment.clauses for moment in before if moment.clauses]
    return (replace(before[-1], clauses=told[-1] if told else {}), *inside)


def _meant(moment: Moment, about: Violation) -> int | None:
    """Which thing the violation is about: the one that covers its place best."""
    overlaps = [seen.box.iou(about.box) for seen in moment.things]
    best = max(overlaps, default=0.0)
    return overlaps.index(best) if best >= SAME_THING_IOU else None


def _edges(box: Box) -> list[JsonValue]:
    return [box.x1, box.y1, box.x2, box.y2]
