"""Actors before a pole camera, seen by a detector of known badness: looks out.

What a look shows depends on the seed and on media time alone, never on which looks
were taken before it: two look plans of one story see the same lapses, and a look left
out changes no other. Only classes the shipped model has are ever named.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.hiding import shares_hidden
from detector.look import (
    PERSON,
    TWO_WHEELERS,
    VEHICLES,
    Body,
    Head,
    HeadState,
    Look,
    OpeningState,
    Posture,
    Region,
    Track,
    TrackId,
)
from detector.signature import SIDE, Signature
from tests.scenes.actor import GOODS, LYING_M, SIZES_M, Actor, Mark
from tests.scenes.noise import QUIET, Noise, NoiseLevel
from tests.scenes.pole import SIZE_PX, Pole

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CAMERA, VIEW = CameraId("pole"), ViewName("home")
CLASSES = VEHICLES | TWO_WHEELERS | {PERSON}
LOOKS_PER_S_FOR_IDS = 2.0
HIDDEN = 0.6
"""Under so much of nearer things nothing is detected."""
SMALLEST_PX = 14
DOWN = 0.15
"""Of whom less than this share of the height looks out of a pit nothing is seen."""
LEARN_S = 12.0
"""Before a region is told the background must have stood still for it."""
HEAD_PX = 16.0
"""Below this a head is read as unknown; it is a seventh of the person."""
SHAKE = 0.03
"""A shaking camera shows everything up to so far aside, as a share of the picture."""
LAPSE_STEP_S = 0.1
LOOKS_MEASURED_PER_S = 5.0


@dataclass
class _Chain:
    """What comes over one actor as time goes on: lapses and new ids, in order."""

    noise: Noise
    chance: random.Random
    lost: list[bool] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)

    def is_lost(self, t: float) -> bool:
        """Whether the detector has lost it for a while."""
        return self.noise.miss > 0 and self.lost[self._grown(t)]

    def turn(self, t: float) -> int:
        """How many ids it has had before."""
        return self.turns[self._grown(t)]

    def _grown(self, t: float) -> int:
        step = int(t / LAPSE_STEP_S + 0.5)
        if len(self.lost) <= step:
            self._grow(step)
        return step

    def _grow(self, step: int) -> None:
        noise, roll = self.noise, self.chance.random
        ends = min(LAPSE_STEP_S / noise.miss_run_s, 1.0)
        begins = min(ends * noise.miss / (1 - noise.miss), 1.0)
        # an id has a chance to change at each look of five a second, as measured
        relabel = noise.relabel * LAPSE_STEP_S * LOOKS_MEASURED_PER_S
        is_lost = bool(self.lost) and self.lost[-1]
        turns = self.turns[-1] if self.turns else 0
        for _ in range(len(self.lost), step + 1):
            is_lost = roll() >= ends if is_lost else roll() < begins
            turns += roll() < relabel
            self.lost.append(is_lost)
            self.turns.append(turns)


@dataclass
class Scene:
    """A story and who watches it.

    Attributes:
        actors: What moves.
        level: How bad the detector is.
        seed: Of its chances.
        pole: The camera.
        openings: When each opening's picture differs from its reference, by zone: a
            list of (from, to) seconds; openings not named have no reference.
        classes: What the model can name.
        shakes: From when to when the camera shakes, seconds.
        period_s: From look to look, unless asked otherwise.
    """

    actors: Sequence[Actor]
    level: NoiseLevel = QUIET
    seed: int = 0
    pole: Pole = field(default_factory=Pole)
    openings: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    classes: frozenset[str] = CLASSES
    shakes: tuple[float, float] | None = None
    period_s: float = 0.5
    _chains: dict[int, "_Chain"] = field(default_factory=dict)

    def looks(self, until: float, period_s: float | None = None) -> Iterator[Look]:
        """A look each period from 0 on."""
        period_s = period_s or self.period_s
        for step in range(int(until / period_s)):
            yield self.look(step * period_s, period_s)

    def look(self, t: float, period_s: float) -> Look:
        """What the detector says at second `t`."""
        chance = random.Random(f"{self.seed}/{round(t * 1000)}")
        seen = self._in_view(t)
        tracks = self._tracks(seen, t, period_s, chance)
        tracks += self._false(chance)
        if self.shakes and self.shakes[0] <= t < self.shakes[1]:
            aside = chance.uniform(-SHAKE, SHAKE), chance.uniform(-SHAKE, SHAKE)
            tracks = [_moved(track, *aside) for track in tracks]
        tracks.sort(key=lambda track: -track.score)
        return Look(
            CAMERA,
            VIEW,
            T0 + timedelta(seconds=t),
            SIZE_PX,
            tuple(_with_covered(tracks)),
            regions=self._regions(t, tracks),
            regions_unseen=None,
            openings=self._openings(t),
            classes=self.classes,
        )

    def _in_view(self, t: float) -> list[tuple[int, Actor, Mark, Box]]:
        """Everything there, nearest first, with its true box."""
        found = []
        for number, actor in enumerate(self.actors):
            mark = actor.at(t)
            if mark is None or mark.z <= 1 or actor.kind == GOODS:
                continue
            size = SIZES_M[actor.kind]
            if mark.posture is Posture.LYING:
                size = LYING_M
            size = (size[0], size[1] * mark.tall, size[2])
            box = self.pole.box(mark.x, mark.z, size, mark.up)
            if box is not None:
                found.append((number, actor, mark, box))
        return sorted(found, key=lambda one: one[2].z)

    def _tracks(
        self,
        seen: list[tuple[int, Actor, Mark, Box]],
        t: float,
        period_s: float,
        chance: random.Random,
    ) -> list[Track]:
        found, nearer = [], list[Box]()
        for number, actor, mark, box in seen:
            covered = min(sum(box.covered_by(other) for other in nearer), 1.0)
            if mark.tall > DOWN:
                nearer.append(box)
            high_px = (box.y2 - box.y1) * SIZE_PX[1]
            is_lost = self._chain(number, actor).is_lost(t)
            is_shown = mark.tall > DOWN and high_px >= SMALLEST_PX and covered < HIDDEN
            if is_shown and not is_lost:
                own = random.Random(f"{self.seed}/{number}/{round(t * 1000)}")
                found.append(self._track(actor, (mark, box), t, own))
                if 1 / period_s >= LOOKS_PER_S_FOR_IDS - 1e-9:
                    found[-1] = _with_id(
                        found[-1], _id(number, self._chain(number, actor), t)
                    )
        del chance
        return found

    def _track(
        self, actor: Actor, where: tuple[Mark, Box], t: float, chance: random.Random
    ) -> Track:
        mark, box = where
        noise = self._noise(actor.kind)
        label = actor.kind
        if label in VEHICLES and chance.random() < noise.flip:
            label = chance.choice(sorted(VEHICLES))
        shaken = _shaken(box, chance, noise)
        is_person = label == PERSON
        signature = None
        if label in VEHICLES:
            signature = signature_of(actor.colour, chance, noise.pixel)
        return Track(
            box=shaken,
            label=label,
            score=round(chance.uniform(0.5, 0.9), 3),
            height_px=(shaken.y2 - shaken.y1) * SIZE_PX[1],
            signature=signature,
            head=_head(actor, box, noise, chance) if is_person else None,
            body=_body(actor, mark, t, noise, chance) if is_person else None,
        )

    def _noise(self, kind: str) -> Noise:
        return self.level.person if kind == PERSON else self.level.vehicle

    def _chain(self, number: int, actor: Actor) -> "_Chain":
        if number not in self._chains:
            chance = random.Random(f"{self.seed}/chain/{number}")
            self._chains[number] = _Chain(self._noise(actor.kind), chance)
        return self._chains[number]

    def _false(self, chance: random.Random) -> list[Track]:
        found = []
        for kind in (PERSON, "car"):
            mean = self._noise(kind).false_boxes
            while chance.random() < mean / (1 + mean):
                found.append(_false_box(kind, chance))
        return found

    def _regions(self, t: float, tracks: list[Track]) -> tuple[Region, ...]:
        found = []
        for actor in self.actors:
            mark = actor.at(t) if actor.kind == GOODS else None
            since = actor.marks[0].t
            if mark is None or t - since < LEARN_S:
                continue
            box = self.pole.box(mark.x, mark.z, SIZES_M[GOODS])
            if box is None:
                continue
            nearer = [track.box for track in tracks if track.box.y2 > box.y2]
            covered = min(sum(box.covered_by(other) for other in nearer), 1.0)
            found.append(
                Region(
                    box,
                    0.8 * (box.x2 - box.x1) * (box.y2 - box.y1),
                    t - since,
                    T0 + timedelta(seconds=since),
                    covered,
                )
            )
        return tuple(found)

    def _openings(self, t: float) -> tuple[OpeningState, ...]:
        found = []
        for name, spans in self.openings.items():
            is_open = any(start <= t < end for start, end in spans)
            share = 0.7 if is_open else 0.02
            found.append(OpeningState(ZoneName(name), is_open, share))
        return tuple(found)


def _id(number: int, chain: _Chain, t: float) -> TrackId:
    return TrackId(f"1.{number + 100 * chain.turn(t)}")


def _head(actor: Actor, box: Box, noise: Noise, chance: random.Random) -> Head:
    high_px = (box.y2 - box.y1) * SIZE_PX[1] / 7
    state = actor.head
    if high_px < HEAD_PX or chance.random() < noise.untold:
        state = HeadState.UNKNOWN
    elif chance.random() < noise.misread:
        is_bare = state is HeadState.BARE
        state = HeadState.HELMET if is_bare else HeadState.BARE
    return Head(state, round(chance.uniform(0.6, 0.95), 3), high_px)


def _body(
    actor: Actor, mark: Mark, t: float, noise: Noise, chance: random.Random
) -> Body:
    if chance.random() < noise.untold:
        return Body(Posture.UNKNOWN)
    held_s = t - actor.since(t)
    is_lying = mark.posture is Posture.LYING
    return Body(mark.posture, held_s, held_s if is_lying else 0.0, is_lying or None)


def _moved(track: Track, dx: float, dy: float) -> Track:
    """Shown aside."""
    box = track.box
    xs = (min(max(x + dx, 0.0), 1.0) for x in (box.x1, box.x2))
    ys = (min(max(y + dy, 0.0), 1.0) for y in (box.y1, box.y2))
    (x1, x2), (y1, y2) = xs, ys
    return replace(track, box=Box(x1, y1, x2, y2))


def _with_id(track: Track, id_: TrackId) -> Track:
    return _replaced(track, id_, track.covered)


def _with_covered(tracks: list[Track]) -> list[Track]:
    """Covered as the detector finds it: from its own boxes."""
    if not tracks:
        return []
    rows = [(t.box.x1, t.box.y1, t.box.x2, t.box.y2) for t in tracks]
    boxes = (np.array(rows) * [*SIZE_PX, *SIZE_PX]).astype(np.float32)
    shares = shares_hidden(boxes)
    return [
        _replaced(track, track.id, share)
        for track, share in zip(tracks, shares, strict=True)
    ]


def _replaced(track: Track, id_: TrackId | None, covered: float) -> Track:
    return Track(
        track.box,
        track.label,
        track.score,
        track.height_px,
        id_,
        track.signature,
        track.head,
        track.body,
        covered,
    )


def signature_of(
    colour: tuple[int, int, int], chance: random.Random, spread: float
) -> Signature:
    """Road, windows and a body of `colour`, shaken by `spread` grey levels."""
    shakes = [chance.gauss(0, spread) for _ in range(SIDE * SIDE * 3)]
    # half a level is rounded to the even one, as `round` does
    shaken = np.rint(_portrait(colour) + shakes).clip(0, 255)
    return Signature(shaken.astype(np.uint8).tobytes())


@cache
def _portrait(colour: tuple[int, int, int]) -> NDArray[np.float64]:
    """A vehicle's pixels in plain view, row by row."""
    shown = np.full((SIDE, SIDE, 3), 120.0)
    shown[2:7, 1:7] = colour
    shown[3, 2:6] = (40, 40, 45)
    return shown.reshape(-1)


def _shaken(box: Box, chance: random.Random, noise: Noise) -> Box:
    wide, high = box.x2 - box.x1, box.y2 - box.y1
    xs = sorted(_edge(v, chance, noise.jitter_x * wide) for v in (box.x1, box.x2))
    ys = sorted(_edge(v, chance, noise.jitter_y * high) for v in (box.y1, box.y2))
    return Box(xs[0], ys[0], xs[1], ys[1])


def _edge(value: float, chance: random.Random, spread: float) -> float:
    return min(max(value + chance.gauss(0, spread), 0.0), 1.0)


def _false_box(label: str, chance: random.Random) -> Track:
    x, y = chance.uniform(0.05, 0.8), chance.uniform(0.3, 0.8)
    high = chance.uniform(0.05, 0.2)
    wide = high / 4 if label == PERSON else high
    box = Box(x, y, min(x + wide, 1.0), min(y + high, 1.0))
    return Track(box, label, round(chance.uniform(0.3, 0.5), 3), high * SIZE_PX[1])
