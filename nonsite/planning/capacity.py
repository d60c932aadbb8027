"""From what a camera costs to how many of them a machine holds: arithmetic alone.

Processors, memory and disk each hold so many cameras of the site's mean kind; the
least of the three is the limit. Nothing is measured here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor

from base.ids import CameraId

USABLE_CORES = 0.7
"""Share of the cores that may be planned: the rest is bursts, evidence and the web."""
USABLE_MEMORY = 0.8
"""Share of the free memory that may be planned."""
USABLE_DISK = 0.5
"""Share of the disk's pace that may be planned: spool and database write beside."""
SERVICE_MB = 600.0
"""Web process, Valkey and one worker without a feed; benchmarks/README.md."""
KEYS_MB, FULL_MB = 12.0, 23.0
"""Memory of a 1080p feed beside its ring, by key frames and decoded in full."""
RING_FACTOR = 1.3
"""What a ring of packets takes over their bytes; docs/architecture.md §7."""
STILLS_BYTES = 3_000_000
"""Stills and their derivatives of one pack, 1080p."""
COPIES = 2.0
"""A clip is written once for the pack and once as its derivative, at most."""


class Limit(StrEnum):
    """What keeps a machine from holding more."""

    CORES = "processors"
    MEMORY = "memory"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one camera looks.

    Attributes:
        gap_s: Look gap its rules ask for.
        step_s: Gap that comes of it: key frames do not fall on the second.
        by_keys: Whether key frames alone serve it.
    """

    gap_s: float
    step_s: float
    by_keys: bool


@dataclass(frozen=True, slots=True)
class CameraCost:
    """What one camera takes, measured; all times are CPU seconds.

    Attributes:
        camera: Which.
        crops: Crops a look.
        smallest_person_px: Smallest person found, height in the picture.
        key_interval_s: Between key frames of its stream; None: too long to measure.
        resting: Its rate with nobody about.
        busy: Its rate with people at work in its zones.
        reading_s: Of a second of media, packets into the ring.
        key_s: Of one key picture, decoded and converted.
        full_s: Of a second of media decoded in full.
        look_s: Of one look, the network included.
        network_s: Of the network in one look.
        bytes_per_s: Of the stream.
        ring_bytes: Ceiling of its ring, bytes.
    """

    camera: CameraId
    crops: int
    smallest_person_px: float
    key_interval_s: float | None
    resting: Rate
    busy: Rate
    reading_s: float
    key_s: float
    full_s: float
    look_s: float
    network_s: float
    bytes_per_s: float
    ring_bytes: float

    def cores(self, rate: Rate, look_s: float | None = None) -> float:
        """Share of one core at a rate; `look_s` in place of the measured look."""
        look_s = self.look_s if look_s is None else look_s
        if rate.by_keys:
            return self.reading_s + (self.key_s + look_s) / rate.step_s
        return self.reading_s + self.full_s + look_s / rate.step_s

    @property
    def memory_mb(self) -> float:
        """Memory of its feed."""
        fixed = KEYS_MB if self.busy.by_keys else FULL_MB
        return fixed + RING_FACTOR * self.ring_bytes / 1e6


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is.

    Attributes:
        cores: Processors.
        memory_mb: Free memory.
        disk_mb_s: Megabytes a second written and synced.
        syncs_s: Small appends synced a second: one for each revision of an alert.
    """

    cores: int
    memory_mb: float
    disk_mb_s: float
    syncs_s: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of the machine beside looking.

    Attributes:
        clip_s: Length of a clip.
        alerts_per_hour: Alerts a camera raises an hour.
    """

    clip_s: float
    alerts_per_hour: float

    def pack_bytes(self, bytes_per_s: float) -> float:
        """Bytes one alert writes."""
        return COPIES * self.clip_s * bytes_per_s + STILLS_BYTES


@dataclass(frozen=True, slots=True)
class Holding:
    """How many cameras of the site's mean kind a machine holds.

    Attributes:
        by_limit: Cameras each part of the machine would hold alone.
        cores_each: Share of a core a camera takes.
    """

    by_limit: dict[Limit, int]
    cores_each: float

    @property
    def limit(self) -> Limit:
        """What runs out first."""
        return min(self.by_limit, key=lambda limit: self.by_limit[limit])

    @property
    def cameras(self) -> int:
        """Cameras it holds."""
        return self.by_limit[self.limit]


def rate_of(gap_s: float, key_interval_s: float | None) -> Rate:
    """What a gap comes to on a stream with this interval between key frames.

    Args:
        gap_s: Look gap asked for, seconds.
        key_interval_s: Interval between key frames; None: too long to be of use.
    """
    if key_interval_s is None or key_interval_s > gap_s * 1.02:
        return Rate(gap_s, gap_s, by_keys=False)
    keys = max(1, floor(gap_s / key_interval_s + 0.02))
    return Rate(gap_s, keys * key_interval_s, by_keys=True)


def hold(
    machine: Machine, demand: Demand, costs: Sequence[CameraCost], cores_each: float
) -> Holding:
    """How many cameras of the mean kind of `costs` a machine holds.

    Args:
        machine: What there is.
        demand: Clips and alerts.
        costs: The cameras measured; not empty.
        cores_each: Share of a core one of them takes.
    """
    memory_each = _mean([cost.memory_mb for cost in costs])
    packs = _mean([demand.pack_bytes(cost.bytes_per_s) for cost in costs])
    disk_each = packs * demand.alerts_per_hour / 3600 / 1e6
    return Holding(
        by_limit={
            Limit.CORES: int(machine.cores * USABLE_CORES / cores_each),
            Limit.MEMORY: max(
                0, int((machine.memory_mb * USABLE_MEMORY - SERVICE_MB) / memory_each)
            ),
            Limit.DISK: int(machine.disk_mb_s * USABLE_DISK / disk_each),
        },
        cores_each=cores_each,
    )


def mean_cores(costs: Sequence[CameraCost], *, is_busy: bool) -> float:
    """Share of a core a camera takes in the mean, at rest or with people at work."""
    return _mean([cost.cores(cost.busy if is_busy else cost.resting) for cost in costs])


def mean_with_gpu(costs: Sequence[CameraCost]) -> float:
    """The same at rest, were the network free: the most a GPU can give."""
    return _mean(
        [cost.cores(cost.resting, cost.look_s - cost.network_s) for cost in costs]
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
