"""`/site/try-clip`: a draft tried on the clip of an alert, by a job.

`POST /site/try` tells at once what would have become of the alerts of the last hours,
by their boxes alone; this plays the pictures again, for what boxes cannot tell.
"""

import json
from uuid import UUID, uuid4

from fastapi import APIRouter

from alerts.command import TryClip
from alerts.errors import NotFoundError
from api import try_clip_examples as examples
from api.access import SiteEditor
from api.address import SITE
from api.alert_shown import seen_alert
from api.draft_routes import checked_draft
from api.errors import DraftError
from api.openapi import accepted, answers
from api.services import StateDep
from api.try_clip_view import ShownClipTry, TakenClipTry, clip_try_of
from api.who import actor_of
from base.errors import ConfigError
from sites.draft import key_problems
from sites.schema import Site

router = APIRouter(prefix=f"{SITE}/try-clip", tags=["site"])


@router.post(
    "",
    status_code=202,
    responses=accepted(examples.QUEUED, 401, 403, 404, 413, 422, 503),
)
def try_clip(body: TakenClipTry, caller: SiteEditor, state: StateDep) -> ShownClipTry:
    """Play the alert's clip under the draft and as it is; on record, nothing kept."""
    alert = seen_alert(state, caller, body.alert)
    try:
        draft = checked_draft(state, body.content)
    except ConfigError as error:
        raise DraftError(key_problems(error)) from error
    job = TryClip(
        job=uuid4(),
        alert=alert.id,
        draft=_alone(draft, alert.place.camera),
        by=caller.name,
        role=actor_of(caller).role,
    )
    commands = state.services.commands
    commands.post(job)
    return clip_try_of(commands.result(job.job))


@router.get("/{job}", responses=answers(examples.DONE, 401, 403, 404, 422, 503))
def tried_clip(job: UUID, caller: SiteEditor, state: StateDep) -> ShownClipTry:
    """How far a trial is, and what came of it; kept for a week."""
    del caller
    return clip_try_of(state.services.commands.result(job))


def _alone(draft: Site, camera: str) -> str:
    """The draft with this camera alone, as JSON.

    Raises:
        NotFoundError: It has no such camera.
    """
    section = draft.cameras.get(camera)
    if section is None:
        raise NotFoundError(f"the draft has no camera {camera}")
    alone = Site(
        version=1,
        name=draft.name,
        cameras={camera: section},
        rules=draft.rules,
        codes=draft.codes,
    )
    content = alone.model_dump(mode="json", exclude_unset=True)
    return json.dumps(content, ensure_ascii=False)
