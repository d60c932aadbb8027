"""CPU of the rules a look: `python -m benchmarks.rules`.

Scenes are made here: no picture, no network. Each is judged `--repeats` times by a
fresh engine whose clocks are saved after every look, as in service; told are the least
cost of each look over the repeats, which other work on the machine raises little, the
mean with its spread, the longest single look, and a digest of every violation, so that
two versions of the rules can be held against each other.
"""

import argparse
import hashlib
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random

from rich.console import Console
from rich.table import Table

from base.clock import cpu_s
from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Region, Track
from detector.signature import Signature
from rules.build import CameraRules
from rules.catalogue import shipped_catalogue
from rules.clock_store import MemoryClockStore
from rules.context import Context
from rules.engine import RuleEngine
from rules.permit import Activity, Hours, Permit
from rules.settings import Purpose, Regime, RuleSection, ZoneSection

CAMERA, VIEW = CameraId("bench"), ViewName("home")
T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SIZE_PX = (1920, 1080)
WARM_UP = 20
"""Looks left out: slots are new, caches empty."""
CLASSES = frozenset({PERSON, "car", "truck", "bus", "bicycle", "motorcycle"})
Looks = list[Look]


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table."""

    name: str
    rules: CameraRules
    looks: Callable[[int], Looks]
    context: Context = field(default_factory=Context)


def _square(
    x: float, y: float, wide: float, high: float
) -> tuple[tuple[float, float], ...]:
    # five corners: no zone drawn by a person is a perfect rectangle
    return (
        (x, y),
        (x + wide, y),
        (x + wide, y + high),
        (x + wide / 2, y + 0.98 * high),
        (x, y + high),
    )


def _grid(purposes: tuple[Purpose, ...]) -> dict[ZoneName, ZoneSection]:
    """Twenty zones over the whole picture, purposes in turn."""
    zones = {}
    for n in range(20):
        column, row = n % 5, n // 5
        points = _square(0.2 * column, 0.25 * row, 0.2, 0.25)
        purpose = purposes[n % len(purposes)]
        zones[ZoneName(f"zone_{n}")] = ZoneSection(purpose=purpose, points=points)
    return zones


def _site_as_drawn() -> dict[ZoneName, ZoneSection]:
    """Twenty zones as a bureau draws them: four pits, two decks, ground between."""
    zones = {}

    def draw(name: str, purpose: Purpose, place: tuple[float, ...], to: str) -> None:
        zones[ZoneName(name)] = ZoneSection(
            purpose=purpose,
            points=_square(*place),
            belongs_to=ZoneName(to) if to else None,
        )

    for n in range(4):
        x, pit = 0.05 + 0.24 * n, f"pit_{n}"
        draw(pit, Purpose.OPENING, (x, 0.78, 0.05, 0.05), "")
        draw(f"ring_{n}", Purpose.ATTENDANT_RING, (x - 0.03, 0.74, 0.11, 0.13), pit)
        draw(f"work_{n}", Purpose.WORK_AREA, (x - 0.04, 0.7, 0.15, 0.2), pit)
    for n in range(2):
        x, deck = 0.1 + 0.45 * n, f"deck_{n}"
        draw(deck, Purpose.HEIGHT_ZONE, (x, 0.2, 0.3, 0.12), "")
        draw(f"edge_{n}", Purpose.EDGE, (x, 0.31, 0.3, 0.03), deck)
        draw(f"drop_{n}", Purpose.DROP_ZONE, (x, 0.45, 0.3, 0.12), deck)
        draw(f"ladder_{n}", Purpose.LADDER_BASE, (x + 0.1, 0.4, 0.05, 0.05), deck)
    return zones


@dataclass(frozen=True, slots=True)
class _Book:
    """Twenty permits to unload, each for a strip before some of the vehicles."""

    granted: tuple[Permit, ...] = tuple(
        Permit(
            f"permit {n}",
            frozenset({Activity.LOADING, Activity.REPAIR_STALL}),
            _square(0.095 * (n % 10), 0.13 + 0.36 * (n // 10), 0.09, 0.1),
            (Hours(time(6), time(22)),),
            T0.date(),
            T0.date(),
        )
        for n in range(20)
    )

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> tuple[Permit, ...]:
        """All of them."""
        del camera, view, at
        return self.granted


def _only(*codes: str) -> Mapping[str, RuleSection]:
    """Every other code switched off."""
    return {
        code: RuleSection(enabled=False)
        for code in shipped_catalogue().rules
        if code not in codes
    }


def _shaken(box: Box, dice: Random) -> Box:
    dx, dy = dice.gauss(0, 0.001), dice.gauss(0, 0.001)
    x1, y1 = min(max(box.x1 + dx, 0), 0.99), min(max(box.y1 + dy, 0), 0.99)
    return Box(x1, y1, x1 + box.x2 - box.x1, y1 + box.y2 - box.y1)


def _vehicles(count: int, dice: Random) -> list[Track]:
    """Standing vehicles in rows, each with a picture of its own."""
    tracks = []
    for n in range(count):
        x, y = 0.02 + 0.095 * (n % 10), 0.05 + 0.18 * (n // 10)
        pixels = Signature(bytes(dice.randrange(256) for _ in range(192)))
        box = Box(x, y, x + 0.08, y + 0.09)
        tracks.append(Track(box, "car", 0.8, 97.0, signature=pixels))
    return tracks


def _people(count: int, n: int, dice: Random) -> list[Track]:
    """Walkers on their way from left to right."""
    tracks = []
    for person in range(count):
        x = (0.07 * person + 0.01 * n) % 0.95
        y = 0.05 + 0.8 * ((7 * person) % count) / count
        box = _shaken(Box(x, y, x + 0.02, y + 0.1), dice)
        tracks.append(Track(box, PERSON, 0.7, 108.0))
    return tracks


def street(
    vehicles: int, people: int, bicycles: int, things: int
) -> Callable[[int], Looks]:
    """A kerb: what stands, what walks, one look a second, one box in twenty missed."""

    def looks(count: int) -> Looks:
        dice = Random(1)
        standing = _vehicles(vehicles, dice)
        cycles = [
            Track(Box(0.01 + 0.03 * n, 0.9, 0.035 + 0.03 * n, 0.97), "bicycle", 0.6, 75)
            for n in range(bicycles)
        ]
        goods = [
            Region(Box(0.05 + 0.11 * n, 0.155, 0.1 + 0.11 * n, 0.21), 0.002, 60.0, T0)
            for n in range(things)
        ]
        made = []
        for n in range(count):
            seen = [t for t in [*standing, *cycles] if dice.random() > 0.05]
            moved = [
                Track(
                    _shaken(t.box, dice),
                    t.label,
                    t.score,
                    t.height_px,
                    signature=t.signature,
                )
                for t in seen
            ]
            made.append(
                Look(
                    CAMERA,
                    VIEW,
                    T0 + timedelta(seconds=n),
                    SIZE_PX,
                    tracks=(*moved, *_people(people, n, dice)),
                    regions=tuple(goods),
                    regions_unseen=None,
                    classes=CLASSES,
                    model="bench",
                )
            )
        return made

    return looks


def cases() -> list[Case]:
    """The lines of the table."""
    kerb = _grid((Purpose.PAVEMENT,))
    kerb_and_path = _grid((Purpose.PAVEMENT,) * 4 + (Purpose.BLIND_PATH,))
    site = _grid(
        (
            Purpose.OPENING,
            Purpose.ATTENDANT_RING,
            Purpose.WORK_AREA,
            Purpose.HEIGHT_ZONE,
            Purpose.EDGE,
            Purpose.DROP_ZONE,
            Purpose.LADDER_BASE,
        )
    )
    first = CameraRules(CAMERA, VIEW, kerb, site_rules=_only("SW-01"))
    pavement = CameraRules(CAMERA, VIEW, kerb)
    mixed = CameraRules(CAMERA, VIEW, kerb_and_path)
    work = CameraRules(CAMERA, VIEW, site, regime=Regime.INDUSTRY)
    drawn = CameraRules(CAMERA, VIEW, _site_as_drawn(), regime=Regime.INDUSTRY)
    return [
        Case("SW-01 only, 50 vehicles", first, street(50, 0, 0, 0)),
        Case("SW-01 only, 10 vehicles, 40 people", first, street(10, 40, 0, 0)),
        Case("all pavement rules, 50 vehicles", pavement, street(50, 0, 0, 0)),
        Case(
            "all pavement rules, 50 vehicles, 20 permits",
            pavement,
            street(50, 0, 0, 0),
            Context(permits=_Book()),
        ),
        Case(
            "all pavement rules, 20 vehicles, 20 people, 10 bicycles",
            pavement,
            street(20, 20, 10, 0),
        ),
        Case("the same and 8 things left standing", pavement, street(20, 20, 10, 8)),
        Case("pavement and blind path, the same", mixed, street(20, 20, 10, 8)),
        Case("openings and heights, 20 people", work, street(0, 20, 0, 0)),
        Case("openings and heights, 50 people", work, street(0, 50, 0, 0)),
        Case("openings and heights, nobody", work, street(0, 0, 0, 0)),
        Case("a site as drawn, 50 people", drawn, street(0, 50, 0, 0)),
        Case("a site as drawn, 10 people", drawn, street(0, 10, 0, 0)),
    ]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--looks", type=int, default=220)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--only", default="", help="cases whose name contains this")
    given = options.parse_args()
    table = Table("20 zones", "least", "mean", "spread", "longest", "told", "digest")
    for case in cases():
        if given.only not in case.name:
            continue
        looks = case.looks(given.looks)
        runs = [_run(case, looks) for _ in range(given.repeats)]
        means = sorted(run.mean_ms for run in runs)
        each = zip(*(run.costs_ms for run in runs), strict=True)
        table.add_row(
            case.name,
            f"{statistics.fmean(min(look) for look in each):.2f}",
            f"{statistics.median(means):.2f}",
            f"{means[0]:.2f}…{means[-1]:.2f}",
            f"{min(run.longest_ms for run in runs):.2f}",
            str(runs[0].violations),
            runs[0].digest,
        )
    Console().print(table)


@dataclass(frozen=True, slots=True)
class _Run:
    mean_ms: float
    costs_ms: tuple[float, ...]
    longest_ms: float
    violations: int
    digest: str


def _run(case: Case, looks: Looks) -> _Run:
    engine = RuleEngine(case.rules, MemoryClockStore(), 1, case.context)
    costs, told, count = [], hashlib.sha256(), 0
    for look in looks:
        began = cpu_s()
        found = engine.judge(look)
        costs.append((cpu_s() - began) * 1000)
        count += len(found)
        for violation in found:
            told.update(repr(violation).encode())
    if engine.health().disabled:
        raise SystemExit(f"{case.name}: {engine.health().disabled}")
    late = costs[WARM_UP:]
    digest = told.hexdigest()[:12]
    return _Run(sum(late) / len(late), tuple(late), max(late), count, digest)


if __name__ == "__main__":
    main()
