"""How much of the difference between two networks may be chance.

In: what two networks found on one set. Out: each difference of their figures with the
interval it moves in when other pictures of the same kind had been taken: the pictures
are drawn anew with replacement, the same ones for both networks (paired bootstrap,
Efron and Tibshirani 1993, "An Introduction to the Bootstrap", ch. 13, by scipy).
Neighbouring frames of one clip are much alike, so the interval of a clip is too narrow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

from training.evaluation import Measured
from training.figures import match

DRAWS = 2000
CONFIDENCE = 0.95
SEED = 1
RECALLS = np.linspace(0.0, 1.0, 101)
"""Where COCO reads the precision off."""
FIGURES = ("AP50", "P", "R")


@dataclass(frozen=True, slots=True)
class Ranked:
    """Detections of one class over a set, surest first, matched within each picture.

    Attributes:
        scores: ``[n]``, falling; what only meets an ignored box is left out.
        hits: ``[n]`` bool.
        pictures: ``[n]`` int: in which picture each lies.
        counts: ``[pictures]``: boxes to be found in each.
        threshold: from which score precision and recall are taken.
    """

    scores: np.ndarray
    hits: np.ndarray
    pictures: np.ndarray
    counts: np.ndarray
    threshold: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the second network less that of the first.

    Attributes:
        figure: its name.
        value: on the pictures as they are.
        low: lower end of the interval; not a number where it cannot be had.
        high: upper end.
    """

    figure: str
    value: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves nought out."""
        return self.low > 0 or self.high < 0


Differences = tuple[Difference, ...]
"""One a figure, in the order of `FIGURES`."""


def ranked(seen: Measured, number: int, threshold: float) -> Ranked:
    """Match measured class `number` of a set, all scores."""
    scores, hits, pictures, counts = [], [], [], []
    for picture, (truth, boxes) in enumerate(zip(seen.truths, seen.found, strict=True)):
        mine, own = truth.labels == number, boxes.labels == number
        order = np.argsort(-boxes.scores[own], kind="stable")
        ignored = truth.ignored[mine]
        matched = match(boxes.boxes[own][order], truth.boxes[mine], ignored)
        counting = ~matched.excused
        scores.append(boxes.scores[own][order][counting])
        hits.append(matched.hits[counting])
        pictures.append(np.full(int(counting.sum()), picture))
        counts.append(int((~ignored).sum()))
    every = np.concatenate(scores)
    falling = np.argsort(-every, kind="stable")
    return Ranked(
        every[falling],
        np.concatenate(hits)[falling],
        np.concatenate(pictures)[falling],
        np.array(counts),
        threshold,
    )


def figures_of(one: Ranked, times: np.ndarray) -> np.ndarray:
    """AP50, precision and recall where picture i was drawn ``times[i]`` times.

    Returns:
        ``[3]`` in the order of `FIGURES`; 0 where nothing is found or to be found.
    """
    weights = times[one.pictures]
    wanted = float(times @ one.counts)
    right = np.cumsum(weights * one.hits)
    every = np.cumsum(weights)
    if not wanted or not len(every) or not every[-1]:
        return np.zeros(len(FIGURES))
    precision = right / np.maximum(every, 1)
    best_from = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(right / wanted, RECALLS, side="left")
    read = np.append(best_from, 0.0)[at]
    kept = int((one.scores >= one.threshold).sum())
    if not kept:
        return np.array([read.mean(), 0.0, 0.0])
    return np.array([read.mean(), precision[kept - 1], right[kept - 1] / wanted])


def differences(first: Ranked, second: Ranked) -> Differences:
    """Each figure of the second network less that of the first, with its interval.

    Args:
        first: what one network found.
        second: what another found on the same pictures.
    """
    count = len(first.counts)

    def by(pictures: np.ndarray) -> np.ndarray:
        times = np.bincount(pictures, minlength=count)
        return figures_of(second, times) - figures_of(first, times)

    everything = np.arange(count)
    values = by(everything)
    low = high = np.full(len(FIGURES), np.nan)
    if count > 1:
        interval = bootstrap(
            (everything,),
            by,
            n_resamples=DRAWS,
            vectorized=False,
            confidence_level=CONFIDENCE,
            method="percentile",
            rng=SEED,
        ).confidence_interval
        low, high = interval.low, interval.high
    rows = zip(FIGURES, values, low, high, strict=True)
    return tuple(Difference(n, float(v), float(a), float(b)) for n, v, a, b in rows)


class RankedKeeper:
    """Keeps what one network found on each set it is told of, ready to be compared."""

    def __init__(
        self, thresholds: Callable[[Sequence[tuple[str, ...]]], tuple[float, ...]]
    ) -> None:
        """Take what gives the shipped score of each measured thing."""
        self._thresholds = thresholds
        self.kept: dict[str, Ranked] = {}

    def __call__(self, set_name: str, seen: Measured) -> None:
        """Take a set's detections in."""
        scores = self._thresholds(seen.classes)
        for number, (name, score) in enumerate(zip(seen.names, scores, strict=True)):
            self.kept[f"{set_name}.{name}"] = ranked(seen, number, score)

    def less(self, other: "RankedKeeper") -> tuple[tuple[str, Differences], ...]:
        """Give each ``set.class`` with its differences from another network."""
        return tuple(
            (key, differences(other.kept[key], mine)) for key, mine in self.kept.items()
        )


def table(names: tuple[str, str], rows: Sequence[tuple[str, Differences]]) -> str:
    """Lay differences out as Markdown; bold where chance alone is ruled out.

    Args:
        names: the network compared with, and the one compared.
        rows: ``set.class`` and its differences.
    """
    lines = [
        f"**{names[1]} less {names[0]}**, in points, with the {CONFIDENCE:.0%}",
        f"interval over pictures ({DRAWS} draws); bold: nought lies outside",
        "",
        "| figure | " + " | ".join(FIGURES) + " |",
        "|" + "---|" * (1 + len(FIGURES)),
    ]
    for key, found in rows:
        lines.append(f"| {key} | " + " | ".join(map(_cell, found)) + " |")
    return "\n".join(lines) + "\n"


def _cell(one: Difference) -> str:
    text = f"{100 * one.value:+.1f} ({100 * one.low:+.1f} … {100 * one.high:+.1f})"
    return f"**{text}**" if one.is_sure else text
