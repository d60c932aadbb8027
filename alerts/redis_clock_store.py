"""The clocks of slots in Redis: no restart and no other machine resets them.

A script compares the lease before it writes: a worker whose camera was moved cannot
overwrite what the new worker saved.
"""

from alerts.redis_client import RedisClient, translated_redis_errors
from base.ids import CameraId

SAVE = """
local epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
if epoch > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'state', ARGV[2])
return 1
"""


def clock_key(camera: CameraId) -> str:
    """Where the clocks of `camera` lie; they never expire."""
    return f"nonsite:clock:{{{camera}}}"


class RedisClockStore:
    """`rules.clock_store.ClockStore` over Redis; safe to use from any thread."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._save = client.register_script(SAVE)

    def load(self, camera: CameraId) -> bytes | None:
        """The state last saved for `camera`; None when there is none.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            found = self._client.hget(clock_key(camera), "state")
        return found if isinstance(found, bytes) else None

    def save(self, camera: CameraId, lease_epoch: int, state: bytes) -> bool:
        """Keep `state`; false when a newer lease has saved since: stop judging.

        Raises:
            StoreUnavailableError: Redis is away; the next look saves again.
        """
        with translated_redis_errors():
            kept = self._save(keys=[clock_key(camera)], args=[lease_epoch, state])
        return bool(kept)
