"""`nonsite run` as a newcomer and as a bad day meet it: the real process tree."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.nonsite.service_process import (
    NONSITE,
    ROOT,
    ServiceProcess,
    is_gone,
    run_command,
    running,
    wait_for,
)

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

SITE = ROOT / "samples" / "site.yaml"
PROMISED_S = 60.0


@dataclass(frozen=True)
class Watched:
    """A service at work.

    Attributes:
        service: It.
        data: Its folder.
        alert: The van, as first told.
    """

    service: ServiceProcess
    data: Path
    alert: dict[str, Any]


def _first_alert(service: ServiceProcess) -> dict[str, Any]:
    found = wait_for(service.alerts, PROMISED_S)
    assert found, service.said
    return found[0]


def _evidence(service: ServiceProcess, alert: dict[str, Any]) -> list[str]:
    listed = service.get(f"/alerts/{alert['id']}/evidence")
    return [entry["name"] for entry in listed["files"]]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A service that has raised the van and sealed its evidence, for several tests."""
    data = tmp_path_factory.mktemp("run") / "data"
    with running(SITE, data) as service:
        alert = _first_alert(service)
        assert wait_for(lambda: "first.jpg" in _evidence(service, alert), 20)
        complete = wait_for(
            lambda: service.get(f"/alerts/{alert['id']}")["evidence"] == "complete", 60
        )
        assert complete, service.get(f"/alerts/{alert['id']}")
        yield Watched(service, data, alert)


def test_the_van_is_an_alert_with_stills_and_clip(watched: Watched) -> None:
    """Within a minute there is one alert; its pack completes, its clip is served."""
    alert = watched.alert
    assert (alert["code"], alert["severity"]) == ("SW-01", "S3")
    clip = httpx.get(
        f"{watched.service.address}/api/v1/alerts/{alert['id']}/evidence/clip.mp4",
        headers={"Range": "bytes=4-7"},
    )
    assert (clip.status_code, clip.content) == (206, b"ftyp")
    assert len(watched.service.alerts()) == 1


def test_a_second_run_on_the_same_folder_is_refused(watched: Watched) -> None:
    """Two services on one data folder would spoil it: the second says so."""
    arguments = ["run", str(SITE), "--port", "0", "--data", str(watched.data)]

    with pytest.raises(AssertionError, match="is using it"):
        ServiceProcess(arguments, {})


@pytest.mark.timeout(420)
def test_an_alert_is_made_a_replay_case_by_a_job(watched: Watched) -> None:
    """The button of the desk: asked for over the API, done by a process of its own."""
    service, alert = watched.service, watched.alert
    # nobody has a name yet: whoever sits at this machine is its engineer
    path = f"{service.address}/api/v1/alerts/{alert['id']}/replay-case"
    answer = httpx.post(path, json={"reason": "the van"})
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"]
    ended = wait_for(
        lambda: service.get(f"/jobs/{job}")["state"] in {"done", "failed"}, 240
    )
    assert ended, service.said
    told = service.get(f"/jobs/{job}")
    assert told["state"] == "done", told
    assert told["detail"].endswith("clip, passes")

    name = told["detail"].partition(":")[0]
    done = run_command("replay", str(watched.data / "cases" / f"{name}.yaml"))
    assert done.returncode == 0, done.stderr


def test_ctrl_c_ends_every_process(watched: Watched) -> None:
    """The parent ends with 0 and leaves nobody behind; the last of the shared tests."""
    everyone = watched.service.tree()
    assert len(everyone) >= 3

    watched.service.interrupt()

    assert [pid for pid in everyone if not is_gone(pid)] == []
    assert watched.service.process.returncode == 0


def test_ctrl_c_while_it_starts_ends_it_without_a_word_too_many(tmp_path: Path) -> None:
    """No traceback, no address of a service that is not there, nobody left."""
    with subprocess.Popen(
        [str(NONSITE), "run", str(SITE), "--data", str(tmp_path), "--port", "0"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        said = first + process.stderr.read()  # until the last of the tree has closed it

    assert process.returncode == 0
    assert "valkey" in first
    assert not [word for word in ("Traceback", "died", "http:") if word in said]
    assert "ended" in said


def test_a_killed_worker_comes_back_to_the_same_alert(tmp_path: Path) -> None:
    """SIGKILL in mid-alert: the same alert, occupied since the same moment."""
    with running(SITE, tmp_path / "data") as service:
        before = _first_alert(service)
        (worker,) = service.pids_of("worker_process")

        os.kill(worker, signal.SIGKILL)
        back = wait_for(
            lambda: [p for p in service.pids_of("worker_process") if p != worker], 20
        )
        assert back, service.said
        looks = service.get("/cameras")["cameras"][0]["looks"]
        assert wait_for(
            lambda: service.get("/cameras")["cameras"][0]["looks"] > looks + 15, 60
        )

        after = service.alerts()
        assert [a["id"] for a in after] == [before["id"]]
        assert after[0]["occupied_since"] == before["occupied_since"]


def test_a_killed_valkey_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """The embedded server is killed before the alert: it is there once afterwards."""
    with running(SITE, tmp_path / "data") as service:
        (valkey,) = service.pids_of("valkey-server")
        os.kill(valkey, signal.SIGKILL)

        _first_alert(service)
        time.sleep(3)  # whatever would be doubled has been sent again by now
        assert len(service.alerts()) == 1


def test_the_whole_tree_killed_leaves_no_process(tmp_path: Path) -> None:
    """SIGKILL of the parent takes workers and Valkey with it; a restart finds all."""
    data = tmp_path / "data"
    with running(SITE, data) as service:
        before = _first_alert(service)
        everyone = service.tree()
        assert len(everyone) >= 3
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait(5)
        assert wait_for(lambda: all(map(is_gone, everyone)), 5)

    with running(SITE, data) as service:
        again = _first_alert(service)
        assert (again["id"], again["occupied_since"]) == (
            before["id"],
            before["occupied_since"],
        )


def test_another_address_than_loopback_is_refused(tmp_path: Path) -> None:
    """Without identity nobody else may reach the service; it says why."""
    arguments = ["run", str(SITE), "--host", "0.0.0.0", "--data", str(tmp_path)]

    with pytest.raises(AssertionError, match="no identity is configured"):
        ServiceProcess(arguments, {})
