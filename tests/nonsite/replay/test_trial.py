"""A draft tried on a stored alert's clip: the real line plays it both ways."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from alerts.alert import AlertId
from alerts.object_store import ObstoreEvidenceStore
from base.clock import SystemClock
from nonsite.data_folder import DataFolder
from nonsite.lines import Networks
from nonsite.replay.result import FoundAlert
from nonsite.replay.stored_alert import AlertSource, StoredAlert
from nonsite.replay.trial import TrialError, TrialFate, matched, try_draft
from sites.draft import draft_site
from sites.load import read_site
from sites.revision import canonical_json
from sites.schema import Site
from tests.nonsite.replay.filled_house import opened
from tests.nonsite.replay.test_compare import alert
from tests.nonsite.service_process import ROOT, run_command

pytestmark = pytest.mark.timeout(240)
ELSEWHERE = [[0.0, 0.0], [0.05, 0.0], [0.05, 0.05], [0.0, 0.05]]


def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        canonical_json(read_site(ROOT / "samples" / "site.yaml"))
    )
    return content


def _zones(content: dict[str, Any]) -> dict[str, Any]:
    zones: dict[str, Any] = content["cameras"]["campus"]["views"]["home"]["zones"]
    return zones


def _draft(content: dict[str, Any]) -> Site:
    return draft_site(content)


@pytest.fixture(scope="module")
def stored(filled: Path) -> StoredAlert:
    """The van of the sample with its clip."""
    data, database = DataFolder(filled), opened(filled)
    store = ObstoreEvidenceStore(str(data.evidence))
    listed = sqlite3.connect(data.database).execute("SELECT id FROM alerts")
    alert = AlertId(UUID(hex=listed.fetchone()[0]))
    found = AlertSource(database, store, SystemClock()).read(alert)
    database.close()
    return found


def test_the_same_site_keeps_what_the_clip_shows(
    stored: StoredAlert, networks: Networks, tmp_path: Path
) -> None:
    """Nothing is lost or new, the shortened dwell is told, nothing stays behind."""
    trial = try_draft(stored, _draft(_content()), networks, tmp_path)

    kept = [one for one in trial.things if one.fate is TrialFate.KEPT]
    assert [one.found.code for one in kept] == [stored.facts.violation.code]
    assert len(kept) == len(trial.things)
    assert trial.dwell_s is None or trial.dwell_s < 10
    assert trial.looks > 5


def test_a_zone_drawn_elsewhere_loses_it(
    stored: StoredAlert, networks: Networks, tmp_path: Path
) -> None:
    """Under the draft the van stands outside; as it is drawn it is an alert still."""
    content = _content()
    for zone in _zones(content).values():
        zone["points"] = ELSEWHERE
    trial = try_draft(stored, _draft(content), networks, tmp_path)

    assert [one.fate for one in trial.things] == [TrialFate.LOST]
    assert trial.things[0].told()["code"] == stored.facts.violation.code


def test_a_draft_without_the_camera_or_its_view_is_told(
    stored: StoredAlert, networks: Networks, tmp_path: Path
) -> None:
    """There is nothing to judge under."""
    none = _content() | {"cameras": {}}
    bare = _content()
    bare["cameras"]["campus"]["views"] = {}

    for content in (none, bare):
        with pytest.raises(TrialError, match="the draft has no campus/home"):
            try_draft(stored, _draft(content), networks, tmp_path)


def test_a_broken_clip_is_told(
    stored: StoredAlert, networks: Networks, tmp_path: Path
) -> None:
    """Junk in the place of the clip: a named fault, no result."""
    junk = replace(stored, clip=b"no clip at all" * 100)

    with pytest.raises(Exception, match=r"clip\.mp4"):
        try_draft(junk, _draft(_content()), networks, tmp_path)


def test_the_command_tells_one_line_of_json_and_is_on_record(
    filled: Path, stored: StoredAlert, tmp_path: Path
) -> None:
    """As the service runs it for a page: the last line is what the job tells."""
    draft = tmp_path / "draft.json"
    draft.write_text(json.dumps(_content()), encoding="utf-8")
    options = ["--data", str(filled), f"--draft={draft}", "--json", "--by=gao"]
    job = "00000000-0000-4000-8000-000000000001"
    ended = run_command("replay", "try", str(stored.id), *options, f"--job={job}")

    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    assert {one["fate"] for one in told["things"]} == {"kept"}
    query = "SELECT actor, subject, detail FROM audit_intake WHERE action = ?"
    database = sqlite3.connect(DataFolder(filled).database)
    ((actor, subject, detail),) = database.execute(query, ("draft.tried",))
    assert (actor, subject) == ("gao", f"alert/{stored.id}")
    assert json.loads(detail)["job"] == job
    assert not list(filled.glob(".trying-*"))


def _found(
    code: str, opened_s: float, x1: float, place: str = "home/kerb"
) -> FoundAlert:
    box = (x1, 0.2, x1 + 0.2, 0.4)
    return replace(alert(opened_s, code, place), id=f"{code}{opened_s}{x1}", box=box)


def test_things_are_matched_by_code_time_and_box_not_by_the_zones_name() -> None:
    """Each once: a renamed zone keeps it, another box or time is another thing."""
    before = (_found("SW-01", 9, 0.1), _found("SW-01", 9, 0.6), _found("SW-02", 9, 0.1))
    after = (
        _found("SW-01", 10, 0.1, place="home/pavement"),
        _found("SW-01", 25, 0.6),
    )

    fates = [(one.fate.value, one.found.id) for one in matched(before, after)]

    assert fates == [
        ("kept", "SW-01100.1"),
        ("new", "SW-01250.6"),
        ("lost", "SW-0190.6"),
        ("lost", "SW-0290.1"),
    ]
