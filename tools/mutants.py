"""`make mutants`: how many small faults put into `rules/` its fast tests notice.

    python -m tools.mutants [--sample N] [--seed S] [--minutes M] [--jobs J] [--only P]

mutmut makes the faults and tells which tests pass through which function; each fault is
then judged by those tests in a process of its own (`tools.mutant_judge`), the module's
own tests and fast ones first, up to `BUDGET_S` of them: the score is a lower bound. A
function without tests counts against it.
Faults that are not behaviour are left out by the rule of `mutant_kinds`.

Drawn at random from all faults, the same ones for a seed; a larger sample holds a
smaller one, and after `--minutes` the score is that of those drawn first. A verdict is
kept while the module, and the test that noticed the fault (for one not noticed: every
test), stay as they are; a run may be stopped and taken up.
Survivors and what each changed are in `mutants/survivors.txt`. Ends with 1 when the
score is below the target.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from functools import cache
from itertools import takewhile
from math import inf, sqrt
from pathlib import Path
from shutil import rmtree

from rich.console import Console
from rich.progress import track
from rich.table import Table

from base.clock import SystemClock
from tools import mutant_kinds
from tools.mutant_judge import ALL, Asked, Selection, judge
from tools.mutant_kinds import MADE, Faults

TARGET = 0.8
BUDGET_S = 10.0
"""Of covering tests, as timed without a fault; what is slower is not asked."""
Z = 1.96
"""Of a 95 % interval."""
FIRST = "rules.ground_plane.x_from_people__mutmut_1"
"""Any fault with few tests: mutmut makes all before it judges the one it is given."""
MEMORY, STATS = MADE / "judged.json", MADE / "mutmut-stats.json"
SETTINGS = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]


@dataclass(frozen=True)
class Verdict:
    """How a fault fared.

    Attributes:
        outcome: `noticed`, `timeout` (noticed), `survived`, or `no tests`.
        killer: File of the test that noticed it.
        code: Digest of the module.
        tests: Digest of the killer's file, or of all tests.
    """

    outcome: str
    killer: str
    code: str
    tests: str

    @property
    def is_noticed(self) -> bool:
        """By a failing test, or by one that never ended."""
        return self.outcome in {"noticed", "timeout"}


@cache
def digest(path: str) -> str:
    """Of a file or of every Python file below a folder."""
    root = Path(path)
    files = sorted(root.rglob("*.py")) if root.is_dir() else [root]
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + file.read_bytes() if file.exists() else b"-")
    return total.hexdigest()[:12]


def all_tests() -> str:
    """Digest of everything that may notice a fault."""
    return digest("tests/rules") + digest("tests/scenes")


def module_of(name: str) -> str:
    """`rules.life` of `rules.life.x_step__mutmut_1`."""
    return name.rpartition(".")[0]


def remembered() -> dict[str, Verdict]:
    """Verdicts that still hold."""
    if not MEMORY.exists():
        return {}
    told = {n: Verdict(**v) for n, v in json.loads(MEMORY.read_text("utf-8")).items()}
    return {name: verdict for name, verdict in told.items() if _holds(name, verdict)}


def _holds(name: str, verdict: Verdict) -> bool:
    code = digest(module_of(name).replace(".", "/") + ".py")
    tests = digest(verdict.killer) if verdict.killer else all_tests()
    return verdict.code == code and verdict.tests == tests


def remember(verdicts: dict[str, Verdict]) -> None:
    """Keep them for the next run."""
    content = {name: asdict(verdict) for name, verdict in sorted(verdicts.items())}
    MEMORY.write_text(json.dumps(content, indent=1), "utf-8")


def make(known: dict[str, Verdict]) -> None:
    """All faults and their tests, by mutmut; from scratch when `rules/` has changed."""
    stamp, code, tests = MADE / "stamp.json", digest("rules"), all_tests()
    was = json.loads(stamp.read_text("utf-8")) if stamp.exists() else ["", ""]
    if was == [code, tests]:
        return
    if was[0] != code:
        rmtree(MADE, ignore_errors=True)
        MADE.mkdir()
        remember(known)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", FIRST]
    subprocess.run(command, check=True)
    stamp.write_text(json.dumps([code, tests]), "utf-8")


def faults() -> list[str]:
    """Every fault that is behaviour; told once for a state of `rules/`."""
    kept, code = (
        MADE / "behaviour.json",
        digest("rules") + digest(mutant_kinds.__file__),
    )
    if kept.exists():
        told: tuple[str, list[str]] = json.loads(kept.read_text("utf-8"))
        if told[0] == code:
            return told[1]
    found = []
    for path in sorted((MADE / "rules").glob("*.py.meta")):
        module = f"rules.{path.name.removesuffix('.py.meta')}"
        names = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        of = Faults(module) if names else None
        found += [n for n in names if of and of.is_behaviour(n.rpartition(".")[2])]
    kept.write_text(json.dumps([code, found]), "utf-8")
    return found


def drawn(names: Iterable[str], count: int | None, seed: str) -> list[str]:
    """So many of them, the same each time for a seed; all without a count."""

    def place(name: str) -> str:
        return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()

    return sorted(names, key=place)[:count]


@dataclass(frozen=True)
class Cover:
    """Which tests pass through which function, and how long each takes."""

    tests: dict[str, list[str]]
    seconds: dict[str, float]

    @classmethod
    def read(cls) -> "Cover":
        """As mutmut measured it."""
        told = json.loads(STATS.read_text("utf-8"))
        return cls(told["tests_by_mangled_function_name"], told["duration_by_test"])

    def of(self, name: str) -> list[str]:
        """The tests of a fault in the budget: its module's own, then the fastest."""
        covering = self.tests.get(name.partition("__mutmut_")[0], [])
        own = f"tests/rules/test_{module_of(name).rpartition('.')[2]}.py::"

        def place(test: str) -> tuple[bool, float, str]:
            return not test.startswith(own), self.seconds[test], test

        found, total = list[str](), 0.0
        for test in sorted(covering, key=place):
            if found and total + self.seconds[test] > BUDGET_S:
                continue
            total += self.seconds[test]
            found.append(test)
        return found


def judged(
    names: Sequence[str], known: dict[str, Verdict], jobs: int, minutes: float
) -> None:
    """Judge what is not known, in order, for so long, and add it."""
    cover, clock = Cover.read(), SystemClock()
    of = Selection(
        SETTINGS["pytest_add_cli_args_test_selection"], SETTINGS["pytest_add_cli_args"]
    )
    probe = [Asked(ALL, cover.of(FIRST))]
    if [told.outcome for _, told in judge(probe, of, 1)] != ["noticed"]:
        raise SystemExit("the tests do not reach the faults: none would be noticed")
    end_s = clock.monotonic_s() + 60 * minutes
    left = [name for name in names if name not in known]
    in_time = takewhile(lambda _: clock.monotonic_s() < end_s, left)
    told = judge((Asked(name, cover.of(name)) for name in in_time), of, jobs)
    for name, one in track(told, "judging", len(left)):
        code = digest(module_of(name).replace(".", "/") + ".py")
        by = digest(one.killer) if one.killer else all_tests()
        known[name] = Verdict(one.outcome, one.killer, code, by)
        remember(known)


def wilson(noticed: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if total == 0:
        return 0.0, 1.0
    share, n = noticed / total, total
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return middle - half, middle + half


def tell(
    sample: Sequence[str], everything: Sequence[str], by: dict[str, Verdict]
) -> int:
    """The table, the score; 0 when the target is met."""
    console = Console()
    table = Table("module", "faults", "drawn", "noticed")
    whole = Counter(map(module_of, everything))
    groups = defaultdict[str, list[str]](list)
    for name in sample:
        groups[module_of(name)].append(name)
    for module, names in sorted(groups.items()):
        noticed = sum(by[name].is_noticed for name in names)
        table.add_row(module, *map(str, (whole[module], len(names), noticed)))
    console.print(table)
    _write_survivors(sample, by)
    outcomes = Counter(by[name].outcome for name in sample)
    noticed, total = sum(by[name].is_noticed for name in sample), len(sample)
    low, high = wilson(noticed, total)
    score = noticed / max(total, 1)
    console.print(
        f"{noticed} of {total} noticed ({dict(outcomes)}): {score:.1%}, "
        f"95 % interval {low:.1%} to {high:.1%}; drawn from {len(everything)}"
    )
    return 0 if score >= TARGET else 1


def _write_survivors(sample: Sequence[str], by: dict[str, Verdict]) -> None:
    left = sorted(name for name in sample if not by[name].is_noticed)
    of = {module: Faults(module) for module in set(map(module_of, left))}

    def change(name: str) -> str:
        module, _, fault = name.rpartition(".")
        return f"{name}: {by[name].outcome}\n{of[module].change(fault)}\n"

    told = map(change, left)
    (MADE / "survivors.txt").write_text("\n".join(told), "utf-8")


def main() -> int:
    """Draw, judge, tell."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--sample", type=int)
    ask.add_argument("--seed", default="2026")
    ask.add_argument("--jobs", type=int, default=2)
    ask.add_argument("--only", default="*")
    ask.add_argument("--minutes", type=float, default=inf)
    asked = ask.parse_args()
    known = remembered()
    make(known)
    everything = [name for name in faults() if fnmatch(name, asked.only)]
    sample = drawn(everything, asked.sample, asked.seed)
    judged(sample, known, asked.jobs, asked.minutes)
    # what was handed out was handed out in order: the sample is as if drawn so small
    sample = list(takewhile(known.__contains__, sample))
    return tell(sample, everything, known)


if __name__ == "__main__":
    sys.exit(main())
