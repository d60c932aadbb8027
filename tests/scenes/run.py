"""`make scenarios`: every story over many seeds and both levels of noise, as a table.

Ends with 0 when every story is told exactly in every seed at both levels; otherwise
says which are not, in how many seeds, and what was missed or raised for nothing.
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.scenes.noise import measured, worse
from tests.scenes.stories import STORIES

LEVELS = {"measured": measured, "worse": worse}
BY_NAME = {story.name: story for story in STORIES}


@dataclass(frozen=True)
class Told:
    """How one story was told at one level.

    Attributes:
        seeds: In how many it was played.
        exact: In how many it was told exactly.
        missed: Codes not raised, and in how many seeds.
        false: Codes raised for nothing, and in how many seeds.
    """

    seeds: int
    exact: int
    missed: Counter[str]
    false: Counter[str]


def tell(job: tuple[str, str, range]) -> Told:
    """Play one story at one level over some seeds."""
    name, level, seeds = job
    story = BY_NAME[name]
    wanted = Counter(story.raises)
    told = [Counter(story.raised(LEVELS[level](), seed)) for seed in seeds]
    missed, false = Counter[str](), Counter[str]()
    for one in told:
        missed.update(set(wanted - one))
        false.update(set(one - wanted))
    return Told(len(seeds), sum(one == wanted for one in told), missed, false)


def main(count: int, first: int, only: str) -> int:
    """Print the table and what does not hold; 0 when everything does."""
    console, seeds = Console(), range(first, first + count)
    names = [name for name in BY_NAME if fnmatch(name, only)]
    jobs = [(name, level, seeds) for name in names for level in LEVELS]
    with ProcessPoolExecutor() as pool:
        played = pool.map(tell, jobs)
        told = dict(
            zip(jobs, track(played, "playing", len(jobs), console=console), strict=True)
        )
    console.print(_table(told, seeds))
    wrong = {job: one for job, one in told.items() if one.exact < one.seeds}
    for (name, level, _), one in wrong.items():
        console.print(f"does not hold, {level} noise: {name}: {_words(one)}")
    console.print(
        f"{len(jobs) - len(wrong)} of {len(jobs)} hold in seeds {first}…{seeds[-1]}"
    )
    return 1 if wrong else 0


def _table(told: dict[tuple[str, str, range], Told], seeds: range) -> Table:
    table = Table("scene", "raises", title=f"told exactly, of {len(seeds)} seeds")
    for level in LEVELS:
        table.add_column(level, justify="right")
    for name in dict.fromkeys(name for name, _, _ in told):
        story = BY_NAME[name]
        cells = [str(told[name, level, seeds].exact) for level in LEVELS]
        table.add_row(name, ", ".join(story.raises) or "–", *cells)
    return table


def _words(one: Told) -> str:
    parts = [f"{code} missed in {n}" for code, n in sorted(one.missed.items())]
    parts += [f"{code} for nothing in {n}" for code, n in sorted(one.false.items())]
    return f"{one.exact} of {one.seeds} seeds exact; {', '.join(parts)}"


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("seeds", type=int, help="how many")
    ask.add_argument("--first", type=int, default=0, help="the first seed")
    ask.add_argument("--only", default="*", help="stories, by a pattern of their name")
    asked = ask.parse_args()
    sys.exit(main(asked.seeds, asked.first, asked.only))
