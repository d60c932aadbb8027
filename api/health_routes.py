"""`/healthz`, `/readyz`, `/metrics`: for supervisors and monitoring, not for people.

Alive means that the process answers; ready means that what it stands on answers too.
These name no alert, picture or person, so they need no right.
"""

from anyio import fail_after
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse, Response

from api import examples
from api.errors import NOT_READY, FieldProblem, problem, request_id
from api.openapi import answers, text_answers
from api.services import Probe, StateDep
from api.shown import Health, Readiness
from base.errors import NonsiteError

PROBE_TIMEOUT_S = 3.0
"""A store that takes longer to answer one question is not ready for many."""

router = APIRouter(tags=["health"])


@router.get("/healthz", responses=answers(examples.HEALTH))
async def healthz() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz", responses=answers(examples.READINESS, 503))
async def readyz(request: Request, state: StateDep) -> Response:
    """Database, Redis and consumer answer; 503 names those that do not."""
    failed = [
        FieldProblem(field=probe.name, message=reason)
        for probe in state.services.probes
        if (reason := await _reason(probe)) is not None
    ]
    if failed:
        which = ", ".join(one.field for one in failed)
        return problem(NOT_READY, f"not ready: {which}", request_id(request), failed)
    ready = Readiness(checked=tuple(probe.name for probe in state.services.probes))
    return Response(ready.model_dump_json(), media_type="application/json")


async def _reason(probe: Probe) -> str | None:
    """Why a probe fails; None when it passes."""
    try:
        with fail_after(PROBE_TIMEOUT_S):
            await run_sync(probe.check, abandon_on_cancel=True)
    except NonsiteError as error:
        return str(error)
    except TimeoutError:
        return f"no answer within {PROBE_TIMEOUT_S:g} s"
    return None


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses=text_answers("text/plain", examples.METRICS),
)
def metrics(state: StateDep) -> Response:
    """Figures for Prometheus."""
    text = generate_latest(state.services.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
