"""Codes of the catalogue as the zone editor offers them: names, zones, thresholds."""

from typing import Annotated

from pydantic import Field

from api.shown import Shown
from rules.catalogue import CatalogueRow
from rules.clause_table import CLAUSES
from rules.overridable import Overridable, ValueKind, overridable
from rules.violation import Severity


class ShownThreshold(Shown):
    """A number or switch of a rule that a zone may override."""

    path: Annotated[
        tuple[str, ...],
        Field(
            description='keys below the code, `["clauses", "ring_empty", "stays_s"]`'
        ),
    ]
    kind: Annotated[ValueKind, Field(description="what is typed")]
    default: Annotated[float | bool, Field(description="holds without an override")]
    least: Annotated[float | None, Field(description="lower bound; null: none")]
    most: Annotated[float | None, Field(description="upper bound; null: none")]
    is_least_excluded: Annotated[bool, Field(description="above `least`, never it")]
    clause_zh: Annotated[str, Field(description="its clause, Chinese; may be empty")]
    clause_en: Annotated[str, Field(description="its clause, English; may be empty")]
    meaning: Annotated[str, Field(description="what it is, English")]


class ShownRule(Shown):
    """One code."""

    code: Annotated[str, Field(description="catalogue code")]
    name_zh: Annotated[str, Field(description="name, Chinese")]
    name_en: Annotated[str, Field(description="name, English")]
    severity: Annotated[Severity, Field(description="S1 life danger … S4 advisory")]
    zones: Annotated[
        tuple[str, ...], Field(description="purposes of the zones it is judged in")
    ]
    thresholds: Annotated[
        tuple[ShownThreshold, ...], Field(description="what a zone may override")
    ]


class RuleList(Shown):
    """Every code, the site's own too."""

    rules: Annotated[tuple[ShownRule, ...], Field(description="by code")]


def rule_of(code: str, row: CatalogueRow) -> ShownRule:
    """One code with its thresholds."""
    return ShownRule(
        code=code,
        name_zh=row.name.zh,
        name_en=row.name.en,
        severity=row.severity,
        zones=tuple(purpose.value for purpose in row.zones),
        thresholds=tuple(_threshold_of(one) for one in overridable(row)),
    )


def _threshold_of(one: Overridable) -> ShownThreshold:
    words = CLAUSES[one.path[1]].words if len(one.path) > 1 else None
    return ShownThreshold(
        path=one.path,
        kind=one.kind,
        default=one.default,
        least=one.least,
        most=one.most,
        is_least_excluded=one.is_least_excluded,
        clause_zh="" if words is None else words.zh,
        clause_en="" if words is None else words.en,
        meaning=one.meaning,
    )
