"""Rows of second looks, opened and dropped by the verdicts they look at."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select

from cases.errors import TooLateError
from cases.life import Act
from cases.review_rows import Moment
from cases.tables import ReviewRow, SecondLookRow, VerdictRow


class LookKind(StrEnum):
    """Why somebody looks again; never told to whom looks."""

    SECOND = "second"
    SAMPLE = "sample"


class LookState(StrEnum):
    """How far it is."""

    OPEN = "open"
    ANSWERED = "answered"
    DROPPED = "dropped"


class Said(StrEnum):
    """What a look comes to."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class SampleOutcome(StrEnum):
    """What an answered look of the blind sample made of the first verdict."""

    AGREED_CONFIRMED = "agreed_confirmed"
    AGREED_REJECTED = "agreed_rejected"
    OVERTURNED = "overturned"
    RESTORED = "restored"

    @property
    def said(self) -> tuple[Said, Said]:
        """What the first person said, and what the second."""
        return _OUTCOMES[self]


_OUTCOMES: dict[SampleOutcome, tuple[Said, Said]] = {
    SampleOutcome.AGREED_CONFIRMED: (Said.CONFIRMED, Said.CONFIRMED),
    SampleOutcome.AGREED_REJECTED: (Said.REJECTED, Said.REJECTED),
    SampleOutcome.OVERTURNED: (Said.CONFIRMED, Said.REJECTED),
    SampleOutcome.RESTORED: (Said.REJECTED, Said.CONFIRMED),
}

SAID: dict[Act, Said] = {
    Act.CONFIRM_CLUE: Said.CONFIRMED,
    Act.CONFIRM_EVIDENCE: Said.CONFIRMED,
    Act.REJECT: Said.REJECTED,
}
"""Verdicts that can be looked at again."""


def open_second(moment: Moment, row: ReviewRow, verdict: VerdictRow) -> None:
    """Ask for a second officer's look at a confirmation of evidence grade."""
    moment.session.add(new_look(moment, row, verdict, LookKind.SECOND))


def new_look(
    moment: Moment, row: ReviewRow, verdict: VerdictRow, kind: LookKind
) -> SecondLookRow:
    """A look at `verdict`, waiting for somebody."""
    return SecondLookRow(
        id=uuid4(),
        alert_id=row.alert_id,
        camera=row.camera,
        code=row.code,
        kind=kind.value,
        state=LookState.OPEN.value,
        verdict_id=verdict.id,
        first_by=verdict.person,
        first_said=SAID[Act(verdict.act)].value,
        created_at=moment.now,
    )


def drop_second(moment: Moment, verdict: UUID) -> None:
    """The verdict is taken back: nobody need look.

    Raises:
        TooLateError: Somebody has looked, or is looking.
    """
    query = select(SecondLookRow).where(SecondLookRow.verdict_id == verdict)
    for look in moment.session.scalars(query.with_for_update()):
        busy = look.claimed_until is not None and look.claimed_until > moment.now
        if look.state == LookState.ANSWERED.value or busy:
            raise TooLateError("a second officer looks at it already")
        look.state = LookState.DROPPED.value


def reopen_second(moment: Moment, row: ReviewRow, person: str, lease_s: float) -> None:
    """A second look is taken back: whoever gave it looks again, still unswayed."""
    query = (
        select(SecondLookRow)
        .where(
            SecondLookRow.alert_id == row.alert_id,
            SecondLookRow.kind == LookKind.SECOND.value,
            SecondLookRow.answered_by == person,
        )
        .order_by(SecondLookRow.answered_at.desc())
        .limit(1)
    )
    for look in moment.session.scalars(query.with_for_update()):
        look.state = LookState.OPEN.value
        look.answered_by = look.second_said = look.answered_at = None
        look.claimed_by = person
        look.claimed_until = moment.now + timedelta(seconds=lease_s)
