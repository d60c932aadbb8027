"""Persons followed from look to look: who is who, who is new, who is missed.

Persons of a look in, walkers moved on. One box far from where somebody was lost proves
nothing, because a detector sees people for a moment where nobody is: who was lost is
taken up again further off only when the newcomer there has been seen twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from detector.look import Look, Track
from rules.walker import PROVEN, Walker, lost_near, pair

KEPT_S = 10.0
"""A walker not found again within this time is forgotten."""
HIDDEN_S = 600.0
"""So long somebody may stand behind something."""
MOST_WALKERS = 128
HIDES = 0.4
"""Share of a person under nearer things from which it is hidden."""


@dataclass(slots=True)
class Following:
    """The walkers of one view.

    Attributes:
        walkers: Everybody followed.
        now: The person of each walker seen in this look, by number.
        next_number: Of the next newcomer.
    """

    walkers: list[Walker] = field(default_factory=list)
    now: dict[int, Track] = field(default_factory=dict)
    next_number: int = 1

    def follow(
        self,
        persons: Sequence[Track],
        look: Look,
        at: datetime,
        below: Collection[int],
        inside: Collection[int] = (),
    ) -> None:
        """One more look.

        Args:
            persons: The persons it shows, each once.
            look: The look.
            at: Its media time, UTC.
            below: Walkers known to be inside an opening: they come up where they went
                down, and are nobody who walks elsewhere.
            inside: Walkers as whom somebody is followed who entered: nobody else.
        """
        oldest = at - timedelta(seconds=KEPT_S)
        self.walkers = [
            walker
            for walker in self.walkers
            if (walker.last >= oldest or walker.is_hidden)
            and (walker.is_proven or not walker.is_gone)
        ]
        found = pair(self.walkers, persons, look, below)
        self.now = {self.walkers[w].number: persons[p] for p, w in found.items()}
        missing = [w for w in self.walkers if w.number not in self.now]
        for index, known in found.items():
            self.walkers[known].seen(persons[index], at)
        for index, person in enumerate(persons):
            if index not in found and len(self.walkers) < MOST_WALKERS:
                self._welcome(person, at)
        may_be_seen = self._find_lost(look, at, below, inside)
        for walker in missing:
            if walker.number not in self.now and walker.number not in may_be_seen:
                _note_missed(walker, look, at)

    def _welcome(self, person: Track, at: datetime) -> None:
        walker = Walker(self.next_number, person.box, person.score, at, at)
        self.now[walker.number] = person
        self.walkers.append(walker)
        self.next_number += 1

    def _find_lost(
        self,
        look: Look,
        at: datetime,
        below: Collection[int],
        inside: Collection[int],
    ) -> frozenset[int]:
        """Take up again who is surely found; the numbers of those who may be."""
        may_be: set[int] = set()
        newcomers = [
            w
            for w in self.walkers
            if w.number in self.now and w.hits <= PROVEN and w.number not in inside
        ]
        for newcomer in newcomers:
            lost = [
                walker
                for walker in self.walkers
                if walker.is_proven
                and walker.number not in self.now
                and walker.number not in below
                and walker.number not in may_be
                and walker.last < newcomer.since
            ]
            if newcomer.is_proven:
                self._take_up(newcomer, at)
            else:
                old = lost_near(newcomer, lost, look)
                newcomer.may_be = None if old is None else old.number
                may_be |= {old.number} if old is not None else set()
        return frozenset(may_be)

    def _take_up(self, newcomer: Walker, at: datetime) -> None:
        """Who was lost is found: the newcomer it may have been has been seen twice."""
        old = next((w for w in self.walkers if w.number == newcomer.may_be), None)
        if old is None or old.number in self.now:
            return
        person = self.now.pop(newcomer.number)
        self.now[old.number] = person
        self.walkers.remove(newcomer)
        old.seen(person, at)


def _note_missed(walker: Walker, look: Look, at: datetime) -> None:
    """One not found: hidden by something nearer, or missed."""
    nearer = [t.box for t in look.tracks if t.box.y2 > walker.box.y2]
    covered = sum(walker.box.covered_by(box) for box in nearer)
    unseen = sum(walker.box.covered_by(area.box) for area in look.unseen)
    if max(covered, unseen) >= HIDES:
        walker.is_hidden = (at - walker.last).total_seconds() <= HIDDEN_S
    else:
        walker.is_hidden = False
        walker.missed(at)
