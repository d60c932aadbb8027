"""What may stand somewhere: which sightings of a look count for which rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from detector.look import VEHICLES, Look, Unseen
from rules.clause import Why
from rules.geometry import Floats, ZoneAreas, boxes_of, footprints
from rules.matching import Overlaps
from rules.moment import Moment
from rules.occupant import Verdicts
from rules.sighting import Sighting, regions_in, vehicles_in

UNSEEN_WHY: Mapping[Unseen, Why] = {
    Unseen.NOT_COVERED: Why.NOT_COVERED,
    Unseen.NOT_WATCHED: Why.NOT_OBSERVED,
    Unseen.MASKED: Why.NOT_COVERED,
    Unseen.OCCLUDED: Why.OCCLUDED,
    Unseen.TOO_DARK: Why.TOO_DARK,
    Unseen.LIGHT_CHANGED: Why.TOO_DARK,
    Unseen.LOOKS_TOO_SPARSE: Why.TOO_SPARSE,
    Unseen.BACKGROUND_LEARNING: Why.NO_REFERENCE,
    Unseen.NO_REFERENCE: Why.NO_REFERENCE,
    Unseen.VIEW_MOVED: Why.CAMERA_MOVED,
}
"""The reasons of a look as the reasons of a clause."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One sort of things in one look.

    Attributes:
        sightings: What may stand somewhere, best first.
        boxes: Their boxes, `[n, 4]`.
        others: Boxes of everything else that may hide a place, `[m, 4]`.
        verdicts: What thumbnails say of them, compared once a look.
        outlines: The zones of the view.
        overlaps: What stands near what, found once a look.
    """

    sightings: tuple[Sighting, ...]
    boxes: Floats
    others: Floats
    verdicts: Verdicts
    outlines: ZoneAreas
    overlaps: Overlaps = field(default_factory=Overlaps)
    _shares: dict[tuple[int, ...], Floats] = field(default_factory=dict)

    def shares(self, which: Sequence[int]) -> Floats:
        """Share of some footprints in each zone of the view, `[n, zones]`."""
        key = tuple(which)
        if key not in self._shares:
            feet = footprints(self.boxes[list(which)])
            self._shares[key] = self.outlines.shares(feet)
        return self._shares[key]


Find: TypeAlias = Callable[[Moment], tuple[Sighting, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """One sort of standing things.

    Attributes:
        classes: Class names it lives on: their tracks hide nothing of each other.
        finds: What finds it in a look, best first, each thing once.
        unseen: Why a look without sightings says nothing; None where it does.
    """

    classes: frozenset[str]
    finds: tuple[Find, ...]
    unseen: Callable[[Look], Why | None]

    def seen(self, moment: Moment) -> Seen:
        """What one look shows of them; to be asked by `Moment.once`."""
        sightings = tuple(s for find in self.finds for s in moment.once(find))
        tracks = moment.look.tracks
        return Seen(
            sightings,
            boxes_of([sighting.box for sighting in sightings]),
            boxes_of([t.box for t in tracks if t.label not in self.classes]),
            Verdicts(),
            moment.scene.outlines,
        )


def _vehicles(moment: Moment) -> tuple[Sighting, ...]:
    return vehicles_in(moment.look)


def _regions(moment: Moment) -> tuple[Sighting, ...]:
    return regions_in(moment.look)


def _unable(look: Look) -> Why | None:
    """A model that knows no vehicle sees none."""
    return None if look.classes & VEHICLES else Why.NO_SUCH_CLASS


def _untold(look: Look) -> Why | None:
    """The detector says when its background cannot tell."""
    why = look.regions_unseen
    return None if why is None else UNSEEN_WHY[why]


VEHICLE = Things(VEHICLES, (_vehicles,), _unable)
"""Cars, buses and trucks; never a person, a wheelchair or a bicycle."""
THING = Things(frozenset(), (_regions,), _untold)
"""Static things without a class: goods, stalls, parcels."""
ANYTHING = Things(VEHICLES, (_vehicles, _regions), _unable)
"""Vehicles and static things, whatever blocks the way: vehicles are enough to see."""
