"""Filters people keep under a name: their own, few, the newest first."""

import pytest

from alerts.errors import NotFoundError
from cases.errors import CaseError
from cases.saved_views import MOST_VIEWS
from tests.cases.conftest import LI, WANG, Bureau


def test_each_keeps_their_own_and_the_same_name_again_replaces(bureau: Bureau) -> None:
    """Newest change first; nobody sees or drops another's."""
    views = bureau.desk.views
    for name, query in (("夜间", "code=SW-01"), ("S1", "severity=S1")):
        views.keep(WANG, name, query)
        bureau.clock.advance(1)
    views.keep(LI, "夜间", "code=FL-01")
    bureau.clock.advance(1)
    views.keep(WANG, "夜间", "code=SW-02")

    assert [(one.name, one.query) for one in views.of(WANG)] == [
        ("夜间", "code=SW-02"),
        ("S1", "severity=S1"),
    ]
    with pytest.raises(NotFoundError):
        views.drop(LI, "S1")
    views.drop(WANG, "夜间")
    assert [one.name for one in views.of(WANG)] == ["S1"]
    assert [one.query for one in views.of(LI)] == ["code=FL-01"]


def test_a_person_keeps_thirty_and_no_more(bureau: Bureau) -> None:
    """One more is refused; changing one of the thirty is not."""
    views = bureau.desk.views
    for n in range(MOST_VIEWS):
        views.keep(WANG, f"view {n}", "")

    with pytest.raises(CaseError, match="at most 30"):
        views.keep(WANG, "one more", "")
    views.keep(WANG, "view 7", "life=open")
    assert len(views.of(WANG)) == MOST_VIEWS
