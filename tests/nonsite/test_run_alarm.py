"""Life danger on a real stream in `nonsite run`: told, sounding, climbing, heard."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.database import open_database
from alerts.migrate import migrate
from api.session_cookie import COOKIE
from base.clock import SystemClock
from identity.identity import open_identity
from nonsite.data_folder import DataFolder
from tests.api.named import Named, add
from tests.delivery.receiver import Receiver, closed_port, receiver
from tests.nonsite.service_process import running, wait_for
from tests.sites.dossiers import DOSSIER_TEMPLATE
from tests.streams.servers import RtspServer

pytestmark = [pytest.mark.process, pytest.mark.rtsp, pytest.mark.timeout(400)]

ESCALATE_S = 60.0
"""The default of `escalate_after_s`."""
WITHIN_S = 5.0
KEY = "a key of more than sixteen signs"
SITE = (
    """\
version: 1
name: Yard
codes:
  ZX-09:
    name: {{zh: 消防车通道被占, en: fire lane blocked}}
    place: standing_vehicle
    zones: [fire_lane]
    clauses: [vehicle_in_zone, footprint_in_zone, still_for]
    defaults: {{dwell_s: 10, grace_s: 0, gap_s: 480, min_overlap: 0.5,
               persist_every_s: 1800, persist_steps: 8}}
    severity: S1
    basis: []
    evidence: E-STATIC
    handler: ZX
    leniency: {{zh: 立即驶离, en: leaves at once}}
    city_code: null
    proof: P1
cameras:
  campus:
    dossier: """
    + DOSSIER_TEMPLATE.replace("purposes:", "codes: [ZX-09], purposes:")
    + """
    feed: {{kind: url, looks: "{url}", timeout_s: 5}}
    views:
      home:
        zones:
          lane:
            purpose: fire_lane
            points: [[0.828, 0.122], [0.949, 0.108], [0.952, 0.170], [0.911, 0.188],
                     [0.828, 0.188]]
delivery:
  channels:
    dead: {{kind: webhook, url: "{dead}", networks: [127.0.0.0/8]}}
    hook: {{kind: webhook, url: "{hook}", networks: [127.0.0.0/8]}}
    chief: {{kind: webhook, url: "{chief}", networks: [127.0.0.0/8]}}
  first: [dead, hook]
  ladder: [[chief]]
"""
)


@pytest.fixture
def hooks() -> Iterator[tuple[Receiver, Receiver]]:
    """The bureau's own servers: who is told first, and the next step of the ladder."""
    with receiver() as first, receiver() as chief:
        yield first, chief


def _session(data: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Cookie and header of somebody who may acknowledge, before anything runs."""
    folder = DataFolder(data)
    folder.make()
    database = open_database(f"sqlite:///{folder.database}")
    migrate(database)
    identity = open_identity(database, SystemClock())
    held = identity.sessions.start(add(identity, Named("wang")))
    database.close()
    return {COOKIE: held.secret}, {"X-CSRF-Token": held.session.csrf}


def test_an_alarm_is_told_in_5_s_sounds_climbs_after_60_s_and_ends_when_heard(
    tmp_path: Path, sample: Path, hooks: tuple[Receiver, Receiver]
) -> None:
    """Real RTSP, the whole tree; the first channel is dead and holds nobody up."""
    hook, chief = hooks
    cookies, headers = _session(tmp_path / "data")
    server = RtspServer(sample)
    keys = {f"NONSITE_HOOK_KEY_{name}": KEY for name in ("DEAD", "HOOK", "CHIEF")}
    with ExitStack() as ending:
        server.start()
        ending.callback(server.kill)
        site = tmp_path / "site.yaml"
        text = SITE.format(
            url=server.url,
            dead=f"http://127.0.0.1:{closed_port()}/",
            hook=hook.url,
            chief=chief.url,
        )
        site.write_text(text, encoding="utf-8")
        service = ending.enter_context(running(site, tmp_path / "data", **keys))
        client = ending.enter_context(
            httpx.Client(
                base_url=f"{service.address}/api/v1",
                cookies=cookies,
                headers=headers,
                timeout=10,
            )
        )
        assert wait_for(lambda: hook.taken, 90), service.said
        told = hook.taken[0]
        alert = _json(client, f"/alerts/{told.content['alert']}")
        assert (alert["code"], alert["severity"]) == ("ZX-09", "S1")
        assert told.content["kind"] == "alert.opened"
        assert "疑似" in told.content["text_zh"]
        assert told.at - _seconds(alert["opened_at"]) <= WITHIN_S

        assert _sounding(client) == [alert["id"]]
        assert wait_for(lambda: chief.taken, ESCALATE_S + 30), service.said
        climbed = chief.taken[0]
        due = _seconds(alert["stored_at"]) + ESCALATE_S
        assert climbed.content["kind"] == "alert.unanswered"
        assert -0.1 <= climbed.at - due <= WITHIN_S
        assert _sounding(client) == [alert["id"]]

        heard = client.post(f"/alerts/{alert['id']}/acknowledge")
        assert heard.status_code == 200, heard.text
        assert _sounding(client) == []
        attempts = _json(client, f"/alerts/{alert['id']}/deliveries")["attempts"]
        outcomes = {(one["channel"], one["outcome"]) for one in attempts}
        assert {("hook", "sent"), ("chief", "sent"), ("dead", "failed")} <= outcomes
        assert all(one["fault"] for one in attempts if one["channel"] == "dead")


def _json(client: httpx.Client, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _sounding(client: httpx.Client) -> list[str]:
    return [one["alert"]["id"] for one in _json(client, "/alarms")["alarms"]]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
