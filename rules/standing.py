"""Rules on standing things: looks in, violations out, whatever the thing is.

The slots keep the clocks, the life machine names what becomes of them; what sort of
thing counts, and what its clauses are, comes from the catalogue's row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Truth
from rules.composition import Judged
from rules.geometry import ZoneAreas, boxes_of, footprints
from rules.life import Fact
from rules.lives import Lives, Told
from rules.matching import Scene
from rules.moment import Moment, Stand
from rules.neighbours import ABOUT_NEIGHBOURS, note_neighbours
from rules.place import SlotId
from rules.rule_inputs import RuleInputs
from rules.rule_state import RuleState, dump, parse
from rules.sighting import Sighting
from rules.slot import Limits, Slot
from rules.slot_book import SlotBook
from rules.things import Things
from rules.violation import Violation
from streams.look_plan import LookRequest

FLOOR = 0.1
"""A slot is watched from this far below the overlap it would open at."""
LONGEST_GAP_S = 10.0
SHORTEST_GAP_S = 0.2
"""Asking for more than five looks a second buys a standing thing nothing."""


@dataclass(frozen=True, slots=True)
class _Weight:
    """Shares of one anchor's footprint in its zone and in zones where it may stand."""

    anchor: Box
    share: float
    exempt_share: float


class StandingRule:
    """One code on standing things in all zones of one view; a `rules.rule.Rule`."""

    def __init__(self, inputs: RuleInputs, things: Things) -> None:
        self._in, self._things = inputs, things
        self._names = list(inputs.zones)
        self._zones = ZoneAreas([zone.points for zone in inputs.zones.values()])
        self._exempt = ZoneAreas([zone.points for zone in inputs.exempt.values()])
        self._limits = {
            name: Limits(t.dwell_s, t.gap_s) for name, t in inputs.thresholds.items()
        }
        self._book = SlotBook(self._limits)
        self._lives = Lives(inputs)
        used = {use.clause for use in inputs.row.clauses}
        self._minds_neighbours = not used.isdisjoint(ABOUT_NEIGHBOURS)
        self._last_at: datetime | None = None
        self._is_doubtful = False
        self._weights: dict[tuple[ZoneName, SlotId], _Weight] = {}

    @property
    def inputs(self) -> RuleInputs:
        """What it was built from."""
        return self._in

    @property
    def crowded(self) -> int:
        """How often a zone had more standing things than slots."""
        return self._book.crowded

    def needs(self, moment: Moment | None) -> LookRequest:
        """A tenth of the shortest dwell, at most 10 s; the same at every look."""
        del moment
        gaps = [limits.look_gap_s for limits in self._limits.values()]
        return LookRequest(max(min(gaps, default=LONGEST_GAP_S), SHORTEST_GAP_S))

    def judge(self, moment: Moment) -> tuple[Violation, ...]:
        """New revisions this look causes; looks must come in order."""
        at, model = moment.at, moment.look.model
        if self._is_doubtful:
            self._book.doubtful_until, self._is_doubtful = at, False
        crowded = self._book.crowded
        ended = self._book.watch(self._scene(moment))
        if self._book.crowded > crowded:
            structlog.get_logger().warning(
                "slots.exceeded", camera=self._in.camera, code=self._in.code
            )
        if self._minds_neighbours and moment.blind is None:
            note_neighbours(self._book.slots, moment)
        found = [self._lives.close(end.slot, end.at, at, model) for end in ended]
        found += [self._judge_slot(stand, moment) for stand in self._stands()]
        self._last_at = at
        return tuple(violation for violation in found if violation is not None)

    def standing(self) -> tuple[Violation, ...]:
        """Every raised violation it remembers, whole, at its newest revision."""
        raised = (self._lives.raised(slot) for slot in self._book.slots)
        return tuple(violation for violation in raised if violation is not None)

    def state(self) -> bytes:
        """Everything it remembers, as canonical JSON."""
        return dump(
            RuleState(
                version=1,
                last_at=self._last_at,
                doubtful_until=self._book.doubtful_until,
                slots=self._book.slots,
                newcomers=self._book.newcomers.waiting,
                kept=[],
            ),
            self._lives.dump(),
        )

    def restore(self, state: bytes) -> None:
        """Take up a state made by `state()`.

        Raises:
            RuleError: The state is damaged or of an unknown version.
        """
        parsed = parse(state)
        self._book.slots = parsed.slots
        self._book.newcomers.waiting = parsed.newcomers
        self._book.doubtful_until = parsed.doubtful_until
        self._lives.restore(parsed.kept)
        self._last_at = parsed.last_at

    def doubt_continuity(self) -> None:
        """What stands there at the next look may have stood there before.

        Its clock begins anew, and it cannot be told since when it stands.
        """
        self._is_doubtful = True

    def _judge_slot(self, stand: Stand, moment: Moment) -> Violation | None:
        slot, composition = stand.slot, self._in.compositions[stand.slot.zone]
        judged = composition.judge(stand, moment)
        told = Told(
            stay=slot,
            thresholds=stand.thresholds,
            clauses=composition.traces(judged.outcomes),
            fact=_fact(stand, judged, moment.at),
            severity=judged.severity,
        )
        violation = self._lives.judge(told, moment.at, moment.look.model)
        if self._lives.is_dropped(slot):
            self._book.discard(slot)
            self._lives.forget(slot)
        return violation

    def _scene(self, moment: Moment) -> Scene:
        look, classes = moment.look, self._things.classes
        sightings = self._things.sightings(look)
        blind = moment.blind
        if blind is None and not sightings:
            blind = self._things.unseen(look)
        return Scene(
            at=moment.at,
            sightings=sightings,
            others=tuple(t.box for t in look.tracks if t.label not in classes),
            homes=self._homes,
            unseen=tuple(area.box for area in look.unseen),
            blind=blind,
        )

    def _homes(self, sightings: Sequence[Sighting]) -> Sequence[ZoneName | None]:
        """The zone that holds most of each footprint, where it holds enough."""
        if not (sightings and self._names):
            return (None,) * len(sightings)
        feet = footprints(boxes_of([sighting.box for sighting in sightings]))
        shares = self._zones.shares(feet)
        homes: list[ZoneName | None] = []
        for row, best in zip(shares, shares.argmax(axis=1), strict=True):
            name = self._names[int(best)]
            floor = self._in.thresholds[name].min_overlap - FLOOR
            homes.append(name if row[best] > 0 and row[best] >= floor else None)
        return homes

    def _stands(self) -> list[Stand]:
        self._weigh(self._book.slots)
        return [
            Stand(
                slot=slot,
                share=self._weights[slot.zone, slot.id].share,
                exempt_share=self._weights[slot.zone, slot.id].exempt_share,
                thresholds=self._in.thresholds[slot.zone],
                is_raised=self._lives.is_standing(slot),
            )
            for slot in self._book.slots
        ]

    def _weigh(self, slots: Sequence[Slot]) -> None:
        """Footprint shares of the anchors that are new or have moved since."""
        before, self._weights = self._weights, {}
        moved = []
        for slot in slots:
            known = before.get((slot.zone, slot.id))
            if known is not None and known.anchor == slot.anchor:
                self._weights[slot.zone, slot.id] = known
            else:
                moved.append(slot)
        if not moved:
            return
        feet = footprints(boxes_of([slot.anchor for slot in moved]))
        shares = self._zones.shares(feet)
        exempt = self._exempt.shares(feet).max(axis=1, initial=0.0)
        for row, slot in enumerate(moved):
            share = float(shares[row, self._names.index(slot.zone)])
            weight = _Weight(slot.anchor, share, float(exempt[row]))
            self._weights[slot.zone, slot.id] = weight


def _fact(stand: Stand, judged: Judged, at: datetime) -> Fact:
    """What a look's clauses mean for the life of a slot's violation."""
    if stand.slot.is_absent:
        return Fact.ENDED
    if judged.truth is Truth.FALSE:
        return Fact.ENDED if stand.is_raised else Fact.UNTOLD
    is_true = judged.truth is Truth.TRUE and stand.slot.last_seen == at
    return Fact.HOLDS if is_true else Fact.UNTOLD
