"""Lists of open reviews: severity, then deadline, then age; counts beside them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, func, select, tuple_

from alerts.alert import AlertId, Walk
from alerts.database import Database
from alerts.tables import AlertRow
from base.clock import Clock
from base.ids import CameraId
from cases.blind_rows import LookKind, LookState, SampleOutcome
from cases.decided import decided_by
from cases.life import AS_OFFICER, ENDS, LANES, Lane, ReviewState
from cases.review import Review
from cases.review_rows import review_of
from cases.tables import ReviewRow, SecondLookRow, TaskRow, VerdictRow
from cases.task import TaskKind
from cases.verdict import Reason
from identity.person import Person
from identity.right import Right
from rules.place import PlaceKey

Visible = frozenset[CameraId] | None
"""Cameras somebody sees; None: all."""

SAMPLE_LASTS = timedelta(days=7)
"""A sample nobody took up in a week is asked of nobody any more: as long as it may be,
what was made of its alert is kept from whoever may be asked."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The head of a lane.

    Attributes:
        reviews: The first of them, in order.
        waiting: How many in all.
        overdue: How many are past their deadline.
        blind: Second looks the person may take.
    """

    reviews: tuple[Review, ...]
    waiting: int
    overdue: int
    blind: int


@dataclass(frozen=True, slots=True)
class PastReview:
    """What people made of an earlier alert at a place."""

    review: Review
    opened_at: datetime
    reason: str | None


def seen(visible: Visible) -> tuple[ColumnElement[bool], ...]:
    """The condition under which a review is seen."""
    if visible is None:
        return ()
    return (ReviewRow.camera.in_(sorted(visible)),)


class QueueReader:
    """Reads lists of reviews; safe to use from any thread.

    Args:
        database: Where they are kept.
        clock: Wall time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def head(self, lane: Lane, person: Person, visible: Visible, limit: int) -> Waiting:
        """The first `limit` of a lane, and how many there are.

        Raises:
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now()
        here = (ReviewRow.state == LANES[lane].value, *seen(visible))
        query = (
            select(ReviewRow)
            .where(*here)
            .order_by(
                ReviewRow.severity,
                ReviewRow.deadline,
                ReviewRow.opened_at,
                ReviewRow.alert_id,
            )
            .limit(limit)
        )
        counted = select(
            func.count(),
            func.count().filter(ReviewRow.deadline < now),
        ).select_from(ReviewRow)
        blind = (
            select(func.count())
            .select_from(SecondLookRow)
            .where(*takeable(person, visible, now))
        )
        with self._database.reading() as session:
            rows = session.scalars(query).all()
            waiting, overdue = session.execute(counted.where(*here)).one()
            return Waiting(
                reviews=tuple(review_of(row, now) for row in rows),
                waiting=waiting,
                overdue=overdue,
                blind=session.scalars(blind).one(),
            )

    def overdue(self, visible: Visible, limit: int) -> tuple[Review, ...]:
        """Open reviews past their deadline, longest first."""
        now = self._clock.utc_now()
        states = [state.value for state in LANES.values()]
        query = (
            select(ReviewRow)
            .where(ReviewRow.state.in_(states), ReviewRow.deadline < now)
            .where(*seen(visible))
            .order_by(ReviewRow.deadline, ReviewRow.alert_id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return tuple(review_of(row, now) for row in session.scalars(query))

    def made_of(
        self, alerts: Sequence[AlertId]
    ) -> dict[AlertId, tuple[ReviewState, Reason | None]]:
        """How the reviews of `alerts` stand, with the reason of a rejection."""
        query = select(ReviewRow.alert_id, ReviewRow.state, ReviewRow.reason).where(
            ReviewRow.alert_id.in_(alerts)
        )
        with self._database.reading() as session:
            return {
                AlertId(alert): (
                    ReviewState(state),
                    None if reason is None else Reason(reason),
                )
                for alert, state, reason in session.execute(query)
            }

    def decided_by(
        self, beginnings: Collection[str], asker: Person, blind: Collection[AlertId]
    ) -> tuple[Walk, ...] | None:
        """Alerts by who gave a verdict on them: `cases.decided`."""
        return decided_by(self._database, beginnings, asker, blind)

    def history(
        self, place: PlaceKey, before: datetime, days: int, visible: Visible
    ) -> tuple[PastReview, ...]:
        """Earlier reviews at a place, newest first, at most 500."""
        now = self._clock.utc_now()
        query = (
            select(ReviewRow)
            .where(
                ReviewRow.place_key == place,
                ReviewRow.opened_at < before,
                ReviewRow.opened_at >= before - timedelta(days=days),
                *seen(visible),
            )
            .order_by(ReviewRow.opened_at.desc(), ReviewRow.alert_id)
            .limit(500)
        )
        with self._database.reading() as session:
            return tuple(
                PastReview(review_of(row, now), row.opened_at, row.reason)
                for row in session.scalars(query)
            )


def takeable(
    person: Person, visible: Visible, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """Second looks `person` may take now: those open to them that nobody else holds."""
    free = (
        SecondLookRow.claimed_by.is_(None)
        | (SecondLookRow.claimed_until <= now)
        | (SecondLookRow.claimed_by == person.name)
    )
    return (*open_to(person, visible, now), free)


def open_to(
    person: Person, visible: Visible, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """Second looks `person` may be asked for, whoever holds them now.

    Never at one's own verdict, nor at what one is sent to handle. A second confirmation
    is for certified officers who have not said what they think of this evidence, in an
    earlier round either; samples are for any second who has not spoken of the alert,
    for a week, and not while the alert is worked on again: work goes before.
    """
    # what is left to a session or a token changes nothing: the same eyes read both
    person = replace(person, only=None)
    if not person.may(Right.SECOND):
        return (false(),)
    is_second = SecondLookRow.kind == LookKind.SECOND.value
    found: list[ColumnElement[bool]] = [
        SecondLookRow.state == LookState.OPEN.value,
        SecondLookRow.first_by != person.name,
        is_second | (SecondLookRow.created_at > now - SAMPLE_LASTS),
        _at_rest(),
        ~_sent(person),
    ]
    spoken = exists().where(
        VerdictRow.alert_id == SecondLookRow.alert_id,
        VerdictRow.person == person.name,
        VerdictRow.undone_at.is_(None),
        ~is_second | VerdictRow.act.in_(sorted(AS_OFFICER)),
    )
    found.append(~spoken)
    if not person.is_certified:
        found.append(SecondLookRow.kind != ReviewState.SECOND.value)
    if visible is not None:
        found.append(SecondLookRow.camera.in_(sorted(visible)))
    return tuple(found)


def _at_rest() -> ColumnElement[bool]:
    """Nobody has to work on the alert but a second officer."""
    states = sorted(state.value for state in ENDS | {ReviewState.SECOND})
    return exists().where(
        ReviewRow.alert_id == SecondLookRow.alert_id, ReviewRow.state.in_(states)
    )


def _sent(person: Person) -> ColumnElement[bool]:
    """The person is told to handle it, or may take that up: it was confirmed."""
    names = {person.name, ""} if person.may(Right.WORK_TASKS) else {person.name}
    return exists().where(
        TaskRow.alert_id == SecondLookRow.alert_id,
        TaskRow.kind == TaskKind.HANDLE.value,
        TaskRow.officer.in_(sorted(names)),
    )


def reviewed_as(
    states: Collection[ReviewState],
    reasons: Collection[Reason],
    blind: Collection[AlertId] = (),
) -> Select[UUID] | None:
    """A query of the alerts people made this of; None: nothing is asked.

    Args:
        states: Where the review stands; empty: wherever.
        reasons: Of a rejection; empty: whatever.
        blind: Whoever asks may be asked for a second look at these: to them each
            awaits one.
    """
    if not states and not reasons:
        return None
    query = select(ReviewRow.alert_id)
    if reasons:
        query = query.where(ReviewRow.reason.in_(sorted(reasons)))
    if reasons or ReviewState.SECOND not in states:
        query = query.where(ReviewRow.alert_id.not_in(blind))
    if states:
        stands = ReviewRow.state.in_(sorted(states))
        query = query.where(stands | ReviewRow.alert_id.in_(blind))
    return query


@dataclass(frozen=True, slots=True)
class SampledAs:
    """Which answered looks of the blind sample are meant.

    Attributes:
        outcomes: What the look came to; empty: whatever.
        since: Drawn at or after, wall time.
        until: Drawn before.
    """

    outcomes: frozenset[SampleOutcome] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


def sampled_as(
    asked: SampledAs, blind: Collection[AlertId] = ()
) -> Select[UUID] | None:
    """A query of the alerts whose blind look came to this; None: nothing is asked.

    Looks nobody has answered are never found: whoever looks must not know of them.
    Nor is an alert in `blind`, of which whoever asks may be asked for a second look.
    """
    if asked == SampledAs():
        return None
    query = select(SecondLookRow.alert_id).where(
        SecondLookRow.kind == LookKind.SAMPLE.value,
        SecondLookRow.state == LookState.ANSWERED.value,
        SecondLookRow.alert_id.not_in(blind),
    )
    if asked.outcomes:
        said = [(one.value, two.value) for one, two in (o.said for o in asked.outcomes)]
        pair = tuple_(SecondLookRow.first_said, SecondLookRow.second_said)
        query = query.where(pair.in_(sorted(said)))
    if asked.since is not None:
        query = query.where(SecondLookRow.created_at >= asked.since)
    if asked.until is not None:
        query = query.where(SecondLookRow.created_at < asked.until)
    return query


def both(one: Select[UUID] | None, other: Select[UUID] | None) -> Select[UUID] | None:
    """The alerts of both queries; None asks nothing."""
    if one is None or other is None:
        return one if other is None else other
    return select(AlertRow.id).where(AlertRow.id.in_(one), AlertRow.id.in_(other))
