"""The score a class counts from, chosen on pictures held back from training.

In: a network's detections on a validation set. Out: precision and recall at each score,
and the score to ship. The rule is the greatest F2 (van Rijsbergen 1979): recall counts
twice as much as precision, since a thing that is not seen is never judged, while a
false box must still stand long enough in a zone, and is then reviewed by a person. The
judged sets have no say.
"""

from dataclasses import dataclass

import numpy as np

from training.evaluation import Measured
from training.figures import PEOPLE_LEAST_PX, match

STEPS = tuple(round(step / 100, 2) for step in range(5, 71))
"""Scores asked about."""
BETA = 2.0


@dataclass(frozen=True, slots=True)
class Point:
    """What one score gives.

    Attributes:
        score: a detection counts from here.
        precision: share of what counts that is right, 0…1; 1 where nothing counts.
        recall: share of the labelled boxes found, 0…1.
        recall_tall: the same of boxes at least `PEOPLE_LEAST_PX` high.
    """

    score: float
    precision: float
    recall: float
    recall_tall: float

    @property
    def worth(self) -> float:
        """F2, 0…1."""
        weight = BETA**2
        below = weight * self.precision + self.recall
        return (1 + weight) * self.precision * self.recall / below if below else 0.0


def points_of(seen: Measured, number: int) -> tuple[Point, ...]:
    """Precision and recall of measured class `number` at each of `STEPS`.

    Matching goes best score first, so what a detection hits does not hang on weaker
    ones: one pass serves every score.
    """
    scores, hits, found_at, heights = [], [], [], []
    for truth, boxes in zip(seen.truths, seen.found, strict=True):
        mine, own = truth.labels == number, boxes.labels == number
        order = np.argsort(-boxes.scores[own], kind="stable")
        ranked = boxes.scores[own][order]
        ignored = truth.ignored[mine]
        matched = match(boxes.boxes[own][order], truth.boxes[mine], ignored)
        real = ~ignored
        height = (truth.boxes[mine][:, 3] - truth.boxes[mine][:, 1])[real]
        scores.append(ranked[~matched.excused])
        hits.append(matched.hits[~matched.excused])
        found_at.append(_found_at(matched.owners, ranked)[real])
        heights.append(height)
    every, hit = np.concatenate(scores), np.concatenate(hits)
    first_seen, tall = np.concatenate(found_at), np.concatenate(heights)
    is_tall = tall >= PEOPLE_LEAST_PX
    return tuple(
        Point(
            step,
            _share(hit[every >= step], empty=1.0),
            _share(first_seen >= step),
            _share(first_seen[is_tall] >= step),
        )
        for step in STEPS
    )


def chosen(points: tuple[Point, ...]) -> Point:
    """The point worth most; of equals the one of the highest score."""
    return max(points, key=lambda point: (point.worth, point.score))


def _found_at(owners: np.ndarray, ranked: np.ndarray) -> np.ndarray:
    """For each labelled box the score of the detection that found it, 0 for none."""
    return np.where(owners >= 0, ranked[owners], 0.0) if len(ranked) else owners * 0.0


def _share(values: np.ndarray, empty: float = 0.0) -> float:
    return float(values.mean()) if len(values) else empty


def table(name: str, points: tuple[Point, ...]) -> str:
    """Lay every fifth point and the chosen one out as Markdown."""
    best = chosen(points)
    lines = [
        f"**{name}**: counts from {best.score:g}",
        "",
        f"| score | precision | recall | recall >= {PEOPLE_LEAST_PX:g} px | F2 |",
        "|---|---|---|---|---|",
    ]
    for point in points:
        if point is best or round(point.score * 100) % 5 == 0:
            cells = (point.precision, point.recall, point.recall_tall, point.worth)
            shown = " | ".join(f"{value:.3f}" for value in cells)
            lines.append(f"| {point.score:g} | {shown} |")
    return "\n".join(lines) + "\n"
