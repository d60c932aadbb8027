"""Rules on standing things: looks in, violations out, whatever the thing is.

The slots keep the clocks, the life machine names what becomes of them; what sort of
thing counts, and what its clauses are, comes from the catalogue's row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import structlog

from base.ids import ZoneName
from detector.box import Box
from detector.look import Naming
from rules.clause import FALSE, TRUE, Truth
from rules.composition import Awaited, Judged, Settled, awaited_of
from rules.geometry import Floats, boxes_of, footprints
from rules.life import ENDED, HOLDS, UNTOLD, Fact
from rules.lives import Lives, Told
from rules.matching import Scene
from rules.moment import Moment, Stand
from rules.neighbours import note_neighbours
from rules.place import SlotId
from rules.rule_inputs import RuleInputs
from rules.rule_state import RuleState, dump, parse
from rules.slot import Limits, Slot
from rules.slot_book import SlotBook
from rules.things import Seen, Things
from rules.violation import Life, Violation
from streams.look_plan import LookRequest

FLOOR = 0.1
"""A slot is watched from this far below the overlap it would open at."""
LONGEST_GAP_S = 10.0
SHORTEST_GAP_S = 0.2
"""Asking for more than five looks a second buys a standing thing nothing."""


class _Rest(NamedTuple):
    """A slot of which nothing is told while its thing stands on as it does.

    Attributes:
        until: Its raised violation is told again then; None: none is raised.
        naming: What the network's words were held against.
        continuity_known: As told.
        awaited: Clauses that may turn.
    """

    until: datetime | None
    naming: Naming
    continuity_known: bool
    awaited: tuple[Awaited, ...]

    def lasts(self, stand: Stand, moment: Moment) -> bool:
        """Whether this look shows the thing standing on as it stood."""
        slot, at, naming = stand.slot, moment.at, moment.look.naming
        if slot.is_absent:
            return False
        if self.until is not None and not slot.last_seen == at < self.until:
            return False
        if slot.continuity_known is not self.continuity_known:
            return False
        if naming is not self.naming and naming != self.naming:
            return False
        for clause, truth, why in self.awaited:
            told = clause.ask(stand, moment, clause.params)
            if told[0] is not truth or told[3] is not why:
                return False
        return True


@dataclass(slots=True)
class _Weighed:
    """A slot as clauses see it while its anchor is this very box.

    Attributes:
        anchor: The box.
        stand: The slot.
        settled: What the clauses on its place say.
        rest: How it stands, where nothing need be told of it.
    """

    anchor: Box
    stand: Stand
    settled: Settled
    rest: _Rest | None = None


class StandingRule:
    """One code on standing things in all zones of one view; a `rules.rule.Rule`."""

    def __init__(self, inputs: RuleInputs, things: Things) -> None:
        self._in, self._things = inputs, things
        self._names = list(inputs.zones)
        self._limits = {
            name: Limits(t.dwell_s, t.gap_s) for name, t in inputs.thresholds.items()
        }
        self._book = SlotBook(self._limits)
        self._lives = Lives(inputs)
        self._asked = frozenset(use.clause for use in inputs.row.uses)
        self._saved: bytes | None = None
        self._is_doubtful = False
        self._stands: dict[tuple[ZoneName, SlotId], _Weighed | None] = {}
        self._traced = {n: c.names for n, c in inputs.compositions.items()}

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
            self._saved = None
        seen = moment.once(self._things.seen)
        if not seen.sightings and self._book.is_empty:
            return ()
        self._saved = None
        crowded = self._book.crowded
        ended = self._book.watch(self._scene(moment, seen))
        if self._book.crowded > crowded:
            structlog.get_logger().warning(
                "slots.exceeded", camera=self._in.camera, code=self._in.code
            )
        if moment.blind is None:
            note_neighbours(self._book.slots, moment, self._asked)
        found = [self._lives.close(end.slot, end.at, at, model) for end in ended]
        found += [
            self._judge_slot(weighed, moment)
            for weighed in self._stand(moment)
            if weighed.rest is None or not weighed.rest.lasts(weighed.stand, moment)
        ]
        return tuple(violation for violation in found if violation is not None)

    def remembered(self) -> tuple[Violation, ...]:
        """Every violation it remembers, candidates included."""
        known = (self._lives.remembered(slot) for slot in self._book.slots)
        return tuple(violation for violation in known if violation is not None)

    def end(self) -> tuple[Violation, ...]:
        """Nobody judges it any more: what stood, ended, and remembered as ended."""
        self._saved, self._stands = None, {}
        over = (self._lives.end(slot) for slot in self._book.slots)
        return tuple(violation for violation in over if violation is not None)

    def state(self) -> bytes:
        """Everything it remembers, as canonical JSON; made anew only after a change."""
        if self._saved is None:
            state = RuleState(
                version=1,
                doubtful_until=self._book.doubtful_until,
                slots=self._book.slots,
                newcomers=self._book.newcomers.waiting,
            )
            self._saved = dump(state, self._lives.dump())
        return self._saved

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
        self._saved, self._stands = None, {}

    def doubt_continuity(self) -> None:
        """What stands there at the next look may have stood there before.

        Its clock begins anew, and it cannot be told since when it stands.
        """
        self._is_doubtful = True

    def _judge_slot(self, weighed: _Weighed, moment: Moment) -> Violation | None:
        stand, slot, at = weighed.stand, weighed.stand.slot, moment.at
        composition = self._in.compositions[slot.zone]
        judged = composition.judge(stand, moment, weighed.settled)
        fact = _fact(stand, judged.truth, at)
        said, names = judged.outcomes, self._traced[slot.zone]
        told = Told(slot, names, said, fact, judged.severity)
        violation = self._lives.judge(told, at, moment.look.model)
        if violation is None:
            weighed.rest = self._rest(weighed, judged, fact, moment)
            return None
        self._stands.pop((slot.zone, slot.id), None)  # it may be raised now
        if violation.life is Life.DROPPED:
            self._book.discard(slot)
            self._lives.forget(slot)
        return violation

    def _rest(
        self, weighed: _Weighed, judged: Judged, fact: Fact, moment: Moment
    ) -> _Rest | None:
        """How a slot stands of which this look told nothing new."""
        slot, is_raised = weighed.stand.slot, weighed.stand.is_raised
        if is_raised and fact is UNTOLD and judged.truth is TRUE:
            return weighed.rest  # it was only missed
        until = self._lives.lasts_until(slot) if fact is HOLDS else None
        is_still = until is not None if is_raised else judged.truth is not TRUE
        if slot.is_absent or not is_still or weighed.settled.steps:
            return None
        awaited = awaited_of(weighed.settled, judged, is_raised=is_raised)
        return _Rest(until, moment.look.naming, slot.continuity_known, awaited)

    def _scene(self, moment: Moment, seen: Seen) -> Scene:
        look, blind = moment.look, moment.blind
        if blind is None and not seen.sightings:
            blind = self._things.unseen(look)
        columns = moment.scene.columns
        return Scene(
            at=moment.at,
            sightings=seen.sightings,
            boxes=seen.boxes,
            others=seen.others,
            verdicts=seen.verdicts,
            homes=lambda free: self._homes(
                seen.shares(free)[:, [columns[name] for name in self._names]]
            ),
            unseen=tuple(area.box for area in look.unseen),
            blind=blind,
            overlaps=seen.overlaps,
        )

    def _homes(self, shares: Floats) -> Sequence[ZoneName | None]:
        """The zone that holds most of each footprint, where it holds enough.

        Args:
            shares: Share of each footprint in each of the rule's zones, `[n, zones]`.
        """
        homes: list[ZoneName | None] = []
        for row, best in zip(shares, shares.argmax(axis=1), strict=True):
            name = self._names[int(best)]
            floor = self._in.thresholds[name].min_overlap - FLOOR
            homes.append(name if row[best] > 0 and row[best] >= floor else None)
        return homes

    def _stand(self, moment: Moment) -> list[_Weighed]:
        """Every slot as clauses see it; weighed where it is new, moved or told of."""
        before, self._stands = self._stands, {}
        fresh = []
        for slot in self._book.slots:
            key = (slot.zone, slot.id)
            weighed = before.get(key)
            if (
                weighed is not None
                and weighed.anchor is slot.anchor
                and weighed.stand.slot is slot
            ):
                self._stands[key] = weighed
            else:
                self._stands[key] = None
                fresh.append(slot)
        self._weigh(fresh, moment)
        return [weighed for weighed in self._stands.values() if weighed is not None]

    def _weigh(self, slots: Sequence[Slot], moment: Moment) -> None:
        if not slots:
            return
        scene = moment.scene
        feet = footprints(boxes_of([slot.anchor for slot in slots]))
        exempt = [scene.columns[name] for name in self._in.exempt]
        for slot, row in zip(slots, scene.outlines.shares(feet).tolist(), strict=True):
            stand = Stand(
                slot=slot,
                shares=tuple(row),
                share=row[scene.columns[slot.zone]],
                exempt_share=max((row[column] for column in exempt), default=0.0),
                thresholds=self._in.thresholds[slot.zone],
                is_raised=self._lives.is_standing(slot),
            )
            settled = self._in.compositions[slot.zone].settle(stand, moment)
            self._stands[slot.zone, slot.id] = _Weighed(slot.anchor, stand, settled)


def _fact(stand: Stand, truth: Truth, at: datetime) -> Fact:
    """What a look's clauses mean for the life of a slot's violation."""
    if stand.slot.is_absent:
        return ENDED
    if truth is FALSE:
        return ENDED if stand.is_raised else UNTOLD
    is_true = truth is TRUE and stand.slot.last_seen == at
    return HOLDS if is_true else UNTOLD
