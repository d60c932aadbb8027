"""Why somebody looks at evidence, as the API takes and tells it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from alerts.view_book import Ground, Why
from api.shown import Shown
from api.taken import Taken, Words
from cases.viewing import Purpose


class TakenViewing(Taken):
    """Why the caller is going to look."""

    purpose: Annotated[Purpose, Field(description="what for")]
    text: Annotated[
        Words,
        Field(max_length=200, description="in the caller's words; `other` needs some"),
    ] = ""


class ShownViewing(Shown):
    """Whether the caller is to say why before looking at an alert's evidence."""

    alert: Annotated[UUID, Field(description="id of the alert")]
    is_reason_needed: Annotated[
        bool, Field(description="files answer 422 `reason` until one is stated")
    ]
    ground: Annotated[
        Ground | None,
        Field(description="what a look rests on: the caller's work, or what was said"),
    ]
    reason: Annotated[
        str | None, Field(description="as it stands in the audit trail, Chinese")
    ]

    @classmethod
    def of(cls, alert: UUID, why: Why | None) -> "ShownViewing":
        """From what is known."""
        return cls(
            alert=alert,
            is_reason_needed=why is None,
            ground=None if why is None else why.ground,
            reason=None if why is None else why.reason,
        )
