"""The scene of one view: its zones by purpose, which belongs to which, its ground."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from base.ids import ZoneName
from rules.ground_plane import GroundPlane
from rules.settings import Purpose, Regime, ZoneSection


@dataclass(frozen=True, slots=True)
class ViewScene:
    """What does not change from look to look.

    Attributes:
        zones: All zones of the view, by name.
        regime: Body of law.
        ground: From the picture to metres; None: rules work in pixels.
    """

    zones: Mapping[ZoneName, ZoneSection] = field(default_factory=dict)
    regime: Regime = Regime.STREET
    ground: GroundPlane | None = None

    def of(self, *purposes: Purpose) -> tuple[ZoneName, ...]:
        """Zones of one of `purposes`, in the order drawn."""
        return tuple(n for n, zone in self.zones.items() if zone.purpose in purposes)

    def related(self, zone: ZoneName, purpose: Purpose) -> tuple[ZoneName, ...]:
        """Zones of `purpose` that belong to `zone`.

        Those that name it in `belongs_to`; where none does, those that name nobody.
        """
        drawn = self.of(purpose)
        own = tuple(n for n in drawn if self.zones[n].belongs_to == zone)
        free = tuple(n for n in drawn if self.zones[n].belongs_to is None)
        return own or free
