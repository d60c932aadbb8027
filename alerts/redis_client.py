"""Opens Redis or Valkey and translates its errors; names the keys of a shard.

Every wait has an end, and nothing is retried below us: the callers know what may be
sent twice. Keys of one shard share the hash tag `{n}`, so that one script may touch
them all on a cluster.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from alerts.errors import StoreError, StoreUnavailableError
from base.redact import redact

RedisClient: TypeAlias = redis.Redis

CONNECT_TIMEOUT_S = 3.0
SOCKET_TIMEOUT_S = 5.0
"""Longer than any blocking read we make (1 s) and than a slow disk's fsync."""

SCHEMES = ("redis://", "rediss://", "unix://")


def open_redis(url: str) -> RedisClient:
    """A client of the server at `url`; connects at first use, thread-safe.

    Args:
        url: `redis://`, `rediss://` or `unix://path`.

    Raises:
        StoreError: Not such an address.
    """
    if not url.startswith(SCHEMES):
        msg = f"a Redis address is {', '.join(SCHEMES)}, found {redact(url)}"
        raise StoreError(msg)
    try:
        return redis.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=SOCKET_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            retry_on_error=[redis.ReadOnlyError],  # leaves a demoted server
            health_check_interval=30,
        )
    except ValueError as error:
        msg = f"not a Redis address: {redact(str(error))}"
        raise StoreError(msg) from error


AWAY = (
    redis.ConnectionError,  # a loading server, too
    redis.TimeoutError,
    redis.ReadOnlyError,
    redis.OutOfMemoryError,
    redis.exceptions.ClusterDownError,  # and a replica whose master is down
    redis.exceptions.TryAgainError,
)
"""Mends itself or is mended by people."""

AWAY_CODES = re.compile(r"(?:^|caused error: )(?:MISCONF|NOREPLICAS|BUSY|UNBLOCKED) ")
"""The same, where redis-py has no type and leaves the code in the text."""


def _is_away(error: redis.RedisError) -> bool:
    return isinstance(error, AWAY) or AWAY_CODES.search(str(error)) is not None


@contextmanager
def translated_redis_errors() -> Iterator[None]:
    """Turn redis-py's errors into the house's, addresses redacted.

    Raises:
        StoreUnavailableError: Redis is away, loading, full or read-only.
        StoreError: Anything else it refused.
    """
    try:
        yield
    except redis.RedisError as error:
        text = redact(str(error).splitlines()[0] if str(error) else "no answer")
        if _is_away(error):
            msg = f"Redis cannot be reached: {text}"
            raise StoreUnavailableError(msg) from error
        msg = f"Redis refused: {text}"
        raise StoreError(msg) from error


def shard_key(shard: int, name: str) -> str:
    """`nonsite:{shard}:name`: the braces are Redis Cluster's hash tag."""
    return f"nonsite:{{{shard}}}:{name}"
