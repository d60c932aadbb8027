"""Answers that last: whether their caller would still be let in, and see as much."""

from anyio.to_thread import run_sync
from fastapi import Request

from alerts.errors import StoreError
from api.access import Gate
from api.event_stream import Admits
from api.services import State
from identity.person import Person
from identity.right import Right


def still_admitted(
    request: Request, state: State, caller: Person, right: Right
) -> Admits:
    """Asks the gate of the service again; a store that is away decides nothing.

    An answer also ends when the caller sees other cameras than at its beginning,
    because the person's scope or the site changed: whoever listens comes back.
    """
    gate: Gate = request.app.state.nonsite.services.gate
    visible = state.visible(caller)

    def again() -> bool:
        is_known = gate.still_admits(request, caller, right)
        return is_known and state.visible(caller) == visible

    async def admits() -> bool:
        try:
            return await run_sync(again)
        except StoreError:
            return True

    return admits
