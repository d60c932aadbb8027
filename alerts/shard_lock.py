"""A short lock on a shard: one consumer at a time, and soon another when it dies.

It is no safety by itself: a holder that was paused may write beside the next one. What
it writes is then ignored by SQL as written before.
"""

import uuid
from enum import IntEnum

import structlog

from alerts.errors import StoreError
from alerts.redis_client import RedisClient, shard_key, translated_redis_errors

LOCK_MS = 3000
"""A dead consumer's shard waits this long for the next one."""

HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 1 or 2
"""
LET_GO = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""

_log = structlog.get_logger()


class Hold(IntEnum):
    """Whose the shard is."""

    ANOTHERS = 0
    KEPT = 1
    TAKEN = 2


class ShardLock:
    """The lock of one shard for one holder."""

    def __init__(self, client: RedisClient, shard: int) -> None:
        self._shard = shard
        self._keys = [shard_key(shard, "consumer")]
        self._token = uuid.uuid4().hex
        self._hold = client.register_script(HOLD)
        self._let_go = client.register_script(LET_GO)

    def hold(self) -> Hold:
        """Take the shard or keep it, for `LOCK_MS` from now.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            return Hold(int(self._hold(keys=self._keys, args=[self._token, LOCK_MS])))

    def let_go(self) -> None:
        """Leave the shard to the next one; where Redis is away it expires."""
        try:
            with translated_redis_errors():
                self._let_go(keys=self._keys, args=[self._token])
        except StoreError as error:
            _log.warning("shard.lock_left", shard=self._shard, reason=str(error))
