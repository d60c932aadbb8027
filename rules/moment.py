"""What clauses are asked about: one place at one look, and all that look shares.

A `Stand` is a standing thing's slot, an `Area` a whole zone; the `Moment` carries the
look, the scene it was drawn in, what is remembered of people, and the registries.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from base.ids import ZoneName
from detector.look import Look, ViewMatch
from rules.catalogue import Thresholds
from rules.clause import Outcome, Truth, Why
from rules.context import Context
from rules.people import People
from rules.permit import Activity, Permit
from rules.settings import ZoneSection
from rules.slot import Slot
from rules.view_scene import ViewScene
from streams.faults import FeedFault

BLINDING: dict[FeedFault, Why] = {
    FeedFault.MOVED: Why.CAMERA_MOVED,
    FeedFault.FROZEN: Why.FEED_FAULT,
    FeedFault.BLACK: Why.FEED_FAULT,
    FeedFault.BLURRED: Why.FEED_FAULT,
    FeedFault.STALLED: Why.FEED_FAULT,
    FeedFault.CORRUPT: Why.FEED_FAULT,
}
"""Faults under which a look is worth nothing: a frozen picture shows a car for ever."""


def blinding(look: Look) -> Why | None:
    """Why a look is worth nothing at all; None where it can be judged."""
    if look.view_match is ViewMatch.MOVED:
        return Why.CAMERA_MOVED
    for fault in sorted(look.faults & BLINDING.keys()):
        return BLINDING[fault]
    return None


T = TypeVar("T")


@dataclass(slots=True)
class Moment:
    """What all places share at one look; what several ask of it is made once.

    Attributes:
        look: The look.
        at: Its media time, UTC.
        scene: Zones, ground plane and regime of the view.
        people: Who is where, and who went in.
        context: Permits, calendar, weather, register.
        blind: Why this look is worth nothing; None where it can be judged.
        told: What clauses have said of zones, by question and zone.
        in_force: Which of the permits hold, by identity, as far as asked.
    """

    look: Look
    at: datetime
    scene: ViewScene
    people: People
    context: Context
    blind: Why | None = None
    told: dict[tuple[str, ZoneName], Outcome] = field(default_factory=dict)
    in_force: dict[int, Truth] = field(default_factory=dict)
    _permits: tuple[Permit, ...] | None = None
    _asked: bool = field(default=False, init=False)
    _made: dict[object, Any] = field(default_factory=dict, init=False)

    def once(self, make: "Callable[[Moment], T]") -> T:
        """What `make` makes of this moment, made at the first question only."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def permits(self) -> tuple[Permit, ...] | None:
        """Permits of the day; None when the registry cannot be asked."""
        if not self._asked:
            book = self.context.permits
            found = book.permits(self.look.camera, self.look.view, self.at)
            self._permits = None if found is None else tuple(found)
            self._asked = True
        return self._permits


@dataclass(slots=True)
class Touched:
    """The permits that lie where a slot stands; measured when one of both is new.

    Attributes:
        permits: All there are.
        shares: Those that touch its footprint, each with the share of it inside.
        allowing: Those that would allow it there while they hold, by what is asked.
    """

    permits: tuple[Permit, ...] = ()
    shares: tuple[tuple[Permit, float], ...] = ()
    allowing: dict[frozenset[Activity], tuple[Permit, ...]] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """One slot at one look, as clauses see it.

    Attributes:
        slot: The slot.
        shares: Share of its footprint in each zone of the view, by column.
        share: Share of its footprint in its zone.
        exempt_share: Share of its footprint in zones where standing is lawful.
        thresholds: Of its zone.
        is_raised: Whether its violation is standing: what opened a violation may
            relax a little before it ends it.
        touched: The permits it was last held against.
    """

    slot: Slot
    shares: tuple[float, ...]
    share: float
    exempt_share: float
    thresholds: Thresholds
    is_raised: bool
    touched: Touched = field(default_factory=Touched, compare=False)


@dataclass(frozen=True, slots=True)
class Area:
    """One zone as a place, at one look.

    What a clause says of it is the same for every rule that asks.

    Attributes:
        name: The zone.
        section: As drawn.
    """

    name: ZoneName
    section: ZoneSection
