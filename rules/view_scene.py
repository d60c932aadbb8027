"""The scene of one view: its zones by purpose, which belongs to which, its ground."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from base.ids import ZoneName
from rules.geometry import ZoneAreas
from rules.ground_plane import GroundPlane
from rules.settings import Purpose, Regime, ZoneSection


@dataclass(frozen=True, slots=True)
class ViewScene:
    """What does not change from look to look; what is derived of it is made once.

    Attributes:
        zones: All zones of the view, by name.
        regime: Body of law.
        ground: From the picture to metres; None: rules work in pixels.
        outlines: All zones, ready to be asked, in the order drawn.
        columns: Where each zone stands in what `outlines` answers.
    """

    zones: Mapping[ZoneName, ZoneSection] = field(default_factory=dict)
    regime: Regime = Regime.STREET
    ground: GroundPlane | None = None
    outlines: ZoneAreas = field(init=False, repr=False, compare=False)
    columns: Mapping[ZoneName, int] = field(init=False, repr=False, compare=False)
    _of: dict[tuple[Purpose, ...], tuple[ZoneName, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _related: dict[tuple[ZoneName, Purpose], tuple[ZoneName, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        outlines = ZoneAreas([zone.points for zone in self.zones.values()])
        object.__setattr__(self, "outlines", outlines)
        object.__setattr__(self, "columns", {n: c for c, n in enumerate(self.zones)})

    def of(self, *purposes: Purpose) -> tuple[ZoneName, ...]:
        """Zones of one of `purposes`, in the order drawn."""
        if purposes not in self._of:
            self._of[purposes] = tuple(
                n for n, zone in self.zones.items() if zone.purpose in purposes
            )
        return self._of[purposes]

    def related(self, zone: ZoneName, purpose: Purpose) -> tuple[ZoneName, ...]:
        """Zones of `purpose` that belong to `zone`.

        Those that name it in `belongs_to`; where none does, those that name nobody.
        """
        if (zone, purpose) not in self._related:
            drawn = self.of(purpose)
            own = tuple(n for n in drawn if self.zones[n].belongs_to == zone)
            free = tuple(n for n in drawn if self.zones[n].belongs_to is None)
            self._related[zone, purpose] = own or free
        return self._related[zone, purpose]
