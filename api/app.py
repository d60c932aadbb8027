"""The application: routes, layers and the event log's follower, out of `Services`.

The layers, outermost first: security headers, the boundary with its broad catch, the
host check, the ceiling on bodies, then the routes. Nothing here is global: two
applications in one process share nothing but code.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from api import (
    alert_routes,
    audit_routes,
    blind_routes,
    camera_routes,
    case_routes,
    clip_boxes_routes,
    delivery_routes,
    draft_routes,
    event_routes,
    evidence_desk_routes,
    evidence_routes,
    export_routes,
    ground_routes,
    health_routes,
    identity_routes,
    live_routes,
    officer_routes,
    people_routes,
    plate_routes,
    probe_routes,
    reference_routes,
    report_routes,
    review_routes,
    rule_routes,
    saved_view_routes,
    shift_routes,
    site_routes,
    task_routes,
    try_clip_routes,
    try_routes,
    viewing_routes,
)
from api.address import OPENAPI
from api.body_limit import BodyLimit
from api.boundary import RequestBoundary
from api.current_site import CurrentSite
from api.desk_routes import BUILT, desk_router
from api.errors import install
from api.event_feed import EventFeed
from api.headers import SecurityHeaders
from api.hosts import HostCheck, names_of
from api.metrics import RequestMetrics, StateCollector
from api.openapi import describe
from api.services import Services, State

ROUTERS = (
    alert_routes.router,
    evidence_routes.router,
    evidence_desk_routes.router,
    clip_boxes_routes.router,
    viewing_routes.router,
    export_routes.router,
    audit_routes.router,
    plate_routes.router,
    camera_routes.router,
    case_routes.router,
    live_routes.router,
    probe_routes.router,
    reference_routes.router,
    event_routes.router,
    site_routes.router,
    draft_routes.router,
    try_routes.router,
    try_clip_routes.router,
    ground_routes.router,
    rule_routes.router,
    review_routes.router,
    blind_routes.router,
    task_routes.router,
    officer_routes.router,
    shift_routes.router,
    delivery_routes.router,
    report_routes.router,
    identity_routes.router,
    saved_view_routes.router,
    people_routes.router,
    health_routes.router,
)

THREADS = 12
"""Requests that read at once: fewer than the database has connections, so that the
consumer and the sealer in the same process always find one."""


def create_app(services: Services, desk: Path = BUILT) -> FastAPI:
    """The service over `services`; run it with `api.server.serve`.

    Metrics are registered in `services.registry`, which serves one application only.
    """
    state = State(
        services=services,
        site=CurrentSite(services.revisions, services.clock),
        feed=EventFeed(
            services.alerts.events_after, services.alerts.last_seq, services.stop
        ),
    )
    requests = RequestMetrics(services.registry)
    services.registry.register(StateCollector(state))
    app = FastAPI(
        version=version("nonsite"),
        lifespan=_lifespan,
        openapi_url=OPENAPI,
        docs_url=None,  # both pages fetch their scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.nonsite = state
    _route(app)
    app.include_router(desk_router(desk))
    app.add_middleware(BodyLimit)
    app.add_middleware(
        HostCheck,
        names_of(services.public_url),
        services.identity.people.is_configured,
    )
    app.add_middleware(RequestBoundary, services.clock, requests.observe)
    app.add_middleware(SecurityHeaders)
    install(app)
    return app


def openapi_document() -> dict[str, Any]:
    """What `GET /openapi.json` answers, without a service behind it."""
    app = FastAPI(version=version("nonsite"))
    _route(app)
    return app.openapi()


def _route(app: FastAPI) -> None:
    for router in ROUTERS:
        app.include_router(router)
    describe(app)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Follow the event log while the application serves."""
    state: State = app.state.nonsite
    current_default_thread_limiter().total_tokens = THREADS
    following = asyncio.create_task(state.feed.follow(), name="event-feed")
    try:
        yield
    finally:
        following.cancel()
        await asyncio.wait([following])
