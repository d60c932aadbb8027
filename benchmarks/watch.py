"""One way over some feeds in this process: JSON of what it cost on stdout.

`python -m benchmarks.watch WAY FEEDS FILE [SECONDS|-]`. The feeds are copies of one
recording, watched in turn by media time, the first SECONDS of each. CPU seconds are of
the watching alone, all threads; loading the network is not counted, opening the stream
is.
"""

import heapq
import json
import sys
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from base.clock import cpu_s
from benchmarks.footage import WIDTH
from benchmarks.frigate_policy import REGION_PX, SIZE_PX, frigate
from benchmarks.ultralytics_track import track
from benchmarks.watches import (
    DWELL_S,
    LOOK_GAP_S,
    Seen,
    Way,
    inference,
    key_decode,
    nonsite,
    nonsite_1,
    nonsite_4,
    opennvr,
    plan_of,
    sample_site,
    smallest_person_px,
    usual,
    wide_site,
)
from detector.threads import use_one_thread
from nonsite.lines import Networks, looker_of
from sites.schema import Site

WAYS: dict[str, Way] = {
    "nonsite": nonsite,
    "nonsite_1": nonsite_1,
    "nonsite_4": nonsite_4,
    "opennvr": opennvr,
    "frigate": frigate,
    "usual": usual,
    "ultralytics": track,
    "key_decode": key_decode,
    "inference": inference,
}

SLACK_S = 0.1
"""Pictures do not fall on the second: a look this late is not missed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way took and found.

    Attributes:
        cpu_s: CPU seconds of all feeds together.
        media_s: Seconds watched of each feed.
        rss_mb: Largest memory of the process.
        looks: Pictures in which the kerb was shown to the network, of the first feed.
        looks_missed: Looks at the kerb that a gap of `LOOK_GAP_S` asks for and that
            did not happen, of the first feed.
        longest_gap_s: Longest stretch without a look at the kerb.
        alerts: Alerts raised, of the first feed; one is true.
        late_s: Media time from the end of the dwell to the first alert.
        smallest_person_px: Smallest person still found, height in the 1080p picture.
    """

    way: str
    feeds: int
    cpu_s: float
    media_s: float
    rss_mb: float
    looks: int
    looks_missed: int
    longest_gap_s: float
    alerts: int
    late_s: float | None
    smallest_person_px: float


def watched(way: str, feeds: int, path: Path, seconds: float | None = None) -> Cost:
    """Watch `feeds` copies of a recording in one process, `seconds` of each."""
    media_s = _length_s(path) if seconds is None else min(seconds, _length_s(path))
    use_one_thread()
    networks = Networks()
    networks.get(None)
    watches = [WAYS[way](path, networks) for _ in range(feeds)]
    first: list[Seen] = []
    began = cpu_s()
    turns = [(0.0, number) for number in range(feeds)]
    while turns:
        _, number = heapq.heappop(turns)
        seen = next(watches[number], None)
        if seen is None or seen.at_s >= media_s - SLACK_S / 10:
            continue
        heapq.heappush(turns, (seen.at_s, number))
        if number == 0:
            first.append(seen)
    took_s = cpu_s() - began
    return _cost(way, feeds, took_s, first, media_s)


def _length_s(path: Path) -> float:
    """Length in whole look gaps: recordings are made so."""
    import av  # noqa: PLC0415 - asked once

    with av.open(str(path)) as container:
        return round((container.duration or 0) / av.time_base / LOOK_GAP_S) * LOOK_GAP_S


def _cost(
    way: str, feeds: int, took_s: float, first: list[Seen], media_s: float
) -> Cost:
    looked = [seen.at_s for seen in first if seen.saw_kerb]
    marks = [0.0, *looked, media_s]
    gaps = [later - earlier for earlier, later in pairwise(marks)]
    raised = next((seen.at_s for seen in first if seen.alerts), None)
    return Cost(
        way=way,
        feeds=feeds,
        cpu_s=took_s,
        media_s=media_s,
        rss_mb=_peak_mb(),
        looks=len(looked),
        looks_missed=sum(max(0, int((gap - SLACK_S) // LOOK_GAP_S)) for gap in gaps),
        longest_gap_s=round(max(gaps), 2),
        alerts=first[-1].alerts if first else 0,
        late_s=None if raised is None else round(raised - DWELL_S, 2),
        smallest_person_px=round(_smallest(way), 1),
    )


def _peak_mb() -> float:
    """Of this program alone: `ru_maxrss` begins with what the caller had in use."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    kib = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kib.split()[1]) / 1024


def _smallest(way: str) -> float:
    if way in {"nonsite", "inference"}:
        return _planned(sample_site())
    if way == "nonsite_1":
        return _planned(wide_site(crops=1))
    if way == "nonsite_4":
        return _planned(wide_site())
    input_px = Networks().get(None).input_px
    if way == "frigate":
        return smallest_person_px(REGION_PX * WIDTH / SIZE_PX[0], input_px)
    if way == "ultralytics":
        return smallest_person_px(WIDTH, (640, 640))
    return smallest_person_px(WIDTH, input_px)


def _planned(site: Site) -> float:
    looker = looker_of(plan_of(site), Networks())
    return looker.crop_plan((WIDTH, WIDTH * 9 // 16)).smallest_person_px


def main() -> None:
    """Watch and print the cost; with `-` for SECONDS once for each line of stdin."""
    way, feeds, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).absolute()
    asked = sys.argv[4] if len(sys.argv) > 4 else None
    lines = sys.stdin if asked == "-" else [asked]
    for line in lines:
        seconds = None if line is None else float(line)
        print(json.dumps(asdict(watched(way, feeds, path, seconds))), flush=True)


if __name__ == "__main__":
    main()
