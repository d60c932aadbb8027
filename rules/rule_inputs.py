"""What a rule is built from, for one view."""

from collections.abc import Mapping
from dataclasses import dataclass

from base.ids import CameraId, ViewName, ZoneName
from rules.catalogue import CatalogueRow, Thresholds
from rules.composition import Composition
from rules.settings import ZoneSection


@dataclass(frozen=True, slots=True)
class RuleInputs:
    """What a rule is built from.

    Attributes:
        camera: Whose looks.
        view: Of which preset.
        code: The catalogue code judged.
        row: Its catalogue row.
        zones: The zones it is judged in.
        exempt: The zones in which it is lawful.
        thresholds: Merged thresholds of each of `zones`.
        compositions: The clauses of each of `zones`, parameters merged.
        config: Digest of the site revision.
    """

    camera: CameraId
    view: ViewName
    code: str
    row: CatalogueRow
    zones: Mapping[ZoneName, ZoneSection]
    exempt: Mapping[ZoneName, ZoneSection]
    thresholds: Mapping[ZoneName, Thresholds]
    compositions: Mapping[ZoneName, Composition]
    config: str
