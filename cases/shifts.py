"""Shifts: handed over with both signatures, begun with a test of the siren."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from alerts.alert import EventKind
from alerts.audit import record
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.tables import EventIntakeRow
from base.clock import Clock
from base.json_value import JsonValue
from cases.deeds import deed_of
from cases.errors import ConflictError, GateError
from cases.tables import HandoverRow, SirenTestRow
from identity.person import Person

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Handover:
    """A shift handed over; complete once both have signed (wall times)."""

    id: UUID
    outgoing: str
    incoming: str
    note: str
    state: JsonValue
    signed_out_at: datetime
    signed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class SirenTest:
    """A test of the siren: who began it when, who heard it."""

    id: UUID
    by: str
    at: datetime
    heard_by: tuple[str, ...]


class Shifts:
    """Hand-overs and siren tests; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def hand_over(
        self, outgoing: Person, incoming: Person, note: str, state: JsonValue
    ) -> Handover:
        """The one who goes signs.

        Raises:
            GateError: Nobody hands over to themselves.
        """
        if outgoing.name == incoming.name:
            raise GateError("two_people", "a shift is handed over to somebody else")
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = HandoverRow(
                id=uuid4(),
                outgoing=outgoing.name,
                incoming=incoming.name,
                note=note,
                state=state,
                signed_out_at=now,
                signed_in_at=None,
            )
            session.add(row)
            subject = f"handover/{row.id}"
            told = {"incoming": incoming.name, "note": note}
            record(session, now, deed_of(outgoing, "shift.signed_out", subject, **told))
            return _handover(row)

    def sign(self, handover: UUID, person: Person) -> Handover:
        """The one who comes signs.

        Raises:
            NotFoundError: There is none.
            GateError: It was handed over to somebody else.
            ConflictError: It is signed.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(HandoverRow, handover, with_for_update=True)
            if row is None:
                raise NotFoundError(f"no hand-over {handover}")
            if row.incoming != person.name:
                raise GateError("two_people", f"{row.incoming} signs this one")
            if row.signed_in_at is not None:
                raise ConflictError("it is signed already")
            row.signed_in_at = now
            subject = f"handover/{row.id}"
            record(session, now, deed_of(person, "shift.signed_in", subject))
            return _handover(row)

    def handovers(self) -> tuple[Handover, ...]:
        """The newest, at most `SHOWN`."""
        query = select(HandoverRow).order_by(HandoverRow.signed_out_at.desc())
        with self._database.reading() as session:
            return tuple(_handover(row) for row in session.scalars(query.limit(SHOWN)))

    def begin_siren_test(self, person: Person) -> SirenTest:
        """Let every open desk sound its siren once."""
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = SirenTestRow(id=uuid4(), made_by=person.name, at=now, heard_by=[])
            session.add(row)
            session.add(
                EventIntakeRow(
                    kind=EventKind.SIREN_TEST.value,
                    alert_id=None,
                    camera=None,
                    detail={"test": str(row.id), "by": person.name},
                    at=now,
                )
            )
            subject = f"siren/{row.id}"
            record(session, now, deed_of(person, "siren.tested", subject))
            return _siren(row)

    def heard(self, test: UUID, person: Person) -> SirenTest:
        """The person has heard it; once is enough.

        Raises:
            NotFoundError: There is none.
        """
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            row = session.get(SirenTestRow, test, with_for_update=True)
            if row is None:
                raise NotFoundError(f"no siren test {test}")
            heard = list(row.heard_by) if isinstance(row.heard_by, list) else []
            if person.name not in heard:
                row.heard_by = [*heard, person.name]
                subject = f"siren/{row.id}"
                record(session, now, deed_of(person, "siren.heard", subject))
            return _siren(row)

    def last_siren_test(self) -> SirenTest | None:
        """The newest; None before the first."""
        query = select(SirenTestRow).order_by(SirenTestRow.at.desc()).limit(1)
        with self._database.reading() as session:
            row = session.scalars(query).first()
            return None if row is None else _siren(row)


def _handover(row: HandoverRow) -> Handover:
    return Handover(
        id=row.id,
        outgoing=row.outgoing,
        incoming=row.incoming,
        note=row.note,
        state=row.state,
        signed_out_at=row.signed_out_at,
        signed_in_at=row.signed_in_at,
    )


def _siren(row: SirenTestRow) -> SirenTest:
    heard = row.heard_by if isinstance(row.heard_by, list) else []
    return SirenTest(row.id, row.made_by, row.at, tuple(str(name) for name in heard))
