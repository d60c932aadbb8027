"""What may stand somewhere: which sightings of a look count for which rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

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


class Things(Protocol):
    """One sort of standing things."""

    @property
    def classes(self) -> frozenset[str]:
        """Class names it lives on: their tracks hide nothing of each other."""
        ...

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """What may stand somewhere, best first, each thing once."""
        ...

    def seen(self, moment: Moment) -> "Seen":
        """The same with what lies around it; to be asked by `Moment.once`."""
        ...

    def unseen(self, look: Look) -> Why | None:
        """Why a look without sightings says nothing; None where it does."""
        ...


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

    @classmethod
    def of(cls, things: Things, moment: Moment) -> "Seen":
        """What one look shows of `things`."""
        sightings = things.sightings(moment.look)
        boxes = boxes_of([sighting.box for sighting in sightings])
        tracks = moment.look.tracks
        return cls(
            sightings,
            boxes,
            boxes_of([t.box for t in tracks if t.label not in things.classes]),
            Verdicts(),
            moment.scene.outlines,
        )


@dataclass(frozen=True, slots=True)
class Vehicles:
    """Cars, buses and trucks; never a person, a wheelchair or a bicycle."""

    classes: frozenset[str] = VEHICLES

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """Every vehicle of the look once, best score first."""
        return vehicles_in(look)

    def seen(self, moment: Moment) -> Seen:
        """The same with what lies around it."""
        return Seen.of(self, moment)

    def unseen(self, look: Look) -> Why | None:
        """A model that knows no vehicle sees none."""
        is_able = bool(look.classes & self.classes)
        return None if is_able else Why.NO_SUCH_CLASS


@dataclass(frozen=True, slots=True)
class Regions:
    """Static things without a class: goods, stalls, parcels."""

    classes: frozenset[str] = frozenset()

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """Every region of the look, largest first."""
        return regions_in(look)

    def seen(self, moment: Moment) -> Seen:
        """The same with what lies around it."""
        return Seen.of(self, moment)

    def unseen(self, look: Look) -> Why | None:
        """The detector says when its background cannot tell."""
        why = look.regions_unseen
        return None if why is None else UNSEEN_WHY[why]


@dataclass(frozen=True, slots=True)
class Anything:
    """Vehicles and static things: whatever blocks the way."""

    classes: frozenset[str] = VEHICLES

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """Vehicles first."""
        return vehicles_in(look) + regions_in(look)

    def seen(self, moment: Moment) -> Seen:
        """The same with what lies around it."""
        return Seen.of(self, moment)

    def unseen(self, look: Look) -> Why | None:
        """Vehicles are enough to see with."""
        return Vehicles().unseen(look)
