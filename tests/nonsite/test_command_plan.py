"""`nonsite plan`: what a site costs here, measured on its own streams."""

import re
from pathlib import Path

from typer.testing import CliRunner

from nonsite.cli import app
from tests.nonsite.service_process import ROOT
from tests.nonsite.test_command_check import WIDE, written
from tests.streams.footage import Recipe, write
from tests.streams.servers import free_port


def plan(site: Path) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = CliRunner().invoke(app, ["plan", str(site)], env=WIDE)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_sample_is_measured() -> None:
    """A look costs something, and the machine holds at least this one camera."""
    code, told = plan(ROOT / "samples" / "site.yaml")

    assert code == 0
    row = re.search(r"campus\D+1\D.*?(\d+) px.*?(\d+) ms.*?(\d+) ms", told)
    assert row is not None, told
    assert int(row[3]) > 0
    takes = re.search(r"this site takes ([\d.]+) of \d+ cores", told)
    holds = re.search(r"holds at 70% use: (\d+)", told)
    assert takes is not None
    assert holds is not None
    assert float(takes[1]) > 0
    assert int(holds[1]) >= 1


def test_a_recording_too_short_to_measure_is_told(tmp_path: Path) -> None:
    """One look is no measurement: the exit code says so, and no sum is made of it."""
    short = write(tmp_path / "short.mp4", Recipe(seconds=0.5, gop=10))

    code, told = plan(written(tmp_path, f"{{kind: file, path: {short}}}"))

    assert code == 1
    assert "dock: ended: too short" in told
    assert "cores" not in told


def test_a_refused_port_is_told_with_its_remedy(tmp_path: Path) -> None:
    """A feed that cannot be read is not guessed."""
    feed = f"{{kind: url, looks: 'rtsp://127.0.0.1:{free_port()}/sub', timeout_s: 5}}"

    code, told = plan(written(tmp_path, feed))

    assert code == 1
    assert "dock: refused" in told
    assert "check host, port and power" in told


def test_a_missing_login_is_told_with_its_variable(tmp_path: Path) -> None:
    """As in a check."""
    feed = "{kind: url, looks: 'rtsp://127.0.0.1/sub', login: dock_nobody_set}"

    code, told = plan(written(tmp_path, feed))

    assert code == 1
    assert "NONSITE_LOGIN_DOCK_NOBODY_SET" in told
