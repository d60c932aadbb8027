"""How bad a detector is: figures measured on real streets, and one level worse.

`noise.yaml` holds what `tools/measure_noise.py` found. It cannot know of things never
seen, so its misses are a floor; the worse level doubles every figure.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MEASURED = Path(__file__).with_name("noise.yaml")
WORSE = 2.0


@dataclass(frozen=True)
class Noise:
    """Chances and spreads of one kind of thing.

    Attributes:
        miss: Share of looks in which a thing in plain view has no box.
        miss_run_s: How long such a lapse lasts on average, seconds.
        jitter_x: Standard deviation of the left and right edge, share of the width.
        jitter_y: Of the upper and lower edge, share of the height.
        false_boxes: Boxes a look that are nothing.
        flip: Chance that a vehicle bears another vehicle's name.
        relabel: Chance that an id changes from one look to the next.
        misread: Chance that a head is told wrongly.
        untold: Chance that a head or a posture is not told.
        pixel: Standard deviation of a signature's pixels, grey levels.
    """

    miss: float = 0.0
    miss_run_s: float = 0.2
    jitter_x: float = 0.0
    jitter_y: float = 0.0
    false_boxes: float = 0.0
    flip: float = 0.0
    relabel: float = 0.0
    misread: float = 0.0
    untold: float = 0.0
    pixel: float = 0.0

    def worse(self) -> "Noise":
        """One level worse: twice of everything, lapses as long as before."""
        return Noise(
            miss=min(self.miss * WORSE, 0.9),
            miss_run_s=self.miss_run_s,
            jitter_x=self.jitter_x * WORSE,
            jitter_y=self.jitter_y * WORSE,
            false_boxes=self.false_boxes * WORSE,
            flip=min(self.flip * WORSE, 0.9),
            relabel=min(self.relabel * WORSE, 0.9),
            misread=min(self.misread * WORSE, 0.4),
            untold=min(self.untold * WORSE, 0.6),
            pixel=self.pixel * WORSE,
        )


@dataclass(frozen=True)
class NoiseLevel:
    """The noise of persons and of vehicles."""

    name: str
    person: Noise
    vehicle: Noise


FIGURES = (
    "miss",
    "miss_run_s",
    "jitter_x",
    "jitter_y",
    "false_boxes",
    "flip",
    "relabel",
)
MISREAD, UNTOLD = 0.05, 0.124
"""Of the head network's manifest: 1 - balanced accuracy, and heads not told, both on
the data set it never learned from (hhd), heads of 20 px."""
PIXEL = 6.0
"""Grey levels between two looks at one standing car in the street clips."""


@cache
def measured() -> NoiseLevel:
    """The shipped detector on real footage."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(MEASURED.read_text("utf-8"))

    def of(kind: str) -> Noise:
        figures = {name: float(told[kind][name]) for name in FIGURES}
        return replace(Noise(**figures), misread=MISREAD, untold=UNTOLD, pixel=PIXEL)

    return NoiseLevel("measured", of("person"), of("vehicle"))


@cache
def worse() -> NoiseLevel:
    """One level worse."""
    level = measured()
    return NoiseLevel("worse", level.person.worse(), level.vehicle.worse())


QUIET = NoiseLevel("quiet", Noise(), Noise())
