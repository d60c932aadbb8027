"""Arrivals of live packets, and the pace of recordings."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from base.clock import ManualClock
from streams.arrival import Pace, arrivals
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.packet import Codec, RawPacket, VideoFormat
from tests.streams.conftest import START

FORMAT = VideoFormat(Codec.H264, b"", 256, 144)
RAW = RawPacket(b"x", FORMAT, False, None, None, 0.1, 1 / 90_000)  # noqa: FBT003


def sent(
    clock: ManualClock, stamps: list[float | None], waits: list[float]
) -> Iterator[RawPacket]:
    """Packets that come after the given waits."""
    for stamp, wait in zip(stamps, waits, strict=True):
        clock.advance(wait)
        yield replace(RAW, pts_s=stamp, dts_s=stamp)


def test_a_burst_is_as_old_as_its_stamps_say() -> None:
    """Two seconds of cached pictures in one go are dated back two seconds."""
    clock = ManualClock(START)
    stamps: list[float | None] = [n * 0.5 for n in range(7)]
    waits = [10.0, 0, 0, 0, 0, 0.5, 0.5]

    came = [a.monotonic_s for a in arrivals(sent(clock, stamps, waits), clock)]

    assert came == pytest.approx([8.0, 8.5, 9.0, 9.5, 10.0, 10.5, 11.0])


def test_without_a_burst_packets_are_as_old_as_they_are() -> None:
    """A paced stream is stamped as it comes."""
    clock = ManualClock(START)

    came = [
        a.monotonic_s
        for a in arrivals(sent(clock, [0.0, 0.1, 0.2], [1.0, 0.1, 0.1]), clock)
    ]

    assert came == pytest.approx([1.0, 1.1, 1.2])


def test_a_first_packet_without_a_stamp_is_one_picture_older() -> None:
    """RTSP gives its first packet no stamp: it stands one picture before the next."""
    clock = ManualClock(START)
    stamps = [None, 0.1, 0.2, 0.3]

    came = [a.monotonic_s for a in arrivals(sent(clock, stamps, [5, 0, 0, 0.1]), clock)]

    assert came[0] == pytest.approx(5.1 - 0.3)


def test_a_stream_that_never_slows_down_is_taken_as_it_is() -> None:
    """After two seconds of burst the rest is stamped as it comes."""
    clock = ManualClock(START)
    stamps: list[float | None] = [float(n) for n in range(600)]

    came = list(arrivals(sent(clock, stamps, [0.01] * 600), clock))

    assert len(came) == 600
    times = [a.monotonic_s for a in came]
    assert times == sorted(times)


def test_a_stream_that_ends_in_its_burst_loses_nothing() -> None:
    """Packets before a fault are handed on, then the fault."""
    clock = ManualClock(START)

    def broken() -> Iterator[RawPacket]:
        yield from sent(clock, [0.0, 0.1], [1.0, 0.0])
        raise FeedError(FeedFault.ENDED, "gone")

    came = []
    with pytest.raises(FeedError):
        came += list(arrivals(broken(), clock))
    came = []
    source = arrivals(broken(), clock)
    for _ in range(2):
        came.append(next(source))
    with pytest.raises(FeedError):
        next(source)

    assert len(came) == 2


def test_a_recording_is_due_at_its_own_pace() -> None:
    """The first packet is due now, a later one as much later as it is stamped."""
    clock = ManualClock(START)
    pace = Pace()

    assert pace.due_in_s(clock.utc_now(), 100.0) == 0.0
    clock.advance(2.0)
    assert pace.due_in_s(clock.utc_now(), 100.5) == pytest.approx(1.5)
