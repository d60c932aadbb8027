"""Reads alerts, their evidence and the sealed event log; `alert_lists` finds the pages.

Lists are paged by key, newest opening first: a page never shifts when alerts are added
while somebody reads, and page 20 000 costs what page 1 costs.
"""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from alerts.alert import (
    LIVE,
    Alert,
    AlertCounts,
    AlertEvent,
    AlertFilter,
    AlertId,
    Cursor,
    Page,
)
from alerts.alert_lists import Place, all_conditions, newest_places
from alerts.alert_rows import alert_of, event_of, file_of, pack_from_rows
from alerts.database import Database
from alerts.dedup import Reason
from alerts.errors import CursorError, NotFoundError
from alerts.pack import EvidenceFile, Pack, PackId
from alerts.tables import (
    AlertRow,
    ChainHeadRow,
    EventIntakeRow,
    EventRow,
    EvidenceFileRow,
    OutboxRow,
    PackRow,
    SourceRow,
    SuppressionRow,
)
from rules.violation import Life, Severity

EVENTS = "events"
AUDIT = "audit"
"""Names of the sealed logs in `chain_heads`."""

MAX_PAGE = 500
"""More rows than a screen shows; a client that wants all follows the cursor."""


def _cursor_at(place: Place) -> Cursor:
    told = json.dumps([place[0].isoformat(), place[1].hex]).encode()
    return Cursor(base64.urlsafe_b64encode(told).decode().rstrip("="))


def _place_at(cursor: Cursor) -> Place:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        opened_at, id_ = json.loads(base64.urlsafe_b64decode(padded))
        place = datetime.fromisoformat(opened_at), UUID(hex=id_)
        if place[0].utcoffset() != timedelta(0):
            raise CursorError("the cursor is not one of this list")
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise CursorError("the cursor is not one of this list") from error
    return place


def _group_of(session: Session, violation: UUID) -> AlertRow | None:
    source = session.get(SourceRow, violation)
    return None if source is None else session.get(AlertRow, source.alert_id)


class AlertRepository:
    """Reads the store; safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_alerts(
        self, asked: AlertFilter, cursor: Cursor | None = None, limit: int = 50
    ) -> Page:
        """Alerts newest opening first, `limit` (1…MAX_PAGE) at a time.

        Raises:
            CursorError: `cursor` was not made by this list.
            StoreUnavailableError: The database is away.
        """
        limit = max(1, min(limit, MAX_PAGE))
        before = None if cursor is None else _place_at(cursor)
        with self._database.reading() as session:
            places = newest_places(session, asked, before, limit + 1)
            shown = [id_ for _, id_ in places[:limit]]
            found = session.scalars(select(AlertRow).where(AlertRow.id.in_(shown)))
            rows = {row.id: row for row in found}
            # one that joined a group between the two questions is not there any more
            ordered = [rows[id_] for id_ in shown if id_ in rows]
            more = _cursor_at(places[limit - 1]) if len(places) > limit else None
            return Page(self._whole(session, ordered), more)

    def count_alerts(self, asked: AlertFilter, most: int) -> int:
        """How many alerts a list holds; counting stops above `most`.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            wanted = select(AlertRow.id).where(*all_conditions(session, asked))
            found = wanted.limit(most + 1).subquery()
            return session.scalars(select(func.count()).select_from(found)).one()

    def get_alert(self, alert: AlertId) -> Alert:
        """One alert; of one that joined a group since, the group.

        Raises:
            NotFoundError: There is none.
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(AlertRow, alert) or _group_of(session, alert)
            if row is None:
                raise NotFoundError(f"no alert {alert}")
            return self._whole(session, [row])[0]

    def get_alerts(self, alerts: Sequence[AlertId]) -> dict[AlertId, Alert]:
        """Those of `alerts` that there are, by id.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(AlertRow).where(AlertRow.id.in_(alerts))
        with self._database.reading() as session:
            found = self._whole(session, session.scalars(query).all())
            return {alert.id: alert for alert in found}

    def _whole(self, session: Session, rows: Sequence[AlertRow]) -> tuple[Alert, ...]:
        ids = [row.id for row in rows]
        sources: dict[UUID, list[SourceRow]] = {id_: [] for id_ in ids}
        for source in session.scalars(
            select(SourceRow).where(SourceRow.alert_id.in_(ids))
        ):
            sources[source.alert_id].append(source)
        owners = ids + [s.violation_id for found in sources.values() for s in found]
        found = session.scalars(select(PackRow).where(PackRow.id.in_(owners)))
        packs = {pack.id: pack for pack in found}
        many = [id_ for id_, told in sources.items() if len(told) > 1]
        joined = select(SuppressionRow.alert_id).where(
            SuppressionRow.alert_id.in_(many),
            SuppressionRow.reason == Reason.FLOOD.value,
        )
        groups = set(session.scalars(joined.distinct())) if many else set()
        return tuple(
            alert_of(row, sources[row.id], packs, is_group=row.id in groups)
            for row in rows
        )

    def packs_of(self, alert: AlertId) -> tuple[Pack, ...]:
        """Packs of all sources of an alert, looks again too, the alert's own first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        of_alert = select(SourceRow.violation_id).where(SourceRow.alert_id == alert)
        with self._database.reading() as session:
            found = or_(PackRow.id.in_(of_alert), PackRow.rechecks.in_(of_alert))
            packs = session.scalars(select(PackRow).where(found)).all()
            ordered = sorted(packs, key=lambda p: (p.id != alert, p.stored_at, p.id))
            return tuple(
                pack_from_rows(pack, self._files(session, pack.id)) for pack in ordered
            )

    def pack_of(self, alert: AlertId) -> Pack:
        """The alert's own pack; of another source, by that violation's id.

        Raises:
            NotFoundError: No evidence was sealed yet.
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            pack = session.get(PackRow, PackId(alert))
            if pack is None:
                raise NotFoundError(f"no evidence of alert {alert} yet")
            return pack_from_rows(pack, self._files(session, pack.id))

    @staticmethod
    def _files(session: Session, pack: UUID) -> Sequence[EvidenceFileRow]:
        return session.scalars(
            select(EvidenceFileRow).where(EvidenceFileRow.pack_id == pack)
        ).all()

    def evidence_file(self, alert: AlertId, name: str) -> EvidenceFile:
        """One file of the alert's own pack; its bytes are in the evidence store.

        Raises:
            NotFoundError: No such file, or no evidence yet.
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(EvidenceFileRow, (alert, name))
            if row is None:
                raise NotFoundError(f"no evidence file {name} of alert {alert}")
            return file_of(row)

    def events_after(self, seq: int, limit: int = 200) -> tuple[AlertEvent, ...]:
        """Sealed events with a number above `seq`, in order.

        Raises:
            StoreUnavailableError: The database is away.
        """
        query = select(EventRow).where(EventRow.seq > seq)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(EventRow.seq).limit(limit))
            return tuple(event_of(row) for row in rows)

    def last_seq(self) -> int:
        """Number of the newest sealed event; 0 before the first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            head = session.get(ChainHeadRow, EVENTS)
            return 0 if head is None else head.seq

    def counts(self) -> AlertCounts:
        """Figures of the store for health and metrics.

        Raises:
            StoreUnavailableError: The database is away.
        """
        kinds = (AlertRow.code, AlertRow.life, AlertRow.severity)
        grouped = select(*kinds, func.count()).group_by(*kinds)
        owed = select(func.count()).select_from(OutboxRow)
        with self._database.reading() as session:
            by_life: Counter[Life] = Counter()
            by_code: Counter[tuple[str, Life]] = Counter()
            by_severity: Counter[Severity] = Counter()
            for code, life, severity, count in session.execute(grouped):
                by_life[Life(life)] += count
                by_code[code, Life(life)] += count
                if life in LIVE:
                    by_severity[Severity(severity)] += count
            return AlertCounts(
                by_life=by_life,
                by_code=by_code,
                live_by_severity=by_severity,
                unsealed=session.scalars(
                    select(func.count()).select_from(EventIntakeRow)
                ).one(),
                owed=session.scalars(owed.where(OutboxRow.state == "owed")).one(),
            )
