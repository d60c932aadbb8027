"""Identity across looks: ByteTrack, one instance per camera and kind of thing.

In go the detections of one look with its media time; out comes an id for each, or
None. A walker moves his own width in two seconds, so between slow looks boxes say
nothing about identity: ids are claimed only while looks come at least twice a second,
as their times tell, never as the plan promises. Standing things need no identity:
rules keep slots for them. Kinds are tracked apart, for the library knows no classes
and would hand a van's id to the man walking past it.
"""

from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.look import TrackId
from models.manifest import Thresholds

if TYPE_CHECKING:
    from trackers.core.bytetrack.tracker import ByteTrackTracker

LONGEST_GAP_S = 0.55
"""Two looks a second, with room for the frame grid of a slow feed (0.48 + 0.56)."""

GAPS_WATCHED = 4
"""Looks over which the rate is averaged."""

LIBRARY_RATE = 30.0
"""`lost_track_buffer` counts frames of a 30 fps video, whatever the rate is."""

LOST_S = 2.0
"""A thing hidden this long gets a new id."""

FIRST_IOU = 0.1
"""Overlap with the predicted box that keeps an id; at two looks a second a walker
overlaps his prediction little (the library's own default)."""


class LookRate:
    """The measured pace of looks, on media time."""

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._gaps: deque[float] = deque(maxlen=GAPS_WATCHED)

    def seen(self, at: datetime) -> None:
        """Count a look; time that stands still or runs back starts anew."""
        if self._last is not None:
            gap = (at - self._last).total_seconds()
            if gap <= 0 or gap > 2 * LONGEST_GAP_S:
                self._gaps.clear()
            if gap > 0:
                self._gaps.append(gap)
        self._last = at

    @property
    def gap_s(self) -> float | None:
        """Mean seconds between looks; None until there were two."""
        return sum(self._gaps) / len(self._gaps) if self._gaps else None


class Tracking:
    """Ids for one camera: `<worker epoch>.<n>`, n counted per camera from 1."""

    def __init__(self, thresholds: Thresholds, worker_epoch: int) -> None:
        """Take thresholds from the manifest.

        Args:
            thresholds: Where the two associations and new tracks begin.
            worker_epoch: What tells this worker's ids from an earlier worker's.
        """
        self._thresholds = thresholds
        self._worker_epoch = worker_epoch
        self._issued = 0
        self._rate = LookRate()
        self._frame_epoch: int | None = None
        self._start: datetime | None = None
        self._trackers: dict[int, ByteTrackTracker] = {}
        self._ids: dict[tuple[int, int], TrackId] = {}

    def update(
        self,
        at: datetime,
        frame_epoch: int,
        found: Detections,
        kinds: NDArray[np.int32],
    ) -> list[TrackId | None]:
        """Ids of what one look found.

        Args:
            at: Media time of the look.
            frame_epoch: The frame's; a new one ends all tracks.
            found: Boxes in picture pixels, down to the manifest's `track_low`.
            kinds: For each detection the kind it is tracked with.

        Returns:
            For each detection its id; None where none is claimed.
        """
        if frame_epoch != self._frame_epoch:
            self._frame_epoch = frame_epoch
            self._rate = LookRate()
            self._forget()
        self._rate.seen(at)
        gap_s = self._rate.gap_s
        if gap_s is None or gap_s > LONGEST_GAP_S:
            self._forget()
            return [None] * len(found)
        if self._start is None:
            self._start = at
        # The library drops time zero's meaning, not its order: start above it.
        elapsed_s = (at - self._start).total_seconds() + gap_s
        return self._associate(elapsed_s, gap_s, found, kinds)

    def _associate(
        self,
        elapsed_s: float,
        gap_s: float,
        found: Detections,
        kinds: NDArray[np.int32],
    ) -> list[TrackId | None]:
        ids: list[TrackId | None] = [None] * len(found)
        present = {int(kind) for kind in kinds}
        for kind in sorted(present | set(self._trackers)):
            if kind not in self._trackers:
                self._trackers[kind] = _tracker(self._thresholds, 1 / gap_s)
            rows = np.flatnonzero(kinds == kind)
            numbers = _step(self._trackers[kind], found.take(rows), elapsed_s)
            for row, number in zip(rows, numbers, strict=True):
                if number >= 0:
                    ids[row] = self._named(kind, number)
        self._drop_dead()
        return ids

    def _named(self, kind: int, number: int) -> TrackId:
        """Our id for the library's: numbers of a camera are never used twice."""
        if (kind, number) not in self._ids:
            self._issued += 1
            name = TrackId(f"{self._worker_epoch}.{self._issued}")
            self._ids[kind, number] = name
        return self._ids[kind, number]

    def _drop_dead(self) -> None:
        alive = {
            (kind, int(track.tracker_id))
            for kind, tracker in self._trackers.items()
            for track in tracker.tracks
        }
        self._ids = {key: name for key, name in self._ids.items() if key in alive}

    def _forget(self) -> None:
        self._trackers.clear()
        self._ids.clear()
        self._start = None


def _tracker(thresholds: Thresholds, looks_per_s: float) -> "ByteTrackTracker":
    # Loaded when first needed: it brings supervision, scipy and 1.4 s of start-up,
    # and most cameras are looked at too slowly for any identity.
    from trackers.core.bytetrack.tracker import ByteTrackTracker  # noqa: PLC0415

    return ByteTrackTracker(
        lost_track_buffer=round(LOST_S * LIBRARY_RATE),
        frame_rate=looks_per_s,
        track_activation_threshold=thresholds.track_new,
        minimum_consecutive_frames=2,
        minimum_iou_threshold=FIRST_IOU,
        high_conf_det_threshold=thresholds.track_high,
    )


def _step(
    tracker: "ByteTrackTracker", found: Detections, elapsed_s: float
) -> list[int]:
    """One update of the library; its number for each detection, -1 for none."""
    import supervision  # noqa: PLC0415  # comes with the tracker, see above

    rows = np.arange(len(found))
    given = supervision.Detections(
        xyxy=found.boxes_px, confidence=found.scores, data={"row": rows}
    )
    taken = tracker.update(given, timestamp=elapsed_s)
    numbers = [-1] * len(found)
    if len(taken) and taken.tracker_id is not None:
        for row, number in zip(taken.data["row"], taken.tracker_id, strict=True):
            numbers[int(row)] = int(number)
    return numbers
