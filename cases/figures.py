"""Figures: per rule and camera, quality, one's own pace, rules that are imprecise.

Every number is counted from the rows a person can open; nothing is stored but the rows.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select

from alerts.database import Database
from base.clock import Clock
from cases.blind_rows import LookKind, LookState
from cases.life import OPEN_STATES, ReviewState
from cases.queue import Visible, seen
from cases.statistics import Share, kappa, quantile, wilson
from cases.tables import MissLookRow, ReviewRow, SecondLookRow, VerdictRow
from rules.violation import Severity

DOWNGRADE_DAYS = timedelta(days=7)
DOWNGRADE_FEWEST = 30
DOWNGRADE_BELOW = 0.5
LIFE_DANGER = ("CS-", "WH-")
"""Families whose S1 are never put down: an engineer is told instead."""

SPELL = timedelta(minutes=50)
BREAK = timedelta(minutes=10)
"""50 minutes at it, then 10 of rest (domain.md §6)."""

DAY = timedelta(days=1)
LOCAL = timedelta(hours=8)
"""Days of people begin at midnight +08:00."""

CONFIRMED = frozenset({ReviewState.CONFIRMED.value, ReviewState.EVIDENCE.value})


@dataclass(slots=True)
class Tally:
    """Figures of one rule or camera, while they are counted."""

    raised: int = 0
    confirmed: int = 0
    rejected: int = 0
    void: int = 0
    backlog: int = 0
    oldest: datetime | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    review_s: list[float] = field(default_factory=list)

    def count(self, row: ReviewRow) -> None:
        """Take one review in."""
        self.raised += 1
        self.confirmed += row.state in CONFIRMED
        self.void += row.state == ReviewState.VOID.value
        if row.state == ReviewState.REJECTED.value:
            self.rejected += 1
            self.reasons[row.reason or "other"] += 1
        if row.state in OPEN_STATES:
            self.backlog += 1
            since = row.queued_at or row.changed_at
            self.oldest = since if self.oldest is None else min(self.oldest, since)
        if row.decided_at is not None and row.queued_at is not None:
            self.review_s.append((row.decided_at - row.queued_at).total_seconds())

    @property
    def precision(self) -> Share:
        """Confirmed of those confirmed or rejected."""
        return wilson(self.confirmed, self.confirmed + self.rejected)


@dataclass(frozen=True, slots=True)
class Imprecise:
    """A rule whose precision is below one half, surely.

    Attributes:
        code: Which.
        precision: Confirmed of reviewed in 7 days.
        is_downgraded: Put down to S4; false for life danger: an engineer is told.
    """

    code: str
    precision: Share
    is_downgraded: bool


@dataclass(frozen=True, slots=True)
class QualityFigures:
    """What second looks and miss looks say.

    Attributes:
        sampled: Second looks drawn.
        answered: Of these answered.
        agreement: Both said the same.
        kappa: Cohen's; None: too few.
        qa_precision: By code: the second says confirmed, of those first confirmed.
        missed: By code: looks that show it though no alert was there.
    """

    sampled: int
    answered: int
    agreement: Share
    kappa: float | None
    qa_precision: dict[str, Share]
    missed: dict[str, Share]


@dataclass(frozen=True, slots=True)
class OwnWork:
    """One's own pace."""

    spell_started_at: datetime | None
    spell_s: float
    break_due: bool
    break_until: datetime | None
    verdicts_today: int
    per_hour: float | None
    median_s: float | None


class Figures:
    """Counts rows; safe to use from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def tallies(
        self, span: tuple[datetime, datetime], by_camera: bool, visible: Visible
    ) -> dict[str, Tally]:
        """Figures of alerts opened within `span` (media time), by code or camera.

        Raises:
            StoreUnavailableError: The database is away.
        """
        since, until = span
        query = (
            select(ReviewRow)
            .where(ReviewRow.opened_at >= since, ReviewRow.opened_at < until)
            .where(*seen(visible))
            .execution_options(yield_per=1000)
        )
        found: dict[str, Tally] = defaultdict(Tally)
        with self._database.reading() as session:
            for row in session.scalars(query):
                found[row.camera if by_camera else row.code].count(row)
        return dict(sorted(found.items()))

    def imprecise(self, visible: Visible = None) -> tuple[Imprecise, ...]:
        """Rules with n >= 30 in 7 days and an upper bound below one half.

        Args:
            visible: All reviews tell which rules these are; of them those are given
                that were reviewed at cameras seen, with the share there.
        """
        since = self._clock.utc_now() - DOWNGRADE_DAYS
        ended = [*CONFIRMED, ReviewState.REJECTED.value]
        query = select(ReviewRow.code, ReviewRow.state, ReviewRow.camera).where(
            ReviewRow.decided_at >= since, ReviewRow.state.in_(sorted(ended))
        )
        every: dict[str, list[bool]] = defaultdict(list)
        shown: dict[str, list[bool]] = defaultdict(list)
        with self._database.reading() as session:
            for code, state, camera in session.execute(query):
                every[code].append(state in CONFIRMED)
                if visible is None or camera in visible:
                    shown[code].append(state in CONFIRMED)
        found = []
        for code in sorted(shown):
            share = wilson(sum(every[code]), len(every[code]))
            upper = 1.0 if share.upper is None else share.upper
            if share.of >= DOWNGRADE_FEWEST and upper < DOWNGRADE_BELOW:
                here = wilson(sum(shown[code]), len(shown[code]))
                found.append(Imprecise(code, here, not self._is_danger(code)))
        return tuple(found)

    def _is_danger(self, code: str) -> bool:
        """Whether the code raises S1 of the families that are never put down."""
        if not code.startswith(LIFE_DANGER):
            return False
        query = select(ReviewRow.alert_id).where(
            ReviewRow.code == code, ReviewRow.severity == Severity.S1.value
        )
        with self._database.reading() as session:
            return session.scalars(query.limit(1)).first() is not None

    def quality(
        self, since: datetime, until: datetime, visible: Visible
    ) -> QualityFigures:
        """Second looks drawn and miss looks answered within a span of wall time.

        Args:
            since: From then on.
            until: Before then.
            visible: At cameras seen.
        """
        looks = select(SecondLookRow).where(
            SecondLookRow.kind == LookKind.SAMPLE.value,
            SecondLookRow.created_at >= since,
            SecondLookRow.created_at < until,
        )
        misses = select(MissLookRow).where(
            MissLookRow.answered_at >= since, MissLookRow.answered_at < until
        )
        if visible is not None:
            looks = looks.where(SecondLookRow.camera.in_(sorted(visible)))
            misses = misses.where(MissLookRow.camera.in_(sorted(visible)))
        with self._database.reading() as session:
            drawn = session.scalars(looks).all()
            asked = session.scalars(misses).all()
            answered = [x for x in drawn if x.state == LookState.ANSWERED.value]
            pairs = Counter((x.first_said, str(x.second_said)) for x in answered)
            same = sum(n for (one, two), n in pairs.items() if one == two)
            return QualityFigures(
                sampled=len(drawn),
                answered=len(answered),
                agreement=wilson(same, len(answered)),
                kappa=kappa(pairs),
                qa_precision=_qa_precision(answered),
                missed=_missed(asked),
            )

    def own_work(self, person: str) -> OwnWork:
        """The pace of `person` today; nobody else's is ever asked."""
        now = self._clock.utc_now()
        local = now + LOCAL
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) - LOCAL
        query = (
            select(VerdictRow.at, VerdictRow.took_s)
            .where(VerdictRow.person == person, VerdictRow.at >= now - DAY)
            .order_by(VerdictRow.at)
        )
        with self._database.reading() as session:
            # a spell does not end at midnight, only the day's count does
            of_a_day = session.execute(query).all()
        times = [at for at, _ in of_a_day]
        rows = [row for row in of_a_day if row[0] >= midnight]
        started = _spell_start(times, now)
        spell_s = 0.0 if started is None else (now - started).total_seconds()
        recent = sum(at >= now - timedelta(hours=1) for at in times)
        is_due = spell_s >= SPELL.total_seconds()
        return OwnWork(
            spell_started_at=started,
            spell_s=spell_s,
            break_due=is_due,
            break_until=times[-1] + BREAK if is_due else None,
            verdicts_today=len(rows),
            per_hour=float(recent) if times else None,
            median_s=quantile([s for _, s in rows if s is not None], 0.5),
        )


def _spell_start(times: Sequence[datetime], now: datetime) -> datetime | None:
    """When the spell that lasts began; None: rested for a break's length."""
    if not times or now - times[-1] >= BREAK:
        return None
    started = times[0]
    for one, two in pairwise(times):
        if two - one >= BREAK:
            started = two
    return started


def _qa_precision(answered: Sequence[SecondLookRow]) -> dict[str, Share]:
    hits: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for look in answered:
        if look.first_said == "confirmed":
            of[look.code] += 1
            hits[look.code] += look.second_said == "confirmed"
    return {code: wilson(hits[code], of[code]) for code in sorted(of)}


def _missed(asked: Sequence[MissLookRow]) -> dict[str, Share]:
    hits: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for look in asked:
        judged = look.codes if isinstance(look.codes, list) else []
        saw = look.seen if isinstance(look.seen, list) else []
        for code in {str(one) for one in [*judged, *saw]}:
            of[code] += 1
            hits[code] += code in saw
    return {code: wilson(hits[code], of[code]) for code in sorted(of)}
