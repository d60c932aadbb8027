"""Examples of exports, holds and daily roots, for OpenAPI."""

from api import examples
from api.evidence_desk_view import (
    DayList,
    HoldList,
    PlateFound,
    PlateList,
    ShownClock,
    ShownHold,
    ShownKey,
    ShownPlate,
)

_AT = examples.SUMMARY.changed_at

HOLD = ShownHold(
    number=3,
    alert=examples.SUMMARY.id,
    reason="行政复议 2026-118",
    placed_by="zhou.legal",
    placed_at=_AT,
    lifted_at=None,
    lifted_by=None,
    lift_reason=None,
)
HOLDS = HoldList(holds=(HOLD,))
KEY = ShownKey(key="7f" * 32, digest="a1" * 32)
DAYS = DayList(days=("2026-11-22", "2026-11-23"))
CLOCK = ShownClock(offset_ms=-400.0, at=_AT)
PLATE = ShownPlate(
    shown="浙F****5", key="20261123-5b1f0c", read_by="wang.min", read_at=_AT
)
PLATES = PlateList(plates=(PLATE,))
PLATE_FOUND = PlateFound(shown="浙F****5", alerts=(examples.SUMMARY.id,), is_cut=False)
