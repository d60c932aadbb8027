"""A street on a ground plane, seen by one camera: actors in, noisy looks out.

Vehicles and people are boxes in metres that move along timed way-points; a pole camera
projects them, what is nearer hides what is behind, and a detector of the given noise
misses, jitters, changes class names and ids, and sees things that are not there.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import VEHICLES, Look, Track, TrackId
from detector.signature import SIDE, Signature
from rules.settings import Purpose, RuleSection, ZoneSection

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CAMERA, VIEW, KERB = CameraId("pole"), ViewName("home"), ZoneName("kerb")
CLASSES = VEHICLES | {"person", "bicycle"}
SIZE_PX = (1920, 1080)

POLE_M, HORIZON = 6.0, 0.15
FOCAL_X, FOCAL_Y = 0.9, 1.6

SIZES_M = {
    "car": (1.8, 1.5, 4.4),
    "truck": (2.4, 3.0, 7.0),
    "bus": (2.5, 3.1, 11.0),
    "person": (0.6, 1.7, 0.5),
    "bicycle": (0.5, 1.6, 1.7),
    "wheelchair": (0.7, 1.3, 1.1),
}
WHITE, RED, BLACK, BLUE = (235, 235, 235), (40, 40, 200), (25, 25, 25), (190, 90, 30)


@dataclass(frozen=True)
class Actor:
    """Something that moves.

    Attributes:
        kind: A key of `SIZES_M`.
        path: Way-points: seconds, metres right of the camera's axis, metres away; it
            is there from the first to the last.
        colour: BGR.
    """

    kind: str
    path: tuple[tuple[float, float, float], ...]
    colour: tuple[int, int, int] = WHITE

    def at(self, t: float) -> tuple[float, float] | None:
        """Where it is, metres; None while it is not there."""
        if not self.path[0][0] <= t < self.path[-1][0]:
            return None
        for (t0, x0, z0), (t1, x1, z1) in zip(self.path, self.path[1:], strict=False):
            if t0 <= t < t1:
                part = (t - t0) / (t1 - t0)
                return x0 + part * (x1 - x0), z0 + part * (z1 - z0)
        return None


class Kind(TypedDict, total=False):
    """What an actor is."""

    kind: str
    colour: tuple[int, int, int]


def parked(
    start: float, end: float, x: float, z: float, **changes: Unpack[Kind]
) -> Actor:
    """A vehicle that simply is there from `start` to `end`."""
    return replace(Actor("car", ((start, x, z), (end, x, z))), **changes)


def arriving(
    start: float, end: float, x: float, z: float, **changes: Unpack[Kind]
) -> Actor:
    """A car that drives up in 6 s, stands from `start` to `end`, drives off in 6 s."""
    path = (
        (start - 6, x - 6, z + 25),
        (start - 2, x - 1, z + 5),
        (start, x, z),
        (end, x, z),
        (end + 2, x - 1, z - 2),
        (end + 6, x - 6, max(z - 12, 3)),
    )
    return replace(Actor("car", path), **changes)


@dataclass(frozen=True)
class Noise:
    """How bad the detector is; the defaults are a fair one.

    Attributes:
        miss: Chance to miss a thing that is well visible.
        jitter: Standard deviation of each edge, share of the box's side.
        flip: Chance that a vehicle bears another vehicle's name.
        relabel: Chance that all ids change.
        false_boxes: Mean number of boxes a look that are nothing.
        pixel: Standard deviation of a signature's pixels, grey levels.
    """

    miss: float = 0.1
    jitter: float = 0.02
    flip: float = 0.1
    relabel: float = 0.1
    false_boxes: float = 0.05
    pixel: float = 6.0


QUIET = Noise(0, 0, 0, 0, 0, 0)
WORSE = Noise(0.3, 0.04, 0.3, 0.5, 0.3, 12.0)


@dataclass
class Street:
    """Actors before a camera, seen by a detector."""

    actors: Sequence[Actor]
    noise: Noise = field(default_factory=Noise)
    seed: int = 0
    classes: frozenset[str] = CLASSES

    def looks(self, until: float, period_s: float = 2.0) -> Iterator[Look]:
        """One look each `period_s`, from 0 on."""
        chance = random.Random(self.seed)
        step = 0
        while step * period_s < until:
            yield self._look(step * period_s, chance)
            step += 1

    def _look(self, t: float, chance: random.Random) -> Look:
        seen = []
        for number, actor in enumerate(self.actors):
            place = actor.at(t)
            if place is not None and place[1] > 3:
                seen.append((place[1], number, actor, project(actor.kind, *place)))
        seen.sort(key=lambda one: one[0])
        tracks: list[Track] = []
        nearer: list[Box] = []
        base = chance.randrange(10**6) if chance.random() < self.noise.relabel else 0
        for _, number, actor, box in seen:
            covered = min(sum(box.covered_by(other) for other in nearer), 1.0)
            nearer.append(box)
            if covered < 0.6 and chance.random() >= self.noise.miss:
                tracks.append(self._track(actor, box, covered, chance, base + number))
        while chance.random() < self.noise.false_boxes / (1 + self.noise.false_boxes):
            tracks.append(_false_box(chance))
        tracks.sort(key=lambda track: -track.score)
        return Look(
            CAMERA,
            VIEW,
            T0 + timedelta(seconds=t),
            SIZE_PX,
            tuple(tracks),
            classes=self.classes,
        )

    def _track(
        self, actor: Actor, box: Box, covered: float, chance: random.Random, id_: int
    ) -> Track:
        label = actor.kind
        if label in VEHICLES and chance.random() < self.noise.flip:
            label = chance.choice(sorted(VEHICLES))
        signature = None
        if label in VEHICLES:
            signature = signature_of(actor.colour, chance, self.noise.pixel)
        shaken = _shaken(box, chance, self.noise.jitter)
        return Track(
            box=shaken,
            label=label,
            score=round(chance.uniform(0.45, 0.9), 3),
            height_px=(shaken.y2 - shaken.y1) * SIZE_PX[1],
            id=TrackId(f"1.{id_}"),
            signature=signature,
            covered=covered,
        )


def project(kind: str, x: float, z: float) -> Box:
    """The box around the eight corners of a thing on the ground, 0…1."""
    width, height, length = SIZES_M[kind]
    us, vs = [], []
    for dx in (-width / 2, width / 2):
        for away in (max(z - length / 2, 1.0), z + length / 2):
            for up in (0.0, height):
                us.append(0.5 + FOCAL_X * (x + dx) / away)
                vs.append(HORIZON + FOCAL_Y * (POLE_M - up) / away)
    clip = [min(max(v, 0.0), 1.0) for v in (min(us), min(vs), max(us), max(vs))]
    return Box(*clip)


def ground(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Ground points (metres right, metres away) as a zone's corners."""
    return tuple(
        (
            min(max(0.5 + FOCAL_X * x / z, 0.0), 1.0),
            min(max(HORIZON + FOCAL_Y * POLE_M / z, 0.0), 1.0),
        )
        for x, z in points
    )


def pavement(**rule: float) -> ZoneSection:
    """The pavement: from 1.5 to 6 m right of the axis, 9 to 60 m away."""
    corners = ground([(1.5, 9.0), (6.0, 9.0), (6.0, 60.0), (1.5, 60.0)])
    rules = {"SW-01": RuleSection(**rule)} if rule else {}
    return ZoneSection(purpose=Purpose.PAVEMENT, points=corners, rules=rules)


def signature_of(
    colour: tuple[int, int, int], chance: random.Random, spread: float
) -> Signature:
    """Road, windows and a body of `colour`, shaken by `spread` grey levels."""
    rows = []
    for y in range(SIDE):
        for x in range(SIDE):
            is_body = 1 <= x <= 6 and 2 <= y <= 6
            is_glass = 2 <= x <= 5 and y == 3
            base = (40, 40, 45) if is_glass else colour if is_body else (120, 120, 120)
            rows += [
                min(max(round(value + chance.gauss(0, spread)), 0), 255)
                for value in base
            ]
    return Signature(bytes(rows))


def _shaken(box: Box, chance: random.Random, jitter: float) -> Box:
    wide, high = box.x2 - box.x1, box.y2 - box.y1
    xs = sorted(
        min(max(v + chance.gauss(0, jitter) * wide, 0), 1) for v in (box.x1, box.x2)
    )
    ys = sorted(
        min(max(v + chance.gauss(0, jitter) * high, 0), 1) for v in (box.y1, box.y2)
    )
    return Box(xs[0], ys[0], xs[1], ys[1])


def _false_box(chance: random.Random) -> Track:
    x, y = chance.uniform(0.05, 0.8), chance.uniform(0.3, 0.8)
    wide, high = chance.uniform(0.03, 0.15), chance.uniform(0.03, 0.15)
    return Track(
        Box(x, y, x + wide, y + high),
        chance.choice(sorted(CLASSES)),
        0.35,
        high * SIZE_PX[1],
    )
