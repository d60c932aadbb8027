"""Rules on standing things: looks in, violations out, whatever the thing is.

The slots keep the clocks, the life machine names what becomes of them, and a family
adds only what is its own: which sightings count and what its clauses say of a slot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from base.ids import ZoneName
from detector.box import Box
from detector.look import Look, ViewMatch
from rules.clause import Why
from rules.family import Family, Moment, RuleInputs, Stand
from rules.geometry import ZoneAreas, boxes_of, footprints
from rules.lives import Lives
from rules.matching import Scene
from rules.place import SlotId
from rules.rule_state import RuleState, dump, parse
from rules.sighting import Sighting
from rules.slot import Limits, Slot
from rules.slot_book import SlotBook
from rules.violation import Violation
from streams.faults import FeedFault
from streams.look_plan import LookRequest

BLINDING: Mapping[FeedFault, Why] = {
    FeedFault.MOVED: Why.CAMERA_MOVED,
    FeedFault.FROZEN: Why.FEED_FAULT,
    FeedFault.BLACK: Why.FEED_FAULT,
    FeedFault.BLURRED: Why.FEED_FAULT,
    FeedFault.STALLED: Why.FEED_FAULT,
    FeedFault.CORRUPT: Why.FEED_FAULT,
}
"""Faults under which a look is worth nothing: a frozen picture shows a car for ever."""

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

    def __init__(self, inputs: RuleInputs, family: Family) -> None:
        self._in, self._family = inputs, family
        self._names = list(inputs.zones)
        self._zones = ZoneAreas([zone.points for zone in inputs.zones.values()])
        self._exempt = ZoneAreas([zone.points for zone in inputs.exempt.values()])
        self._limits = {
            name: Limits(t.dwell_s, t.gap_s) for name, t in inputs.thresholds.items()
        }
        self._book = SlotBook(self._limits)
        self._lives = Lives(inputs, family.may_be_unknown)
        self._last_at: datetime | None = None
        self._is_doubtful = False
        self._weights: dict[tuple[ZoneName, SlotId], _Weight] = {}

    @property
    def codes(self) -> tuple[str, ...]:
        """The one code it raises."""
        return (self._in.code,)

    @property
    def classes(self) -> frozenset[str]:
        """Class names it lives on."""
        return self._family.classes

    @property
    def zones(self) -> tuple[ZoneName, ...]:
        """The zones it is judged in."""
        return tuple(self._names)

    @property
    def crowded(self) -> int:
        """How often a zone had more standing things than slots."""
        return self._book.crowded

    def needs(self, look: Look | None) -> LookRequest:
        """A tenth of the shortest dwell, at most 10 s; the same at every look."""
        del look
        gaps = [limits.look_gap_s for limits in self._limits.values()]
        return LookRequest(max(min(gaps, default=LONGEST_GAP_S), SHORTEST_GAP_S))

    def judge(self, look: Look) -> tuple[Violation, ...]:
        """New revisions this look causes; looks must come in order."""
        at = look.at.astimezone(UTC)
        if self._is_doubtful:
            self._book.doubtful_until, self._is_doubtful = at, False
        crowded = self._book.crowded
        ended = self._book.watch(self._scene(look, at))
        if self._book.crowded > crowded:
            structlog.get_logger().warning(
                "slots.exceeded", camera=self._in.camera, code=self._in.code
            )
        found = [self._lives.close(end, at, look.model) for end in ended]
        moment = Moment(look, at, self._in.permits)
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
        clauses = self._family.clauses(stand, moment)
        judged = self._lives.judge(stand, clauses, moment.at, moment.look.model)
        if self._lives.is_dropped(stand.slot):
            self._book.discard(stand.slot)
            self._lives.forget(stand.slot)
        return judged

    def _scene(self, look: Look, at: datetime) -> Scene:
        sightings = self._family.sightings(look)
        return Scene(
            at=at,
            sightings=sightings,
            others=tuple(
                track.box
                for track in look.tracks
                if track.label not in self._family.classes
            ),
            homes=self._homes,
            unseen=tuple(area.box for area in look.unseen),
            blind=self._blind(look, sightings),
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

    def _blind(self, look: Look, sightings: tuple[Sighting, ...]) -> Why | None:
        if look.view_match is ViewMatch.MOVED:
            return Why.CAMERA_MOVED
        for fault in sorted(look.faults & BLINDING.keys()):
            return BLINDING[fault]
        if not (sightings or look.classes & self._family.classes):
            return Why.NO_SUCH_CLASS
        return None

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
