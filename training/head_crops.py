"""Training crops of the head classifier, made to look like a camera on a pole's.

In: pictures with people and a random generator. Out: `HeadCrop`s of the network's
size. Each starts as the square the product would cut (`detector.head_region`), moved
and scaled as a detector errs; then it is shrunk to the pixels a distant head has,
degraded there, and enlarged again, as the product will enlarge it.

"Cannot tell" is taught with real cases: heads of a few pixels, heads covered by a piece
of another picture or cut by the edge, and squares of backs, legs and streets.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from detector.detections import BoxesXYXY, shared_px
from detector.head_region import head_squares, search_squares
from detector.look import HeadState
from streams.frame import ImageBGR
from training.head_config import HeadRecipe
from training.head_degrade import degrade_crop
from training.head_examples import STATES, HeadPicture, Worn

UNKNOWN = STATES.index(HeadState.UNKNOWN)
NO_STATE = -100
"""Of a crop whose state is not learned."""

CONTEXT = 1.35
"""The cut is this much larger than the crop, so that a turned crop has no corners."""

TINY_PX = (3.5, 8.0)
"""Heads of this height are taught as "cannot tell": people err on them too."""

MOST_PX = 200


@dataclass(frozen=True, slots=True, eq=False)
class HeadCrop:
    """One training crop.

    Attributes:
        image: Shape (s, s, 3), BGR.
        state: Index into `STATES`, or `NO_STATE`.
        heads: Shape (n, 4), pixels of the crop; None: heads are not learned here.
    """

    image: ImageBGR
    state: int
    heads: BoxesXYXY | None


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """A square of a picture widened by `stretch`, to be shown in `side_px` pixels."""

    square: np.ndarray
    stretch: float
    side_px: int


class HeadCropper:
    """Draws crops; everything comes from the generator given."""

    def __init__(self, pictures: list[HeadPicture], recipe: HeadRecipe) -> None:
        self._pictures = pictures
        self.recipe = recipe
        self._stretch = recipe.train[0].stretch
        self._heads: list[list[tuple[int, int]]] = [[] for _ in STATES]
        self._persons: list[tuple[int, int]] = []
        for number, picture in enumerate(pictures):
            for head, worn in enumerate(picture.worn):
                if worn is not Worn.NO_HELMET:
                    state = STATES.index(HeadState(worn.value))
                    self._heads[state].append((number, head))
            self._persons += [(number, n) for n in range(len(picture.persons))]
        shares = recipe.sampling.shares
        self._shares = np.array([shares[state.value] for state in STATES])
        self._shares /= self._shares.sum()

    def head(self, rng: np.random.Generator) -> HeadCrop:
        """A crop to classify."""
        state = int(rng.choice(len(STATES), p=self._shares))
        if state != UNKNOWN:
            return self._of_head(state, rng)
        kind = rng.random()
        if kind < 0.25:
            return self._of_head(UNKNOWN, rng, tiny=True)
        if kind < 0.5:
            return self._of_head(UNKNOWN, rng, covered=True)
        return self._of_nothing(rng)

    def search(self, rng: np.random.Generator) -> HeadCrop:
        """A square to find heads in."""
        number, row = self._persons[rng.integers(len(self._persons))]
        picture = self._pictures[number]
        stretch = self._draw_stretch(rng)
        person = _stretched(picture.persons[row : row + 1], stretch)[0]
        person = _jittered_person(person, self.recipe.sampling.cut_below, rng)
        square = search_squares(person[None])[0]
        heads = _stretched(picture.heads, stretch)
        owned = picture.owned[row]
        size = square[2] / 5 if owned is None else (heads[owned, 3] - heads[owned, 1])
        window = _Window(square, stretch, self._shown_px(square[2], size, rng))
        image, boxes = self._show(picture.image, window, heads, rng)
        return HeadCrop(image, NO_STATE, boxes)

    def _of_head(
        self,
        state: int,
        rng: np.random.Generator,
        *,
        tiny: bool = False,
        covered: bool = False,
    ) -> HeadCrop:
        drawn = state
        if state == UNKNOWN:
            drawn = int(rng.integers(UNKNOWN))
        number, row = self._heads[drawn][rng.integers(len(self._heads[drawn]))]
        picture = self._pictures[number]
        stretch = self._draw_stretch(rng)
        head = _stretched(picture.heads[row : row + 1], stretch)
        square = self._wandered(head_squares(head)[0], rng)
        tall = float(head[0, 3] - head[0, 1])
        if tiny:
            wanted = rng.uniform(*TINY_PX)
            shown = max(4, round(square[2] * min(1.0, wanted / tall)))
        else:
            shown = self._shown_px(square[2], tall, rng)
        image = picture.image
        if covered:
            image = self._cover(picture.image, picture.heads[row], rng)
        crop, _ = self._show(image, _Window(square, stretch, shown), None, rng)
        return HeadCrop(crop, state, None)

    def _of_nothing(self, rng: np.random.Generator) -> HeadCrop:
        """A square without a head: somebody's back or legs, or anything."""
        for _ in range(20):
            number, row = self._persons[rng.integers(len(self._persons))]
            picture = self._pictures[number]
            box = picture.persons[row]
            if rng.random() < 0.35:
                height, width = picture.image.shape[:2]
                box = np.array([0, 0, width, height], np.float32)
            size = (box[3] - box[1]) * rng.uniform(0.1, 0.35)
            centre = rng.uniform(box[:2], np.maximum(box[2:], box[:2] + 1))
            around = np.concatenate([centre - size / 2, centre + size / 2])
            around = around.astype(np.float32)[None]
            core = shared_px(around, picture.heads)
            if size < 6 or (len(picture.heads) and core.max() > 0.03 * size**2):
                continue
            square = head_squares(around)[0]
            shown = self._shown_px(square[2], float(size), rng)
            window = _Window(square, 1.0, shown)
            crop, _ = self._show(picture.image, window, None, rng)
            return HeadCrop(crop, UNKNOWN, None)
        return self._of_head(UNKNOWN, rng, tiny=True)

    def _cover(
        self, image: ImageBGR, head: np.ndarray, rng: np.random.Generator
    ) -> ImageBGR:
        """Lay a piece of another picture over most of a head."""
        other = self._pictures[rng.integers(len(self._pictures))].image
        x1, y1, x2, y2 = head
        width, height = (x2 - x1) * 1.5, (y2 - y1) * 1.5
        middle = [(x1 + x2) / 2, (y1 + y2) / 2] + rng.uniform(-0.15, 0.15, 2) * width
        left, top = (max(0, int(edge)) for edge in middle - [width / 2, height / 2])
        right = min(image.shape[1], left + max(2, int(width)))
        bottom = min(image.shape[0], top + max(2, int(height)))
        from_x = int(rng.integers(max(1, other.shape[1] - (right - left))))
        from_y = int(rng.integers(max(1, other.shape[0] - (bottom - top))))
        piece = other[from_y : from_y + bottom - top, from_x : from_x + right - left]
        covered = image.copy()
        covered[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
        return covered

    def _wandered(self, square: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        sampling = self.recipe.sampling
        size = square[2] / 1.7
        middle = square[:2] + square[2] / 2
        middle = middle + rng.uniform(-sampling.shift, sampling.shift, 2) * size
        side = square[2] * np.exp(rng.uniform(-sampling.zoom, sampling.zoom))
        return np.array([*(middle - side / 2), side], np.float32)

    def _shown_px(self, side: float, head_px: float, rng: np.random.Generator) -> int:
        """Pixels the square is shown in, never more than it has."""
        sampling = self.recipe.sampling
        ratio = 1.0
        if rng.random() >= sampling.native:
            low, high = np.log(sampling.head_px)
            ratio = min(1.0, float(np.exp(rng.uniform(low, high))) / max(head_px, 1.0))
        return int(np.clip(round(side * ratio), 6, MOST_PX))

    def _draw_stretch(self, rng: np.random.Generator) -> float:
        return float(np.exp(rng.uniform(*np.log(self._stretch))))

    def _show(
        self,
        image: ImageBGR,
        window: _Window,
        heads: BoxesXYXY | None,
        rng: np.random.Generator,
    ) -> tuple[ImageBGR, BoxesXYXY | None]:
        """The window as a camera far away would have it, at the network's size."""
        side_px = self.recipe.input_px
        shown = window.side_px
        cut, to_cut = _cut_context(image, window, min(2 * shown, MOST_PX))
        turn = _turn(cut.shape[0], shown, self.recipe.degradation.tilt, rng)
        turned = cv2.warpPerspective(
            cut, turn, (shown, shown), borderMode=cv2.BORDER_REPLICATE
        )
        crop = np.asarray(turned, np.uint8)
        flipped = rng.random() < 0.5
        if flipped:
            crop = np.ascontiguousarray(crop[:, ::-1])
        crop = degrade_crop(crop, self.recipe.degradation, rng)
        way = cv2.INTER_AREA if shown > side_px else cv2.INTER_LINEAR
        sized = cv2.resize(crop, (side_px, side_px), interpolation=way)
        crop = np.asarray(sized, np.uint8)
        if heads is None:
            return _overturned(crop, self.recipe.degradation.overturn, rng), None
        matrix = np.diag([side_px / shown, side_px / shown, 1]) @ turn @ to_cut
        return crop, _moved_heads(heads, matrix, side_px, flipped=flipped)


def _stretched(boxes: BoxesXYXY, factor: float) -> BoxesXYXY:
    scaled: BoxesXYXY = boxes * np.array([factor, 1, factor, 1], np.float32)
    return scaled


def _jittered_person(
    box: np.ndarray, cut_below: float, rng: np.random.Generator
) -> np.ndarray:
    """A person's box as a detector would give it."""
    width, height = box[2] - box[0], box[3] - box[1]
    if rng.random() < cut_below:
        height = max(height * rng.uniform(0.35, 1.0), min(height, 0.6 * width))
    sides = rng.normal(0, 0.04, 4) * [width, height, width, height]
    moved = np.array([box[0], box[1], box[2], box[1] + height]) + sides
    moved[2:] = np.maximum(moved[2:], moved[:2] + 2)
    return moved.astype(np.float32)


def _overturned(crop: ImageBGR, share: float, rng: np.random.Generator) -> ImageBGR:
    """Some crops on their side or upside down; a share of 0 draws nothing."""
    if share == 0.0 or rng.random() >= share:
        return crop
    return np.ascontiguousarray(np.rot90(crop, int(rng.integers(1, 4))))


def _cut_context(
    image: ImageBGR, window: _Window, cut_px: int
) -> tuple[ImageBGR, np.ndarray]:
    """Cut `CONTEXT` times the window; also the matrix from stretched pixels to it."""
    left, top, side = window.square
    margin = (CONTEXT - 1) / 2 * side
    left, top, side = left - margin, top - margin, CONTEXT * side
    x1, x2 = round(left / window.stretch), round((left + side) / window.stretch)
    y1, y2 = round(top), round(top + side)
    x2, y2 = max(x2, x1 + 2), max(y2, y1 + 2)
    height, width = image.shape[:2]
    inner = image[max(y1, 0) : min(y2, height), max(x1, 0) : min(x2, width)]
    if not inner.size:
        inner = np.full((1, 1, 3), 114, np.uint8)
        x1, y1, x2, y2 = 0, 0, 1, 1
    part = cv2.copyMakeBorder(
        inner,
        max(-y1, 0),
        max(y2 - height, 0),
        max(-x1, 0),
        max(x2 - width, 0),
        cv2.BORDER_CONSTANT,
        value=(114,) * 3,
    )
    shrinks = part.shape[0] > cut_px
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    cut = np.asarray(cv2.resize(part, (cut_px, cut_px), interpolation=way), np.uint8)
    scale = cut_px / side
    matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale], [0, 0, 1]])
    return cut, matrix


def _turn(
    cut_px: int, shown_px: int, share: float, rng: np.random.Generator
) -> np.ndarray:
    """The matrix from the cut to the crop: the middle, sometimes turned and tilted."""
    scale = shown_px * CONTEXT / cut_px
    place = np.array([[1, 0, -cut_px / 2], [0, 1, -cut_px / 2], [0, 0, 1.0]])
    back = np.array([[1, 0, shown_px / 2], [0, 1, shown_px / 2], [0, 0, 1.0]])
    turned = np.eye(3)
    if rng.random() < share:
        angle = np.deg2rad(rng.normal(0, 7))
        cos, sin = np.cos(angle), np.sin(angle)
        shear = rng.uniform(-0.12, 0.12, 2)
        squash = np.exp(rng.uniform(-0.12, 0.12))
        tilt = np.array([[squash, shear[0], 0], [shear[1], 1 / squash, 0], [0, 0, 1]])
        turned = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ tilt
        turned[2, :2] = rng.uniform(-0.15, 0.15, 2) / cut_px
    whole: np.ndarray = back @ np.diag([scale, scale, 1]) @ turned @ place
    return whole


def _moved_heads(
    heads: BoxesXYXY, matrix: np.ndarray, side_px: int, *, flipped: bool
) -> BoxesXYXY:
    """Heads in pixels of the crop, those whose middle lies in it."""
    if not len(heads):
        return np.zeros((0, 4), np.float32)
    corners = heads[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 1, 2).astype(np.float64)
    moved = cv2.perspectiveTransform(corners, matrix).reshape(-1, 4, 2)
    boxes = np.concatenate([moved.min(1), moved.max(1)], axis=1)
    if flipped:
        boxes[:, [0, 2]] = side_px - boxes[:, [2, 0]]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside = ((middle >= 0) & (middle < side_px)).all(axis=1)
    return boxes[inside].astype(np.float32)
