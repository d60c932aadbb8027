"""A camera that turns: which of its views is shown, and what is seen in it.

In go frames; out come looks of the view that is shown. Each view has a reference
picture; every look is laid over all of them. Another view is taken up when it fitted
twice in a row. While the camera travels, or shows none of them, its zones fit nothing:
the look says that the view moved, and no rule judges it. In fog or at night, when
nothing can be recognised, the view stays as long as the camera visibly does not turn.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from base.ids import ViewName
from detector.crops import CropPlan
from detector.look import Look, ViewMatch
from detector.looker import Looker
from detector.senses import NO_PICTURE
from detector.view_fingerprint import (
    EdgeMap,
    Seen,
    edges_of,
    plain_window,
    shift_between,
)
from streams.frame import Frame, ImageBGR

SURE_LOOKS = 2
"""In a row: a view swept over on the way to another is not taken up."""

LOST_AFTER = timedelta(seconds=60)
"""A camera that shows no known view for this long has a fault; a tour takes less."""


class ViewChooser:
    """Recognises the view a turning camera shows."""

    def __init__(self, references: Mapping[ViewName, ImageBGR]) -> None:
        """Take the reference picture of each view; the first is assumed at first."""
        self._references = {view: edges_of(p) for view, p in references.items()}
        self._window = plain_window()
        self._view = next(iter(self._references))
        self._is_found = False
        self._candidate: tuple[ViewName, int] | None = None
        self._last: EdgeMap | None = None
        self._fitted_at: datetime | None = None

    def choose(self, at: datetime, image: ImageBGR, *, is_healthy: bool) -> Seen:
        """Which view a picture shows.

        Args:
            at: Media time.
            image: Shape (h, w, 3).
            is_healthy: False for black, frozen or blurred pictures.
        """
        if not is_healthy:
            return self._seen(at, ViewMatch.UNKNOWN)
        edges = edges_of(image)
        before, self._last = self._last, edges
        fitting = self._fitting(edges)
        if fitting is None:
            stays = before is not None and shift_between(before, edges, self._window)
            self._candidate = None
            if self._is_found and stays and stays.is_still:
                return self._seen(at, ViewMatch.UNKNOWN)
            self._is_found = False
            return self._seen(at, ViewMatch.MOVED)
        if fitting != self._view or not self._is_found:
            return self._seen(at, self._take_up(fitting))
        self._candidate = None
        return self._seen(at, ViewMatch.MATCHED)

    def _fitting(self, edges: EdgeMap) -> ViewName | None:
        shifts = {
            view: shift_between(reference, edges, self._window)
            for view, reference in self._references.items()
        }
        still = [view for view, shift in shifts.items() if shift.is_still]
        return max(still, key=lambda view: shifts[view].response, default=None)

    def _take_up(self, view: ViewName) -> ViewMatch:
        looks = 1
        if self._candidate is not None and self._candidate[0] == view:
            looks += self._candidate[1]
        self._candidate = view, looks
        if looks < SURE_LOOKS:
            return ViewMatch.MOVED
        self._view, self._is_found, self._candidate = view, True, None
        return ViewMatch.MATCHED

    def _seen(self, at: datetime, match: ViewMatch) -> Seen:
        if match is not ViewMatch.MOVED or self._fitted_at is None:
            self._fitted_at = at
        is_lost = at - self._fitted_at >= LOST_AFTER
        return Seen(self._view, match, is_lost)


class PresetLooker:
    """Turns frames of a turning camera into looks of its views."""

    def __init__(
        self, lookers: Mapping[ViewName, Looker], chooser: ViewChooser
    ) -> None:
        """Take a looker for each view the chooser knows."""
        self._lookers = dict(lookers)
        self._chooser = chooser

    @property
    def by_view(self) -> Mapping[ViewName, Looker]:
        """The looker of each view."""
        return self._lookers

    def crop_plan(self, size_px: tuple[int, int]) -> CropPlan:
        """How pictures of this size are looked at, in the view that costs most."""
        plans = [looker.crop_plan(size_px) for looker in self._lookers.values()]
        return max(plans, key=lambda plan: len(plan.crops))

    def look(self, frame: Frame) -> Look:
        """Judge one frame.

        Raises:
            ModelError: The network fails.
        """
        is_healthy = not (frame.faults & NO_PICTURE)
        seen = self._chooser.choose(frame.at, frame.image, is_healthy=is_healthy)
        return self._lookers[seen.view].look(frame, seen)
