"""Figures of a network on labelled pictures: average precision, recall, precision.

In: truth and detections of each picture. Out: `ClassFigures` per measured class.
Average precision is COCO's, by `faster-coco-eval` (Apache-2.0, the kept C++ port of
pycocotools); precision and recall at one threshold match greedily, best score first, at
IoU 0.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster

from training.boxes import Boxes, iou_matrix

MATCH_IOU = 0.5
HEIGHT_EDGES_PX = (0.0, 16.0, 32.0, 64.0, 1e5)
BUCKETS = ("all", "<=16", "<=32", "<=64", ">64")
PEOPLE_LEAST_PX = 40.0
"""Height from which a person must be found (the promised recall)."""
MOST_DETECTIONS = 300


@dataclass(frozen=True, slots=True)
class Truth:
    """Labelled boxes of one picture.

    Attributes:
        boxes: ``[n, 4]`` corners in pixels.
        labels: ``[n]`` numbers of measured classes.
        ignored: ``[n]`` bool: neither to be found nor wrong to find.
    """

    boxes: np.ndarray
    labels: np.ndarray
    ignored: np.ndarray


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Figures of one class; -1 where there is nothing to measure.

    Attributes:
        name: measured class.
        score: the threshold of `recall` and `precision`.
        count: labelled boxes.
        ap50: average precision at IoU 0.5.
        ap50_95: mean over IoU 0.5 to 0.95.
        ap50_by_height: per bucket of `BUCKETS`, box height in picture pixels.
        recall: at the threshold, IoU 0.5.
        recall_from_40px: the same over boxes at least 40 px high.
        precision: at the threshold.
    """

    name: str
    score: float
    count: int
    ap50: float
    ap50_95: float
    ap50_by_height: dict[str, float]
    recall: float
    recall_from_40px: float
    precision: float


@dataclass(frozen=True, slots=True)
class Matched:
    """Greedy matches of one picture and class.

    Attributes:
        hits: ``[detections]`` bool, matched a box.
        excused: ``[detections]`` bool, matched an ignored box only.
        owners: ``[truths]`` int: row of the detection that found it, -1 for none.
    """

    hits: np.ndarray
    excused: np.ndarray
    owners: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """``[truths]`` bool."""
        return np.asarray(self.owners >= 0)


def match(boxes: np.ndarray, truth: np.ndarray, ignored: np.ndarray) -> Matched:
    """Match detections, best first, to the truth of the same class at IoU 0.5."""
    overlap = iou_matrix(boxes, truth)
    owners = np.full(len(truth), -1)
    hits = np.zeros(len(boxes), bool)
    excused = np.zeros(len(boxes), bool)
    for row in range(len(boxes)):
        open_truth = np.where((owners >= 0) | ignored, 0.0, overlap[row])
        best = int(open_truth.argmax()) if len(truth) else -1
        if best >= 0 and open_truth[best] >= MATCH_IOU:
            hits[row], owners[best] = True, row
        else:
            excused[row] = bool((overlap[row][ignored] >= MATCH_IOU).any())
    return Matched(hits, excused, owners)


def measure(
    truths: list[Truth],
    found: list[Boxes],
    names: tuple[str, ...],
    thresholds: Sequence[float],
) -> tuple[ClassFigures, ...]:
    """Measure detections (labels are measured classes too) against the truth.

    Args:
        truths: one a picture.
        found: one a picture, all scores.
        names: measured classes.
        thresholds: for each of them the score of its precision and recall.
    """
    precision = _coco_precision(truths, found, names)
    pairs = list(zip(truths, found, strict=True))
    return tuple(
        _figures_of(number, name, pairs, precision[:, :, number], threshold)
        for number, (name, threshold) in enumerate(zip(names, thresholds, strict=True))
    )


def _coco_precision(
    truths: list[Truth], found: list[Boxes], names: tuple[str, ...]
) -> np.ndarray:
    """Give ``[ious, recalls, classes, buckets]`` precision, -1 where undefined."""
    annotations: list[dict[str, object]] = []
    detections: list[dict[str, object]] = []
    for picture, (truth, boxes) in enumerate(zip(truths, found, strict=True), 1):
        for box, label, ignored in zip(
            truth.boxes, truth.labels, truth.ignored, strict=True
        ):
            annotations.append(
                _entry(picture, box, label)
                | {"id": len(annotations) + 1, "iscrowd": int(ignored)}
            )
        for box, label, score in zip(
            boxes.boxes, boxes.labels, boxes.scores, strict=True
        ):
            detections.append(_entry(picture, box, label) | {"score": float(score)})
    if not detections or not annotations:
        return np.zeros((10, 101, len(names), len(BUCKETS)))
    coco = COCO(
        {
            "images": [{"id": i + 1} for i in range(len(truths))],
            "categories": [{"id": i + 1, "name": n} for i, n in enumerate(names)],
            "annotations": annotations,
        }
    )
    results = coco.loadRes(detections)
    for annotation in results.dataset["annotations"]:
        # The library buckets by "area"; height is what matters to a camera.
        annotation["area"] = annotation["bbox"][3]
    job = COCOeval_faster(coco, results, iouType="bbox", print_function=_silent)
    job.params.areaRng = [[0.0, 1e5]] + [
        [low, high] for low, high in pairwise(HEIGHT_EDGES_PX)
    ]
    job.params.areaRngLbl = list(BUCKETS)
    job.params.maxDets = [1, 10, MOST_DETECTIONS]
    job.evaluate()
    job.accumulate()
    precision: np.ndarray = job.eval["precision"][..., -1]
    return precision


def _entry(picture: int, box: np.ndarray, label: int) -> dict[str, object]:
    x1, y1, x2, y2 = map(float, box)
    return {
        "image_id": picture,
        "category_id": int(label) + 1,
        "bbox": [x1, y1, x2 - x1, y2 - y1],
        "area": y2 - y1,
    }


def _silent(*_words: object) -> None:
    return None


def _mean(values: np.ndarray) -> float:
    valid = values[values > -1]
    return float(valid.mean()) if len(valid) else -1.0


def _figures_of(
    number: int,
    name: str,
    pairs: list[tuple[Truth, Boxes]],
    precision: np.ndarray,
    threshold: float,
) -> ClassFigures:
    hits = wrong = count = high = high_hits = 0
    for truth, boxes in pairs:
        mine = truth.labels == number
        kept = boxes.above(threshold)
        kept_boxes = kept.boxes[kept.labels == number]
        order = np.argsort(-kept.scores[kept.labels == number], kind="stable")
        matched = match(kept_boxes[order], truth.boxes[mine], truth.ignored[mine])
        real = ~truth.ignored[mine]
        tall = truth.boxes[mine][:, 3] - truth.boxes[mine][:, 1] >= PEOPLE_LEAST_PX
        hits += int(matched.hits.sum())
        wrong += int((~matched.hits & ~matched.excused).sum())
        count += int(real.sum())
        high += int((real & tall).sum())
        high_hits += int((matched.found & tall).sum())
    return ClassFigures(
        name=name,
        score=threshold,
        count=count,
        ap50=_mean(precision[0, :, 0]),
        ap50_95=_mean(precision[:, :, 0]),
        ap50_by_height={
            bucket: _mean(precision[0, :, i]) for i, bucket in enumerate(BUCKETS) if i
        },
        recall=hits / count if count else -1.0,
        recall_from_40px=high_hits / high if high else -1.0,
        precision=hits / (hits + wrong) if hits + wrong else -1.0,
    )
