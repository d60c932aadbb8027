"""What a stored violation would be under other zones and thresholds, without pictures.

For standing things the stored place is held against the zones drawn and how long it
stood against the dwell: that is what a draft usually changes. Whatever needs the looks
themselves (people, rings, openings; zones a thing was never looked for in) is unknown,
and so is what a draft would raise anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from base.ids import ZoneName
from rules.catalogue import CatalogueRow, PlaceKind, Thresholds, merge
from rules.geometry import ZoneAreas, boxes_of, footprints
from rules.settings import RuleCode, RuleSection, ZoneSection
from rules.violation import Violation

TOUCHES = 0.01
"""Share of a footprint in an exempt zone from which on the looks must decide."""


class Fate(StrEnum):
    """What would become of it."""

    KEPT = "kept"
    LOST = "lost"
    UNKNOWN = "unknown"


class Because(StrEnum):
    """Why."""

    SAME = "same"
    INSIDE = "inside_and_long_enough"
    NO_VIEW = "view_gone"
    NOT_JUDGED = "code_not_judged_there"
    OUTSIDE = "outside_the_zones"
    TOO_SHORT = "stood_too_short"
    EXEMPT = "touches_an_exempt_zone"
    NEEDS_LOOKS = "needs_the_looks"


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What would become of a violation, and the figures behind it.

    Attributes:
        fate: Kept, lost or unknown.
        because: Why.
        share: Largest share of its footprint in a zone judged; None: not asked.
        min_overlap: What that share is held against.
        stood_s: How long it was seen there.
        dwell_s: What that is held against.
    """

    fate: Fate
    because: Because
    share: float | None = None
    min_overlap: float | None = None
    stood_s: float | None = None
    dwell_s: float | None = None


@dataclass(frozen=True, slots=True)
class DrawnView:
    """One view as drawn: its zones, and the overrides over them."""

    zones: Mapping[ZoneName, ZoneSection]
    site_rules: Mapping[RuleCode, RuleSection]
    camera_rules: Mapping[RuleCode, RuleSection]

    def judged(
        self, code: RuleCode, row: CatalogueRow
    ) -> dict[ZoneName, tuple[ZoneSection, Thresholds]]:
        """Zones a code is judged in, with its thresholds there."""
        found = {}
        for name, zone in self.zones.items():
            if zone.purpose not in row.zones:
                continue
            own = (self.site_rules, self.camera_rules, zone.rules)
            merged = merge(row, (section.get(code) for section in own))
            if merged.enabled:
                found[name] = (zone, merged)
        return found


def recheck(
    violation: Violation, row: CatalogueRow, drawn: DrawnView | None, same: bool
) -> Rechecked:
    """Hold a stored violation against a draft.

    Args:
        violation: As last stored.
        row: Its code.
        drawn: Its view in the draft; None: the draft has none of this name.
        same: Whether the view and every override is as in force: then nothing changes.
    """
    if drawn is None:
        return Rechecked(Fate.LOST, Because.NO_VIEW)
    if same:
        return Rechecked(Fate.KEPT, Because.SAME)
    judged = drawn.judged(violation.code, row)
    if not judged:
        return Rechecked(Fate.LOST, Because.NOT_JUDGED)
    if row.place is PlaceKind.ZONE:
        is_there = violation.place.zone in judged
        fate = Fate.UNKNOWN if is_there else Fate.LOST
        return Rechecked(fate, Because.NEEDS_LOOKS if is_there else Because.NOT_JUDGED)
    return _standing(violation, row, drawn, judged)


def _standing(
    violation: Violation,
    row: CatalogueRow,
    drawn: DrawnView,
    judged: Mapping[ZoneName, tuple[ZoneSection, Thresholds]],
) -> Rechecked:
    shares = _shares(violation, (zone for zone, _ in judged.values()))
    best = max(range(len(shares)), key=lambda n: shares[n])
    thresholds = list(judged.values())[best][1]
    stood_s = (violation.last_seen - violation.first_seen).total_seconds()
    exempt = [z for z in drawn.zones.values() if z.purpose in row.exempt_zones]
    is_exempt = any(share > TOUCHES for share in _shares(violation, exempt))
    fate, because = Fate.KEPT, Because.INSIDE
    if shares[best] < thresholds.min_overlap:
        fate, because = Fate.LOST, Because.OUTSIDE
    elif stood_s < thresholds.dwell_s:
        fate, because = Fate.LOST, Because.TOO_SHORT
    elif is_exempt:
        fate, because = Fate.UNKNOWN, Because.EXEMPT
    return Rechecked(
        fate,
        because,
        share=round(shares[best], 4),
        min_overlap=thresholds.min_overlap,
        stood_s=stood_s,
        dwell_s=thresholds.dwell_s,
    )


def _shares(violation: Violation, zones: Iterable[ZoneSection]) -> list[float]:
    polygons = [zone.points for zone in zones]
    if not polygons:
        return []
    feet = footprints(boxes_of([violation.box]))
    return [float(share) for share in ZoneAreas(polygons).shares(feet)[0]]
