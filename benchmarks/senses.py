"""CPU of each part that reads pixels beyond the network, as a share of one inference.

`python -m benchmarks.senses` times the parts on pictures of the sample, scaled to full
HD, one look a second, on one thread; both sides of each ratio in one run.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from base.clock import cpu_s
from base.ids import ViewName, ZoneName
from detector.bodies import Bodies
from detector.box import Box
from detector.coverage import ZoneArea
from detector.falling import Falling
from detector.look import PERSON, Track
from detector.network import open_network
from detector.openings import Openings
from detector.presets import ViewChooser
from detector.static_things import StaticThings
from detector.threads import use_one_thread
from models.catalogue import DEFAULT_DETECTOR, find

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "videos" / "campus.mp4"
T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LOOKS = 40
KERB = ((0.6, 0.1), (1.0, 0.1), (1.0, 0.4), (0.6, 0.4))
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
PIT = ZoneArea(ZoneName("pit"), ((0.5, 0.6), (0.6, 0.6), (0.6, 0.7), (0.5, 0.7)))
NOBODY = np.zeros((0, 4), np.float32)
Picture = NDArray[np.uint8]


def _pictures() -> Iterator[Picture]:
    video = cv2.VideoCapture(str(SAMPLE))
    for _ in range(LOOKS):
        is_read, picture = video.read()
        if not is_read:
            return
        large = cv2.resize(picture, (1920, 1080), interpolation=cv2.INTER_LINEAR)
        yield large.astype(np.uint8)


def _mean_ms(shown: list[Picture], look: Callable[[int, Picture], object]) -> float:
    """Mean CPU milliseconds a look, the first ten left out: memories fill."""
    began = 0.0
    for n, picture in enumerate(shown):
        if n == 10:
            began = cpu_s()
        look(n, picture)
    return (cpu_s() - began) * 1000 / (len(shown) - 10)


def main() -> None:
    """Print one line a part."""
    use_one_thread()
    network = open_network(find(DEFAULT_DETECTOR)[1])
    shown = list(_pictures())
    people = tuple(
        Track(Box(x, 0.4, x + 0.03, 0.6), PERSON, 0.8, 216.0)
        for x in np.linspace(0.1, 0.9, 6).tolist()
    )
    kerb, street = StaticThings((KERB,)), StaticThings((WHOLE,))
    bodies, openings = Bodies(), Openings((PIT,), shown[0])
    falling = Falling((ZoneArea(ZoneName("wall"), WHOLE),))
    views = {ViewName(f"v{n}"): shown[n] for n in range(4)}
    chooser = ViewChooser(views)

    def at(n: int, gap_s: float = 1.0) -> datetime:
        return T0 + timedelta(seconds=n * gap_s)

    parts: dict[str, Callable[[int, Picture], object]] = {
        "one inference": lambda _, p: network.detect([p]),
        "things left standing, kerb zone": lambda n, p: kerb.see(at(n), p, NOBODY),
        "things left standing, whole": lambda n, p: street.see(at(n), p, NOBODY),
        "bodies, six persons": lambda n, p: bodies.see(at(n), 0, p, people),
        "one opening": lambda _, p: openings.see(p, NOBODY),
        "falls, whole": lambda n, p: falling.see(at(n, 0.04), p, NOBODY),
        "view, four presets": lambda n, p: chooser.choose(at(n), p, is_healthy=True),
    }
    unit = 0.0
    for name, look in parts.items():
        took = _mean_ms(shown, look)
        unit = unit or took
        print(f"{name:<34}{took:7.2f} ms  {took / unit:5.2f} of an inference")


if __name__ == "__main__":
    main()
