"""Who judges a camera: each taking gets a number above all before it.

The number (lease epoch) is in every message and every saved clock, so that a worker
that was replaced, but does not know it yet, is not heard. It grows even over a Redis
that lost its memory: a count begun anew would stand below what SQL and saved clocks
hold, and the camera's new worker would be the one that is not heard. So it is the
server's time in milliseconds, or one more than the last where that is higher.
"""

from alerts.redis_client import RedisClient, translated_redis_errors
from base.ids import CameraId

TAKE = """
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local epoch = string.format('%.0f', math.max(last + 1, now))
redis.call('SET', KEYS[1], epoch)
return epoch
"""


def _key(camera: CameraId) -> str:
    return f"nonsite:lease:{{{camera}}}"


class Leases:
    """Leases of cameras; safe to use from any thread."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._take = client.register_script(TAKE)

    def take(self, camera: CameraId) -> int:
        """Take `camera`; gives the epoch, above every one given before.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            return int(self._take(keys=[_key(camera)]))

    def current(self, camera: CameraId) -> int:
        """The newest epoch given; 0 before the first. Above one's own: stop judging.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            found = self._client.get(_key(camera))
        return int(found) if isinstance(found, bytes) else 0
