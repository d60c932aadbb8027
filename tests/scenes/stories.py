"""The acceptance scenes: what happens, what is raised.

Each story is judged whole: the alerts named, due ones, and no other of its codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from detector.look import HeadState
from rules.catalogue import shipped_catalogue
from rules.context import Context, Entered, Weather
from rules.permit import DayKind
from rules.settings import RuleSection
from rules.violation import Phase, Violation
from tests.rules.judging import engine_on, judged, newest
from tests.rules.zone_case import Register, Station
from tests.scenes.actor import BLACK, RED, Actor, Mark, arriving, parked, person
from tests.scenes.noise import NoiseLevel
from tests.scenes.pit import (
    HIGH_POLE,
    PIT,
    POLE,
    X,
    Z,
    Zones,
    attendant,
    away,
    beneath,
    entrant,
    on_deck,
    pit_zones,
    scaffold_zones,
)
from tests.scenes.pole import Pole
from tests.scenes.scene import T0, Scene
from tests.scenes.street import (
    HALF_STALL,
    KERB,
    NO_PERMIT,
    STALL,
    WORKDAYS,
    goods,
    holding,
    minutes,
    pavement,
    twice,
    until,
    vendor,
)
from tests.scenes.street import POLE as STREET_POLE
from tests.scenes.street import X as KERB_X


@dataclass(frozen=True)
class Site:
    """Where a story plays: zones, camera, the codes it speaks about, looks."""

    zones: Zones
    pole: Pole
    codes: tuple[str, ...]
    period_s: float = 0.5


PIT_SITE = Site(
    pit_zones(), POLE, ("CS-01", "CS-02", "CS-02U", "CS-09", "CS-10", "CS-12")
)
PERMIT_SITE = replace(PIT_SITE, codes=("CS-01", "CS-02", "CS-04"))
CARS = Site({KERB: pavement()}, STREET_POLE, ("SW-01",), 2.0)
STALLS = Site({KERB: pavement()}, STREET_POLE, ("SW-02", "SW-02P", "SW-04"), 2.0)
PARCELS = Site(
    {KERB: pavement({"SW-01": RuleSection(enabled=False)})},
    STREET_POLE,
    ("SW-02", "SW-04", "SW-05"),
    2.0,
)
SCAFFOLD = Site(scaffold_zones(), HIGH_POLE, ("WH-01", "WH-05", "WH-07", "WH-09"))
WINDY = replace(SCAFFOLD, codes=("WH-06", "WH-06W"))
BOOKED = replace(PIT_SITE, codes=("CS-12", "CS-12R"))


@dataclass(frozen=True)
class Story:
    """One scene of the acceptance list.

    Attributes:
        name: What happens.
        actors: Who moves.
        until: How long it is watched, seconds.
        raises: Codes of the alerts it raises, each once.
        site: Where.
        context: Permits and calendar.
        shakes: From when to when the camera shakes, seconds.
        open_s: How long the pit's picture differs from its reference; None: it has
            none.
    """

    name: str
    actors: Sequence[Actor]
    until: float
    raises: tuple[str, ...] = ()
    site: Site = PIT_SITE
    context: Context = field(default_factory=Context)
    shakes: tuple[float, float] | None = None
    open_s: float | None = None

    def scene(self, level: NoiseLevel, seed: int) -> Scene:
        """The story before a detector."""
        told = Scene(self.actors, level, seed, self.site.pole, shakes=self.shakes)
        if self.open_s is not None:
            told.openings[PIT] = [(0.0, self.open_s)]
        return told

    def alerts(self, level: NoiseLevel, seed: int) -> list[Violation]:
        """The alerts of its codes that became due, as last told, by opening."""
        silent = shipped_catalogue().rules.keys() - self.site.codes
        off = dict.fromkeys(silent, RuleSection(enabled=False))
        engine = engine_on(self.site.zones, context=self.context, rules=off)
        looks = self.scene(level, seed).looks(self.until, self.site.period_s)
        ends = newest(judged(looks, engine)).values()
        due = [v for v in ends if v.phase is Phase.DUE and v.code in self.site.codes]
        return sorted(due, key=lambda v: (v.opened_at or v.at, v.code))

    def raised(self, level: NoiseLevel, seed: int) -> tuple[str, ...]:
        """Their codes, sorted."""
        return tuple(sorted(v.code for v in self.alerts(level, seed)))


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


def _wind(mps: float) -> Context:
    return Context(weather=Station(Weather("roof", T0, mps)))


def _written(out: datetime | None) -> Context:
    """Somebody is in the register since the beginning, and written out at a time."""
    return Context(register=Register((Entered(PIT, T0, out),)))


def _visits() -> list[Actor]:
    """Somebody is on the deck for twenty seconds of every forty."""
    return [on_deck(start, start + 20) for start in (3, 43, 83, 123)]


def _bare() -> Actor:
    return replace(on_deck(3, 60), head=HeadState.BARE)


def _swapped(second_until: float) -> list[Actor]:
    """Car A stands for three minutes and leaves; B takes its place."""
    one = arriving(20, 200, KERB_X, 15, colour=RED)
    return [one, arriving(230, second_until, KERB_X, 15, colour=BLACK)]


def _row() -> list[Actor]:
    return [parked(0, 700, KERB_X, z) for z in (12, 18, 24, 30)]


def _unloaded(gone_at: float) -> list[Actor]:
    """A lorry unloads for 18 minutes; the parcels stay behind it."""
    return [parked(10, 1080, KERB_X, 20, "truck"), goods(10, gone_at, KERB_X, 14.8)]


def _busy_road() -> list[Actor]:
    """A heap on the pavement; a car drives past it every quarter of a minute."""
    cars = [
        Actor("car", (Mark(t, 0.6, 45), Mark(t + 4, 0.6, 4)))
        for t in range(5, 1060, 15)
    ]
    return [goods(0, 1100), *cars]


STREET_STORIES = (
    Story("heap beside a busy road", _busy_road(), 1060, ("SW-04",), STALLS, NO_PERMIT),
    Story("car stands 55 s", [arriving(20, 75, KERB_X, 15)], 500, site=CARS),
    Story(
        "car leaves within the grace", [arriving(20, 370, KERB_X, 15)], 600, site=CARS
    ),
    Story(
        "car stands over the grace",
        [arriving(20, 390, KERB_X, 15)],
        600,
        ("SW-01",),
        CARS,
    ),
    Story("car is back after 9 min", twice(540), 1500, ("SW-01", "SW-01"), CARS),
    Story("car is back after 4 min", twice(240), 1200, ("SW-01",), CARS),
    Story("another car in its place", _swapped(540), 800, site=CARS),
    Story("another car stays", _swapped(660), 900, ("SW-01",), CARS),
    Story("the camera shakes", _row(), 700, ("SW-01",) * 4, CARS, shakes=(420, 480)),
    Story(
        "shared bay, workday",
        [arriving(20, 900, KERB_X, 15)],
        900,
        (),
        CARS,
        holding(minutes(0, 60, WORKDAYS)),
    ),
    Story(
        "shared bay, holiday",
        [arriving(20, 900, KERB_X, 15)],
        900,
        ("SW-01",),
        CARS,
        holding(minutes(0, 60, WORKDAYS), day=DayKind.HOLIDAY),
    ),
    Story(
        "stall in its hours",
        [goods(0, 900), vendor(900)],
        900,
        (),
        STALLS,
        holding(until(20), points=STALL),
    ),
    Story(
        "stall past its hours",
        [goods(0, 900), vendor(900)],
        900,
        ("SW-02P",),
        STALLS,
        holding(until(8), points=STALL),
    ),
    Story(
        "stall over its line",
        [goods(0, 600), vendor(600)],
        600,
        ("SW-02P",),
        STALLS,
        holding(until(20), points=HALF_STALL),
    ),
    Story(
        "stall without a permit",
        [goods(0, 600), vendor(600)],
        600,
        ("SW-02",),
        STALLS,
        NO_PERMIT,
    ),
    Story("parcels gone after 25 min", _unloaded(1500), 1700, (), PARCELS, NO_PERMIT),
    Story("parcels left", _unloaded(2400), 2400, ("SW-05",), PARCELS, NO_PERMIT),
    Story(
        "permit ends while inside",
        [attendant(300), entrant(12, 200)],
        280,
        ("CS-04",),
        PERMIT_SITE,
        holding(until(2)),
    ),
    Story(
        "permit holds",
        [attendant(300), entrant(12, 200)],
        280,
        (),
        PERMIT_SITE,
        holding(until(20)),
    ),
)
"""Scenes 6, 7 and 9 to 12 of the list, a swap of cars, and a camera that shakes."""

STORIES = (
    *STREET_STORIES,
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
        [on_deck(3, 60), beneath(10, 40)],
        60,
        ("WH-07",),
        SCAFFOLD,
    ),
    Story("nobody above", [beneath(10, 40)], 60, site=SCAFFOLD),
    Story(
        "at height without a permit",
        [on_deck(3, 120)],
        120,
        ("WH-05",),
        SCAFFOLD,
        NO_PERMIT,
    ),
    Story(
        "at height under a permit",
        [on_deck(3, 120)],
        120,
        (),
        SCAFFOLD,
        holding(until(20)),
    ),
    Story("wind of level 5", [on_deck(3, 150)], 150, ("WH-06W",), WINDY, _wind(8.0)),
    Story("wind of level 6", [on_deck(3, 150)], 150, ("WH-06",), WINDY, _wind(10.8)),
    Story("on deck now and then, in wind", _visits(), 150, (), WINDY, _wind(10.8)),
    Story(
        "closed, and one still in the register",
        [attendant(30)],
        100,
        ("CS-12R",),
        BOOKED,
        _written(None),
        open_s=20,
    ),
    Story(
        "closed, and written out late",
        [attendant(30)],
        100,
        (),
        BOOKED,
        _written(T0 + timedelta(seconds=60)),
        open_s=20,
    ),
)
"""Every story once; at the measured noise each is told so in every seed."""
