"""Holds and acts on evidence are on record, with role and reason, or do not happen."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from alerts.alert import AlertId
from alerts.audit import Act, Actor
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.errors import NotFoundError, ReasonMissingError
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_facts import ClockCheck, PackFacts, TimeSource
from alerts.evidence_mode import ClueReason
from alerts.evidence_writer import write_pack
from alerts.legal_hold import HoldBook
from alerts.pack import Pack, PackId, PackState
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from alerts.tables import AuditIntakeRow
from alerts.view_book import ONCE_S, ViewBook, Why
from base.clock import ManualClock
from tests.alerts.test_alert_writer import Store
from tests.alerts.violations import T0, violation

LEGAL = Actor("王法制", "legal")


def stored(database: Database) -> AlertId:
    """One alert in the store."""
    Store(database).write(violation())
    return AlertId(violation().id)


def test_a_hold_stands_until_it_is_lifted(database: Database) -> None:
    """Both are on record with who, in which role, and why."""
    clock = ManualClock(T0)
    told = stored(database)
    book = HoldBook(database, clock)

    hold = book.place(told, LEGAL, "行政复议")
    assert book.is_held(told)
    clock.advance(60)
    lifted = book.lift(hold.number, LEGAL, "复议终结")

    assert not book.is_held(told)
    assert lifted.lifted_at == T0 + timedelta(seconds=60)
    Sealer(database, clock).seal()
    acts = [e for e in AuditTrail(database).after(0) if e.action.startswith("hold.")]
    assert [(e.actor, e.action) for e in acts] == [
        ("王法制", "hold.placed"),
        ("王法制", "hold.lifted"),
    ]
    assert acts[0].detail == {"role": "legal", "reason": "行政复议"}


def test_a_hold_needs_an_alert_and_a_reason(database: Database) -> None:
    """Otherwise nothing is written."""
    book = HoldBook(database, ManualClock(T0))
    told = stored(database)

    with pytest.raises(NotFoundError):
        book.place(AlertId(uuid4()), LEGAL, "why")
    with pytest.raises(ReasonMissingError, match="needs a reason"):
        book.place(told, LEGAL, "  ")

    assert book.of(told) == ()
    with database.reading() as session:
        rows = session.scalars(select(AuditIntakeRow)).all()
        assert not [row for row in rows if row.action.startswith("hold.")]


def test_views_and_exports_are_on_record(database: Database) -> None:
    """Without a reason the act is refused, so nothing is shown."""
    acts = EvidenceActs(database, ManualClock(T0))
    views = ViewBook(acts, ManualClock(T0))
    pack = PackId(uuid4())

    views.note(LEGAL, f"pack/{pack}", "clip.mp4", Why("审核"))
    acts.unmasked(LEGAL, pack, "first.jpg", "核对车牌")
    acts.exported(LEGAL, pack, "移送法院", {"sha256": "a" * 64})
    with pytest.raises(ReasonMissingError):
        views.note(LEGAL, f"pack/{pack}", "clip.mp4", Why(""))
    with pytest.raises(ReasonMissingError):
        acts.append(LEGAL, Act("notice.read", "case/1", ""))

    Sealer(database, ManualClock(T0)).seal()
    found = [entry.action for entry in AuditTrail(database).after(0)]
    assert found == ["evidence.viewed", "evidence.unmasked", "evidence.exported"]


def test_a_reason_stated_stands_for_a_quarter_of_an_hour(database: Database) -> None:
    """For who stated it and that alert; sealed or not yet, the trail knows it."""
    clock = ManualClock(T0)
    views = ViewBook(EvidenceActs(database, clock), clock)
    alert, other = AlertId(uuid4()), AlertId(uuid4())
    views.state(LEGAL, alert, "督察、抽查", "supervision")
    clock.advance(60)
    views.state(LEGAL, alert, "行政复议、诉讼", "appeal")

    assert views.stated(LEGAL.name, alert) == "行政复议、诉讼"
    Sealer(database, clock).seal()
    clock.advance(ONCE_S - 1)
    assert views.stated(LEGAL.name, alert) == "行政复议、诉讼"
    assert views.stated(LEGAL.name, other) is None
    assert views.stated("另一人", alert) is None
    clock.advance(2)
    assert views.stated(LEGAL.name, alert) is None


def test_standing_follows_what_is_known_of_the_pack(database: Database) -> None:
    """A clock read 1.4 s off, or a broken byte, makes a clue of evidence in order."""
    told = stored(database)
    check = ClockCheck(TimeSource.SENDER_REPORT, 40.0, T0)
    pack = Pack(
        PackId(told), PackState.COMPLETE, config="c" * 64, facts=PackFacts(clock=check)
    )
    with database.transaction() as session:
        write_pack(session, pack, T0)
    repository = AlertRepository(database)
    acts = EvidenceActs(database, ManualClock(T0))

    assert repository.pack_of(told).facts == pack.facts
    assert repository.get_alert(told).standing.reasons == ()

    acts.clock_was_read(LEGAL, pack.id, T0 + timedelta(seconds=1.4), T0)
    assert repository.get_alert(told).standing.reasons == (ClueReason.CLOCK_OFF,)

    acts.broke(pack.id, "clip.mp4: its bytes are not those that were stored")
    reasons = repository.get_alert(told).standing.reasons
    assert reasons[0] is ClueReason.INTEGRITY_BROKEN
