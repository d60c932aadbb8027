"""The sample site file is the reference of the format."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from detector.settings import DetectorSection
from rules.settings import RuleSection, ZoneSection
from sites.delivery_section import (
    DeliverySection,
    PhonePageChannel,
    WebhookChannel,
)
from sites.dossier_section import (
    AccessSection,
    DossierSection,
    PublishedSection,
    ReviewSection,
)
from sites.evidence_section import EvidenceSection
from sites.inputs_section import InputFile, InputsSection, WeatherFile
from sites.load import read_site
from sites.retention_section import RetentionSection
from sites.schema import CameraSection, Position, Site, ViewSection
from streams.settings import FileFeed, UrlFeed

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "site.yaml"
SECTIONS: tuple[type[BaseModel], ...] = (
    Site,
    CameraSection,
    Position,
    ViewSection,
    ZoneSection,
    RuleSection,
    EvidenceSection,
    RetentionSection,
    InputsSection,
    InputFile,
    WeatherFile,
    DeliverySection,
    WebhookChannel,
    PhonePageChannel,
    DossierSection,
    AccessSection,
    ReviewSection,
    PublishedSection,
    DetectorSection,
    UrlFeed,
    FileFeed,
)


def _keys() -> Iterator[str]:
    for section in SECTIONS:
        yield from section.model_fields


def test_the_sample_is_a_good_site() -> None:
    """It loads, and its camera is the campus."""
    assert list(read_site(SAMPLE).cameras) == ["campus"]


def test_every_key_of_the_format_stands_in_the_sample() -> None:
    """A key added to the schema must be shown and commented there."""
    text = SAMPLE.read_text(encoding="utf-8")

    missing = [key for key in _keys() if f"{key}:" not in text]
    assert missing == []


def test_every_key_of_the_format_is_described() -> None:
    """Pages and messages take their words from the description."""
    bare = [
        f"{section.__name__}.{name}"
        for section in SECTIONS
        for name, field in section.model_fields.items()
        if not field.description and name != "kind"
    ]
    assert bare == []
