"""What may stand somewhere: which sightings of a look count for which rule."""

from dataclasses import dataclass
from typing import Protocol

from detector.look import VEHICLES, Look
from rules.sighting import Sighting, vehicles_in


class Things(Protocol):
    """One sort of standing things."""

    @property
    def classes(self) -> frozenset[str]:
        """Class names it lives on; a model that knows none of them blinds it."""
        ...

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """What may stand somewhere, best first, each thing once."""
        ...


@dataclass(frozen=True, slots=True)
class Vehicles:
    """Cars, buses and trucks; never a person, a wheelchair or a bicycle."""

    classes: frozenset[str] = VEHICLES

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """Every vehicle of the look once, best score first."""
        return vehicles_in(look)
