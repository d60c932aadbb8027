"""The daily blind sample: max(5 %, 20) of a day's verdicts, stratified, seeded.

Strata are code, what was said and who said it: each gives its share, and each that is
there gives at least one while places last, so that the rejected pool and small rules
are looked at too. The seed is the day: drawn twice, it is the same sample.
"""

import random
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TypeVar

from sqlalchemy import select

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import ValuesRefusedError
from base.clock import Clock
from base.json_value import JsonValue
from cases.blind_rows import SAID, LookKind, new_look
from cases.figures import LOCAL
from cases.life import Act
from cases.review_rows import SYSTEM, Moment
from cases.tables import DayDoneRow, ReviewRow, VerdictRow

SHARE = 0.05
FEWEST = 20
CAUGHT_UP_DAYS = 7
"""A service that stood still for some days draws their samples when it is back."""

T = TypeVar("T")


def sample_size(total: int) -> int:
    """max(5 %, 20), and never more than there are."""
    return min(total, max(ceil(total * SHARE), FEWEST))


def stratified(strata: Mapping[Hashable, Sequence[T]], size: int, seed: str) -> list[T]:
    """`size` of all, by largest remainder over the strata, one each first."""
    # a seeded draw anybody can repeat: predictable on purpose, no secret hangs on it
    draw = random.Random(seed)  # noqa: S311
    keys = sorted(strata, key=lambda key: (-len(strata[key]), str(key)))
    taken = {key: int(n < size and bool(strata[key])) for n, key in enumerate(keys)}
    rest = {key: len(strata[key]) - taken[key] for key in keys}
    total, left = sum(rest.values()), size - sum(taken.values())
    wanted = {key: left * rest[key] / total if total else 0.0 for key in keys}
    for key in keys:
        taken[key] += int(wanted[key])
    by_rest = sorted(keys, key=lambda key: (int(wanted[key]) - wanted[key], str(key)))
    for key in by_rest[: size - sum(taken.values())]:
        taken[key] += 1
    chosen: list[T] = []
    for key in keys:
        chosen += draw.sample(list(strata[key]), taken[key])
    return chosen


class Sampler:
    """Draws yesterday's sample once a day, whoever asks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def draw(self) -> int:
        """Draw the samples of the last whole days (+08:00) that were not drawn yet.

        Returns:
            How many looks were asked for; 0 when every day has its sample.

        Raises:
            StoreUnavailableError: The database is away.
        """
        now = self._clock.utc_now()
        local = (now + LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        return sum(
            self._draw_day(now, local - timedelta(days=back))
            for back in range(CAUGHT_UP_DAYS - 1, -1, -1)
        )

    def _draw_day(self, now: datetime, local_end: datetime) -> int:
        """Draw the sample of the day that ended at `local_end`, a midnight +08:00."""
        end = (local_end - LOCAL).astimezone(UTC)
        begin = end - timedelta(days=1)
        day = (local_end - timedelta(days=1)).date().isoformat()
        with self._database.reading() as session:
            if session.get(DayDoneRow, ("sample", day)) is not None:
                return 0
        try:
            with self._database.transaction() as session:
                if session.get(DayDoneRow, ("sample", day)) is not None:
                    return 0
                done = DayDoneRow(what="sample", day=day, count=0)
                session.add(done)
                # the day is taken before anything is drawn: of two processes that
                # draw at once the other waits here and then finds it done
                session.flush()
                count = self._draw(Moment(session, now), begin, end, day)
                done.count = count
                if count:
                    detail: JsonValue = {"day": day, "count": count}
                    deed = Deed(SYSTEM, "sample.drawn", f"day/{day}", detail)
                    record(session, now, deed)
                return count
        except ValuesRefusedError:
            return 0

    def _draw(self, moment: Moment, begin: datetime, end: datetime, day: str) -> int:
        query = select(VerdictRow).where(
            VerdictRow.at >= begin,
            VerdictRow.at < end,
            VerdictRow.undone_at.is_(None),
            VerdictRow.act.in_(sorted(act.value for act in SAID)),
        )
        rows = moment.session.scalars(query.order_by(VerdictRow.at, VerdictRow.id))
        strata: dict[Hashable, list[VerdictRow]] = defaultdict(list)
        for row in rows:
            key = (row.code, SAID[Act(row.act)].value, row.person)
            strata[key].append(row)
        total = sum(len(stratum) for stratum in strata.values())
        chosen = stratified(strata, sample_size(total), day)
        for verdict in chosen:
            review = moment.session.get(ReviewRow, verdict.alert_id)
            if review is not None:
                look = new_look(moment, review, verdict, LookKind.SAMPLE)
                moment.session.add(look)
        return len(chosen)
