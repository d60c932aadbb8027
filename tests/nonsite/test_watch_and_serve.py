"""`nonsite watch` and `nonsite serve`: the service in two processes, on one folder."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from base.errors import ConfigError
from nonsite.cli import app
from tests.nonsite.service_process import (
    NONSITE,
    ROOT,
    is_gone,
    run_command,
    started,
    wait_for,
)

pytestmark = [pytest.mark.process, pytest.mark.timeout(150)]

SITE = ROOT / "samples" / "site.yaml"
WITHIN_S = 60.0
ENDS_WITHIN_S = 6.0


@contextmanager
def _watching(data: Path, said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`nonsite watch` on the sample, ended whatever happens."""
    with said.open("wb") as log:
        process = subprocess.Popen(
            [str(NONSITE), "watch", str(SITE), "--data", str(data)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def test_two_processes_give_the_alert(tmp_path: Path) -> None:
    """The worker is there first and waits; then one alert with stills; both end."""
    data, said = tmp_path / "data", tmp_path / "watch.txt"
    serve = ["serve", "--port", "0", "--data", str(data)]
    with _watching(data, said) as watch:
        assert wait_for(lambda: b"lease.unavailable" in said.read_bytes(), 30), (
            said.read_text()
        )
        with started(serve) as service:
            alerts = wait_for(service.alerts, WITHIN_S)
            assert alerts, service.said + said.read_text()
            assert alerts[0]["code"] == "SW-01"
            evidence = f"/alerts/{alerts[0]['id']}/evidence"
            assert wait_for(lambda: service.get(evidence)["files"], 20)
            assert service.pids_of("worker_process") == []
            assert len(service.alerts()) == 1

            watch.send_signal(signal.SIGTERM)
            assert watch.wait(ENDS_WITHIN_S) == 0
            assert len(service.alerts()) == 1
            everyone = service.tree()
            service.interrupt()
            assert service.process.returncode == 0
            assert all(map(is_gone, everyone))
    assert b"Traceback" not in said.read_bytes()


def test_a_worker_beyond_the_last_is_refused(tmp_path: Path) -> None:
    """Workers are counted from 0, and the message says so."""
    numbers = ["--worker", "2", "--workers", "2"]
    arguments = ["watch", str(SITE), "--data", str(tmp_path), *numbers]

    with pytest.raises(ConfigError, match="counted from 0"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_a_second_watch_of_the_same_share_is_refused(tmp_path: Path) -> None:
    """Two processes must not write one spool."""
    data, said = tmp_path / "data", tmp_path / "watch.txt"
    with _watching(data, said):
        assert wait_for((data / "watch_0.lock").exists, 30)

        done = run_command("watch", str(SITE), "--data", str(data))

    assert done.returncode == 2
    assert "another `nonsite watch_0` is using it" in done.stderr
