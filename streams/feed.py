"""One camera's feed as a thread: connect, read, hand on; fail, wait, try again.

In: a resolver that names the address anew at every connect. Out: frames into the
mailbox, packets into the ring, a status at any time. The retry loop (`_run`) stands
apart from the work (`_run_once`), and no failure of one feed leaves its thread.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import structlog

from base.clock import Clock
from base.guard import Boundary, guard
from base.ids import CameraId
from base.shutdown import StopSignal
from streams.arrival import Pace, arrivals
from streams.errors import FeedError
from streams.fault_log import FaultLog
from streams.faults import FeedFault
from streams.feed_life import FeedLife
from streams.feed_status import FeedStatus
from streams.frame import Frame
from streams.health import HealthTimes
from streams.host_clock import HostClock
from streams.intake import MEGABYTE, Intake, IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.look_requests import LookRequests
from streams.mailbox import Mailbox
from streams.packet import EncodedPacket
from streams.resolver import FeedAddress, FeedResolver
from streams.retry import Backoff, RetryTimes
from streams.ring import PacketRing
from streams.settings import Profile
from streams.source import Source

JOIN_S = 2.0
"""How long a stop waits for a thread; one that libav holds ends at its own timeout."""
STOP_CHECK_S = 0.5
"""How often a waiting feed looks whether the process is stopping."""


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How one feed is read.

    Attributes:
        resting: What the camera's rules need when nothing is going on.
        profile: Which of the camera's streams.
        timeout_s: Longest wait for a connection or the next packet, seconds.
        ring_s: How far back the ring reaches, seconds.
        ring_bytes: Ceiling of the ring's packets, bytes.
        start_spread_s: The first attempt comes at a random moment within this time.
        retry: Delays between attempts.
        health: How long a health state must last.
    """

    resting: LookRequest
    profile: Profile = Profile.LOOKS
    timeout_s: float = 10.0
    ring_s: float = 20.0
    ring_bytes: int = 64 * MEGABYTE
    start_spread_s: float = 0.0
    retry: RetryTimes = field(default_factory=RetryTimes)
    health: HealthTimes = field(default_factory=HealthTimes)


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What the process gives each of its feeds.

    Attributes:
        clock: Wall and monotonic time.
        stop: Set when the process ends.
        seed: Source of this feed's jitter; different for each feed.
    """

    clock: Clock
    stop: StopSignal
    seed: int | str


class Feed:
    """Supervisor and demuxer of one feed.

    Args:
        camera: Whose feed.
        resolver: Names the address.
        options: How it is read.
        sink: Where frames go.
        context: Clock, stop signal and jitter.
    """

    def __init__(
        self,
        camera: CameraId,
        resolver: FeedResolver,
        options: FeedOptions,
        sink: Mailbox,
        context: FeedContext,
    ) -> None:
        self._camera = camera
        self._resolver = resolver
        self._options = options
        self._sink = sink
        self._context = context
        self._clock = context.clock
        self._plan = LookPlan(options.resting)
        self._intake = Intake(
            camera,
            self._plan,
            IntakeOptions(
                options.resting, options.ring_s, options.ring_bytes, options.health
            ),
        )
        self._rng = Random(f"{camera}:{context.seed}")  # noqa: S311 - jitter
        self._backoff = Backoff(options.retry, self._rng)
        self._own_stop = StopSignal()
        self._host = HostClock(self._clock)
        self._requests = LookRequests()
        self._life = FeedLife(self._clock, self._intake)
        self._thread: threading.Thread | None = None
        self._log = structlog.get_logger().bind(camera_id=str(camera))
        self._faults = FaultLog(self._log, self._clock)

    @property
    def ring(self) -> PacketRing:
        """The last seconds of encoded packets."""
        return self._intake.ring

    @property
    def camera(self) -> CameraId:
        """Whose feed this is."""
        return self._camera

    def start(self) -> None:
        """Begin, in a thread of its own; once."""
        if self._thread is not None:
            msg = "a feed starts once"
            raise RuntimeError(msg)
        name = f"feed-{self._camera}"
        # a daemon: libav may hold the thread until its timeout when the process ends
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the thread to end, without waiting."""
        self._own_stop.set()

    def stop(self, timeout_s: float = JOIN_S) -> None:
        """End the feed; returns within `timeout_s` seconds.

        A thread that waits inside libav for a silent camera hands nothing on any more
        and ends by itself at its read timeout.
        """
        self.request_stop()
        if self._thread is not None:
            self._thread.join(timeout_s)
        self._life.ended(None)
        self.ring.end()

    def ask(self, request: LookRequest, at: datetime) -> None:
        """What the rules need from now on, decided at the look at `at`; thread-safe.

        It acts on pictures after `at`: the plan never looks again at or before its
        last look, which is not older than `at`.
        """
        del at
        self._requests.ask(request)

    def rest(self, request: LookRequest) -> None:
        """What the rules need when nothing is going on, from now on; thread-safe."""
        self._requests.rest(request)

    def status(self) -> FeedStatus:
        """How the feed is doing; thread-safe."""
        return self._life.status(self._sink.dropped(self._camera))

    def _is_stopping(self) -> bool:
        return self._own_stop.is_set() or self._context.stop.is_set()

    def _wait(self, seconds: float) -> bool:
        """Wait, in slices; true when the feed is to end."""
        until_s = self._clock.monotonic_s() + seconds
        while not self._is_stopping():
            left_s = until_s - self._clock.monotonic_s()
            if left_s <= 0:
                return False
            self._own_stop.wait(min(left_s, STOP_CHECK_S))
        return True

    def _run(self) -> None:
        """Try, and try again, until the recording has ended or a stop is asked for."""
        self._wait(self._rng.uniform(0, self._options.start_spread_s))
        while not self._is_stopping():
            began_s = self._clock.monotonic_s()
            fault = guard(
                Boundary.FEED_SUPERVISOR,
                str(self._camera),
                self._run_once,
                lambda _error: FeedFault.FAILED,
            )
            if fault is None or self._is_stopping():
                break
            self._await_retry(fault, self._clock.monotonic_s() - began_s)
        self._life.ended(None if self._is_stopping() else FeedFault.ENDED)
        self.ring.end()

    def _await_retry(self, fault: FeedFault, lived_s: float) -> None:
        was_live = self._life.is_live
        delay_s = self._backoff.delay_s(fault, lived_s if was_live else 0.0)
        self._life.lost(fault, delay_s)
        self.ring.pass_time(self._clock.utc_now())
        self._wait(delay_s)

    def _run_once(self) -> FeedFault | None:
        """One connection; the fault that ended it, None when the recording ended."""
        self._life.connecting()
        try:
            address = self._resolver.resolve(self._options.profile)
            if address.is_live:
                self._read_live(address)
            else:
                self._play(address)
        except FeedError as error:
            if not self._is_stopping():
                self._faults.tell(error.fault, error.detail)
            return error.fault
        return None

    def _read_live(self, address: FeedAddress) -> None:
        """A stream, as it comes."""
        is_first = True
        with Source(address, self._options.timeout_s, self._clock) as source:
            for arrival in arrivals(source.packets(), self._clock):
                if self._is_stopping():
                    return
                if is_first:
                    is_first = False
                    passed_s = self._clock.monotonic_s() - arrival.monotonic_s
                    self._connected(passed_s)
                self._intake.follow_host(self._host.stepped_s())
                packet = self._intake.stamp(arrival.raw, arrival.monotonic_s)
                self._take(packet)

    def _play(self, address: FeedAddress) -> None:
        """A recording at its own speed, lap after lap where it loops."""
        is_first_lap = True
        while is_first_lap or (address.loops and not self._is_stopping()):
            with Source(address, self._options.timeout_s, self._clock) as source:
                if is_first_lap:
                    self._connected(0.0)
                else:
                    self._intake.run_on()
                self._play_lap(source)
            is_first_lap = False

    def _play_lap(self, source: Source) -> None:
        pace = Pace()
        for raw in source.packets():
            packet = self._intake.stamp(raw, None)
            now_s = self._clock.monotonic_s()
            if self._wait(pace.due_in_s(packet.decode_at, now_s)):
                return
            self._take(packet)
        self._hand_on(self._intake.finish())

    def _connected(self, passed_s: float) -> None:
        """The first packet has come; it was sent `passed_s` seconds ago."""
        self._host = HostClock(self._clock)
        at = self._clock.utc_now() - timedelta(seconds=passed_s)
        self._intake.connect(at)
        self._life.connected()
        self._log.info("stream.connected")

    def _take(self, packet: EncodedPacket) -> None:
        self._apply_request()
        self._hand_on(self._intake.take(packet))

    def _apply_request(self) -> None:
        asked, resting = self._requests.take()
        if asked is not None:
            self._plan.ask(asked)
        if resting is not None:
            self._intake.sampler.rest(resting)

    def _hand_on(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            if self._is_stopping():
                return
            self._sink.put(frame)
            self._life.handed_on(frame)


def stop_all(feeds: Iterable[Feed], clock: Clock, timeout_s: float = JOIN_S) -> None:
    """Stop many feeds at once; returns within `timeout_s` seconds for all of them."""
    stopping = list(feeds)
    for feed in stopping:
        feed.request_stop()
    until_s = clock.monotonic_s() + timeout_s
    for feed in stopping:
        feed.stop(max(0.0, until_s - clock.monotonic_s()))
