"""The only broad catch in the house, used at six listed boundaries.

Beyond one feed, one rule, one stream entry, one outbox row, one job or one request,
an unexpected exception must not spread: it is logged with its traceback, counted, and
the boundary's owner is told, so that it can back off, disable or set aside.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar

import structlog

from base.errors import StoppedError

T = TypeVar("T")


class Boundary(StrEnum):
    """Where a broad catch is allowed."""

    FEED_SUPERVISOR = "feed_supervisor"
    RULE_ENGINE = "rule_engine"
    STREAM_CONSUMER = "stream_consumer"
    OUTBOX_SENDER = "outbox_sender"
    JOB_RUNNER = "job_runner"
    API_HANDLER = "api_handler"


def guard(
    boundary: Boundary,
    name: str,
    work: Callable[[], T],
    on_error: Callable[[Exception], T],
) -> T:
    """Run `work`; on an unexpected exception log it and return `on_error(error)`.

    Args:
        boundary: Which of the listed boundaries this is.
        name: What is guarded (a camera, a rule code, an entry id), for the log.
        work: The guarded call.
        on_error: Decides what goes on instead; may itself raise.

    Raises:
        StoppedError: Passes through, the process is ending.
    """
    try:
        return work()
    except StoppedError:
        raise
    except Exception as error:
        structlog.get_logger().exception(
            "guard.caught", boundary=boundary.value, name=name
        )
        return on_error(error)


async def guard_async(
    boundary: Boundary,
    name: str,
    work: Callable[[], Awaitable[T]],
    on_error: Callable[[Exception], Awaitable[T]],
) -> T:
    """`guard` for awaited work: same arguments, same promises.

    Raises:
        StoppedError: Passes through, the process is ending.
    """
    try:
        return await work()
    except StoppedError:
        raise
    except Exception as error:
        structlog.get_logger().exception(
            "guard.caught", boundary=boundary.value, name=name
        )
        return await on_error(error)
