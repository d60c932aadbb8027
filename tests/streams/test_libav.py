"""libav's errors as named faults, and addresses that never leak."""

import errno

import av.error
import pytest

from base.clock import ManualClock
from streams.errors import ClipFault, FeedError
from streams.faults import HEALTH_FAULTS, REMEDIES, FeedFault
from streams.libav import Attempt, clip_fault_of, fault_of, translated
from tests.streams.conftest import START

OPENING = Attempt(is_opening=True, is_live=True, elapsed_s=0.1, timeout_s=10)
READING = Attempt(is_opening=False, is_live=True, elapsed_s=0.1, timeout_s=10)
OPENED_LATE = Attempt(is_opening=True, is_live=True, elapsed_s=9.9, timeout_s=10)
OPENING_FILE = Attempt(is_opening=True, is_live=False, elapsed_s=0.1, timeout_s=10)
FILE = Attempt(is_opening=False, is_live=False, elapsed_s=30, timeout_s=10)


def invalid() -> av.error.FFmpegError:
    return av.error.InvalidDataError(-1094995529, "Invalid data found", None)


def os_error(number: int) -> av.error.FFmpegError:
    return av.error.OSError(number, "some words", None)


@pytest.mark.parametrize(
    ("error", "attempt", "fault"),
    [
        (invalid(), OPENING, FeedFault.CORRUPT),
        (invalid(), OPENED_LATE, FeedFault.TIMEOUT),
        (invalid(), FILE, FeedFault.CORRUPT),
        (av.error.ExitError(1, "exit", None), OPENING, FeedFault.TIMEOUT),
        (av.error.ExitError(1, "exit", None), READING, FeedFault.STALLED),
        (av.error.TimeoutError(110, "late", None), READING, FeedFault.STALLED),
        (av.error.EOFError(1, "end", None), OPENING, FeedFault.REFUSED),
        (av.error.EOFError(1, "end", None), OPENING_FILE, FeedFault.EMPTY),
        (av.error.EOFError(1, "end", None), READING, FeedFault.ENDED),
        (av.error.HTTPUnauthorizedError(1, "401", None), OPENED_LATE, FeedFault.AUTH),
        (av.error.HTTPForbiddenError(1, "403", None), OPENING, FeedFault.AUTH),
        (av.error.HTTPNotFoundError(1, "404", None), OPENING, FeedFault.NOT_FOUND),
        (av.error.HTTPServerError(1, "500", None), OPENING, FeedFault.REFUSED),
        (os_error(errno.EHOSTUNREACH), OPENING, FeedFault.UNREACHABLE),
        (os_error(errno.EIO), OPENING, FeedFault.UNREACHABLE),
        (os_error(errno.EIO), READING, FeedFault.ENDED),
        (os_error(errno.ECONNRESET), OPENING, FeedFault.REFUSED),
        (os_error(errno.ECONNRESET), READING, FeedFault.ENDED),
        (os_error(errno.EMFILE), OPENING, FeedFault.FAILED),
    ],
)
def test_errors_have_names(
    error: av.error.FFmpegError, attempt: Attempt, fault: FeedFault
) -> None:
    """The fault depends on the error, on what was done, and on how long it took."""
    assert fault_of(error, attempt) is fault


def test_an_address_does_not_leak() -> None:
    """Libav repeats the whole address in its errors; ours do not, nor their causes."""
    secret = "rtsp://admin:hunter2@cam/x?token=abc"
    clock = ManualClock(START)

    with (
        pytest.raises(FeedError) as error,
        translated(clock, is_opening=True, is_live=True, timeout_s=1),
    ):
        raise av.error.HTTPUnauthorizedError(1, "401 Unauthorized", secret)

    assert error.value.fault is FeedFault.AUTH
    assert "hunter2" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_what_libav_logs_reaches_nobody(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Opening a bad address leaves no line of libav's behind."""
    from pydantic import SecretStr  # noqa: PLC0415

    from base.clock import SystemClock  # noqa: PLC0415
    from streams.resolver import FeedAddress  # noqa: PLC0415
    from streams.source import Source  # noqa: PLC0415

    url = SecretStr("rtsp://admin:hunter2@127.0.0.1:1/x")
    with pytest.raises(FeedError):
        Source(FeedAddress(url, is_live=True), 2, SystemClock())

    out, err = capfd.readouterr()
    assert "hunter2" not in out + err + caplog.text


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, ClipFault.DISK_FULL),
        (errno.EDQUOT, ClipFault.DISK_FULL),
        (errno.EFBIG, ClipFault.DISK_FULL),
        (errno.EACCES, ClipFault.UNWRITABLE),
    ],
)
def test_a_disk_that_refuses_has_names(number: int, fault: ClipFault) -> None:
    """A full disk is told from one that may not be written to."""
    assert clip_fault_of(OSError(number, "words")) is fault


def test_every_fault_has_a_remedy() -> None:
    """What can go wrong with a feed says what to do about it."""
    assert set(REMEDIES) == set(FeedFault)
    assert set(FeedFault) > HEALTH_FAULTS
