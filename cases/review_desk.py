"""Claims, verdicts, undo: what reviewers do, each in one transaction.

A review is locked as a row while somebody acts on it, so that of two people who claim
or decide at once one is told of the other. The same service serves API and pages.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.acknowledgement import Acknowledgement, Alarms
from alerts.alert import AlertId
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.tables import AlertRow
from base.clock import Clock
from cases.blind_rows import open_second
from cases.deeds import deed_of
from cases.errors import (
    CaseError,
    ClaimedError,
    GateError,
    IllegalStepError,
)
from cases.gates import GATES, Standing, pass_gates
from cases.leases import skip
from cases.life import CLAIMABLE, TRANSITIONS, Act, ReviewState
from cases.review import LEASE_S, UNDO_S, Review
from cases.review_rows import (
    Moment,
    given_of,
    put_on_record,
    review_of,
    spoke_as_officer,
    tell,
    write_verdict,
)
from cases.tables import ReviewRow, VerdictRow
from cases.task import TaskKind
from cases.task_rows import NewTaskRow, offer_task
from cases.undo import take_back
from cases.verdict import GivenVerdict, Verdict, check_words
from identity.person import Person
from identity.right import Right

LONGEST_DEFER = timedelta(hours=24)
HISTORY = timedelta(days=365)
"""The window of a first offence: the law fixes none, domain.md §5.2 takes a year."""

ACT_RIGHTS: dict[Act, Right] = {
    Act.CONFIRM_CLUE: Right.CONFIRM,
    Act.CONFIRM_EVIDENCE: Right.CONFIRM,
    Act.REJECT: Right.CONFIRM,
    Act.MERGE: Right.CONFIRM,
    Act.UNSURE: Right.TRIAGE,
    Act.DEFER: Right.TRIAGE,
    Act.ASK_ONSITE: Right.TRIAGE,
}
"""What an act asks of the person, in the open queue."""

SETTLED = frozenset({ReviewState.SENIOR, ReviewState.SUPERVISOR})
"""States in which only who may settle acts at all."""

DISMISSED = frozenset({ReviewState.REJECTED.value, ReviewState.VOID.value})
"""What nobody follows up: no alert may vanish into one."""

UNNAMED = "unnamed, at this machine"
"""Why an alarm was silenced that no person has answered, for the trail."""

ClueReasons = Callable[[AlertId], tuple[str, ...]]
"""Why an alert's evidence is a clue and no more, Chinese; empty: it may stand."""


def may(person: Person, state: ReviewState, act: Act) -> bool:
    """Whether `person` may do `act` from `state`, gates aside."""
    if act not in ACT_RIGHTS or act not in TRANSITIONS[state]:
        return False
    needed = Right.SETTLE if state in SETTLED else ACT_RIGHTS[act]
    return person.may(needed)


class ReviewDesk:
    """All reviews; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: Wall time.
        clue_reasons: Why an alert's evidence is a clue and no more.
    """

    def __init__(
        self, database: Database, clock: Clock, clue_reasons: ClueReasons
    ) -> None:
        self._database = database
        self._clock = clock
        self._clue_reasons = clue_reasons

    def get(self, alert: AlertId) -> tuple[Review, tuple[GivenVerdict, ...]]:
        """A review and its verdicts, oldest first.

        Raises:
            NotFoundError: There is no such alert.
        """
        query = select(VerdictRow).where(VerdictRow.alert_id == alert)
        with self._database.reading() as session:
            row = session.get(ReviewRow, alert)
            if row is None:
                raise NotFoundError(f"no review of alert {alert}")
            given = session.scalars(query.order_by(VerdictRow.at))
            review = review_of(row, self._clock.utc_now())
            return review, tuple(given_of(one) for one in given)

    def is_second(self, alert: AlertId) -> bool:
        """Whether a second officer's look is awaited: nothing may sway it."""
        query = select(ReviewRow.state).where(ReviewRow.alert_id == alert)
        with self._database.reading() as session:
            return session.scalars(query).first() == ReviewState.SECOND.value

    def acknowledge(self, alert: AlertId, person: Person) -> Acknowledgement:
        """Somebody has heard the alarm and acts; no verdict.

        Before anybody has a name it is silenced, and stands on record as just that.

        Raises:
            NotFoundError: There is no such alert.
            NoAlarmError: It is no danger to life.
        """
        deed = deed_of(person, "alarm.acknowledged", f"alert/{alert}")
        if person.is_local:
            deed = deed_of(person, "alarm.silenced", f"alert/{alert}", why=UNNAMED)
        now = self._clock.utc_now()
        return Alarms(self._database).acknowledge(alert, deed, now)

    def claim(self, alert: AlertId, person: Person) -> Review:
        """Take it up for `LEASE_S`; by whom holds it: renewed.

        Raises:
            ClaimedError: Somebody else holds it.
            IllegalStepError: There is nothing to work on, or only for a senior.
        """
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            row = _locked(session, alert)
            self._take(moment, row, person)
            return review_of(row, moment.now)

    def _take(self, moment: Moment, row: ReviewRow, person: Person) -> None:
        state, now = ReviewState(row.state), moment.now
        if state not in CLAIMABLE or state is ReviewState.SECOND:
            # in no word where it stands: who asks may have to look at it unswayed
            raise IllegalStepError("a review that is past it is not worked on")
        if state in SETTLED and not person.may(Right.SETTLE):
            raise IllegalStepError("only a senior works on this")
        if state not in SETTLED and not person.may(Right.TRIAGE):
            raise IllegalStepError("only a reviewer works on this")
        _refuse_others(row, person, now)
        is_renewed = row.claimed_by == person.name
        if not is_renewed:
            skip(moment, row)
            row.claimed_by, row.claimed_since = person.name, now
        row.claimed_until = now + timedelta(seconds=LEASE_S)
        row.changed_at = now
        if not is_renewed:
            put_on_record(moment, person, row, "review.claimed")
            tell(moment, row)

    def release(self, alert: AlertId, person: Person) -> None:
        """Lay it back; silent when the person does not hold it."""
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            row = _locked(session, alert)
            if row.claimed_by != person.name:
                return
            row.claimed_by = row.claimed_since = row.claimed_until = None
            put_on_record(moment, person, row, "review.released")
            tell(moment, row)

    def give(self, alert: AlertId, person: Person, verdict: Verdict) -> GivenVerdict:
        """A named person's verdict.

        Raises:
            GateError: A legal gate is closed, or too little was said.
            ClaimedError: Somebody else holds it.
            IllegalStepError: Not from here, or not by this person.
        """
        check_words(verdict)
        clue_reasons: tuple[str, ...] = ()
        if verdict.act in GATES:
            clue_reasons = self._clue_reasons(alert)
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            row = _locked(session, alert, verdict.into)
            self._check(moment, row, person, verdict)
            if row.claimed_by not in {None, person.name}:
                skip(moment, row)
            standing = Standing(
                person=person,
                opened_at=row.opened_at,
                clue_reasons=clue_reasons,
                others=spoke_as_officer(session, alert),
                confirmed_before=_confirmed_before(session, row),
            )
            pass_gates(standing, verdict)
            stored = write_verdict(moment, person, row, verdict)
            self._follow_up(moment, row, stored, verdict, person)
            return given_of(stored)

    def _check(
        self, moment: Moment, row: ReviewRow, person: Person, verdict: Verdict
    ) -> None:
        if person.is_local:
            raise GateError("named", "no verdict without a named person")
        state = ReviewState(row.state)
        if verdict.act not in TRANSITIONS[state]:
            msg = f"a review that is past it cannot be {verdict.act}"
            raise IllegalStepError(msg)
        if not may(person, state, verdict.act):
            raise IllegalStepError(f"{person.name} may not {verdict.act} here")
        _refuse_others(row, person, moment.now)
        if verdict.act is Act.MERGE:
            _check_merge(moment.session, row, verdict)
        if verdict.until is not None:
            ahead = verdict.until - moment.now
            if not timedelta(0) < ahead <= LONGEST_DEFER:
                raise CaseError("defer until a time within the next 24 hours")

    def _follow_up(
        self,
        moment: Moment,
        row: ReviewRow,
        stored: VerdictRow,
        verdict: Verdict,
        person: Person,
    ) -> None:
        """What a verdict asks of others."""
        state = ReviewState(row.state)
        if state is ReviewState.SECOND:
            open_second(moment, row, stored)
        kinds = {
            ReviewState.ONSITE: TaskKind.CHECK,
            ReviewState.CONFIRMED: TaskKind.HANDLE,
            ReviewState.EVIDENCE: TaskKind.HANDLE,
        }
        if state in kinds:
            wanted = NewTaskRow(
                alert=row.alert_id,
                camera=row.camera,
                kind=kinds[state],
                officer=verdict.officer,
                note=verdict.comment,
                by=person,
                verdict=stored.id,
                visible_at=moment.now + timedelta(seconds=UNDO_S),
            )
            offer_task(moment, wanted)

    def undo(self, alert: AlertId, person: Person, comment: str) -> Review:
        """Take one's own verdict back, within `UNDO_S`.

        Raises:
            TooLateError: The time is over, or somebody has gone on from it.
        """
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            row = _locked(session, alert)
            take_back(moment, row, person, comment)
            return review_of(row, moment.now)


def _locked(session: Session, alert: UUID, into: UUID | None = None) -> ReviewRow:
    # both in one order, or two merged into each other at once would both pass
    for one in sorted({alert, into or alert}):
        session.get(ReviewRow, one, with_for_update=True)
    row = session.get(ReviewRow, alert)
    if row is None:
        raise NotFoundError(f"no review of alert {alert}")
    return row


def _refuse_others(row: ReviewRow, person: Person, now: datetime) -> None:
    if row.claimed_by in {None, person.name} or row.claimed_until is None:
        return
    if row.claimed_until > now:
        left_s = round((row.claimed_until - now).total_seconds())
        raise ClaimedError(f"{row.claimed_by} works on it, for {left_s} s more")


def _confirmed_before(session: Session, row: ReviewRow) -> int:
    ended = (ReviewState.CONFIRMED.value, ReviewState.EVIDENCE.value)
    query = select(func.count()).where(
        ReviewRow.place_key == row.place_key,
        ReviewRow.opened_at >= row.opened_at - HISTORY,
        ReviewRow.alert_id != row.alert_id,
        ReviewRow.state.in_(ended),
    )
    return session.scalars(query).one()


def _check_merge(session: Session, row: ReviewRow, verdict: Verdict) -> None:
    if verdict.into is None or verdict.into == row.alert_id:
        raise CaseError("an alert is merged into another one")
    target = session.get(ReviewRow, verdict.into)
    if target is None or session.get(AlertRow, verdict.into) is None:
        raise NotFoundError(f"no alert {verdict.into}")
    if target.state == ReviewState.MERGED.value:
        raise CaseError("that one is merged itself: merge into where it went")
    if target.state in DISMISSED:
        raise CaseError("that one was dismissed: what is merged into it would be too")
