"""`/alerts`: lists by filter and cursor, and one alert whole."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from alerts.alert import AlertId, Cursor
from alerts.errors import CursorError
from api import examples
from api.access import Needs, Right
from api.address import ALERTS
from api.alert_query import AlertQuery
from api.alert_view import AlertDetail, AlertPage, Captions, detail_of, summary_of
from api.errors import QueryError
from api.evidence_view import files_of
from api.openapi import answers
from api.services import State, StateDep

router = APIRouter(
    prefix=ALERTS, tags=["alerts"], dependencies=[Depends(Needs(Right.READ_ALERTS))]
)


def captions(state: State) -> Captions:
    """The words in force."""
    return Captions(state.services.catalogue, state.site.titles())


@router.get("", responses=answers(examples.ALERT_PAGE, 422, 503))
def list_alerts(query: Annotated[AlertQuery, Query()], state: StateDep) -> AlertPage:
    """Alerts, newest opening first; a page never shifts while new ones arrive."""
    store = state.services.alerts
    as_of = store.last_seq()
    cursor = Cursor(query.cursor) if query.cursor is not None else None
    try:
        page = store.list_alerts(query.filter(), cursor, query.limit)
    except CursorError as error:
        raise QueryError("query.cursor", str(error)) from error
    words = captions(state)
    return AlertPage(
        alerts=tuple(summary_of(alert, words) for alert in page.alerts),
        next=page.next,
        as_of=as_of,
    )


@router.get("/{alert}", responses=answers(examples.ALERT, 404, 422, 503))
def one_alert(alert: UUID, state: StateDep) -> AlertDetail:
    """One alert with clauses, sources and evidence files."""
    store = state.services.alerts
    found = store.get_alert(AlertId(alert))
    files = files_of(found.id, store.packs_of(found.id))
    return detail_of(found, files, captions(state))
