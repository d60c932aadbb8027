"""When looks without alert are drawn: a hundred random moments of each local day.

The moments come of a random seed that the first process to see the day leaves in the
database. Several processes therefore draw at the same moments, and the moment's number
is a unique key: one of them keeps a look. Whoever cannot read the database cannot tell
the moments before, so nobody can keep out of them.
"""

import random
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.database import Database
from alerts.errors import ValuesRefusedError
from base.clock import Clock
from cases.figures import LOCAL
from cases.tables import MissDayRow

A_DAY = 100
DAY_S = 86_400.0
LATEST_S = 60.0
"""A moment that passed longer ago is gone: a service that stood still or waited for a
store does not make up for the time."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One moment at which a look is due.

    Attributes:
        day: Local day, `2026-11-23`.
        number: Which of the day's moments, from 0.
    """

    day: str
    number: int


class MissDraw:
    """Tells when a look is due; used by one thread.

    Args:
        database: Where the day's seed is.
        clock: Wall time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._day = ""
        self._moments: tuple[float, ...] = ()
        self._asked_at: datetime | None = None

    def due(self) -> tuple[Draw, ...]:
        """The moments that passed since the last ask; none at the first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        local = self._clock.utc_now() + LOCAL
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        day = local.date().isoformat()
        if day != self._day:
            self._moments, self._day = moments_of(self._seed(day)), day
        before, self._asked_at = self._asked_at or local, local
        begin = max(before, local - timedelta(seconds=LATEST_S))
        after_s = (begin - midnight).total_seconds()
        until_s = (local - midnight).total_seconds()
        return tuple(
            Draw(day, number)
            for number, at in enumerate(self._moments)
            if after_s < at <= until_s
        )

    def _seed(self, day: str) -> str:
        """The day's seed, made by whoever asks first."""
        with (
            # another process may leave one between our look and our word
            suppress(ValuesRefusedError),
            self._database.transaction() as session,
        ):
            if session.get(MissDayRow, day) is None:
                session.add(MissDayRow(day=day, seed=secrets.token_hex(16)))
        with self._database.reading() as session:
            return session.get_one(MissDayRow, day).seed


def moments_of(seed: str) -> tuple[float, ...]:
    """`A_DAY` seconds of a day, in order; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - the seed is the secret
    return tuple(sorted(draw.uniform(0.0, DAY_S) for _ in range(A_DAY)))
