"""Persons followed from look to look: who is who, who is new, who is missed.

Persons of a look in, walkers moved on. One box far from where somebody was lost proves
nothing, because a detector sees people for a moment where nobody is: who was lost is
taken up again further off only when the newcomer there has been seen twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from detector.box import Box
from detector.look import Look, Track
from rules.geometry import TINY, areas, boxes_of, overlaps, touching
from rules.passage import Passage
from rules.walker import PROVEN, STEADY, Walker, lost_near, pair

KEPT_S = 10.0
"""A walker not found again within this time is forgotten."""
HIDDEN_S = 600.0
"""So long somebody may stand behind something."""
MOST_WALKERS = 128
HIDES = 0.4
"""Share of a person under nearer things from which it is hidden."""


class AtOpenings(NamedTuple):
    """Walkers at openings, by number.

    Attributes:
        below: Known to be inside one: they come up where they went down, and are nobody
            who walks elsewhere.
        inside: Those as whom somebody is followed who entered: nobody else.
        held: Those seen in one last: see `pair`.
    """

    below: Collection[int] = ()
    inside: Collection[int] = ()
    held: Collection[int] = ()


def at_openings(passages: Collection[Passage], at: datetime) -> AtOpenings:
    """Who is at which opening, before the look at `at`."""
    inside = [one for passage in passages for one in passage.inside]
    return AtOpenings(
        below={number for passage in passages for number in passage.below(at)},
        inside={one.walker for one in inside if one.entered_at is not None},
        held={one.walker for one in inside},
    )


@dataclass(slots=True)
class Following:
    """The walkers of one view.

    Attributes:
        walkers: Everybody followed.
        now: The person of each walker seen in this look, by number.
        before: Where, and when, each of them was seen before it.
        again: Where, and when, who is taken up in this look was first seen again.
        next_number: Of the next newcomer.
    """

    walkers: list[Walker] = field(default_factory=list)
    now: dict[int, Track] = field(default_factory=dict)
    before: dict[int, tuple[Box, datetime]] = field(default_factory=dict)
    again: dict[int, tuple[Box, datetime]] = field(default_factory=dict)
    next_number: int = 1

    def follow(
        self,
        persons: Sequence[Track],
        look: Look,
        at: datetime,
        openings: AtOpenings,
    ) -> None:
        """One more look.

        Args:
            persons: The persons it shows, each once.
            look: The look.
            at: Its media time, UTC.
            openings: Who of the walkers is at an opening.
        """
        oldest = at - timedelta(seconds=KEPT_S)
        self.walkers = [
            walker
            for walker in self.walkers
            if (walker.last >= oldest or walker.is_hidden)
            and (walker.is_proven or not walker.is_gone)
        ]
        found = pair(self.walkers, persons, look, openings.below, openings.held)
        newcomers = self._newcomers(persons, found, at)
        _note_rivals(newcomers, [self.walkers[w] for w in found.values()], look)
        self.now = {self.walkers[w].number: persons[p] for p, w in found.items()}
        missing = [w for w in self.walkers if w.number not in self.now]
        for walker in missing:
            if walker.may_be in self.now:  # who it might have been is somebody else
                walker.may_be = None
        self.before, self.again = {}, {}
        for index, known in found.items():
            self._see(self.walkers[known], persons[index], at)
        for newcomer, person in newcomers:
            self.walkers.append(newcomer)
            self.now[newcomer.number] = person
        found_again = self._find_lost(look, at, openings) | self.now.keys()
        _note_missed([w for w in missing if w.number not in found_again], look, at)

    def _newcomers(
        self, persons: Sequence[Track], found: Collection[int], at: datetime
    ) -> list[tuple[Walker, Track]]:
        """A walker for each person who is none yet, as many as can be followed."""
        fresh = [p for index, p in enumerate(persons) if index not in found]
        newcomers = []
        for person in fresh[: max(MOST_WALKERS - len(self.walkers), 0)]:
            walker = Walker(self.next_number, person.box, person.score, at, at)
            newcomers.append((walker, person))
            self.next_number += 1
        return newcomers

    def _find_lost(
        self,
        look: Look,
        at: datetime,
        openings: AtOpenings,
    ) -> frozenset[int]:
        """Take up again who is surely found; the numbers of those who may be."""
        may_be: set[int] = set()
        newcomers = [
            w
            for w in self.walkers
            if w.number in self.now
            and w.hits <= STEADY
            and w.number not in openings.inside
        ]
        for newcomer in newcomers:
            if newcomer.is_proven:
                self._take_up(newcomer, at, openings.held)
                continue
            lost = [
                walker
                for walker in self.walkers
                if walker.is_proven
                and walker.number not in self.now
                and walker.number not in openings.below
                and walker.number not in may_be
                and walker.last < newcomer.since
            ]
            old = lost_near(newcomer, lost, look)
            if old is not None:
                newcomer.may_be = old.number
                may_be.add(old.number)
        return frozenset(may_be)

    def _take_up(self, newcomer: Walker, at: datetime, held: Collection[int]) -> None:
        """Who was lost is found: the newcomer it may have been has been seen twice.

        Three times where the look that showed the newcomer first showed him in an
        opening: two flashes beside it are nobody who came out.
        """
        old = next((w for w in self.walkers if w.number == newcomer.may_be), None)
        if old is None or old.number in self.now:
            return
        is_rival = old.number in held and old.last == newcomer.since
        if newcomer.hits != (STEADY if is_rival else PROVEN):
            return
        person = self.now.pop(newcomer.number)
        self.again[old.number] = self.before[newcomer.number]
        self.now[old.number] = person
        self.walkers.remove(newcomer)
        self._see(old, person, at)

    def _see(self, walker: Walker, person: Track, at: datetime) -> None:
        self.before[walker.number] = walker.box, walker.last
        walker.seen(person, at)


def _note_rivals(
    newcomers: Sequence[tuple[Walker, Track]], known: Sequence[Walker], look: Look
) -> None:
    """Note whom a newcomer may be that another box of this look was taken for.

    A flash of the detector nearer by takes the place of who walks on; in the next look
    the one is found again and the other is not.

    Args:
        newcomers: Who is new in this look.
        known: Who was found in it, as they were before it.
        look: The look.
    """
    if not newcomers:
        return
    steady = [walker for walker in known if walker.is_steady]
    for newcomer, _ in newcomers:
        rival = lost_near(newcomer, steady, look)
        newcomer.may_be = None if rival is None else rival.number


def _note_missed(missing: Sequence[Walker], look: Look, at: datetime) -> None:
    """Those not found: hidden by something nearer, or missed."""
    if not missing:
        return
    places = boxes_of([walker.box for walker in missing])
    things = boxes_of([track.box for track in look.tracks])
    rows, columns, shared = touching(places, things)
    nearer = shared * (things[columns, 3] > places[rows, 3])
    covered = np.bincount(rows, nearer, len(places))
    if look.unseen:
        unseen = overlaps(places, boxes_of([area.box for area in look.unseen]))
        covered = np.maximum(covered, unseen.sum(axis=1))
    hides = (covered >= np.maximum(HIDES * areas(places), TINY)).tolist()
    for walker, is_behind in zip(missing, hides, strict=True):
        if is_behind:
            walker.is_hidden = (at - walker.last).total_seconds() <= HIDDEN_S
        else:
            walker.is_hidden = False
            walker.missed(at)
