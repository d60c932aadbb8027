"""Worker → web: a camera's own packets as MP4 bytes, while somebody looks.

Published, not stored: the embedded server writes nothing of it to disk, and when nobody
listens any more the worker is told by the same call and ends. The first message says
what follows, an empty one that it is over.
"""

from types import TracebackType
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from redis.client import PubSub

from alerts.errors import StoreError
from alerts.redis_client import RedisClient, translated_redis_errors

PIECE_BYTES = 256 * 1024
END = b""


def _channel(job: UUID) -> str:
    return f"nonsite:cast:{job}"


class CastHead(BaseModel):
    """What follows.

    Attributes:
        codec: As a browser must be told, `avc1.64001f`.
        reason: Why nothing follows; empty: it does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    codec: str = ""
    reason: str = ""


class CastWriter:
    """The worker's side; used by one thread."""

    def __init__(self, client: RedisClient, job: UUID) -> None:
        self._client = client
        self._channel = _channel(job)

    def head(self, head: CastHead) -> bool:
        """Say what follows; false when nobody listens."""
        return self._publish(head.model_dump_json().encode())

    def send(self, chunk: bytes) -> bool:
        """Send bytes of the stream; false when nobody listens any more.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        pieces = range(0, len(chunk), PIECE_BYTES)
        return all(self._publish(chunk[at : at + PIECE_BYTES]) for at in pieces)

    def end(self) -> None:
        """It is over."""
        self._publish(END)

    def _publish(self, message: bytes) -> bool:
        with translated_redis_errors():
            return bool(self._client.publish(self._channel, message))


class CastReader:
    """The web's side; listens from the moment it is made. Used by one thread at a time.

    Raises:
        StoreUnavailableError: Redis is away.
    """

    def __init__(self, client: RedisClient, job: UUID) -> None:
        self._pubsub: PubSub = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        with translated_redis_errors():
            self._pubsub.subscribe(_channel(job))
            # the answer to it, so that nothing published later is missed
            self._pubsub.get_message(timeout=2.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def head(self, timeout_s: float) -> CastHead | None:
        """What follows; None when no worker answers in time.

        Raises:
            StoreUnavailableError: Redis is away.
            StoreError: It cannot be read.
        """
        found = self.next(timeout_s)
        if found is None:
            return None
        try:
            return CastHead.model_validate_json(found)
        except ValidationError as error:
            raise StoreError("the head of a live cast cannot be read") from error

    def next(self, timeout_s: float) -> bytes | None:
        """The next bytes; `END`: over; None: nothing came in time.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        with translated_redis_errors():
            message = self._pubsub.get_message(timeout=timeout_s)
        found = None if message is None else message["data"]
        return found if isinstance(found, bytes) else None

    def close(self) -> None:
        """Listen no longer: the worker ends by it."""
        self._pubsub.close()
