"""A live look as a response: bytes of a worker's cast, until somebody turns away."""

from collections.abc import AsyncIterator
from uuid import uuid4

import anyio
import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.responses import StreamingResponse

from alerts.command import LookLive
from alerts.errors import StoreError
from alerts.live_cast import END, CastHead, CastReader
from api.errors import NoPictureError
from api.event_stream import ADMITTED_EVERY_S, Admits
from api.services import State
from base.ids import CameraId

HEAD_S = 3.0
"""A worker takes a job within 0.2 s and has the ring at hand."""

NEXT_S = 0.5
QUIET_S = 20.0
"""A cast that says nothing for so long lost its worker."""

MOST_LOOKING = 8
"""Live looks at once in one process: each holds a thread and a connection."""

_looking = CapacityLimiter(MOST_LOOKING)


async def live_answer(
    state: State, camera: CameraId, span: tuple[float, float], admits: Admits
) -> StreamingResponse:
    """Ask the camera's worker for its packets, and pass them on.

    Args:
        state: The application's.
        camera: Which camera.
        span: How far back it begins and for how long it goes on, seconds.
        admits: Whether whoever looks still may.

    Raises:
        NoPictureError: No worker holds the camera, or too many look already.
        StoreUnavailableError: Redis is away.
    """
    if _looking.available_tokens < 1:
        raise NoPictureError("too many live looks are open: close one")
    job = LookLive(job=uuid4(), camera=camera, back_s=span[0], for_s=span[1])
    reader, head = await run_sync(_asked, state, job, limiter=_looking)
    media_type = f'video/mp4; codecs="{head.codec}"'
    headers = {"Cache-Control": "private, no-store"}
    body = _chunks(state, reader, admits)
    return StreamingResponse(body, headers=headers, media_type=media_type)


def _asked(state: State, job: LookLive) -> tuple[CastReader, CastHead]:
    commands = state.services.commands
    reader = commands.listen(job.job)
    try:
        commands.post(job)
        head = reader.head(HEAD_S)
    except StoreError:
        reader.close()
        raise
    if head is None or head.reason:
        reader.close()
        words = "no worker holds the camera now" if head is None else head.reason
        raise NoPictureError(words)
    return reader, head


async def _chunks(
    state: State, reader: CastReader, admits: Admits
) -> AsyncIterator[bytes]:
    asked = heard = anyio.current_time()
    try:
        while not state.services.stop.is_set():
            now = anyio.current_time()
            if now - asked >= ADMITTED_EVERY_S:
                asked = now
                if not await admits():
                    return
            chunk = await run_sync(reader.next, NEXT_S, limiter=_looking)
            if chunk == END or (chunk is None and now - heard > QUIET_S):
                return
            if chunk is not None:
                heard = anyio.current_time()
                yield chunk
    except StoreError as error:
        structlog.get_logger().warning("live_look.cut", reason=str(error))
    finally:
        reader.close()
