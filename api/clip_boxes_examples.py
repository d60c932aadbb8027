"""Example of the boxes of a clip, for OpenAPI."""

from api import examples
from api.clip_boxes_view import ShownClipBoxes, ShownLookBoxes, ShownThing
from api.shown import ShownBox
from rules.clause import Truth

_BOX = ShownBox(x1=0.62, y1=0.31, x2=0.94, y2=0.72)

CLIP_BOXES = ShownClipBoxes(
    source=examples.SUMMARY.id,
    clip="clip.mp4",
    start=examples.SUMMARY.opened_at,
    looks=(
        ShownLookBoxes(
            second=0.4,
            things=(ShownThing(label="truck", box=_BOX),),
            meant=0,
            clauses={"still_for": Truth.FALSE},
        ),
        ShownLookBoxes(
            second=2.4,
            things=(ShownThing(label="truck", box=_BOX),),
            meant=0,
            clauses={"still_for": Truth.TRUE},
        ),
    ),
)
