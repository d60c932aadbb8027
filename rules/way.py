"""When somebody crossed an outline between two sightings: a walker in, a time out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from detector.box import Box
from rules.geometry import Floats, boxes_of
from rules.passage import IN
from rules.walker import Walker, feet, soles

STEPS = 33
"""Places on the way between two sightings at which the outline is looked for."""


def crossed_at(
    walker: Walker,
    before: tuple[Box, datetime],
    inside: Callable[[Floats], Floats],
    aspect: float,
) -> datetime:
    """When a walker seen outside before, and inside now, was over the outline.

    Taken to walk straight, and at the pace of the whole approach; evenly where that
    would be too slow: who walks in and stands there has not crept for all that time.

    Args:
        walker: As seen now.
        before: Where and when it was seen before.
        inside: Share of each of some soles inside the outline.
        aspect: Width of the picture over its height.
    """
    box, since = before
    first, start, end = boxes_of([walker.origin or box, box, walker.box])
    way = np.linspace(0.0, 1.0, STEPS)
    shares = inside(soles(start + way[:, None] * (end - start)))
    part = float(way[np.argmax(shares >= IN)])
    evenly_s = part * (walker.last - since).total_seconds()
    points = feet(np.stack([first, start, end]), aspect)
    come, to_go = np.hypot(*np.diff(points, axis=0).T)
    come_s = (since - walker.since).total_seconds()
    paced_s = part * to_go * come_s / come if come > 0 else evenly_s
    return since + timedelta(seconds=min(evenly_s, float(paced_s)))
