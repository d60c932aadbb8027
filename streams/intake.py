"""From packets to frames: what a live feed and a replay share, so they cannot differ.

In: raw packets of one camera, connection after connection. Out: frames that are looks,
while every packet goes through the ring. No thread, no waiting and no clock here; a
live feed tells what its host's clock says, a replay does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from base.ids import CameraId
from streams.decoder import Picture
from streams.faults import FeedFault
from streams.frame import Frame
from streams.health import HealthMonitor, HealthTimes
from streams.look_plan import LookPlan, LookRequest
from streams.media_time import LEAD_S, MediaTime
from streams.packet import EncodedPacket, RawPacket, VideoFormat
from streams.ring import PacketRing
from streams.sampler import LookSampler

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """How packets of one camera are kept and judged.

    Attributes:
        resting: What its rules need when nothing is going on.
        ring_s: How far back the ring reaches, seconds.
        ring_bytes: Ceiling of the ring's packets, bytes.
        health: How long a health state must last.
    """

    resting: LookRequest
    ring_s: float = 20.0
    ring_bytes: int = 64 * MEGABYTE
    health: HealthTimes = field(default_factory=HealthTimes)


class Intake:
    """The packets of one camera, its media time, ring, looks and health.

    Args:
        camera: Whose packets.
        plan: When to look.
        options: Ring and health.
    """

    def __init__(
        self, camera: CameraId, plan: LookPlan, options: IntakeOptions
    ) -> None:
        self._camera = camera
        self._time = MediaTime()
        self._health = HealthMonitor(options.health)
        self._jumps_seen = 0
        self._is_host_stepped = False
        self.ring = PacketRing(options.ring_s, options.ring_bytes)
        self.sampler = LookSampler(plan, options.resting, self.ring)
        self.format: VideoFormat | None = None
        self.last_packet: EncodedPacket | None = None

    @property
    def faults(self) -> frozenset[FeedFault]:
        """Health faults that hold now."""
        if self.sampler.is_long_gop:
            return self._health.faults | {FeedFault.LONG_GOP}
        return self._health.faults

    @property
    def epoch(self) -> int:
        """Which unbroken stretch of the feed this is."""
        return self._time.epoch

    def connect(self, at: datetime) -> None:
        """A new connection begins; its first picture is at `at` or later, UTC."""
        self.ring.interrupt()
        self.sampler.restart()
        self._time.anchor(at)

    def follow_host(self, stepped_s: float) -> None:
        """The host's clock was set by `stepped_s`: media time follows where it may."""
        if stepped_s == 0:
            return
        self._time.step(stepped_s)
        self._jumps_seen = self._time.jumps
        self._is_host_stepped = True

    def run_on(self) -> None:
        """A recording begins again; media time runs on."""
        self.ring.interrupt()
        self._time.run_on()

    def stamp(self, raw: RawPacket, monotonic_s: float | None) -> EncodedPacket:
        """The packet with its media time; to be called once, in decoding order.

        Args:
            raw: The next packet.
            monotonic_s: The host's monotonic time at its arrival; None in a replay.
        """
        packet = self._time.stamp(raw, monotonic_s)
        if self._time.jumps != self._jumps_seen:
            self._jumps_seen = self._time.jumps
            self._health.jumped(packet.at)
        if self._is_host_stepped or self._time.lead_s > LEAD_S:
            self._is_host_stepped = False
            self._health.host_stepped(packet.at)
        self.format = packet.format
        self.last_packet = packet
        return packet

    def take(self, packet: EncodedPacket) -> Iterator[Frame]:
        """The frames that become ready with a stamped packet.

        Raises:
            FeedError: `CORRUPT`, when key frames in a row cannot be decoded.
        """
        self.ring.append(packet)
        for picture in self.sampler.offer(packet):
            yield self._frame(picture)

    def finish(self) -> Iterator[Frame]:
        """The frames still held back at the end of a stretch."""
        for picture in self.sampler.finish():
            yield self._frame(picture)

    def _frame(self, picture: Picture) -> Frame:
        packet = picture.packet
        image = picture.image()
        image.flags.writeable = False
        self._health.judge(image, packet.at, is_keyframe=packet.is_keyframe)
        return Frame(
            camera=self._camera,
            at=packet.at,
            image=image,
            is_keyframe=picture.is_keyframe,
            epoch=packet.epoch,
            faults=self.faults,
            utc_offset_ms=packet.utc_offset_ms,
        )
