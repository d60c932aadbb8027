"""Figures of delivery for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Seconds from owed to delivered; the promise of 5 s is a bucket's edge."""


class DeliveryMetrics:
    """Counted by the process that sends."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.attempts = Counter(
            "nonsite_delivery_attempts",
            "Attempts to tell somebody",
            ("channel", "outcome"),
            registry=registry,
        )
        self.seconds = Histogram(
            "nonsite_delivery_seconds",
            "Time from owed to delivered",
            ("channel",),
            buckets=BUCKETS,
            registry=registry,
        )
        self.escalations = Counter(
            "nonsite_alarm_escalations",
            "Steps up the ladder because nobody acknowledged",
            registry=registry,
        )
        self.dead_letters = Gauge(
            "nonsite_dead_letters", "Tellings that were given up", registry=registry
        )
