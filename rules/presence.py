"""Who is in which zone in one look: walkers in, answers out, each made once."""

from collections import defaultdict
from dataclasses import dataclass, field

from base.ids import ZoneName
from rules.walker import PROVEN, Walker


def _nobody() -> defaultdict[ZoneName, list[Walker]]:
    return defaultdict(list)


ByZone = dict[ZoneName, tuple[Walker, ...]]


@dataclass(slots=True)
class Presence:
    """One look's answers.

    Attributes:
        shown: Those the look shows with their feet in a zone, as they came.
        missed: Those it misses who were there so shortly ago that they still are.
    """

    shown: defaultdict[ZoneName, list[Walker]] = field(default_factory=_nobody)
    missed: defaultdict[ZoneName, list[Walker]] = field(default_factory=_nobody)
    _proven: ByZone = field(default_factory=dict)
    _present: ByZone = field(default_factory=dict)

    def proven_in(self, zone: ZoneName) -> tuple[Walker, ...]:
        """Proven persons the look shows in `zone`."""
        if zone not in self._proven:
            there = self.shown.get(zone, ())
            self._proven[zone] = tuple([w for w in there if w.hits >= PROVEN])
        return self._proven[zone]

    def present_in(self, zone: ZoneName) -> tuple[Walker, ...]:
        """The same, and proven persons only missed there."""
        if zone not in self._present:
            there = self.proven_in(zone)
            missed = [w for w in self.missed.get(zone, ()) if w.is_proven]
            if missed:
                there = tuple(sorted([*there, *missed], key=lambda w: w.number))
            self._present[zone] = there
        return self._present[zone]
