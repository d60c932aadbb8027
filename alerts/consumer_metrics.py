"""Figures of the consumers of one process, in the registry of whoever serves them."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram

from alerts.dedup import Verdict
from alerts.pack import Pack
from alerts.stream_entry import RaisedEntry, SuppressedEntry

BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)


class ConsumerMetrics:
    """Counters shared by the shards; thread-safe."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._stored = Counter(
            "nonsite_entries_stored",
            "Stream entries taken into SQL.",
            ["kind"],
            registry=registry,
        )
        self._held = Counter(
            "nonsite_suppressions",
            "Messages and tellings that went no further, by reason.",
            ["reason"],
            registry=registry,
        )
        self.poisoned = Counter(
            "nonsite_entries_set_aside",
            "Stream entries that could not be used.",
            registry=registry,
        )
        self._latency = Histogram(
            "nonsite_store_seconds",
            "From a worker's raising to the commit in SQL, seconds.",
            buckets=BUCKETS_S,
            registry=registry,
        )

    def note(
        self, content: RaisedEntry | SuppressedEntry | Pack, stored: datetime
    ) -> None:
        """Count one stored entry; `stored` is the wall time of its commit."""
        if isinstance(content, Pack):
            self._stored.labels(Verdict.PACK.value).inc()
        elif isinstance(content, SuppressedEntry):
            self._stored.labels(Verdict.SUPPRESSED.value).inc()
            self._held.labels(content.reason.value).inc()
        else:
            self._stored.labels(Verdict.RAISED.value).inc()
            if content.held is not None:
                self._held.labels(content.held.value).inc()
            waited = (stored - content.message.sent_at).total_seconds()
            self._latency.observe(max(0.0, waited))
