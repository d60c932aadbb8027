"""`/cameras`: every camera of the site, the health of its feed, its last look."""

import hashlib
import re

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from alerts.errors import NotFoundError
from api import examples
from api.access import Needs, Right
from api.address import CAMERAS
from api.camera_view import CameraList, ShownCamera, camera_of
from api.openapi import answers, bytes_answers
from api.services import State, StateDep
from base.ids import CameraId
from sites.schema import NAME, CameraSection

router = APIRouter(prefix=CAMERAS, tags=["cameras"])
TO_READ = [Depends(Needs(Right.READ_CAMERAS))]
TO_WATCH = [Depends(Needs(Right.READ_PICTURES))]


@router.get("", responses=answers(examples.CAMERA_LIST, 503), dependencies=TO_READ)
def list_cameras(state: StateDep) -> CameraList:
    """All cameras, by name."""
    held = state.site.get()
    sections = {} if held is None else held.site.cameras
    names = sorted(sections)
    live = state.services.live.cameras([CameraId(name) for name in names])
    now = state.services.clock.utc_now()
    return CameraList(
        cameras=tuple(
            camera_of(name, sections[name], live[CameraId(name)], now) for name in names
        )
    )


@router.get(
    "/{camera}", responses=answers(examples.CAMERA, 404, 503), dependencies=TO_READ
)
def one_camera(camera: str, state: StateDep) -> ShownCamera:
    """One camera."""
    section = _section(state, camera)
    live = state.services.live.camera(CameraId(camera))
    return camera_of(camera, section, live, state.services.clock.utc_now())


@router.head("/{camera}/look.jpg", include_in_schema=False, dependencies=TO_WATCH)
@router.get(
    "/{camera}/look.jpg",
    response_class=Response,
    responses=bytes_answers("image/jpeg", 404, 503),
    dependencies=TO_WATCH,
)
def last_look(request: Request, camera: str, state: StateDep) -> Response:
    """The picture of the newest look; gone when its worker has been silent a while."""
    _section(state, camera)
    picture = state.services.live.picture(CameraId(camera))
    if picture is None:
        raise NotFoundError(f"camera {camera} has no picture now")
    headers = {
        "ETag": f'"{hashlib.sha256(picture).hexdigest()}"',
        "Content-Disposition": f'inline; filename="{camera}.jpg"',
        "Cache-Control": "private, no-store",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(picture, headers=headers, media_type="image/jpeg")


def _section(state: State, camera: str) -> CameraSection:
    held = state.site.get() if re.fullmatch(NAME, camera) else None
    if held is None or camera not in held.site.cameras:
        raise NotFoundError("no such camera in the configuration in force")
    return held.site.cameras[camera]
