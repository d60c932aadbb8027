"""How often somebody may be wrong: by name, and by where the tries come from.

A try is written down before the password is looked at, so that a thousand tries at once
count as a thousand; a success takes them back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

MOST_BY_NAME = 5
"""Wrong tries of one name until it is locked (GB/T 22239 level 3 wants a limit)."""

MOST_BY_ORIGIN = 30
"""Wrong tries from one address: a whole office may sit behind one."""

LOCK_S = 900
"""How long a try counts, and so how long a lock lasts."""


def locked_until(
    tries: Sequence[datetime], most: int = MOST_BY_NAME
) -> datetime | None:
    """When the next try is taken, given times of tries within `LOCK_S`; None: now."""
    if len(tries) < most:
        return None
    return sorted(tries)[-most] + timedelta(seconds=LOCK_S)
