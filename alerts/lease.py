"""Who judges a camera: each taking gets a number above all before it.

The number (lease epoch) is in every message and every saved clock, so that a worker
that was replaced, but does not know it yet, is not heard.
"""

from alerts.redis_client import RedisClient, translated_redis_errors
from base.ids import CameraId


def _key(camera: CameraId) -> str:
    return f"nonsite:lease:{{{camera}}}"


class Leases:
    """Leases of cameras; safe to use from any thread."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client

    def take(self, camera: CameraId) -> int:
        """Take `camera`; gives the epoch, from 1, above every one given before.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            return int(self._client.incr(_key(camera)))

    def current(self, camera: CameraId) -> int:
        """The newest epoch given; 0 before the first. Above one's own: stop judging.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            found = self._client.get(_key(camera))
        return int(found) if isinstance(found, bytes) else 0
