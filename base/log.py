"""structlog to stderr: JSON lines, or coloured on a terminal; repeats counted.

Standard output stays free for what a command prints (`replay --json -`). Every value
passes through `base.redact`, so that a credential cannot reach a log by mistake.
"""

import io
import logging
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from base.clock import Clock
from base.redact import redact


def _redact_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event


class _Stderr(io.TextIOBase):
    """The process's stderr of the moment: one that was redirected may be closed."""

    def write(self, text: str) -> int:
        """Write to whatever is stderr now."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush it."""
        sys.stderr.flush()


_STDERR = cast("TextIO", _Stderr())


def configure_logging(level: str = "info", *, as_json: bool | None = None) -> None:
    """Set up structlog and route the standard library's loggers through stderr.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        as_json: True for JSON lines, False for colours, None to look at the terminal.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    if as_json is None:
        as_json = not sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        # rich tracebacks print local variables, with credentials, and take seconds
        else structlog.dev.ConsoleRenderer(
            exception_formatter=structlog.dev.plain_traceback
        )
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # made text before the redaction: an error's words may hold an address
        structlog.processors.format_exc_info,
        _redact_values,
        renderer,
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(_STDERR),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=_STDERR, level=max(number, logging.WARNING))


class RepeatCounter:
    """Lets one message a second through for each key and counts the rest.

    A dying camera logs thousands of identical lines; the first is told at once, the
    others as `repeated=n` with the next that passes.
    """

    def __init__(self, clock: Clock, every_s: float = 1.0) -> None:
        self._clock = clock
        self._every_s = every_s
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
        self._held: dict[str, int] = {}

    def admit(self, key: str) -> int | None:
        """None when `key` must stay silent, else how many were held since last told."""
        now = self._clock.monotonic_s()
        with self._lock:
            last = self._told.get(key)
            if last is not None and now - last < self._every_s:
                self._held[key] = self._held.get(key, 0) + 1
                return None
            self._told[key] = now
            return self._held.pop(key, 0)
