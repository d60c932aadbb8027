"""Looks with fresh eyes: second confirmations and quality samples, not told apart.

Who looks sees neither the machine's score nor what the first person said, nor whether
anything follows from the answer. A second confirmation that agrees makes the evidence;
one that does not goes to a supervisor. A sample is only written down.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.alert import AlertId
from alerts.audit import record
from alerts.database import Database
from alerts.errors import NotFoundError
from base.clock import Clock
from cases.blind_rows import LookKind, LookState, Said
from cases.deeds import deed_of, person_named
from cases.errors import ConflictError, GateError, LeaseLostError
from cases.gates import Standing, pass_gates
from cases.leases import RAN_OUT
from cases.life import Act, ReviewState
from cases.queue import Visible, open_to, takeable
from cases.review import LEASE_S, UNDO_S, Claim
from cases.review_rows import Moment, spoke_as_officer, write_verdict
from cases.tables import ReviewRow, SecondLookRow
from cases.task import TaskKind
from cases.task_rows import NewTaskRow, offer_task
from cases.undo import take_look_back
from cases.verdict import Verdict, check_words
from identity.person import Person


@dataclass(frozen=True, slots=True)
class HeldLook:
    """A look somebody has taken up.

    Attributes:
        id: Of the look.
        alert: At which alert.
        claim: The person's lease.
    """

    id: UUID
    alert: AlertId
    claim: Claim


class BlindLane:
    """Second looks; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: Wall time.
        clue_reasons: Why an alert's evidence is a clue and no more.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        clue_reasons: Callable[[AlertId], tuple[str, ...]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._clue_reasons = clue_reasons

    def kept_from(self, person: Person, visible: Visible) -> frozenset[AlertId]:
        """Alerts of which `person` is told no verdict now.

        They look at it with fresh eyes, may be asked to, or may still answer anew.

        Raises:
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now()
        wanted = select(SecondLookRow.alert_id).where(*open_to(person, visible, now))
        held = select(SecondLookRow.alert_id).where(
            SecondLookRow.state == LookState.OPEN.value,
            SecondLookRow.claimed_by == person.name,
            SecondLookRow.claimed_until > now,
        )
        # within the undo time an answer may change: nothing may sway it yet
        answered = select(SecondLookRow.alert_id).where(
            SecondLookRow.answered_at >= now - timedelta(seconds=UNDO_S),
            SecondLookRow.answered_by == person.name,
        )
        with self._database.reading() as session:
            found = session.scalars(wanted.union_all(held, answered))
            return frozenset(AlertId(alert) for alert in found)

    def take(self, person: Person, visible: Visible) -> HeldLook:
        """The oldest look `person` may take, claimed for `LEASE_S`.

        Raises:
            NotFoundError: There is none for this person.
        """
        with self._database.transaction() as session:
            now = self._clock.utc_now()
            query = (
                select(SecondLookRow)
                .where(*takeable(person, visible, now))
                # one's own open one first: a reloaded page goes on where it was
                .order_by(
                    SecondLookRow.claimed_by.is_(None),
                    SecondLookRow.created_at,
                    SecondLookRow.id,
                )
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = session.scalars(query).first()
            if row is None:
                raise NotFoundError("nothing waits for a second look of yours")
            if row.claimed_by != person.name:
                _skip(Moment(session, now), row)
                deed = deed_of(person, "look.claimed", f"look/{row.id}")
                record(session, now, deed)
            return self._hold(row, person)

    def renew(self, look: UUID, person: Person) -> HeldLook:
        """Keep it while it is open.

        Raises:
            LeaseLostError: It ran out and somebody else has it, or it is answered.
        """
        with self._database.transaction() as session:
            return self._hold(self._own(session, look, person), person)

    def release(self, look: UUID, person: Person) -> None:
        """Lay it back; silent when the person does not hold it."""
        with self._database.transaction() as session:
            row = session.get(SecondLookRow, look, with_for_update=True)
            if row is not None and row.claimed_by == person.name:
                row.claimed_by = row.claimed_until = None
                deed = deed_of(person, "look.released", f"look/{row.id}")
                record(session, self._clock.utc_now(), deed)

    def answer(self, look: UUID, person: Person, verdict: Verdict) -> None:
        """What the person sees: `AGREE` or `DISAGREE`, with reason or ticks.

        Raises:
            GateError: A legal gate is closed, or too little was said.
            LeaseLostError: The person does not hold it.
        """
        check_words(replace(verdict, act=Act.REJECT) if _rejects(verdict) else verdict)
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            review = _review_of(session, look)
            row = self._own(session, look, person)
            if review is None:
                raise NotFoundError(f"no review of alert {row.alert_id}")
            if row.first_by == person.name:
                raise GateError("another_officer", "this verdict was yours")
            is_second = row.kind == LookKind.SECOND.value
            pass_gates(self._standing(session, review, row, person), verdict)
            if is_second:
                if review.state != ReviewState.SECOND.value:
                    raise ConflictError("it needs no second look any more")
                self._settle(moment, review, person, verdict)
            self._close(moment, row, person, verdict)

    def undo(self, look: UUID, person: Person) -> HeldLook:
        """Take one's own answer back, within `UNDO_S`: it is before them again.

        Raises:
            NotFoundError: There is no such look.
            TooLateError: The time is over, or somebody has gone on from it.
        """
        with self._database.transaction() as session:
            moment = Moment(session, self._clock.utc_now())
            review = _review_of(session, look)
            row = session.get(SecondLookRow, look, with_for_update=True)
            if row is None or review is None:
                raise NotFoundError(f"no look {look}")
            take_look_back(moment, review, row, person)
            return self._hold(row, person)

    def _standing(
        self, session: Session, review: ReviewRow, row: SecondLookRow, person: Person
    ) -> Standing:
        if row.kind == LookKind.SECOND.value:
            reasons = self._clue_reasons(AlertId(row.alert_id))
            # of an earlier round too: who disagreed then is no fresh second officer
            others = spoke_as_officer(session, row.alert_id) | {row.first_by}
        else:
            # who samples without a certificate is asked for the same looks, no more
            person = replace(person, certificate="sample")
            reasons, others = (), frozenset({row.first_by})
        return Standing(
            person=person,
            opened_at=review.opened_at,
            clue_reasons=reasons,
            others=others,
            confirmed_before=0,
        )

    def _settle(
        self, moment: Moment, review: ReviewRow, person: Person, verdict: Verdict
    ) -> None:
        stored = write_verdict(moment, person, review, verdict)
        if review.state == ReviewState.EVIDENCE.value:
            wanted = NewTaskRow(
                alert=review.alert_id,
                camera=review.camera,
                kind=TaskKind.HANDLE,
                officer="",
                note=verdict.comment,
                by=person,
                verdict=stored.id,
                visible_at=moment.now + timedelta(seconds=UNDO_S),
            )
            offer_task(moment, wanted)

    def _close(
        self, moment: Moment, row: SecondLookRow, person: Person, verdict: Verdict
    ) -> None:
        row.state = LookState.ANSWERED.value
        row.second_said = (Said.REJECTED if _rejects(verdict) else Said.CONFIRMED).value
        row.answered_by, row.answered_at = person.name, moment.now
        row.claimed_by = row.claimed_until = None
        deed = deed_of(
            person,
            "look.answered",
            f"look/{row.id}",
            said=row.second_said,
            reason=None if verdict.reason is None else verdict.reason.value,
            comment=verdict.comment,
        )
        record(moment.session, moment.now, deed)

    def _own(self, session: Session, look: UUID, person: Person) -> SecondLookRow:
        row = session.get(SecondLookRow, look, with_for_update=True)
        if row is None:
            raise NotFoundError(f"no look {look}")
        if row.state != LookState.OPEN.value or row.claimed_by != person.name:
            raise LeaseLostError("the lease ran out, or it was never yours")
        return row

    def _hold(self, row: SecondLookRow, person: Person) -> HeldLook:
        now = self._clock.utc_now()
        until = now + timedelta(seconds=LEASE_S)
        row.claimed_by, row.claimed_until = person.name, until
        claim = Claim(person.name, now, until)
        return HeldLook(row.id, AlertId(row.alert_id), claim)


def _review_of(session: Session, look: UUID) -> ReviewRow | None:
    # the review before the look: both answer and undo take them in this order
    query = select(SecondLookRow.alert_id).where(SecondLookRow.id == look)
    about = session.scalars(query).first()
    if about is None:
        return None
    return session.get(ReviewRow, about, with_for_update=True)


def _skip(moment: Moment, row: SecondLookRow) -> None:
    """A lease that ran out unanswered is a skip, on record with its holder."""
    if row.claimed_by is not None:
        holder = person_named(moment.session, row.claimed_by)
        deed = deed_of(holder, "look.skipped", f"look/{row.id}", why=RAN_OUT)
        record(moment.session, moment.now, deed)


def _rejects(verdict: Verdict) -> bool:
    return verdict.act is Act.DISAGREE
