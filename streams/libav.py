"""What libav's errors mean to a feed, and how quiet it must be.

In: exceptions of PyAV. Out: `FeedError` with a named fault. libav names a silent RTSP
port "invalid data", a failed look-up of a host name "input/output error" and an
interrupt "immediate exit", so the mapping also needs to know how long the call took
and whether the stream was being opened or read.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import av
import av.error
import av.logging

from base.clock import Clock
from streams.errors import ClipFault, FeedError
from streams.faults import FeedFault

TIMED_OUT_SHARE = 0.9
"""A failure after this share of the timeout is a timeout whatever libav calls it."""

_BY_TYPE: tuple[tuple[type[BaseException], FeedFault], ...] = (
    (av.error.HTTPUnauthorizedError, FeedFault.AUTH),
    (av.error.HTTPForbiddenError, FeedFault.AUTH),
    (av.error.HTTPNotFoundError, FeedFault.NOT_FOUND),
    (av.error.HTTPTooManyRequestsError, FeedFault.REFUSED),
    (av.error.HTTPServerError, FeedFault.REFUSED),
    (av.error.HTTPError, FeedFault.NOT_FOUND),
    (av.error.FileNotFoundError, FeedFault.NOT_FOUND),
    (av.error.IsADirectoryError, FeedFault.NOT_FOUND),
    (av.error.NotADirectoryError, FeedFault.NOT_FOUND),
    (av.error.PermissionError, FeedFault.NOT_FOUND),
    (av.error.ConnectionRefusedError, FeedFault.REFUSED),
    (av.error.ProtocolNotFoundError, FeedFault.UNSUPPORTED),
    (av.error.DemuxerNotFoundError, FeedFault.UNSUPPORTED),
    (av.error.DecoderNotFoundError, FeedFault.UNSUPPORTED),
    (av.error.PatchWelcomeError, FeedFault.UNSUPPORTED),
    (av.error.NotImplementedError, FeedFault.UNSUPPORTED),
)

_UNREACHABLE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was being done when libav failed.

    Attributes:
        is_opening: Whether the stream was being opened, else read.
        is_live: Whether it is a network stream, else a recording.
        elapsed_s: How long the call took, seconds.
        timeout_s: How long it was allowed to take, seconds.
    """

    is_opening: bool
    is_live: bool
    elapsed_s: float
    timeout_s: float

    @property
    def used_its_time(self) -> bool:
        """Whether the call failed only when its time was up."""
        return self.is_live and self.elapsed_s >= TIMED_OUT_SHARE * self.timeout_s


def fault_of(error: av.error.FFmpegError, attempt: Attempt) -> FeedFault:
    """Which fault `error` is; `FAILED` when nothing better can be said."""
    for kind, fault in _BY_TYPE:
        if isinstance(error, kind):
            return fault
    silence = FeedFault.TIMEOUT if attempt.is_opening else FeedFault.STALLED
    timed_out = isinstance(error, av.error.TimeoutError | av.error.ExitError)
    if timed_out or attempt.used_its_time:
        return silence
    if isinstance(error, av.error.EOFError):
        # a server that accepts and hangs up is starting or full
        hung_up = FeedFault.REFUSED if attempt.is_live else FeedFault.EMPTY
        return hung_up if attempt.is_opening else FeedFault.ENDED
    if isinstance(error, av.error.InvalidDataError):
        return FeedFault.CORRUPT
    return _fault_of_errno(error.errno, attempt)


def _fault_of_errno(number: int | None, attempt: Attempt) -> FeedFault:
    if number in _UNREACHABLE:
        return FeedFault.UNREACHABLE
    if number in {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED}:
        return FeedFault.REFUSED if attempt.is_opening else FeedFault.ENDED
    if number == errno.EIO:
        if not attempt.is_opening:
            return FeedFault.ENDED if attempt.is_live else FeedFault.CORRUPT
        # libav answers a host name that does not resolve with EIO
        return FeedFault.UNREACHABLE if attempt.is_live else FeedFault.CORRUPT
    return FeedFault.FAILED


@contextmanager
def translated(
    clock: Clock, *, is_opening: bool, is_live: bool, timeout_s: float
) -> Iterator[None]:
    """Turn what PyAV raises inside the block into a `FeedError`.

    Raises:
        FeedError: With the fault of the libav error; the text holds libav's words
            for the error only, never the address.
    """
    began_s = clock.monotonic_s()
    try:
        yield
    except av.error.FFmpegError as error:
        elapsed_s = clock.monotonic_s() - began_s
        fault = fault_of(error, Attempt(is_opening, is_live, elapsed_s, timeout_s))
        words = error.strerror or "libav gave no reason"
        if fault in {FeedFault.TIMEOUT, FeedFault.STALLED}:
            words = f"nothing came for {elapsed_s:.0f} s"
        # libav's own exception repeats the address: it must not reach a traceback
        raise FeedError(fault, words) from None


_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def clip_fault_of(error: OSError | av.error.FFmpegError) -> ClipFault:
    """Which fault of writing a clip `error` is."""
    if error.errno in _DISK_FULL:
        return ClipFault.DISK_FULL
    if isinstance(error, av.error.InvalidDataError | av.error.EOFError):
        return ClipFault.UNREADABLE
    return ClipFault.UNWRITABLE


def silence_libav() -> None:
    """Keep libav's own log lines, which repeat whole addresses, out of every log."""
    av.logging.set_level(None)
