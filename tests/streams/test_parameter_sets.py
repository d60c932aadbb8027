"""Parameter sets in key packets."""

import numpy as np
import pytest

from streams.packet import Codec
from streams.parameter_sets import parameter_sets
from tests.streams.conftest import ClipOf
from tests.streams.footage import Recipe, source_packets

START = b"\x00\x00\x01"


def test_h264_sets_are_found_before_the_first_slice() -> None:
    """SPS and PPS are kept, the access unit delimiter and the slice are not."""
    sps, pps = b"\x67\x64\x00\x1f", b"\x68\xe9"
    data = START + b"\x09\xf0" + b"\x00" + START + sps + START + pps
    data += START + b"\x65" + b"\x88" * 50 + START + b"\x67late"

    assert (
        parameter_sets(data, Codec.H264)
        == b"\x00" + START + sps + b"\x00" + START + pps
    )


@pytest.mark.parametrize(
    ("codec", "name", "count"), [("libx264", Codec.H264, 2), ("libx265", Codec.H265, 3)]
)
def test_real_key_packets_carry_them(
    clip_of: ClipOf, codec: str, name: Codec, count: int
) -> None:
    """A transport stream repeats them at key frames, and at no other packet."""
    packets = source_packets(clip_of(Recipe(codec=codec, seconds=4, gop=20), ".ts"))

    first = parameter_sets(packets[0], name)
    assert first.count(b"\x00\x00\x00\x01") == count
    assert parameter_sets(packets[20], name) == first
    assert parameter_sets(packets[1], name) == b""


@pytest.mark.parametrize("data", [b"", START, b"\x00\x00\x01\x67", b"\xff" * 100])
def test_short_and_odd_data_is_harmless(data: bytes) -> None:
    """Data without units gives nothing, or what little there is."""
    assert parameter_sets(data, Codec.H264) in {b"", b"\x00" + START + b"\x67"}


def test_noise_is_harmless() -> None:
    """Random bytes never raise, and what is found in them is units or nothing."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        noise = rng.bytes(400).replace(b"\x55\x55", START)
        found = parameter_sets(noise, Codec.H265)

        assert found == b"" or found.startswith(b"\x00\x00\x00\x01")
