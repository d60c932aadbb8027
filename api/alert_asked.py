"""A choice of alerts as one caller may ask it: what they see, what they may know."""

from dataclasses import replace

from alerts.alert import AlertFilter
from api.alert_query import AlertChoice
from api.alert_shown import scoped
from api.errors import RefusedError
from api.made_of import blind_to
from api.services import State
from identity.person import Person
from identity.right import Right


def asked_of(state: State, caller: Person, choice: AlertChoice) -> AlertFilter | None:
    """The filter `choice` means to `caller`; None: nothing they see.

    Raises:
        RefusedError: Who decided is asked by whoever may not read reviews.
        StoreUnavailableError: The database is away.
    """
    if choice.decided_by and not caller.may(Right.READ_REVIEWS):
        raise RefusedError(f"who decided is told with the right {Right.READ_REVIEWS}")
    blind = blind_to(state, caller)
    walks = state.services.cases.queue.decided_by(choice.decided_by, caller, blind)
    return scoped(replace(choice.filter(blind), walks=walks), state.visible(caller))
