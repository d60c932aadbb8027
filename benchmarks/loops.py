"""One way to watch one stream, in a process of its own: JSON of what it cost on stdout.

`python -m benchmarks.loops WAY FILE`; CPU seconds are of the loop alone, all threads;
loading the network is not counted.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from base.clock import cpu_s
from benchmarks.footage import FPS, HEIGHT, WIDTH
from benchmarks.watches import (
    LOOK_GAP_S,
    Watch,
    key_pictures,
    plan_of,
    sample_site,
    wide_site,
)
from benchmarks.watches import nonsite as watch_line
from benchmarks.watches import usual as watch_usual
from detector.threads import use_one_thread
from nonsite.lines import Networks, looker_of
from sites.schema import Site

GOP_S = 2.0
"""Key interval of the streams for which the two floors are a limit."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way took and found."""

    way: str
    cpu_s: float
    media_s: float
    looks: int
    alerts: int


def nonsite(path: Path) -> Cost:
    """Our own line on media time, one crop on the kerb, as the sample is drawn."""
    return _line("nonsite", path, sample_site())


def nonsite_4(path: Path) -> Cost:
    """The same with the whole picture as zone, in four crops."""
    return _line("nonsite_4", path, wide_site())


def _line(way: str, path: Path, site: Site) -> Cost:
    use_one_thread()
    return _drained(way, watch_line(path, _loaded(), site), LOOK_GAP_S)


def usual(path: Path) -> Cost:
    """OpenCV decodes every frame, the network looks at each, ByteTrack, track dwell."""
    return _drained("usual", watch_usual(path, _loaded()), 1 / FPS)


def _loaded() -> Networks:
    networks = Networks()
    networks.get(None)
    return networks


def _drained(way: str, watch: Watch, gap_s: float) -> Cost:
    """Watch to the end, each look standing for `gap_s` of media."""
    began = cpu_s()
    seen = list(watch)
    took = cpu_s() - began
    last = seen[-1]
    return Cost(way, took, last.at_s + gap_s, len(seen), last.alerts)


def key_decode(path: Path) -> Cost:
    """The lower limit of decoding: key frames alone, converted to BGR."""
    began = cpu_s()
    looks = sum(1 for _ in key_pictures(path))
    return Cost("key_decode", cpu_s() - began, looks * GOP_S, looks, 0)


def floor(path: Path) -> Cost:
    """The least a look can cost: key picture, conversion, the network on its crop."""
    return _floor("floor", path, sample_site())


def floor_4(path: Path) -> Cost:
    """The same with the four crops of the whole picture."""
    return _floor("floor_4", path, wide_site())


def _floor(way: str, path: Path, site: Site) -> Cost:
    use_one_thread()
    networks = Networks()
    plan = plan_of(site)
    looker, network = looker_of(plan, networks), networks.get(None)
    crops = looker.crop_plan((WIDTH, HEIGHT)).crops
    looks = 0
    began = cpu_s()
    for _, image in key_pictures(path):
        network.detect([image[c.y : c.bottom, c.x : c.right] for c in crops])
        looks += 1
    return Cost(way, cpu_s() - began, looks * GOP_S, looks, 0)


WAYS: dict[str, Callable[[Path], Cost]] = {
    "nonsite": nonsite,
    "nonsite_4": nonsite_4,
    "usual": usual,
    "key_decode": key_decode,
    "floor": floor,
    "floor_4": floor_4,
}


def main() -> None:
    """Watch one file one way and print the cost."""
    way, path = sys.argv[1], Path(sys.argv[2]).absolute()
    print(json.dumps(asdict(WAYS[way](path))))


if __name__ == "__main__":
    main()
