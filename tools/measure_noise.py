"""How bad is the shipped detector on real streets? Footage in, noise figures out.

    python tools/measure_noise.py samples/videos/campus.mp4 ../shared/footage/*.avi …

Nobody has drawn boxes on these clips, so a thing is what the detector itself follows:
boxes of one kind linked from look to look at 5 looks/s over gaps of up to 2 s. A miss
is a look inside such a path without its box, where nothing nearer covers it; jitter is
what a box's edges differ from the mean of their neighbours in time; a path of one or
two boxes is a false one. What is never seen at all is in no figure: true misses are
more. Prints YAML, the content of `tests/scenes/noise.yaml`.
"""

import argparse
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil, hypot, sqrt
from pathlib import Path

import cv2
import yaml

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.coverage import ZoneArea
from detector.look import PERSON, VEHICLES, Look, Track
from detector.looker import Looker, LookerSettings
from detector.network import open_network
from models.catalogue import DEFAULT_DETECTOR, find
from streams.frame import Frame

PERIOD_S = 0.2
LONGEST_GAP = 10
"""Looks over which a path is bridged: 2 s."""
PATH = 8
"""Boxes from which a path is a thing that is really there."""
COVERED = 0.3
EDGE = 0.01
T0 = datetime(2026, 1, 1, tzinfo=UTC)
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@dataclass
class Path2D:
    """One thing followed: its boxes by number of look."""

    hits: dict[int, Track] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """Newest look that showed it."""
        return max(self.hits)

    def at(self, look: int) -> Box:
        """Where it is between two looks that showed it."""
        before = max(n for n in self.hits if n <= look)
        after = min(n for n in self.hits if n >= look)
        one, two = self.hits[before].box, self.hits[after].box
        part = 0.0 if after == before else (look - before) / (after - before)
        sides = zip(
            (one.x1, one.y1, one.x2, one.y2),
            (two.x1, two.y1, two.x2, two.y2),
            strict=True,
        )
        return Box(*(a + part * (b - a) for a, b in sides))


@dataclass
class Figures:
    """Sums over all clips for one kind of thing."""

    looks: int = 0
    hits: int = 0
    misses: int = 0
    runs: int = 0
    false_boxes: int = 0
    flips: int = 0
    id_changes: int = 0
    id_pairs: int = 0
    across: list[float] = field(default_factory=list)
    along: list[float] = field(default_factory=list)

    def told(self) -> dict[str, float | int]:
        """As the data file has them."""
        return {
            "boxes": self.hits,
            "miss": round(self.misses / (self.hits + self.misses), 4),
            "miss_run_s": round(PERIOD_S * self.misses / max(self.runs, 1), 3),
            "jitter_x": round(_spread(self.across), 4),
            "jitter_y": round(_spread(self.along), 4),
            "false_boxes": round(self.false_boxes / self.looks, 4),
            "flip": round(self.flips / self.hits, 4),
            "relabel": round(self.id_changes / max(self.id_pairs, 1), 4),
        }


def looks_of(clip: Path, camera: CameraId, looker: Looker) -> Iterator[Look]:
    """A look each `PERIOD_S` of the clip."""
    video = cv2.VideoCapture(str(clip))
    rate = video.get(cv2.CAP_PROP_FPS)
    number, due_s = 0, 0.0
    while (read := video.read())[0]:
        if number / rate >= due_s - 1e-6:
            due_s += PERIOD_S
            at = T0 + timedelta(seconds=number / rate)
            image = read[1].astype("uint8", copy=False)
            yield looker.look(Frame(camera, at, image, is_keyframe=True))
        number += 1
    video.release()


def paths_of(looks: list[Look], kinds: frozenset[str]) -> list[Path2D]:
    """Boxes of one kind linked over time, nearest first."""
    paths: list[Path2D] = []
    for number, look in enumerate(looks):
        tracks = [t for t in look.tracks if t.label in kinds]
        alive = [p for p in paths if number - p.last <= LONGEST_GAP]
        pairs = sorted(
            (_apart(path.hits[path.last].box, track.box), n, m)
            for n, path in enumerate(alive)
            for m, track in enumerate(tracks)
        )
        taken: set[int] = set()
        fed: set[int] = set()
        for apart, n, m in pairs:
            reach = 0.25 + 0.15 * (number - alive[n].last)
            if apart <= reach and n not in fed and m not in taken:
                alive[n].hits[number] = tracks[m]
                fed.add(n)
                taken.add(m)
        paths += [Path2D({number: t}) for m, t in enumerate(tracks) if m not in taken]
    return paths


def count(figures: Figures, looks: list[Look], kinds: frozenset[str]) -> None:
    """Add one clip."""
    figures.looks += len(looks)
    for path in paths_of(looks, kinds):
        if len(path.hits) <= 2:
            figures.false_boxes += len(path.hits)
        if len(path.hits) < PATH:
            continue
        figures.hits += len(path.hits)
        _count_misses(figures, path, looks)
        _count_names(figures, path)
        _count_jitter(figures, path)


def _count_misses(figures: Figures, path: Path2D, looks: list[Look]) -> None:
    was_missed = False
    for number in range(min(path.hits), path.last + 1):
        if number in path.hits:
            was_missed = False
            continue
        box = path.at(number)
        others = [t.box for t in looks[number].tracks if t.box.y2 > box.y2]
        if sum(box.covered_by(other) for other in others) >= COVERED or _cut(box):
            continue
        figures.misses += 1
        figures.runs += not was_missed
        was_missed = True


def _count_names(figures: Figures, path: Path2D) -> None:
    labels = Counter(track.label for track in path.hits.values())
    figures.flips += len(path.hits) - labels.most_common(1)[0][1]
    ids = [path.hits[n].id for n in sorted(path.hits)]
    pairs = [(a, b) for a, b in pairwise(ids) if a and b]
    figures.id_pairs += len(pairs)
    figures.id_changes += sum(a != b for a, b in pairs)


def _count_jitter(figures: Figures, path: Path2D) -> None:
    for number in sorted(path.hits):
        if number - 1 not in path.hits or number + 1 not in path.hits:
            continue
        before, now, after = (path.hits[number + n].box for n in (-1, 0, 1))
        if _cut(now):
            continue
        wide, high = now.x2 - now.x1, now.y2 - now.y1
        figures.across += [
            (now.x1 - (before.x1 + after.x1) / 2) / wide,
            (now.x2 - (before.x2 + after.x2) / 2) / wide,
        ]
        figures.along += [
            (now.y1 - (before.y1 + after.y1) / 2) / high,
            (now.y2 - (before.y2 + after.y2) / 2) / high,
        ]


def _spread(offsets: list[float]) -> float:
    """Deviation of one edge, the wildest hundredth left out."""
    cut = sorted(abs(one) for one in offsets)[: ceil(0.99 * len(offsets))]
    # an edge minus the mean of its two neighbours has 1.5 times its variance
    return sqrt(statistics.fmean(one * one for one in cut) / 1.5)


def _apart(one: Box, two: Box) -> float:
    """Distance of the feet in heights of the larger."""
    high = max(one.y2 - one.y1, two.y2 - two.y1, 1e-6)
    return hypot(one.foot[0] - two.foot[0], one.foot[1] - two.foot[1]) / high


def _cut(box: Box) -> bool:
    return min(box.x1, box.y1, 1 - box.x2, 1 - box.y2) < EDGE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="+", type=Path)
    clips: list[Path] = parser.parse_args().clips
    network = open_network(find(DEFAULT_DETECTOR)[1])
    person, vehicle = Figures(), Figures()
    for clip in clips:
        zone = ZoneArea(ZoneName("all"), WHOLE)
        camera = CameraId(clip.stem)
        looker = Looker(LookerSettings(camera, ViewName("home"), (zone,)), network)
        looks = list(looks_of(clip, camera, looker))
        count(person, looks, frozenset({PERSON}))
        count(vehicle, looks, VEHICLES)
    told = {
        "model": network.fingerprint,
        "clips": sorted(clip.name for clip in clips),
        "looks_per_s": round(1 / PERIOD_S, 1),
        "looks": person.looks,
        "person": person.told(),
        "vehicle": vehicle.told(),
    }
    print(yaml.safe_dump(told, sort_keys=False))


if __name__ == "__main__":
    main()
