"""What `benchmarks.side_by_side` measured, as Markdown for `benchmarks/README.md`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.charts import NAMES, title_of
from benchmarks.replay_speed import SpeedRow
from benchmarks.spread import Spread, agree, spread_of
from benchmarks.watch import Cost

LIMITS = {"key_decode", "inference"}
GOAL = 3.0
"""Times cheaper than the best peer: the goal the figures are held against."""
PEERS = ("opennvr", "frigate", "usual", "ultralytics")


@dataclass(frozen=True, slots=True)
class Row:
    """One way on one scene over all rounds.

    Attributes:
        core: CPU seconds per feed-second.
        ratio: Against Nonsite in the same round.
        rss_mb: Largest memory of the process, mean.
        found: The run to the stream's end, for what it found; None: none was made.
    """

    scene: str
    way: str
    core: Spread
    ratio: Spread
    rss_mb: float
    found: Cost | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """One way measured in two runs."""

    way: str
    core: tuple[Spread, Spread]
    ratio: tuple[Spread, Spread]

    @property
    def agrees(self) -> bool:
        """Whether both figures of each run lie in what the other states."""
        return agree(*self.core) and agree(*self.ratio)


def markdown(
    rows: Sequence[Row], repeated: Sequence[Repeated], speed: SpeedRow, many: int
) -> str:
    """Every table, one below the other."""
    lines: list[str] = []
    for scene in dict.fromkeys(row.scene for row in rows):
        of_scene = [row for row in rows if row.scene == scene]
        is_many = scene.endswith(f"_{many}")
        lines += (
            _many(scene, of_scene, rows, many) if is_many else _one(scene, of_scene)
        )
    lines += _repeated(repeated)
    lines += ["", speed.told]
    return "\n".join(lines) + "\n"


def _one(scene: str, rows: Sequence[Row]) -> Iterator[str]:
    yield from ("", f"**{title_of(scene)}**", "")
    yield (
        "| way | core per feed | against Nonsite | looks missed | longest gap | "
        "alerts, 1 is true | late | smallest person |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for row in rows:
        cells = [
            NAMES[row.way],
            row.core.told("{:.3f}"),
            row.ratio.told("{:.1f}") + " ×",
        ]
        cells += _found(row)
        yield "| " + " | ".join(cells) + " |"
    yield from _goal(rows)


def _found(row: Row) -> list[str]:
    cost = row.found
    if cost is None or row.way in LIMITS:
        return ["–"] * 5
    late = "–" if cost.late_s is None else f"{cost.late_s:.1f} s"
    return [
        str(cost.looks_missed),
        f"{cost.longest_gap_s:g} s",
        str(cost.alerts),
        late,
        f"{cost.smallest_person_px:.0f} px",
    ]


def _goal(rows: Sequence[Row]) -> Iterator[str]:
    """Held against the best peer that found what is there."""
    peers = [
        row for row in rows if row.way in PEERS and row.found and row.found.alerts >= 1
    ]
    if not peers:
        return
    best = min(peers, key=lambda row: row.core.mean)
    for way in ("nonsite", "nonsite_1", "nonsite_4"):
        ours = next((row for row in rows if row.way == way and row.found), None)
        if ours is None or ours.found is None:
            continue
        pairs = zip(best.core.rounds, ours.core.rounds, strict=False)
        ratio = spread_of([theirs / own for theirs, own in pairs])
        is_reached = ratio.mean >= GOAL and ours.found.alerts >= 1
        reached = "reached" if is_reached else "**missed**"
        told = ratio.told("{:.1f}")
        yield ""
        yield (
            f"{NAMES[way]}: {told} × cheaper than the best peer that found the "
            f"van ({NAMES[best.way]}); goal {GOAL:g} ×: {reached}. Smallest person "
            f"still found: {ours.found.smallest_person_px:.0f} px."
        )


def _many(
    scene: str, rows: Sequence[Row], everything: Sequence[Row], many: int
) -> Iterator[str]:
    yield from ("", f"**{title_of(scene)}** (one process, one round)", "")
    yield "| way | core per feed | against Nonsite | memory | memory a further feed |"
    yield "|---|---|---|---|---|"
    single = {
        row.way: row.rss_mb for row in everything if row.scene == f"{scene[:-3]}_1"
    }
    for row in rows:
        alone = single.get(row.way)
        each = "–" if alone is None else f"{(row.rss_mb - alone) / (many - 1):.1f} MB"
        cells = [NAMES[row.way], f"{row.core.mean:.3f}", f"{row.ratio.mean:.1f} ×"]
        yield "| " + " | ".join([*cells, f"{row.rss_mb:.0f} MB", each]) + " |"


def _repeated(repeated: Sequence[Repeated]) -> Iterator[str]:
    if not repeated:
        return
    yield from ("", "**Measured twice over** (busy H.264 street, one feed)", "")
    yield "| way | core, first run | core, second | ratio, first | ratio, second | |"
    yield "|---|---|---|---|---|---|"
    for one in repeated:
        cells = [NAMES[one.way], *(spread.told("{:.3f}") for spread in one.core)]
        cells += [spread.told("{:.1f}") for spread in one.ratio]
        is_told = one.core[0].low is not None
        outside = "**outside**" if is_told else "too few rounds"
        cells.append("agrees" if one.agrees else outside)
        yield "| " + " | ".join(cells) + " |"
    yield ""
    apart = [NAMES[one.way] for one in repeated if not one.agrees]
    if any(one.core[0].low is None for one in repeated):
        yield "Too few rounds state no spread: whether two runs agree cannot be told."
    elif apart:
        yield f"The two runs do **not** agree for: {', '.join(apart)}."
    else:
        yield "The two runs agree: each mean lies in what the other run states."
