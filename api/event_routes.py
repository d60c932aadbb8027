"""`/events`: what happens to alerts, as it happens, as server-sent events."""

from collections.abc import Sequence
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import StreamingResponse

from alerts.alert import AlertEvent, EventKind
from api import examples
from api.access import EventReader
from api.address import EVENTS
from api.event_stream import EventStreamResponse, frames, start_of
from api.made_of import blind_to
from api.openapi import text_answers
from api.services import StateDep
from api.still_admitted import still_admitted
from identity.right import Right

router = APIRouter(prefix=EVENTS, tags=["events"])

SEQ_MAX = 2**62

OF_PEOPLE = frozenset({EventKind.REVIEW_CHANGED, EventKind.TASK_CHANGED})
"""What people make of an alert: not for whoever may have to look at it unswayed."""

Resume = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID",
        ge=0,
        le=SEQ_MAX,
        description="number of the last event the client has; wins over `after`",
    ),
]
After = Annotated[
    int | None,
    Query(
        ge=0,
        le=SEQ_MAX,
        description="the same, for a first connection; left out: what is new only",
    ),
]


@router.get(
    "",
    response_class=StreamingResponse,
    responses=text_answers("text/event-stream", examples.EVENTS, 401, 403, 422, 503),
)
async def events(
    request: Request,
    caller: EventReader,
    state: StateDep,
    last_event_id: Resume = None,
    after: After = None,
) -> StreamingResponse:
    """Alerts and evidence as they change; resume by number, nothing lost or doubled."""
    told = last_event_id if last_event_id is not None else after
    start = await start_of(state.feed, told)
    state.site.forget()
    visible = await run_sync(state.visible, caller)

    def sees(event: AlertEvent) -> bool:
        if event.kind is EventKind.REVISION_APPLIED:
            state.site.forget()  # `admits` is asked next, about the new site
        return visible is None or event.camera is None or event.camera in visible

    async def seen(batch: Sequence[AlertEvent]) -> Sequence[AlertEvent]:
        here = [event for event in batch if sees(event)]
        if not any(event.kind in OF_PEOPLE for event in here):
            return here
        blind = await run_sync(blind_to, state, caller)
        return [x for x in here if x.kind not in OF_PEOPLE or x.alert not in blind]

    admits = await run_sync(still_admitted, request, state, caller, Right.READ_EVENTS)
    return EventStreamResponse(frames(state.feed, start, seen, admits=admits))
