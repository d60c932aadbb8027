"""Figures for Prometheus: what the service measures, and what it reads when asked.

State (alerts, lags, feeds) is read from the stores at each scrape, so that it is the
same whichever process is asked; only request times are kept here.
"""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alerts.errors import StoreError
from api.address import CAMERAS, EVENTS
from api.boundary import Served
from api.camera_view import faults_of, seconds_since_look
from api.services import State
from base.ids import CameraId

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds; the queue's budget of 50 ms is a bucket's edge."""

STREAMS = frozenset({EVENTS, f"{CAMERAS}/{{camera}}/live.mp4"})
"""Routes whose answers last as long as their clients; their time says nothing."""


class RequestMetrics:
    """Times of requests, by route."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "nonsite_http_request_seconds",
            "Time from request to last byte",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=registry,
        )

    def observe(self, served: Served) -> None:
        """Count one answered request."""
        if served.route in STREAMS:
            return
        method = served.method if served.method in {"GET", "HEAD"} else "other"
        route = served.route or "(none)"
        self._seconds.labels(method, route, str(served.status)).observe(served.seconds)


class StateCollector(Collector):
    """Reads the stores at each scrape; a store that is away leaves its figures out."""

    def __init__(self, state: State) -> None:
        self._state = state

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not read a store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All figures, and which stores could be read."""
        up = GaugeMetricFamily(
            "nonsite_readable", "Whether a store could be read", labels=("part",)
        )
        for part, read in (
            ("alerts", self._alerts),
            ("lags", self._lags),
            ("cameras", self._cameras),
        ):
            yield from self._told(part, read, up)
        listeners = GaugeMetricFamily(
            "nonsite_event_listeners", "Open event streams of this process"
        )
        listeners.add_metric((), self._state.feed.listeners)
        yield listeners
        yield up

    @staticmethod
    def _told(
        part: str, read: Callable[[], list[Metric]], up: GaugeMetricFamily
    ) -> list[Metric]:
        try:
            found = read()
        except StoreError:
            up.add_metric((part,), 0)
            return []
        up.add_metric((part,), 1)
        return found

    def _alerts(self) -> list[Metric]:
        counts = self._state.services.alerts.counts()
        alerts = GaugeMetricFamily(
            "nonsite_alerts", "Stored alerts", labels=("code", "life")
        )
        for (code, life), count in sorted(counts.by_code.items()):
            alerts.add_metric((code, life.value), count)
        live = GaugeMetricFamily(
            "nonsite_alerts_live", "Alerts still there", labels=("severity",)
        )
        for severity, count in sorted(counts.live_by_severity.items()):
            live.add_metric((severity.value,), count)
        unsealed = GaugeMetricFamily(
            "nonsite_events_unsealed", "Events without a number", value=counts.unsealed
        )
        owed = GaugeMetricFamily(
            "nonsite_outbox_owed", "Tellings not yet sent", value=counts.owed
        )
        return [alerts, live, unsealed, owed]

    def _lags(self) -> list[Metric]:
        consumer = GaugeMetricFamily(
            "nonsite_consumer_lag", "Entries not yet in the database", labels=("shard",)
        )
        for shard, count in sorted(self._state.services.waiting().items()):
            consumer.add_metric((str(shard),), count)
        spool = GaugeMetricFamily(
            "nonsite_spool_lag", "Entries not yet acknowledged", labels=("worker",)
        )
        for worker, count in sorted(self._state.services.live.spool_lags().items()):
            spool.add_metric((worker,), count)
        return [consumer, spool]

    def _cameras(self) -> list[Metric]:
        since = GaugeMetricFamily(
            "nonsite_seconds_since_last_look", "Wall seconds", labels=("camera",)
        )
        faults = GaugeMetricFamily(
            "nonsite_feed_fault", "1 for each present", labels=("camera", "fault")
        )
        looks = CounterMetricFamily(
            "nonsite_looks", "Looks of each camera", labels=("camera",)
        )
        missed = CounterMetricFamily(
            "nonsite_looks_missed", "Looks due and not made", labels=("camera",)
        )
        held = self._state.site.get()
        names = [] if held is None else [CameraId(n) for n in sorted(held.site.cameras)]
        now = self._state.services.clock.utc_now()
        for name, live in self._state.services.live.cameras(names).items():
            seconds = seconds_since_look(live, now)
            since.add_metric((name,), float("inf") if seconds is None else seconds)
            looks.add_metric((name,), live.looks)
            if live.status is None:
                continue
            missed.add_metric((name,), live.status.looks_missed)
            for fault in faults_of(live.status):
                faults.add_metric((name, fault.value), 1)
        return [since, faults, looks, missed]
