"""Casts the packets of a feed to whoever looks at a camera now, copied, not encoded."""

import structlog

from alerts.command import LookLive
from alerts.errors import StoreError
from alerts.live_cast import CastHead, CastWriter
from alerts.redis_client import RedisClient
from base.clock import Clock
from base.shutdown import StopSignal
from streams.errors import ClipError
from streams.fragments import Fragments, codec_words
from streams.packet import EncodedPacket
from streams.ring import PacketRing
from streams.tap import PacketTap

TAKE_S = 0.5
SILENCE_S = 15.0
"""A feed that sends nothing for so long is down: whoever looks asks again."""

_log = structlog.get_logger()


class LiveCaster:
    """One cast, in a thread of its own.

    Args:
        client: The Redis or Valkey.
        clock: Monotonic time.
        stop: Ends it.
    """

    def __init__(self, client: RedisClient, clock: Clock, stop: StopSignal) -> None:
        self._client = client
        self._clock = clock
        self._stop = stop

    def cast(self, job: LookLive, ring: PacketRing) -> None:
        """Send what the ring holds and what comes, until nobody listens."""
        writer = CastWriter(self._client, job.job)
        tap = ring.tap(job.back_s, job.for_s)
        try:
            self._send(writer, tap)
            writer.end()
        except StoreError as error:
            _log.warning("live.cut", camera_id=job.camera, reason=str(error))
        finally:
            tap.close()

    def _send(self, writer: CastWriter, tap: PacketTap) -> None:
        fragments: Fragments | None = None
        heard_s = self._clock.monotonic_s()
        while not self._stop.is_set():
            batch = tap.take(TAKE_S)
            now_s = self._clock.monotonic_s()
            heard_s = now_s if batch else heard_s
            if not batch and (tap.is_complete or now_s - heard_s > SILENCE_S):
                break
            if fragments is None and batch:
                fragments = self._begun(writer, batch[0])
                if fragments is None:
                    return
            if fragments is not None and not _goes_on(fragments, batch, writer):
                return
        if fragments is None:
            writer.head(CastHead(reason="the feed shows nothing now"))
        else:
            writer.send(fragments.close())

    @staticmethod
    def _begun(writer: CastWriter, first: EncodedPacket) -> Fragments | None:
        try:
            made = Fragments(first)
        except ClipError as error:
            writer.head(CastHead(reason=str(error)))
            return None
        return made if writer.head(CastHead(codec=codec_words(first.format))) else None


def _goes_on(
    fragments: Fragments, batch: tuple[EncodedPacket, ...], writer: CastWriter
) -> bool:
    """Send a batch; false when it is over: nobody listens, or the format changed."""
    ready = b""
    for packet in batch:
        if packet.format != fragments.format:
            writer.send(ready + fragments.close())
            return False
        ready += fragments.add(packet)
    return not ready or writer.send(ready)
