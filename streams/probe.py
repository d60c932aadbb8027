"""What an address really sends, for `nonsite check`.

In: a feed's address. Out: codec, size, pace and key interval, measured over some
seconds of packets; one key frame is decoded, so that a stream that opens but cannot be
seen is found out here.
"""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from base.clock import Clock, SystemClock
from streams.decoder import PictureDecoder
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import ImageBGR
from streams.media_time import MediaTime
from streams.packet import Codec, EncodedPacket
from streams.resolver import FeedAddress
from streams.source import Source


@dataclass(frozen=True, slots=True)
class Probe:
    """One address as it was found.

    Attributes:
        codec: Video codec.
        size_px: Width and height of a decoded picture, pixels.
        fps: Pictures a second, measured; None when only one arrived.
        key_interval_s: Longest interval between key frames seen, seconds; None when
            fewer than two came in time: the interval is at least `watched_s`.
        has_b_frames: Whether pictures are sent out of order.
        bitrate_kbps: Thousand bits a second, measured.
        carries_utc: Whether the stream tells the camera's own clock.
        watched_s: Media time that was read, seconds.
    """

    codec: Codec
    size_px: tuple[int, int]
    fps: float | None
    key_interval_s: float | None
    has_b_frames: bool
    bitrate_kbps: float
    carries_utc: bool
    watched_s: float


def probe(
    address: FeedAddress,
    timeout_s: float = 10.0,
    watch_s: float = 12.0,
    clock: Clock | None = None,
) -> Probe:
    """Read an address for a while; ends early once three key frames were seen.

    Args:
        address: Where to look.
        timeout_s: Longest wait for the connection and each packet, seconds.
        watch_s: Longest media time to read, seconds; a live stream takes as long.
        clock: The host's clock.

    Raises:
        FeedError: The named fault that a feed would have.
    """
    return probe_with_picture(address, timeout_s, watch_s, clock)[0]


def probe_with_picture(
    address: FeedAddress,
    timeout_s: float = 10.0,
    watch_s: float = 12.0,
    clock: Clock | None = None,
) -> tuple[Probe, ImageBGR]:
    """`probe`, and the picture of the first key frame, shape (h, w, 3), BGR.

    Raises:
        FeedError: See `probe`.
    """
    clock = clock or SystemClock()
    media_time = MediaTime()
    media_time.anchor(clock.utc_now())
    packets: list[EncodedPacket] = []
    with Source(address, timeout_s, clock) as source:
        for raw in source.packets():
            packets.append(media_time.stamp(raw, None))
            keys = sum(packet.is_keyframe for packet in packets)
            if keys >= 3 or _span_s(packets) >= watch_s:
                break
    return _measured(packets)


def _span_s(packets: list[EncodedPacket]) -> float:
    return (packets[-1].decode_at - packets[0].decode_at).total_seconds()


def _measured(packets: list[EncodedPacket]) -> tuple[Probe, ImageBGR]:
    keys = [packet for packet in packets if packet.is_keyframe]
    if not keys:
        raise FeedError(FeedFault.CORRUPT, "no key frame came in time")
    picture = PictureDecoder(keys[0].format).key(keys[0])
    if picture is None:
        raise FeedError(FeedFault.CORRUPT, "a key frame cannot be decoded")
    span_s = _span_s(packets)
    intervals = [
        (later.decode_at - earlier.decode_at).total_seconds()
        for earlier, later in pairwise(keys)
    ]
    steps = [
        (later.decode_at - earlier.decode_at).total_seconds()
        for earlier, later in pairwise(packets)
    ]
    # the first packets of a live stream may lack stamps: the middle one is safe
    step_s = median(steps) if steps else 0.0
    size_bits = 8 * sum(len(packet.data) for packet in packets[:-1])
    found = Probe(
        codec=keys[0].format.codec,
        size_px=picture.size_px,
        fps=1 / step_s if step_s > 0 else None,
        key_interval_s=max(intervals, default=None),
        has_b_frames=any(packet.at > packet.decode_at for packet in packets),
        bitrate_kbps=size_bits / span_s / 1000 if span_s > 0 else 0.0,
        carries_utc=any(packet.utc_offset_ms is not None for packet in packets),
        watched_s=span_s,
    )
    return found, picture.image()
