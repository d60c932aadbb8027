"""Port: whoever holds a camera's packets cuts clips from them for the evidence.

The evidence keeper cannot know of decoders (the web process imports this folder), so
the worker hands it this port over the packet rings of its feeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from alerts.pack_scene import Corners
from base.ids import CameraId
from rules.violation import Gap


@dataclass(frozen=True, slots=True)
class CutClip:
    """A clip on the local disk, the camera's own packets.

    Attributes:
        path: The MP4 file.
        start: Media time of its first picture.
        end: Media time of its last picture.
        codec: As the camera sent it: `h264`, `hevc`.
        short_before_s: Seconds wanted before `start` and not had, 0 when none.
        short_after_s: Seconds wanted after `end` and not had, 0 when none.
        gaps: Stretches inside it without packets.
        derived: A copy every browser plays, where the clip itself is not one.
    """

    path: Path
    start: datetime
    end: datetime
    codec: str
    short_before_s: float = 0.0
    short_after_s: float = 0.0
    gaps: tuple[Gap, ...] = ()
    derived: Path | None = None


class Recording(Protocol):
    """Packets of one camera held from a wanted start, still growing to a wanted end."""

    def cut(self, folder: Path) -> CutClip:
        """Write what there is so far as `clip.mp4` into `folder`, without re-encoding.

        Called once, at the end.

        Raises:
            ClipError: There is nothing to write.
            StoreFullError: The disk is full; nothing is left behind.
        """
        ...

    def derive(
        self, clip: CutClip, folder: Path, masks: Sequence[Corners] = ()
    ) -> Path | None:
        """A copy every browser plays, where the clip itself is not one.

        `masks` are parts of the view nobody may see: it has them painted over.

        Raises:
            ClipError: It cannot be made; nothing is left behind.
        """
        ...

    def release(self) -> None:
        """Let the packets go; may be called more than once."""
        ...


class ClipCutter(Protocol):
    """The packet rings of a worker's feeds."""

    def record(self, camera: CameraId, start: datetime, end: datetime) -> Recording:
        """Hold the camera's packets from `start`, media time, until `end`.

        Must not block: it is called between two looks.

        Raises:
            ClipError: The camera has no ring (any more).
        """
        ...
