"""Pages of alerts: exactly what a filter means, in order, along one index."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event, select, update

from alerts.alert import AlertFilter
from alerts.alert_lists import MOST_STRETCHES, all_conditions, newest_places
from alerts.database import Database
from alerts.memory_evidence_store import MemoryEvidenceStore
from alerts.pack import PackState
from alerts.repository import AlertRepository
from alerts.tables import AlertRow, PackRow, SourceRow
from base.ids import CameraId, ZoneName
from rules.violation import Life, Severity
from tests.api.stored import (
    T0,
    Staged,
    StagedFile,
    store_alerts,
    store_pack,
    store_second_source,
)

COUNT = 60
CAMERAS = tuple(f"camera{n}" for n in range(MOST_STRETCHES + 4))
CODES = ("SW-01", "SW-02", "FL-01")
SEED = 20261126


@pytest.fixture
def filled(database: Database) -> Database:
    """Alerts of many cameras; some seen by a second one, some with evidence."""
    draw = random.Random(SEED)
    ids = store_alerts(
        database,
        (
            Staged(
                n,
                camera=draw.choice(CAMERAS),
                zone=draw.choice(("kerb", "door")),
                code=draw.choice(CODES),
                life=draw.choice((Life.OPEN, Life.PERSISTING, Life.CLEARED)),
                severity=draw.choice((Severity.S1, Severity.S3)),
            )
            for n in range(COUNT)
        ),
    )
    store_second_source(database, ids[7], "camera3")
    store = MemoryEvidenceStore()
    for pack in ids[::3]:
        store_pack(database, store, pack, [StagedFile("first.jpg", pack.bytes)])
    with database.transaction() as session:
        partial = update(PackRow).where(PackRow.id == ids[9])
        session.execute(partial.values(state=PackState.PARTIAL.value))
    return database


def _some(draw: random.Random, values: tuple[str, ...]) -> frozenset[str]:
    many = draw.choice((0, 0, 1, 2, len(values)))
    return frozenset(draw.sample(values, many))


def _filters() -> Iterator[AlertFilter]:
    draw = random.Random(SEED)
    for _ in range(60):
        yield AlertFilter(
            cameras=frozenset(CameraId(one) for one in _some(draw, CAMERAS)),
            zones=frozenset(ZoneName(one) for one in _some(draw, ("kerb", "door"))),
            codes=_some(draw, CODES),
            lives=frozenset(Life(one) for one in _some(draw, ("open", "cleared"))),
            severities=frozenset(Severity(one) for one in _some(draw, ("S1", "S3"))),
            evidence=frozenset(
                PackState(one)
                for one in _some(draw, ("pending", "partial", "complete"))
            ),
            opened_until=draw.choice((None, T0 + timedelta(seconds=COUNT // 2))),
            beginnings=_some(draw, ("0", "3", "a", "e")),
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """An alert as one reads it by eye."""

    row: AlertRow
    cameras: set[str]
    zones: set[str]
    ids: set[str]
    evidence: str

    def fits(self, asked: AlertFilter) -> bool:
        """Whether the filter means it."""
        until = asked.opened_until
        return (
            (not asked.cameras or bool(self.cameras & asked.cameras))
            and (not asked.zones or bool(self.zones & asked.zones))
            and (not asked.beginnings or self.begins(tuple(asked.beginnings)))
            and (not asked.codes or self.row.code in asked.codes)
            and (not asked.lives or self.row.life in asked.lives)
            and (not asked.severities or self.row.severity in asked.severities)
            and (not asked.evidence or self.evidence in asked.evidence)
            and (until is None or self.row.opened_at < until)
        )

    def begins(self, beginnings: tuple[str, ...]) -> bool:
        """Whether a violation behind it is called so."""
        return any(one.startswith(beginnings) for one in self.ids)


def _everything(database: Database) -> list[_Known]:
    with database.reading() as session:
        rows = session.scalars(select(AlertRow)).all()
        sources = session.scalars(select(SourceRow)).all()
        packs = {row.id: row.state for row in session.scalars(select(PackRow))}
        session.expunge_all()
    return [
        _Known(
            row,
            {one.camera for one in sources if one.alert_id == row.id},
            {one.zone for one in sources if one.alert_id == row.id},
            {one.violation_id.hex for one in sources if one.alert_id == row.id},
            packs.get(row.id, "pending"),
        )
        for row in sorted(rows, key=lambda row: row.opened_at, reverse=True)
    ]


def test_pages_hold_what_a_filter_means_and_nothing_else(filled: Database) -> None:
    """Page by page to the end, each alert once, newest first; the count agrees."""
    alerts, known = AlertRepository(filled), _everything(filled)
    found = 0
    for asked in _filters():
        wanted = [one.row.id for one in known if one.fits(asked)]
        listed, cursor = [], None
        while True:
            page = alerts.list_alerts(asked, cursor, 7)
            listed += [alert.id for alert in page.alerts]
            cursor = page.next
            if cursor is None:
                break
        assert listed == wanted, asked
        assert alerts.count_alerts(asked, COUNT) == len(wanted), asked
        found += len(wanted)
    assert found > COUNT


def test_an_alert_is_found_by_the_camera_that_joined_it(filled: Database) -> None:
    """Also where so many cameras are asked that the list is read from its top."""
    with filled.reading() as session:
        for cameras in (("camera3",), CAMERAS[: MOST_STRETCHES + 1]):
            asked = AlertFilter(cameras=frozenset(CameraId(one) for one in cameras))
            places = newest_places(session, asked, None, COUNT)
            assert T0 + timedelta(seconds=7) in {opened_at for opened_at, _ in places}
            assert all(one > two for one, two in pairwise(places))


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (AlertFilter(cameras=frozenset({CameraId("camera1")})), "camera_opened_at_id"),
        (AlertFilter(codes=frozenset({"SW-01"})), "code_opened_at_id"),
        (AlertFilter(lives=frozenset({Life.OPEN})), "life_opened_at_id"),
        (
            AlertFilter(
                cameras=frozenset(CameraId(one) for one in CAMERAS),
                severities=frozenset({Severity.S1}),
            ),
            "ix_alerts_opened_at_id",
        ),
    ],
)
def test_sqlite_sorts_nothing_to_show_a_page(
    filled: Database, asked: AlertFilter, index: str
) -> None:
    """Each first stretch is an index in the list's own order."""
    if filled.is_postgres:
        pytest.skip("PostgreSQL plans by figures it keeps of the tables")
    sent: list[tuple[str, Any]] = []
    event.listen(
        filled.engine,
        "before_cursor_execute",
        lambda _c, _cursor, text, values, *_: sent.append((text, values)),
    )
    with filled.reading() as session:
        newest_places(session, asked, None, 50)
        assert all_conditions(session, asked)
    query, values = next(one for one in sent if "ORDER BY" in one[0])
    with filled.engine.connect() as connection:
        explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
        plan = str(explained.all())

    assert index in plan
    assert "TEMP B-TREE" not in plan
