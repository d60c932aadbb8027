"""An example of a draft that was tried, for OpenAPI."""

from api import examples
from api.shown import ShownBox
from api.try_view import BECAUSE_ZH, TriedAlert, TriedDraft
from rules.recheck import Because, Fate

TRIED = TriedDraft(
    problems=(),
    alerts=(
        TriedAlert(
            alert=examples.SUMMARY,
            box=ShownBox(x1=0.42, y1=0.51, x2=0.56, y2=0.7),
            fate=Fate.LOST,
            because=Because.OUTSIDE,
            because_zh=BECAUSE_ZH[Because.OUTSIDE],
            share=0.31,
            min_overlap=0.5,
            stood_s=64.0,
            dwell_s=60.0,
        ),
    ),
    kept=0,
    lost=1,
    unknown=0,
    is_cut=False,
)
