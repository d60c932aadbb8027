"""Exports, holds, views and daily roots over HTTP: rights, reasons, records."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from alerts.alert import AlertId
from alerts.audit import AuditEntry
from alerts.audit_trail import AuditTrail
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_writer import write_pack
from alerts.pack import PackId
from alerts.pack_bytes import ZipPack
from alerts.pack_verifier import verify_pack
from alerts.sealer import Sealer
from base.clock import SystemClock
from cases.intake import ReviewIntake, adopt
from cases.life import ReviewState
from cases.tables import ReviewRow
from identity.right import Role
from rules.violation import Life
from tests.alerts.evidence_rig import Rig, violation
from tests.alerts.test_alert_writer import Store
from tests.api.conftest import Bench
from tests.api.named import Named, add, log_in

pytestmark = pytest.mark.anyio
CLOCK = SystemClock()


@dataclass
class Case:
    """An alert with a sealed pack, and somebody logged in."""

    bench: Bench
    client: httpx.AsyncClient
    alert: AlertId

    def log_in(self, *roles: Role, certificate: str = "") -> None:
        name = f"somebody.{uuid4().hex[:8]}"
        identity = self.bench.services.identity
        add(identity, Named(name, roles, certificate))
        log_in(self.client, identity, name)

    async def post(self, where: str, **body: object) -> httpx.Response:
        return await self.client.post(f"/api/v1{where}", json=body)

    def trail(self) -> list[AuditEntry]:
        while Sealer(self.bench.database, CLOCK).seal():
            pass
        return list(AuditTrail(self.bench.database).after(0, 1000))

    def queue(self) -> None:
        """Let its grace be over: it waits for a reviewer."""
        adopt(self.bench.database, ReviewIntake(), CLOCK)
        with self.bench.database.transaction() as session:
            row = session.get(ReviewRow, self.alert)
            assert row is not None
            row.state = ReviewState.QUEUED.value

    async def viewing(self) -> httpx.Response:
        return await self.client.get(f"/api/v1/alerts/{self.alert}/viewing")

    def views(self) -> list[tuple[object, object]]:
        """Of each view on record what it rests on and why."""
        details = [entry.detail for entry in self.of("evidence.viewed")]
        return [(d["ground"], d["reason"]) for d in details if isinstance(d, dict)]

    def of(self, action: str) -> list[AuditEntry]:
        return [entry for entry in self.trail() if entry.action == action]


@pytest.fixture
def case(bench: Bench, client: httpx.AsyncClient, tmp_path: Path) -> Case:
    """An alert opened, its pack sealed by the real maker, both stored."""
    rig = Rig(tmp_path / "shelf", bench.services.evidence)
    rig.alert()
    said = violation(Life.OPEN, 60)
    Store(bench.database).write(said)
    with bench.database.transaction() as session:
        write_pack(session, rig.only_sealed(), CLOCK.utc_now())
    return Case(bench, client, AlertId(said.id))


async def test_export_verifies_and_is_on_record(case: Case) -> None:
    """What leaves is masked, verifies offline, and says who took it out and why."""
    case.log_in(Role.SENIOR, certificate="33040200123")

    answer = await case.post(f"/alerts/{case.alert}/export", reason="移送法制审核")

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert verify_pack(ZipPack(answer.content)).problem is None
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert "masked/first.jpg" in names
    assert "first.jpg" not in names
    (entry,) = case.of("evidence.exported")
    assert isinstance(entry.detail, dict)
    assert (entry.detail["reason"], entry.detail["role"]) == ("移送法制审核", "senior")
    assert entry.detail["certificate"] == "33040200123"
    inside = zipfile.ZipFile(io.BytesIO(answer.content))
    seal = json.loads(inside.read("seal.json"))
    assert seal["sealed"]["export"]["certificate"] == "33040200123"
    held = await case.post(f"/alerts/{case.alert}/holds", reason="复议")
    assert held.status_code == 200
    (entry,) = case.of("hold.placed")
    assert isinstance(entry.detail, dict)
    assert entry.detail["certificate"] == "33040200123"


async def test_unmasked_export_asks_for_a_right_of_its_own(case: Case) -> None:
    """The senior of the desk may not, legal review may; both tries leave a trace."""
    case.log_in(Role.SENIOR)
    where = f"/alerts/{case.alert}/export"
    refused = await case.post(where, reason="看清车牌", is_masked=False)
    assert refused.status_code == 403
    case.log_in(Role.LEGAL)

    answer = await case.post(where, reason="看清车牌", is_masked=False)

    assert answer.status_code == 200
    assert "first.jpg" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert len(case.of("evidence.unmasked")) == 1


@pytest.mark.parametrize("reason", ["", "   ", None])
async def test_nothing_leaves_without_a_reason(case: Case, reason: str | None) -> None:
    """An empty reason is refused by field, and nothing is on record."""
    case.log_in(Role.LEGAL)

    answer = await case.post(f"/alerts/{case.alert}/export", reason=reason)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.reason"
    assert case.of("evidence.exported") == []


async def test_changed_bytes_lock_alert_verdict_and_export(
    case: Case, tmp_path: Path
) -> None:
    """Scenario 15: one byte flipped after sealing: no export, no verdict, it shows."""
    stored = next(
        path
        for path in sorted((tmp_path / "evidence").rglob("*"))
        if path.is_file() and path.read_bytes()[:3] == b"\xff\xd8\xff"
    )
    raw = bytearray(stored.read_bytes())
    raw[len(raw) // 2] ^= 1
    stored.chmod(0o640)
    stored.write_bytes(bytes(raw))
    case.log_in(Role.SENIOR)

    refused = await case.post(f"/alerts/{case.alert}/export", reason="复议")

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:nonsite:problem:broken"
    shown = (await case.client.get(f"/api/v1/alerts/{case.alert}")).json()
    assert shown["standing"]["is_locked"]
    assert "integrity_broken" in [one["code"] for one in shown["standing"]["reasons"]]
    assert len(case.of("evidence.locked")) == 1


async def test_standing_names_every_reason(case: Case) -> None:
    """Scenario 16 and its like: what keeps it a clue is told with the alert."""
    case.log_in(Role.REVIEWER)

    shown = (await case.client.get(f"/api/v1/alerts/{case.alert}")).json()

    standing = shown["standing"]
    assert (shown["mode"], standing["mode"]) == ("clue", "clue")
    assert standing["time_trust"] == "low"
    codes = {one["code"] for one in standing["reasons"]}
    assert {"clock_unchecked", "no_dossier", "picture_too_small"} <= codes
    assert all(one["text_zh"] for one in standing["reasons"])


async def test_clock_off_by_more_than_a_second_forces_a_clue(case: Case) -> None:
    """Scenario 16: a person reads the camera's clock 1.4 s ahead."""
    case.log_in(Role.REVIEWER)
    pack = case.bench.services.alerts.pack_of(case.alert)
    still = next(file for file in pack.files if file.name == "opening.jpg")
    shown = (still.captured_at + timedelta(seconds=1.4)).isoformat()

    where = f"/alerts/{case.alert}/clock-reading"
    read = await case.post(where, name="opening.jpg", shown=shown)

    assert read.json()["offset_ms"] == pytest.approx(1400)
    told = (await case.client.get(f"/api/v1/alerts/{case.alert}")).json()["standing"]
    assert "clock_off" in [one["code"] for one in told["reasons"]]
    assert len(case.of("clock.read")) == 1
    missing = await case.post(where, name="none.jpg", shown=shown)
    assert missing.status_code == 404


async def test_each_view_is_on_record_once(case: Case) -> None:
    """A clip asked for in ranges is one view; another reason is another."""
    case.log_in(Role.VIEWER)
    where = f"/api/v1/alerts/{case.alert}/evidence/clip.mp4"
    for start in range(5):
        headers = {"Range": f"bytes={start}-{start}"}
        answer = await case.client.get(f"{where}?reason=申诉", headers=headers)
        assert answer.status_code == 206
    assert (await case.client.get(f"{where}?reason=复核")).status_code == 200
    assert (await case.client.get(f"{where}?reason=%20")).status_code == 422

    assert case.views() == [("stated", "申诉"), ("stated", "复核")]


@pytest.mark.parametrize(
    ("role", "ground"),
    [
        pytest.param(Role.VIEWER, None, id="looks only"),
        pytest.param(Role.LEGAL, None, id="settles other lanes"),
        pytest.param(Role.REVIEWER, "queue", id="decides"),
        pytest.param(Role.SENIOR, "queue", id="decides too"),
        pytest.param(Role.AUXILIARY, "queue", id="may send it on"),
    ],
)
async def test_who_does_not_decide_on_an_item_says_why_it_is_looked_at(
    case: Case, role: Role, ground: str | None
) -> None:
    """Without a reason nothing of it is shown, and nothing is on record as seen."""
    case.queue()
    case.log_in(role)
    told = (await case.viewing()).json()
    answers = [
        await case.client.get(f"/api/v1/alerts/{case.alert}/{path}")
        for path in ("evidence/first.jpg", "evidence/clip.mp4")
    ]

    assert (told["is_reason_needed"], told["ground"]) == (ground is None, ground)
    if ground is None:
        assert [answer.status_code for answer in answers] == [422, 422]
        assert answers[0].json()["type"] == "urn:nonsite:problem:reason"
        assert case.views() == []
    else:
        assert [answer.status_code for answer in answers] == [200, 200]
        assert case.views() == [(ground, "审核队列查看")] * 2


async def test_whose_claim_it_is_looks_for_that_and_nobody_else_does(
    case: Case,
) -> None:
    """While it is held it is the holder's; after the verdict a while longer."""
    case.queue()
    where = f"/api/v1/alerts/{case.alert}/evidence/first.jpg"
    case.log_in(Role.REVIEWER)
    holder = (await case.client.get("/api/v1/me")).json()["name"]
    claimed = await case.post(f"/alerts/{case.alert}/claim")
    assert claimed.status_code == 200, claimed.text
    assert (await case.client.get(where)).status_code == 200
    case.log_in(Role.REVIEWER)
    assert (await case.client.get(where)).status_code == 422

    identity = case.bench.services.identity
    log_in(case.client, identity, holder)
    said = await case.post(f"/alerts/{case.alert}/verdict", kind="confirm_clue")
    assert said.status_code == 200, said.text
    assert (await case.viewing()).json()["ground"] == "claim"
    case.log_in(Role.REVIEWER)
    assert (await case.viewing()).json()["is_reason_needed"]

    assert case.views() == [("claim", "审核查看")]


async def test_a_reason_stated_once_stands_for_every_file(case: Case) -> None:
    """It is on record by itself, with its kind; each file seen under it, too."""
    case.log_in(Role.VIEWER)
    where = f"/api/v1/alerts/{case.alert}/evidence"
    for junk in ({}, {"purpose": "curious"}, {"purpose": "other", "text": "  "}):
        refused = await case.post(f"/alerts/{case.alert}/viewing", **junk)
        assert refused.status_code == 422, junk
    stated = await case.post(
        f"/alerts/{case.alert}/viewing", purpose="complaint", text="浙F12348来电"
    )
    assert stated.json()["is_reason_needed"] is False
    case.trail()  # sealed meanwhile: found in the log as in the intake
    for name in ("first.jpg", "clip.mp4"):
        assert (await case.client.get(f"{where}/{name}")).status_code == 200
    reason = "投诉、申辩核查：浙F****8来电"
    assert case.views() == [("stated", reason)] * 2
    (entry,) = case.of("evidence.stated")
    assert isinstance(entry.detail, dict)
    assert entry.detail["purpose"] == "complaint"

    case.log_in(Role.VIEWER)
    assert (await case.viewing()).json()["is_reason_needed"]


async def test_hold_is_placed_seen_and_lifted(case: Case) -> None:
    """Each step has its name and reason; one who only looks may not."""
    case.log_in(Role.VIEWER)
    assert (
        await case.post(f"/alerts/{case.alert}/holds", reason="x")
    ).status_code == 403
    case.log_in(Role.LEGAL)

    placed = (await case.post(f"/alerts/{case.alert}/holds", reason="行政复议")).json()
    lifted = await case.post(f"/holds/{placed['number']}/lift", reason="已结")

    assert lifted.json()["lift_reason"] == "已结"
    listed = (await case.client.get(f"/api/v1/alerts/{case.alert}/holds")).json()
    assert [hold["reason"] for hold in listed["holds"]] == ["行政复议"]
    assert [entry.action for entry in case.trail() if "hold." in entry.action] == [
        "hold.placed",
        "hold.lifted",
    ]
    assert (await case.post("/holds/99/lift", reason="x")).status_code == 404
    assert (await case.post(f"/holds/{2**70}/lift", reason="x")).status_code == 404


async def test_day_roots_are_the_auditors(case: Case) -> None:
    """The audit administrator takes them; nobody else, and junk is not found."""
    case.log_in(Role.LEGAL)
    assert (await case.client.get("/api/v1/day-roots")).status_code == 403
    case.log_in(Role.AUDIT_ADMIN)

    assert (await case.client.get("/api/v1/day-roots")).json() == {"days": []}
    for day in ("2026-01-01", "..", "20260101", "2026-01-01%00"):
        assert (await case.client.get(f"/api/v1/day-roots/{day}")).status_code == 404


async def test_service_key_is_what_seals_exports(case: Case) -> None:
    """The digest that is published is the one the verifier names."""
    case.log_in(Role.LEGAL)
    key = (await case.client.get("/api/v1/service-key")).json()

    body = (await case.post(f"/alerts/{case.alert}/export", reason="存档")).content
    assert verify_pack(ZipPack(body), key["digest"]).signed_by == key["digest"]


async def test_export_of_what_is_not_there_is_not_found(case: Case) -> None:
    """No such alert, no such source: the same answer."""
    case.log_in(Role.LEGAL)
    none = UUID(int=7)

    assert (await case.post(f"/alerts/{none}/export", reason="x")).status_code == 404
    where = f"/alerts/{case.alert}/export"
    assert (await case.post(where, reason="x", source=str(none))).status_code == 404


async def test_locked_evidence_closes_the_gate_of_every_verdict(case: Case) -> None:
    """Neither clue nor evidence is confirmed over bytes that do not hold."""
    EvidenceActs(case.bench.database, CLOCK).broke(PackId(case.alert), "first.jpg")
    reasons = case.bench.services.alerts.get_alert(case.alert).standing.reasons

    assert "integrity_broken" in [reason.value for reason in reasons]


async def test_plate_is_kept_masked_and_found_by_body_alone(case: Case) -> None:
    """Read off the case's picture by a reviewer; a list never tells it."""
    case.log_in(Role.REVIEWER)
    where = f"/alerts/{case.alert}/plates"

    noted = await case.post(where, plate="浙F·12348")
    found = await case.post("/plate-searches", plate="浙f12348", reason="是否初次")
    listed = await case.client.get(f"/api/v1{where}")

    assert noted.status_code == 200, noted.text
    assert noted.json()["shown"] == "浙F****8"
    assert found.json() == {
        "shown": "浙F****8",
        "alerts": [str(case.alert)],
        "is_cut": False,
    }
    assert [one["shown"] for one in listed.json()["plates"]] == ["浙F****8"]
    everything = noted.text + found.text + listed.text
    everything += (await case.client.get("/api/v1/alerts")).text
    everything += "".join(repr(entry) for entry in case.trail())
    assert "12348" not in everything


@pytest.mark.parametrize("plate", ["", "12348", "浙F12348; DROP", "浙" * 500, None, 7])
async def test_junk_is_no_plate_and_not_repeated(case: Case, plate: object) -> None:
    """Refused by field, in words that do not hold it."""
    case.log_in(Role.REVIEWER)

    answer = await case.post(f"/alerts/{case.alert}/plates", plate=plate)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.plate"
    assert "DROP" not in answer.text


async def test_who_only_looks_reads_no_plates(case: Case) -> None:
    """Noting and searching ask for the right to confirm."""
    case.log_in(Role.VIEWER)

    noted = await case.post(f"/alerts/{case.alert}/plates", plate="浙F12348")
    found = await case.post("/plate-searches", plate="浙F12348", reason="好奇")

    assert (noted.status_code, found.status_code) == (403, 403)


async def test_plates_in_peoples_words_are_masked_before_they_are_stored(
    case: Case,
) -> None:
    """A lead, the reason of a look: the picture shows it, no row does."""
    case.log_in(Role.CONTACT)
    lead = await case.post("/leads", place="南湖路3号", text="浙F·12348又停在门口")
    case.log_in(Role.SENIOR)
    looked = await case.client.get(
        f"/api/v1/alerts/{case.alert}/evidence/first.jpg",
        params={"reason": "核对浙F12348"},
    )
    leads = await case.client.get("/api/v1/leads")

    assert (lead.status_code, looked.status_code) == (200, 200), lead.text
    assert "浙F****8又停在门口" in leads.text
    (seen,) = case.of("evidence.viewed")
    assert isinstance(seen.detail, dict)
    assert seen.detail["reason"] == "核对浙F****8"
    assert "12348" not in leads.text + "".join(repr(one) for one in case.trail())
