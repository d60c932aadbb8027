"""`make mutants`: how many small faults put into `rules/` its fast tests notice.

    python -m tools.mutants [PER_MODULE]

mutmut makes the mutants and runs the tests that cover each; here a sample is drawn,
the same each time: so many of each module. What was judged before is not judged again
until its code or its tests change, so that a run may be stopped and taken up. Prints
the score of each module; 1 when the whole is below the target.
"""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

TARGET = 0.8
PER_MODULE = 8
SEED = "2026"
KILLED = frozenset({1, 3, 24, 36, 152, 255, -24})
"""Exit codes of mutmut: a test failed, or ran out of time."""
MADE = Path("mutants")
MUTMUT = ["nice", "-n", "15", sys.executable, "-m", "mutmut", "run"]
MUTMUT += ["--max-children", "2"]


def judged() -> dict[str, dict[str, int | None]]:
    """Exit code of each mutant, by module; None while it was not tried."""
    found = {}
    for path in sorted(MADE.glob("rules/*.py.meta")):
        content = json.loads(path.read_text("utf-8"))
        found[path.name.removesuffix(".py.meta")] = content["exit_code_by_key"]
    return found


def drawn(mutants: dict[str, int | None], count: int) -> list[str]:
    """So many of a module's mutants, the same each time."""

    def place(name: str) -> str:
        return hashlib.sha256(f"{SEED}/{name}".encode()).hexdigest()

    return sorted(mutants, key=place)[:count]


def main(per_module: int) -> int:
    """Draw, judge, tell."""
    if not judged():
        subprocess.run([*MUTMUT, "rules.life.*"], check=True)  # makes all, tries few
    modules = judged()
    sample = {name: drawn(mutants, per_module) for name, mutants in modules.items()}
    open_ = [
        m for name, those in sample.items() for m in those if modules[name][m] is None
    ]
    if open_:
        subprocess.run([*MUTMUT, *open_], check=True)
    return _tell(sample, judged())


def _tell(
    sample: dict[str, list[str]], modules: dict[str, dict[str, int | None]]
) -> int:
    console, total = Console(), Counter[bool]()
    table = Table("module", "mutants", "noticed", "drawn", "survivors")
    for name, those in sample.items():
        noticed = {m: modules[name][m] in KILLED for m in those}
        total.update(noticed.values())
        missed = [
            m.rsplit(".", 1)[1] for m, is_noticed in noticed.items() if not is_noticed
        ]
        counts = [str(len(modules[name])), str(sum(noticed.values())), str(len(those))]
        table.add_row(name, *counts, " ".join(missed))
    score = total[True] / max(total.total(), 1)
    console.print(table)
    console.print(f"{total[True]} of {total.total()} noticed: {score:.0%}")
    return 0 if score >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PER_MODULE))
