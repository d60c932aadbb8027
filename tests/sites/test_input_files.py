"""Inputs told by files: read, read again, too old, wrong, gone; the calendar's end."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from base.errors import ConfigError
from base.ids import CameraId, ViewName
from rules.permit import Activity, DayKind
from sites.input_files import (
    FilePermitBook,
    FileRegister,
    FileWeather,
    context_of,
)
from sites.input_formats import PermitsFile, RegisterFile, WeatherReports, parsed
from sites.inputs_section import Calendar, InputFile, InputsSection, WeatherFile
from sites.load import parse_site
from sites.recordings import with_absolute_paths
from sites.work_calendar import ChinaCalendar

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "inputs"
CAMPUS, YARD, HOME = CameraId("campus"), CameraId("yard"), ViewName("home")
TOLD = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
SHORT = """version: 1
as_of: 2026-11-20T08:00:00+08:00
permits:
  P1:
    {camera: campus, activities: [works], valid_from: 2026-01-01, valid_to: 2026-12-31}
"""


def _permits(path: Path, stale_s: float | None = None) -> FilePermitBook:
    return FilePermitBook(InputFile(path=path, stale_s=stale_s))


def _rewrite(path: Path, text: str) -> None:
    """As a writer does: a new file, renamed into place; surely another time."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    then = path.stat().st_mtime_ns + 1_000_000
    os.utime(new, ns=(then, then))
    new.replace(path)


def test_the_samples_say_what_they_mean() -> None:
    """A permit of a stall, a mild wind, one person still inside."""
    (permit,) = _permits(SAMPLES / "permits.yaml").permits(CAMPUS, HOME, TOLD) or ()
    wind = FileWeather(WeatherFile(path=SAMPLES / "weather.yaml")).weather(CAMPUS, TOLD)
    register = FileRegister(InputFile(path=SAMPLES / "entries.yaml"))
    later = TOLD + timedelta(minutes=5)

    assert permit.activities == {Activity.REPAIR_STALL}
    assert permit.max_area_m2 == 4
    assert wind is not None
    assert wind.wind_mps == 5.2
    assert [line.came_out for line in register.entered(YARD, HOME, later) or ()] == [
        None
    ]
    assert register.entered(YARD, HOME, TOLD) == []


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """Nobody restarts anything for a new permit."""
    path = tmp_path / "permits.yaml"
    path.write_text(SHORT, encoding="utf-8")
    book = _permits(path)
    assert len(book.permits(CAMPUS, HOME, TOLD) or ()) == 1

    _rewrite(path, SHORT.split("permits:", maxsplit=1)[0] + "permits: {}\n")

    assert book.permits(CAMPUS, HOME, TOLD) == ()


def test_a_file_that_goes_wrong_or_away_tells_nothing_until_it_is_right(
    tmp_path: Path,
) -> None:
    """Unknown, never "no permit": half a file accuses nobody."""
    path = tmp_path / "permits.yaml"
    path.write_text(SHORT, encoding="utf-8")
    book = _permits(path)
    assert book.permits(CAMPUS, HOME, TOLD)

    _rewrite(path, SHORT[:40])
    assert book.permits(CAMPUS, HOME, TOLD) is None
    path.unlink()
    assert book.permits(CAMPUS, HOME, TOLD) is None
    path.write_text(SHORT, encoding="utf-8")
    assert book.permits(CAMPUS, HOME, TOLD)


def test_what_is_too_old_tells_nothing(tmp_path: Path) -> None:
    """By the look's time, not by the host's clock."""
    path = tmp_path / "permits.yaml"
    path.write_text(SHORT, encoding="utf-8")
    wind = FileWeather(WeatherFile(path=SAMPLES / "weather.yaml", stale_s=3600))
    hour, more = TOLD + timedelta(hours=1), TOLD + timedelta(hours=1, seconds=1)

    assert _permits(path, stale_s=3600).permits(CAMPUS, HOME, hour)
    assert _permits(path, stale_s=3600).permits(CAMPUS, HOME, more) is None
    assert wind.weather(CAMPUS, hour) is not None
    assert wind.weather(CAMPUS, more) is None
    assert wind.weather(CAMPUS, TOLD - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "the file is empty", id="empty"),
        pytest.param(SHORT.replace(": 1", ": 2"), "version", id="version"),
        pytest.param("version: 1", "as_of: Field required", id="no time"),
        pytest.param(
            "version: 1\nas_of: 2026-11-20T08:00:00", "as_of: ", id="time without zone"
        ),
        pytest.param(SHORT + "more: 1", "more: no such key", id="unknown key"),
        pytest.param(
            SHORT.replace("works", "juggling"),
            "permits.P1.activities",
            id="unknown activity",
        ),
        pytest.param(
            SHORT.replace("2026-12-31", "'2026-13-31'"),
            "permits.P1.valid_to",
            id="no such day",
        ),
        pytest.param(
            SHORT.replace("valid_from", "points: [[0, 0], [1, 1]], valid_from"),
            "permits.P1.points: needs 3 points",
            id="two points",
        ),
        pytest.param(
            SHORT.replace(
                "valid_from", "hours: [{start: 18:00, end: 20:00}], valid_from"
            ),
            "in quotes",
            id="a time YAML reads as a number",
        ),
        pytest.param("[" * 5000, "", id="nested"),
        pytest.param('{"version": 1}', "as_of: Field required", id="json"),
        pytest.param("\x00\xff", "no YAML", id="bytes"),
    ],
)
def test_junk_is_refused_by_its_key(text: str, problem: str) -> None:
    """Never a crash, never a guess."""
    with pytest.raises(ConfigError) as told:
        parsed(text.encode("utf-8", "surrogateescape"), PermitsFile)

    assert problem in str(told.value)


def test_junk_of_the_other_files_is_refused_too() -> None:
    """Wind is no word, an entry needs its opening."""
    with pytest.raises(ConfigError, match=r"reports.0.wind_mps"):
        parsed(
            b"version: 1\nstation: s\nreports:\n"
            b"- {at: 2026-11-20T08:00:00Z, wind_mps: calm}\n",
            WeatherReports,
        )
    with pytest.raises(ConfigError, match=r"entries.0.zone"):
        parsed(
            b"version: 1\nas_of: 2026-11-20T08:00:00Z\nentries:\n"
            b"- {camera: yard, came_in: 2026-11-20T08:00:00Z}\n",
            RegisterFile,
        )


def test_a_make_up_saturday_is_a_workday_and_beyond_the_table_nothing_is_known() -> (
    None
):
    """2026-10-10 is worked for the National Day; no year after the package's last."""
    calendar = ChinaCalendar()

    assert calendar.kind(date(2026, 10, 10)) is DayKind.WORKDAY
    assert calendar.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert calendar.kind(date(2026, 11, 22)) is DayKind.HOLIDAY
    assert calendar.kind(date(2099, 1, 5)) is None
    assert calendar.kind(date(1999, 1, 5)) is None


def test_what_is_not_named_is_not_told() -> None:
    """An empty section gives a calendar and nothing else."""
    context = context_of(InputsSection())
    bare = context_of(InputsSection(calendar=Calendar.NONE))

    assert context.permits.permits(CAMPUS, HOME, TOLD) is None
    assert context.weather.weather(CAMPUS, TOLD) is None
    assert context.register.entered(CAMPUS, HOME, TOLD) is None
    assert context.calendar.kind(date(2026, 10, 10)) is DayKind.WORKDAY
    assert bare.calendar.kind(date(2026, 10, 10)) is None


def test_a_site_names_its_inputs_beside_itself(tmp_path: Path) -> None:
    """Relative to the site file; one that is not there stops the start by its key."""
    text = b"version: 1\nname: n\ninputs: {permits: {path: in/permits.yaml}}\n"
    site = parse_site(text)
    with pytest.raises(ConfigError, match=r"inputs.permits.path: no such file"):
        with_absolute_paths(site, tmp_path)

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "permits.yaml").write_text(SHORT, encoding="utf-8")
    found = with_absolute_paths(site, tmp_path).inputs.permits

    assert found is not None
    assert found.path == tmp_path / "in" / "permits.yaml"
