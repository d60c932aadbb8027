"""The packet ring: bounded by time and bytes, pinned by recordings."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.packet import Codec, EncodedPacket, VideoFormat
from streams.ring import ClipRecording, PacketRing

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
FORMAT = VideoFormat(Codec.H264, b"", 256, 144)
BIG = 10_000_000


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def packet(seconds: float, *, key: bool, size: int = 100) -> EncodedPacket:
    when = at(seconds)
    return EncodedPacket(bytes(size), FORMAT, key, when, when, 0.1)


def fill(ring: PacketRing, begin: float, end: float, gop_s: float = 2.0) -> None:
    """Ten packets a second from `begin` to `end`, a key frame every `gop_s`."""
    for n in range(round(begin * 10), round(end * 10)):
        ring.append(packet(n / 10, key=n % round(gop_s * 10) == 0))


def span(recording: ClipRecording) -> tuple[float, float]:
    packets = recording.packets()
    first, last = packets[0], packets[-1]
    return ((first.at - START).total_seconds(), (last.at - START).total_seconds())


def test_it_reaches_back_its_seconds_and_not_much_further() -> None:
    """After two minutes a 20 s ring holds between 20 s and one group more."""
    ring = PacketRing(20.0, BIG)

    fill(ring, 0, 120)

    assert 20.0 <= ring.seconds <= 22.0
    assert ring.size_bytes == round(ring.seconds * 10 + 1) * 100


def test_bytes_are_the_harder_bound() -> None:
    """A ring never holds more bytes than allowed, whatever the time."""
    ring = PacketRing(20.0, 5000)
    for n in range(600):
        ring.append(packet(n / 10, key=n % 20 == 0))
        assert ring.size_bytes <= 5000

    assert ring.seconds <= 5.0


def test_one_group_larger_than_the_ring_is_let_go() -> None:
    """A group that alone exceeds the bytes cannot serve anything and is dropped."""
    ring = PacketRing(20.0, 1000)

    fill(ring, 0, 1.9)

    assert ring.size_bytes <= 1000
    assert ring.since_key() is None


def test_a_stream_with_one_key_frame_does_not_grow_for_ever() -> None:
    """Without a second key frame nothing older than two rings is kept."""
    ring = PacketRing(20.0, BIG)

    fill(ring, 0, 300, gop_s=10_000)

    assert ring.seconds <= 40.0


def test_since_key_begins_at_the_last_key_frame() -> None:
    """Full decoding begins with the last key frame and ends with the newest packet."""
    ring = PacketRing(20.0, BIG)

    fill(ring, 0, 5.3)

    packets = ring.since_key()
    assert packets is not None
    assert packets[0].is_keyframe
    assert [packets[0].at, packets[-1].at] == [at(4.0), at(5.2)]


def test_after_an_interruption_nothing_is_decodable_until_a_key_frame() -> None:
    """Packets of a new connection before its first key frame are not kept."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 5)
    before = ring.size_bytes
    ring.interrupt()

    ring.append(packet(5.1, key=False))
    assert ring.since_key() is None
    assert ring.size_bytes == before

    ring.append(packet(6.0, key=True))
    after = ring.since_key()
    assert after is not None
    assert len(after) == 1


def test_a_recording_begins_at_the_key_frame_before_its_start() -> None:
    """A wanted start between key frames begins at the earlier one."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 30)

    recording = ring.record(at(21.5), at(25.0))

    assert recording.is_complete
    assert span(recording) == (20.0, 25.0)
    assert recording.short_by_start_s == 0.0


def test_a_recording_outlasts_the_ring() -> None:
    """From -10 s to +20 s around now works with a ring of 20 s."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 60)

    recording = ring.record(at(49.5), at(79.5))
    assert not recording.is_complete
    fill(ring, 60, 100)

    assert recording.is_complete
    assert span(recording) == (48.0, 79.5)
    assert recording.short_by_start_s == 0.0
    assert len({p.at for p in recording.packets()}) == len(recording.packets()) == 316


def test_a_ring_that_does_not_reach_back_says_so() -> None:
    """A start before the oldest key frame is reported in seconds."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 60)

    recording = ring.record(at(10.0), at(50.0))

    assert recording.short_by_start_s == pytest.approx(28.0, abs=2.0)


def test_a_recording_wholly_in_the_future_is_fed() -> None:
    """A start still to come is recorded from the key frame before it."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 10)

    recording = ring.record(at(15.0), at(18.0))
    fill(ring, 10, 30)

    assert recording.is_complete
    assert span(recording) == (14.0, 18.0)


def test_a_recording_holds_nothing_from_before_an_outage() -> None:
    """What ended before the wanted start is of another hour; the shortfall is told."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 30)
    dead = ring.record(at(3600), at(3620))
    ring.interrupt()
    ring.pass_time(at(3621))
    assert dead.packets() == ()
    assert dead.short_by_start_s == 20.0

    fill(ring, 3606, 3622)
    back = ring.record(at(3600), at(3620))

    begin, end = span(back)
    assert begin == 3606.0
    assert end == pytest.approx(3620.0, abs=0.2)
    assert back.short_by_start_s == 6.0


def test_an_empty_ring_records_nothing_and_says_so() -> None:
    """Without packets the whole span is missing."""
    recording = PacketRing(20.0, BIG).record(at(0), at(30))

    assert recording.packets() == ()
    assert recording.short_by_start_s == 30.0


def test_recordings_are_bounded_too() -> None:
    """A recording without end is cut short at three times the ring's bytes."""
    ring = PacketRing(20.0, 20_000)
    recording = ring.record(at(0), at(1_000_000))

    fill(ring, 0, 300)

    assert recording.is_complete
    assert recording.size_bytes <= 60_100


def test_the_end_of_the_feed_completes_recordings() -> None:
    """A recording cut off by the end of a feed is complete, and short."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 10)
    recording = ring.record(at(5.0), at(25.0))

    ring.end()

    assert recording.is_complete
    assert ring.record(at(0), at(99)).is_complete


def test_a_feed_that_is_down_completes_what_has_passed() -> None:
    """On a lost feed, a recording is complete once its end has passed by the clock."""
    ring = PacketRing(20.0, BIG)
    fill(ring, 0, 10)
    recording = ring.record(at(5.0), at(25.0))

    ring.pass_time(at(20.0))
    assert not recording.is_complete
    ring.pass_time(at(26.0))
    assert recording.is_complete
