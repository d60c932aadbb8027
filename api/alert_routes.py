"""`/alerts`: lists by filter and cursor, and one alert whole."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from alerts.alert import Cursor, Page
from alerts.errors import CursorError
from api import examples
from api.access import AlertReader
from api.address import ALERTS
from api.alert_asked import asked_of
from api.alert_query import AlertQuery
from api.alert_shown import captions, seen_alert, seen_packs
from api.alert_view import AlertDetail, AlertPage, detail_of, listed_of
from api.errors import QueryError
from api.evidence_view import files_of
from api.made_of import made_of
from api.openapi import answers
from api.services import StateDep
from cases.life import ReviewState

router = APIRouter(prefix=ALERTS, tags=["alerts"])


@router.get("", responses=answers(examples.ALERT_PAGE, 401, 403, 422, 503))
def list_alerts(
    query: Annotated[AlertQuery, Query()], caller: AlertReader, state: StateDep
) -> AlertPage:
    """Alerts, newest opening first; a page never shifts while new ones arrive."""
    store = state.services.alerts
    as_of = store.last_seq()
    cursor = Cursor(query.cursor) if query.cursor is not None else None
    try:
        asked = asked_of(state, caller, query)
        page = (
            Page((), None)
            if asked is None
            else store.list_alerts(asked, cursor, query.limit)
        )
    except CursorError as error:
        raise QueryError("query.cursor", str(error)) from error
    words = captions(state)
    made = made_of(state, caller, [alert.id for alert in page.alerts])
    return AlertPage(
        alerts=tuple(
            listed_of(alert, words, made.get(alert.id, (None, None)))
            for alert in page.alerts
        ),
        next=page.next,
        as_of=as_of,
    )


@router.get("/{alert}", responses=answers(examples.ALERT, 401, 403, 404, 422, 503))
def one_alert(alert: UUID, caller: AlertReader, state: StateDep) -> AlertDetail:
    """One alert with clauses, sources and evidence files."""
    found = seen_alert(state, caller, alert)
    files = files_of(found.id, seen_packs(state, caller, found))
    detail = detail_of(found, files, captions(state))
    review, _ = made_of(state, caller, [found.id]).get(found.id, (None, None))
    is_blind = review is ReviewState.SECOND
    return detail.model_copy(update={"score": None}) if is_blind else detail
