"""What a rule on standing things is built from, and what is a family's own.

A family says which sightings count and how its clauses stand for one slot; slots, lives
and saved states are the same for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from base.ids import CameraId, ViewName, ZoneName
from detector.look import Look
from rules.catalogue import CatalogueRow, Thresholds
from rules.clause import ClauseTrace
from rules.permit import Permit, PermitBook
from rules.settings import ZoneSection
from rules.sighting import Sighting
from rules.slot import Slot


@dataclass(frozen=True, slots=True)
class RuleInputs:
    """What a family gets to build its rule for one view.

    Attributes:
        camera: Whose looks.
        view: Of which preset.
        code: The catalogue code judged.
        row: Its catalogue row.
        zones: The zones it is judged in.
        exempt: The zones in which standing is lawful.
        thresholds: Merged thresholds of each of `zones`.
        config: Digest of the site revision.
        permits: The registry.
    """

    camera: CameraId
    view: ViewName
    code: str
    row: CatalogueRow
    zones: Mapping[ZoneName, ZoneSection]
    exempt: Mapping[ZoneName, ZoneSection]
    thresholds: Mapping[ZoneName, Thresholds]
    config: str
    permits: PermitBook


@dataclass(slots=True)
class Moment:
    """What all slots share at one look; the registry is asked at most once."""

    look: Look
    at: datetime
    book: PermitBook
    _asked: bool = False
    _permits: tuple[Permit, ...] | None = None

    def permits(self) -> tuple[Permit, ...] | None:
        """Permits of the day; None when the registry cannot be asked."""
        if not self._asked:
            found = self.book.permits(self.look.camera, self.look.view, self.at)
            self._permits = None if found is None else tuple(found)
            self._asked = True
        return self._permits


@dataclass(frozen=True, slots=True)
class Stand:
    """One slot at one look, as clauses see it.

    Attributes:
        slot: The slot.
        share: Share of its footprint in its zone.
        exempt_share: Share of its footprint in zones where standing is lawful.
        thresholds: Of its zone.
        is_raised: Whether its violation is standing: what opened a violation may
            relax a little before it ends it.
    """

    slot: Slot
    share: float
    exempt_share: float
    thresholds: Thresholds
    is_raised: bool


class Family(Protocol):
    """What is a rule's own."""

    @property
    def classes(self) -> frozenset[str]:
        """Class names it lives on; a model that knows none of them blinds it."""
        ...

    @property
    def may_be_unknown(self) -> frozenset[str]:
        """Clauses that do not hold a violation back while they are unknown."""
        ...

    def sightings(self, look: Look) -> tuple[Sighting, ...]:
        """What may stand somewhere, best first, each thing once."""
        ...

    def clauses(self, stand: Stand, moment: Moment) -> tuple[ClauseTrace, ...]:
        """How each clause stands; `since` and `looks` are filled in afterwards."""
        ...
