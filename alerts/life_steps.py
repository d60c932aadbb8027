"""Which step of a mirrored life is legal, and the life of an alert over its sources.

Rules own the life; alerts mirror it. A revision may have been lost on the way (a
damaged entry was set aside), and every message carries the whole state: so a state is
accepted that legal steps lead to, while two successive revisions must be one step
apart. What is not legal is recorded and not applied.
"""

from collections.abc import Iterable

from alerts.alert import LIVE
from rules.violation import RAISED, TRANSITIONS, Life


def _reachable(start: Life) -> frozenset[Life]:
    found: set[Life] = set()
    ahead = set(TRANSITIONS[start])
    while ahead:
        life = ahead.pop()
        found.add(life)
        ahead |= TRANSITIONS[life] - found
    return frozenset(found)


REACHABLE: dict[Life, frozenset[Life]] = {life: _reachable(life) for life in Life}
"""Lives that legal steps lead to."""


def is_legal_step(was: Life, now: Life, revisions: int) -> bool:
    """Whether a source may go from `was` to `now`.

    Args:
        was: Its life as stored.
        now: Its life as told.
        revisions: By how much its revision grew; 1 means that nothing was lost.
    """
    if now not in RAISED:
        return False
    return now in (TRANSITIONS if revisions == 1 else REACHABLE)[was]


def life_over(was: Life | None, sources: Iterable[Life]) -> Life:
    """The life of an alert: over when all sources are, grave as the gravest.

    Args:
        was: The alert's life as stored; None for a new one.
        sources: Lives of its sources that were not superseded.
    """
    live = {life for life in sources if life in LIVE}
    if not live:
        return Life.CLEARED
    if Life.PERSISTING in live:
        return Life.PERSISTING
    if was is None:
        return Life.REOPENED if live == {Life.REOPENED} else Life.OPEN
    return Life.REOPENED if was is Life.CLEARED else was
