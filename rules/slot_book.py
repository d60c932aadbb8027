"""All slots of one rule in one view: sightings of a look in, clocks moved on.

A place loses its occupant only on positive evidence: seen, not hidden, several times
over; whatever hides it, and every look that cannot be trusted, leaves its clock alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Why
from rules.matching import Matches, Scene, hidden, match
from rules.newcomer import Newcomer, Newcomers
from rules.occupant import OTHER_THING, Verdict
from rules.place import SlotId
from rules.sighting import Sighting
from rules.slot import Limits, Run, Slot

MAX_SLOTS = 64
"""In one zone; a pavement full of cars has forty."""


@dataclass(frozen=True, slots=True)
class EndedSlot:
    """A slot taken out of the book, and since when it was over."""

    slot: Slot
    at: datetime


class SlotBook:
    """The slots of one rule in one view.

    Args:
        limits: The lengths of each zone's clocks.
    """

    def __init__(self, limits: Mapping[ZoneName, Limits]) -> None:
        self._limits = dict(limits)
        self.slots: list[Slot] = []
        self.newcomers = Newcomers()
        self.crowded = 0
        self.doubtful_until: datetime | None = None

    def watch(self, scene: Scene) -> tuple[EndedSlot, ...]:
        """Move every clock on by one look; the slots that are over come back."""
        ended = self._forget(scene.at)
        if scene.blind is not None:
            for slot in self.slots:
                slot.hidden(scene.at, scene.blind)
            return tuple(ended)
        matches = match(self.slots, scene)
        reasons = hidden(self.slots, scene, matches, self.newcomers.settled)
        for index, spot in sorted(matches.of_slot.items()):
            slot, sighting = self.slots[index], scene.sightings[spot]
            verdict = matches.verdicts[index]
            if not slot.is_absent and verdict is not OTHER_THING:
                slot.seen(sighting, scene.at, verdict, self._limits[slot.zone])
                continue
            gone = self._meet(index, sighting, scene.at, verdict)
            ended += [gone] if gone else []
        for index, why in reasons.items():
            slot = self.slots[index]
            if why is not None:
                slot.hidden(scene.at, why)
            else:
                slot.missed(scene.at, self._limits[slot.zone])
        ended += self._take_newcomers(scene, matches)
        return tuple(ended)

    @property
    def is_empty(self) -> bool:
        """Nothing stands anywhere, and nothing is about to."""
        return not (self.slots or self.newcomers.waiting)

    def discard(self, slot: Slot) -> None:
        """Take a slot out of the book."""
        self.slots = [kept for kept in self.slots if kept is not slot]

    def _forget(self, at: datetime) -> list[EndedSlot]:
        over = []
        for slot in self.slots:
            limits = self._limits.get(slot.zone)
            if limits is None:
                over.append(EndedSlot(slot, at))
            elif slot.is_absent and not slot.is_running(at, limits):
                away_s = (at - slot.last_seen).total_seconds()
                if away_s >= limits.gap_s:
                    over.append(EndedSlot(slot, at))
        if over:
            self.slots = [
                slot for slot in self.slots if all(e.slot is not slot for e in over)
            ]
        return over

    def _meet(
        self, index: int, sighting: Sighting, at: datetime, verdict: Verdict
    ) -> EndedSlot | None:
        """A sighting that does not go on what stands there: it is back, or another."""
        slot = self.slots[index]
        limits = self._limits[slot.zone]
        slot.doubted(sighting, at, verdict, limits)
        if not slot.is_absent:
            slot.hidden(at, Why.OCCLUDED)
        run = slot.run
        if run is None or not run.is_settled(limits):
            return None
        away_s = (run.since - slot.last_seen).total_seconds()
        is_other = 2 * run.unlike >= run.count
        if slot.is_absent and not is_other and away_s < limits.gap_s:
            slot.returned(sighting, at, limits)
            return None
        self.slots[index] = _replacement(slot, run, sighting, at)
        return EndedSlot(slot, run.since)

    def _take_newcomers(self, scene: Scene, found: Matches) -> list[EndedSlot]:
        """What stands nowhere yet is watched, and given a slot when it stands still."""
        free = [n for n in range(len(scene.sightings)) if n not in found.of_sighting]
        homes = scene.homes(free) if free else ()
        if not self.newcomers.waiting and all(home is None for home in homes):
            return []  # all of it is elsewhere, and nothing waits to be found again
        sightings = [scene.sightings[n] for n in free]
        held = [
            (slot, slot.last_seen == scene.at)
            for slot in self.slots
            if not slot.is_absent
        ]
        still = self.newcomers.watch(
            scene.at,
            list(zip(sightings, homes, strict=True)),
            held,
            self._limits,
        )
        ended = []
        for newcomer in still:
            in_zone = [slot for slot in self.slots if slot.zone == newcomer.zone]
            if len(in_zone) >= MAX_SLOTS:
                self.crowded += 1
                stalest = self._stalest(in_zone)
                if stalest is None:
                    continue
                self.discard(stalest)
                ended.append(EndedSlot(stalest, scene.at))
            slot = _settle(newcomer, {slot.id for slot in in_zone}, scene.at)
            until = self.doubtful_until
            slot.continuity_known = until is None or newcomer.since > until
            self.slots.append(slot)
        return ended

    def _stalest(self, slots: Sequence[Slot]) -> Slot | None:
        """The one longest unseen of those whose dwell never ran; it makes room."""
        young = [s for s in slots if s.stay_s < self._limits[s.zone].dwell_s]
        return min(young, key=lambda slot: (slot.last_seen, slot.id), default=None)


def _settle(newcomer: Newcomer, taken: set[SlotId], at: datetime) -> Slot:
    """The slot of a newcomer that stands still."""
    watched_s = (at - newcomer.since).total_seconds()
    return Slot(
        id=_name(newcomer.box, taken),
        zone=newcomer.zone,
        anchor=newcomer.box,
        label=newcomer.label,
        score=newcomer.score,
        mean_score=newcomer.mean_score,
        height_px=newcomer.height_px,
        first_seen=newcomer.since,
        last_seen=at,
        before=newcomer.since,
        last_look=at,
        observed_s=watched_s,
        stay_s=watched_s,
        sightings=newcomer.count,
        portrait=newcomer.portrait,
        signed_at=at,
    )


def _replacement(slot: Slot, run: Run, sighting: Sighting, at: datetime) -> Slot:
    """The same place with another occupant, whose clock began with its own run."""
    watched_s = (at - run.since).total_seconds()
    return Slot(
        id=slot.id,
        zone=slot.zone,
        anchor=sighting.box,
        label=sighting.label,
        score=sighting.score,
        mean_score=sighting.score,
        height_px=sighting.height_px,
        first_seen=run.since,
        last_seen=at,
        before=run.since,
        last_look=at,
        observed_s=watched_s,
        stay_s=watched_s,
        sightings=run.count,
        portrait=sighting.portrait,
        signed_at=at,
    )


def _name(box: Box, taken: set[SlotId]) -> SlotId:
    """`x51y20`: the foot in hundredths of the picture; a neighbour gets `x51y20b`."""
    x, y = box.foot
    name = f"x{min(round(100 * x), 99):02d}y{min(round(100 * y), 99):02d}"
    free = (SlotId(name + suffix) for suffix in _suffixes())
    return next(slot for slot in free if slot not in taken)


def _suffixes() -> list[str]:
    return ["", *"bcdefghijklmnopqrstuvwxyz", *(f"_{n}" for n in range(MAX_SLOTS))]
