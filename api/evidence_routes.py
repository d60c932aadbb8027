"""`/alerts/{id}/evidence`: the list of files, and their bytes by range.

A name is looked up among the files of the alert's packs and never becomes a path; the
bytes lie under their digest, which is also the ETag.
"""

import re
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from alerts.alert import AlertId
from alerts.errors import EvidenceBrokenError, NotFoundError
from alerts.pack import EvidenceFile, PackId
from api import examples
from api.access import EvidenceReader
from api.address import ALERTS
from api.alert_shown import seen_alert, seen_packs
from api.errors import RefusedError
from api.evidence_body import body_of
from api.evidence_view import EvidenceList, files_of
from api.openapi import answers, bytes_answers
from api.services import StateDep
from api.view_reason import reason_of
from api.who import actor_of
from identity.person import Person
from identity.right import Right

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)

STATE = "Nonsite-Evidence"
"""Header of every answer with bytes of a pack that is known not to hold."""

router = APIRouter(
    prefix=f"{ALERTS}/{{alert}}/evidence",
    tags=["evidence"],
)

Source = Annotated[
    UUID | None,
    Query(description="pack that is meant, as listed; left out: the alert's own"),
]
Reason = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        pattern=r"\S",
        description="why it is looked at; stands in the audit trail; left out: the "
        "review or task it is looked at for, or what was stated (`POST …/viewing`); "
        "where there is none of these, 422 `reason`",
    ),
]
Download = Annotated[
    bool, Query(description="offer the file for saving; originals ask for unmasking")
]


@dataclass(frozen=True, slots=True)
class _Meant:
    """A file, whose it is, and who asks for it."""

    file: EvidenceFile
    pack: PackId
    alert: AlertId
    caller: Person


def _file(
    alert: UUID,
    name: str,
    caller: EvidenceReader,
    state: StateDep,
    source: Source = None,
) -> "_Meant":
    """The file meant, looked up by its exact name among those the caller sees."""
    if NAME.fullmatch(name) is None:
        raise NotFoundError("no evidence file has such a name")
    found = seen_alert(state, caller, alert)
    meant = found.id if source is None else source
    for pack in seen_packs(state, caller, found):
        for file in pack.files:
            if pack.id == meant and file.name == name:
                return _Meant(file, pack.id, found.id, caller)
    raise NotFoundError(f"no evidence file {name} of alert {alert}")


@router.get("", responses=answers(examples.EVIDENCE_LIST, 401, 403, 404, 422, 503))
def list_evidence(alert: UUID, caller: EvidenceReader, state: StateDep) -> EvidenceList:
    """The files kept of one alert, its own first, then those of other sources."""
    found = seen_alert(state, caller, alert)
    return EvidenceList(
        alert=found.id,
        state=found.evidence,
        reasons=found.evidence_reasons,
        files=files_of(found.id, seen_packs(state, caller, found)),
    )


@router.head("/{name}", include_in_schema=False)
@router.get(
    "/{name}",
    response_class=Response,
    responses=bytes_answers("video/mp4", 401, 403, 404, 409, 416, 422, 503),
)
def evidence_file(
    request: Request,
    meant: Annotated[_Meant, Depends(_file)],
    state: StateDep,
    download: Download = False,
    reason: Reason = None,
) -> Response:
    """Bytes of one evidence file, on record; one range at a time, ETag the SHA-256.

    What is saved has left the house, and not blurred: that is not everybody's. A
    picture whose bytes were changed is not shown (409 `broken`) and locks its alert; of
    a pack found broken before, every answer says so: `Nonsite-Evidence: broken`.
    """
    file = meant.file
    if download and not meant.caller.may(Right.UNMASK):
        raise RefusedError(f"to save an original needs the right {Right.UNMASK}")
    if request.method == "GET":
        views = state.services.desk.views
        why = reason_of(reason, meant.caller, meant.alert, state)
        subject = f"pack/{meant.pack}"
        views.note(actor_of(meant.caller), subject, file.name, why, is_saved=download)
    kind = "attachment" if download else "inline"
    try:
        answer = body_of(request, state.services.evidence, file, kind)
    except EvidenceBrokenError as error:
        # locked from now on, unless retention took it meanwhile
        state.services.desk.acts.broke(meant.pack, str(error))
        raise
    if state.services.desk.acts.is_broken(meant.pack):
        answer.headers[STATE] = "broken"
    return answer
