"""`make scenarios`: every story over many seeds and both levels of noise, as a table.

Seed after seed, each story at each level. With `--keep FILE` each is written down as it
ends and not played again while rules and scenes stay as they are, so that a run may be
stopped, by `--minutes` or by hand, and taken up.

Ends with 0 when every story is told exactly in every seed at both levels; otherwise
says which are not, in how many seeds, and what was missed or raised for nothing.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from hashlib import sha256
from itertools import product
from math import inf
from pathlib import Path
from time import time
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.scenes.noise import measured, worse
from tests.scenes.stories import STORIES

LEVELS = {"measured": measured, "worse": worse}
BY_NAME = {story.name: story for story in STORIES}


class Play(NamedTuple):
    """One story at one level of noise in one seed."""

    name: str
    level: str
    seed: int


Told = dict[Play, tuple[str, ...]]
"""The codes each raised."""


def tell(play: Play, until: float = inf) -> tuple[str, ...] | None:
    """The codes it raises; None after `until`, `time.time` seconds."""
    if time() >= until:
        return None
    return BY_NAME[play.name].raised(LEVELS[play.level](), play.seed)


def played(plays: Sequence[Play], keep: Path | None, until: float) -> Told:
    """What each raised; those that were not reached by `until` are left out."""
    told = {} if keep is None else dict(_kept(keep))
    left, code = [play for play in plays if play not in told], _digest()
    with ProcessPoolExecutor() as pool:
        answers = pool.map(tell, left, [until] * len(left))
        for play, raised in zip(
            left, track(answers, "playing", len(left)), strict=True
        ):
            if raised is None:
                continue
            told[play] = raised
            if keep is not None:
                with keep.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps([code, *play, raised]) + "\n")
    return {play: told[play] for play in plays if play in told}


def _kept(keep: Path) -> Iterator[tuple[Play, tuple[str, ...]]]:
    """What was written down under the rules and scenes of now."""
    code = _digest()
    lines = keep.read_text("utf-8").splitlines() if keep.exists() else []
    for was, name, level, seed, raised in map(json.loads, lines):
        if was == code:
            yield Play(name, level, seed), tuple(raised)


def _digest() -> str:
    """Of everything that decides how a story is told."""
    total = sha256()
    for folder in (Path(__file__).parent, Path("rules"), Path("detector")):
        for path in sorted(folder.iterdir()):
            if path.suffix in {".py", ".yaml"} and path != Path(__file__):
                total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:12]


def main(plays: Sequence[Play], keep: Path | None, minutes: float) -> int:
    """Print the table and what does not hold; 0 when everything does."""
    console = Console()
    told = played(plays, keep, time() + 60 * minutes)
    console.print(_table(told))
    wrong = 0
    cells = sorted({(play.name, play.level) for play in told})
    for name, level in cells:
        raised = [one for play, one in told.items() if play[:2] == (name, level)]
        words = _words(Counter(BY_NAME[name].raises), raised)
        if words:
            wrong += 1
            console.print(f"does not hold, {level} noise: {name}: {words}")
    console.print(
        f"{len(cells) - wrong} of {len(cells)} hold; {len(told)} of {len(plays)} played"
    )
    return 1 if wrong or len(told) < len(plays) else 0


def _table(told: Told) -> Table:
    counts = defaultdict[tuple[str, str], list[bool]](list)
    for play, raised in told.items():
        is_exact = Counter(raised) == Counter(BY_NAME[play.name].raises)
        counts[play.name, play.level].append(is_exact)
    table = Table("scene", "raises", title="told exactly, of so many seeds")
    for level in LEVELS:
        table.add_column(level, justify="right")
    for name in dict.fromkeys(play.name for play in told):
        exact = [counts[name, level] for level in LEVELS]
        cells = [f"{sum(one)} of {len(one)}" for one in exact]
        table.add_row(name, ", ".join(BY_NAME[name].raises) or "–", *cells)
    return table


def _words(wanted: Counter[str], raised: Iterable[Sequence[str]]) -> str:
    """What was missed and what was raised for nothing; empty when nothing was."""
    missed, false = Counter[str](), Counter[str]()
    for codes in map(Counter, raised):
        missed.update(set(wanted - codes))
        false.update(set(codes - wanted))
    parts = [f"{code} missed in {n}" for code, n in sorted(missed.items())]
    parts += [f"{code} for nothing in {n}" for code, n in sorted(false.items())]
    return ", ".join(parts)


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("seeds", type=int, help="how many")
    ask.add_argument("--first", type=int, default=0, help="the first seed")
    ask.add_argument("--only", default="*", help="stories, by a pattern of their name")
    ask.add_argument("--level", choices=LEVELS, help="of noise; else both")
    ask.add_argument("--keep", type=Path, help="where what was played is written down")
    ask.add_argument("--minutes", type=float, default=inf, help="then stop")
    asked = ask.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    names = [name for name in BY_NAME if fnmatch(name, asked.only)]
    levels = [asked.level] if asked.level else list(LEVELS)
    wanted = [Play(name, level, n) for n, name, level in product(seeds, names, levels)]
    sys.exit(main(wanted, asked.keep, asked.minutes))
