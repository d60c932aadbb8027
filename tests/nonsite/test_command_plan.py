"""`nonsite plan`: what a site costs here, measured on its own streams."""

import re
from pathlib import Path

from typer.testing import CliRunner

from base.errors import ConfigError
from nonsite.cli import app
from nonsite.planning.plan_file import read_plan
from tests.nonsite.service_process import ROOT
from tests.nonsite.test_command_check import WIDE, written
from tests.streams.footage import Recipe, write
from tests.streams.servers import free_port


def plan(site: Path, data: Path) -> tuple[int, str]:
    """Exit code and everything printed."""
    told = ["plan", str(site), "--data", str(data)]
    result = CliRunner().invoke(app, told, env=WIDE)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_sample_is_measured(tmp_path: Path) -> None:
    """A look costs something, the machine holds it, and the plan is kept."""
    code, told = plan(ROOT / "samples" / "site.yaml", tmp_path)

    assert code == 0
    row = re.search(r"campus\D+1\D+(\d+) px\D+(\d+) ms/s\D+(\d+) ms", told)
    assert row is not None, told
    assert int(row[3]) > 0
    assert re.search(r"this site takes 0\.\d*[1-9]\d* of \d+ cores", told)
    assert re.search(r"holds [1-9]\d* cameras .*limited by processors", told)
    kept = read_plan(tmp_path)
    assert kept is not None
    assert kept.cameras["campus"].cores > 0


def test_a_site_without_cameras_cannot_be_planned(tmp_path: Path) -> None:
    """There is nothing to measure."""
    site = tmp_path / "site.yaml"
    site.write_text("version: 1\nname: empty\n", encoding="utf-8")

    result = CliRunner().invoke(app, ["plan", str(site), "--data", str(tmp_path)])

    assert isinstance(result.exception, ConfigError)
    assert "there is none to be measured" in str(result.exception)


def test_a_recording_too_short_to_measure_is_told(tmp_path: Path) -> None:
    """One look is no measurement: the exit code says so, and no sum is made of it."""
    short = write(tmp_path / "short.mp4", Recipe(seconds=0.5, gop=10))

    code, told = plan(written(tmp_path, f"{{kind: file, path: {short}}}"), tmp_path)

    assert code == 1
    assert "dock: ended: too short" in told
    assert "cores" not in told


def test_a_refused_port_is_told_with_its_remedy(tmp_path: Path) -> None:
    """A feed that cannot be read is not guessed."""
    feed = f"{{kind: url, looks: 'rtsp://127.0.0.1:{free_port()}/sub', timeout_s: 5}}"

    code, told = plan(written(tmp_path, feed), tmp_path)

    assert code == 1
    assert "dock: refused" in told
    assert "check host, port and power" in told


def test_a_missing_login_is_told_with_its_variable(tmp_path: Path) -> None:
    """As in a check."""
    feed = "{kind: url, looks: 'rtsp://127.0.0.1/sub', login: dock_nobody_set}"

    code, told = plan(written(tmp_path, feed), tmp_path)

    assert code == 1
    assert "NONSITE_LOGIN_DOCK_NOBODY_SET" in told
