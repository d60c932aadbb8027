"""The violation catalogue: YAML in, checked rows and merged thresholds out.

One row a code, so that a threshold, a legal text or a handler changes without code. A
legal text nobody has verified by name, date and address is kept but never printed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from rules.errors import RuleError
from rules.settings import Purpose, Regime, RuleCode, RuleSection
from rules.violation import Severity

CODE = r"^[A-Z]{2}-\d{2}[A-Z]?$"
"""`SW-02P`; a bureau may begin its own codes with letters of its own."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(_Row):
    """A text in the two languages of the product."""

    zh: str = Field(min_length=1, description="Chinese")
    en: str = Field(min_length=1, description="English")


class EvidenceClass(StrEnum):
    """What kind of evidence a code needs; the pack is built accordingly."""

    EVENT = "E-EVENT"
    STATE = "E-STATE"
    STATIC = "E-STATIC"
    ORDER = "E-ORDER"
    PERMIT = "E-PERMIT"
    ENV = "E-ENV"
    SITE = "E-SITE"


class Handler(StrEnum):
    """Kind of authority a code goes to; the site names department and team."""

    EMERGENCY = "EM"
    HOUSING = "HC"
    ENFORCEMENT = "ZX"
    POLICE = "GA"
    POST = "PO"
    RESCUE = "RES"


class Proof(StrEnum):
    """How far a rule is proven: named, simulated, staged on footage, unseen footage."""

    NAMED = "P0"
    SIMULATED = "P1"
    STAGED = "P2"
    UNSEEN = "P3"


class LegalText(_Row):
    """Articles of one law, and who checked them."""

    regimes: tuple[Regime, ...] = Field(min_length=1, description="where it applies")
    law: Names = Field(description="title of the law")
    articles: tuple[str, ...] = Field(min_length=1, description="articles, as cited")
    text_version: str = Field(min_length=1, description="which text of the law")
    text_date: date = Field(description="date of that text")
    verified_by: str | None = Field(default=None, description="who checked the text")
    verified_on: date | None = Field(default=None, description="when it was checked")
    url: str | None = Field(default=None, description="where the text was read")

    @property
    def may_be_printed(self) -> bool:
        """Only a text checked by a named person, on a day, at an address."""
        return None not in (self.verified_by, self.verified_on, self.url)


class PlaceKind(StrEnum):
    """What has the clock: a standing thing's slot in a zone, or the zone itself."""

    VEHICLE = "standing_vehicle"
    THING = "standing_thing"
    ANYTHING = "standing_anything"
    ZONE = "zone"


class ClauseUse(_Row):
    """A clause of a row; a bare name stands for one without parameters."""

    clause: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="name of its kind")
    params: dict[str, JsonValue] = Field(
        default_factory=dict, description="its parameters; what is left out: default"
    )
    negate: bool = Field(default=False, description="must be false")
    may_be_unknown: bool = Field(
        default=False, description="does not hold the violation back while unknown"
    )

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, content: object) -> object:
        return {"clause": content} if isinstance(content, str) else content


class SeverityStep(_Row):
    """Another severity while a clause is true."""

    severity: Severity = Field(description="the severity then")
    when: ClauseUse = Field(description="the clause")


class LookNeeds(_Row):
    """How often a zone rule must look; a standing thing's follows from its dwell."""

    resting_s: float = Field(
        default=1.0, gt=0, le=10, description="longest gap while nobody is in view, s"
    )
    person_s: float = Field(
        default=0.5, gt=0, le=10, description="longest gap while a person is, s"
    )
    every_frame: bool = Field(default=False, description="every picture is wanted")


class Defaults(_Row):
    """Thresholds of a code where no site, camera or zone says otherwise."""

    dwell_s: float = Field(ge=0, description="how long before it opens, s")
    grace_s: float = Field(ge=0, description="grace after opening, s of media time")
    gap_s: float = Field(gt=0, description="away this long: a return is a new one, s")
    min_overlap: float = Field(
        default=0.5, gt=0, le=1, description="share of footprint in the zone"
    )
    share: float = Field(
        default=1.0, gt=0, le=1, description="zones: share of the dwell it must hold"
    )
    clear_s: float = Field(
        default=5.0, ge=0, description="zones: not true this long: it has ended, s"
    )
    persist_every_s: float = Field(gt=0, description="told again this often, s")
    persist_steps: int = Field(
        ge=0, le=100, description="told again at most this often"
    )


class CatalogueRow(_Row):
    """One code."""

    name: Names = Field(description="name shown to people")
    place: PlaceKind = Field(description="what has the clock")
    zones: tuple[Purpose, ...] = Field(
        min_length=1, description="judged in these zones"
    )
    exempt_zones: tuple[Purpose, ...] = Field(default=(), description="lawful in these")
    clauses: tuple[ClauseUse, ...] = Field(min_length=1, description="all must be true")
    defaults: Defaults = Field(description="thresholds")
    looks: LookNeeds = Field(
        default_factory=LookNeeds, description="how often a zone rule must look"
    )
    opt_in: bool = Field(default=False, description="judged only where enabled")
    severity: Severity = Field(description="S1 life danger … S4 advisory")
    severity_when: tuple[SeverityStep, ...] = Field(
        default=(), description="another severity; the gravest that is true counts"
    )
    basis: tuple[LegalText, ...] = Field(description="legal texts, by regime")
    evidence: EvidenceClass = Field(description="what the pack must hold")
    evidence_also: tuple[EvidenceClass, ...] = Field(
        default=(), description="what it must hold besides"
    )
    evidence_needs: Names | None = Field(default=None, description="what it must show")
    handler: Handler = Field(description="kind of authority")
    handler_by_regime: dict[Regime, Handler] = Field(
        default_factory=dict, description="another one in these regimes"
    )
    cannot_see: Names | None = Field(
        default=None, description="what no camera tells of it; shown beside it"
    )
    leniency: Names = Field(description="what leads to no case")
    city_code: str | None = Field(
        default=None, pattern=r"^\d{4}$", description="GB/T 30428.2 code; null: none"
    )
    proof: Proof = Field(description="how far the rule is proven")

    @model_validator(mode="after")
    def _consistent(self) -> "CatalogueRow":
        names = [(use.clause, use.negate) for use in self.clauses]
        if len(set(names)) < len(names):
            msg = "clauses: one clause stands in it twice"
            raise ValueError(msg)
        if self.place is not PlaceKind.ZONE and self.defaults.dwell_s <= 0:
            msg = "defaults.dwell_s: a standing thing needs a dwell"
            raise ValueError(msg)
        return self

    @property
    def uses(self) -> tuple[ClauseUse, ...]:
        """Every clause it names: its own, then those that make it graver."""
        return (*self.clauses, *(step.when for step in self.severity_when))

    def printable_basis(self, regime: Regime) -> tuple[LegalText, ...]:
        """The legal texts of `regime` that may be printed."""
        return tuple(
            text
            for text in self.basis
            if regime in text.regimes and text.may_be_printed
        )


class Catalogue(_Row):
    """All codes."""

    version: Literal[1] = Field(description="version of this format")
    rules: dict[RuleCode, CatalogueRow] = Field(description="rows by code")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What one code is held against in one zone, all overrides merged.

    Attributes:
        enabled: Whether it is judged there.
        dwell_s: How long before it opens.
        grace_s: Grace after opening, media time.
        gap_s: Away this long or longer, a return is a new violation.
        min_overlap: Share of the footprint that must lie in the zone.
        share: Zones: share of the dwell it must hold.
        clear_s: Zones: not true this long, it has ended.
        persist_every_s: How often a lasting violation is told again.
        persist_steps: How many times at most.
    """

    enabled: bool
    dwell_s: float
    grace_s: float
    gap_s: float
    min_overlap: float
    persist_every_s: float
    persist_steps: int
    share: float = 1.0
    clear_s: float = 5.0


def parse_catalogue(raw: bytes) -> Catalogue:
    """A catalogue from YAML.

    Raises:
        RuleError: It is no YAML, or a key or value is wrong; says which.
    """
    try:
        content = yaml.load(raw, Loader=yaml.CSafeLoader)
        catalogue = Catalogue.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"the catalogue is no YAML: {' '.join(str(error).split())}"
        raise RuleError(msg) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"the catalogue's {where}: {first['msg']}") from error
    _check_codes(catalogue.rules)
    return catalogue


@cache
def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with the product."""
    return parse_catalogue((files("rules") / "catalogue.yaml").read_bytes())


@cache
def shipped_digest() -> str:
    """SHA-256 of the catalogue's file, hex: which texts and defaults were in force."""
    return sha256((files("rules") / "catalogue.yaml").read_bytes()).hexdigest()


def with_codes(codes: Mapping[RuleCode, CatalogueRow]) -> Catalogue:
    """The shipped catalogue and a bureau's own codes after it."""
    shipped = shipped_catalogue()
    return shipped.model_copy(update={"rules": {**codes, **shipped.rules}})


def merge(row: CatalogueRow, overrides: Iterable[RuleSection | None]) -> Thresholds:
    """The row's defaults under overrides, weakest first: site, camera, zone.

    Only keys with a value override: a zone that sets `grace_s` alone does not switch a
    rule on again that its camera has switched off. (Stored sites hold every key, so
    that "was written" would mean nothing.)
    """
    base = row.defaults
    enabled, dwell_s, grace_s = not row.opt_in, base.dwell_s, base.grace_s
    gap_s, min_overlap = base.gap_s, base.min_overlap
    for section in overrides:
        if section is None:
            continue
        if section.enabled is not None:
            enabled = section.enabled
        dwell_s = dwell_s if section.dwell_s is None else section.dwell_s
        grace_s = grace_s if section.grace_s is None else section.grace_s
        gap_s = gap_s if section.gap_s is None else section.gap_s
        if section.min_overlap is not None:
            min_overlap = section.min_overlap
    return Thresholds(
        enabled=enabled,
        dwell_s=dwell_s,
        grace_s=grace_s,
        gap_s=gap_s,
        min_overlap=min_overlap,
        persist_every_s=base.persist_every_s,
        persist_steps=base.persist_steps,
        share=base.share,
        clear_s=base.clear_s,
    )


def _check_codes(codes: Iterable[RuleCode]) -> None:
    wrong = [code for code in codes if not re.match(CODE, code)]
    if wrong:
        raise RuleError(f"the catalogue's rules.{wrong[0]}: no code looks like this")
