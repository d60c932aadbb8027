"""`/cameras/{camera}/live.mp4`, `…/debug`: what a camera shows and what rules say."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

import api.live_examples as examples
from alerts.audit import Deed
from api.access import PictureReader
from api.address import CAMERAS
from api.camera_routes import seen_camera
from api.camera_view import seconds_since_look
from api.live_stream import live_answer
from api.live_view import DebugView, place_of, track_of, unseen_of, zones_of
from api.openapi import answers, bytes_answers
from api.services import State, StateDep
from api.still_admitted import still_admitted
from base.ids import CameraId
from identity.person import Person
from identity.right import Right
from rules.wording import suspected

router = APIRouter(prefix=CAMERAS, tags=["cameras"])

Back = Annotated[
    float,
    Query(ge=0, le=300, description="how far back it begins, s"),
]
For = Annotated[
    float, Query(ge=0, le=900, description="how long it goes on; 0: the past only, s")
]


@router.get(
    "/{camera}/live.mp4",
    response_class=StreamingResponse,
    responses=bytes_answers("video/mp4", 401, 403, 404, 422, 503),
)
async def live_look(  # size: a route's parameters are its query
    request: Request,
    camera: str,
    caller: PictureReader,
    state: StateDep,
    back_s: Back = 10.0,
    for_s: For = 300.0,
) -> StreamingResponse:
    """The camera's own packets as fragmented MP4, copied; put on record.

    The media type names the codec. Play it from a `SourceBuffer` to scrub in it.
    """
    await run_sync(_noted, state, caller, camera)
    admits = await run_sync(still_admitted, request, state, caller, Right.READ_PICTURES)
    return await live_answer(state, CameraId(camera), (back_s, for_s), admits)


@router.get(
    "/{camera}/debug", responses=answers(examples.DEBUG, 401, 403, 404, 422, 503)
)
def debug(camera: str, caller: PictureReader, state: StateDep) -> DebugView:
    """Boxes, zones and clause states behind the newest look; ask every second."""
    section = seen_camera(state, caller, camera)
    live, name = state.services.live.camera(CameraId(camera)), CameraId(camera)
    judged = state.services.live.judged(name)
    held, look = state.site.get(), live.look
    catalogue = state.services.catalogue
    return DebugView(
        camera=camera,
        revision="" if held is None else held.revision.id,
        look_at=None if look is None else look.at,
        view=None if look is None else look.view,
        seconds_since_last_look=seconds_since_look(
            live, state.services.clock.utc_now()
        ),
        looks=live.looks,
        ring_s=0.0 if live.status is None else live.status.ring_seconds,
        tracks=() if look is None else tuple(track_of(one) for one in look.tracks),
        unseen=() if look is None else tuple(unseen_of(one) for one in look.unseen),
        zones=zones_of(section),
        places=tuple(place_of(one, suspected(one.code, catalogue)) for one in judged),
        picture_url=None if look is None else f"{CAMERAS}/{camera}/look.jpg",
    )


def _noted(state: State, caller: Person, camera: str) -> None:
    """国务院令799 art. 16: each retrieval is registered, by whom and of what."""
    seen_camera(state, caller, camera)
    deed = Deed(caller.name, "camera.looked_live", f"camera/{camera}", {})
    state.services.drafts.note(deed)
