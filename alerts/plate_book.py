"""Plates as people read them off evidence: stored as HMAC, shown masked, found again.

The service itself reads no plate. A reviewer does, to see whether the same vehicle was
there before (行政处罚法 29, 33). What is kept is the HMAC under the key in use, its
name and the masked form; the plate itself stands in no row, log, message or address. It
is legible in the picture of the case, and nowhere else.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from alerts.alert import AlertId
from alerts.audit import Act, Actor, record_act
from alerts.database import Database
from alerts.errors import NotFoundError, ValuesRefusedError
from alerts.evidence_tables import PlateReadingRow
from alerts.plate_keys import PlateKeyRing
from alerts.plates import PlateDigest, mask_plate
from alerts.tables import AlertRow
from base.clock import Clock
from base.json_value import JsonValue

MOST_FOUND = 500


@dataclass(frozen=True, slots=True)
class PlateReading:
    """One plate read off one alert's evidence.

    Attributes:
        shown: The plate, masked.
        key: Name of the key its HMAC is under.
        read_by: Login name.
        read_at: Wall time.
    """

    shown: str
    key: str
    read_by: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class PlateMatches:
    """Alerts off whose evidence a plate was read, newest reading first.

    Attributes:
        alerts: At most `MOST_FOUND`.
        is_cut: There are older ones.
    """

    alerts: tuple[AlertId, ...]
    is_cut: bool = False


class PlateBook:
    """Readings of one database; safe to use from any thread."""

    def __init__(self, database: Database, ring: PlateKeyRing, clock: Clock) -> None:
        self._database, self._ring, self._clock = database, ring, clock

    def note(self, alert: AlertId, plate: str, actor: Actor) -> PlateReading:
        """Keep a plate read off an alert's evidence; read again it stays one.

        Raises:
            NotFoundError: No such alert.
            StoreError: Database or keys are away.
        """
        keys, now = self._ring.keys(), self._clock.utc_now()
        made, shown = keys.digest(plate), mask_plate(plate)
        known = _is_one_of(keys.candidates(plate))
        with suppress(ValuesRefusedError):
            return self._note(alert, known, _New(made, shown, actor, now))
        # somebody else noted the same plate at the same moment: theirs stands
        return self._note(alert, known, _New(made, shown, actor, now))

    def _note(
        self, alert: AlertId, known: ColumnElement[bool], new: "_New"
    ) -> PlateReading:
        with self._database.transaction() as session:
            if session.get(AlertRow, alert) is None:
                raise NotFoundError(f"no alert {alert}")
            query = select(PlateReadingRow).where(
                PlateReadingRow.alert_id == alert, known
            )
            row = session.scalars(query.limit(1)).first()
            if row is None:
                row = PlateReadingRow(
                    alert_id=alert,
                    key=new.made.key,
                    digest=new.made.digest,
                    shown=new.shown,
                    read_by=new.actor.name,
                    read_at=new.at,
                )
                session.add(row)
                detail: dict[str, JsonValue] = {"plate": new.shown}
                act = Act("plate.read", f"alert/{alert}", "审核", detail)
                record_act(session, new.at, new.actor, act)
            return _reading_of(row)

    def of(self, alert: AlertId) -> tuple[PlateReading, ...]:
        """What was read off an alert's evidence, oldest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(PlateReadingRow).where(PlateReadingRow.alert_id == alert)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(PlateReadingRow.id))
            return tuple(_reading_of(row) for row in rows)

    def search(self, plate: str, actor: Actor, reason: str) -> PlateMatches:
        """Alerts off whose evidence this plate was read, newest first; on record.

        Raises:
            ReasonMissingError: No reason was given.
            StoreError: Database or keys are away.
        """
        known = _is_one_of(self._ring.keys().candidates(plate))
        query = (
            select(PlateReadingRow.alert_id)
            .where(known)
            .group_by(PlateReadingRow.alert_id)
            .order_by(func.max(PlateReadingRow.id).desc())
            .limit(MOST_FOUND + 1)
        )
        shown = mask_plate(plate)
        with self._database.transaction() as session:
            found = tuple(AlertId(alert) for alert in session.scalars(query))
            told, is_cut = found[:MOST_FOUND], len(found) > MOST_FOUND
            detail: dict[str, JsonValue] = {"found": len(told), "is_cut": is_cut}
            act = Act("plate.searched", f"plate/{shown}", reason, detail)
            record_act(session, self._clock.utc_now(), actor, act)
        return PlateMatches(told, is_cut)


@dataclass(frozen=True, slots=True)
class _New:
    """A reading to be kept: its digest, the plate masked, by whom and when."""

    made: PlateDigest
    shown: str
    actor: Actor
    at: datetime


def _is_one_of(candidates: frozenset[PlateDigest]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                PlateReadingRow.digest == one.digest,
                PlateReadingRow.key == one.key,
            )
            for one in sorted(candidates, key=lambda one: one.key)
        )
    )


def _reading_of(row: PlateReadingRow) -> PlateReading:
    return PlateReading(row.shown, row.key, row.read_by, row.read_at)
