"""`/exports`: a list as CSV, the evidence of a selection as a ZIP; on record first.

What leaves is bounded and written while it is read; who takes it, why and how much
stands in the audit trail before the first byte goes out.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from alerts.audit import Act
from alerts.selection import Wanted, selection_zip
from api.access import AlertReader, Exporter
from api.address import EXPORTS
from api.alert_asked import asked_of
from api.alert_csv import CsvSource, csv_lines
from api.alert_query import AlertChoice
from api.alert_shown import captions, seen_alert, seen_packs
from api.errors import RefusedError, TooMuchError
from api.export_order import export_order
from api.export_view import TakenList, TakenSelection
from api.made_of import made_of
from api.openapi import bytes_answers
from api.services import State, StateDep
from api.who import actor_of
from base.clock import BEIJING
from base.json_value import JsonValue
from identity.person import Person
from identity.right import Right

MOST_ROWS = 20_000
"""Of one list: a month of a district; 3 MB."""
MOST_BYTES = 2 * 1024 * 1024 * 1024
"""Of one selection, originals counted."""
CSV = "text/csv"
ZIP = "application/zip"

router = APIRouter(prefix=EXPORTS, tags=["exports"])


@router.post(
    "/alerts",
    response_class=Response,
    responses=bytes_answers(CSV, 401, 403, 413, 422, 503),
)
def export_list(body: TakenList, caller: AlertReader, state: StateDep) -> Response:
    """The list as it is filtered, as CSV: what the caller may read, no evidence."""
    services = state.services
    asked = asked_of(state, caller, body.choice)
    count = 0 if asked is None else services.alerts.count_alerts(asked, MOST_ROWS)
    if count > MOST_ROWS:
        raise TooMuchError(f"more than {MOST_ROWS} alerts: narrow the filter")
    detail: dict[str, JsonValue] = {"count": count, "choice": _told(body.choice)}
    act = Act("list.exported", "alerts", body.reason, detail)
    services.desk.acts.append(actor_of(caller), act)
    now = services.clock.utc_now()
    made = partial(made_of, state, caller)
    source = CsvSource(services.alerts, made, captions(state))
    lines = csv_lines(source, asked, count, _preamble(caller, now, body.reason))
    return _file(lines, f"nonsite-{_day(now)}.csv", f"{CSV}; charset=utf-8")


@router.post(
    "/evidence",
    response_class=Response,
    responses=bytes_answers(ZIP, 401, 403, 404, 413, 422, 503),
)
def export_selection(
    body: TakenSelection, caller: Exporter, state: StateDep
) -> Response:
    """Packs of several alerts, each whole and verifiable, and a table of contents."""
    if not body.is_masked and not caller.may(Right.UNMASK):
        raise RefusedError(f"an unmasked export needs the right {Right.UNMASK}")
    wanted: list[Wanted] = []
    size = 0
    # two that joined one group are the same alert by now
    asked = [seen_alert(state, caller, alert) for alert in dict.fromkeys(body.alerts)]
    for found in {alert.id: alert for alert in asked}.values():
        packs = seen_packs(state, caller, found)
        size += sum(file.stored.size for pack in packs for file in pack.files)
        wanted += [
            Wanted(
                found.id,
                export_order(
                    found, pack, caller, body.reason, is_masked=body.is_masked
                ),
            )
            for pack in packs
        ]
        if not packs:
            wanted.append(Wanted(found.id, None))
    if size > MOST_BYTES:
        raise TooMuchError(f"{size} bytes at once, at most {MOST_BYTES}: take fewer")
    _record(state, caller, body, wanted)
    services = state.services
    chunks = selection_zip(services.desk.exporter, wanted)
    return _file(chunks, f"nonsite-{_day(services.clock.utc_now())}.zip", ZIP)


def _record(
    state: State, caller: Person, body: TakenSelection, wanted: list[Wanted]
) -> None:
    """The selection as one act; each pack's own export follows with its digest."""
    alerts = list(dict.fromkeys(str(one.alert) for one in wanted))
    detail: dict[str, JsonValue] = {
        "count": len(alerts),
        "packs": sum(one.order is not None for one in wanted),
        "masked": body.is_masked,
        "alerts": [*alerts],
    }
    act = Act("selection.exported", "alerts", body.reason, detail)
    state.services.desk.acts.append(actor_of(caller), act)


def _file(chunks: Iterator[bytes], name: str, media_type: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(chunks, headers=headers, media_type=media_type)


def _told(choice: AlertChoice) -> JsonValue:
    told: JsonValue = choice.model_dump(mode="json", exclude_defaults=True)
    return told


def _preamble(caller: Person, now: datetime, reason: str) -> str:
    at = now.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return f"导出人 {caller.full_name or caller.name}，{at}，事由：{reason.strip()}"


def _day(now: datetime) -> str:
    return now.astimezone(BEIJING).strftime("%Y%m%d")
