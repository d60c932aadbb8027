"""Alive, ready, and the figures for Prometheus."""

from dataclasses import replace

import httpx
import pytest
from prometheus_client import CollectorRegistry

from alerts.errors import StoreUnavailableError
from api.app import create_app
from api.services import Probe
from base.ids import CameraId
from streams.faults import FeedFault
from streams.feed_status import FeedState, FeedStatus
from tests.api.conftest import BASE, Bench
from tests.api.stored import T0, staged, store_alerts

pytestmark = pytest.mark.anyio


def _away() -> None:
    msg = "Redis cannot be reached: redis://user:pw@host/0 is down"
    raise StoreUnavailableError(msg)


def _fine() -> None:
    pass


async def _ask(bench: Bench, path: str, **changes: object) -> httpx.Response:
    services = replace(bench.services, registry=CollectorRegistry(), **changes)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        return await client.get(path)


async def test_ready_when_every_probe_passes(bench: Bench) -> None:
    """Ready names what was asked."""
    probes = (Probe("database", _fine), Probe("redis", _fine))
    answer = await _ask(bench, "/readyz", probes=probes)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checked": ["database", "redis"]}


async def test_not_ready_names_what_is_away_without_credentials(bench: Bench) -> None:
    """503 lists the parts that fail; alive stays alive."""
    probes = (Probe("database", _fine), Probe("redis", _away))
    answer = await _ask(bench, "/readyz", probes=probes)
    alive = await _ask(bench, "/healthz", probes=probes)

    assert answer.status_code == 503
    assert [one["field"] for one in answer.json()["errors"]] == ["redis"]
    assert "user:pw" not in answer.text
    assert alive.json() == {"status": "alive"}


async def test_metrics_tell_alerts_lags_and_cameras(bench: Bench) -> None:
    """Every figure a supervisor alarms on is there, by code, life and camera."""
    store_alerts(bench.database, [staged(1), staged(2)])
    status = FeedStatus(FeedState.WAITING, T0, fault=FeedFault.STALLED, looks_missed=3)
    bench.live.tell_status(CameraId("campus"), status)
    bench.live.tell_lag("w1", 7)

    text = (await _ask(bench, "/metrics", waiting=lambda: {0: 4})).text

    for line in (
        'nonsite_alerts{code="SW-01",life="open"} 2.0',
        'nonsite_alerts_live{severity="S3"} 2.0',
        'nonsite_consumer_lag{shard="0"} 4.0',
        'nonsite_spool_lag{worker="w1"} 7.0',
        'nonsite_seconds_since_last_look{camera="campus"} +Inf',
        'nonsite_feed_fault{camera="campus",fault="stalled"} 1.0',
        'nonsite_looks_missed_total{camera="campus"} 3.0',
        'nonsite_readable{part="alerts"} 1.0',
    ):
        assert line in text


async def test_metrics_are_told_while_a_store_is_away(bench: Bench) -> None:
    """What cannot be read is left out and named, the rest is told."""

    def waiting() -> dict[int, int]:
        raise StoreUnavailableError("away")

    answer = await _ask(bench, "/metrics", waiting=waiting)

    assert answer.status_code == 200
    assert 'nonsite_readable{part="lags"} 0.0' in answer.text
    assert 'nonsite_readable{part="alerts"} 1.0' in answer.text


async def test_requests_are_timed_by_route_never_by_value(
    client: httpx.AsyncClient,
) -> None:
    """Ids and junk of callers never become labels."""
    await client.get("/api/v1/cameras/campus")
    await client.get("/invented/by/a/caller")

    text = (await client.get("/metrics")).text

    assert 'route="/api/v1/cameras/{camera}",status="200"' in text
    assert 'route="(none)",status="404"' in text
    assert "invented" not in text
