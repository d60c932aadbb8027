"""From a feed's stamps to media time in UTC.

In: the stamps of packets as a camera or file says them. Out: UTC that never runs
backwards, and an epoch that grows at each discontinuity. Stamps wrap, reset, stand
still, jump and go missing; each such case continues from what was passed on the
host's monotonic clock (live) or by the stream's own pace (recordings), so that a lying
clock can make a dwell too short but not too long.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.packet import EncodedPacket, RawPacket

DEFAULT_STEP_S = 0.04
"""Pace assumed until a stream shows its own: 25 pictures a second."""
BACK_S = 1.0
"""Decoding stamps that fall back less than this are disorder, not a reset."""
GAP_S = 60.0
"""Longest step of a recording that is believed to be a pause."""
LIVE_GAP_S = 5.0
"""How far a live step may differ from the time that really passed."""
AHEAD_S, BEHIND_S = 45.0, 60.0
"""How far live media time may drift from the host's before it is set right; HLS hands
out up to three segments of ten seconds in one burst."""
SLEW = 5e-4
"""Share of each step by which live media time is drawn to the host's clock: cameras
are off by tens of parts per million."""
TICK = timedelta(milliseconds=1)
LEAD_S = 1.0
"""A lead of media time over the host's clock that is told (GA/T 832-2014: 1.0 s)."""
_WRAPS = (2**32, 2**33)  # RTP and FLV; MPEG-TS


@dataclass(slots=True)
class _Line:
    """Where the present stretch of media time stands."""

    at: datetime
    dts_s: float
    monotonic_s: float | None
    ahead_s: float = 0.0
    is_crawling: bool = False


class MediaTime:
    """Media time of one feed over all its connections; used by one thread.

    Attributes:
        epoch: Grows at each discontinuity.
        jumps: How often the stamps, or the host's clock, jumped.
        lead_s: How far media time is ahead because the host's clock was set back.
    """

    def __init__(self) -> None:
        self._line: _Line | None = None
        self._pending_anchor: datetime | None = None
        self._step_s = DEFAULT_STEP_S
        self._latest: datetime | None = None
        self._decoded: datetime | None = None
        self.epoch = 0
        self.jumps = 0
        self.lead_s = 0.0

    def anchor(self, at: datetime) -> None:
        """The next packet's picture is at `at`, a new connection's wall time."""
        self._pending_anchor = at
        self._line = None

    def step(self, seconds: float) -> None:
        """The host's clock was set by `seconds` while the feed ran.

        A step forward is taken up at once: what lies between was not watched. After a
        step back media time goes on as before, ahead of the host by `lead_s`, because
        it may not run backwards and must not stand still: rules would be blind.
        """
        forward_s = max(0.0, seconds - self.lead_s)
        self.lead_s = max(0.0, self.lead_s - seconds)
        if forward_s > 0 and self._line is not None:
            self._line.at += timedelta(seconds=forward_s)
            self._discontinue()

    def run_on(self) -> None:
        """The next packet follows the last by one picture: a loop's seam."""
        self._pending_anchor = self._next_at()
        self._line = None

    def _next_at(self) -> datetime | None:
        if self._latest is None:
            return self._pending_anchor
        return self._latest + timedelta(seconds=self._step_s)

    def stamp(self, raw: RawPacket, monotonic_s: float | None) -> EncodedPacket:
        """The packet with its media time.

        Args:
            raw: The next packet in decoding order.
            monotonic_s: Host's monotonic time at its arrival; None for recordings.

        Raises:
            ValueError: `anchor` was never called.
        """
        dts_s = self._decoding_stamp(raw)
        if self._line is None:
            self._line = self._begin(dts_s, self._lag_s(raw, dts_s), monotonic_s)
        else:
            self._advance(raw, dts_s, monotonic_s)
        line = self._line
        self._decoded = line.at
        at = line.at + timedelta(seconds=self._lag_s(raw, line.dts_s))
        duration_s = raw.duration_s or self._step_s
        if self._latest is None or at > self._latest:
            self._latest = at
        offset = None if raw.utc is None else (raw.utc - at).total_seconds() * 1e3
        return EncodedPacket(
            data=raw.data,
            format=raw.format,
            is_keyframe=raw.is_keyframe,
            at=at,
            decode_at=line.at,
            duration_s=duration_s,
            epoch=self.epoch,
            utc_offset_ms=offset,
        )

    def _decoding_stamp(self, raw: RawPacket) -> float:
        """Decoding stamp of the packet, seconds of the feed's clock."""
        if raw.dts_s is not None:
            return raw.dts_s
        if raw.pts_s is not None:
            return raw.pts_s
        if self._line is None:
            return 0.0
        return self._line.dts_s + (raw.duration_s or self._step_s)

    def _lag_s(self, raw: RawPacket, dts_s: float) -> float:
        """How much later than decoded the picture is shown, seconds."""
        if raw.pts_s is None:
            return 0.0
        lag_s = raw.pts_s - dts_s
        # no codec reorders further than 16 pictures; more is a broken stamp
        return lag_s if abs(lag_s) <= 16 * max(self._step_s, 0.2) else 0.0

    def _begin(self, dts_s: float, lag_s: float, monotonic_s: float | None) -> _Line:
        if self._pending_anchor is None:
            msg = "media time has no anchor"
            raise ValueError(msg)
        shown = self._pending_anchor
        if self._latest is not None:
            self.epoch += 1
            shown = max(shown, self._latest + TICK)
            if monotonic_s is not None:
                self.lead_s = (shown - self._pending_anchor).total_seconds()
        at = shown - timedelta(seconds=lag_s)
        if self._decoded is not None:
            at = max(at, self._decoded + TICK)
        self._pending_anchor = None
        return _Line(at, dts_s, monotonic_s)

    def _advance(self, raw: RawPacket, dts_s: float, monotonic_s: float | None) -> None:
        line = self._line
        assert line is not None
        passed_s = None
        if monotonic_s is not None and line.monotonic_s is not None:
            passed_s = max(0.0, monotonic_s - line.monotonic_s)
        step_s = _unwrapped(dts_s - line.dts_s, raw.tick_s)
        if -BACK_S <= step_s <= 0:
            # disorder: time stands still until the stamps have caught up
            dts_s, step_s = line.dts_s, 0.0
        elif _is_jump(step_s, passed_s):
            step_s = self._step_s if passed_s is None else passed_s
            self._discontinue()
            line.ahead_s = 0.0
        elif step_s < 1.0:
            self._step_s = step_s
        if passed_s is not None:
            step_s = self._held_to_host(line, step_s, passed_s)
            line.monotonic_s = monotonic_s
        line.at += timedelta(seconds=step_s)
        line.dts_s = dts_s

    def _held_to_host(self, line: _Line, step_s: float, passed_s: float) -> float:
        """The step, drawn towards the host's pace and never far from it."""
        line.ahead_s += step_s - passed_s
        if line.ahead_s < -BEHIND_S:
            late_s, line.ahead_s = -line.ahead_s, 0.0
            self._discontinue()
            return step_s + late_s
        if line.ahead_s > AHEAD_S and not line.is_crawling:
            line.is_crawling = True
            self._discontinue()
        if line.is_crawling:
            # media time may not go back: it crawls until the host has caught up
            crawl_s = min(step_s, TICK.total_seconds())
            line.ahead_s -= step_s - crawl_s
            line.is_crawling = line.ahead_s > 0
            return crawl_s
        slew_s = min(abs(line.ahead_s), SLEW * step_s)
        if line.ahead_s > 0:
            slew_s = -slew_s
        line.ahead_s += slew_s
        return step_s + slew_s

    def _discontinue(self) -> None:
        self.epoch += 1
        self.jumps += 1


def _unwrapped(step_s: float, tick_s: float) -> float:
    """The step, or the step across the wrap of a 32 or 33 bit counter."""
    if step_s >= -BACK_S:
        return step_s
    for ticks in _WRAPS:
        across_s = step_s + ticks * tick_s
        if 0 <= across_s <= GAP_S:
            return across_s
    return step_s


def _is_jump(step_s: float, passed_s: float | None) -> bool:
    if step_s < -BACK_S:
        return True
    if passed_s is None:
        return step_s > GAP_S
    return step_s > passed_s + LIVE_GAP_S
