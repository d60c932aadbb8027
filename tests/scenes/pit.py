"""A pit with its ring, a scaffold over a drop zone: zones in metres, and stories."""

from collections.abc import Mapping

from base.ids import ZoneName
from rules.settings import Purpose, ZoneSection
from tests.scenes.actor import Actor, Mark, person
from tests.scenes.pole import Pole, rectangle, ring

PIT, RING, WORK = ZoneName("pit"), ZoneName("ring"), ZoneName("work")
DECK, BELOW = ZoneName("deck"), ZoneName("below")
X, Z = 0.0, 11.0
"""Where the pit is, metres."""
PIT_M, RING_M, WORK_M = 1.2, 3.0, 9.0
DECK_UP, DECK_Z, BELOW_Z = 4.0, 18.0, 14.0
POLE, HIGH_POLE = Pole(), Pole(down_deg=10.0)
Zones = Mapping[ZoneName, ZoneSection]


def pit_zones() -> Zones:
    """An opening, the ring of three metres around it, and the work area."""
    return {
        PIT: ZoneSection(
            purpose=Purpose.OPENING, points=POLE.zone(rectangle(X, Z, PIT_M, PIT_M))
        ),
        RING: ZoneSection(
            purpose=Purpose.ATTENDANT_RING,
            points=POLE.zone(ring(X, Z, RING_M)),
            belongs_to=PIT,
        ),
        WORK: ZoneSection(
            purpose=Purpose.WORK_AREA,
            points=POLE.zone(rectangle(X, Z, WORK_M, WORK_M)),
            belongs_to=PIT,
        ),
    }


def scaffold_zones() -> Zones:
    """A deck four metres up, and the ground before it on which things would fall."""
    return {
        DECK: ZoneSection(
            purpose=Purpose.HEIGHT_ZONE,
            points=HIGH_POLE.zone(rectangle(0, DECK_Z, 8.0, 3.0), up=DECK_UP),
            height_m=DECK_UP,
        ),
        BELOW: ZoneSection(
            purpose=Purpose.DROP_ZONE,
            points=HIGH_POLE.zone(rectangle(0, BELOW_Z, 8.0, 4.0)),
            belongs_to=DECK,
        ),
    }


def entrant(at: float, out: float | None = None, until: float = 900) -> Actor:
    """Comes from the left, steps into the pit at `at`, comes out at `out` if ever."""
    begun = at - 7.0 / 1.3
    one = person(begun, X - 7.0, Z).walks(X, Z).sinks()
    if out is None:
        return one
    return one.rises(out).walks(X - 7.0, Z - 2.0).stays(until)


def attendant(until: float, start: float = 0.0) -> Actor:
    """Stands in the ring, right before the pit."""
    return person(start, X + 1.8, Z - 1.2).stays(until)


def away(leaves: float, back: float, until: float) -> Actor:
    """An attendant who walks off at `leaves` and is in the ring again at `back`."""
    walk_s = 6.0 / 1.3
    far = attendant(leaves).walks(X + 7.8, Z - 1.2)
    return far.stays(back - walk_s + 3.0).walks(X + 1.8, Z - 1.2).stays(until)


def on_deck(start: float, end: float, x: float = 0.0) -> Actor:
    """Somebody who walks about on the deck."""
    marks, t, side = [Mark(start, x, DECK_Z, DECK_UP)], start, 1.0
    while t + 5 < end:
        t += 5
        marks.append(Mark(t, x + side, DECK_Z, DECK_UP))
        side = -side
    return Actor("person", (*marks, Mark(end, x, DECK_Z, DECK_UP)))


def beneath(start: float, end: float) -> Actor:
    """Somebody who works to and fro on the ground under the deck."""
    walk = person(start, -7, BELOW_Z).walks(-1, BELOW_Z)
    while walk.marks[-1].t < end:
        walk = walk.walks(1.5, BELOW_Z - 0.5, 0.7).walks(-1.5, BELOW_Z + 0.5, 0.7)
    return walk
