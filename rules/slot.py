"""A slot: a standing thing's place, and the clock the place keeps.

Sightings, misses and hidden looks in; since when, how long really watched, which
stretches not, and whether it is the same thing throughout, out. The place has the clock
because everything else breaks: tracks lose their ids, detectors miss, people walk past.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import ceil, log

from msgspec import Struct

from base.ids import ZoneName
from detector.box import Box
from rules.beside import Minder, Waiting
from rules.clause import Why
from rules.occupant import OTHER_THING, SAME_THING, SavedPortrait, Verdict
from rules.place import SlotId
from rules.sighting import Sighting
from rules.state_text import Time
from rules.violation import Gap

MATCH = 0.6
"""IoU from which a box stands where the anchor stands."""
IN_FRONT = 0.25
"""A foot lower by this share of the height stands in front, not in the same place."""
SETTLING = 8
"""The first sightings shape the anchor; later ones cannot drag it along a kerb."""
MAX_GAPS = 32
MOST_COVERED = 0.6
"""A thing hidden by more than this has no outline to anchor a place to.

Behind the next car at a kerb a third to a half of a car is hidden, always."""
RUN_LOOKS = 3
"""Fewer sightings than this never overrule what is known of a place."""
REFRESH_S = 10.0
"""The kept thumbnail follows the light in steps of this length."""
LEFT_DOUBT = 0.01
"""Accepted chance that a run of misses is the detector's, not an empty place."""
MISS_RUN = (3, 12)
"""Fewest and most misses in a row that mean an empty place."""
MEMORY_LOOKS = 50
"""How many looks the slot's own hit rate remembers."""
STILL_S = 2.0
LEAVE_S = 20.0
"""A place need not be visibly empty for longer than this, whatever the dwell."""
SWAP_S = 3.0
"""No vehicle leaves and another stops in its place faster than this; what seems so is
light, or something that passes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The lengths a slot's clock is held against, all from the rule's dwell.

    Attributes:
        dwell_s: How long a thing must stand.
        gap_s: Away this long or longer: what comes is a new occupant.
        look_gap_s: The look gap the rule asks for: dwell / 10, at most 10 s.
        sampled_s: Up to here nobody looking is sampling: twice the asked gap is the
            budget of a missed look, and the picture after it.
        broken_s: Not seen for longer, continuity is unknown: a third of the dwell.
        leave_s: Visibly empty this long, it has left.
        swap_s: Another thing must stand here this long to be believed.
        still_s: A thing must stand this long to have a place of its own.
    """

    dwell_s: float
    gap_s: float
    look_gap_s: float = field(init=False)
    sampled_s: float = field(init=False)
    broken_s: float = field(init=False)
    leave_s: float = field(init=False)
    swap_s: float = field(init=False)
    still_s: float = field(init=False)

    def __post_init__(self) -> None:
        look_gap_s, broken_s = min(self.dwell_s / 10, 10.0), self.dwell_s / 3
        derived = {
            "look_gap_s": look_gap_s,
            "sampled_s": 2.5 * look_gap_s,
            "broken_s": broken_s,
            "leave_s": max(min(broken_s, LEAVE_S), SWAP_S),
            "swap_s": max(look_gap_s, SWAP_S),
            "still_s": min(broken_s, STILL_S),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)


class Run(Struct):
    """Sightings in a slot that do not simply continue it: another thing, or a return.

    Attributes:
        since: First of them.
        last: Newest of them.
        count: How many.
        unlike: How many looked different from the occupant.
        box: The newest box.
    """

    since: datetime
    last: datetime
    count: int
    unlike: int
    box: Box

    def add(self, sighting: Sighting, at: datetime, *, is_unlike: bool) -> None:
        """One more sighting."""
        self.last, self.box = at, sighting.box
        self.count += 1
        self.unlike += is_unlike

    def is_settled(self, limits: Limits) -> bool:
        """Enough looks over enough time to be believed."""
        span_s = (self.last - self.since).total_seconds()
        return self.count >= RUN_LOOKS and span_s >= limits.swap_s


class Slot(Struct, omit_defaults=True):
    """One standing thing's place inside a zone, while it stands and a while after.

    Attributes:
        id: Its name inside the zone.
        zone: The zone.
        anchor: Where it stands, 0…1.
        label: Class of the occupant, by its best score.
        score: Best detector score.
        mean_score: Mean score of what was seen, the past fading.
        height_px: Largest height seen.
        first_seen: First still look.
        last_seen: Newest look that showed it.
        before: The look that showed it before that.
        observed_s: Seconds really watched.
        stay_s: The same, since it last came.
        gaps: Stretches not watched.
        continuity_known: Whether it is the same thing throughout.
        sightings: Looks that showed it, all.
        hits: Looks that showed it, fading.
        judged: Looks that could have shown it, fading.
        last_look: Newest look at all.
        unlooked_s: Longest stretch without a look since it was last seen.
        hidden_s: Seconds the place was hidden since it was last seen.
        hidden_why: Why it could not be judged last.
        misses: Looks in a row that showed the place without it.
        missing_since: First of those.
        is_absent: It has left; the place is remembered for `gap_s`.
        portrait: How it looks.
        signed_at: When that was refreshed.
        unsure_since: Since when it cannot be told whether it is the same.
        unsure: For how many looks.
        run: Another thing, or a return, not yet believed.
        attended: Share of the looks that showed who has stayed beside it, the past
            fading.
        minders: Persons beside it, longest there first.
        vehicle_at: Newest look that showed the vehicle standing beside it that it came
            with.
        vehicle: Where that vehicle stands, or stood last.
        waiting: Vehicles beside it in the newest look.
        minded_from: First look that was asked who is beside it.
    """

    id: SlotId
    zone: ZoneName
    anchor: Box
    label: str
    score: float
    mean_score: float
    height_px: float
    first_seen: Time
    last_seen: Time
    before: Time
    last_look: Time
    observed_s: float = 0.0
    stay_s: float = 0.0
    gaps: list[Gap] = []
    continuity_known: bool = True
    sightings: int = 1
    hits: float = 1.0
    judged: float = 1.0
    unlooked_s: float = 0.0
    hidden_s: float = 0.0
    hidden_why: Why | None = None
    misses: int = 0
    missing_since: Time | None = None
    is_absent: bool = False
    portrait: SavedPortrait | None = None
    signed_at: Time | None = None
    unsure_since: Time | None = None
    unsure: int = 0
    run: Run | None = None
    attended: float = 0.0
    minders: list[Minder] = []
    vehicle_at: Time | None = None
    vehicle: Box | None = None
    waiting: list[Waiting] = []
    minded_from: Time | None = None

    @property
    def ended_at(self) -> datetime | None:
        """Since when it has left; None while it stands."""
        return self.missing_since if self.is_absent else None

    @property
    def hit_rate(self) -> float:
        """How often the detector found what stands here, before the misses now."""
        judged = max(self.judged - self.misses, self.hits)
        return (self.hits + 2) / (judged + 3)

    @property
    def shown_score(self) -> float:
        """Mean score over all looks that could have shown it: a miss counts as 0.

        A vehicle that stands is shown by nearly every look. A painted marking that is
        taken for one now and then, between the cars that drive over it, is not.
        """
        return self.mean_score * min(self.hits / self.judged, 1.0)

    @property
    def misses_needed(self) -> int:
        """Misses in a row that the detector alone would hardly make."""
        few, many = MISS_RUN
        miss_rate = 1 - self.hit_rate
        return min(many, max(few, ceil(log(LEFT_DOUBT) / log(miss_rate))))

    @property
    def seems_gone(self) -> bool:
        """Missed so often in a row that it is hardly the detector."""
        return self.misses >= MISS_RUN[0] and self.misses >= self.misses_needed

    def is_running(self, at: datetime, limits: Limits) -> bool:
        """Whether something stands here that may yet be a return."""
        run = self.run
        return run is not None and _seconds(run.last, at) <= limits.sampled_s

    def seen(
        self, sighting: Sighting, at: datetime, verdict: Verdict, limits: Limits
    ) -> None:
        """The occupant was seen in its place."""
        passed_s = (at - self.last_seen).total_seconds()
        if self.last_look is self.last_seen:
            self.unlooked_s = passed_s  # the look before showed it too
        else:
            self._note_look(at)
        # found again, looking the same, before it counts as left: it was missed
        was_there = verdict is SAME_THING or not self.seems_gone
        is_watched = was_there and self.unlooked_s <= limits.sampled_s
        if passed_s <= limits.broken_s and is_watched:
            watched_s = max(passed_s - self.hidden_s, 0.0)
            self.observed_s += watched_s
            self.stay_s += watched_s
        else:
            self._note_gap(at, limits)
        if verdict is SAME_THING:
            self.unsure_since, self.unsure, signed_at = None, 0, self.signed_at
            if signed_at is None or (at - signed_at).total_seconds() >= REFRESH_S:
                self._sign(sighting, at)
        else:
            self._doubt(sighting, at, limits)
        self._shape(sighting)
        self._found(self.last_seen, at)

    def missed(self, at: datetime, limits: Limits) -> None:
        """The place was seen, and the occupant was not in it."""
        self._note_look(at)
        self._note_judged()
        self.misses += 1
        self.missing_since = self.missing_since or at
        gone_s = _seconds(self.missing_since, at)
        if self.seems_gone and gone_s >= limits.leave_s:
            self.is_absent = True

    def hidden(self, at: datetime, why: Why) -> None:
        """The place could not be judged."""
        self.hidden_s += _seconds(self.last_look, at)
        self._note_look(at)
        self.hidden_why = why

    def doubted(
        self, sighting: Sighting, at: datetime, verdict: Verdict, limits: Limits
    ) -> None:
        """Something stands here that does not simply continue the occupant."""
        run, is_unlike = self.run, verdict is OTHER_THING
        if run is None or _seconds(run.last, at) > limits.sampled_s:
            self.run = Run(at, at, 1, int(is_unlike), sighting.box)
        else:
            run.add(sighting, at, is_unlike=is_unlike)

    def returned(self, sighting: Sighting, at: datetime, limits: Limits) -> None:
        """What had left is back: the run of sightings becomes its stay."""
        run = self.run
        if run is None:
            return
        self._note_gap(run.since, limits)
        self.continuity_known = False
        self.stay_s = _seconds(run.since, at)
        self.observed_s += self.stay_s
        self.is_absent = False
        self._shape(sighting)
        self._found(run.since, at)

    def _found(self, before: datetime, at: datetime) -> None:
        self.before, self.last_seen, self.last_look = before, at, at
        self.unlooked_s = self.hidden_s = 0.0
        self.misses, self.missing_since, self.run = 0, None, None
        self.hits += 1
        self._note_judged()

    def _note_look(self, at: datetime) -> None:
        passed_s = (at - self.last_look).total_seconds()
        self.unlooked_s = max(self.unlooked_s, passed_s)
        self.last_look = at

    def _note_judged(self) -> None:
        self.hidden_why = None
        self.judged += 1
        if self.judged > MEMORY_LOOKS:
            self.judged, self.hits = self.judged / 2, self.hits / 2

    def _doubt(self, sighting: Sighting, at: datetime, limits: Limits) -> None:
        """It cannot be told whether it is still the same thing."""
        if self.portrait is None:
            if _seconds(self.last_seen, at) > limits.sampled_s:
                self.continuity_known = False
            self._sign(sighting, at)
            return
        self.unsure_since, self.unsure = self.unsure_since or at, self.unsure + 1
        unsure_s = _seconds(self.unsure_since, at)
        if unsure_s >= limits.broken_s and self.unsure >= RUN_LOOKS:
            self.continuity_known = False
            self._sign(sighting, at)

    def _sign(self, sighting: Sighting, at: datetime) -> None:
        self.portrait, self.signed_at = sighting.portrait, at
        self.unsure_since, self.unsure = None, 0

    def _shape(self, sighting: Sighting) -> None:
        box, label, score, height_px, _, covered, _ = sighting
        if score > self.score:
            self.label, self.score = label, score
        before = self.sightings
        self.sightings = looks = before + 1
        known = min(looks, MEMORY_LOOKS)
        self.mean_score += (score - self.mean_score) / known
        self.height_px = max(self.height_px, height_px)
        if before < SETTLING and covered <= MOST_COVERED:
            self.anchor = _mean(self.anchor, box, before)

    def _note_gap(self, end: datetime, limits: Limits) -> None:
        self.gaps.append(Gap(self.last_seen, end))
        if _seconds(self.last_seen, end) > limits.broken_s:
            self.continuity_known = False
        while len(self.gaps) > MAX_GAPS:
            _merge_nearest(self.gaps)


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def _mean(anchor: Box, box: Box, weight: int) -> Box:
    part = 1 / (weight + 1)
    return Box(
        anchor.x1 + part * (box.x1 - anchor.x1),
        anchor.y1 + part * (box.y1 - anchor.y1),
        anchor.x2 + part * (box.x2 - anchor.x2),
        anchor.y2 + part * (box.y2 - anchor.y2),
    )


def _merge_nearest(gaps: list[Gap]) -> None:
    """Join the two neighbours with the least watched time between them."""
    between = [_seconds(left.end, right.start) for left, right in pairwise(gaps)]
    index = between.index(min(between))
    gaps[index : index + 2] = [Gap(gaps[index].start, gaps[index + 1].end)]
