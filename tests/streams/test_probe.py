"""What `check` learns of an address."""

from pathlib import Path

import pytest

from streams.errors import FeedError
from streams.faults import FeedFault
from streams.packet import Codec
from streams.probe import probe
from tests.streams.conftest import ClipOf, file_address
from tests.streams.footage import Recipe


@pytest.mark.parametrize(
    ("codec", "name"), [("libx264", Codec.H264), ("libx265", Codec.H265)]
)
def test_a_recording_is_measured(clip_of: ClipOf, codec: str, name: Codec) -> None:
    """Codec, size, pace, key interval and B-frames are what was encoded."""
    recipe = Recipe(codec=codec, fps=25, seconds=6, gop=50, b_frames=2)

    found = probe(file_address(clip_of(recipe)))

    assert (found.codec, found.size_px) == (name, (256, 144))
    assert found.fps == pytest.approx(25, abs=0.1)
    assert found.key_interval_s == pytest.approx(2.0)
    assert found.has_b_frames
    assert found.bitrate_kbps > 10
    assert not found.carries_utc


def test_one_key_frame_gives_no_interval(clip_of: ClipOf) -> None:
    """Where no second key frame came, the interval is unknown and the watch told."""
    found = probe(file_address(clip_of(Recipe(seconds=5, gop=500))))

    assert found.key_interval_s is None
    assert found.watched_s == pytest.approx(4.9)
    assert not found.has_b_frames


def test_a_fault_is_the_feeds_fault(tmp_path: Path) -> None:
    """What cannot be read raises the fault a feed would have."""
    with pytest.raises(FeedError) as error:
        probe(file_address(tmp_path / "none.mp4"))

    assert error.value.fault is FeedFault.NOT_FOUND
