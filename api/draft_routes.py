"""`/site/…`: drafts checked as one types, kept, compared, put in force, taken back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

import api.draft_examples as examples
from alerts.command import ApplyRevision
from alerts.errors import StoreUnavailableError
from alerts.revisions import Why
from api.access import SiteEditor, SiteReader
from api.address import SITE
from api.draft_view import (
    REVISION,
    ChangeList,
    CheckedDraft,
    PutInForce,
    RevisionList,
    RevisionSummary,
    TakenApply,
    TakenContent,
    TakenDraft,
    applied_of,
    change_of,
    problem_of,
    summary_of,
)
from api.errors import DraftError, RefusedError
from api.openapi import answers
from api.services import State, StateDep
from api.site_view import ShownSite, site_of
from base.errors import ConfigError
from identity.person import Person
from sites.difference import changes_between
from sites.draft import draft_site, key_problems, reach_problems
from sites.revision import Revision, RevisionId, revision_of
from sites.schema import Site

router = APIRouter(prefix=SITE, tags=["site"])

REVISIONS = "/revisions"
SHOWN = 100

RevisionPath = Annotated[
    str, Path(pattern=REVISION, description="SHA-256 of the canonical content")
]


@router.post("/check", responses=answers(examples.CHECKED, 401, 403, 413, 422, 503))
def check(body: TakenContent, caller: SiteEditor, state: StateDep) -> CheckedDraft:
    """What is wrong with a draft, by key path, and what it changes; keeps nothing."""
    held = state.site.get()
    before = None if held is None else held.revision
    try:
        site = checked_draft(state, body.content)
    except ConfigError as error:
        told = tuple(problem_of(one) for one in key_problems(error))
        return CheckedDraft(revision=None, problems=told, changes=())
    now = state.services.clock.utc_now()
    draft = revision_of(site, now, caller.name)
    changes = tuple(change_of(one) for one in changes_between(before, draft))
    return CheckedDraft(revision=draft.id, problems=(), changes=changes)


@router.post("/drafts", responses=answers(examples.KEPT, 401, 403, 413, 422, 503))
def keep(body: TakenDraft, caller: SiteEditor, state: StateDep) -> RevisionSummary:
    """Keep a draft; nothing is in force by that."""
    try:
        site = checked_draft(state, body.content)
    except ConfigError as error:
        raise DraftError(key_problems(error)) from error
    now = state.services.clock.utc_now()
    draft = revision_of(site, now, caller.name, body.note)
    return summary_of(state.services.drafts.keep(draft))


@router.get(REVISIONS, responses=answers(examples.REVISIONS, 401, 403, 503))
def revisions(caller: SiteReader, state: StateDep) -> RevisionList:
    """What was in force, and drafts nobody put in force yet; at most 100 of each."""
    del caller
    drafts = state.services.drafts
    return RevisionList(
        applied=tuple(applied_of(one) for one in drafts.applied(SHOWN)),
        drafts=tuple(summary_of(one) for one in drafts.unapplied(SHOWN)),
    )


@router.get(
    REVISIONS + "/{revision}",
    responses=answers(examples.SITE, 401, 403, 404, 422, 503),
)
def one_revision(
    revision: RevisionPath, caller: SiteReader, state: StateDep
) -> ShownSite:
    """One configuration, applied or not, whole."""
    del caller
    return site_of(state.services.drafts.get(RevisionId(revision)))


@router.get(
    REVISIONS + "/{revision}/changes",
    responses=answers(examples.CHANGES, 401, 403, 404, 422, 503),
)
def changes(
    revision: RevisionPath,
    caller: SiteReader,
    state: StateDep,
    against: Annotated[
        str | None,
        Query(pattern=REVISION, description="left out: what is in force"),
    ] = None,
) -> ChangeList:
    """What putting `revision` in the place of `against` changes."""
    del caller
    later = state.services.drafts.get(RevisionId(revision))
    earlier = _earlier(state, against)
    return ChangeList(
        revision=later.id,
        against=None if earlier is None else earlier.id,
        changes=tuple(change_of(one) for one in changes_between(earlier, later)),
    )


@router.post(
    REVISIONS + "/{revision}/apply",
    responses=answers(examples.APPLIED, 401, 403, 404, 409, 422, 503),
)
def apply(
    revision: RevisionPath, body: TakenApply, caller: SiteEditor, state: StateDep
) -> PutInForce:
    """Put it in force, an older one too; 409 `overtaken` when `base` no longer is."""
    services = state.services
    wanted = services.drafts.get(RevisionId(revision))
    try:
        draft_site(wanted.site.model_dump(mode="json"))
    except (ConfigError, ValueError) as error:
        words = "it was made for another version of the format: draw it anew"
        raise ConfigError((f"revision {revision[:12]}: {words}",)) from error
    base = None if body.base is None else RevisionId(body.base)
    _check_scope(state, caller, wanted)
    why = Why(caller.name, body.reason)
    is_new = services.drafts.apply(wanted.id, base, why)
    state.site.forget()
    return PutInForce(revision=wanted.id, is_new=is_new, is_told=_told(state, wanted))


def checked_draft(state: State, content: object) -> Site:
    """The site a page drew, naming nothing a page may not.

    Raises:
        ConfigError: One line for each problem.
    """
    site = draft_site(content)
    held = state.site.get()
    before = None if held is None else held.site
    problems = reach_problems(site, before, state.services.camera_reach)
    if problems:
        raise ConfigError(problems)
    return site


def _check_scope(state: State, caller: Person, wanted: Revision) -> None:
    """Whoever sees some cameras only changes those only.

    Raises:
        RefusedError: The draft changes something else too.
    """
    visible = state.visible(caller)
    if visible is None:
        return
    for change in changes_between(_earlier(state, None), wanted):
        kind, _, rest = change.path.partition(".")
        if kind != "cameras" or rest.partition(".")[0] not in visible:
            raise RefusedError(f"{change.path} is outside the cameras you see")


def _earlier(state: State, against: str | None) -> Revision | None:
    if against is not None:
        return state.services.drafts.get(RevisionId(against))
    held = state.site.get()
    return None if held is None else held.revision


def _told(state: State, revision: Revision) -> bool:
    try:
        state.services.commands.tell(ApplyRevision(revision=revision.id))
    except StoreUnavailableError:
        return False
    return True
