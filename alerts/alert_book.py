"""The rows a batch of entries touches, read in three queries whatever its size.

Writers then work in memory and everything goes out at the commit, table by table: a
flood costs little more than one alert.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from alerts.alert import LIVE
from alerts.message import violation_from_json, violation_to_json
from alerts.tables import AlertRow, SourceRow
from rules.violation import Life, Violation


def is_live(source: SourceRow) -> bool:
    """Whether the thing behind a source is still there."""
    return not source.superseded and Life(source.life) in LIVE


class AlertBook:
    """Alerts and sources of one transaction.

    Args:
        session: The open transaction.
        row_locks: Lock the alerts read: on PostgreSQL, where writers run side by side.
    """

    def __init__(self, session: Session, *, row_locks: bool) -> None:
        self.session = session
        self._row_locks = row_locks
        self._alerts: dict[UUID, AlertRow] = {}
        self._sources: dict[UUID, SourceRow] = {}
        self._by_alert: dict[UUID, list[SourceRow]] = {}
        self._by_place: dict[tuple[str, str], list[AlertRow]] = {}
        self._violations: dict[UUID, Violation] = {}

    def load(self, violations: Sequence[Violation], alerts: Sequence[UUID]) -> None:
        """Read what entries about `violations` and `alerts` may touch."""
        # an alert may have joined a group since: its first violation says where
        ids = {violation.id for violation in violations} | set(alerts)
        keys = {violation.place.key for violation in violations}
        known = select(SourceRow.alert_id).where(SourceRow.violation_id.in_(ids))
        wanted = set(alerts) | set(self.session.scalars(known))
        there = and_(AlertRow.place_key.in_(keys), AlertRow.life.in_(sorted(LIVE)))
        # in one order, so that two writers never wait for each other in a ring
        query = (
            select(AlertRow)
            .where(or_(AlertRow.id.in_(wanted), there))
            .order_by(AlertRow.id)
        )
        self._take_up(query)

    def load_beside(self, alert: AlertRow, span: timedelta) -> list[AlertRow]:
        """The other alerts of its camera opened within `span` after it opened."""
        query = (
            select(AlertRow)
            .where(AlertRow.camera == alert.camera, AlertRow.id != alert.id)
            .where(AlertRow.opened_at >= alert.opened_at)
            .where(AlertRow.opened_at < alert.opened_at + span)
            .order_by(AlertRow.id)
        )
        self.session.flush()
        found = {found.id: found for found in self._take_up(query)}
        return list(found.values())

    def _take_up(self, query: Select[AlertRow]) -> list[AlertRow]:
        """Read alerts with their sources; those read before stay as they are."""
        if self._row_locks:
            query = query.with_for_update()
        read = list(self.session.scalars(query))
        fresh = [alert for alert in read if alert.id not in self._alerts]
        for alert in fresh:
            self._note_alert(alert)
        of_alerts = SourceRow.alert_id.in_([alert.id for alert in fresh])
        for source in self.session.scalars(select(SourceRow).where(of_alerts)):
            if source.violation_id not in self._sources:
                self._note_source(source)
        return read

    def _note_alert(self, alert: AlertRow) -> None:
        self._alerts[alert.id] = alert
        place = (alert.place_key, alert.code)
        self._by_place.setdefault(place, []).append(alert)

    def _note_source(self, source: SourceRow) -> None:
        self._sources[source.violation_id] = source
        self._by_alert.setdefault(source.alert_id, []).append(source)

    def alert(self, id_: UUID) -> AlertRow | None:
        """The alert with this id."""
        return self._alerts.get(id_)

    def source(self, violation: UUID) -> SourceRow | None:
        """The source made by this violation."""
        return self._sources.get(violation)

    def sources_of(self, alert: AlertRow) -> list[SourceRow]:
        """The sources of an alert."""
        return self._by_alert.get(alert.id, [])

    def open_at(self, violation: Violation) -> list[AlertRow]:
        """Alerts still there at the place and under the code of `violation`."""
        found = self._by_place.get((violation.place.key, violation.code), [])
        return [alert for alert in found if Life(alert.life) in LIVE]

    def add_alert(self, alert: AlertRow) -> None:
        """A new alert."""
        self.session.add(alert)
        self._note_alert(alert)

    def add_source(self, source: SourceRow) -> None:
        """A new source."""
        self.session.add(source)
        self._note_source(source)

    def join(self, alert: AlertRow, group: AlertRow) -> list[SourceRow]:
        """Make the sources of `alert` sources of `group` and take the alert out."""
        moved = self._by_alert.pop(alert.id, [])
        for source in moved:
            source.alert_id = group.id
            self._by_alert.setdefault(group.id, []).append(source)
        del self._alerts[alert.id]
        self._by_place[(alert.place_key, alert.code)].remove(alert)
        self.session.flush()  # sources first: the alert takes what it has along
        self.session.delete(alert)
        return moved

    def told(self, source: SourceRow, violation: Violation) -> None:
        """The source's violation is now `violation`."""
        source.state = violation_to_json(violation)
        self._violations[source.violation_id] = violation

    def violation(self, source: SourceRow) -> Violation:
        """What the source last told."""
        found = self._violations.get(source.violation_id)
        if found is None:
            found = violation_from_json(source.state)
            self._violations[source.violation_id] = found
        return found
