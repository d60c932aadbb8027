"""What a view's zones need beyond things with a class, and the parts that tell it.

Each part runs only where a zone needs it: no pavement, no background; no opening, no
comparison. In go a look with its picture; out comes the look with what the parts add.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from detector.background_store import BackgroundStore
from detector.bodies import Bodies
from detector.coverage import Polygon, ZoneArea
from detector.falling import Falling
from detector.look import Look, Unseen, ViewMatch
from detector.openings import Openings
from detector.sideways import Sideways
from detector.static_things import StaticThings
from streams.faults import FeedFault
from streams.frame import ImageBGR

SAVE_EVERY = timedelta(minutes=10)
"""Of media time; a memory lost is as old as that at most."""

NO_PICTURE = frozenset({FeedFault.BLACK, FeedFault.FROZEN, FeedFault.BLURRED})
"""Health faults under which a picture says nothing about the view."""

MOVERS = frozenset(
    "person bicycle car motorcycle bus train truck boat bird cat dog horse".split()
)
"""What moves of its own: never background, never a thing left standing. Heads are left
out: networks see heads in pits and bags, and persons have boxes of their own."""


@dataclass(frozen=True, slots=True)
class Senses:
    """Which zones need what.

    Attributes:
        regions: Zones in which things left standing matter.
        bodies: Whether it matters how persons hold themselves.
        openings: Openings to be compared with the reference picture.
        falling: Zones in which things may fall, while every picture is looked at.
        masks: What is black in all pictures.
    """

    regions: tuple[Polygon, ...] = ()
    bodies: bool = False
    openings: tuple[ZoneArea, ...] = ()
    falling: tuple[ZoneArea, ...] = ()
    masks: tuple[Polygon, ...] = ()


class Sensing:
    """The parts one view needs, at work."""

    def __init__(
        self,
        senses: Senses,
        store: BackgroundStore,
        sideways: Sideways,
        reference: ImageBGR | None = None,
    ) -> None:
        """Begin; memories are restored with the first look."""
        self._bodies = Bodies(sideways) if senses.bodies else None
        self._openings = Openings(senses.openings, reference)
        self._falling = Falling(senses.falling) if senses.falling else None
        self._senses = senses
        self._store = store
        self._static: StaticThings | None = None
        self._before: StaticThings | None = None
        self._saved_at: datetime | None = None

    def carry_on(self, before: "Sensing") -> None:
        """Go on with what is known of things left standing, round other zones."""
        self._before = before._static or before._before  # noqa: SLF001 - same class

    def add(self, look: Look, image: ImageBGR, movers_px: NDArray[np.float32]) -> Look:
        """The look with what the parts tell.

        Args:
            look: What is known of the picture so far.
            image: The picture, privacy masks black.
            movers_px: Boxes of `MOVERS`, weak detections included, shape (n, 4).
        """
        why = _untold(look)
        if why is not None:
            return self._silent(look, why)
        look = replace(look, openings=self._openings.see(image, _movers_of(look)))
        if self._bodies is not None:
            tracks = self._bodies.see(look.at, look.epoch, image, look.tracks)
            look = replace(look, tracks=tracks)
        if self._falling is not None:
            falls, unseen = self._falling.see(look.at, image, movers_px)
            look = replace(look, falling=falls, falling_unseen=unseen)
        if self._senses.regions:
            look = self._with_regions(look, image, movers_px)
        return look

    def _silent(self, look: Look, why: Unseen) -> Look:
        """The look, saying why nothing more can be said."""
        return replace(
            look,
            openings=self._openings.untold(why),
            regions_unseen=why if self._senses.regions else look.regions_unseen,
            falling_unseen=why if self._senses.falling else look.falling_unseen,
        )

    def _with_regions(
        self, look: Look, image: ImageBGR, movers_px: NDArray[np.float32]
    ) -> Look:
        if self._static is None:
            raw = self._store.load(look.camera, look.view)
            senses, before = self._senses, self._before
            self._static = StaticThings(senses.regions, raw, senses.masks, before)
            self._before = None
        told = self._static.see(look.at, image, movers_px)
        self._save(look)
        return replace(look, regions=told.regions, regions_unseen=told.unseen)

    def _save(self, look: Look) -> None:
        """Save the long memory when it was learned, then every ten minutes."""
        saved = self._saved_at
        if saved is not None and timedelta(0) <= look.at - saved < SAVE_EVERY:
            return
        raw = self._static.dump() if self._static is not None else None
        if raw is not None:
            self._store.save(look.camera, look.view, raw)
            self._saved_at = look.at


def _untold(look: Look) -> Unseen | None:
    """Why the picture says nothing about this view; None where it does."""
    if look.view_match is ViewMatch.MOVED:
        return Unseen.VIEW_MOVED
    return Unseen.TOO_DARK if look.faults & NO_PICTURE else None


def _movers_of(look: Look) -> NDArray[np.float32]:
    """Boxes of what counts as a mover, pixels, shape (n, 4).

    A weak detection must not hide an opening: networks see all sorts of things in pits.
    """
    boxes = [t.box for t in look.tracks if t.label in MOVERS]
    corners = np.array([(b.x1, b.y1, b.x2, b.y2) for b in boxes], np.float32)
    return corners.reshape(-1, 4) * np.array(look.size_px * 2, np.float32)
