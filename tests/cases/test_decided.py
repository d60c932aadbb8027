"""Alerts by who decided: what they said and nothing else, in the list's order."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from alerts.alert import AlertFilter, AlertId
from alerts.alert_lists import newest_places
from alerts.repository import AlertRepository
from base.ids import CameraId
from cases.life import Act
from cases.verdict import Verdict
from identity.identity import open_identity
from identity.people import Newcomer
from identity.person import Person
from rules.violation import Life
from tests.api.stored import staged
from tests.cases.conftest import CLUE, LI, WANG, Bureau, confirmed, person
from tests.identity.named import PASSWORD, cheap_hashes

TAO = replace(person("lin.tao"), full_name="林涛")
YAN = replace(person("lin.yan"), full_name="林燕")


@pytest.fixture(autouse=True)
def people(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them in the book."""
    cheap_hashes(monkeypatch)
    book = open_identity(bureau.database, bureau.clock).people
    for one in (TAO, YAN, WANG, LI):
        book.add(Newcomer(one, PASSWORD), "test")


def _filter(
    bureau: Bureau,
    *beginnings: str,
    asker: Person = WANG,
    blind: frozenset[AlertId] = frozenset(),
) -> AlertFilter:
    walks = bureau.desk.queue.decided_by(beginnings, asker, blind)
    return AlertFilter(walks=walks)


def _found(bureau: Bureau, asked: AlertFilter) -> list[AlertId]:
    """All pages, two alerts each; the count agrees."""
    alerts, found, cursor = AlertRepository(bureau.database), [], None
    while True:
        page = alerts.list_alerts(asked, cursor, 2)
        found += [alert.id for alert in page.alerts]
        cursor = page.next
        if cursor is None:
            break
    assert alerts.count_alerts(asked, 100) == len(found)
    return found


def test_whoever_decided_is_found_by_what_people_call_them(bureau: Bureau) -> None:
    """Login or full name, whole or its beginning; who is nobody has decided nothing."""
    ids = bureau.alerts([staged(n) for n in range(7)])
    for n, by in enumerate((TAO, YAN, TAO, WANG, YAN, TAO)):
        bureau.follow(ids[n], phase="due")
        bureau.desk.reviews.give(ids[n], by, CLUE)

    of_tao, of_yan = [ids[5], ids[2], ids[0]], [ids[4], ids[1]]
    for called in ("lin.tao", "LIN.T", "林涛"):
        assert _found(bureau, _filter(bureau, called)) == of_tao, called
    both = sorted(of_tao + of_yan, key=ids.index, reverse=True)
    assert _found(bureau, _filter(bureau, "林")) == both
    assert _found(bureau, _filter(bureau, "林涛", "lin.yan")) == both
    for called in ("涛", "li_", "%", "nobody"):
        assert _found(bureau, _filter(bureau, called)) == [], called
    assert _found(bureau, _filter(bureau)) == ids[::-1]


def test_other_questions_narrow_what_somebody_decided(bureau: Bureau) -> None:
    """Camera, life and the beginning of an id are asked beside it."""
    many = [staged(1), staged(2, camera="gate"), staged(3, life=Life.CLEARED)]
    ids = [bureau.alert(one.n, camera=one.camera, life=one.life) for one in many]
    for one in ids:
        bureau.desk.reviews.give(one, TAO, CLUE)
    asked = _filter(bureau, "林涛")

    at_gate = replace(asked, cameras=frozenset({CameraId("gate")}))
    assert _found(bureau, at_gate) == [ids[1]]
    cleared = replace(asked, lives=frozenset({Life.CLEARED}))
    assert _found(bureau, cleared) == [ids[2]]
    called = replace(asked, beginnings=frozenset({ids[0].hex[:8]}))
    assert _found(bureau, called) == [ids[0]]


def test_what_was_taken_back_was_not_said(bureau: Bureau) -> None:
    """Said, taken back, said by another; said twice it is listed once."""
    alert, other = bureau.alert(1), bureau.alert(2)
    bureau.desk.reviews.give(alert, TAO, CLUE)
    bureau.desk.reviews.undo(alert, TAO, "wrong key")
    bureau.desk.reviews.release(alert, TAO)
    unsure = Verdict(Act.UNSURE, "too dark")
    bureau.desk.reviews.give(alert, YAN, unsure)
    bureau.desk.reviews.give(other, YAN, unsure)

    assert _found(bureau, _filter(bureau, "林涛")) == []
    assert _found(bureau, _filter(bureau, "林燕")) == [other, alert]


def test_who_decided_is_kept_from_whoever_looks_unswayed(bureau: Bureau) -> None:
    """While a second is awaited one finds what one said oneself, no more."""
    awaited, sampled = bureau.alert(1), bureau.alert(2)
    bureau.desk.reviews.give(awaited, TAO, confirmed())
    bureau.desk.reviews.give(sampled, TAO, CLUE)
    blind = frozenset({sampled})

    assert _found(bureau, _filter(bureau, "林涛", asker=TAO)) == [sampled, awaited]
    assert _found(bureau, _filter(bureau, "林涛")) == [sampled]
    assert _found(bureau, _filter(bureau, "林涛", blind=blind)) == []


def test_sqlite_walks_one_index_to_show_what_somebody_decided(bureau: Bureau) -> None:
    """Nothing is sorted, nor read from the top of the list of alerts."""
    if bureau.database.is_postgres:
        pytest.skip("PostgreSQL plans by figures it keeps of the tables")
    sent: list[tuple[str, Any]] = []
    event.listen(
        bureau.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, text, values, *_: sent.append((text, values)),
    )
    asked = replace(_filter(bureau, "林涛"), lives=frozenset({Life.OPEN}))
    sent.clear()
    with bureau.database.reading() as session:
        newest_places(session, asked, None, 50)
    query, values = next(one for one in sent if "verdicts" in one[0])
    with bureau.database.engine.connect() as connection:
        explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
        plan = str(explained.all())

    assert "ix_verdicts_person_opened_at_alert_id" in plan
    assert "TEMP B-TREE" not in plan
    assert "SCAN alerts" not in plan
