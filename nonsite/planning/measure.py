"""Measures what a camera costs here: its own stream, its own crops and network.

All figures are CPU seconds of this process, so that what else the machine does bears
little on them. Streams are read first, side by side, then looked at one by one.
"""

import os
import tempfile
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from base.clock import Clock, cpu_s, thread_cpu_s
from base.ids import CameraId
from detector.look import Look
from nonsite.lines import CameraPlan, Networks, engine_of, line_of, looker_of, rules_of
from nonsite.planning.capacity import CameraCost, Machine, rate_of
from nonsite.worker import judge_frame
from rules.area import AreaRule
from rules.build import build_rules
from rules.clock_store import MemoryClockStore
from rules.violation import Violation
from sites.revision import RevisionId
from sites.schema import Site
from streams.collected import Collected
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import Frame
from streams.look_plan import LookRequest

LOOKS = 4
"""Looks timed a camera; the first, which opens the decoder, is left out."""
WAKES, WAIT_S = 100, 0.001
"""Waits that are timed."""
FULL_GAP_S = 1.0
FULL_S = 3.0
"""Seconds of media decoded in full to time it."""
DISK_MB = 64
SYNCS = 100
MEMINFO = Path("/proc/meminfo")


def camera_cost(
    site: Site, camera: CameraId, networks: Networks, seen: Collected
) -> CameraCost:
    """What a camera takes, of some seconds of its stream.

    Raises:
        FeedError: The stream is too short to be measured, or cannot be decoded.
        ModelError: Its network cannot be used.
    """
    plan = CameraPlan(camera, site.cameras[camera], site, RevisionId(""), 0)
    resting_s, busy_s = _gaps_s(plan)
    key_s, look_s, frame = _timed(plan, networks, seen)
    looker = looker_of(plan, networks)
    crops = looker.crop_plan((frame.width_px, frame.height_px))
    network = networks.get(plan.section.detector.model)
    shown = [frame.image[c.y : c.bottom, c.x : c.right] for c in crops.crops]
    network.detect(shown)
    began_s = cpu_s()
    for _ in range(LOOKS):
        network.detect(shown)
    network_s = (cpu_s() - began_s) / LOOKS
    feed = plan.section.feed
    ring_bytes = min(feed.ring_s * seen.bytes_per_s, feed.ring_mb * 1e6)
    reading_s = seen.reading_s(camera) + wake_s() * seen.fps
    return CameraCost(
        camera=camera,
        crops=len(crops.crops),
        smallest_person_px=crops.smallest_person_px,
        key_interval_s=seen.key_interval_s,
        resting=rate_of(resting_s, seen.key_interval_s),
        busy=rate_of(busy_s, seen.key_interval_s),
        reading_s=reading_s,
        key_s=key_s,
        full_s=_full_s(seen, camera),
        look_s=look_s,
        network_s=min(network_s, look_s),
        bytes_per_s=seen.bytes_per_s,
        ring_bytes=ring_bytes,
    )


def _gaps_s(plan: CameraPlan) -> tuple[float, float]:
    """Look gaps with nobody about and with people at work."""
    resting_s = engine_of(plan, MemoryClockStore()).needs(None).max_gap_s
    dense = [
        rule.inputs.row.looks.person_s
        for rules in rules_of(plan)
        for rule in build_rules(rules).values()
        if isinstance(rule, AreaRule)
    ]
    return resting_s, min([resting_s, *dense])


class _Nobody:
    """Takes what a look gives and keeps nothing."""

    def raise_alert(self, violation: Violation) -> None:
        """Not raised: nothing is watched here."""

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        """Not kept."""


def _timed(
    plan: CameraPlan, networks: Networks, seen: Collected
) -> tuple[float, float, Frame]:
    """CPU seconds of a key picture and of a judged look, and the last picture."""
    line = line_of(plan, networks, MemoryClockStore(), _Nobody())
    # every key frame is a look; where there is one key only, some pictures are
    interval_s = seen.key_interval_s or 0.5
    frames = seen.frames(plan.id, LookRequest(interval_s))
    first = next(frames, None)
    if first is None:
        raise FeedError(FeedFault.EMPTY, "no picture came")
    judge_frame(line, first, _Nobody())
    decode_s = look_s = 0.0
    looks, last = 0, first
    mark_s = cpu_s()
    for frame in islice(frames, LOOKS):
        decode_s += cpu_s() - mark_s
        mark_s = cpu_s()
        judge_frame(line, frame, _Nobody())
        look_s += cpu_s() - mark_s
        mark_s = cpu_s()
        looks, last = looks + 1, frame
    if not looks:
        raise FeedError(
            FeedFault.ENDED, "too short: its second look was to be measured"
        )
    return decode_s / looks, look_s / looks, last


def _full_s(seen: Collected, camera: CameraId) -> float:
    """CPU seconds to decode a second of media in full, beyond reading it."""
    # every picture is decoded, one a second converted, as a camera in work does it
    interval_s = seen.key_interval_s
    gap_s = FULL_GAP_S if interval_s is None else min(FULL_GAP_S, 0.9 * interval_s)
    request = LookRequest(gap_s, every_frame=interval_s is None)
    frames: Iterator[Frame] = seen.frames(camera, request)
    first = next(frames, None)
    if first is None:
        raise FeedError(FeedFault.EMPTY, "no picture came")
    began_s, last = cpu_s(), first
    for frame in frames:
        last = frame
        if (frame.at - first.at).total_seconds() >= FULL_S:
            break
    media_s = (last.at - first.at).total_seconds()
    if media_s <= 0:
        raise FeedError(FeedFault.ENDED, "too short: one picture only")
    kept_s = seen.reading_s(camera) - seen.demux_s
    return max(0.0, (cpu_s() - began_s) / media_s - kept_s)


def wake_s() -> float:
    """CPU seconds of one wait for the next packet: a live feed wakes for each."""
    waiting = threading.Event()
    began_s = thread_cpu_s()
    for _ in range(WAKES):
        waiting.wait(WAIT_S)
    return (thread_cpu_s() - began_s) / WAKES


def machine_of(folder: Path, clock: Clock) -> Machine:
    """This machine, its disk measured where the data would lie.

    Raises:
        OSError: The folder cannot be written to.
    """
    disk_mb_s, syncs_s = _disk(folder, clock)
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_mb=_free_mb(),
        disk_mb_s=disk_mb_s,
        syncs_s=syncs_s,
    )


def _free_mb() -> float:
    text = MEMINFO.read_text(encoding="ascii")
    return int(text.split("MemAvailable:")[1].split()[0]) / 1024


def _disk(folder: Path, clock: Clock) -> tuple[float, float]:
    """Megabytes a second written and synced, and small synced appends a second."""
    block = os.urandom(1_000_000)
    with tempfile.TemporaryFile(dir=folder) as file:
        began_s = clock.monotonic_s()
        for _ in range(DISK_MB):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        disk_mb_s = DISK_MB / (clock.monotonic_s() - began_s)
        began_s = clock.monotonic_s()
        for _ in range(SYNCS):
            file.write(block[:1000])
            file.flush()
            os.fsync(file.fileno())
        return disk_mb_s, SYNCS / (clock.monotonic_s() - began_s)
