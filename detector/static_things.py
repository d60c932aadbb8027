"""Things left standing in a view, whatever they are: pictures in, regions out.

Two memories of the view are kept. The short one knows since when each pixel has looked
as it does; the long one how the view looks when nothing is left in it. What differs
from the long one and stands still in the short one, and is neither person nor vehicle,
light nor hole, is a region. All is done on a small picture, on media time alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from detector.background import Background, Compared, Mask, restored
from detector.coverage import Polygon
from detector.look import Region, Unseen
from detector.small_window import SmallWindow, window_round
from detector.static_regions import HIDDEN, Held, Scene, StaticRegions
from detector.stillness import Stillness
from detector.thumbnail import signature_at
from streams.frame import ImageBGR

EVERY = timedelta(seconds=0.9)
"""Nothing here needs more than a look a second."""

LEARNED_LOOKS = 4
"""Equal looks after which a pixel nobody has seen before is background."""

KNOWN_SHARE = 0.5
"""Share of the watched pixels that must be known before regions are told."""

LIGHT_CHANGED = 0.4
"""Differing share of what is seen from which the light changed, not the things."""

NEW_LIGHT_S = 60.0
"""After this long in another light the background is learned anew."""

LEARN_EVERY_S = 10.0

ROUND_BOX = 0.1
"""Share of its width and height a person's or vehicle's box is widened by."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one look says of things left standing."""

    regions: tuple[Region, ...] = ()
    unseen: Unseen | None = None


class _Memory:
    """All that is kept of a view in one picture size."""

    def __init__(
        self, window: SmallWindow, masks: Sequence[Polygon], raw: bytes | None
    ) -> None:
        self.window = window
        self.masked = window.drawn(masks)
        self.watched = window.watched & ~self.masked
        kept = None if raw is None else restored(raw, window, ~self.masked)
        self.background = kept or Background(window.shape)
        self.stillness = Stillness(window.shape)
        self.regions = StaticRegions()
        self.other_light_s: float | None = None
        self.learned_s = 0.0
        self.differs_since_s = np.zeros(window.shape, np.float32)
        self.differed = np.zeros(window.shape, np.bool_)

    def take_over(self, before: "_Memory", at_s: float, small: ImageBGR) -> None:
        """Go on with what is remembered of the same view round other zones."""
        old = before.window
        shared = self.window.shared(old.place, old.shape)
        if shared is None:
            return
        self.background.take_over(before.background, shared, ~self.masked)
        self.stillness.take_over(before.stillness, shared, small, at_s)
        self.regions.take_over(before.regions, shared, self.watched)
        self.other_light_s, self.learned_s = before.other_light_s, before.learned_s
        self.differs_since_s[shared.here] = before.differs_since_s[shared.there]
        self.differed[shared.here] = before.differed[shared.there]

    def see(
        self, at_s: float, small: ImageBGR, boxes: NDArray[np.float32]
    ) -> Unseen | None:
        """Take one look; why it says nothing of regions, None where it does."""
        covered = self.window.under(boxes, ROUND_BOX) | self.masked
        self.stillness.see(small, at_s, covered)
        self._take_new(~covered & ~self.background.known)
        watched = self.watched
        known = np.count_nonzero(self.background.known & watched)
        if not known or known < KNOWN_SHARE * np.count_nonzero(watched):
            return Unseen.BACKGROUND_LEARNING
        compared = self.background.compare(small, covered, watched)
        if compared.share > LIGHT_CHANGED:
            self._in_other_light(at_s)
            return Unseen.LIGHT_CHANGED
        self.other_light_s = None
        self._note_differing(at_s, compared.differs, covered)
        scene = Scene(
            at_s=at_s,
            picture=small,
            expected=compared.expected,
            differs=compared.differs,
            since_s=np.maximum(self.stillness.since_s, self.differs_since_s),
            shown_since_s=self.stillness.shown_since_s,
            looks=self.stillness.looks,
            covered=covered,
            boxes=boxes,
            watched=watched,
        )
        for patch in self.regions.update(scene):
            self.background.take(self.stillness.picture, patch)
        self._learn(at_s, small, compared, covered)
        return None

    def _note_differing(self, at_s: float, differs: Mask, covered: Mask) -> None:
        """Since when each pixel differs: a slow shade is no older than that."""
        self.differs_since_s[differs & ~self.differed] = at_s
        self.differed = differs | (self.differed & covered)

    def _take_new(self, candidates: Mask) -> None:
        """Let what stood still in view become background where none is known."""
        fresh = candidates & (self.stillness.looks >= LEARNED_LOOKS)
        fresh &= ~self.regions.pixels(self.window.shape)
        if fresh.any():
            self.background.take(self.stillness.picture, fresh)

    def _in_other_light(self, at_s: float) -> None:
        """Day turned to night: after a while that is how the view looks."""
        if self.other_light_s is None:
            self.other_light_s = at_s
        elif at_s - self.other_light_s >= NEW_LIGHT_S:
            self.background.forget()
            self.regions.anchor(at_s)
            self.other_light_s = None

    def _learn(
        self, at_s: float, small: ImageBGR, compared: Compared, covered: Mask
    ) -> None:
        passed_s = at_s - self.learned_s
        if passed_s < LEARN_EVERY_S:
            return
        self.learned_s = at_s
        left = self.regions.pixels(self.window.shape)
        seen = self.background.known & ~covered & ~compared.differs & ~left
        self.background.learn(small, compared.expected, seen, passed_s)


class StaticThings:
    """The static things of one view; called once a look, from one thread."""

    def __init__(
        self,
        zones: Sequence[Polygon],
        raw: bytes | None = None,
        masks: Sequence[Polygon] = (),
        before: "StaticThings | None" = None,
    ) -> None:
        """Watch some zones.

        Args:
            zones: Where regions matter, 0…1; at least one.
            raw: The long memory as an earlier run saved it.
            masks: What is black in all pictures: nothing is known of it.
            before: What watched the view until now, round other zones or masks.
        """
        self._zones, self._masks = tuple(zones), tuple(masks)
        self._raw, self._before = raw, before
        self._start: datetime | None = None
        self._last: datetime | None = None
        self._memory: _Memory | None = None
        self._told = Told(unseen=Unseen.BACKGROUND_LEARNING)

    def see(self, at: datetime, image: ImageBGR, boxes_px: NDArray[np.float32]) -> Told:
        """Take one look.

        Args:
            at: Its media time.
            image: Shape (h, w, 3), privacy masks black, sway taken out.
            boxes_px: Persons, vehicles and all else that moves of its own, weak
                detections included: left, top, right, bottom in pixels, shape (n, 4).
        """
        if self._before is not None and self._last is None:
            self._start = self._before._start  # noqa: SLF001 - of the same class
        if self._last is not None and timedelta(0) <= at - self._last < EVERY:
            return self._told
        if self._start is None or at < self._start:
            self._start = at
        self._last = at
        size = image.shape[1], image.shape[0]
        at_s = (at - self._start).total_seconds()
        if self._memory is None or self._memory.window.size_px != size:
            self._memory = self._begun(at_s, image)
        memory, window = self._memory, self._memory.window
        unseen = memory.see(at_s, window.cut(image), window.boxes(boxes_px))
        regions = tuple(
            _region(held, window, at_s, self._start, image)
            for held in memory.regions.held
            if not held.is_classed
        )
        self._told = Told(regions, unseen)
        return self._told

    def _begun(self, at_s: float, image: ImageBGR) -> _Memory:
        size = image.shape[1], image.shape[0]
        window = window_round(self._zones, size, on_grid=True)
        memory = _Memory(window, self._masks, self._raw)
        before, self._before = self._before, None
        if before is not None and before._memory is not None:  # noqa: SLF001
            memory.take_over(before._memory, at_s, window.cut(image))  # noqa: SLF001
        return memory

    def dump(self) -> bytes | None:
        """The long memory, to be saved; None while it is being learned."""
        is_learning = self._told.unseen is Unseen.BACKGROUND_LEARNING
        if self._memory is None or is_learning:
            return None
        return self._memory.background.dump(self._memory.window.place)


def _region(
    held: Held, window: SmallWindow, at_s: float, start: datetime, image: ImageBGR
) -> Region:
    box = window.box(held.bounds)
    corners = np.array([box.x1, box.y1, box.x2, box.y2]) * (window.size_px * 2)
    is_hidden = held.covered >= HIDDEN
    return Region(
        box=box,
        area=window.share(int(np.count_nonzero(held.pixels))),
        static_s=at_s - held.first_s,
        first_seen=start + timedelta(seconds=held.first_s),
        covered=held.covered,
        signature=None
        if is_hidden
        else signature_at(image, corners.astype(np.float32)),
    )
