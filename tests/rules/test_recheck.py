"""What a stored violation would be under a draft: kept, lost, or not to be told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from base.ids import ZoneName
from detector.box import Box
from rules.catalogue import shipped_catalogue
from rules.place import WHOLE_ZONE
from rules.recheck import Because, DrawnView, Fate, Rechecked, recheck
from rules.settings import Purpose, RuleSection, ZoneSection
from rules.violation import Violation
from tests.alerts.violations import violation

KERB, BAY, FAR = ZoneName("kerb"), ZoneName("bay"), ZoneName("far")
SW_01, CS_01 = shipped_catalogue().rules["SW-01"], shipped_catalogue().rules["CS-01"]
PLAIN = violation(at_s=100.0)
STOOD = replace(
    PLAIN,
    box=Box(0.4, 0.4, 0.6, 0.7),
    last_seen=PLAIN.first_seen + timedelta(seconds=90),
)
"""A car whose footprint is the strip from 0.6 to 0.7, seen for a minute and a half."""


def _zone(
    purpose: Purpose, left: float, right: float, **rules: RuleSection
) -> ZoneSection:
    points = ((left, 0.55), (right, 0.55), (right, 0.75), (left, 0.75))
    return ZoneSection(
        purpose=purpose,
        points=points,
        rules={code.replace("_", "-"): rule for code, rule in rules.items()},
    )


def _drawn(
    zones: Mapping[ZoneName, ZoneSection],
    site: Mapping[str, RuleSection] | None = None,
    camera: Mapping[str, RuleSection] | None = None,
) -> DrawnView:
    return DrawnView(zones, site or {}, camera or {})


def _told(zones: Mapping[ZoneName, ZoneSection], stood: Violation = STOOD) -> Rechecked:
    return recheck(stood, SW_01, _drawn(zones), same=False)


WIDE = {KERB: _zone(Purpose.PAVEMENT, 0.2, 0.8)}


def test_a_view_that_is_gone_loses_it_and_the_same_keeps_it() -> None:
    """Asked before anything else."""
    assert recheck(STOOD, SW_01, None, same=True) == Rechecked(
        Fate.LOST, Because.NO_VIEW
    )
    assert recheck(STOOD, SW_01, _drawn({}), same=True) == Rechecked(
        Fate.KEPT, Because.SAME
    )


def test_inside_and_long_enough_it_is_kept_with_its_figures() -> None:
    """The share, the time, and what both were held against."""
    assert _told(WIDE) == Rechecked(
        Fate.KEPT, Because.INSIDE, share=1.0, min_overlap=0.5, stood_s=90, dwell_s=60
    )


@pytest.mark.parametrize(
    ("right", "fate"), [(0.501, Fate.KEPT), (0.497, Fate.LOST), (0.41, Fate.LOST)]
)
def test_half_of_the_footprint_decides(right: float, fate: Fate) -> None:
    """The zone ends in the middle of the car."""
    told = _told({KERB: _zone(Purpose.PAVEMENT, 0.2, right)})

    assert told.fate is fate
    assert told.because is (Because.INSIDE if fate is Fate.KEPT else Because.OUTSIDE)
    assert told.share == pytest.approx((right - 0.4) / 0.2, abs=0.01)


@pytest.mark.parametrize(
    ("dwell_s", "fate"), [(89, Fate.KEPT), (90, Fate.KEPT), (91, Fate.LOST)]
)
def test_what_stood_shorter_than_the_new_dwell_is_lost(
    dwell_s: float, fate: Fate
) -> None:
    """Ninety seconds against the draft's dwell."""
    rule = RuleSection(dwell_s=dwell_s)
    told = _told({KERB: _zone(Purpose.PAVEMENT, 0.2, 0.8, SW_01=rule)})

    assert told.fate is fate
    assert told.dwell_s == dwell_s
    if fate is Fate.LOST:
        assert told.because is Because.TOO_SHORT


@pytest.mark.parametrize(
    ("left", "fate"), [(0.59, Fate.UNKNOWN), (0.6, Fate.KEPT), (0.7, Fate.KEPT)]
)
def test_a_bay_under_it_is_for_the_looks_to_judge(left: float, fate: Fate) -> None:
    """From a hundredth of its footprint on."""
    bay = _zone(Purpose.PARKING_BAY, left, 0.9)
    told = _told({**WIDE, BAY: bay})

    assert told.fate is fate
    assert told.because is (Because.EXEMPT if fate is Fate.UNKNOWN else Because.INSIDE)


def test_the_zone_that_holds_most_of_it_decides() -> None:
    """Its thresholds are the ones asked."""
    near = _zone(Purpose.PAVEMENT, 0.2, 0.55, SW_01=RuleSection(dwell_s=80))
    far = _zone(Purpose.PAVEMENT, 0.5, 0.8, SW_01=RuleSection(dwell_s=70))

    told = _told({FAR: far, KERB: near})

    assert told.share == pytest.approx(0.75, abs=0.01)
    assert told.dwell_s == 80


def test_where_the_code_is_not_judged_it_is_lost() -> None:
    """No zone of its purpose, or switched off at any level."""
    off = RuleSection(enabled=False)
    lost = Rechecked(Fate.LOST, Because.NOT_JUDGED)
    lane = {KERB: _zone(Purpose.WORK_AREA, 0.2, 0.8)}
    own = {KERB: _zone(Purpose.PAVEMENT, 0.2, 0.8, SW_01=off)}

    assert _told(lane) == lost
    assert _told(own) == lost
    site, camera = _drawn(WIDE, {"SW-01": off}), _drawn(WIDE, {}, {"SW-01": off})
    assert recheck(STOOD, SW_01, site, same=False) == lost
    assert recheck(STOOD, SW_01, camera, same=False) == lost
    other = _drawn(WIDE, {"SW-02": off}, {"SW-02": off})
    assert recheck(STOOD, SW_01, other, same=False).fate is Fate.KEPT


def test_one_zone_switched_off_leaves_the_others() -> None:
    """The next zone may still hold it."""
    off = _zone(Purpose.PAVEMENT, 0.2, 0.8, SW_01=RuleSection(enabled=False))

    assert _told({FAR: off, **WIDE}).fate is Fate.KEPT
    assert _told({FAR: _zone(Purpose.EDGE, 0.2, 0.8), **WIDE}).fate is Fate.KEPT


def test_rules_on_whole_zones_need_the_looks() -> None:
    """Where the zone is still judged; where it is gone, the violation is."""
    pit = ZoneSection(purpose=Purpose.OPENING, points=WIDE[KERB].points)
    place = replace(STOOD.place, zone=KERB, slot=WHOLE_ZONE)
    inside = replace(STOOD, code="CS-01", place=place)

    there = recheck(inside, CS_01, _drawn({KERB: pit}), same=False)
    moved = recheck(inside, CS_01, _drawn({FAR: pit}), same=False)

    assert there == Rechecked(Fate.UNKNOWN, Because.NEEDS_LOOKS)
    assert moved == Rechecked(Fate.LOST, Because.NOT_JUDGED)
