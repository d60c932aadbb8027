"""Live look: packets out of a ring as a fragmented MP4, copied, playable at once."""

import io
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from base.clock import SystemClock
from base.ids import CameraId
from streams.errors import ClipError
from streams.fragments import Fragments, codec_words
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.packet import Codec, EncodedPacket
from streams.resolver import FileResolver
from streams.ring import PacketRing
from streams.settings import FileFeed, Profile
from streams.source import Source
from streams.tap import PacketTap
from tests.streams.footage import Recipe, write

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def _packets(path: Path) -> tuple[PacketRing, list[EncodedPacket]]:
    request = LookRequest(2.0)
    intake = Intake(
        CameraId("gate"), LookPlan(request), IntakeOptions(request, ring_s=60)
    )
    intake.connect(START)
    address = FileResolver(FileFeed(path=path), Path()).resolve(Profile.LOOKS)
    found = []
    with Source(address, 5, SystemClock()) as source:
        for raw in source.packets():
            packet = intake.stamp(raw, None)
            found.append(packet)
            list(intake.take(packet))
    return intake.ring, found


def _pictures(chunks: list[bytes]) -> int:
    with av.open(io.BytesIO(b"".join(chunks)), "r") as played:
        return len(list(played.decode(video=0)))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_what_comes_out_plays_and_is_the_cameras_own(
    tmp_path: Path, codec: str
) -> None:
    """A prefix of the stream plays already; every picture is a copied packet."""
    path = write(tmp_path / "a.mp4", Recipe(codec=codec, seconds=6, gop=20))
    _, packets = _packets(path)
    fragments = Fragments(packets[0])
    chunks = [fragments.add(packet) for packet in packets]
    chunks.append(fragments.close())

    first = next(n for n, chunk in enumerate(chunks) if b"moof" in chunk)
    assert first <= len(packets) / 3
    assert _pictures(chunks) == len(packets)
    assert _pictures(chunks[: len(packets) // 2]) >= len(packets) // 4
    assert packets[0].format.codec is (Codec.H264 if codec == "libx264" else Codec.H265)
    words = codec_words(packets[0].format)
    assert words.startswith("avc1." if codec == "libx264" else "hvc1")


def test_a_tap_begins_at_a_key_frame_and_ends_with_the_ring(tmp_path: Path) -> None:
    """Three seconds back is the key frame before; nothing is lost on the way."""
    path = write(tmp_path / "a.mp4", Recipe(seconds=8, gop=20))
    ring, packets = _packets(path)
    tap = ring.tap(3.0, 0.0)

    taken = tap.take(1.0)

    assert tap.is_complete
    assert taken[0].is_keyframe
    back_s = (packets[-1].decode_at - taken[0].decode_at).total_seconds()
    assert 3.0 <= back_s <= 5.0
    assert taken == tuple(packets[-len(taken) :])
    assert tap.take(0.01) == ()


def test_a_slow_follower_loses_whole_groups_and_goes_on(tmp_path: Path) -> None:
    """What it does not take is dropped up to a key frame; the ring does not wait."""
    path = write(tmp_path / "a.mp4", Recipe(seconds=8, gop=20))
    _, packets = _packets(path)
    size = sum(len(packet.data) for packet in packets)
    tap = PacketTap(packets[0].at, packets[-1].ends_at, size // 2)
    for packet in packets:
        tap.add(packet)

    taken = tap.take(0.01)

    assert taken
    assert taken[0].is_keyframe
    assert len(taken) < len(packets)
    assert taken == tuple(packets[-len(taken) :])


def test_an_empty_ring_gives_nothing_at_once() -> None:
    """Nobody waits for a feed that is down."""
    tap = PacketRing(20, 1000).tap(10, 60)

    assert tap.is_complete
    assert tap.take(5.0) == ()


def test_a_codec_without_place_in_an_mp4_is_refused(tmp_path: Path) -> None:
    """Said by name, before a byte is sent."""
    path = write(tmp_path / "a.mp4", Recipe(codec="mpeg4", seconds=2, gop=20))
    _, packets = _packets(path)

    with pytest.raises(ClipError, match="mpeg4"):
        Fragments(packets[0])
