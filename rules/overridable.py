"""Thresholds of a rule that a site, a camera or a zone may override, one row each.

In: a catalogue row. Out: its numbers and switches with the value that holds without an
override and the bounds the schema sets, so that a page can offer each by name. Lists
(classes, purposes, activities) are no thresholds: they stand in the site file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.catalogue import CatalogueRow, ClauseUse
from rules.clause_table import CLAUSES
from rules.settings import RuleSection


class ValueKind(StrEnum):
    """What is typed for a threshold."""

    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Overridable:
    """One threshold.

    Attributes:
        path: Keys below the code in a `rules:` section, `("clauses", "ring", "s")`.
        kind: What is typed.
        default: What holds without an override, from the catalogue.
        least: Lower bound; None: none.
        most: Upper bound; None: none.
        is_least_excluded: The value is above `least`, never it.
        meaning: What it is, English, as the schema says.
    """

    path: tuple[str, ...]
    kind: ValueKind
    default: float | bool
    least: float | None
    most: float | None
    is_least_excluded: bool
    meaning: str


def overridable(row: CatalogueRow) -> tuple[Overridable, ...]:
    """Every threshold of `row`: its own first, then those of its clauses, in order."""
    own = RuleSection.model_json_schema()["properties"]
    held: dict[str, float | bool] = {
        "enabled": not row.opt_in,
        "dwell_s": row.defaults.dwell_s,
        "grace_s": row.defaults.grace_s,
        "gap_s": row.defaults.gap_s,
        "min_overlap": row.defaults.min_overlap,
    }
    found = [_threshold((name,), own[name], value) for name, value in held.items()]
    uses: dict[str, ClauseUse] = {}
    for use in row.uses:
        uses.setdefault(use.clause, use)
    for use in uses.values():
        found += _of_clause(use)
    return tuple(one for one in found if one is not None)


def _of_clause(use: ClauseUse) -> Iterator[Overridable | None]:
    params = CLAUSES[use.clause].params
    held = params.model_validate(use.params).model_dump(mode="json")
    schema = params.model_json_schema().get("properties", {})
    for name, told in schema.items():
        yield _threshold(("clauses", use.clause, name), told, held[name])


def _threshold(
    path: tuple[str, ...], schema: dict[str, Any], default: Any
) -> Overridable | None:
    """One key of a schema; None: it takes no number and no switch."""
    shapes = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    shape = shapes[0]
    if shape.get("type") not in set(ValueKind) or default is None:
        return None
    above = shape.get("exclusiveMinimum")
    below = shape.get("exclusiveMaximum")
    return Overridable(
        path=path,
        kind=ValueKind(shape["type"]),
        default=default,
        least=shape.get("minimum", above),
        most=shape.get("maximum", below),
        is_least_excluded=above is not None,
        meaning=schema.get("description", ""),
    )
