"""What people made of alerts, as far as it may sway nobody who looks with fresh eyes.

To whoever holds a second look, or may be asked for it, the alert is one that awaits a
second officer: neither the score nor what the first person said is told.
"""

from collections.abc import Sequence

from alerts.alert import AlertId
from api.services import State
from cases.life import ReviewState
from cases.verdict import Reason
from identity.person import Person


def blind_to(state: State, caller: Person) -> frozenset[AlertId]:
    """Alerts whose verdict the caller is not told now, by whatever address.

    Raises:
        StoreUnavailableError: The database is away.
    """
    return state.services.cases.blind.kept_from(caller, state.visible(caller))


def made_of(
    state: State, caller: Person, alerts: Sequence[AlertId]
) -> dict[AlertId, tuple[ReviewState, Reason | None]]:
    """How the reviews of `alerts` stand, as the caller may be told.

    Raises:
        StoreUnavailableError: The database is away.
    """
    known = state.services.cases.queue.made_of(alerts)
    blind = blind_to(state, caller)
    told = {alert: (ReviewState.SECOND, None) for alert in known if alert in blind}
    return {**known, **told}
