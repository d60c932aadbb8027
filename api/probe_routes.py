"""`/camera-probes`, `/site/cameras`: see what an address sends, take in a list."""

import json
from typing import Any
from uuid import UUID, uuid4

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

import api.live_examples as examples
from alerts.audit import Deed
from alerts.command import ProbeFeed
from alerts.errors import NotFoundError
from api.access import SiteEditor
from api.address import PROBES, SITE
from api.errors import DraftError, MediaTypeError
from api.openapi import answers, bytes_answers
from api.probe_view import (
    ImportedCameras,
    LineProblem,
    ShownProbe,
    TakenProbe,
    probe_of,
)
from api.services import State, StateDep
from api.site_view import site_of
from base.redact import redact_url
from sites.camera_list import read_camera_list
from sites.draft import KeyProblem, draft_site, reach_problems
from streams.settings import UrlFeed

router = APIRouter(tags=["site"])

CSV = "text/csv"


@router.post(PROBES, responses=answers(examples.PROBE, 401, 403, 422, 503))
def probe(body: TakenProbe, caller: SiteEditor, state: StateDep) -> ShownProbe:
    """Let a worker look at an address for some seconds; ask for the result by `job`."""
    feed = _feed(state, body)
    job = ProbeFeed(job=uuid4(), feed=feed.model_dump_json(), timeout_s=body.timeout_s)
    address = redact_url(feed.looks)
    deed = Deed(caller.name, "feed.probed", f"job/{job.job}", {"address": address})
    state.services.drafts.note(deed)
    state.services.commands.post(job)
    return probe_of(state.services.commands.result(job.job))


@router.get(
    PROBES + "/{job}", responses=answers(examples.PROBE, 401, 403, 404, 422, 503)
)
def probed(job: UUID, caller: SiteEditor, state: StateDep) -> ShownProbe:
    """How far a probe is; a key interval that is too long is said by name."""
    del caller
    return probe_of(state.services.commands.result(job))


@router.get(
    PROBES + "/{job}/picture.jpg",
    response_class=Response,
    responses=bytes_answers("image/jpeg", 401, 403, 404, 422, 503),
)
def probed_picture(job: UUID, caller: SiteEditor, state: StateDep) -> Response:
    """What the address shows; kept for an hour."""
    del caller
    picture = state.services.commands.picture(job)
    if picture is None:
        raise NotFoundError("the probe made no picture, or it is too long ago")
    headers = {"Cache-Control": "private, no-store"}
    return Response(picture, headers=headers, media_type="image/jpeg")


@router.post(
    f"{SITE}/cameras",
    responses=answers(examples.IMPORTED, 401, 403, 413, 415, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {CSV: {"schema": {"type": "string"}}},
        }
    },
)
async def import_cameras(
    request: Request, caller: SiteEditor, state: StateDep
) -> ImportedCameras:
    """A CSV of cameras as the body; answers with the site as a draft, nothing kept."""
    del caller
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != CSV:
        raise MediaTypeError(f"send the list as {CSV}")
    return await run_sync(_imported, state, await request.body())


def _imported(state: State, raw: bytes) -> ImportedCameras:
    held = state.site.get()
    if held is None:
        raise NotFoundError("no configuration was imported yet")
    content: dict[str, Any] = dict(site_of(held.revision).content)
    found = read_camera_list(raw, held.site.cameras)
    drawn = content | {"cameras": content["cameras"] | found.cameras}
    problems = [
        LineProblem(line=one.line, column=one.column, message=one.message)
        for one in found.problems
    ]
    if found.cameras:
        site = draft_site(drawn)
        reached = reach_problems(site, held.site, state.services.camera_reach)
        problems += [LineProblem(line=0, column="looks", message=x) for x in reached]
    return ImportedCameras(
        content=json.loads(json.dumps(drawn)),
        added=tuple(sorted(found.cameras)),
        problems=tuple(problems),
    )


def _feed(state: State, body: TakenProbe) -> UrlFeed:
    try:
        feed = UrlFeed(
            looks=body.looks,
            evidence=body.evidence,
            login=body.login,
            transport=body.transport,
        )
    except ValidationError as error:
        raise DraftError(
            [
                KeyProblem(
                    ".".join(str(part) for part in one["loc"]),
                    one["msg"].removeprefix("Value error, "),
                )
                for one in error.errors(include_url=False, include_input=False)
            ]
        ) from error
    content = {"version": 1, "name": "x", "cameras": {"probe": {"feed": feed}}}
    site = draft_site(json.loads(json.dumps(content, default=_dumped)))
    told = reach_problems(site, None, state.services.camera_reach)
    if told:
        raise DraftError([KeyProblem("looks", one.partition(": ")[2]) for one in told])
    return feed


def _dumped(feed: UrlFeed) -> dict[str, Any]:
    return feed.model_dump(mode="json")
