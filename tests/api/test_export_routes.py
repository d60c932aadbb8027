"""Lists and selections that leave the house: on record, by right, bounded, whole."""

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import delete, update

from alerts.alert import AlertId
from alerts.audit_trail import AuditTrail
from alerts.evidence_writer import write_pack
from alerts.pack import PackId
from alerts.pack_bytes import ZipPack
from alerts.pack_verifier import verify_pack
from alerts.sealer import Sealer
from alerts.tables import AlertRow, SourceRow
from api import export_routes
from api.alert_csv import cell_of
from api.export_order import export_order
from base.clock import SystemClock
from cases.intake import ReviewIntake, adopt
from identity.person import Person
from identity.right import RIGHTS, Right, Role
from rules.violation import Life, Phase, Severity
from tests.alerts.evidence_rig import Rig, violation
from tests.alerts.test_alert_writer import Store
from tests.api.conftest import Bench
from tests.api.named import Named, add, log_in
from tests.api.stored import staged, store_alerts

pytestmark = pytest.mark.anyio
LIST, SELECTION = "/api/v1/exports/alerts", "/api/v1/exports/evidence"
WHY = "月度通报 2026-11"
CLOCK = SystemClock()


def _as(client: httpx.AsyncClient, bench: Bench, role: Role, *cameras: str) -> None:
    name = f"somebody.{uuid4().hex[:8]}"
    add(bench.services.identity, Named(name, (role,), cameras=cameras))
    log_in(client, bench.services.identity, name)


def _deeds(bench: Bench, action: str) -> list[dict[str, Any]]:
    while Sealer(bench.database, CLOCK).seal():
        pass
    trail = AuditTrail(bench.database).after(0, 1000)
    details = [entry.detail for entry in trail if entry.action == action]
    return [one for one in details if isinstance(one, dict)]


def _rows(answer: httpx.Response) -> list[list[str]]:
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def _packed(bench: Bench, folder: Path) -> UUID:
    """An alert opened, its pack sealed by the real maker, both stored."""
    rig = Rig(folder, bench.services.evidence)
    rig.alert()
    said = violation(Life.OPEN, 60)
    Store(bench.database).write(said)
    with bench.database.transaction() as session:
        write_pack(session, rig.only_sealed(), CLOCK.utc_now())
    return said.id


async def test_a_list_is_what_the_filter_says_and_on_record_before_it_leaves(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """Rows as in the list, more than a page of them; who, why, what, how many."""
    many = [staged(n, phase=Phase.DUE) for n in range(250)]
    store_alerts(bench.database, [*many, staged(300, severity=Severity.S1)])
    adopt(bench.database, ReviewIntake(), CLOCK)
    _as(client, bench, Role.VIEWER)

    asked = {"reason": WHY, "choice": {"severity": ["S3"]}}
    answer = await client.post(LIST, json=asked)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    text = answer.content.decode()
    assert "违法" not in text
    assert "处罚" not in text
    preamble, titles, *rows = _rows(answer)
    assert WHY in preamble[0]
    assert len(rows) == 250
    assert len({row[0] for row in rows}) == 250
    shown = dict(zip(titles, rows[0], strict=True))
    assert shown["等级"] == "S3"
    assert shown["线索"].startswith("疑似")
    assert shown["触发时间"] == "2026-11-23 10:04:09"
    assert shown["审核"] == "待审"
    (deed,) = _deeds(bench, "list.exported")
    assert (deed["count"], deed["reason"], deed["role"]) == (250, WHY, "viewer")
    assert deed["choice"] == {"severity": ["S3"]}


async def test_a_list_holds_no_alert_of_a_camera_one_does_not_see(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """The scope narrows it like every list."""
    store_alerts(bench.database, [staged(1), staged(2, camera="depot")])
    _as(client, bench, Role.VIEWER, "depot")

    rows = _rows(await client.post(LIST, json={"reason": WHY}))[2:]
    assert [row[4] for row in rows] == ["depot"]
    elsewhere = {"reason": WHY, "choice": {"camera": ["campus"]}}
    assert len(_rows(await client.post(LIST, json=elsewhere))) == 2


@pytest.mark.parametrize("reason", ["", "  ", None])
@pytest.mark.parametrize("where", [LIST, SELECTION])
async def test_nothing_leaves_without_a_reason(
    client: httpx.AsyncClient, bench: Bench, where: str, reason: str | None
) -> None:
    """Refused by field, nothing on record."""
    (alert,) = store_alerts(bench.database, [staged(1)])
    _as(client, bench, Role.SENIOR)
    body: dict[str, Any] = {"reason": reason}
    if where == SELECTION:
        body["alerts"] = [str(alert)]

    answer = await client.post(where, json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.reason"
    assert _deeds(bench, "list.exported") == _deeds(bench, "selection.exported") == []


async def test_what_is_too_much_is_refused_and_not_begun(
    client: httpx.AsyncClient,
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows, packs and bytes are bounded; a refused try says so by 413 or 422."""
    monkeypatch.setattr(export_routes, "MOST_ROWS", 3)
    monkeypatch.setattr(export_routes, "MOST_BYTES", 1000)
    store_alerts(bench.database, [staged(n) for n in range(4)])
    alert = _packed(bench, tmp_path / "shelf")
    _as(client, bench, Role.SENIOR)

    too_long = await client.post(LIST, json={"reason": WHY})
    too_heavy = await client.post(
        SELECTION, json={"reason": WHY, "alerts": [str(alert)]}
    )
    too_many = await client.post(
        SELECTION, json={"reason": WHY, "alerts": [str(uuid4()) for _ in range(51)]}
    )

    assert [one.status_code for one in (too_long, too_heavy, too_many)] == [
        413,
        413,
        422,
    ]
    assert too_long.json()["type"] == "urn:nonsite:problem:too_large"
    assert _deeds(bench, "list.exported") == _deeds(bench, "selection.exported") == []


async def test_a_selection_holds_packs_that_verify_and_says_what_it_lacks(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path
) -> None:
    """Each inner ZIP is whole by itself; an alert without evidence is named."""
    alert = _packed(bench, tmp_path / "shelf")
    (bare,) = store_alerts(bench.database, [staged(1)])
    _as(client, bench, Role.SENIOR)

    body = {"reason": WHY, "alerts": [str(alert), str(bare), str(alert)]}
    answer = await client.post(SELECTION, json=body)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    outer = zipfile.ZipFile(io.BytesIO(answer.content))
    assert outer.testzip() is None
    assert set(outer.namelist()) == {f"{alert}.zip", "contents.csv"}
    inner = outer.read(f"{alert}.zip")
    assert verify_pack(ZipPack(inner)).problem is None
    assert "first.jpg" not in zipfile.ZipFile(io.BytesIO(inner)).namelist()
    text = outer.read("contents.csv").decode().removeprefix("\ufeff")
    _, first, second = csv.reader(io.StringIO(text))
    assert (first[0], first[2], first[4]) == (str(alert), f"{alert}.zip", "")
    assert (second[0], second[2], second[4]) == (str(bare), "", "no evidence yet")
    (deed,) = _deeds(bench, "selection.exported")
    assert (deed["count"], deed["packs"], deed["masked"]) == (2, 1, True)
    assert deed["alerts"] == [str(alert), str(bare)]
    (own,) = _deeds(bench, "evidence.exported")
    assert (own["reason"], own["masked"]) == (WHY, True)


async def test_a_filter_that_says_one_thing_many_times_is_answered(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """A body is larger than an address; the query of the store stays small."""
    store_alerts(bench.database, [staged(1, phase=Phase.DUE)])
    adopt(bench.database, ReviewIntake(), CLOCK)
    _as(client, bench, Role.VIEWER)

    choice = {"review": ["queued"] * 150_000}
    answer = await client.post(LIST, json={"reason": WHY, "choice": choice})

    assert answer.status_code == 200
    assert len(_rows(answer)) == 3


async def test_a_pack_is_blurred_by_the_thing_it_is_about(
    bench: Bench, tmp_path: Path
) -> None:
    """Of a group a person has a part in, the person's pack is no car's."""
    alert = _packed(bench, tmp_path / "shelf")
    found = bench.services.alerts.get_alert(AlertId(alert))
    (own,) = found.sources
    other = replace(own.violation, id=uuid4(), label="person")
    group = replace(found, sources=(own, replace(own, violation=other)))
    senior = Person("zhao", "赵", frozenset({Role.SENIOR}))
    (pack,) = bench.services.alerts.packs_of(AlertId(alert))

    def label(id_: UUID, rechecks: UUID | None = None) -> str:
        meant = replace(pack, id=PackId(id_), rechecks=rechecks)
        return export_order(group, meant, senior, WHY, is_masked=True).label

    assert label(alert) == "car"
    assert label(other.id) == "person"
    assert label(uuid4(), rechecks=other.id) == "person"


async def test_two_alerts_that_joined_one_group_leave_once(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path
) -> None:
    """The page that asks may be older than the group."""
    alert = _packed(bench, tmp_path / "shelf")
    (joined,) = store_alerts(bench.database, [staged(1)])
    with bench.database.transaction() as session:
        joins = update(SourceRow).where(SourceRow.alert_id == joined)
        session.execute(joins.values(alert_id=alert))
        session.execute(delete(AlertRow).where(AlertRow.id == joined))
    _as(client, bench, Role.SENIOR)

    body = {"reason": WHY, "alerts": [str(alert), str(joined)]}
    answer = await client.post(SELECTION, json=body)

    outer = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(outer.namelist()) == sorted([f"{alert}.zip", "contents.csv"])
    assert [deed["count"] for deed in _deeds(bench, "selection.exported")] == [1]
    assert len(_deeds(bench, "evidence.exported")) == 1


async def test_what_does_not_hold_is_left_out_and_locked(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path
) -> None:
    """The others go; the table names what stayed and why."""
    alert = _packed(bench, tmp_path / "shelf")
    for path in (tmp_path / "evidence").rglob("*"):
        if path.is_file() and path.read_bytes()[:3] == b"\xff\xd8\xff":
            path.chmod(0o640)
            path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    _as(client, bench, Role.SENIOR)

    answer = await client.post(SELECTION, json={"reason": WHY, "alerts": [str(alert)]})

    outer = zipfile.ZipFile(io.BytesIO(answer.content))
    assert outer.namelist() == ["contents.csv"]
    assert "does not hold" in outer.read("contents.csv").decode()
    shown = (await client.get(f"/api/v1/alerts/{alert}")).json()
    assert shown["standing"]["is_locked"]


async def test_unmasked_selections_ask_for_a_right_of_their_own(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path
) -> None:
    """Legal review may, the senior of the desk may not."""
    alert = _packed(bench, tmp_path / "shelf")
    body = {"reason": WHY, "alerts": [str(alert)], "is_masked": False}
    _as(client, bench, Role.SENIOR)
    assert (await client.post(SELECTION, json=body)).status_code == 403
    _as(client, bench, Role.LEGAL)

    answer = await client.post(SELECTION, json=body)

    inner = zipfile.ZipFile(io.BytesIO(answer.content)).read(f"{alert}.zip")
    assert "first.jpg" in zipfile.ZipFile(io.BytesIO(inner)).namelist()
    assert len(_deeds(bench, "evidence.unmasked")) == 1


@pytest.mark.parametrize("role", list(Role))
async def test_who_may_not_see_evidence_takes_none_out(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path, role: Role
) -> None:
    """Each role, by its rights: administrators and phones get neither."""
    alert = _packed(bench, tmp_path / "shelf")
    _as(client, bench, role)

    packs = await client.post(SELECTION, json={"reason": WHY, "alerts": [str(alert)]})
    rows = await client.post(LIST, json={"reason": WHY})

    assert (packs.status_code == 200) == (Right.EXPORT in RIGHTS[role])
    assert (rows.status_code == 200) == (Right.READ_ALERTS in RIGHTS[role])
    assert Right.READ_EVIDENCE in RIGHTS[role] or Right.EXPORT not in RIGHTS[role]


async def test_a_selection_with_one_alert_out_of_scope_is_refused_whole(
    client: httpx.AsyncClient, bench: Bench, tmp_path: Path
) -> None:
    """As if it did not exist, and nothing of the others leaves."""
    alert = _packed(bench, tmp_path / "shelf")
    (other,) = store_alerts(bench.database, [staged(1, camera="depot")])
    _as(client, bench, Role.SENIOR, "dock_2")

    body = {"reason": WHY, "alerts": [str(alert), str(other)]}
    assert (await client.post(SELECTION, json=body)).status_code == 404
    assert _deeds(bench, "selection.exported") == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    """What somebody wrote into a title runs in no spreadsheet."""
    assert cell_of(f"{start}cmd|' /C calc'!A0").startswith("'")
    assert cell_of("南湖路") == "南湖路"
