"""The picture a view's openings are compared with: shown, taken, taken anew.

Taking it needs the feed and a network, so it is a job: `GET /jobs/{job}` tells how far
it is and why it was refused, when somebody stood before an opening.
"""

import hashlib
import re
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from alerts.command import TakeReference
from alerts.errors import NotFoundError
from api import case_examples as examples
from api.access import PictureReader, SiteEditor
from api.address import CAMERAS
from api.camera_routes import seen_camera
from api.case_routes import shown_job
from api.case_view import ShownJob
from api.evidence_desk_view import Why
from api.openapi import accepted, bytes_answers
from api.services import State, StateDep
from api.taken import Taken
from api.who import actor_of
from identity.person import Person
from sites.schema import NAME, ViewSection

router = APIRouter(prefix=CAMERAS + "/{camera}/views/{view}/reference", tags=["site"])

View = Annotated[str, Path(max_length=64, description="preset, `home`")]


class TakenReference(Taken):
    """Take the picture now; it takes the place of the one there is."""

    reason: Why


@router.get(
    "",
    response_class=Response,
    responses=bytes_answers("image/jpeg", 401, 403, 404, 503),
)
def reference(
    request: Request, camera: str, view: View, caller: PictureReader, state: StateDep
) -> Response:
    """The picture in force."""
    path = _view(state, caller, camera, view).reference
    if path is None:
        raise NotFoundError(f"no reference picture of {camera}/{view} was taken yet")
    body, media_type = state.services.references.read(path)
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
        "Content-Disposition": f'inline; filename="{camera}-{view}"',
        "Cache-Control": "private, no-store",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


@router.post(
    "",
    status_code=202,
    responses=accepted(examples.QUEUED, 401, 403, 404, 422, 503),
)
def take_reference(
    camera: str, view: View, body: TakenReference, caller: SiteEditor, state: StateDep
) -> ShownJob:
    """Take it from the feed, openings closed and nobody there; in force by that."""
    _view(state, caller, camera, view)
    job = TakeReference(
        job=uuid4(),
        camera=camera,
        view=view,
        by=caller.name,
        role=actor_of(caller).role,
        reason=body.reason,
    )
    commands = state.services.commands
    commands.post(job)
    return shown_job(commands.result(job.job))


def _view(state: State, caller: Person, camera: str, view: str) -> ViewSection:
    """A view of a camera the caller sees.

    Raises:
        NotFoundError: There is none.
    """
    views = seen_camera(state, caller, camera).views
    if re.fullmatch(NAME, view) is None or view not in views:
        raise NotFoundError(f"camera {camera} has no such view")
    return views[view]
