"""How many shards a Redis is laid out for: one number, agreed on by every process.

What is open at a place is remembered in the place's shard. With another number places
would move to other shards, which know nothing of them and raise them again, and entries
of shards that nobody consumes would wait for ever. So the first process writes the
number down and every other one holds to it or refuses to work.
"""

from alerts.errors import StoreError
from alerts.redis_client import RedisClient, translated_redis_errors

KEY = "nonsite:{layout}:shards"


def agree_on_shards(client: RedisClient, shards: int) -> None:
    """Lay Redis out for `shards`, or see that it is.

    Args:
        client: The site's Redis or Valkey.
        shards: What this process is configured for.

    Raises:
        StoreUnavailableError: Redis is away.
        StoreError: It is laid out for another number; says for which.
    """
    with translated_redis_errors():
        client.set(KEY, shards, nx=True)
        found = client.get(KEY)
    laid_out = found.decode(errors="replace") if isinstance(found, bytes) else "?"
    if laid_out != str(shards):
        raise StoreError(
            f"NONSITE_SHARDS is {shards}, but this Redis holds alerts in {laid_out} "
            f"shards: set NONSITE_SHARDS={laid_out} in every process"
        )
