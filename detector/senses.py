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
from detector.coverage import Polygon
from detector.look import Look, Unseen, ViewMatch
from detector.sideways import Sideways
from detector.static_things import StaticThings
from streams.faults import FeedFault
from streams.frame import ImageBGR

SAVE_EVERY = timedelta(minutes=10)
"""Of media time; a memory lost is as old as that at most."""

NO_PICTURE = frozenset({FeedFault.BLACK, FeedFault.FROZEN, FeedFault.BLURRED})
"""Health faults under which a picture says nothing about the view."""

MOVERS = frozenset(
    "person helmet bare_head bicycle car motorcycle bus train truck boat "
    "bird cat dog horse".split()
)
"""What moves of its own: never background, never a thing left standing."""


@dataclass(frozen=True, slots=True)
class Senses:
    """Which zones need what.

    Attributes:
        regions: Zones in which things left standing matter.
        bodies: Whether it matters how persons hold themselves.
    """

    regions: tuple[Polygon, ...] = ()
    bodies: bool = False


class Sensing:
    """The parts one view needs, at work."""

    def __init__(
        self, senses: Senses, store: BackgroundStore, sideways: Sideways
    ) -> None:
        """Begin; memories are restored with the first look."""
        self._bodies = Bodies(sideways) if senses.bodies else None
        self._senses = senses
        self._store = store
        self._static: StaticThings | None = None
        self._saved_at: datetime | None = None

    def add(self, look: Look, image: ImageBGR, movers_px: NDArray[np.float32]) -> Look:
        """The look with what the parts tell.

        Args:
            look: What is known of the picture so far.
            image: The picture, privacy masks black.
            movers_px: Boxes of `MOVERS`, weak detections included, shape (n, 4).
        """
        if self._bodies is not None and not look.faults & NO_PICTURE:
            tracks = self._bodies.see(look.at, look.epoch, image, look.tracks)
            look = replace(look, tracks=tracks)
        if not self._senses.regions:
            return look
        if look.view_match is ViewMatch.MOVED:
            return replace(look, regions_unseen=Unseen.VIEW_MOVED)
        if look.faults & NO_PICTURE:
            return replace(look, regions_unseen=Unseen.TOO_DARK)
        return self._with_regions(look, image, movers_px)

    def _with_regions(
        self, look: Look, image: ImageBGR, movers_px: NDArray[np.float32]
    ) -> Look:
        if self._static is None:
            raw = self._store.load(look.camera, look.view)
            self._static = StaticThings(self._senses.regions, raw)
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
