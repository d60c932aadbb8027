"""A flood from one camera is one alert: takes in what came before it was known for one.

The first alert of the flood becomes the group; the violations behind the others become
sources of it, with their evidence. The ids of those others lead to the group.
"""

from datetime import datetime, timedelta

from alerts.alert import AlertId, EventKind
from alerts.alert_book import AlertBook
from alerts.audit import Deed, record
from alerts.dedup import FLOOD_S
from alerts.follower import AlertFollower
from alerts.legal_hold import held_among
from alerts.tables import AlertRow, EventIntakeRow
from base.json_value import JsonValue
from rules.violation import Severity

ACTOR = "consumer"


def gather(
    book: AlertBook, follower: AlertFollower, group: AlertRow, now: datetime
) -> None:
    """Take what the camera raised in the flood's first minute into `group`.

    Danger to life stays alone, and so does what a person has taken up, and what another
    camera sees as well, and what is under a legal hold.
    """
    for other in book.load_beside(group, timedelta(seconds=FLOOD_S)):
        cameras = {source.camera for source in book.sources_of(other)}
        if other.severity == Severity.S1.value or cameras != {group.camera}:
            continue
        if held_among(book.session, [AlertId(other.id)]):
            continue
        if not follower.may_join(book.session, other, now):
            continue
        detail: dict[str, JsonValue] = {"joined": str(group.id)}
        event = EventIntakeRow(
            kind=EventKind.ALERT_CHANGED.value,
            alert_id=other.id,
            camera=other.camera,
            detail=detail,
            at=now,
        )
        book.session.add(event)
        deed = Deed(ACTOR, "alert.joined", f"alert/{other.id}", detail)
        record(book.session, now, deed)
        book.join(other, group)
