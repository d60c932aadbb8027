"""`nonsite run` on stores of one's own that go away while a violation is raised."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.postgres_server import PostgresServer
from tests.alerts.redis_server import RedisServer
from tests.nonsite.service_process import ROOT, ServiceProcess, running, wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.postgres,
    pytest.mark.redis_server,
    pytest.mark.timeout(240),
]

SITE = ROOT / "samples" / "site.yaml"
AWAY_S = 30.0


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """Debian's Redis over an empty folder."""
    folder = tmp_path / "redis"
    folder.mkdir()
    server = RedisServer(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres(postgres_bin: str) -> Iterator[PostgresServer]:
    """A PostgreSQL of our own."""
    server = PostgresServer(postgres_bin)
    server.start()
    yield server
    server.stop("immediate")


def _is_looking(service: ServiceProcess) -> bool:
    return bool(service.get("/cameras")["cameras"][0]["looks"])


def _settled_once(service: ServiceProcess) -> None:
    assert wait_for(service.alerts, 60), service.said
    time.sleep(3)  # whatever would be doubled has been sent again by now
    assert len(service.alerts()) == 1


def test_an_alert_raised_while_redis_is_away_is_there_once(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    """Redis is killed before the van's time has run and returns 30 s later."""
    with running(
        SITE, tmp_path / "data", NONSITE_REDIS_URL=redis_server.url
    ) as service:
        assert wait_for(lambda: _is_looking(service), 30), service.said
        redis_server.stop()
        time.sleep(AWAY_S)
        redis_server.start()

        _settled_once(service)


def test_an_alert_raised_while_postgres_is_away_is_there_once(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """PostgreSQL is stopped before the van's time has run and returns 30 s later."""
    with running(
        SITE, tmp_path / "data", NONSITE_DATABASE_URL=postgres.new_url()
    ) as service:
        assert wait_for(lambda: _is_looking(service), 30), service.said
        postgres.stop("immediate")
        time.sleep(AWAY_S)
        postgres.start()

        _settled_once(service)
