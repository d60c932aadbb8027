"""`nonsite run` on a third party's RTSP server that dies and comes back."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.nonsite.service_process import ServiceProcess, running, wait_for
from tests.sites.dossiers import DOSSIER_TEMPLATE
from tests.streams.servers import RtspServer

pytestmark = [pytest.mark.process, pytest.mark.rtsp, pytest.mark.timeout(240)]

AWAY_S = 20.0
BACK_WITHIN_S = 15.0

SITE = (
    """\
version: 1
name: RTSP
rules:
  SW-01: {{dwell_s: 10, grace_s: 0}}
cameras:
  campus:
    dossier: """
    + DOSSIER_TEMPLATE
    + """
    feed: {{kind: url, looks: "{url}", timeout_s: 5}}
    views:
      home:
        zones:
          kerb:
            purpose: pavement
            points: [[0.828, 0.122], [0.949, 0.108], [0.952, 0.170], [0.911, 0.188],
                     [0.828, 0.188]]
"""
)


def _camera(service: ServiceProcess) -> dict[str, Any]:
    found: dict[str, Any] = service.get("/cameras")["cameras"][0]
    return found


def test_a_server_that_dies_and_returns_does_not_restart_the_clock(
    tmp_path: Path, sample: Path
) -> None:
    """Detected over RTSP; after 20 s without a server the same alert goes on."""
    server = RtspServer(sample)
    server.start()
    site = tmp_path / "site.yaml"
    site.write_text(SITE.format(url=server.url), encoding="utf-8")
    try:
        with running(site, tmp_path / "data") as service:
            alerts = wait_for(service.alerts, 60)
            assert alerts, service.said
            before = alerts[0]

            server.kill()
            assert wait_for(lambda: _camera(service)["state"] != "live", 20)
            time.sleep(AWAY_S)
            server.start()
            back = wait_for(lambda: _camera(service)["state"] == "live", BACK_WITHIN_S)
            assert back, _camera(service)
            looks = _camera(service)["looks"]
            assert wait_for(lambda: _camera(service)["looks"] > looks + 12, 60)

            after = service.alerts()
            assert [alert["id"] for alert in after] == [before["id"]]
            assert after[0]["occupied_since"] == before["occupied_since"]
            assert after[0]["life"] != "cleared"
    finally:
        server.kill()
