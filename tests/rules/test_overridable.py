"""Thresholds of a rule that may be overridden: all of them, each one really taken."""

from typing import Any

import pytest

from rules.catalogue import shipped_catalogue
from rules.composition import problems_of
from rules.overridable import Overridable, ValueKind, overridable
from rules.settings import RuleSection

ROWS = shipped_catalogue().rules


def _section(one: Overridable, value: float | bool) -> RuleSection:
    section: dict[str, Any] = {}
    inner = section
    for key in one.path[:-1]:
        inner = inner.setdefault(key, {})
    inner[one.path[-1]] = value
    return RuleSection.model_validate(section)


@pytest.mark.parametrize("code", ROWS)
def test_each_threshold_is_taken_as_an_override(code: str) -> None:
    """Its own default may be written out; what lies under its bound is refused."""
    for one in overridable(ROWS[code]):
        if not (one.is_least_excluded and one.default == one.least):
            assert problems_of(ROWS[code], _section(one, one.default)) == ()
        if one.kind is not ValueKind.BOOLEAN and one.least is not None:
            below = one.least - 1
            try:
                told = problems_of(ROWS[code], _section(one, below))
            except ValueError:
                continue  # a key of its own is refused by the section itself
            assert told, one.path


def test_clauses_tell_their_numbers_and_the_rows_own_values() -> None:
    """Dwell, grace and the rest, then each clause's number; lists are left out."""
    told = {one.path: one for one in overridable(ROWS["CS-02"])}

    assert list(told)[:5] == [
        ("enabled",),
        ("dwell_s",),
        ("grace_s",),
        ("gap_s",),
        ("min_overlap",),
    ]
    assert told["dwell_s",].default == ROWS["CS-02"].defaults.dwell_s
    assert told["min_overlap",].most == 1
    assert ("clauses", "ring_empty", "stays_s") in told
    assert not any(path[-1] in {"classes", "around", "activities"} for path in told)
