"""Legal holds: while one stands on an alert, nothing of its evidence is deleted.

A hold is placed and lifted by a person with a reason; both are on record. Retention and
disk pressure ask here, and have no way around it. A hold on an alert covers those that
were merged into it: they are told by a port, since reviews live in a later folder.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.audit import Act, Actor, record_act
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.evidence_tables import LegalHoldRow
from alerts.plates import mask_plates
from alerts.tables import AlertRow, PackRow, SourceRow
from base.clock import Clock

MergedInto = Callable[[Sequence[AlertId]], Mapping[AlertId, tuple[AlertId, ...]]]
"""The alerts each of these was merged into, to the last; others are left out."""


def merged_nowhere(_alerts: Sequence[AlertId]) -> Mapping[AlertId, tuple[AlertId, ...]]:
    """For where nothing is reviewed."""
    return {}


@dataclass(frozen=True, slots=True)
class LegalHold:
    """One hold.

    Attributes:
        number: Its number.
        alert: On which alert.
        reason: Why.
        placed_by: Who placed it.
        placed_at: When, wall time.
        lifted_at: When it was lifted; None while it stands.
        lifted_by: Who lifted it.
        lift_reason: Why.
    """

    number: int
    alert: AlertId
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lift_reason: str | None = None


class HoldBook:
    """The holds of one database; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def place(self, alert: AlertId, actor: Actor, reason: str) -> LegalHold:
        """Hold the evidence of `alert`; several holds may stand at once.

        Raises:
            NotFoundError: No such alert, or its evidence was deleted already.
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away.
        """
        now, reason = self._clock.utc_now(), mask_plates(reason)
        with self._database.transaction() as session:
            if lock_alert(session, alert) is None:
                raise NotFoundError(f"no alert {alert}")
            if _is_erased(session, alert):
                told = f"the evidence of alert {alert} was deleted: its time had run"
                raise NotFoundError(told)
            act = Act("hold.placed", f"alert/{alert}", reason)
            record_act(session, now, actor, act)
            row = LegalHoldRow(
                alert_id=alert, reason=reason, placed_by=actor.name, placed_at=now
            )
            session.add(row)
            session.flush()
            return _hold_of(row)

    def lift(self, number: int, actor: Actor, reason: str) -> LegalHold:
        """Lift one hold; one lifted before stays as it is.

        Raises:
            NotFoundError: No such hold.
            ReasonMissingError: No reason was given.
            StoreUnavailableError: The database is away.
        """
        now, reason = self._clock.utc_now(), mask_plates(reason)
        with self._database.transaction() as session:
            row = session.get(LegalHoldRow, number)
            if row is None:
                raise NotFoundError(f"no legal hold {number}")
            if row.lifted_at is None:
                act = Act(
                    "hold.lifted", f"alert/{row.alert_id}", reason, {"hold": number}
                )
                record_act(session, now, actor, act)
                row.lifted_at, row.lifted_by = now, actor.name
                row.lift_reason = reason
            return _hold_of(row)

    def get(self, number: int) -> LegalHold:
        """One hold.

        Raises:
            NotFoundError: No such hold.
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(LegalHoldRow, number)
            if row is None:
                raise NotFoundError(f"no legal hold {number}")
            return _hold_of(row)

    def of(self, alert: AlertId) -> tuple[LegalHold, ...]:
        """All holds ever placed on `alert`, oldest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(LegalHoldRow).where(LegalHoldRow.alert_id == alert)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(LegalHoldRow.id))
            return tuple(_hold_of(row) for row in rows)

    def is_held(self, alert: AlertId) -> bool:
        """Whether a hold stands on `alert` now.

        Raises:
            StoreUnavailableError: The database is away.
        """
        return any(hold.lifted_at is None for hold in self.of(alert))


def lock_alert(session: Session, alert: AlertId) -> AlertRow | None:
    """The alert's row, for whoever places a hold or deletes: one after the other.

    Otherwise a hold could be placed between the look for one and the deletion.
    """
    return session.get(AlertRow, alert, with_for_update=True)


def is_held(session: Session, alert: AlertId, merged_into: MergedInto) -> bool:
    """Whether a hold covers `alert`; it and what it was merged into are locked."""
    covered = {alert, *merged_into([alert]).get(alert, ())}
    for one in sorted(covered):
        lock_alert(session, one)
    return bool(held_among(session, covered))


def _is_erased(session: Session, alert: AlertId) -> bool:
    """Whether it had evidence and none of it is kept."""
    query = select(PackRow.erased_at).join(
        SourceRow, PackRow.id == SourceRow.violation_id
    )
    found = list(session.scalars(query.where(SourceRow.alert_id == alert)))
    return bool(found) and None not in found


def held_among(session: Session, alerts: Iterable[AlertId]) -> frozenset[AlertId]:
    """Which of `alerts` are under a hold, within the transaction that deletes."""
    query = select(LegalHoldRow.alert_id).where(
        LegalHoldRow.alert_id.in_(list(alerts)), LegalHoldRow.lifted_at.is_(None)
    )
    return frozenset(AlertId(found) for found in session.scalars(query))


def _hold_of(row: LegalHoldRow) -> LegalHold:
    return LegalHold(
        number=row.id,
        alert=AlertId(row.alert_id),
        reason=row.reason,
        placed_by=row.placed_by,
        placed_at=row.placed_at,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        lift_reason=row.lift_reason,
    )
