"""Where a violation is: the key by which two alerts are the same matter.

Within one camera a place is view/zone/slot. Where two cameras see the same ground, the
zone's `ground:` name takes the place of camera, view and zone, and the slot is a cell
of the ground plane, so that one car seen twice is one alert with two sources.
"""

from dataclasses import dataclass
from typing import NewType

from base.ids import CameraId, ViewName, ZoneName

SlotId = NewType("SlotId", str)
"""Name of a standing thing's place inside a zone; `area` for whole-zone rules."""

PlaceKey = NewType("PlaceKey", str)

WHOLE_ZONE = SlotId("area")


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one violation.

    Attributes:
        camera: The camera that saw it.
        view: The preset it was seen in.
        zone: The zone of the site file.
        slot: The place inside the zone.
        ground: Name of shared ground, where the zone has one.
        ground_slot: The slot as a cell of that ground; None without a ground plane:
            then the whole named ground counts as one place.
    """

    camera: CameraId
    view: ViewName
    zone: ZoneName
    slot: SlotId
    ground: str | None = None
    ground_slot: SlotId | None = None

    @property
    def key(self) -> PlaceKey:
        """`camera/view/zone/slot`, or `ground:name/slot` on shared ground."""
        if self.ground is not None:
            return PlaceKey(f"ground:{self.ground}/{self.ground_slot or WHOLE_ZONE}")
        return PlaceKey(f"{self.camera}/{self.view}/{self.zone}/{self.slot}")
