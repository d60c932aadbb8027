"""The boxes of each look during a clip, as the API tells them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from alerts.clip_boxes import ClipBoxes
from alerts.pack import PackId
from api.shown import Shown, ShownBox, UtcTime
from rules.clause import Truth


class ShownThing(Shown):
    """One thing in a look."""

    label: Annotated[
        str, Field(description="class, `car`; `static`: a thing without a class")
    ]
    box: Annotated[ShownBox, Field(description="where, 0…1")]


class ShownLookBoxes(Shown):
    """One look during a clip."""

    second: Annotated[
        float,
        Field(description="of the clip, 0 its first picture; below 0: just before"),
    ]
    things: Annotated[tuple[ShownThing, ...], Field(description="what was seen")]
    meant: Annotated[
        int | None,
        Field(description="which of them the alert is about, from 0; null: not found"),
    ]
    clauses: Annotated[
        dict[str, Truth],
        Field(description="how clauses stood from here on, by code; empty: as before"),
    ]


class ShownClipBoxes(Shown):
    """What is drawn over a clip in step with playback."""

    source: Annotated[UUID, Field(description="violation whose pack it belongs to")]
    clip: Annotated[str, Field(description="name of the clip's file in that pack")]
    start: Annotated[UtcTime, Field(description="media time of its first picture")]
    looks: Annotated[tuple[ShownLookBoxes, ...], Field(description="oldest first")]

    @classmethod
    def of(cls, pack: PackId, boxes: ClipBoxes) -> "ShownClipBoxes":
        """From the pack's own file."""
        return cls(
            source=pack,
            clip=boxes.clip,
            start=boxes.start,
            looks=tuple(
                ShownLookBoxes(
                    second=look.second,
                    things=tuple(
                        ShownThing(label=seen.label, box=_box(seen.box))
                        for seen in look.things
                    ),
                    meant=look.meant,
                    clauses=look.clauses,
                )
                for look in boxes.looks
            ),
        )


def _box(edges: tuple[float, float, float, float]) -> ShownBox:
    x1, y1, x2, y2 = edges
    return ShownBox(x1=x1, y1=y1, x2=x2, y2=y2)
