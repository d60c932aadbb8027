"""Taking one's own word back, within `UNDO_S`: of a verdict, of a second look.

Both stay on record. Whoever takes it back holds the matter again, unswayed: of what
follows from a verdict nothing has been shown to anybody by then.
"""

from datetime import datetime, timedelta

from alerts.audit import record
from cases.blind_rows import LookKind, LookState, drop_second, reopen_second
from cases.deeds import deed_of
from cases.errors import TooLateError
from cases.life import ReviewState
from cases.review import LEASE_S, UNDO_S
from cases.review_rows import Moment, last_verdict, put_on_record, tell
from cases.tables import ReviewRow, SecondLookRow
from cases.task_rows import cancel_tasks
from identity.person import Person


def take_back(moment: Moment, row: ReviewRow, person: Person, comment: str) -> None:
    """Take `person`'s verdict back; `row` is locked.

    Raises:
        TooLateError: The time is over, or somebody has gone on from it.
    """
    last = last_verdict(moment.session, row.alert_id)
    if last is None or last.person != person.name:
        raise TooLateError("there is no verdict of yours to take back")
    _in_time(last.at, moment.now)
    if row.state != last.state_after or row.claimed_by is not None:
        raise TooLateError("somebody has gone on from there")
    drop_second(moment, last.id)
    cancel_tasks(moment, last.id)
    last.undone_at = moment.now
    row.state = last.state_before
    row.reason = row.merged_into = row.wake_at = row.decided_at = None
    if row.state == ReviewState.SECOND.value:
        reopen_second(moment, row, person.name, LEASE_S)
    else:
        row.claimed_by, row.claimed_since = person.name, moment.now
        row.claimed_until = moment.now + timedelta(seconds=LEASE_S)
    row.changed_at = moment.now
    put_on_record(
        moment, person, row, "verdict.undone", verdict=str(last.id), comment=comment
    )
    tell(moment, row)


def take_look_back(
    moment: Moment, review: ReviewRow, look: SecondLookRow, person: Person
) -> None:
    """Take `person`'s answer to a second look back; both rows are locked.

    A sample and a second confirmation look the same to whoever does it.

    Raises:
        TooLateError: The time is over, or somebody has gone on from it.
    """
    if look.answered_at is None or look.answered_by != person.name:
        raise TooLateError("there is no verdict of yours to take back")
    _in_time(look.answered_at, moment.now)
    if look.kind == LookKind.SECOND.value:
        take_back(moment, review, person, "")
    look.state = LookState.OPEN.value
    look.answered_by = look.second_said = look.answered_at = None
    look.claimed_by = person.name
    look.claimed_until = moment.now + timedelta(seconds=LEASE_S)
    record(
        moment.session, moment.now, deed_of(person, "look.undone", f"look/{look.id}")
    )


def _in_time(said_at: datetime, now: datetime) -> None:
    if (now - said_at).total_seconds() > UNDO_S:
        raise TooLateError(f"a verdict is taken back within {UNDO_S} s")
