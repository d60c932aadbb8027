"""Parameter sets inside a key packet, the only sign of a new picture size.

In: an Annex B packet as RTSP and MPEG-TS carry it. Out: its parameter sets, so that a
camera switched to another resolution in mid-stream is seen without decoding; other
containers announce new extradata beside the packet instead.
"""

import re

from streams.packet import Codec

_START = re.compile(b"\x00\x00\x01")
_H264_SETS = frozenset({7, 8})  # SPS, PPS: ITU-T H.264 table 7-1
_H264_SLICES = frozenset(range(1, 6))
_H265_SETS = frozenset({32, 33, 34})  # VPS, SPS, PPS: ITU-T H.265 table 7-1
_H265_SLICES = frozenset(range(32))
_PREFIX = b"\x00\x00\x00\x01"


def parameter_sets(data: bytes, codec: Codec) -> bytes:
    """The parameter sets before the first slice of `data`, in Annex B.

    Args:
        data: One packet with start codes.
        codec: `H264` or `H265`.

    Returns:
        The units, each behind a four-byte start code; empty when there are none.
    """
    sets: list[bytes] = []
    starts = _START.finditer(data)
    here = next(starts, None)
    while here is not None:
        kind = _unit_type(data, here.end(), codec)
        if kind in (_H264_SLICES if codec is Codec.H264 else _H265_SLICES):
            break
        following = next(starts, None)
        if kind in (_H264_SETS if codec is Codec.H264 else _H265_SETS):
            end = len(data) if following is None else following.start()
            sets.append(data[here.end() : end].rstrip(b"\x00"))
        here = following
    return b"".join(_PREFIX + unit for unit in sets)


def _unit_type(data: bytes, start: int, codec: Codec) -> int:
    if start >= len(data):
        return -1
    if codec is Codec.H264:
        return data[start] & 0x1F
    return (data[start] >> 1) & 0x3F
