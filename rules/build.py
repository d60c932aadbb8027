"""From a camera's configuration and the catalogue to the rules of one view."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from base.ids import CameraId, ViewName, ZoneName
from rules.area import AreaRule
from rules.catalogue import (
    Catalogue,
    CatalogueRow,
    PlaceKind,
    merge,
    shipped_catalogue,
)
from rules.composition import compose
from rules.errors import RuleError
from rules.ground_plane import GroundPlane
from rules.rule import Rule
from rules.rule_inputs import RuleInputs
from rules.settings import Regime, RuleCode, RuleSection, ZoneSection
from rules.standing import StandingRule
from rules.things import ANYTHING, THING, VEHICLE, Things

THINGS: Mapping[PlaceKind, Things] = {
    PlaceKind.VEHICLE: VEHICLE,
    PlaceKind.THING: THING,
    PlaceKind.ANYTHING: ANYTHING,
}
"""What stands in the slots of each kind of place."""


@dataclass(frozen=True, slots=True)
class CameraRules:
    """What the rules of one camera's view are built from.

    Attributes:
        camera: The camera.
        view: The preset.
        zones: Its zones by name.
        site_rules: Overrides for the whole site, by code; the weakest.
        camera_rules: Overrides for the camera; a zone's own are the strongest.
        regime: Body of law.
        config: Digest of the site revision in force.
        catalogue: The codes; the shipped ones and those a bureau added.
        ground: From the picture to metres; None: rules work in pixels.
    """

    camera: CameraId
    view: ViewName
    zones: Mapping[ZoneName, ZoneSection] = field(default_factory=dict)
    site_rules: Mapping[RuleCode, RuleSection] = field(default_factory=dict)
    camera_rules: Mapping[RuleCode, RuleSection] = field(default_factory=dict)
    regime: Regime = Regime.STREET
    config: str = ""
    catalogue: Catalogue = field(default_factory=shipped_catalogue)
    ground: GroundPlane | None = None


def build_rules(settings: CameraRules) -> dict[RuleCode, Rule]:
    """The rules of one view, by code, in the catalogue's order.

    Raises:
        RuleError: An override names an unknown code, or a clause cannot be used.
    """
    _check_codes(settings)
    rules = {}
    for code, row in settings.catalogue.rules.items():
        try:
            inputs = _inputs(settings, code, row)
        except RuleError as error:
            raise RuleError(f"{settings.camera}: rules.{code}.{error}") from error
        if inputs.zones:
            rules[code] = _rule(inputs)
    return rules


def _rule(inputs: RuleInputs) -> Rule:
    if inputs.row.place is PlaceKind.ZONE:
        return AreaRule(inputs)
    return StandingRule(inputs, THINGS[inputs.row.place])


def _inputs(settings: CameraRules, code: RuleCode, row: CatalogueRow) -> RuleInputs:
    sections = {
        name: (
            settings.site_rules.get(code),
            settings.camera_rules.get(code),
            zone.rules.get(code),
        )
        for name, zone in settings.zones.items()
        if zone.purpose in row.zones
    }
    thresholds = {name: merge(row, own) for name, own in sections.items()}
    judged = {name for name, merged in thresholds.items() if merged.enabled}
    return RuleInputs(
        camera=settings.camera,
        view=settings.view,
        code=code,
        row=row,
        zones={n: zone for n, zone in settings.zones.items() if n in judged},
        exempt={
            n: z for n, z in settings.zones.items() if z.purpose in row.exempt_zones
        },
        thresholds={n: merged for n, merged in thresholds.items() if n in judged},
        compositions={
            n: compose(row, own) for n, own in sections.items() if n in judged
        },
        config=settings.config,
    )


def _check_codes(settings: CameraRules) -> None:
    named = [(f"rules.{code}", code) for code in settings.site_rules]
    camera = f"cameras.{settings.camera}"
    named += [(f"{camera}.rules.{code}", code) for code in settings.camera_rules]
    named += [
        (f"{camera}.views.{settings.view}.zones.{name}.rules.{code}", code)
        for name, zone in settings.zones.items()
        for code in zone.rules
    ]
    for where, code in named:
        if code not in settings.catalogue.rules:
            raise RuleError(f"{where}: the catalogue has no such code")
