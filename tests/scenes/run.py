"""`make scenarios`: every story over many seeds and both levels of noise, as a table.

Fails when anything is raised that did not happen; what is not raised is recall.
"""

import sys
from collections import Counter

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.scenes.noise import NoiseLevel, measured, worse
from tests.scenes.stories import STORIES, Story


def tally(story: Story, level: NoiseLevel, seeds: int) -> tuple[int, int]:
    """In how many seeds a story is told exactly, and in how many something is false."""
    wanted = Counter(story.raises)
    told = [Counter(story.raised(level, seed)) for seed in range(seeds)]
    return sum(one == wanted for one in told), sum(bool(one - wanted) for one in told)


def main(seeds: int) -> int:
    """Print the table; 1 when anything false was raised."""
    console, table = Console(), Table("scene", "raises", title=f"{seeds} seeds")
    levels = (measured(), worse())
    for level in levels:
        table.add_column(f"{level.name}: exact", justify="right")
        table.add_column("false", justify="right")
    false = 0
    for story in track(STORIES, "playing", console=console):
        cells = [tally(story, level, seeds) for level in levels]
        false += sum(wrong for _, wrong in cells)
        shown = [str(figure) for cell in cells for figure in cell]
        table.add_row(story.name, ", ".join(story.raises) or "–", *shown)
    console.print(table)
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
