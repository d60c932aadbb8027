"""How persons hold themselves: upright, low or lying; since when, and how still.

In go the tracks of a look with its picture; out come the same tracks, persons with
their `Body`. Shape comes from the box: its height against its width, and against what
people stand at that spot of the picture, learned from those who walk by. Motion comes
from the pixels inside the box against the look before. Memory is of places as much as
of ids, since someone who lies does not move and detectors lose him now and then. Only
somebody who was seen otherwise before, and where nothing lay before, is called lying:
networks see people in rocks and bags too.

Limits: a body that lies along the line of sight of a steep camera is foreshortened and
reads as low; a body half hidden is unknown. The thresholds are those of proportions of
the human body (crouching halves its height, lying quarters it), not fitted to footage.
Who vanishes in the middle of the picture is looked for lying, see `sideways`.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import dist

import numpy as np
from numpy.typing import NDArray

from detector.box import Box
from detector.light import apart
from detector.look import PERSON, Body, Posture, Track, TrackId
from detector.sideways import Sideways
from detector.small_window import SmallWindow, window_round
from detector.standing_height import StandingHeights
from streams.frame import ImageBGR

SMALLEST_PX = 24.0
"""The longer side of a body below this is a smear."""

COVERED = 0.4
"""Hidden by more, a box shows a part of a body."""

EDGE = 0.005
"""A box that touches the picture's edge is cut off."""

SAME_PLACE_IOU = 0.3
"""A person who lies or sits keeps more of the place than this between looks."""

NEAR = 0.75
"""Middles of one body's boxes are this many body lengths apart at most."""

REMEMBERED = timedelta(seconds=6)
"""A body not found for this long is another one when it is found again."""

NEW_SHARE = 0.35
"""Share of a lying body's box that must look otherwise than while the body stood."""

LEAVING = 0.02
"""So near to the picture's edge a person may have walked out of it."""

MOST_SOUGHT = 2
"""Of those not found, so many are sought in one look: who lies, then the nearest."""

FALL_S = 2.5
"""From upright to lying; a fall from standing height takes 0.5 to 1.5 s."""

SPARSE_S = 1.2
"""With a longer gap between looks nobody can tell falling from lying down."""

DROP = 0.4
"""The top of the box comes down by this share of the standing height at least."""

MOTION = 26
"""Of 255, in the channel that differs most: above noise of compression."""

MOVING_SHARE = 0.06
"""Share of a box's pixels that change when a limb moves."""


@dataclass(slots=True)
class _Known:
    """One body as remembered."""

    box: Box
    id: TrackId | None
    at: datetime
    posture: Posture
    posture_since: datetime
    still_since: datetime
    pending: Posture | None = None
    fell: bool | None = None
    is_clockwise: bool = True
    stood_in: tuple[ImageBGR, ...] = ()
    trail: deque[tuple[datetime, Posture, Box]] = field(default_factory=deque)


class Bodies:
    """The bodies of one view; called once a look, from one thread."""

    def __init__(self, sideways: Sideways | None = None) -> None:
        """Begin with nobody; `sideways` finds those who lie, None: nobody asks it."""
        self._sideways = sideways
        self._known: list[_Known] = []
        self._heights = StandingHeights()
        self._window: SmallWindow | None = None
        self._before: ImageBGR | None = None
        self._epoch: int | None = None

    def see(
        self, at: datetime, epoch: int, image: ImageBGR, tracks: Sequence[Track]
    ) -> tuple[Track, ...]:
        """The tracks, persons with their body.

        Args:
            at: Media time.
            epoch: The frame's; a new one forgets everybody.
            image: Shape (h, w, 3), privacy masks black.
            tracks: Everything found.
        """
        size = image.shape[1], image.shape[0]
        if self._window is None or self._window.size_px != size:
            whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
            self._window, self._before = window_round((whole,), size), None
        if epoch != self._epoch:
            self._epoch, self._known, self._before = epoch, [], None
        now = self._window.cut(image)
        moved = None if self._before is None else apart(now, self._before) > MOTION
        self._before = now
        self._known = [k for k in self._known if at - k.at <= REMEMBERED]
        free = list(self._known)
        seen = []
        for track in tracks:
            body = None
            if track.label == PERSON:
                body = self._body(at, track, size, moved, free)
            seen.append(track if body is None else replace(track, body=body))
        sought = [known for known in free if len(known.stood_in) > 1]
        sought.sort(key=lambda k: (k.posture is not Posture.LYING, -k.box.area))
        for known in sought[:MOST_SOUGHT]:
            lying = self._sought(known, image, seen)
            if lying is not None:
                body = self._body(at, lying, size, moved, [known])
                seen.append(replace(lying, body=body))
        return tuple(sorted(seen, key=lambda track: -track.score))

    def _sought(
        self, known: _Known, image: ImageBGR, seen: Sequence[Track]
    ) -> Track | None:
        """Somebody who vanished, found lying.

        The picture is turned the other way each time until that helps.
        """
        box = known.box
        is_leaving = min(box.x1, box.y1, 1 - box.x2, 1 - box.y2) < LEAVING
        if self._sideways is None or is_leaving:
            return None
        found = self._sideways.find(image, box, is_clockwise=known.is_clockwise)
        people = [track.box for track in seen if track.label == PERSON]
        if (
            found is None
            or _lengths_apart(found.box, box, (image.shape[1], image.shape[0])) > NEAR
            or any(found.box.iou(p) >= SAME_PLACE_IOU for p in people)
            or not (known.posture is Posture.LYING or self._is_new(found.box, known))
        ):
            known.is_clockwise = not known.is_clockwise
            return None
        height_px = (found.box.y2 - found.box.y1) * image.shape[0]
        return Track(found.box, PERSON, found.score, height_px, id=known.id)

    def _body(
        self,
        at: datetime,
        track: Track,
        size: tuple[int, int],
        moved: NDArray[np.bool_] | None,
        free: list[_Known],
    ) -> Body:
        posture = self._posture(track, size)
        known = _match(track, free, size)
        if known is None:
            is_flat = posture is Posture.LYING
            first = Posture.UNKNOWN if is_flat else posture
            known = _Known(track.box, track.id, at, first, at, at)
            self._known.append(known)
        else:
            free.remove(known)
        is_lying = posture is Posture.LYING
        if (
            is_lying
            and known.posture is not posture
            and not self._is_new(track.box, known)
        ):
            posture = Posture.UNKNOWN  # what always lay there is a rock or a bag
        self._follow(known, at, track, posture, moved)
        return Body(
            posture=known.posture if posture is not Posture.UNKNOWN else posture,
            posture_s=_seconds(known.posture_since, at),
            still_s=_seconds(known.still_since, at),
            fell=known.fell if known.posture is Posture.LYING else None,
        )

    def _is_new(self, box: Box, known: _Known) -> bool:
        """Whether something lies where nothing lay while the person stood.

        Turned pictures have people in them that are cones, tape and bushes.
        """
        now = self._before
        if now is None or not known.stood_in:
            return False
        changed = [apart(now, before) > MOTION for before in known.stood_in[:-1]]
        changed = changed or [apart(now, known.stood_in[0]) > MOTION]
        return _share(np.logical_and.reduce(changed), box) >= NEW_SHARE

    def _posture(self, track: Track, size: tuple[int, int]) -> Posture:
        """What one box says."""
        box, (width, height) = track.box, size
        wide, high = (box.x2 - box.x1) * width, (box.y2 - box.y1) * height
        is_cut = min(box.x1, box.y1, 1 - box.x2, 1 - box.y2) < EDGE
        if is_cut or track.covered > COVERED or max(wide, high) < SMALLEST_PX:
            return Posture.UNKNOWN
        expected = self._heights.at(box.y2)
        posture = posture_of(
            wide, high, None if expected is None else expected * height
        )
        if posture is Posture.UPRIGHT:
            self._heights.note(box.y2, box.y2 - box.y1, wide / high)
        return posture

    def _follow(
        self,
        known: _Known,
        at: datetime,
        track: Track,
        posture: Posture,
        moved: NDArray[np.bool_] | None,
    ) -> None:
        """Carry one body on by one look."""
        is_elsewhere = known.box.iou(track.box) < SAME_PLACE_IOU
        if is_elsewhere or self._has_moved(track.box, moved):
            known.still_since = at
        if posture in (known.posture, Posture.UNKNOWN):
            known.pending = None
        elif known.pending is posture or known.posture is Posture.UNKNOWN:
            # two looks in a row: one odd box is no posture
            known.posture_since = known.at if known.pending is posture else at
            known.posture, known.pending = posture, None
            if posture is Posture.LYING:
                known.fell = self._fell(known, at, track.box)
        else:
            known.pending = posture
        if posture is Posture.UPRIGHT and self._before is not None:
            known.stood_in = (*known.stood_in[-3:], self._before)
        known.box, known.id, known.at = track.box, track.id, at
        known.trail.append((at, posture, track.box))
        while known.trail and _seconds(known.trail[0][0], at) > FALL_S:
            known.trail.popleft()

    def _has_moved(self, box: Box, moved: NDArray[np.bool_] | None) -> bool:
        if moved is None:
            return False
        return _share(moved, box) > MOVING_SHARE

    def _fell(self, known: _Known, at: datetime, box: Box) -> bool | None:
        """Whether the body came down from upright within moments."""
        times = [when for when, _, _ in known.trail] + [at]
        gaps = [_seconds(a, b) for a, b in pairwise(times)]
        if not gaps or max(gaps) > SPARSE_S:
            return None
        stood = [b for _, p, b in known.trail if p is Posture.UPRIGHT]
        if not stood:
            return False
        height = max(b.y2 - b.y1 for b in stood)
        return box.y1 - min(b.y1 for b in stood) >= DROP * height


def posture_of(wide: float, high: float, standing: float | None) -> Posture:
    """What the proportions of one whole body say.

    Args:
        wide: Width of its box, pixels.
        high: Height of its box.
        standing: Height people stand at that spot, pixels; None while not known.
    """
    slender = high / wide if wide > 0 else 0.0
    if slender <= 0.7:
        return Posture.LYING
    if standing is None:
        return Posture.UPRIGHT if slender >= 1.6 else Posture.LOW
    tall = high / standing
    if tall <= 0.42 and slender <= 0.9:
        return Posture.LYING
    if (tall >= 0.8 and slender >= 1.2) or (tall >= 0.65 and slender >= 2.0):
        return Posture.UPRIGHT
    return Posture.LOW


def _match(track: Track, free: list[_Known], size: tuple[int, int]) -> _Known | None:
    """The body a track carries on: by id, else by place, else by nearness.

    Who falls lies beside where he stood: the boxes hardly overlap.
    """
    if track.id is not None:
        for known in free:
            if known.id == track.id:
                return known
    near = [(known.box.iou(track.box), n) for n, known in enumerate(free)]
    best = max(near, default=(0.0, -1))
    if best[0] >= SAME_PLACE_IOU:
        return free[best[1]]
    near = [
        (-_lengths_apart(known.box, track.box, size), n) for n, known in enumerate(free)
    ]
    best = max(near, default=(-NEAR - 1, -1))
    return free[best[1]] if -best[0] <= NEAR else None


def _lengths_apart(one: Box, other: Box, size: tuple[int, int]) -> float:
    """Distance of two bodies' middles in lengths of the larger."""
    middles = [
        ((box.x1 + box.x2) / 2 * size[0], (box.y1 + box.y2) / 2 * size[1])
        for box in (one, other)
    ]
    length = max(
        max((box.x2 - box.x1) * size[0], (box.y2 - box.y1) * size[1])
        for box in (one, other)
    )
    return dist(*middles) / max(length, 1.0)


def _share(mask: NDArray[np.bool_], box: Box) -> float:
    """Share of a box's pixels that are set."""
    rows, cols = mask.shape
    part = mask[
        max(0, int(box.y1 * rows)) : int(box.y2 * rows) + 1,
        max(0, int(box.x1 * cols)) : int(box.x2 * cols) + 1,
    ]
    return float(part.mean()) if part.size else 0.0


def _seconds(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds()
