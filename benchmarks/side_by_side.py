"""`make bench-peers`: Nonsite beside the policies of its peers, in one run.

One 1080p25 feed, then many in one process; H.264 and H.265; a busy street and a quiet
one. Each way runs in a process of its own, the ways in turn, the whole round
`--repeats` times; a ratio is taken inside its round, so that what else the machine
does in that round bears on both sides. CPU seconds are counted, never wall time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from base.clock import SystemClock
from benchmarks.charts import draw
from benchmarks.footage import Recipe, made
from benchmarks.ultralytics_track import is_possible
from benchmarks.watch import WAYS, Cost

RESULTS = Path(__file__).resolve().parent / "results"
CODECS = {"h264": "libx264", "h265": "libx265"}
LIMITS = {"key_decode", "inference"}


@dataclass(frozen=True, slots=True)
class Scene:
    """One stream watched by so many feeds."""

    codec: str
    is_quiet: bool
    feeds: int
    recipe: Recipe

    @property
    def name(self) -> str:
        """As files and tables call it."""
        street = "quiet" if self.is_quiet else "busy"
        return f"{self.codec}_{street}_{self.feeds}"


@dataclass(frozen=True, slots=True)
class Row:
    """One way on one scene over all rounds.

    Attributes:
        core: CPU seconds per feed-second: median, least, most.
        ratio: Against Nonsite in the same round: median, least, most.
        rss_mb: Largest memory of the process, median.
        cost: The first round, for what does not vary.
    """

    scene: str
    way: str
    core: tuple[float, float, float]
    ratio: tuple[float, float, float]
    rss_mb: float
    cost: Cost


def _scenes(arguments: argparse.Namespace) -> Iterator[Scene]:
    lengths = {1: arguments.seconds, arguments.many: arguments.many_seconds}
    for feeds, seconds in lengths.items():
        for is_quiet in (False, True):
            for codec in arguments.codecs:
                recipe = Recipe(CODECS[codec], 2.0, is_quiet, seconds)
                yield Scene(codec, is_quiet, feeds, recipe)


def _once(way: str, scene: Scene) -> Cost:
    command = [sys.executable, "-m", "benchmarks.watch", way, str(scene.feeds)]
    done = subprocess.run(
        [*command, str(scene.recipe.path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{way} on {scene.name} failed:\n{done.stderr[-2000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def _core(cost: Cost) -> float:
    return cost.cpu_s / cost.media_s / cost.feeds


def _spread(values: Iterable[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[0], ordered[-1]


def _measure(
    scene: Scene, ways: list[str], repeats: int, console: Console
) -> list[Row]:
    made(scene.recipe)
    told = f"{scene.name}, {repeats} rounds"
    rounds = [
        {way: _once(way, scene) for way in ways}
        for _ in track(range(repeats), told, console=console, transient=True)
    ]
    return [
        Row(
            scene=scene.name,
            way=way,
            core=_spread(_core(costs[way]) for costs in rounds),
            ratio=_spread(
                _core(costs[way]) / _core(costs["nonsite"]) for costs in rounds
            ),
            rss_mb=statistics.median(costs[way].rss_mb for costs in rounds),
            cost=rounds[0][way],
        )
        for way in ways
    ]


def _table(scene: Scene, rows: list[Row]) -> Table:
    columns = "way,core per feed,against Nonsite,memory,looks missed,longest gap"
    found = ["alerts of 1", "late", "smallest person"]
    is_long = scene.recipe.seconds > 20
    heads = [*columns.split(","), *(found if is_long else [])]
    table = Table(*heads, title=scene.name, title_justify="left")
    for row in rows:
        cost, is_limit = row.cost, row.way in LIMITS
        late = "–" if cost.late_s is None else f"{cost.late_s:+.1f} s"
        cells = [
            row.way,
            f"{row.core[0]:.4f} ({row.core[1]:.4f}…{row.core[2]:.4f})",
            f"{row.ratio[0]:.2f} × ({row.ratio[1]:.2f}…{row.ratio[2]:.2f})",
            f"{row.rss_mb:.0f} MB",
            "–" if is_limit else str(cost.looks_missed),
            "–" if is_limit else f"{cost.longest_gap_s:g} s",
        ]
        if is_long:
            person = "–" if is_limit else f"{cost.smallest_person_px:.0f} px"
            cells += ["–" if is_limit else str(cost.alerts), late, person]
        table.add_row(*cells)
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=60, help="length of one feed")
    parser.add_argument(
        "--many", type=int, default=20, help="feeds of the second scene"
    )
    parser.add_argument("--many-seconds", type=int, default=24)
    parser.add_argument("--many-repeats", type=int, default=1)
    parser.add_argument("--codecs", nargs="+", default=list(CODECS), choices=CODECS)
    parser.add_argument("--name", default="side_by_side", help="of the files written")
    return parser.parse_args()


def main() -> None:
    """Run, print the tables, keep the figures as JSON and the plots as PNG and SVG."""
    arguments = _arguments()
    console = Console(stderr=True)
    wanting = is_possible()
    if wanting is not None:
        console.print(f"without Ultralytics' YOLO.track: {wanting}", markup=False)
    rows: list[Row] = []
    for scene in _scenes(arguments):
        many = scene.feeds > 1
        ways = [
            way
            for way in WAYS
            if (way != "ultralytics" or (wanting is None and not many))
            and not (many and way in LIMITS)
        ]
        repeats = arguments.many_repeats if many else arguments.repeats
        measured = _measure(scene, ways, repeats, console)
        Console(width=150).print(_table(scene, measured))
        rows += measured
        _keep(arguments, rows)


def _keep(arguments: argparse.Namespace, rows: list[Row]) -> None:
    """Everything measured so far: a run that is broken off loses nothing."""
    RESULTS.mkdir(exist_ok=True)
    kept = {
        "date": SystemClock().utc_now().date().isoformat(),
        "machine": f"{os.cpu_count()} cores of {_processor()}",
        "load_at_the_end": round(os.getloadavg()[0], 1),
        "repeats": arguments.repeats,
        "rows": [asdict(row) for row in rows],
    }
    target = RESULTS / f"{arguments.name}.json"
    target.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    draw(target)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "an unnamed processor"


if __name__ == "__main__":
    main()
