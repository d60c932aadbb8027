"""`nonsite apply`: a changed site takes effect in a running service."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.nonsite.service_process import (
    ServiceProcess,
    is_gone,
    run_command,
    running,
    wait_for,
)
from tests.sites.dossiers import DOSSIER_TEMPLATE

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

PATIENT_S, QUICK_S = 3600, 10
WITHIN_S = 60.0

SITE = (
    """\
version: 1
name: Campus
cameras:
  campus:
    dossier: """
    + DOSSIER_TEMPLATE
    + """
    feed: {{kind: file, path: {sample}, loop: true}}
    rules: {{SW-01: {{dwell_s: {dwell_s}, grace_s: 0}}}}
    views:
      home:
        zones:
          kerb:
            purpose: pavement
            points: [[0.828, 0.122], [0.949, 0.108], [0.952, 0.170], [0.911, 0.188],
                     [0.828, 0.188]]
"""
)


def _written(folder: Path, sample: Path, dwell_s: float) -> Path:
    path = folder / "site.yaml"
    content = SITE.format(sample=sample, dwell_s=dwell_s)
    path.write_text(content, encoding="utf-8")
    return path


def _places(service: ServiceProcess) -> list[dict[str, Any]]:
    """Where something stands with a clock of its own."""
    places: list[dict[str, Any]] = service.get("/cameras/campus/debug")["places"]
    return places


def _apply(site: Path, data: Path) -> str:
    """The first digits of the revision that was put in force."""
    done = run_command("apply", str(site), "--data", str(data))
    assert done.returncode == 0, done.stderr
    told = next(line for line in done.stderr.splitlines() if "site" in line)
    assert "(new)" in told
    return told.split()[2]


def test_a_changed_site_is_judged_without_a_restart(
    tmp_path: Path, sample: Path
) -> None:
    """Its rules change on the running feed: the clock of what stands there runs on.

    What opens cites the new revision.
    """
    data = tmp_path / "data"
    site = _written(tmp_path, sample, PATIENT_S)
    with running(site, data) as service:
        assert wait_for(lambda: _places(service), WITHIN_S), service.said
        assert service.alerts() == []
        workers = service.pids_of("worker_process")

        told_at = datetime.now(UTC)
        revision = _apply(_written(tmp_path, sample, QUICK_S), data)
        alerts = wait_for(service.alerts, WITHIN_S)

        assert alerts, service.said
        detail = service.get(f"/alerts/{alerts[0]['id']}")
        assert detail["config"].startswith(revision)
        assert datetime.fromisoformat(detail["occupied_since"]) < told_at
        assert service.said.count("stream.connected") == 1
        assert service.pids_of("worker_process") == workers
        assert not any(map(is_gone, workers))
        assert len(service.alerts()) == 1


def test_a_wrong_site_changes_nothing(tmp_path: Path, sample: Path) -> None:
    """It is refused with the key's path before anything is stored or told."""
    site = _written(tmp_path, sample, PATIENT_S)
    site.write_text(site.read_text(encoding="utf-8").replace("pavement", "pavment"))

    done = run_command("apply", str(site), "--data", str(tmp_path / "data"))

    assert done.returncode == 2
    assert "cameras.campus.views.home.zones.kerb.purpose" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "nonsite.sqlite").exists()


def test_without_a_service_it_says_so(tmp_path: Path, sample: Path) -> None:
    """Nobody is there to be told: an error, no trace."""
    site = _written(tmp_path, sample, PATIENT_S)

    done = run_command("apply", str(site), "--data", str(tmp_path / "data"))

    assert done.returncode == 2
    assert "Redis cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
