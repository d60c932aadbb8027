"""`make bench`: every way to watch the same stream, side by side in one run.

Each way runs in a process of its own, `--repeats` times; what is told is the median and
the spread. Ratios of one run on one machine mean something, seconds do not.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from base.clock import SystemClock
from benchmarks.footage import Recipe, made
from benchmarks.loops import WAYS

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, slots=True)
class Measured:
    """One way over all repeats: CPU seconds per feed-second."""

    way: str
    median: float
    low: float
    high: float
    looks: int
    alerts: int


def _once(way: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.loops", way, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    cost: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return cost


def _measure(way: str, path: Path, repeats: int) -> Measured:
    costs = [_once(way, path) for _ in range(repeats)]
    rates = sorted(cost["cpu_s"] / cost["media_s"] for cost in costs)
    return Measured(
        way=way,
        median=statistics.median(rates),
        low=rates[0],
        high=rates[-1],
        looks=int(costs[0]["looks"]),
        alerts=int(costs[0]["alerts"]),
    )


def _table(measured: list[Measured]) -> Table:
    base = next(m.median for m in measured if m.way == "nonsite")
    table = Table(
        "way", "core per feed", "spread", "looks", "alerts", "against Nonsite"
    )
    for m in measured:
        table.add_row(
            m.way,
            f"{m.median:.4f}",
            f"{m.low:.4f}…{m.high:.4f}",
            str(m.looks),
            str(m.alerts),
            f"{m.median / base:.1f} ×",
        )
    return table


def main() -> None:
    """Run, print the table, keep the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--gop", type=float, default=2.0, help="seconds between keys")
    parser.add_argument("--codec", default="libx264", choices=["libx264", "libx265"])
    arguments = parser.parse_args()
    recipe = Recipe(arguments.codec, arguments.gop)
    path = made(recipe)
    measured = [
        _measure(way, path, arguments.repeats)
        for way in track(list(WAYS), "measuring", console=Console(stderr=True))
    ]
    Console().print(_table(measured))
    RESULTS.mkdir(exist_ok=True)
    kept = {
        "date": SystemClock().utc_now().date().isoformat(),
        "machine": f"{platform.machine()}, {platform.processor() or 'cpu'}",
        "stream": recipe.path.stem,
        "repeats": arguments.repeats,
        "ways": [
            {"way": m.way, "median": m.median, "low": m.low, "high": m.high}
            | {"looks": m.looks, "alerts": m.alerts}
            for m in measured
        ],
    }
    target = RESULTS / f"{recipe.path.stem}.json"
    target.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
