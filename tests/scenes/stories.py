"""The acceptance scenes of confined space and height: what happens, what is raised.

Each story is judged whole: the alerts named, due ones, and no other of its codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detector.look import HeadState
from rules.violation import Phase
from tests.rules.judging import judged, newest
from tests.scenes.actor import Actor, Mark, person
from tests.scenes.noise import NoiseLevel
from tests.scenes.pit import (
    BELOW_Z,
    HIGH_POLE,
    POLE,
    X,
    Z,
    Zones,
    attendant,
    away,
    engine_on,
    entrant,
    on_deck,
    pit_zones,
    scaffold_zones,
)
from tests.scenes.pole import Pole
from tests.scenes.scene import Scene


@dataclass(frozen=True)
class Site:
    """Where a story plays: zones, camera, and the codes it speaks about."""

    zones: Zones
    pole: Pole
    codes: tuple[str, ...]


PIT_SITE = Site(
    pit_zones(), POLE, ("CS-01", "CS-02", "CS-02U", "CS-09", "CS-10", "CS-12")
)
SCAFFOLD = Site(scaffold_zones(), HIGH_POLE, ("WH-01", "WH-05", "WH-07", "WH-09"))


@dataclass(frozen=True)
class Story:
    """One scene of the acceptance list.

    Attributes:
        name: What happens.
        actors: Who moves.
        until: How long it is watched, seconds.
        raises: Codes of the alerts it raises, each once.
        site: Where.
    """

    name: str
    actors: Sequence[Actor]
    until: float
    raises: tuple[str, ...] = ()
    site: Site = PIT_SITE

    def scene(self, level: NoiseLevel, seed: int) -> Scene:
        """The story before a detector."""
        return Scene(self.actors, level, seed, self.site.pole)

    def raised(self, level: NoiseLevel, seed: int) -> tuple[str, ...]:
        """Codes of the alerts that became due at two looks a second, sorted."""
        engine = engine_on(self.site.zones)
        looks = self.scene(level, seed).looks(self.until)
        ends = newest(judged(looks, engine)).values()
        due = [v for v in ends if v.phase is Phase.DUE and v.code in self.site.codes]
        return tuple(sorted(v.code for v in due))


def _kneeling() -> list[Actor]:
    watch = attendant(30).kneels(60).stays(120).kneels(150).stays(200)
    return [watch, entrant(12, 180)]


def _swap() -> list[Actor]:
    first = attendant(60).walks(X + 9, Z - 2)
    second = person(45, X + 9, Z - 1).walks(X + 1.4, Z - 1.8).stays(200)
    return [first, second, entrant(12)]


def _rigging() -> list[Actor]:
    """Two people set up a tripod: over the cover, round it, nobody enters."""
    found = []
    for side in (-1.0, 1.0):
        one = person(2, X + 6 * side, Z).walks(X + 1.2 * side, Z - 0.9)
        for n in range(8):
            one = one.walks(X + 1.2 * side, Z + (0.9 if n % 2 else -0.9)).stays(
                one.marks[-1].t + 6
            )
        found.append(one.walks(X + 6 * side, Z))
    return found


def _passer() -> list[Actor]:
    """Somebody walks through the ring and past the pit without stopping."""
    return [person(10, X - 9, Z - 1.6).walks(X + 9, Z - 1.6)]


def _hose_crew() -> list[Actor]:
    """Two people drag a hose along the pit's edge and bend over it."""
    one = person(3, X - 7, Z + 1.2).walks(X - 1.3, Z + 0.9).kneels(25).stays(40)
    two = person(5, X - 7, Z - 1.4).walks(X + 1.5, Z - 1.2).kneels(30).stays(40)
    return [one.walks(X - 8, Z + 1.2), two.walks(X + 8, Z - 1.4)]


def _rescue() -> list[Actor]:
    """The entrant comes up, lies beside the pit; the attendant runs in."""
    down = entrant(12).rises(40).walks(X - 1.6, Z - 1.2, 0.8).falls(100)
    runs = attendant(62).walks(X, Z, 2.0).sinks(2.0)
    return [down, runs]


def _hidden_ring() -> list[Actor]:
    """A van stands before the ring for 40 % of the minute and a half."""
    van = Actor(
        "truck",
        (
            Mark(40, X - 14, Z - 5.5),
            Mark(43, X + 0.5, Z - 5.5),
            Mark(83, X + 0.5, Z - 5.5),
            Mark(86, X + 14, Z - 5.5),
        ),
    )
    return [attendant(140), entrant(12), van]


def _beneath(start: float, end: float) -> Actor:
    """Somebody who works to and fro on the ground under the deck."""
    walk = person(start, -7, BELOW_Z).walks(-1, BELOW_Z)
    while walk.marks[-1].t < end:
        walk = walk.walks(1.5, BELOW_Z - 0.5, 0.7).walks(-1.5, BELOW_Z + 0.5, 0.7)
    return walk


def _bare() -> Actor:
    return replace(on_deck(3, 60), head=HeadState.BARE)


STORIES = (
    Story("one enters, one stays", [attendant(700), entrant(12, 620)], 660),
    Story("away 15 s", [away(40, 55, 130), entrant(12)], 130),
    Story("away 60 s", [away(40, 100, 180), entrant(12)], 180, ("CS-02",)),
    Story("swap", _swap(), 150),
    Story("entry past an empty ring", [entrant(12)], 60, ("CS-01",)),
    Story("rescue", _rescue(), 110, ("CS-09", "CS-10")),
    Story("ring hidden by a van", _hidden_ring(), 140, ("CS-02U",)),
    Story("attendant kneels", _kneeling(), 190),
    Story("tripod rigged by two", _rigging(), 100),
    Story("passer-by", _passer(), 60),
    Story("hose crew", _hose_crew(), 70),
    Story("helmet at height", [on_deck(3, 60)], 60, site=SCAFFOLD),
    Story("bare head at height", [_bare()], 60, ("WH-01",), SCAFFOLD),
    Story(
        "somebody beneath",
        [on_deck(3, 60), _beneath(10, 40)],
        60,
        ("WH-07",),
        SCAFFOLD,
    ),
    Story("nobody above", [_beneath(10, 40)], 60, site=SCAFFOLD),
)
"""Every story once; at the measured noise each is told so in every seed."""
