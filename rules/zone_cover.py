"""How much of each zone a look hides: a van before a ring, a part outside all crops."""

from collections.abc import Sequence

from base.ids import ZoneName
from detector.box import Box
from detector.look import PERSON, Look
from rules.geometry import ZoneAreas, areas, boxes_of
from rules.settings import ZoneSection
from rules.view_scene import ViewScene


class ZoneCover:
    """Some zones of one view."""

    def __init__(self, scene: ViewScene, names: Sequence[ZoneName]) -> None:
        zones = [scene.zones[name] for name in names]
        self._names = tuple(names)
        self._areas = ZoneAreas([zone.points for zone in zones])
        whole = boxes_of([bounds(zone) for zone in zones])
        self._sizes = self._areas.shares(whole).diagonal() * areas(whole)

    def measure(self, look: Look) -> dict[ZoneName, float]:
        """Share of each zone under things that are no persons, or unseen, 0…1."""
        boxes = [t.box for t in look.tracks if t.label != PERSON]
        boxes += [area.box for area in look.unseen]
        if not (boxes and self._names):
            return {}
        rows = boxes_of(boxes)
        inside = self._areas.shares(rows) * areas(rows)[:, None]
        covered = (inside.sum(axis=0) / self._sizes).tolist()
        pairs = zip(self._names, covered, strict=True)
        return {name: min(share, 1.0) for name, share in pairs}


def bounds(zone: ZoneSection) -> Box:
    """The box around a zone."""
    xs, ys = zip(*zone.points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))
