"""Why evidence is looked at: as the caller says, else as their work says, else unsaid.

国务院令799 art. 16 wants the reason of every retrieval. Who reviews an alert that is
still open looks at it for that, and need not type it two hundred times a shift. Any
other look is a retrieval: its reason is the caller's to give (`reason`), and where none
was given the trail says just that, never that it was a review.
"""

from alerts.alert import AlertId
from alerts.errors import NotFoundError
from api.services import State
from cases.life import OPEN_STATES
from identity.person import Person
from identity.right import Right

REVIEWING = "审核查看"
UNSAID = "未说明理由"
REVIEWERS = (Right.TRIAGE, Right.CONFIRM, Right.SECOND, Right.SETTLE)


def reason_of(given: str | None, caller: Person, alert: AlertId, state: State) -> str:
    """The reason as it stands in the audit trail.

    Args:
        given: What the caller says; None: nothing.
        caller: Who looks.
        alert: At whose evidence.
        state: Where the review of it is.

    Raises:
        StoreUnavailableError: The database is away.
    """
    if given is not None:
        return given
    if not any(caller.may(right) for right in REVIEWERS):
        return UNSAID
    try:
        review, _ = state.services.cases.reviews.get(alert)
    except NotFoundError:
        return UNSAID
    return REVIEWING if review.state in OPEN_STATES else UNSAID
