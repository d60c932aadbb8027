"""Static things across looks: born when still and new, held while hidden, ended.

In go the pixels that differ from the background and stand still; out come regions, each
with the moment it was first seen. A region lives while its place differs from the
background: passers-by hide it, they do not end it. What a person or vehicle was found
in is no region: it is that person or vehicle, whether or not every look finds it.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.left_thing import Patch, patch_kind
from detector.small_window import Shared
from streams.frame import ImageBGR

Mask = NDArray[np.bool_]

LEAST_LOOKS = 3
LEAST_STILL_S = 4.0
"""Equal looks, and seconds, before something counts as standing still."""

LEAST_PX = 30
"""Pixels of the small picture; at 480 wide 0.3 m² is 30 px where a man is 25 high."""

LEAST_INSIDE = 0.25
"""Share of a thing that must lie in a zone in which things matter."""

ONE_THING_PX = 5
"""Parts of a thing are joined over gaps this wide."""

FIRST_SHARE = 0.2
"""A thing was first seen when a fifth of it was: whoever set it down hides the rest."""

OUTGROWN = 2.0
"""A thing so many times larger than the shade it was found by has its own beginning."""

PRESENT = 0.4
"""Share of what is seen of a region's place that must differ for it to be there."""

GONE_LOOKS = 2
"""In a row: one bad picture takes nothing away."""

HIDDEN = 0.7
"""Covered by more than this, a place says nothing."""

SAME_BOX_IOU = 0.4
"""A person or vehicle found this well where a region is: it is the region."""

EXPLAINED_S = 120.0
"""How long a box found once explains what stands still there."""

ABSORB_S = 60.0
"""Light and holes become background after this long."""


@dataclass(slots=True, eq=False)
class Held:
    """A region as kept between looks.

    Attributes:
        pixels: Its pixels, shape (h, w).
        first_s: When it was first seen, media seconds.
        is_classed: Whether it is a person or vehicle after all.
        covered: Share hidden in the last look.
        missing: Looks in a row in which the background was seen in its place.
        anchor_s: When its background was forgotten; then it is there while its pixels
            have not changed since.
    """

    pixels: Mask
    first_s: float
    is_classed: bool = False
    covered: float = 0.0
    missing: int = 0
    anchor_s: float | None = None

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom, small pixels."""
        x, y, width, height = cv2.boundingRect(self.pixels.astype(np.uint8))
        return x, y, x + width, y + height


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What one look gives, small pictures all.

    Attributes:
        at_s: Media seconds.
        picture: What is seen.
        expected: The background in the light of now.
        differs: Pixels that differ from the background.
        since_s: Since when each pixel looks as now.
        shown_since_s: Since when it does so without anybody passing in front.
        looks: In how many looks it did.
        covered: Where persons, vehicles and the like are.
        boxes: Their boxes, left, top, right, bottom, shape (n, 4).
        watched: Where regions matter.
    """

    at_s: float
    picture: ImageBGR
    expected: ImageBGR
    differs: Mask
    since_s: NDArray[np.float32]
    shown_since_s: NDArray[np.float32]
    looks: NDArray[np.int32]
    covered: Mask
    boxes: NDArray[np.float32]
    watched: Mask


@dataclass(slots=True)
class StaticRegions:
    """The regions of one view."""

    held: list[Held] = field(default_factory=list)
    _seen_boxes: deque[tuple[float, NDArray[np.float32]]] = field(default_factory=deque)

    def update(self, scene: Scene) -> list[Mask]:
        """Take one look; gives patches of light and holes, to become background."""
        self._remember(scene)
        self._keep_present(scene)
        absorb: list[Mask] = []
        for patch in _patches(scene):
            owner = self._owner(patch)
            if owner is not None:
                if np.count_nonzero(patch) > OUTGROWN * np.count_nonzero(owner.pixels):
                    owner.first_s = max(owner.first_s, _first_s(patch, scene))
                owner.pixels |= patch
            else:
                kind = patch_kind(scene.picture, scene.expected, patch)
                first_s = _first_s(patch, scene)
                if kind is Patch.THING:
                    self.held.append(Held(patch, first_s))
                elif scene.at_s - first_s >= ABSORB_S:
                    absorb.append(patch)
        for region in self.held:
            region.is_classed |= self._is_explained(region)
        return absorb

    def pixels(self, shape: tuple[int, int]) -> Mask:
        """All pixels of regions."""
        taken = np.zeros(shape, np.bool_)
        for region in self.held:
            taken |= region.pixels
        return taken

    def anchor(self, at_s: float) -> None:
        """Their background was forgotten: hold on to what they look like."""
        for region in self.held:
            region.anchor_s = at_s

    def take_over(self, before: "StaticRegions", shared: Shared, watched: Mask) -> None:
        """Go on with the regions of another window that lie where these matter.

        Args:
            before: The regions of that window.
            shared: Where the two windows overlap.
            watched: Where regions matter in this one.
        """
        for region in before.held:
            pixels = np.zeros(watched.shape, np.bool_)
            pixels[shared.here] = region.pixels[shared.there]
            if pixels.any() and _is_watched(pixels, watched):
                self.held.append(replace(region, pixels=pixels))
        shift = np.array(shared.shift * 2, np.float32)
        for at_s, boxes in before._seen_boxes:  # noqa: SLF001 - of the same class
            self._seen_boxes.append((at_s, boxes + shift))

    def _remember(self, scene: Scene) -> None:
        self._seen_boxes.append((scene.at_s, scene.boxes))
        while self._seen_boxes[0][0] < scene.at_s - EXPLAINED_S:
            self._seen_boxes.popleft()

    def _keep_present(self, scene: Scene) -> None:
        kept = []
        for region in self.held:
            area = int(np.count_nonzero(region.pixels))
            seen = region.pixels & ~scene.covered
            region.covered = 1.0 - np.count_nonzero(seen) / area
            if region.covered < HIDDEN:
                there = seen & _there(region, scene)
                share = np.count_nonzero(there) / np.count_nonzero(seen)
                region.missing = 0 if share >= PRESENT else region.missing + 1
                if share >= PRESENT:
                    region.pixels &= ~(seen & ~_closed(there))
            if region.missing < GONE_LOOKS:
                kept.append(region)
        self.held = kept

    def _owner(self, patch: Mask) -> Held | None:
        """The region a patch belongs to; regions it joins become the oldest."""
        touched = [region for region in self.held if (region.pixels & patch).any()]
        if not touched:
            return None
        oldest = min(touched, key=lambda region: region.first_s)
        for other in touched:
            if other is not oldest:
                oldest.pixels |= other.pixels
                oldest.is_classed |= other.is_classed
        self.held = [r for r in self.held if r is oldest or r not in touched]
        return oldest

    def _is_explained(self, region: Held) -> bool:
        bounds = region.bounds
        return any(
            bool((_iou(bounds, boxes) >= SAME_BOX_IOU).any())
            for at_s, boxes in self._seen_boxes
            if at_s >= region.first_s
        )


def _there(region: Held, scene: Scene) -> Mask:
    if region.anchor_s is None:
        return scene.differs
    return scene.differs | (scene.since_s <= region.anchor_s)


def _patches(scene: Scene) -> Sequence[Mask]:
    """Connected pixels in plain view that differ and stand still, largest first."""
    is_still = (scene.looks >= LEAST_LOOKS) & (
        scene.at_s - scene.since_s >= LEAST_STILL_S
    )
    new = (scene.differs & is_still & ~scene.covered).astype(np.uint8)
    solid = cv2.morphologyEx(new, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    joined = _closed(solid.astype(np.bool_)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    large = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= LEAST_PX]
    large.sort(key=lambda n: -int(stats[n, cv2.CC_STAT_AREA]))
    patches = [labels == n for n in large]
    return [patch for patch in patches if _is_watched(patch, scene.watched)]


def _is_watched(patch: Mask, watched: Mask) -> bool:
    inside = np.count_nonzero(patch & watched)
    return bool(inside >= LEAST_INSIDE * np.count_nonzero(patch))


def _closed(pixels: Mask) -> Mask:
    """Gaps of a few pixels filled."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (ONE_THING_PX, ONE_THING_PX))
    closed = cv2.morphologyEx(pixels.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return closed.astype(np.bool_)


def _first_s(patch: Mask, scene: Scene) -> float:
    since = np.maximum(scene.since_s, scene.shown_since_s)[patch]
    return float(np.quantile(since, FIRST_SHARE))


def _iou(
    bounds: tuple[int, int, int, int], boxes: NDArray[np.float32]
) -> NDArray[np.float32]:
    low = np.maximum(boxes[:, :2], bounds[:2])
    high = np.minimum(boxes[:, 2:], bounds[2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    own = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    ious: NDArray[np.float32] = shared / np.maximum(area + own - shared, 1e-6)
    return ious
