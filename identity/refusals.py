"""What was refused to whom, on the audit trail: a closed gate leaves a mark.

Of somebody who keeps knocking at one door the trail has one entry a minute with the
number of knocks: it must not be a way to fill the disk.
"""

import structlog

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import StoreError
from base.clock import Clock
from base.json_value import JsonValue
from base.log import RepeatCounter

EVERY_S = 60.0
MOST_SUBJECT = 200

_log = structlog.get_logger()


class Refusals:
    """Safe to use from any thread.

    Args:
        database: Where the trail is.
        clock: Wall and monotonic time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._repeats = RepeatCounter(clock, every_s=EVERY_S)

    def note(self, person: str, action: str, subject: str, why: str) -> None:
        """Put on record that something was refused; never raises for a store.

        Args:
            person: To whom.
            action: `right.refused`, `request.forged`, `gate.refused`, ….
            subject: What was asked for: the path, without its query.
            why: Which right or gate.
        """
        subject = subject[:MOST_SUBJECT]
        held = self._repeats.admit(f"{person}\n{action}\n{why}")
        if held is None:
            return
        _log.warning(action, person=person, subject=subject, why=why, repeated=held)
        detail: dict[str, JsonValue] = {"why": why, "repeated": held}
        try:
            with self._database.transaction() as session:
                now = self._clock.utc_now()
                record(session, now, Deed(person, action, subject, detail))
        except StoreError as error:
            _log.error("refusal.unrecorded", reason=str(error))
