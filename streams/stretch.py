"""Part of a recording, found by its packets' stamps without decoding anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from streams.packet import RawPacket


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a recording, seconds after its first picture.

    Attributes:
        from_s: Its beginning; packets begin at the key frame at or before it.
        to_s: Its end; None: the recording's.
    """

    from_s: float = 0.0
    to_s: float | None = None


WHOLE = Stretch()


def within(
    packets: Iterable[RawPacket], stretch: Stretch
) -> Iterator[tuple[float, RawPacket]]:
    """The packets of a stretch, each with its picture's time in the recording, seconds.

    Args:
        packets: The whole recording in decoding order.
        stretch: What is wanted of it.
    """
    first_s: float | None = None
    held: list[tuple[float, RawPacket]] = []
    has_begun = False
    passed_s = 0.0
    for packet in packets:
        stamp_s = packet.dts_s if packet.pts_s is None else packet.pts_s
        if stamp_s is not None:
            first_s = stamp_s if first_s is None else first_s
            passed_s = stamp_s - first_s
        if stretch.to_s is not None and packet.is_keyframe and passed_s >= stretch.to_s:
            return
        if packet.is_keyframe and not has_begun:
            held.clear()
        held.append((passed_s, packet))
        has_begun = has_begun or passed_s >= stretch.from_s
        if has_begun:
            yield from held
            held.clear()
