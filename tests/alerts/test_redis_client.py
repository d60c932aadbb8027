"""A server that takes no writes is away, not refusing: it mends itself."""

from collections.abc import Callable

import pytest

from alerts.dedup import Dedup, Submission
from alerts.errors import StoreUnavailableError
from alerts.lease import Leases
from alerts.message import encode
from alerts.redis_client import RedisClient, translated_redis_errors
from base.ids import CameraId
from tests.alerts.violations import message, violation

NOWHERE = ("127.0.0.1", "1")


def _replica(client: RedisClient) -> None:
    client.replicaof(*NOWHERE)


def _stale_replica(client: RedisClient) -> None:
    client.config_set("replica-serve-stale-data", "no")
    client.replicaof(*NOWHERE)


def _full(client: RedisClient) -> None:
    client.config_set("maxmemory", "1")


def _alone(client: RedisClient) -> None:
    client.config_set("min-replicas-to-write", "1")


def _as_before(client: RedisClient) -> None:
    client.replicaof("NO", "ONE")
    client.config_set("maxmemory", "0")
    client.config_set("min-replicas-to-write", "0")


def _take(client: RedisClient) -> None:
    Leases(client).take(CameraId("dock_2"))


def _submit(client: RedisClient) -> None:
    told = message(violation())
    Dedup(client, 1).submit([Submission("a", 1, told, encode(told), 0)])


def _write_together(client: RedisClient) -> None:
    pipe = client.pipeline(transaction=True)
    pipe.xadd("stream", {"a": "b"})
    pipe.hset("hash", "a", "b")
    with translated_redis_errors():
        pipe.execute()


def test_server_without_writes_is_away_until_it_takes_them(client: RedisClient) -> None:
    """A replica, one without its master, a full one, one alone: by every road."""
    roads: list[Callable[[RedisClient], None]] = [_take, _submit, _write_together]
    for road in roads:
        road(client)
    for spoil in (_replica, _stale_replica, _full, _alone):
        spoil(client)
        for road in roads:
            with pytest.raises(StoreUnavailableError):
                road(client)
        _as_before(client)
        for road in roads:
            road(client)


def test_connection_to_a_demoted_server_is_given_up(client: RedisClient) -> None:
    """Its address may lead to the promoted one by now: the next try asks it anew."""
    for road in (_take, _submit, _write_together):
        road(client)
        before = client.client_id()
        _replica(client)
        with pytest.raises(StoreUnavailableError):
            road(client)

        assert client.client_id() != before
        _as_before(client)
