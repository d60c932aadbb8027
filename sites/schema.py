"""The site file, version 1: composed of the section each folder owns.

Zones, views and cameras are maps, never lists, so that a change names its place
(`cameras.dock_2.views.home.zones.kerb.points`) and two people can edit side by side.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from detector.settings import DetectorSection
from rules.catalogue import CatalogueRow
from rules.ground_settings import GroundSection
from rules.settings import Regime, RuleCode, RuleSection, ZoneSection
from sites.delivery_section import DeliverySection
from sites.dossier_section import DossierSection
from sites.evidence_section import EvidenceSection
from sites.inputs_section import InputsSection
from sites.retention_section import RetentionSection
from streams.settings import FeedSettings

NAME = r"^[a-z][a-z0-9_]{0,63}$"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Position(_Section):
    """Where a camera hangs, WGS-84."""

    lat: float = Field(ge=-90, le=90, description="latitude, degrees, WGS-84")
    lon: float = Field(ge=-180, le=180, description="longitude, degrees, WGS-84")


class ViewSection(_Section):
    """One preset of a camera and the zones drawn in it."""

    zones: dict[str, ZoneSection] = Field(
        default_factory=dict, description="polygons by name"
    )
    reference: Path | None = Field(
        default=None,
        description="picture the zones were drawn on, JPEG or PNG; a camera with "
        "several views needs one for each, an opening needs one to be compared with",
    )
    ground_plane: GroundSection | None = Field(
        default=None, description="how the picture maps to metres; null: pixels only"
    )


class CameraScene(_Section):
    """One camera without its feed: what a recording of it needs too."""

    title: str = Field(default="", max_length=200, description="name shown to people")
    area: str = Field(default="", max_length=200, description="district or street team")
    position: Position | None = Field(default=None, description="where it hangs")
    regime: Regime = Field(
        default=Regime.STREET, description="body of law the place falls under"
    )
    priority: int = Field(
        default=5,
        ge=1,
        le=9,
        description="1 loses looks first under overload, 9 last",
    )
    detector: DetectorSection = Field(
        default_factory=DetectorSection, description="how pictures are looked at"
    )
    views: dict[str, ViewSection] = Field(
        default_factory=dict, description="presets by name; a fixed camera has `home`"
    )
    rules: dict[RuleCode, RuleSection] = Field(
        default_factory=dict, description="overrides for this camera, by code"
    )


class CameraSection(CameraScene):
    """One camera."""

    dossier: DossierSection | None = Field(
        default=None,
        description="on which basis it may be used; null: its feed is not pulled",
    )
    feed: FeedSettings = Field(description="where its pictures come from")


class Site(_Section):
    """A whole site file."""

    version: Literal[1] = Field(description="version of this format")
    name: str = Field(min_length=1, max_length=200, description="name of the site")
    cameras: dict[str, CameraSection] = Field(
        default_factory=dict, description="cameras by name"
    )
    rules: dict[RuleCode, RuleSection] = Field(
        default_factory=dict, description="overrides for the whole site, by code"
    )
    codes: dict[RuleCode, CatalogueRow] = Field(
        default_factory=dict,
        description="codes of one's own, composed of the clauses there are",
    )
    evidence: EvidenceSection = Field(
        default_factory=EvidenceSection, description="what is kept of each alert"
    )
    retention: RetentionSection = Field(
        default_factory=RetentionSection,
        description="how long it is kept, what goes first when the disk runs out",
    )
    inputs: InputsSection = Field(
        default_factory=InputsSection,
        description="what rules are told beside the pictures",
    )
    delivery: DeliverySection = Field(
        default_factory=DeliverySection, description="who is told of life danger"
    )
