"""Rules on whole zones: looks in, violations out; the zone has the clock.

A ring that must not be empty, an edge nobody may stand at: the composition of the row
is asked for each zone at each look, a hold sums for how long it is true, and the same
life machine as for standing things names what becomes of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, field

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON
from rules.clause import (
    ALWAYS,
    FALSE,
    TRUE,
    UNKNOWN,
    Outcome,
    Truth,
    Why,
    outcome,
    unknown,
)
from rules.composition import Judged
from rules.hold import Hold, HoldLimits
from rules.life import ENDED, HOLDS, UNTOLD, Fact
from rules.lives import Lives, Told
from rules.moment import Area, Moment
from rules.place import WHOLE_ZONE, SlotId
from rules.rule_inputs import RuleInputs
from rules.rule_state import Kept
from rules.slot import MAX_GAPS
from rules.state_text import Time, read, text_of
from rules.violation import Gap, Violation
from rules.zone_cover import bounds
from streams.look_plan import LookRequest

HELD_FOR = "held_for"
"""Name of the trace that tells for how long the composition has held."""
LINGER_S = 10.0
"""Looks stay dense this long after the last person was seen."""
MISSED_LOOKS = 2.5
"""So many asked gaps without a look are still sampling: as for slots."""


class Tenure(Struct, omit_defaults=True):
    """One stay of a composition's truth at one zone; see `rules.slot.Slot`.

    Attributes:
        zone: The zone.
        anchor: Box of what made it true last; the zone's bounds where nothing did.
        label: Class of that.
        score: Score of that.
        first_seen: Since when it holds.
        last_seen: Newest look at which it was true.
        before: The one before that.
        hold: Its stretches.
        observed_s: Seconds it was really seen to be true.
        gaps: Stretches not observed.
        continuity_known: False when it may have held before anybody looked.
        ended_at: Since when it is over; None while it lasts.
        id: Always the whole zone.
    """

    zone: ZoneName
    anchor: Box
    label: str
    score: float
    first_seen: Time
    last_seen: Time
    before: Time
    observed_s: float = 0.0
    gaps: list[Gap] = []
    continuity_known: bool = True
    ended_at: Time | None = None
    id: SlotId = WHOLE_ZONE


class Zone(Struct, omit_defaults=True):
    """What is remembered of one zone.

    Attributes:
        name: The zone.
        hold: For how long its composition holds.
        tenure: The stay that is told of.
        is_quiet: Its last stretch, false or unknown, lasts up to the newest look of the
            rule, and nothing is told of it: it is not written down anew at each look.
    """

    name: ZoneName
    hold: Hold = field(default_factory=Hold)
    tenure: Tenure | None = None
    is_quiet: bool = False

    def wake(self, until: datetime | None) -> None:
        """Write down until when it was quiet."""
        if self.is_quiet and self.hold.stretches and until is not None:
            self.hold.stretches[-1].end = until
        self.is_quiet = False

    def rest(self) -> None:
        """It is quiet from here on, if nothing holds at it and nothing is told."""
        self.is_quiet = (
            self.tenure is None
            and self.hold.began is None
            and self.hold.stretches[-1].truth is not TRUE
        )


class _State(Struct):
    version: Literal[1]
    last_at: Time | None
    zones: list[Zone]
    kept: list[Kept]


class AreaRule:
    """One code on all its zones in one view; a `rules.rule.Rule`."""

    def __init__(self, inputs: RuleInputs) -> None:
        self._in = inputs
        self._zones = {name: Zone(name) for name in inputs.zones}
        self._areas = {name: Area(name, zone) for name, zone in inputs.zones.items()}
        self._traced = {
            name: (*composition.names, HELD_FOR)
            for name, composition in inputs.compositions.items()
        }
        self._saved: bytes | None = None
        self._lives = Lives(inputs)
        self._last_at: datetime | None = None
        self._is_doubtful = False
        looks = inputs.row.looks
        self._sampled_s = MISSED_LOOKS * looks.resting_s
        self._limits = {
            name: HoldLimits(t.dwell_s, t.share, self._sampled_s)
            for name, t in inputs.thresholds.items()
        }

    @property
    def inputs(self) -> RuleInputs:
        """What it was built from."""
        return self._in

    @property
    def crowded(self) -> int:
        """Never: a zone is one place."""
        return 0

    def needs(self, moment: Moment | None) -> LookRequest:
        """Dense looks while a person is in view and a while after, else sparse."""
        looks = self._in.row.looks
        last = None if moment is None else moment.people.last_person
        is_near = (
            moment is not None
            and last is not None
            and moment.at - last <= timedelta(seconds=LINGER_S)
        )
        gap_s = min(looks.person_s, looks.resting_s) if is_near else looks.resting_s
        return LookRequest(gap_s, every_frame=looks.every_frame)

    def judge(self, moment: Moment) -> tuple[Violation, ...]:
        """New revisions this look causes; looks must come in order."""
        found: list[Violation] = []
        is_watched = moment.blind is None and self._is_sampled(moment.at)
        for name, composition in self._in.compositions.items():
            zone = self._zones[name]
            if zone.is_quiet and is_watched:
                truth = composition.truth(self._areas[name], moment)
                if truth is zone.hold.stretches[-1].truth:
                    continue
            self._saved = None
            zone.wake(self._last_at)
            found += self._judge_zone(zone, moment)
            zone.rest()
        self._last_at, self._is_doubtful = moment.at, False
        return tuple(found)

    def remembered(self) -> tuple[Violation, ...]:
        """Every violation it remembers, candidates included."""
        stays = (zone.tenure for zone in self._zones.values())
        known = (self._lives.remembered(stay) for stay in stays if stay is not None)
        return tuple(violation for violation in known if violation is not None)

    def end(self) -> tuple[Violation, ...]:
        """Nobody judges it any more: what stood, ended, and remembered as ended."""
        stays = (zone.tenure for zone in self._zones.values())
        over = (self._lives.end(stay) for stay in stays if stay is not None)
        return tuple(violation for violation in over if violation is not None)

    def state(self) -> bytes:
        """Everything it remembers, as canonical JSON; zones only after a change."""
        if self._saved is None:
            zones = [z for z in self._zones.values() if z.hold.stretches or z.tenure]
            self._saved = text_of(zones)
        last_at = text_of(self._last_at)
        return b'{"version":1,"last_at":%b,"zones":%b,"kept":%b}' % (
            last_at,
            self._saved,
            self._lives.dump(),
        )

    def restore(self, state: bytes) -> None:
        """Take up a state made by `state()`.

        Raises:
            RuleError: The state is damaged or of an unknown version.
        """
        parsed = read(state, _State, "a saved state")
        self._zones |= {z.name: z for z in parsed.zones if z.name in self._in.zones}
        self._lives.restore(parsed.kept)
        self._last_at, self._saved = parsed.last_at, None

    def doubt_continuity(self) -> None:
        """What holds at the next look may have held before."""
        self._is_doubtful = True

    def _judge_zone(self, zone: Zone, moment: Moment) -> list[Violation]:
        limits = self._limits[zone.name]
        found = self._forget(zone, moment)
        told = self._ask(zone, moment)
        truth = UNKNOWN if moment.blind else told.truth
        since = ended_of if truth is FALSE else began_of
        zone.hold.note(truth, moment.at, limits, since(told.outcomes))
        if truth is TRUE:
            self._note_true(zone, told.outcomes, moment)
        stay = zone.tenure
        if stay is None:
            return found
        if zone.hold.began is None and not self._lives.was_raised(stay):
            return [*found, *self._close(zone, stay, moment)]
        held = held_for(zone.hold, moment.at, limits)
        fact = self._fact(zone, truth, held.truth, moment.at)
        if truth is FALSE and fact is UNTOLD and self._lives.was_raised(stay):
            return found  # one false look is no news until it has lasted
        stay.ended_at = zone.hold.false_since() if fact is ENDED else None
        outcomes = (*told.outcomes, held)
        told_now = Told(stay, self._traced[zone.name], outcomes, fact, told.severity)
        judged = self._lives.judge(told_now, moment.at, moment.look.model)
        return [*found, judged] if judged is not None else found

    def _ask(self, zone: Zone, moment: Moment) -> Judged:
        return self._in.compositions[zone.name].judge(self._areas[zone.name], moment)

    def _is_sampled(self, at: datetime) -> bool:
        """Whether the time since the newest look counts as watched."""
        last = self._last_at
        return last is not None and (at - last).total_seconds() <= self._sampled_s

    def _note_true(
        self, zone: Zone, outcomes: Sequence[Outcome], moment: Moment
    ) -> None:
        thing = next((o.thing for o in outcomes if o.thing is not None), None)
        stay, at = zone.tenure, moment.at
        if stay is None:
            box = bounds(self._in.zones[zone.name])
            began = zone.hold.began or at
            stay = Tenure(zone.name, box, PERSON, 0.0, began, at, began)
            stay.continuity_known = not self._is_doubtful
            zone.tenure = stay
        else:
            stay.before = stay.last_seen
        if not self._lives.was_raised(stay):
            stay.first_seen = zone.hold.began or stay.first_seen
        self._note_observed(stay, at)
        if thing is not None:
            stay.anchor, stay.label = thing.box, thing.label
            stay.score = max(stay.score, thing.score)

    def _note_observed(self, stay: Tenure, at: datetime) -> None:
        passed_s = (at - stay.last_seen).total_seconds()
        if passed_s > self._sampled_s:
            stay.gaps = [*stay.gaps, Gap(stay.last_seen, at)][-MAX_GAPS:]
        else:
            stay.observed_s += passed_s
        stay.last_seen = at

    def _fact(self, zone: Zone, truth: Truth, held: Truth, at: datetime) -> Fact:
        """What opened ends only after `clear_s` of falsehood; a miss is not an end."""
        stay = zone.tenure
        if stay is not None and self._lives.is_standing(stay):
            since = zone.hold.false_since()
            clear_s = self._in.thresholds[zone.name].clear_s
            if since is not None and (at - since).total_seconds() >= clear_s:
                return ENDED
            return HOLDS if truth is TRUE else UNTOLD
        is_held = truth is TRUE and held is TRUE
        return HOLDS if is_held else UNTOLD

    def _forget(self, zone: Zone, moment: Moment) -> list[Violation]:
        """What ended `gap_s` ago is over for good: what comes is another matter."""
        stay = zone.tenure
        if stay is None or not self._lives.is_cleared(stay):
            return []
        away_s = (moment.at - stay.last_seen).total_seconds()
        if away_s < self._in.thresholds[zone.name].gap_s:
            return []
        return self._close(zone, stay, moment)

    def _close(self, zone: Zone, stay: Tenure, moment: Moment) -> list[Violation]:
        zone.tenure = None
        closed = self._lives.close(stay, moment.at, moment.at, moment.look.model)
        return [] if closed is None else [closed]


def held_for(hold: Hold, at: datetime, limits: HoldLimits) -> Outcome:
    """Whether a composition has held for its dwell, as an outcome of its own."""
    truth = hold.verdict(at, limits)
    value = hold.true_s(at - timedelta(seconds=limits.dwell_s), at)
    wanted = limits.dwell_s * limits.share
    if truth is UNKNOWN:
        return unknown(Why.NOT_OBSERVED, value, wanted)
    return outcome(truth is TRUE, value, wanted)


def began_of(outcomes: Sequence[Outcome]) -> datetime | None:
    """Since when all clauses hold; None where one of them does not know."""
    times = [told.since for told in outcomes if told.truth is TRUE]
    known = [time for time in times if time is not None]
    if len(known) < len(times) or not known:
        return None
    latest = max(known)
    return None if latest == ALWAYS else latest


def ended_of(outcomes: Sequence[Outcome]) -> datetime | None:
    """Since when one of the clauses is false; None where none of them knows."""
    times = [told.since for told in outcomes if told.truth is FALSE]
    return min((time for time in times if time is not None), default=None)
