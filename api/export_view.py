"""Lists and selections of evidence taken out of the house, as the API takes them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.alert_query import AlertChoice
from api.evidence_desk_view import Why
from api.taken import Taken

MOST_PACKS = 50


class TakenList(Taken):
    """Take a list of alerts out, as CSV."""

    reason: Why
    choice: Annotated[
        AlertChoice, Field(description="as in the query of `GET /alerts`")
    ] = AlertChoice()


class TakenSelection(Taken):
    """Take the evidence of several alerts out, as one ZIP of packs."""

    reason: Why
    alerts: Annotated[
        tuple[UUID, ...],
        Field(min_length=1, max_length=MOST_PACKS, description="ids of alerts"),
    ]
    is_masked: Annotated[
        bool, Field(description="originals stay; false asks for a right of its own")
    ] = True
