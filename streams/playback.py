"""A recording pulled losslessly, without threads or wall clock: what a replay reads.

In: an address, a start time, a look plan. Out: exactly the frames a feed with the same
plan would hand on, one at each `next()`, and the same packet ring. A request made by
the consumer between two frames acts on the pictures after the first of them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from base.clock import Clock, SystemClock
from base.ids import CameraId
from streams.faults import FeedFault
from streams.frame import Frame
from streams.intake import Intake, IntakeOptions
from streams.look_plan import LookPlan
from streams.resolver import FeedAddress
from streams.ring import PacketRing
from streams.source import Source
from streams.stretch import within

OPEN_TIMEOUT_S = 10.0


class Playback:
    """An iterator over the looks of one recording.

    Attributes:
        ring: The last packets read, for cutting clips in the middle of a replay.
    """

    def __init__(self, intake: Intake, frames: Iterator[Frame]) -> None:
        self._intake = intake
        self._frames = frames
        self.ring: PacketRing = intake.ring

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        return next(self._frames)

    @property
    def faults(self) -> frozenset[FeedFault]:
        """Health faults that hold at the last frame."""
        return self._intake.faults

    @property
    def decoded(self) -> int:
        """Pictures decoded so far."""
        return self._intake.sampler.decoded

    @property
    def looks_failed(self) -> int:
        """Looks that were due and could not be decoded."""
        return self._intake.sampler.looks_failed


def play(
    address: FeedAddress,
    camera: CameraId,
    start: datetime,
    plan: LookPlan,
    options: IntakeOptions,
) -> Playback:
    """Play a recording once, as fast as it is pulled.

    Args:
        address: A recording; its `loops` is not followed. Its stretch ends with the
            last group of pictures that begins before its end.
        camera: The camera it stands for.
        start: Media time of the picture at the stretch's beginning, aware.
        plan: When to look.
        options: Ring and health.

    Returns:
        The frames; opening happens at the first `next()`.

    Raises:
        FeedError: At `next()`, with a named fault, when the file is missing, empty,
            damaged or of an unsupported codec.
    """
    intake = Intake(camera, plan, options)
    zero = start - timedelta(seconds=address.stretch.from_s)
    return Playback(intake, _frames(address, zero, intake, SystemClock()))


def _frames(
    address: FeedAddress, zero: datetime, intake: Intake, clock: Clock
) -> Iterator[Frame]:
    """The looks; `zero` is the media time of the recording's first picture."""
    has_begun = False
    try:
        with Source(address, OPEN_TIMEOUT_S, clock) as source:
            for passed_s, raw in within(source.packets(), address.stretch):
                if not has_begun:
                    intake.connect(zero + timedelta(seconds=passed_s))
                    has_begun = True
                yield from intake.take(intake.stamp(raw, None))
            yield from intake.finish()
    finally:
        intake.ring.end()
