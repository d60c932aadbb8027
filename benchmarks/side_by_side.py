"""`make bench-peers`: Nonsite beside the policies of its peers, in one run.

One 1080p25 feed and twenty in one process; H.264 and H.265; a busy street and a quiet
one. Each way has a process of its own; the ways watch in turn, round after round, warm
from having watched the stream to its end once, for what they find. A ratio is taken
inside its round, so that what else the machine does bears on both sides. CPU seconds
are counted, never wall time. Ways that decode every picture are timed on fewer seconds
of the stream than ours.

The first scene is measured twice over, and the two runs are held against each other.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from base.clock import SystemClock
from benchmarks.charts import draw
from benchmarks.footage import Recipe, made
from benchmarks.peer_tables import Repeated, Row, markdown
from benchmarks.replay_speed import SpeedRow, replay_speed
from benchmarks.spread import spread_of
from benchmarks.ultralytics_track import interpreter, wanting
from benchmarks.watch import Cost

RESULTS = Path(__file__).resolve().parent / "results"
CODECS = {"h264": "libx264", "h265": "libx265"}
SECONDS = 24
"""Length of the stream: the dwell of 20 s, and two looks more."""
FEEDS = 20
ROUNDS = 5

ONE_FEED_S = {
    "nonsite": 24.0, "nonsite_1": 24.0, "nonsite_4": 24.0,
    "opennvr": 12.0, "frigate": 8.0, "usual": 4.0,
    "key_decode": 24.0, "inference": 24.0,
}  # fmt: skip
"""Seconds of the stream a way is timed on, one feed: some CPU seconds each."""
MANY_FEEDS_S = {
    "nonsite": 24.0, "nonsite_1": 24.0, "nonsite_4": 24.0,
    "opennvr": 4.0, "frigate": 2.0, "usual": 2.0,
}  # fmt: skip
"""The same of each of twenty feeds; ours to the end, its rings are full then."""
LONG = Recipe()
"""What replay is timed on: a minute, since pavement rules look every six seconds."""
YOLO_S = 4.0
"""Too dear to be watched to the end of its dwell: what it finds is not told."""
STARTUP_S = 0.5
CORES = {
    "nonsite": 0.03,
    "nonsite_1": 0.03,
    "nonsite_4": 0.06,
    "opennvr": 0.14,
    "frigate": 0.4,
}
CORES |= {"ultralytics": 4.0}
"""Roughly what a way takes of a core a feed, for the progress bar alone."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One stream watched by so many feeds."""

    codec: str
    is_quiet: bool
    feeds: int

    @property
    def name(self) -> str:
        """As files and tables call it."""
        street = "quiet" if self.is_quiet else "busy"
        return f"{self.codec}_{street}_{self.feeds}"

    @property
    def recipe(self) -> Recipe:
        """How its stream is made."""
        return Recipe(CODECS[self.codec], 2.0, self.is_quiet, SECONDS)


SCENES = (
    Scene("h264", is_quiet=False, feeds=1),
    Scene("h264", is_quiet=False, feeds=FEEDS),
    Scene("h265", is_quiet=False, feeds=1),
    Scene("h264", is_quiet=True, feeds=1),
    Scene("h265", is_quiet=True, feeds=1),
    Scene("h265", is_quiet=False, feeds=FEEDS),
)
"""The most telling first: a run whose time is over leaves out the last."""


@dataclass(frozen=True, slots=True)
class Step:
    """One process: a way on a scene.

    Attributes:
        scene: On what.
        way: Which way.
        seconds: Of the stream.
        is_timed: Its cost counts; else it is run for what it finds.
    """

    scene: Scene
    way: str
    seconds: float
    is_timed: bool

    @property
    def weight_s(self) -> float:
        """Roughly how long it takes."""
        return STARTUP_S + self.scene.feeds * self.seconds * CORES.get(self.way, 0.6)


def steps(scenes: tuple[Scene, ...], rounds: int, *, has_yolo: bool) -> Iterator[Step]:
    """Every process of a run, in order."""
    for number, scene in enumerate(scenes):
        if scene.feeds > 1:
            for way, seconds in MANY_FEEDS_S.items():
                yield Step(scene, way, seconds, is_timed=True)
            continue
        # to the end once, for what it finds; the process is warm then
        for way in ONE_FEED_S:
            yield Step(scene, way, SECONDS, is_timed=False)
        # the first scene is measured twice over
        for _ in range(rounds * (1 if number else 2)):
            for way, seconds in ONE_FEED_S.items():
                yield Step(scene, way, seconds, is_timed=True)
    if has_yolo:
        yield Step(scenes[0], "ultralytics", YOLO_S, is_timed=True)


class Bench:
    """The processes of one scene, one a way, each started once and asked in turn.

    A process that is not asked waits: it takes no time of the others.
    """

    def __init__(self) -> None:
        self._processes: dict[tuple[str, str], subprocess.Popen[str]] = {}

    def run(self, step: Step) -> Cost:
        """Ask the process of a step's way to watch once.

        Raises:
            SystemExit: It failed; what it said stands above.
        """
        process = self._of(step)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{step.seconds}\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise SystemExit(f"{step.way} on {step.scene.name} failed") from None
        for line in process.stdout:
            if line.startswith("{"):
                return Cost(**json.loads(line))
        raise SystemExit(f"{step.way} on {step.scene.name} failed")

    def _of(self, step: Step) -> "subprocess.Popen[str]":
        key = step.scene.name, step.way
        if key not in self._processes:
            if any(scene != step.scene.name for scene, _ in self._processes):
                self.close()
            python = interpreter() if step.way == "ultralytics" else sys.executable
            command = [python, "-m", "benchmarks.watch", step.way]
            command += [str(step.scene.feeds), str(step.scene.recipe.path), "-"]
            self._processes[key] = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        return self._processes[key]

    def close(self) -> None:
        """End them all."""
        for process in self._processes.values():
            assert process.stdin is not None
            process.stdin.close()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
        self._processes.clear()


def core(cost: Cost) -> float:
    """Cores a feed."""
    return cost.cpu_s / cost.media_s / cost.feeds


@dataclass(slots=True)
class Run:
    """What was measured so far."""

    timed: dict[tuple[str, str], list[Cost]]
    found: dict[tuple[str, str], Cost]

    def add(self, step: Step, cost: Cost) -> None:
        """Take one process's word."""
        key = step.scene.name, step.way
        if step.is_timed:
            self.timed.setdefault(key, []).append(cost)
        elif step.seconds >= SECONDS:
            self.found.setdefault(key, cost)

    def rows(self) -> list[Row]:
        """A row for each way of each scene whose rounds are whole."""
        found = []
        for (scene, way), costs in self.timed.items():
            cores = [core(cost) for cost in costs]
            ours = [core(cost) for cost in self.timed[scene, "nonsite"]]
            # a way run once is held against the mean of ours, the rest round by round
            base = ours if len(ours) == len(cores) else [spread_of(ours).mean]
            pairs = zip(cores, base, strict=False)
            found.append(
                Row(
                    scene=scene,
                    way=way,
                    core=spread_of(cores),
                    ratio=spread_of([mine / own for mine, own in pairs]),
                    rss_mb=spread_of([cost.rss_mb for cost in costs]).mean,
                    found=self.found.get((scene, way)),
                )
            )
        return found

    def repeated(self, scene: str, rounds: int) -> list[Repeated]:
        """The two runs of a scene that was measured twice over."""
        kept = []
        for (name, way), costs in self.timed.items():
            if name != scene or len(costs) < 2 * rounds:
                continue
            cores = [core(cost) for cost in costs]
            ours = [core(cost) for cost in self.timed[scene, "nonsite"]]
            ratios = [mine / own for mine, own in zip(cores, ours, strict=False)]
            kept.append(
                Repeated(
                    way,
                    (spread_of(cores[:rounds]), spread_of(cores[rounds:])),
                    (spread_of(ratios[:rounds]), spread_of(ratios[rounds:])),
                )
            )
        return kept


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    names = [scene.name for scene in SCENES]
    parser.add_argument("--only", nargs="+", default=names, choices=names)
    parser.add_argument(
        "--within", type=float, default=3600.0, help="no step begins later than this, s"
    )
    parser.add_argument("--name", default="side_by_side", help="of the files written")
    parser.add_argument("--make", action="store_true", help="make the streams, no more")
    return parser.parse_args()


def main() -> None:
    """Run; print the tables; keep figures, Markdown and plots in `results/`."""
    arguments, clock = _arguments(), SystemClock()
    console = Console(stderr=True)
    scenes = tuple(scene for scene in SCENES if scene.name in arguments.only)
    for scene in scenes:
        if not scene.recipe.path.is_file():
            console.print(f"making {scene.recipe.path.name}, once …")
        made(scene.recipe)
    made(LONG)
    if arguments.make:
        return
    lacks = wanting()
    planned = list(steps(scenes, arguments.rounds, has_yolo=lacks is None))
    measured, began_s = Run({}, {}), clock.monotonic_s()
    left: list[Step] = []
    bench = Bench()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("measuring", total=sum(step.weight_s for step in planned))
        for step in planned:
            bar.update(task, description=f"{step.scene.name} {step.way}".ljust(26))
            if clock.monotonic_s() - began_s > arguments.within:
                left.append(step)
            else:
                measured.add(step, bench.run(step))
            bar.advance(task, step.weight_s)
    bench.close()
    speed = replay_speed(made(LONG))
    told = _told(measured, scenes, arguments.rounds, speed)
    notes = [] if lacks is None else [f"Without Ultralytics' `YOLO.track`: {lacks}."]
    if left:
        names = sorted({f"{step.scene.name} {step.way}" for step in left})
        notes.append(f"Time was over before: {', '.join(names)}.")
    took_s = clock.monotonic_s() - began_s
    text = _head(clock, took_s) + told + "".join(f"\n{note}\n" for note in notes)
    _keep(arguments.name, measured, speed, text)
    sys.stdout.write(text)


def _told(
    measured: Run, scenes: tuple[Scene, ...], rounds: int, speed: SpeedRow
) -> str:
    repeated = measured.repeated(scenes[0].name, rounds)
    return markdown(measured.rows(), repeated, speed, FEEDS)


def _head(clock: SystemClock, took_s: float) -> str:
    day = clock.utc_now().date().isoformat()
    machine = f"{os.cpu_count()} cores of {_processor()}"
    load = os.getloadavg()[0]
    return (
        f"{day}, {machine}; load at the end {load:.1f}, of it about 1 our own; "
        f"measured in {took_s / 60:.1f} minutes.\n"
    )


def _keep(name: str, measured: Run, speed: SpeedRow, text: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    content = {
        "rows": [asdict(row) for row in measured.rows()],
        "replay": asdict(speed),
    }
    target = RESULTS / f"{name}.json"
    target.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    target.with_suffix(".md").write_text(text, encoding="utf-8")
    draw(target)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "an unnamed processor"


if __name__ == "__main__":
    main()
