"""Frigate's policy with the network of the others: look only where something moved.

640 x 360 at five pictures a second, a motion gate on a grey picture 100 px high,
square regions around what moved, what was just found and what is tracked; what stands
still is shown to the network again every ten seconds. Numbers are Frigate's defaults.
Where its code does more work (pipes, shared memory, learned region sizes, a process a
camera) it is spared that here. It never looks at more regions than show the whole
picture, and it is given one look at everything at the start, which a camera new to it
does not get: a standing van would else wait for somebody to walk past it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.watches import Seen, TrackDwell, Watch, every_picture, kerb_points
from detector.detections import Detections, nothing_found
from detector.network import Network, merged
from nonsite.lines import Networks
from streams.frame import ImageBGR

SIZE_PX = (640, 360)
LOOKS_S = 5
GREY_HEIGHT_PX = 100
THRESHOLD = 30
CONTOUR_AREA_PX = 10
ALPHA, ALPHA_CALIBRATING = 0.01, 0.2
LIGHTNING = 0.8
REGION_PX = 320
REGION_ROOM = 1.35
STILL_LOOKS = 10 * LOOKS_S
"""Looks after which a thing is stationary, and between two looks at it then."""
STILL_IOU = 0.6

Box = tuple[int, int, int, int]
"""x1, y1, x2, y2 in pixels of the small picture."""


class MotionGate:
    """What moved: the difference to a running average, in boxes."""

    def __init__(self) -> None:
        self._shape = (GREY_HEIGHT_PX, GREY_HEIGHT_PX * SIZE_PX[0] // SIZE_PX[1])
        self._average = np.zeros(self._shape, np.float32)
        self._moving_looks = 0
        self.is_calibrating = True

    def boxes(self, image: ImageBGR) -> list[Box]:
        """Boxes of motion in the small picture; none while it calibrates."""
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        height, width = self._shape
        small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_NEAREST)
        small = cv2.GaussianBlur(_stretched(small), (3, 3), 1)
        delta = cv2.absdiff(small, cv2.convertScaleAbs(self._average))
        _, differs = cv2.threshold(delta, THRESHOLD, 255, cv2.THRESH_BINARY)
        differs = cv2.dilate(differs, np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(
            differs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        areas = [cv2.contourArea(contour) for contour in contours]
        factor = SIZE_PX[1] / height
        found = [
            _scaled(cv2.boundingRect(contour), factor)
            for contour, area in zip(contours, areas, strict=True)
            if area > CONTOUR_AREA_PX
        ]
        self._calibrate(sum(areas) / (width * height), len(found))
        self._learn(small, is_moving=bool(found))
        return [] if self.is_calibrating else found

    def _calibrate(self, share: float, boxes: int) -> None:
        if share < 0.05 and boxes <= 4:
            self.is_calibrating = False
        if share > LIGHTNING:
            self.is_calibrating = True

    def _learn(self, small: NDArray[Any], *, is_moving: bool) -> None:
        self._moving_looks = self._moving_looks + 1 if is_moving else 0
        if is_moving and self._moving_looks < 10:
            return
        alpha = ALPHA_CALIBRATING if self.is_calibrating else ALPHA
        cv2.accumulateWeighted(small, self._average, alpha)


def _stretched(grey: NDArray[Any]) -> NDArray[Any]:
    """Contrast from the 4th to the 96th percentile over the whole scale."""
    low, high = np.percentile(grey, (4, 96))
    if low >= high:
        return grey
    stretched = (np.clip(grey, low, high) - low) / (high - low) * 255
    return np.asarray(stretched, np.uint8)


def _scaled(rect: Any, factor: float) -> Box:
    x, y, width, height = rect
    return (
        int(x * factor),
        int(y * factor),
        int((x + width) * factor),
        int((y + height) * factor),
    )


@dataclass
class _Thing:
    """One track and for how many looks it stood."""

    box: NDArray[np.float64]
    anchor: NDArray[np.float64]
    score: float
    class_id: int
    looks_still: int = 0

    @property
    def is_still(self) -> bool:
        return self.looks_still >= STILL_LOOKS

    @property
    def is_due(self) -> bool:
        return not self.is_still or self.looks_still % STILL_LOOKS == 0


def frigate(path: Path, networks: Networks) -> Watch:
    """Frigate's policy on one recording, track dwell."""
    network = networks.get(None)
    gate, dwell = MotionGate(), TrackDwell(network, LOOKS_S)
    kerb = tuple(kerb_points().mean(axis=0) * SIZE_PX)
    things: dict[int, _Thing] = {}
    unconfirmed = np.empty((0, 4), np.float32)
    for at_s, image in _small_pictures(path):
        wanted = [*gate.boxes(image), *_boxes_due(things), *_whole_px(unconfirmed)]
        regions = _whole() if at_s == 0 else _regions(wanted)
        found = _looked(network, image, regions)
        carried = _carried(things, regions)
        tracks = dwell.judge(at_s, _joined(network, [*found, carried]), SIZE_PX)
        things = _followed(things, tracks)
        saw_kerb = any(_holds(region, kerb) for region in regions)
        yield Seen(at_s, saw_kerb=saw_kerb, alerts=len(dwell.alerted))
        unconfirmed = tracks.xyxy[(tracks.tracker_id < 0) & _may_begin(network, tracks)]


def _may_begin(network: Network, tracks: Any) -> NDArray[np.bool_]:
    """What is sure enough to become a track; the rest is not looked at again."""
    return np.asarray(tracks.confidence >= network.thresholds.track_new, np.bool_)


def _small_pictures(path: Path) -> Iterator[tuple[float, ImageBGR]]:
    """Every picture decoded, every fifth scaled down."""
    due_s = 0.0
    for at_s, frame in every_picture(path):
        if at_s + 1e-6 < due_s:
            continue
        due_s += 1 / LOOKS_S
        small = frame.reformat(width=SIZE_PX[0], height=SIZE_PX[1], format="bgr24")
        yield at_s, np.asarray(small.to_ndarray(), np.uint8)


def _whole() -> list[Box]:
    """Four overlapping regions that show the whole picture."""
    right, low = SIZE_PX[0] - REGION_PX, SIZE_PX[1] - REGION_PX
    return [(x, y, x + REGION_PX, y + REGION_PX) for x in (0, right) for y in (0, low)]


def _boxes_due(things: dict[int, _Thing]) -> list[Box]:
    return _whole_px([thing.box for thing in things.values() if thing.is_due])


def _whole_px(boxes: Iterable[NDArray[Any]]) -> list[Box]:
    return [(int(b[0]), int(b[1]), int(b[2]), int(b[3])) for b in boxes]


def _regions(boxes: list[Box]) -> list[Box]:
    """Squares around boxes; boxes that fit one smallest square share it."""
    clusters: list[Box] = []
    for box in sorted(set(boxes)):
        for number, cluster in enumerate(clusters):
            joint = _around(cluster, box)
            sides = joint[2] - joint[0], joint[3] - joint[1]
            if max(sides) * REGION_ROOM <= REGION_PX:
                clusters[number] = joint
                break
        else:
            clusters.append(box)
    regions = sorted({_square(cluster) for cluster in clusters})
    return regions if len(regions) <= len(_whole()) else _whole()


def _around(one: Box, two: Box) -> Box:
    return (
        min(one[0], two[0]),
        min(one[1], two[1]),
        max(one[2], two[2]),
        max(one[3], two[3]),
    )


def _square(box: Box) -> Box:
    """The square region around a box, moved into the picture where it fits."""
    wanted = max(box[2] - box[0], box[3] - box[1]) * REGION_ROOM
    side = max(REGION_PX, int(wanted))
    x1, x2 = _span((box[0] + box[2]) // 2, side, SIZE_PX[0])
    y1, y2 = _span((box[1] + box[3]) // 2, side, SIZE_PX[1])
    return x1, y1, x2, y2


def _span(middle: int, side: int, length: int) -> tuple[int, int]:
    start = max(0, min(middle - side // 2, length - side))
    return start, min(length, start + side)


def _looked(network: Network, image: ImageBGR, regions: list[Box]) -> list[Detections]:
    crops = [image[y1:y2, x1:x2] for x1, y1, x2, y2 in regions]
    offsets = [np.array([x1, y1, x1, y1]) for x1, y1, _, _ in regions]
    return [
        Detections(
            (found.boxes_px + offset).astype(np.float32), found.scores, found.class_ids
        )
        for found, offset in zip(network.detect(crops), offsets, strict=True)
    ]


def _carried(things: dict[int, _Thing], regions: list[Box]) -> Detections:
    """What stands still and was not looked at is taken to stand there still."""
    kept = [
        thing
        for thing in things.values()
        if thing.is_still
        and not any(_holds(region, _middle(thing)) for region in regions)
    ]
    if not kept:
        return nothing_found()
    return Detections(
        np.stack([thing.box for thing in kept]).astype(np.float32),
        np.array([thing.score for thing in kept], np.float32),
        np.array([thing.class_id for thing in kept], np.int32),
    )


def _middle(thing: _Thing) -> tuple[float, ...]:
    x1, y1, x2, y2 = thing.box
    return float(x1 + x2) / 2, float(y1 + y2) / 2


def _holds(region: Box, point: tuple[float, ...]) -> bool:
    x, y = point
    return region[0] <= x <= region[2] and region[1] <= y <= region[3]


def _joined(network: Network, found: list[Detections]) -> Detections:
    whole = Detections(
        np.concatenate([one.boxes_px for one in found]),
        np.concatenate([one.scores for one in found]),
        np.concatenate([one.class_ids for one in found]),
    )
    return merged(whole, network.thresholds.nms_iou)


def _followed(things: dict[int, _Thing], tracks: Any) -> dict[int, _Thing]:
    followed = {}
    for box, score, class_id, track in zip(
        tracks.xyxy,
        tracks.confidence,
        tracks.class_id,
        tracks.tracker_id,
        strict=True,
    ):
        if track < 0:
            continue
        place = box.astype(np.float64)
        known = things.get(int(track))
        thing = _Thing(place, place, float(score), int(class_id))
        if known is not None and _iou(known.anchor, place) >= STILL_IOU:
            thing.anchor = known.anchor
            thing.looks_still = known.looks_still + 1
        followed[int(track)] = thing
    return followed


def _iou(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    sides = np.minimum(one[2:], two[2:]) - np.maximum(one[:2], two[:2])
    both = float(np.prod(np.maximum(sides, 0)))
    areas = float(np.prod(one[2:] - one[:2])) + float(np.prod(two[2:] - two[:2]))
    return both / (areas - both) if areas > both else 0.0
