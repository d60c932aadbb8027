"""Retries that grow, are capped, and never stampede."""

from collections import Counter
from random import Random

import pytest

from streams.faults import FeedFault
from streams.retry import Backoff, RetryTimes, start_spread_s


def backoff(seed: int = 1) -> Backoff:
    return Backoff(RetryTimes(), Random(seed))


def test_delays_grow_to_the_cap() -> None:
    """Delays grow with each failure and never pass 12 s, however many fail."""
    line = backoff()

    delays = [line.delay_s(FeedFault.REFUSED, 0) for _ in range(5000)]

    assert delays[0] <= 2.0
    assert max(delays) <= 12.0
    assert min(delays[10:]) >= 3.0
    assert sum(delays[5:10]) > sum(delays[:5])


def test_a_returning_server_is_found_within_15_s() -> None:
    """The longest wait of a feed that timed out leaves 3 s for the connection."""
    for fault in (FeedFault.TIMEOUT, FeedFault.REFUSED, FeedFault.STALLED):
        line = backoff()
        assert max(line.delay_s(fault, 0) for _ in range(200)) <= 12.0


def test_what_somebody_must_mend_is_asked_for_rarely() -> None:
    """A wrong password is tried every 8 to 30 s, so that no account is locked."""
    line = backoff()

    delays = [line.delay_s(FeedFault.AUTH, 0) for _ in range(50)]

    assert max(delays) > 15.0
    assert max(delays) <= 30.0
    assert min(delays[10:]) >= 7.5


def test_a_settled_connection_starts_the_count_again() -> None:
    """After 20 s of pictures a failure is the first one again; after 1 s it is not."""
    line = backoff()
    for _ in range(20):
        line.delay_s(FeedFault.STALLED, 1.0)

    assert line.delay_s(FeedFault.STALLED, 1.0) >= 3.0
    assert line.delay_s(FeedFault.STALLED, 60.0) <= 2.0


@pytest.mark.parametrize("attempt", range(6))
def test_200_feeds_that_drop_at_once_come_back_spread(attempt: int) -> None:
    """In no tenth of a second do more than 12 % of 200 feeds try again."""
    feeds = [Backoff(RetryTimes(), Random(f"cam{n}:7")) for n in range(200)]
    at = [0.0] * 200
    for _ in range(attempt + 1):
        at = [
            t + f.delay_s(FeedFault.REFUSED, 0) for t, f in zip(at, feeds, strict=True)
        ]

    crowd = Counter(int(t * 10) for t in at)

    assert max(crowd.values()) <= 24


def test_the_start_is_spread_too() -> None:
    """One feed starts at once, 200 within ten seconds."""
    assert start_spread_s(0) == start_spread_s(1) == 0.0
    assert start_spread_s(200) == pytest.approx(9.95)
    assert start_spread_s(5000) == 10.0
