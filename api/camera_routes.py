"""`/cameras`: every camera of the site, the health of its feed, its last look."""

import hashlib
import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from alerts.errors import NotFoundError
from api import examples
from api.access import CameraReader, PictureReader
from api.address import CAMERAS
from api.camera_view import CameraList, ShownCamera, camera_of
from api.openapi import answers, bytes_answers
from api.services import State, StateDep
from base.ids import CameraId
from identity.person import Person
from sites.schema import NAME, CameraSection

router = APIRouter(prefix=CAMERAS, tags=["cameras"])


@router.get("", responses=answers(examples.CAMERA_LIST, 401, 403, 503))
def list_cameras(caller: CameraReader, state: StateDep) -> CameraList:
    """The cameras the caller sees, by name."""
    held = state.site.get()
    sections = {} if held is None else held.site.cameras
    visible = state.visible(caller)
    names = sorted(name for name in sections if visible is None or name in visible)
    live = state.services.live.cameras([CameraId(name) for name in names])
    now = state.services.clock.utc_now()
    return CameraList(
        cameras=tuple(
            camera_of(name, sections[name], live[CameraId(name)], now) for name in names
        )
    )


@router.get("/{camera}", responses=answers(examples.CAMERA, 401, 403, 404, 503))
def one_camera(camera: str, caller: CameraReader, state: StateDep) -> ShownCamera:
    """One camera."""
    section = seen_camera(state, caller, camera)
    live = state.services.live.camera(CameraId(camera))
    return camera_of(camera, section, live, state.services.clock.utc_now())


@router.head("/{camera}/look.jpg", include_in_schema=False)
@router.get(
    "/{camera}/look.jpg",
    response_class=Response,
    responses=bytes_answers("image/jpeg", 401, 403, 404, 503),
)
def last_look(
    request: Request, camera: str, caller: PictureReader, state: StateDep
) -> Response:
    """The picture of the newest look; gone when its worker has been silent a while."""
    seen_camera(state, caller, camera)
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


def seen_camera(state: State, caller: Person, camera: str) -> CameraSection:
    """One camera of the site in force that the caller sees.

    Raises:
        NotFoundError: There is none, or none the caller sees.
    """
    held = state.site.get() if re.fullmatch(NAME, camera) else None
    visible = state.visible(caller)
    is_hidden = visible is not None and camera not in visible
    if held is None or is_hidden or camera not in held.site.cameras:
        raise NotFoundError("no such camera in the configuration in force")
    return held.site.cameras[camera]
