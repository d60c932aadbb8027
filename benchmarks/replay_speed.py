"""How fast 1080p25 footage replays under all pavement rules, on one core.

The very code of `nonsite replay`, no remembered looks, in this process, one thread,
every rule the catalogue judges on pavements, at its own thresholds.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from base.clock import cpu_s
from benchmarks.footage import SAMPLE, Recipe, made
from benchmarks.spread import Spread, spread_of
from benchmarks.watches import plan_of
from detector.threads import use_one_thread
from nonsite.lines import Networks, rules_of
from nonsite.replay.load import CAMERA, LoadedCase, read_case
from nonsite.replay.player import PlayOptions, play_case
from rules.build import build_rules
from sites.schema import Site
from streams.extent import extent

GOAL = 60.0
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """Media seconds a CPU second.

    Attributes:
        speed: Over some rounds.
        rules: Which rules were judged.
        looks: How many looks it took.
        media_s: Of how much footage.
    """

    speed: Spread
    rules: tuple[str, ...]
    looks: int
    media_s: float

    @property
    def told(self) -> str:
        """One line of Markdown."""
        reached = "reached" if self.speed.mean >= GOAL else "**missed**"
        return (
            f"Replay of {self.media_s:.0f} s of 1080p25 H.264 on one core under "
            f"{', '.join(self.rules)}: {self.speed.told('{:.0f}')} × real time, "
            f"{self.looks} looks; goal {GOAL:g} ×: {reached}."
        )


def replay_speed(path: Path) -> SpeedRow:
    """Replay a recording under pavement rules, some rounds.

    One round before them loads what is loaded once a process, and is not counted.
    """
    use_one_thread()
    networks = Networks()
    networks.get(None)
    case = _case(path)
    speeds, looks = [], 0
    with tempfile.TemporaryDirectory(prefix="nonsite-speed-") as folder:
        options = PlayOptions(Path(folder), use_looks=False)
        play_case(case, networks, options)
        for _ in range(ROUNDS):
            began_s = cpu_s()
            result = play_case(case, networks, options).result
            took_s = cpu_s() - began_s
            if result.fault is not None:
                raise SystemExit(result.fault)
            looks = result.looks
            speeds.append(case.extent.length_s / took_s)
    judged = {
        code for rules in rules_of(plan_of(case.site)) for code in build_rules(rules)
    }
    codes = tuple(sorted(str(code) for code in judged))
    return SpeedRow(spread_of(speeds), codes, looks, case.extent.length_s)


def _case(path: Path) -> LoadedCase:
    """The sample's street, enlarged, its kerb judged by what the catalogue says."""
    loaded = read_case(SAMPLE.with_suffix(".yaml"))
    section = loaded.site.cameras[CAMERA].model_copy(update={"rules": {}})
    site = Site(version=1, name="speed", cameras={CAMERA: section})
    case = loaded.case.model_copy(update={"expect": ()})
    return replace(loaded, clip=path, extent=extent(path), case=case, site=site)


def main() -> None:
    """Measure and tell."""
    print(replay_speed(made(Recipe())).told)


if __name__ == "__main__":
    main()
