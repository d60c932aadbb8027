"""Clause traces in words."""

import pytest

from alerts.clause_words import clause_line
from rules.catalogue import shipped_catalogue
from rules.clause import ClauseTrace, Truth, Why


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
