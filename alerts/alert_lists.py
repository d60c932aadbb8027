"""Which alerts a filter means, newest opening first, found by walking one index.

A filter by camera, code or life is asked value by value: each value has a stretch of an
index in the list's own order, and the stretches are merged, so that a page costs what
it shows; later folders bring such stretches of their own, by who decided. Whatever is
asked beside it is looked at row by row. SQLite keeps no figures
of how common a value is and would sort a million rows to show fifty, so columns that
are looked at row by row are kept from its planner.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from alerts.alert import AlertFilter, Walk
from alerts.pack import PackState
from alerts.tables import AlertRow, PackRow, SourceRow

MOST_STRETCHES = 16
"""More values than this mean so much of the list that it is read from its top."""

FEW = 2_000
"""So many ids are fetched and sorted sooner than they are met in the list."""

Place = tuple[datetime, UUID]
"""Where an alert stands in the list: opening, id."""

Conditions = list[ColumnElement[bool]]


def newest_places(
    session: Session, asked: AlertFilter, before: Place | None, limit: int
) -> list[Place]:
    """Places of the newest `limit` alerts meant, below `before`; None: from the top."""
    found: set[Place] = set()
    for walk in _walks(session, asked):
        opened_at, id_ = walk.selected_columns
        query = walk.order_by(opened_at.desc(), id_.desc()).limit(limit)
        if before is not None:
            query = query.where(tuple_(opened_at, id_) < before)
        found |= {(at, alert) for at, alert in session.execute(query)}
    return sorted(found, reverse=True)[:limit]


def all_conditions(session: Session, asked: AlertFilter) -> Conditions:
    """Everything asked, for a count."""
    found = _all_but_walks(session, asked)
    if asked.walks is not None:
        ids = [walk.with_only_columns(_ids(walk)) for walk in asked.walks]
        found.append(or_(false(), *(AlertRow.id.in_(one) for one in ids)))
    return found


def _all_but_walks(session: Session, asked: AlertFilter) -> Conditions:
    return [
        *_beside(session, asked),
        *_cameras_are(asked),
        *_is_among(AlertRow.code, asked.codes),
        *_is_among(AlertRow.life, asked.lives),
    ]


def _walks(session: Session, asked: AlertFilter) -> list[Walk]:
    """What is walked; what is asked beside walks of others is looked up alert by alert.

    Looked up, not joined: the planner would begin at the alerts.
    """
    if asked.walks is None:
        alerts = select(AlertRow.opened_at, AlertRow.id)
        return [alerts.where(*stretch) for stretch in _stretches(session, asked)]
    asks = _all_but_walks(session, asked)
    return [
        walk.where(select(AlertRow.id).where(AlertRow.id == _ids(walk), *asks).exists())
        for walk in asked.walks
    ]


def _ids(walk: Walk) -> ColumnElement[UUID]:
    _, ids = walk.selected_columns
    return ids


def _stretches(session: Session, asked: AlertFilter) -> list[Conditions]:
    """The filter as stretches of one index each; together they are all of it."""
    beside = _beside(session, asked)
    codes, lives = (
        _is_among(AlertRow.code, asked.codes),
        _is_among(AlertRow.life, asked.lives),
    )
    if 0 < len(asked.cameras) <= MOST_STRETCHES:
        beside += codes + lives
        own = [[AlertRow.camera == one, *beside] for one in sorted(asked.cameras)]
        return [*own, [_is_one_of(session, _of_later_sources(asked)), *beside]]
    beside += _cameras_are(asked)
    if 0 < len(asked.codes) <= MOST_STRETCHES:
        beside += lives
        return [[AlertRow.code == one, *beside] for one in sorted(asked.codes)]
    beside += codes
    if 0 < len(asked.lives) <= MOST_STRETCHES:
        return [[AlertRow.life == one, *beside] for one in sorted(asked.lives)]
    return [beside + lives]


def _is_among(column: InstrumentedAttribute[str], values: frozenset[str]) -> Conditions:
    """One of `values`, looked at row by row."""
    return [column.concat("").in_(sorted(values))] if values else []


def _cameras_are(asked: AlertFilter) -> Conditions:
    """A source of one of the cameras, looked at row by row."""
    if not asked.cameras:
        return []
    own = AlertRow.camera.concat("").in_(sorted(asked.cameras))
    return [or_(own, AlertRow.id.in_(_of_later_sources(asked)))]


def _of_later_sources(asked: AlertFilter) -> Select[UUID]:
    """Alerts the cameras joined after another camera, or another place, began them."""
    return select(SourceRow.alert_id).where(
        SourceRow.camera.in_(sorted(asked.cameras)),
        SourceRow.violation_id != SourceRow.alert_id,
    )


def _beside(session: Session, asked: AlertFilter) -> Conditions:
    """What has no stretch of its own."""
    found: Conditions = []
    for column, values in (
        (AlertRow.phase, asked.phases),
        (AlertRow.severity, asked.severities),
    ):
        if values:
            found.append(column.in_(sorted(values)))
    if asked.opened_from is not None:
        found.append(AlertRow.opened_at >= asked.opened_from)
    if asked.opened_until is not None:
        found.append(AlertRow.opened_at < asked.opened_until)
    if asked.zones:
        in_zone = SourceRow.zone.in_(sorted(asked.zones))
        found.append(_is_one_of(session, select(SourceRow.alert_id).where(in_zone)))
    if asked.beginnings:
        begins = or_(*(_begins(one) for one in sorted(asked.beginnings)))
        found.append(_is_one_of(session, select(SourceRow.alert_id).where(begins)))
    if asked.evidence:
        found.append(_evidence_is(session, asked.evidence))
    if asked.within is not None:
        found.append(_is_one_of(session, asked.within))
    return found


def _begins(beginning: str) -> ColumnElement[bool]:
    """A violation whose id begins so; an alert's own first one has the alert's id."""
    first, last = (UUID(hex=beginning.ljust(32, fill)) for fill in "0f")
    return SourceRow.violation_id.between(first, last)


def _evidence_is(session: Session, states: frozenset[PackState]) -> ColumnElement[bool]:
    """Of its own pack; where there is none yet it is pending."""
    if PackState.PENDING not in states:
        return _is_one_of(
            session, select(PackRow.id).where(PackRow.state.in_(sorted(states)))
        )
    other = select(PackRow.id).where(
        PackRow.id == AlertRow.id, PackRow.state.not_in(sorted(states))
    )
    return ~other.exists()


def _is_one_of(session: Session, ids: Select[UUID]) -> ColumnElement[bool]:
    """Its id is one of `ids`: fetched where they are few, else looked up row by row.

    As values, not as a subquery: a planner that takes few for many walks all alerts.
    """
    few = session.scalars(ids.limit(FEW + 1)).all()
    if len(few) <= FEW:
        return AlertRow.id.in_(few)
    (column,) = ids.selected_columns
    return ids.where(column == AlertRow.id).exists()
