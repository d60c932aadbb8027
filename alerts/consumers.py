"""The consumers of all shards of a site, as one thing to start, stop and ask."""

import structlog

from alerts.consumer import Consumer, ConsumerParts, waiting
from alerts.errors import StoreUnavailableError
from alerts.sharding import agree_on_shards

_log = structlog.get_logger()


class Consumers:
    """One consumer a shard.

    Args:
        shards: Number of shards; the same in every process of a site.
        parts: What they work with.
    """

    def __init__(self, shards: int, parts: ConsumerParts) -> None:
        self._parts = parts
        self._each = [Consumer(shard, parts) for shard in range(shards)]

    def start(self) -> None:
        """Begin to consume all shards.

        Raises:
            StoreError: Redis is laid out for another number of shards.
        """
        try:
            agree_on_shards(self._parts.client, len(self._each))
        except StoreUnavailableError:
            _log.warning("shards.unconfirmed")  # the workers see to it when it is back
        for consumer in self._each:
            consumer.start()

    def stop(self) -> None:
        """End all after the batch under way."""
        for consumer in self._each:
            consumer.ask_to_stop()
        for consumer in self._each:
            consumer.stop()

    def check(self) -> None:
        """Return when every shard is being consumed by us or stands by for another.

        Raises:
            StoreUnavailableError: A shard cannot get at Redis or the database.
        """
        away = [n for n, consumer in enumerate(self._each) if consumer.is_away]
        if away:
            msg = f"shards {away} wait for Redis or the database"
            raise StoreUnavailableError(msg)

    def waiting(self) -> dict[int, int]:
        """Entries of each shard that SQL does not hold yet.

        Raises:
            StoreUnavailableError: Redis is away.
        """
        return waiting(self._parts.client, len(self._each))
