"""Clause traces in words."""

import pytest

from alerts.clause_words import clause_line, clause_line_en
from rules.catalogue import shipped_catalogue
from rules.clause import ClauseTrace, Truth, Why
from rules.clause_table import CLAUSES


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (
            ClauseTrace("still_for", Truth.TRUE, 62.04, 60.0),
            "成立 静止停留 62.04 秒（阈值 60 秒）",
        ),
        (
            ClauseTrace("footprint_in_zone", Truth.FALSE, 0.31, 0.5),
            "不成立 占用区域 31 %（阈值 50 %）",
        ),
        (
            ClauseTrace("vehicle_in_zone", Truth.TRUE, 0.62),
            "成立 区域内有机动车 置信度 0.62",
        ),
        (
            ClauseTrace("vehicle_in_zone", Truth.UNKNOWN, 10, 12, why=Why.TOO_SMALL),
            "未观测 区域内有机动车（目标过小）",
        ),
    ],
)
def test_line(clause: ClauseTrace, expected: str) -> None:
    """Outcome, title, number and limit, or the reason it is unknown."""
    assert clause_line(clause) == expected


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_words(why: Why) -> None:
    """No reason is shown as a code."""
    line = clause_line(ClauseTrace("still_for", Truth.UNKNOWN, why=why))

    assert why.value not in line


def test_every_clause_of_the_catalogue_has_words() -> None:
    """No clause that can be raised is shown as a code."""
    for row in shipped_catalogue().rules.values():
        for use in row.clauses:
            name = f"not_{use.clause}" if use.negate else use.clause
            assert use.clause not in clause_line(ClauseTrace(name, Truth.TRUE))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (
            ClauseTrace("still_for", Truth.TRUE, 62.0, 60.0),
            f"true: {CLAUSES['still_for'].words.en} 62 s (limit 60 s)",
        ),
        (
            ClauseTrace("vehicle_in_zone", Truth.UNKNOWN, why=Why.TOO_SMALL),
            f"not observed: {CLAUSES['vehicle_in_zone'].words.en} (too small)",
        ),
    ],
)
def test_line_in_english(clause: ClauseTrace, expected: str) -> None:
    """The same for whoever reads English; no Chinese sign in any of it."""
    assert clause_line_en(clause) == expected


def test_no_clause_of_the_catalogue_is_chinese_in_english() -> None:
    """Whoever switches the desk to English reads English."""
    for row in shipped_catalogue().rules.values():
        for use in row.clauses:
            name = f"not_{use.clause}" if use.negate else use.clause
            line = clause_line_en(ClauseTrace(name, Truth.TRUE, 1.0, 2.0))
            assert line.isascii() or "²" in line, line
