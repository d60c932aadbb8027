"""Measures the head classifier as the product uses it.

In: judged pictures, a head classifier, person boxes from labels or from a detector.
Out: `HeadOutcome`s, one a labelled head, and figures over them by head size. A head
counts as claimed when HELMET, OTHER or BARE was said of its person; "cannot tell" and a
head that was never found count as not told, never as right.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detector.detections import BoxesXYXY, Detections, iou_matrix
from detector.head_evidence import FoundHeads
from detector.head_region import assign_heads
from detector.heads import HeadClassifier
from detector.look import PERSON, Head, HeadState
from detector.network import Network
from detector.person_heads import PersonHeads
from training.head_calibration import calibration_error
from training.head_examples import HeadPicture, Worn

BUCKETS_PX = ((0, 16), (16, 20), (20, 32), (32, 64), (64, 10_000))
JUDGED_FROM_PX = 20
"""The figures asked of the classifier are those of heads of this height and more."""

HELMET_CLASS = "helmet"
BARE_CLASS = "bare_head"
SAME_HEAD_IOU = 0.3


@dataclass(frozen=True, slots=True)
class HeadOutcome:
    """One labelled head and what was said of it.

    Attributes:
        picture: Name of its picture.
        box_px: The label.
        worn: What it wears.
        said: What was said of the person it belongs to; None: it has no person box.
    """

    picture: str
    box_px: tuple[float, float, float, float]
    worn: Worn
    said: Head | None

    @property
    def height_px(self) -> float:
        """Height of the label."""
        return self.box_px[3] - self.box_px[1]

    @property
    def is_claimed(self) -> bool:
        """Whether helmet or no helmet was claimed."""
        return self.said is not None and self.said.state is not HeadState.UNKNOWN

    @property
    def is_right(self) -> bool:
        """Whether a claim about the helmet was true."""
        assert self.said is not None
        return (self.said.state is HeadState.HELMET) == (self.worn is Worn.HELMET)


@dataclass(frozen=True, slots=True)
class HeadFigures:
    """Figures over heads of one size.

    Attributes:
        heads: How many have a person box.
        helmets: How many of them wear a helmet.
        balanced_accuracy: Mean of the shares right among claimed heads with and
            without helmet, 0…1; None where one is missing.
        not_told: Share of heads of which nothing was claimed, 0…1.
        calibration_error: Of the claims' scores, 0…1.
        false_bare: Helmets called bare head or other headwear.
        said: `worn>said` to how often.
    """

    heads: int
    helmets: int
    balanced_accuracy: float | None
    not_told: float
    calibration_error: float
    false_bare: int
    said: dict[str, int]


def figures_of(outcomes: Iterable[HeadOutcome]) -> HeadFigures:
    """Figures over outcomes; those without a person box are left out."""
    asked = [one for one in outcomes if one.said is not None]
    claimed = [one for one in asked if one.is_claimed]
    right = {
        has: [one.is_right for one in claimed if (one.worn is Worn.HELMET) is has]
        for has in (True, False)
    }
    balanced = None
    if right[True] and right[False]:
        balanced = float(np.mean(right[True]) + np.mean(right[False])) / 2
    scores = np.array([one.said.score for one in claimed if one.said is not None])
    truths = np.array([one.is_right for one in claimed], np.bool_)
    pairs = Counter(
        f"{one.worn.value}>{one.said.state.value}" for one in asked if one.said
    )
    return HeadFigures(
        heads=len(asked),
        helmets=sum(one.worn is Worn.HELMET for one in asked),
        balanced_accuracy=balanced,
        not_told=1 - len(claimed) / len(asked) if asked else 0.0,
        calibration_error=calibration_error(scores, truths),
        false_bare=right[True].count(False),
        said=dict(sorted(pairs.items())),
    )


def by_size(outcomes: Sequence[HeadOutcome]) -> dict[str, HeadFigures]:
    """Figures by label height, and of all heads of `JUDGED_FROM_PX` and more."""
    rows = {
        f"{low}-{high} px" if high < 10_000 else f">={low} px": figures_of(
            one for one in outcomes if low <= one.height_px < high
        )
        for low, high in BUCKETS_PX
    }
    judged = (one for one in outcomes if one.height_px >= JUDGED_FROM_PX)
    return rows | {f"judged (>={JUDGED_FROM_PX} px)": figures_of(judged)}


def judged_by_labels(
    picture: HeadPicture, classifier: HeadClassifier
) -> list[HeadOutcome]:
    """Ask about the persons of the labels."""
    said = classifier.classify(picture.image, picture.persons)
    return _outcomes(picture, picture.persons, said)


def judged_by_detector(
    picture: HeadPicture, classifier: HeadClassifier, detector: Network
) -> list[HeadOutcome]:
    """Ask about the persons a detector finds, with the heads it reports as hints."""
    found, hints = _told(picture, classifier, detector)
    is_sure = found.scores >= detector.scores[found.class_ids]
    persons = _of_class(found.take(np.flatnonzero(is_sure)), detector, PERSON).boxes_px
    said = classifier.classify(picture.image, persons, hints=hints)
    return _outcomes(picture, persons, said)


def judged_at_labels(
    picture: HeadPicture, classifier: HeadClassifier, detector: Network
) -> list[HeadOutcome]:
    """Classify at the labelled heads themselves: the second pass alone."""
    _, hints = _told(picture, classifier, detector)
    said = classifier.judge(picture.image, picture.heads, hints)
    return [_outcome(picture, row, head) for row, head in enumerate(said)]


def judged_by_head_boxes(
    picture: HeadPicture, detector: Network, least: float
) -> list[HeadOutcome]:
    """The baseline: what the detector's own helmet and bare-head boxes say."""
    found = detector.detect([picture.image], least)[0]
    names = np.array(detector.classes)[found.class_ids]
    of_heads = np.isin(names, [HELMET_CLASS, BARE_CLASS])
    boxes, scores = found.boxes_px[of_heads], found.scores[of_heads]
    names = names[of_heads]
    overlap = iou_matrix(picture.heads, boxes) if len(boxes) else None
    outcomes = []
    for row, box in enumerate(picture.heads):
        said = Head(HeadState.UNKNOWN, 0.0, float(box[3] - box[1]))
        if overlap is not None and overlap[row].max() >= SAME_HEAD_IOU:
            best = int(np.argmax(np.where(overlap[row] >= SAME_HEAD_IOU, scores, -1)))
            is_helmet = names[best] == HELMET_CLASS
            state = HeadState.HELMET if is_helmet else HeadState.BARE
            said = Head(state, float(scores[best]), float(boxes[best][3] - box[1]))
        outcomes.append(_outcome(picture, row, said))
    return outcomes


def _told(
    picture: HeadPicture, classifier: HeadClassifier, detector: Network
) -> tuple[Detections, FoundHeads]:
    """All a look is given of a picture, and the heads among it."""
    limits = detector.thresholds
    found = detector.detect([picture.image], min(limits.score, limits.track_low))[0]
    return found, PersonHeads(classifier, detector.classes).hints(found)


def _outcomes(
    picture: HeadPicture, persons: BoxesXYXY, said: list[Head]
) -> list[HeadOutcome]:
    certain = np.ones(len(picture.heads), np.float32)
    owned = assign_heads(persons, picture.heads, certain)
    owner = {head: person for person, head in enumerate(owned) if head is not None}
    return [
        _outcome(picture, row, said[owner[row]] if row in owner else None)
        for row in range(len(picture.heads))
    ]


def _outcome(picture: HeadPicture, row: int, said: Head | None) -> HeadOutcome:
    x1, y1, x2, y2 = picture.heads[row].tolist()
    return HeadOutcome(picture.name, (x1, y1, x2, y2), picture.worn[row], said)


def _of_class(found: Detections, detector: Network, name: str) -> Detections:
    if name not in detector.classes:
        return found.take(np.zeros(0, np.intp))
    wanted = found.class_ids == detector.classes.index(name)
    return found.take(np.flatnonzero(wanted))
