"""Why evidence is looked at: as the caller says, else as their work says, else refused.

Whose work it is stands in `cases/viewing.py`. A reason may come with the request
(`reason`, for machines) or have been stated for the alert (`POST …/viewing`, as the
desk does: what people write belongs in a body, since addresses are logged).
"""

from alerts.alert import AlertId
from alerts.errors import ReasonMissingError
from alerts.view_book import Why
from api.services import State
from identity.person import Person


def known_reason(caller: Person, alert: AlertId, state: State) -> Why | None:
    """Why the caller looks, as far as it is known without asking; None: it is not.

    Raises:
        StoreUnavailableError: The database is away.
    """
    by_work = state.services.cases.viewing.by_work(alert, caller)
    if by_work is not None:
        return by_work
    stated = state.services.desk.views.stated(caller.name, alert)
    return None if stated is None else Why(stated)


def reason_of(given: str | None, caller: Person, alert: AlertId, state: State) -> Why:
    """The reason as it stands in the audit trail.

    Args:
        given: What the caller says with the request; None: nothing.
        caller: Who looks.
        alert: At whose evidence.
        state: Where reviews and reasons stand.

    Raises:
        ReasonMissingError: It is not the caller's to decide, and no reason is known.
        StoreUnavailableError: The database is away.
    """
    why = Why(given) if given is not None else known_reason(caller, alert, state)
    if why is None:
        told = "say why this evidence is looked at: `reason`, or POST …/viewing before"
        raise ReasonMissingError(told)
    return why
