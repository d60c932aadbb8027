"""`/audit`: what everybody did, for whoever reads the trail and nothing else."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import audit_examples as examples
from api.access import Auditor
from api.address import AUDIT
from api.audit_view import LAST, AuditPage, AuditQuery, ShownChain, ShownEntry
from api.openapi import answers
from api.services import StateDep

MOST_CHECKED = 20_000
"""Entries checked by one request: half a second."""

After = Annotated[
    int, Query(ge=0, le=LAST, description="go on behind this number; 0: from the first")
]

router = APIRouter(prefix=AUDIT, tags=["audit"])


@router.get("", responses=answers(examples.PAGE, 401, 403, 422, 503))
def audit(
    query: Annotated[AuditQuery, Query()], caller: Auditor, state: StateDep
) -> AuditPage:
    """Sealed entries, newest first; what was done a second ago may not be in yet."""
    del caller
    trail = state.services.desk.trail
    found = trail.newest(query.filter(), query.before, query.limit)
    return AuditPage(
        entries=tuple(ShownEntry.of(entry) for entry in found),
        next=found[-1].seq if len(found) == query.limit and found[-1].seq > 1 else None,
    )


@router.get("/chain", responses=answers(examples.CHAIN, 401, 403, 422, 503))
def chain(caller: Auditor, state: StateDep, after: After = 0) -> ShownChain:
    """Check the chain of hashes, a stretch an ask: changed, missing, moved rows."""
    del caller
    return ShownChain.of(state.services.desk.trail.check(after, MOST_CHECKED))
