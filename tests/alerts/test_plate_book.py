"""Plates end to end: HMAC under a key that is replaced, masked wherever told."""

import json
import stat
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from alerts.alert import AlertId
from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.errors import NotFoundError, ReasonMissingError, StoreError
from alerts.evidence_tables import PlateReadingRow
from alerts.legal_hold import HoldBook
from alerts.plate_book import MOST_FOUND, PlateBook
from alerts.plate_keys import PlateKeyRing
from alerts.plates import is_plate, mask_plates
from alerts.sealer import Sealer
from alerts.tables import Table
from base.clock import ManualClock
from rules.violation import Life
from tests.alerts.evidence_rig import T0, violation
from tests.alerts.test_alert_writer import Store

PLATE, OTHER = "浙F·12348", "浙F·12358"
WANG = Actor("wang", "reviewer")
HALF, YEAR = timedelta(days=180), timedelta(days=366)


class Bench:
    """Two alerts, a key ring on disk, a book over both."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.database, self.clock = database, ManualClock(T0)
        self.path = folder / "keys" / "plate_keys.json"
        self.ring = PlateKeyRing(self.path, self.clock)
        self.book = PlateBook(database, self.ring, self.clock)
        self.ids: list[AlertId] = []
        for slot in ("x1", "x2"):
            said = violation(Life.OPEN, 60, slot)
            Store(database).write(said)
            self.ids.append(AlertId(said.id))

    def search(self, plate: str) -> tuple[AlertId, ...]:
        found = self.book.search(plate, WANG, "是否初次")
        assert not found.is_cut
        return found.alerts

    def everything_stored(self) -> str:
        """All rows of all tables, as text."""
        Sealer(self.database, self.clock).seal()
        told = []
        with self.database.reading() as session:
            for table in Table.metadata.sorted_tables:
                rows = session.execute(text(f"SELECT * FROM {table.name}"))
                told += [repr(row) for row in rows]
        return "\n".join(told)


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Bench:
    return Bench(tmp_path, database)


def test_plate_is_found_again_and_stands_nowhere(bench: Bench) -> None:
    """Typed another way it is the same; no row, audit entry or file holds it."""
    one, two = bench.ids
    read = bench.book.note(one, PLATE, WANG)
    bench.book.note(one, "浙f12348", WANG)
    bench.book.note(two, OTHER, WANG)

    assert (read.shown, read.key) == ("浙F****8", bench.ring.ages()[0].name)
    assert bench.search("浙F 12348") == (one,)
    assert len(bench.book.of(one)) == 1
    stored = bench.everything_stored()
    assert "12348" not in stored
    assert "浙F****8" in stored
    assert "12348" not in bench.path.read_text()


def test_rotation_keeps_old_plates_searchable_until_their_key_is_retired(
    bench: Bench,
) -> None:
    """New ones go under the new key; each row keeps the name of its own."""
    one, two = bench.ids
    bench.book.note(one, PLATE, WANG)
    bench.clock.advance(HALF.total_seconds())
    assert bench.ring.turn(HALF, YEAR)[0].startswith("made ")
    bench.book.note(two, PLATE, WANG)

    old, new = bench.ring.ages()
    with bench.database.reading() as session:
        rows = session.execute(
            select(PlateReadingRow.alert_id, PlateReadingRow.key)
        ).all()
    assert set(rows) == {(one, old.name), (two, new.name)}
    assert new.is_current
    assert not old.is_current
    assert set(bench.search(PLATE)) == {one, two}

    bench.clock.advance((YEAR - timedelta(minutes=1)).total_seconds())
    assert set(bench.search(PLATE)) == {one, two}
    bench.clock.advance(120)
    done = bench.ring.turn(timedelta(days=3650), YEAR)

    assert done == (f"retired {old.name}",)
    assert old.name not in bench.path.read_text()
    assert bench.search(PLATE) == (two,)
    assert [read.shown for read in bench.book.of(one)] == ["浙F****8"]


def test_two_who_note_the_same_plate_at_once_note_it_once(bench: Bench) -> None:
    """Neither is told of the other; one reading, one entry in the trail."""
    one, _ = bench.ids
    bench.book.note(one, OTHER, WANG)  # the key is made
    gate = threading.Barrier(4)
    told: list[str] = []

    def note() -> None:
        gate.wait(10)
        told.append(bench.book.note(one, PLATE, WANG).shown)

    threads = [threading.Thread(target=note) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Sealer(bench.database, bench.clock).seal()

    assert told == ["浙F****8"] * 4
    assert len(bench.book.of(one)) == 2
    trail = AuditTrail(bench.database).after(0, 100)
    assert [entry.action for entry in trail].count("plate.read") == 2


def test_a_search_that_finds_too_many_says_so(bench: Bench) -> None:
    """A taxi rank's own van: the newest 500 alerts, and that there are more."""
    keys = bench.ring.keys()
    made = keys.digest(PLATE)
    ids = [uuid4() for _ in range(MOST_FOUND + 1)]
    with bench.database.transaction() as session:
        for alert in ids:
            row = PlateReadingRow(
                alert_id=alert,
                key=made.key,
                digest=made.digest,
                shown="浙F****8",
                read_by="wang",
                read_at=T0,
            )
            session.add(row)
            session.flush()

    found = bench.book.search(PLATE, WANG, "是否初次")

    assert found.is_cut
    assert found.alerts == tuple(ids[:0:-1])


def test_same_plate_read_again_under_a_new_key_stays_one(bench: Bench) -> None:
    """It is recognised by the old key."""
    one, _ = bench.ids
    bench.book.note(one, PLATE, WANG)
    bench.ring.rotate()
    bench.book.note(one, PLATE, WANG)

    assert len(bench.book.of(one)) == 1


def test_key_in_use_is_not_retired(bench: Bench) -> None:
    """Nor is one that does not exist."""
    (only,) = bench.ring.ages()
    with pytest.raises(StoreError, match="rotate first"):
        bench.ring.retire(only.name)
    with pytest.raises(NotFoundError):
        bench.ring.retire("20200101-000000")


def test_keys_are_for_their_owner_alone_and_known_to_every_process(
    bench: Bench,
) -> None:
    """Another ring over the same file finds what this one stored."""
    one, _ = bench.ids
    bench.book.note(one, PLATE, WANG)
    other = PlateKeyRing(bench.path, bench.clock)
    other.rotate()

    assert stat.S_IMODE(bench.path.stat().st_mode) == 0o600
    assert bench.search(PLATE) == (one,)
    assert bench.ring.ages() == other.ages()
    assert list(bench.path.parent.glob("*.part")) == []


def test_starters_at_once_make_one_first_key(tmp_path: Path) -> None:
    """Eight threads with rings of their own agree."""
    found: list[str] = []

    def start() -> None:
        ring = PlateKeyRing(tmp_path / "plate_keys.json", ManualClock(T0))
        found.append(ring.ages()[0].name)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"{",
        b"[]",
        b'{"current": "a", "keys": {}}',
        b'{"current": "a", "keys": {"a": {"secret": "5ec7e7", "made_at": "x"}}}',
        json.dumps({"current": "a", "keys": {"a": {"secret": "s" * 64}}}).encode(),
    ],
)
def test_damaged_keys_are_told_without_a_word_of_them(
    tmp_path: Path, junk: bytes
) -> None:
    """Nothing is made over them: a backup may have them."""
    path = tmp_path / "plate_keys.json"
    path.write_bytes(junk)

    with pytest.raises(StoreError, match="restore it from the backup") as told:
        PlateKeyRing(path, ManualClock(T0)).keys()

    assert "5ec7e7" not in str(told.value)
    assert path.read_bytes() == junk


def test_search_needs_a_reason_and_is_on_record_masked(bench: Bench) -> None:
    """Who looked for what, how many were found, and why."""
    with pytest.raises(ReasonMissingError):
        bench.book.search(PLATE, WANG, "  ")
    bench.book.search(PLATE, WANG, "核对 浙F12348 是否初次")
    Sealer(bench.database, bench.clock).seal()

    trail = AuditTrail(bench.database).after(0, 100)
    (entry,) = [one for one in trail if one.action == "plate.searched"]
    assert entry.subject == "plate/浙F****8"
    assert isinstance(entry.detail, dict)
    assert entry.detail["reason"] == "核对 浙F****8 是否初次"
    assert entry.detail["found"] == 0


def test_unknown_alert_has_no_plate(bench: Bench) -> None:
    """Nothing is kept."""
    with pytest.raises(NotFoundError):
        bench.book.note(AlertId(violation(Life.OPEN, 60, "x9").id), PLATE, WANG)


def test_plate_in_the_reason_of_a_hold_is_masked(bench: Bench) -> None:
    """In the hold and in the trail."""
    book = HoldBook(bench.database, bench.clock)
    hold = book.place(bench.ids[0], WANG, "车主（浙F·12348）申请复议")

    assert hold.reason == "车主（浙F****8）申请复议"
    assert "12348" not in bench.everything_stored()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("浙F12348停在门口", "浙F****8停在门口", id="plain"),
        pytest.param("车牌浙Ｆ１２３４８", "车牌浙F****8", id="full width"),
        pytest.param("浙F・D12345 与 沪A-12345", "浙F*****5 与 沪A****5", id="two"),
        pytest.param("粤Z1234港", "粤Z****港", id="cross border"),
        pytest.param("浙 F 12 348 的车", "浙F****8 的车", id="spaced out"),
        pytest.param("浙F 1 2 3 4 8", "浙F****8", id="each sign apart"),
        pytest.param("使014578 停此", "使0****8 停此", id="an embassy's"),
        pytest.param("领014·578", "领0****8", id="a consulate's"),
        pytest.param("WJ浙12345在", "WJ*****5在", id="the armed police's"),
        pytest.param("军车VA12345", "军车VA****5", id="the forces'"),
        pytest.param("浙江省F区12348号", "浙江省F区12348号", id="no plate"),
        pytest.param("浙F was seen on day 3", "浙F was seen on day 3", id="a sentence"),
        pytest.param("CS-01 100 米", "CS-01 100 米", id="a rule"),
        pytest.param("编号 4fba12345c", "编号 4fba12345c", id="an id"),
        pytest.param("执法证号 33040200123", "执法证号 33040200123", id="a number"),
    ],
)
def test_plates_in_words_are_masked(said: str, shown: str) -> None:
    """However they are typed; nothing else is touched."""
    assert mask_plates(said) == shown


@pytest.mark.parametrize(
    "word", ["", "12348", "浙F", "浙F12348 停", "浙F12348;浙F12358", "x" * 400]
)
def test_what_is_no_plate(word: str) -> None:
    """It is refused rather than kept as one."""
    assert not is_plate(word)
