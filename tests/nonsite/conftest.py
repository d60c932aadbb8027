"""A real Valkey for the tests of the composition root."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.embedded_valkey import EmbeddedValkey
from alerts.redis_client import RedisClient, open_redis
from base.clock import SystemClock
from tests.nonsite.posts_rig import Worker, working


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """The embedded server over an empty folder; a test may stop and start it."""
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(valkey: EmbeddedValkey) -> Iterator[RedisClient]:
    """A client of the embedded server."""
    opened = open_redis(valkey.url)
    yield opened
    opened.close()


@pytest.fixture
def worker(client: RedisClient, tmp_path: Path) -> Iterator[Worker]:
    """A worker over a real Valkey, ended after the test."""
    yield from working(client, tmp_path)
