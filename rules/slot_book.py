"""All slots of one rule in one view: sightings of a look in, clocks moved on.

Matching is one to one and knows places only, never track ids. A place loses its
occupant only on positive evidence: seen, not hidden, several times over; whatever hides
it, and every look that cannot be trusted, leaves its clock alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from base.ids import ZoneName
from detector.box import Box
from rules.clause import Why
from rules.geometry import Floats, areas, boxes_of, ious, overlaps
from rules.newcomer import Newcomer, Newcomers
from rules.occupant import Verdict, similarities, verdict_of
from rules.place import SlotId
from rules.sighting import Sighting
from rules.slot import MATCH, Limits, Run, Slot

KEEP = 0.4
"""IoU at which a proven occupant that looks the same still stands: boxes of small
networks breathe, and a box cut by a door or a shadow is the same car."""
PROVEN = 5
"""Sightings that make an occupant proven."""
HIDES = 0.3
"""A place is hidden when nearer things cover this share of it."""
NEARER = 0.05
"""What hides has its foot lower, give or take this share of the anchor's height."""
IN_FRONT = 0.25
"""A foot lower by this share of the height stands in front, not in the same place."""
MAX_SLOTS = 64
"""In one zone; a pavement full of cars has forty."""

Pair = tuple[int, int]


Homes = Callable[[Sequence[Sighting]], Sequence[ZoneName | None]]


def nowhere(sightings: Sequence[Sighting]) -> Sequence[ZoneName | None]:
    """No sighting gets a slot."""
    return (None,) * len(sightings)


class End(StrEnum):
    """Why a slot is no longer in the book."""

    REPLACED = "replaced"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class EndedSlot:
    """A slot taken out of the book, why, and since when it was over."""

    slot: Slot
    why: End
    at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """What one look offers a book.

    Attributes:
        at: Media time, UTC.
        sightings: What may stand somewhere, best first.
        others: Boxes of everything else that may hide a place.
        homes: Tells for sightings the zone a slot of each would be in; None: in none.
        unseen: Areas about which the look says nothing.
        blind: Why nothing in this look can be trusted; None: it can.
    """

    at: datetime
    sightings: tuple[Sighting, ...]
    others: tuple[Box, ...] = ()
    homes: Homes = nowhere
    unseen: tuple[Box, ...] = ()
    blind: Why | None = None


@dataclass(slots=True)
class _Matches:
    """Which sighting stands in which slot."""

    of_slot: dict[int, int] = field(default_factory=dict)
    of_sighting: dict[int, int] = field(default_factory=dict)

    def add(self, slot: int, sighting: int) -> None:
        if slot not in self.of_slot and sighting not in self.of_sighting:
            self.of_slot[slot] = sighting
            self.of_sighting[sighting] = slot


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

    def limits_of(self, zone: ZoneName) -> Limits | None:
        """The lengths of a zone's clocks; None for a zone that is no more."""
        return self._limits.get(zone)

    def watch(self, scene: Scene) -> tuple[EndedSlot, ...]:
        """Move every clock on by one look; the slots that are over come back."""
        ended = self._forget(scene.at)
        if scene.blind is not None:
            for slot in self.slots:
                slot.hidden(scene.at, scene.blind)
            return tuple(ended)
        boxes = boxes_of([sighting.box for sighting in scene.sightings])
        matches, verdicts = self._match(scene, boxes)
        hidden = self._hidden(scene, boxes, matches)
        for index in sorted(matches.of_slot):
            sighting = scene.sightings[matches.of_slot[index]]
            gone = self._meet(index, sighting, scene.at, verdicts[index])
            ended += [gone] if gone else []
        for index, slot in enumerate(self.slots):
            limits = self._limits.get(slot.zone)
            if index in matches.of_slot or slot.is_absent or limits is None:
                continue
            if hidden[index] is not None:
                slot.hidden(scene.at, hidden[index] or Why.OCCLUDED)
            else:
                slot.missed(scene.at, limits)
        ended += self._take_newcomers(scene, matches)
        return tuple(ended)

    def discard(self, slot: Slot) -> None:
        """Take a slot out of the book."""
        self.slots.remove(slot)

    def _forget(self, at: datetime) -> list[EndedSlot]:
        over = []
        for slot in self.slots:
            limits = self._limits.get(slot.zone)
            away_s = (at - slot.last_seen).total_seconds()
            if limits is None or (
                slot.is_absent
                and away_s >= limits.gap_s
                and not slot.is_running(at, limits)
            ):
                over.append(EndedSlot(slot, End.FORGOTTEN, at))
        self.slots = [
            slot for slot in self.slots if all(e.slot is not slot for e in over)
        ]
        return over

    def _match(
        self, scene: Scene, boxes: Floats
    ) -> tuple[_Matches, dict[int, Verdict]]:
        """Slots and sightings one to one, best overlap first; what thumbnails say."""
        found = _Matches()
        if not (self.slots and scene.sightings):
            return found, {}
        overlap = ious(boxes_of([slot.anchor for slot in self.slots]), boxes)
        near = np.argwhere(overlap >= KEEP)
        pairs: list[Pair] = [(int(s), int(v)) for s, v in near]
        verdicts = self._verdicts(scene, pairs)
        pairs.sort(key=lambda pair: (-overlap[pair], pair))
        for pair in pairs:
            if overlap[pair] >= MATCH:
                found.add(*pair)
        for slot, sighting in pairs:
            proven = self.slots[slot].sightings >= PROVEN
            if (
                proven
                and not self.slots[slot].is_absent
                and verdicts[slot, sighting] is Verdict.SAME
            ):
                found.add(slot, sighting)
        return found, {s: verdicts[s, v] for s, v in found.of_slot.items()}

    def _verdicts(self, scene: Scene, pairs: Sequence[Pair]) -> dict[Pair, Verdict]:
        kept, fresh, compared = [], [], []
        verdicts = dict.fromkeys(pairs, Verdict.NOT_COMPARED)
        for pair in pairs:
            sighting = scene.sightings[pair[1]]
            before = self.slots[pair[0]].portrait
            if before and sighting.portrait:
                kept.append(before)
                fresh.append(sighting.portrait)
                compared.append(pair)
        for pair, value in zip(compared, similarities(kept, fresh), strict=True):
            verdicts[pair] = verdict_of(float(value))
        return verdicts

    def _meet(
        self, index: int, sighting: Sighting, at: datetime, verdict: Verdict
    ) -> EndedSlot | None:
        """A sighting stands in a slot: it goes on, comes back, or is another thing."""
        slot = self.slots[index]
        limits = self._limits[slot.zone]
        if not slot.is_absent and verdict is not Verdict.DIFFERENT:
            slot.seen(sighting, at, verdict, limits)
            return None
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
        return EndedSlot(slot, End.REPLACED, run.since)

    def _hidden(self, scene: Scene, boxes: Floats, found: _Matches) -> list[Why | None]:
        """For each slot without a sighting: why its place could not be seen, if so."""
        reasons: list[Why | None] = [None] * len(self.slots)
        missing = [
            n
            for n, slot in enumerate(self.slots)
            if n not in found.of_slot and not slot.is_absent
        ]
        if not missing:
            return reasons
        anchors = boxes_of([self.slots[n].anchor for n in missing])
        if not (len(boxes) or scene.others or scene.unseen):
            return reasons
        covered = self._covered(scene, boxes, found, missing)
        unseen = _share_under(anchors, boxes_of(scene.unseen)).sum(axis=1)
        for row, slot in enumerate(missing):
            if unseen[row] >= HIDES:
                reasons[slot] = Why.NOT_COVERED
            elif covered[row] >= HIDES:
                reasons[slot] = Why.OCCLUDED
        return reasons

    def _covered(
        self, scene: Scene, boxes: Floats, found: _Matches, missing: Sequence[int]
    ) -> Floats:
        """Share of each missing slot's anchor under nearer things that came later."""
        anchors = boxes_of([self.slots[n].anchor for n in missing])
        height = anchors[:, 3] - anchors[:, 1]
        things = np.concatenate([boxes, boxes_of(scene.others)])
        lower_by = things[None, :, 3] - anchors[:, None, 3]
        hides: NDArray[np.bool_] = lower_by >= -NEARER * height[:, None]
        in_front = lower_by >= IN_FRONT * height[:, None]
        share = _share_under(anchors, things)
        settled = self.newcomers.settled(boxes)
        for row, thing in np.argwhere(hides & (share > 0)):
            if thing >= len(scene.sightings):
                continue
            home = found.of_sighting.get(int(thing))
            if home is None:
                # what stands in the same place does not hide it: it has taken it
                hides[row, thing] = in_front[row, thing] or not settled[thing]
            else:
                last_seen = self.slots[missing[row]].last_seen
                hides[row, thing] = self.slots[home].first_seen > last_seen
        total: Floats = (share * hides).sum(axis=1)
        return total

    def _take_newcomers(self, scene: Scene, found: _Matches) -> list[EndedSlot]:
        """What stands nowhere yet is watched, and given a slot when it stands still."""
        free = [
            sighting
            for n, sighting in enumerate(scene.sightings)
            if n not in found.of_sighting
        ]
        held = [
            (slot, slot.last_seen == scene.at)
            for slot in self.slots
            if not slot.is_absent
        ]
        still = self.newcomers.watch(
            scene.at,
            list(zip(free, scene.homes(free), strict=True)),
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
                self.slots.remove(stalest)
                in_zone.remove(stalest)
                ended.append(EndedSlot(stalest, End.FORGOTTEN, scene.at))
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


def _share_under(mine: Floats, theirs: Floats) -> Floats:
    """Share of each of mine that lies under each of theirs, `[n, m]`."""
    size = areas(mine)[:, None]
    shared = overlaps(mine, theirs)
    share: Floats = np.divide(shared, size, out=np.zeros_like(shared), where=size > 0)
    return share


def _name(box: Box, taken: set[SlotId]) -> SlotId:
    """`x51y20`: the foot in hundredths of the picture; a neighbour gets `x51y20b`."""
    x, y = box.foot
    name = f"x{min(round(100 * x), 99):02d}y{min(round(100 * y), 99):02d}"
    free = (SlotId(name + suffix) for suffix in _suffixes())
    return next(slot for slot in free if slot not in taken)


def _suffixes() -> list[str]:
    return ["", *"bcdefghijklmnopqrstuvwxyz", *(f"_{n}" for n in range(MAX_SLOTS))]
