"""Some seconds of one feed, kept in memory to be looked at again and again.

In: an address. Out: its packets and their pace. What reads them afterwards costs what
the stream costs, without waiting for a camera that sends one second a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from base.clock import Clock, cpu_s, thread_cpu_s
from base.ids import CameraId
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import Frame
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.packet import RawPacket
from streams.resolver import FeedAddress
from streams.source import Source

START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS_WANTED = 6
"""Five looks by key frames, one of which opens the decoder."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Packets of one feed, in the order in which they came.

    Attributes:
        packets: As read.
        span_s: Media time they cover.
        fps: Pictures a second.
        key_interval_s: Longest interval between key frames; None when fewer than two
            came.
        size_bytes: Of all packets.
        demux_s: CPU seconds it took to read a second of media off its source.
    """

    packets: tuple[RawPacket, ...]
    span_s: float
    fps: float
    key_interval_s: float | None
    size_bytes: int
    demux_s: float = 0.0

    @property
    def bytes_per_s(self) -> float:
        """Bytes a second of media time."""
        return self.size_bytes / self.span_s

    def keys_serve(self, gap_s: float) -> bool:
        """Whether key frames alone keep a look gap."""
        interval_s = self.key_interval_s
        return interval_s is not None and interval_s <= gap_s + 1 / self.fps

    def frames(self, camera: CameraId, request: LookRequest) -> Iterator[Frame]:
        """The looks that `request` makes of these packets, decoded anew."""
        intake = Intake(camera, LookPlan(request), IntakeOptions(request))
        intake.connect(START)
        for raw in self.packets:
            yield from intake.take(intake.stamp(raw, None))
        yield from intake.finish()

    def reading_s(self, camera: CameraId) -> float:
        """CPU seconds a second of media costs where nothing is decoded.

        Read off its source, stamped, appended to the ring.
        """
        never = LookRequest(1e9)
        intake = Intake(camera, LookPlan(never), IntakeOptions(never))
        intake.connect(START)
        began_s = cpu_s()
        for raw in self.packets:
            intake.ring.append(intake.stamp(raw, None))
        return self.demux_s + (cpu_s() - began_s) / self.span_s


def collect(
    address: FeedAddress, timeout_s: float, watch_s: float, clock: Clock
) -> Collected:
    """Read a feed until enough key frames came or `watch_s` of media time passed.

    Args:
        address: Where to read.
        timeout_s: Longest wait for the connection and each packet, seconds.
        watch_s: Most media time to read, seconds; a live stream takes as long.
        clock: The host's clock.

    Raises:
        FeedError: The named fault a feed would have; `ENDED` where the stream is too
            short to tell its pace.
    """
    packets: list[RawPacket] = []
    times, keys = list[float](), list[float]()
    began_s = 0.0
    with Source(address, timeout_s, clock) as source:
        for raw in source.packets():
            # opening the stream is no cost of watching it
            began_s = began_s or thread_cpu_s()
            packets.append(raw)
            # a live stream's first packets may lack stamps, or stand still
            if raw.dts_s is None or (times and raw.dts_s <= times[-1]):
                continue
            times.append(raw.dts_s)
            if raw.is_keyframe:
                keys.append(raw.dts_s)
            if len(keys) >= KEYS_WANTED or times[-1] - times[0] >= watch_s:
                break
    return _paced(packets, times, keys, thread_cpu_s() - began_s)


def _paced(
    packets: list[RawPacket], times: list[float], keys: list[float], took_s: float
) -> Collected:
    if len(times) < 2:
        raise FeedError(FeedFault.ENDED, "too short: its pace was to be measured")
    intervals = [later - earlier for earlier, later in pairwise(keys)]
    span_s = times[-1] - times[0]
    return Collected(
        packets=tuple(packets),
        span_s=span_s,
        fps=(len(times) - 1) / span_s,
        key_interval_s=max(intervals, default=None),
        size_bytes=sum(len(raw.data) for raw in packets),
        demux_s=took_s / span_s,
    )
