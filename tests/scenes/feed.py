"""A scene as a camera's stream: the real sampler picks the looks, key frames and all.

Packets at 25 pictures a second go through `LookSampler` with the ring the worker uses;
after each look the engine's needs become the plan's request, as in `nonsite.worker`.
Only the decoder is replaced: it hands every packet's time on instead of pixels.
"""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

from detector.look import Look
from rules.engine import RuleEngine
from rules.violation import Violation
from streams.decoder import Picture
from streams.look_plan import LookPlan
from streams.packet import Codec, EncodedPacket, VideoFormat
from streams.ring import PacketRing
from streams.sampler import LookSampler
from tests.scenes.pole import SIZE_PX
from tests.scenes.scene import T0, Scene

FPS = 25


class TimeDecoder:
    """Decodes nothing: every packet is a picture at once."""

    def __init__(self, video_format: VideoFormat) -> None:
        del video_format
        self.decoded = self.failed = 0

    def key(self, packet: EncodedPacket) -> Picture:
        """The picture of a key packet."""
        return self._picture(packet)

    def feed(self, packet: EncodedPacket) -> Iterator[Picture]:
        """The picture of any packet."""
        yield self._picture(packet)

    def drain(self) -> Iterator[Picture]:
        """Nothing is held back."""
        yield from ()

    def flush(self) -> None:
        """Nothing is kept."""

    def _picture(self, packet: EncodedPacket) -> Picture:
        self.decoded += 1
        return Picture(packet, packet.is_keyframe, SIZE_PX, None, None)  # type: ignore[arg-type]


def play(
    scene: Scene, engine: RuleEngine, until: float, gop_s: float
) -> tuple[list[Violation], list[Look]]:
    """Every revision the engine made of the stream, and the looks it was shown."""
    video = VideoFormat(Codec.H264, b"", *SIZE_PX, fps=FPS)
    resting = engine.needs(None)
    plan, ring = LookPlan(resting), PacketRing(30.0, 10**8)
    sampler = LookSampler(plan, resting, ring)
    found, shown = list[Violation](), list[Look]()
    with patch("streams.sampler.PictureDecoder", TimeDecoder):
        for number in range(int(until * FPS)):
            packet = _packet(number, video, round(gop_s * FPS))
            ring.append(packet)
            for picture in sampler.offer(packet):
                t = (picture.packet.at - T0).total_seconds()
                look = scene.look(t, plan.request.max_gap_s)
                found += engine.judge(look)
                shown.append(look)
                plan.ask(engine.needs(look))
    return found, shown


def _packet(number: int, video: VideoFormat, group: int) -> EncodedPacket:
    at = T0 + timedelta(seconds=number / FPS)
    return EncodedPacket(b"", video, number % group == 0, at, at, 1 / FPS)
