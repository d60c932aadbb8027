"""The registries of a site, read from files: paths in, the ports of the rules out.

A file is read again when its size or time of change differs. One that cannot be read,
is wrong, or is older than it may be tells nothing: what depends on it is *unknown*, and
the log says why, once.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from pydantic import BaseModel

from base.errors import ConfigError
from base.ids import CameraId, ViewName
from rules.context import (
    Context,
    Entered,
    EntryRegister,
    NoCalendar,
    NoRegister,
    NoWeather,
    Weather,
    WeatherFeed,
    WorkCalendar,
)
from rules.permit import NoPermitBook, Permit, PermitBook
from sites.input_formats import PermitsFile, RegisterFile, WeatherReports, parsed
from sites.inputs_section import Calendar, InputFile, InputsSection, WeatherFile
from sites.work_calendar import ChinaCalendar

F = TypeVar("F", bound=BaseModel)


class WatchedFile(Generic[F]):
    """One input file; read again when it changes.

    Args:
        path: Where it lies.
        form: What it must hold.
    """

    def __init__(self, path: Path, form: type[F]) -> None:
        self._path, self._form = path, form
        self._mark: tuple[int, int] | None = None
        self._content: F | None = None
        self._log = structlog.get_logger().bind(file=str(path))

    def read(self) -> F | None:
        """What it holds now; None while it cannot be read or is wrong."""
        try:
            state = self._path.stat()
            mark = (state.st_mtime_ns, state.st_size)
            if mark != self._mark:
                self._content = None
                self._mark = mark
                self._content = parsed(self._path.read_bytes(), self._form)
        except (OSError, ConfigError) as error:
            self._tell(error)
        return self._content

    def _tell(self, error: OSError | ConfigError) -> None:
        """Say what is wrong, once for each state of the file."""
        if isinstance(error, ConfigError):
            self._log.error("input.wrong", reason=str(error))
        elif self._mark != (0, 0):
            self._log.error("input.unreadable", reason=error.strerror or str(error))
            self._mark, self._content = (0, 0), None


def is_stale(as_of: datetime, at: datetime, stale_s: float | None) -> bool:
    """Whether what was told at `as_of` is too old to be believed at `at`."""
    return stale_s is not None and at - as_of > timedelta(seconds=stale_s)


class FilePermitBook:
    """A `PermitBook` over a permits file."""

    def __init__(self, section: InputFile) -> None:
        self._stale_s = section.stale_s
        self._file = WatchedFile(section.path, PermitsFile)
        self._of: tuple[PermitsFile | None, tuple[Permit, ...]] = (None, ())

    def permits(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Permit] | None:
        """Permits that touch the view; None when the file tells nothing of now."""
        told = self._file.read()
        if told is None or is_stale(told.as_of, at, self._stale_s):
            return None
        if told is not self._of[0]:
            self._of = (told, told.of(camera, view))
        return self._of[1]


class FileWeather:
    """A `WeatherFeed` over a station's file."""

    def __init__(self, section: WeatherFile) -> None:
        self._stale_s = section.stale_s
        self._file = WatchedFile(section.path, WeatherReports)
        self._of: tuple[WeatherReports | None, tuple[Weather, ...]] = (None, ())

    def weather(self, camera: CameraId, at: datetime) -> Weather | None:
        """The newest report not later than `at` and not too old."""
        del camera
        told = self._file.read()
        if told is not self._of[0]:
            self._of = (told, () if told is None else told.told())
        reports = self._of[1]
        past = bisect_right(reports, at, key=lambda one: one.at)
        if past == 0 or is_stale(reports[past - 1].at, at, self._stale_s):
            return None
        return reports[past - 1]


class FileRegister:
    """An `EntryRegister` over a register's file."""

    def __init__(self, section: InputFile) -> None:
        self._stale_s = section.stale_s
        self._file = WatchedFile(section.path, RegisterFile)

    def entered(
        self, camera: CameraId, view: ViewName, at: datetime
    ) -> Sequence[Entered] | None:
        """Lines up to `at`; None when the file tells nothing of now."""
        told = self._file.read()
        if told is None or is_stale(told.as_of, at, self._stale_s):
            return None
        return [line for line in told.of(camera, view) if line.came_in <= at]


def context_of(section: InputsSection) -> Context:
    """The registries one camera's rules ask; a camera has its own, for one thread."""
    permits: PermitBook = NoPermitBook()
    weather: WeatherFeed = NoWeather()
    register: EntryRegister = NoRegister()
    calendar: WorkCalendar = NoCalendar()
    if section.permits is not None:
        permits = FilePermitBook(section.permits)
    if section.weather is not None:
        weather = FileWeather(section.weather)
    if section.entries is not None:
        register = FileRegister(section.entries)
    if section.calendar is Calendar.CHINA:
        calendar = ChinaCalendar()
    return Context(permits, calendar, weather, register)
