"""Decodes only what the look plan needs: key frames, or everything while it must.

In: packets of one feed with media time. Out: the pictures that are looks. Key frames
alone are decoded while their measured interval keeps the wanted gap; otherwise every
packet is, beginning with the ring's packets since the last key frame so that the first
full picture is exact, until key frames suffice again. Everything follows from media
time, so a replay and a live feed decode the same pictures.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from streams.decoder import Picture, PictureDecoder
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.look_plan import EPSILON_S, LookPlan, LookRequest
from streams.packet import EncodedPacket, VideoFormat
from streams.ring import PacketRing

INTERVALS = 4
"""Key intervals remembered: encoders lengthen groups when nothing moves."""
INTERVAL_SLACK = 0.05
"""Encoders and stamps are off by a picture: a key interval counts as one picture
shorter than measured, but by no more than this share of it."""
CORRUPT_KEYS = 3
"""Key frames in a row that yield no picture before everything is decoded instead, as
streams with gradual refresh need; and as many again before the feed is corrupt."""


class LookSampler:
    """Which pictures of one feed are decoded and handed on; used by one thread.

    Args:
        plan: When to look; may be asked for more between two packets.
        resting: What the camera's rules need when nothing is going on; key frames
            that do not serve this are the fault `LONG_GOP`.
        ring: Holds the packets since the last key frame, the present one included.
    """

    def __init__(self, plan: LookPlan, resting: LookRequest, ring: PacketRing) -> None:
        self._plan = plan
        self._resting = resting
        self._ring = ring
        self._decoder: PictureDecoder | None = None
        self._decoder_format: VideoFormat | None = None
        self._intervals: deque[float] = deque(maxlen=INTERVALS)
        self._first: EncodedPacket | None = None
        self._last_key: EncodedPacket | None = None
        self._last_at: datetime | None = None
        self._frame_step_s = 0.0
        self._previous: EncodedPacket | None = None
        self._bad_keys = 0
        self._keys_stand_alone = True
        self._decoded_at_key = 0
        self._decoded_before = 0
        self.is_full_decode = False
        self.is_long_gop = False
        self.looks_failed = 0
        self.size_px: tuple[int, int] | None = None

    @property
    def key_interval_s(self) -> float | None:
        """Longest recent interval between key frames, None until two were seen."""
        return max(self._intervals, default=None)

    @property
    def decoded(self) -> int:
        """Pictures decoded so far."""
        now = 0 if self._decoder is None else self._decoder.decoded
        return self._decoded_before + now

    def offer(self, packet: EncodedPacket) -> Iterator[Picture]:
        """The looks that become ready with `packet`, already in the ring.

        Raises:
            FeedError: `CORRUPT`, when nothing can be decoded over several key frames.
        """
        self._note(packet)
        decoder = self._decoder_for(packet)
        suffice = self._keys_stand_alone and self._plan.keys_suffice(
            self._interval_s(packet)
        )
        if self.is_full_decode and packet.is_keyframe and suffice:
            self.is_full_decode = False
            yield from self._due(decoder.drain())
        if self.is_full_decode:
            self._check_progress(decoder, packet)
            yield from self._due(decoder.feed(packet))
        elif not suffice or self._is_overdue(packet):
            yield from self._go_full(decoder)
        elif packet.is_keyframe:
            yield from self._key(decoder, packet)

    def rest(self, request: LookRequest) -> None:
        """What the rules need when nothing is going on, from the next packet on."""
        self._resting = request

    def finish(self) -> Iterator[Picture]:
        """The looks still held back when the stream has ended."""
        if self._decoder is not None and self.is_full_decode:
            yield from self._due(self._decoder.drain())
        self.restart()

    def restart(self) -> None:
        """Begin anew at the next key frame: connection lost or loop's seam."""
        self.is_full_decode = False
        self._keys_stand_alone = True
        self._bad_keys = 0
        self._last_key = self._previous = self._first = None
        if self._decoder is not None:
            self._decoder.flush()

    def _note(self, packet: EncodedPacket) -> None:
        """Measure key interval and frame step."""
        last_key = self._last_key
        if packet.is_keyframe:
            if last_key is not None and last_key.epoch == packet.epoch:
                passed = packet.decode_at - last_key.decode_at
                self._intervals.append(passed.total_seconds())
            self._last_key = packet
        if self._previous is not None and self._previous.epoch == packet.epoch:
            step = packet.decode_at - self._previous.decode_at
            self._frame_step_s = step.total_seconds()
        self._previous = packet
        self._judge_gop(packet)

    def _judge_gop(self, packet: EncodedPacket) -> None:
        """Whether key frames serve the resting request, with hysteresis."""
        wanted_s = self._resting.max_gap_s + EPSILON_S
        self._first = self._first or packet
        if self._last_key is None:
            # a stream that is joined in the middle, or never sends a key frame
            waited = packet.decode_at - self._first.decode_at
            self.is_long_gop |= waited.total_seconds() > wanted_s
            return
        interval_s = self._interval_s(packet)
        if interval_s is None or self._resting.every_frame:
            return
        if interval_s > wanted_s:
            self.is_long_gop = True
        elif packet.is_keyframe and len(self._intervals) == INTERVALS:
            self.is_long_gop = not self._keys_stand_alone

    def _interval_s(self, packet: EncodedPacket) -> float | None:
        """The key interval, as long as it is already known to be by now."""
        known_s = self.key_interval_s
        if not packet.is_keyframe and self._last_key is not None:
            since = packet.decode_at - self._last_key.decode_at
            since_s = since.total_seconds() + self._frame_step_s
            # nothing measured yet: only what has passed can show keys are too rare
            too_long_s = self._plan.request.max_gap_s + EPSILON_S
            if known_s is not None or since_s > too_long_s:
                known_s = max(since_s, known_s or 0.0)
        if known_s is None:
            return None
        return known_s - min(self._frame_step_s, INTERVAL_SLACK * known_s)

    def _is_overdue(self, packet: EncodedPacket) -> bool:
        """Whether the expected key frame stayed away and the gap is about to tear."""
        if packet.is_keyframe or self._last_at is None:
            return False
        passed_s = (packet.at - self._last_at).total_seconds()
        return passed_s > self._plan.request.max_gap_s * (1 + INTERVAL_SLACK)

    def _decoder_for(self, packet: EncodedPacket) -> PictureDecoder:
        previous = self._decoder
        if previous is not None and self._decoder_format == packet.format:
            return previous
        if previous is not None:
            self._decoded_before += previous.decoded
        self.is_full_decode = False
        self._decoded_at_key = 0
        self._decoder_format = packet.format
        self._decoder = PictureDecoder(packet.format)
        return self._decoder

    def _go_full(self, decoder: PictureDecoder) -> Iterator[Picture]:
        backlog = self._ring.since_key()
        if backlog is None:
            return
        decoder.flush()
        self.is_full_decode = True
        for packet in backlog:
            yield from self._due(decoder.feed(packet))

    def _key(self, decoder: PictureDecoder, packet: EncodedPacket) -> Iterator[Picture]:
        interval_s = self.key_interval_s
        if not self._is_due(packet.at, 0.0 if interval_s is None else interval_s):
            return
        picture = decoder.key(packet)
        if picture is not None:
            self._bad_keys = 0
            yield from self._hand_on(picture)
            return
        self.looks_failed += 1
        self._bad_keys += 1
        if self._bad_keys >= CORRUPT_KEYS:
            self._keys_stand_alone = False
            self.is_long_gop = True

    def _check_progress(self, decoder: PictureDecoder, packet: EncodedPacket) -> None:
        """Notice a stream of which nothing can be decoded."""
        if not packet.is_keyframe:
            return
        if decoder.decoded > self._decoded_at_key:
            self._bad_keys = 0
        else:
            self._bad_keys += 1
        self._decoded_at_key = decoder.decoded
        if self._bad_keys >= 2 * CORRUPT_KEYS:
            self._bad_keys = 0
            raise FeedError(FeedFault.CORRUPT, "no picture can be decoded")

    def _due(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        for picture in pictures:
            if self._is_due(picture.packet.at, self._frame_step_s):
                yield from self._hand_on(picture)

    def _is_due(self, at: datetime, step_s: float) -> bool:
        if self._last_at is not None and at <= self._last_at:
            return False
        return self._plan.is_due(at, step_s)

    def _hand_on(self, picture: Picture) -> Iterator[Picture]:
        self._last_at = picture.packet.at
        self._plan.looked(picture.packet.at)
        self.size_px = picture.size_px
        yield picture
