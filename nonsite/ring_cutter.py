"""Cuts evidence clips from the packet rings of a worker's feeds."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from alerts.clip_cutter import CutClip
from alerts.errors import ClipError, StoreFullError
from alerts.pack_scene import Corners
from base.ids import CameraId
from rules.violation import Gap
from streams import errors as stream_errors
from streams.clip import cut, h264_derivative
from streams.clip_picture import picture_at
from streams.errors import ClipFault
from streams.packet import Codec
from streams.ring import ClipRecording, PacketRing

CLIP_NAME = "clip.mp4"
DERIVED_NAME = "clip.h264.mp4"

RingOf = Callable[[CameraId], PacketRing | None]
"""The ring clips of a camera are cut from; None when it has no feed any more."""


class RingRecording:
    """One recording, as the evidence keeper knows it."""

    def __init__(self, recording: ClipRecording) -> None:
        self._recording = recording

    def cut(self, folder: Path) -> CutClip:
        """Write `clip.mp4` into `folder`.

        Raises:
            ClipError: Nothing was recorded, or it cannot be an MP4.
            StoreFullError: The disk is full.
        """
        try:
            clip = cut(self._recording, folder / CLIP_NAME)
        except stream_errors.ClipError as error:
            raise _translated(error, folder) from error
        return CutClip(
            path=clip.path,
            start=clip.start,
            end=clip.end,
            codec=clip.codec.value,
            short_before_s=clip.short_by_start_s,
            short_after_s=clip.short_by_end_s,
            gaps=tuple(Gap(gap.start, gap.end) for gap in clip.gaps),
        )

    def derive(
        self, clip: CutClip, folder: Path, masks: Sequence[Corners] = ()
    ) -> Path | None:
        """An H.264 copy of an H.265 clip; None where the clip plays everywhere.

        `masks` are painted over in each of its pictures.

        Raises:
            ClipError: It cannot be made.
            StoreFullError: The disk is full.
        """
        if clip.codec == Codec.H264.value:
            return None
        out = folder / DERIVED_NAME
        try:
            h264_derivative(clip.path, out, masks)
        except stream_errors.ClipError as error:
            raise _translated(error, folder) from error
        return out

    def release(self) -> None:
        """Let the packets go."""
        self._recording.close()


class RingCutter:
    """The rings of a worker's feeds as a `ClipCutter`."""

    def __init__(self, ring_of: RingOf) -> None:
        self._ring_of = ring_of

    def record(self, camera: CameraId, start: datetime, end: datetime) -> RingRecording:
        """Hold the camera's packets from `start` until `end`.

        Raises:
            ClipError: The camera has no ring any more.
        """
        ring = self._ring_of(camera)
        if ring is None:
            raise ClipError(f"camera {camera} has no feed any more")
        return RingRecording(ring.record(start, end))


def clip_picture_at(
    path: Path, start: datetime, at: datetime
) -> tuple[datetime, bytes]:
    """The picture a clip shows at a moment, as `alerts/panoramas.py` asks for it.

    Raises:
        ClipError: No picture of it can be decoded.
    """
    try:
        return picture_at(path, start, at)
    except stream_errors.ClipError as error:
        raise ClipError(str(error)) from error


def _translated(
    error: stream_errors.ClipError, folder: Path
) -> ClipError | StoreFullError:
    if error.fault is ClipFault.DISK_FULL:
        return StoreFullError(f"{folder}: the disk is full: free space there")
    return ClipError(str(error))
