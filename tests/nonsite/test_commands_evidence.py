"""`nonsite evidence`, `retention`, `verify`: from a stored alert to a check."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from alerts.audit import Act, Actor
from alerts.database import open_database
from alerts.day_root import DayRoots
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_writer import write_pack
from alerts.migrate import migrate
from alerts.object_store import ObstoreEvidenceStore
from alerts.sealer import Sealer
from alerts.service_key import open_service_key
from alerts.tables import AuditIntakeRow
from alerts.time_authority import Rfc3161Authority, read_roots
from base.clock import ManualClock, SystemClock
from identity.identity import open_identity
from identity.people import Newcomer
from identity.person import Person
from identity.right import Role
from nonsite.cli import app
from nonsite.data_folder import DataFolder
from rules.violation import Life
from sites.retention_section import PRESSURE_ORDER
from tests.alerts.evidence_rig import T0, Rig, violation
from tests.alerts.test_alert_writer import Store
from tests.alerts.time_stamp_server import TimeStampServer

PASSWORD = "correct horse battery"
WIDE = {"COLUMNS": "200", "TERM": "dumb"}
ALERT = str(violation(Life.OPEN, 60).id)


def nonsite(*arguments: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = CliRunner().invoke(app, list(arguments), env=WIDE)
    return result.exit_code, result.output + repr(result.exception)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one alert and its pack."""
    folder = DataFolder(tmp_path / "data")
    folder.make()
    store = ObstoreEvidenceStore(folder.evidence, reserve_bytes=0)
    rig = Rig(tmp_path / "shelf", store)
    rig.alert()
    database = open_database(f"sqlite:///{folder.database}")
    migrate(database)
    Store(database).write(violation(Life.OPEN, 60))
    with database.transaction() as session:
        write_pack(session, rig.only_sealed(), SystemClock().utc_now())
    database.close()
    return folder.root


def test_export_is_checked_by_verify_and_broken_by_one_byte(
    data: Path, tmp_path: Path
) -> None:
    """Out of the house, whole; one byte later it does not hold and says where."""
    where = ("--data", str(data))
    code, told = nonsite(
        "evidence", "export", ALERT, "--reason", "移送", "--out", str(tmp_path), *where
    )
    assert code == 0, told
    file = tmp_path / f"{ALERT}.zip"
    digest = nonsite("evidence", "key", *where)[1].split("digest ")[1].split()[0]

    assert nonsite("verify", str(file), "--key", digest)[0] == 0
    raw = bytearray(file.read_bytes())
    at = raw.index(b"\xff\xd8\xff") + 200
    raw[at] ^= 1
    file.write_bytes(bytes(raw))
    code, told = nonsite("verify", str(file), "--key", digest)
    assert code == 1
    assert "DOES NOT HOLD" in told


def test_hold_is_placed_and_lifted_with_a_reason(data: Path) -> None:
    """Both ask for why."""
    where = ("--data", str(data))
    assert nonsite("evidence", "hold", ALERT, *where)[0] == 2
    database = open_database(f"sqlite:///{DataFolder(data).database}")
    person = Person("zhou", "周法", frozenset({Role.LEGAL}), "33040200123")
    open_identity(database, SystemClock()).people.add(Newcomer(person, PASSWORD), "t")
    by = ("--by", "zhou")
    code, told = nonsite("evidence", "hold", ALERT, "--reason", "复议", *by, *where)
    assert (code, "hold 1 stands" in told) == (0, True)
    with database.reading() as session:
        query = select(AuditIntakeRow).where(AuditIntakeRow.action == "hold.placed")
        detail = dict(session.scalars(query).one().detail)  # type: ignore[arg-type]
    database.close()
    assert detail["certificate"] == "33040200123"

    assert nonsite("evidence", "lift", "1", "--reason", "已结", *where)[0] == 0


def test_days_are_handed_out_and_checked_with_their_stamp(
    data: Path, tmp_path: Path
) -> None:
    """Root, entries and a real stamp, checked offline; a changed entry is named."""
    database = open_database(f"sqlite:///{DataFolder(data).database}")
    clock = SystemClock()
    with database.transaction() as session:
        ago = clock.utc_now() - timedelta(days=2)
        session.execute(update(AuditIntakeRow).values(at=ago))
    Sealer(database, clock).seal()
    authority = TimeStampServer(tmp_path / "tsa")
    asked = Rfc3161Authority(authority.url, read_roots(authority.roots))
    key = open_service_key(DataFolder(data).service_key)
    roots = DayRoots(database, key, clock, asked)
    (day,) = roots.make_due()
    roots.stamp_due()
    authority.close()
    database.close()
    out = tmp_path / "days"

    code, told = nonsite("evidence", "days", "--out", str(out), "--data", str(data))
    assert code == 0, told
    file, entries = out / f"day-{day}.json", out / f"audit-{day}.jsonl"
    check = ("verify", str(file), "--key", key.digest, "--tsa", str(authority.roots))
    code, told = nonsite(*check)
    assert code == 0, told
    assert "stamped" in told
    why = ("--reason", "移送", "--out", str(tmp_path), "--data", str(data))
    assert nonsite("evidence", "export", ALERT, *why)[0] == 0
    pack = str(tmp_path / f"{ALERT}.zip")
    code, told = nonsite(*check, pack)
    assert code == 0, told
    assert f"{ALERT}.zip: on record as entry" in told
    assert "originals stay in the house" in told
    entries.rename(tmp_path / "aside")
    code, told = nonsite(*check, pack)
    assert (code, "on record" in told) == (0, False)
    (tmp_path / "aside").rename(entries)
    entries.write_bytes(entries.read_bytes().replace(b"consumer", b"konsumer"))
    code, told = nonsite(*check)
    assert (code, "audit entry 1 was changed" in told) == (1, True)


PLACES = tuple(enumerate(PRESSURE_ORDER, 1))


def test_retention_says_what_would_go(data: Path) -> None:
    """Nothing is due; a dry run and a run say so."""
    for more in ((), ("--run",)):
        code, told = nonsite("retention", "--data", str(data), *more)
        assert code == 0, told
        assert "0 packs" in told
        order = [told.index(f"{n}. {kind.value}") for n, kind in PLACES]
        assert order == sorted(order)
        assert "never: undecided, confirmed within 1826 days" in told


def test_a_pack_that_no_day_tells_of_does_not_hold(data: Path, tmp_path: Path) -> None:
    """It says it was sealed on a day whose whole log is given, and is not in it."""
    where = ("--data", str(data))
    why = ("--reason", "移送", "--out", str(tmp_path), *where)
    assert nonsite("evidence", "export", ALERT, *why)[0] == 0
    pack = str(tmp_path / f"{ALERT}.zip")
    # the day the pack was sealed on, of a service that never heard of it
    other = open_database(f"sqlite:///{tmp_path}/other.db")
    migrate(other)
    clock = ManualClock(T0)
    seen = Act("alert.viewed", "alert/1", "复议")
    EvidenceActs(other, clock).append(Actor("周法", "legal"), seen)
    Sealer(other, clock).seal()
    clock.advance(timedelta(days=2).total_seconds())
    days = DayRoots(other, open_service_key(DataFolder(data).service_key), clock)
    (day,) = days.make_due()
    (tmp_path / f"day-{day}.json").write_bytes(days.file(day))
    (tmp_path / f"audit-{day}.jsonl").write_bytes(days.entries(day))
    other.close()

    code, told = nonsite("verify", pack, str(tmp_path / f"day-{day}.json"))

    assert (code, f"sealed on {day}" in told) == (1, True)
