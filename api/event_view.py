"""A line of the sealed event log as clients of `/events` read it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from alerts.alert import AlertEvent, EventKind
from api.shown import Shown, UtcTime
from rules.violation import Life

RESET = "feed.reset"
"""The log cannot go on from where the client stood: load lists anew."""

CLEARED = "alert.cleared"

EVENT_NAMES: dict[EventKind, str] = {
    EventKind.ALERT_RAISED: "alert.opened",
    EventKind.ALERT_CHANGED: "alert.changed",
    EventKind.EVIDENCE_CHANGED: "evidence.changed",
    EventKind.REVISION_APPLIED: "site.changed",
    EventKind.REVIEW_CHANGED: "review.changed",
    EventKind.ALARM_CHANGED: "alarm.changed",
    EventKind.TASK_CHANGED: "task.changed",
    EventKind.SIREN_TEST: "siren.test",
}
"""What each kind is called on the wire; a change to cleared is called so."""


class ShownEvent(Shown):
    """The `data:` of one event."""

    seq: Annotated[int, Field(description="its number, the event's `id:`; gapless")]
    alert: Annotated[UUID | None, Field(description="which alert, where it is one")]
    camera: Annotated[str | None, Field(description="which camera, where it is one")]
    at: Annotated[UtcTime, Field(description="wall time it was stored")]
    detail: Annotated[
        dict[str, JsonValue],
        Field(description="what changed, small: code, life, phase, revision, state"),
    ]


def event_name(event: AlertEvent) -> str:
    """The `event:` of one event."""
    if (
        event.kind is EventKind.ALERT_CHANGED
        and event.detail.get("life") == Life.CLEARED.value
    ):
        return CLEARED
    return EVENT_NAMES[event.kind]


def event_json(event: AlertEvent) -> str:
    """The `data:` of one event, one line."""
    return ShownEvent.model_validate(
        {
            "seq": event.seq,
            "alert": event.alert,
            "camera": event.camera,
            "at": event.at,
            "detail": dict(event.detail),
        }
    ).model_dump_json()
