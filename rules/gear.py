"""When gear was last seen in each zone: looks in, times out.

What should have been there *before* something happened (a blower before an entry) no
single look tells. Only classes some clause asks the past of are remembered; saved and
restored with the people of the view.
"""

from collections.abc import Collection
from datetime import datetime

import numpy as np
from msgspec import Struct

from base.ids import ZoneName
from detector.look import Look
from rules.geometry import boxes_of
from rules.state_text import Time
from rules.view_scene import ViewScene

AT_ZONE = 0.3
"""Share of a rail's or blower's box in the zone from which it is the zone's."""
BREAK_S = 60.0
"""After a longer time without a usable look nobody can say what stood there."""


class GearSeen(Struct):
    """Gear of one class in one zone, and when it was last seen there."""

    zone: ZoneName
    label: str
    last: Time


class Gear(Struct):
    """What is remembered of the gear of one view.

    Attributes:
        since: Since when it is looked for without a break.
        until: Newest look.
        seen: What was seen, each class once a zone.
    """

    since: Time | None = None
    until: Time | None = None
    seen: list[GearSeen] = []

    def watch(
        self, look: Look, at: datetime, scene: ViewScene, classes: Collection[str]
    ) -> None:
        """One more usable look.

        Args:
            look: The look.
            at: Its media time, UTC.
            scene: The zones.
            classes: What to remember.
        """
        until = self.until
        if until is None or (at - until).total_seconds() > BREAK_S:
            self.since = at
        self.until = at
        tracks = [track for track in look.tracks if track.label in classes]
        if not tracks:
            return
        names = tuple(scene.columns)
        shares = scene.outlines.shares(boxes_of([track.box for track in tracks]))
        for row, column in np.argwhere(shares >= AT_ZONE).tolist():
            self._note(names[column], tracks[row].label, at)

    def last_seen(
        self, zones: Collection[ZoneName], classes: Collection[str]
    ) -> datetime | None:
        """When one of `classes` was last seen in one of `zones`; None: never."""
        times = [s.last for s in self.seen if s.zone in zones and s.label in classes]
        return max(times, default=None)

    def _note(self, zone: ZoneName, label: str, at: datetime) -> None:
        for known in self.seen:
            if (known.zone, known.label) == (zone, label):
                known.last = at
                return
        self.seen.append(GearSeen(zone, label, at))
