"""Answers that last: whether their caller would still be let in."""

from anyio.to_thread import run_sync
from fastapi import Request

from alerts.errors import StoreError
from api.access import Gate
from api.event_stream import Admits
from identity.right import Right


def still_admitted(request: Request, right: Right) -> Admits:
    """Asks the gate of the service again; a store that is away decides nothing."""
    gate: Gate = request.app.state.nonsite.services.gate

    async def admits() -> bool:
        try:
            return await run_sync(gate.still_admits, request, right)
        except StoreError:
            return True

    return admits
