"""Second looks at the desk: taken back in time, lost only with a word."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Route, expect

from tests.desk.conftest import Seat
from tests.desk.refusal import refusal
from tests.desk.stage import Stage
from tests.desk.staging import Staged

pytestmark = [pytest.mark.process, pytest.mark.timeout(360)]

TICKS = {"true": True, "clear": True, "complete": True, "accurate": True}


def _for_a_second(stage: Stage) -> UUID:
    """An alert confirmed as evidence: somebody else shall look."""
    alert = stage.put(Staged())
    said = {
        "kind": "confirm_evidence",
        "ticks": TICKS,
        "clip_reached": stage.senior.get(f"/alerts/{alert}").json()["last_seen"],
    }
    with stage.api("chen.jing") as api:
        api.post(f"/alerts/{alert}/claim").raise_for_status()
        api.post(f"/alerts/{alert}/verdict", json=said).raise_for_status()
    assert stage.review(alert)["state"] == "second"
    return alert


def test_a_second_look_is_taken_back_in_ten_seconds(stage: Stage, seat: Seat) -> None:
    """U after the answer brings the item back; then it is answered anew."""
    alert = _for_a_second(stage)
    at_desk = seat("lin.tao").open("/blind")
    page = at_desk.page
    expect(page.get_by_role("button", name="取一条")).to_be_enabled()
    at_desk.press("Enter")
    expect(page.locator(".item .lease")).to_be_visible()
    at_desk.press("2", "1")
    expect(page.locator(".undo")).to_contain_text("已记录")
    at_desk.press("u")
    expect(page.locator(".item .lease")).to_be_visible()
    assert stage.review(alert)["state"] == "second"
    at_desk.press("2", "8")
    page.keyboard.type("线划在路中间")
    at_desk.press("Enter")
    expect(page.locator(".undo")).to_be_visible()

    review = stage.review(alert)
    assert review["state"] == "supervisor"
    given = [one for one in review["verdicts"] if one["by"] == "lin.tao"]
    assert [one["undone_at"] is None for one in given] == [False, True]


def _refusing(kind: str, status: int) -> Callable[[Route], None]:
    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(**refusal(kind, status))
        else:
            route.continue_()

    return refuse


def test_a_renewal_that_fails_takes_no_words_away(stage: Stage, seat: Seat) -> None:
    """One 503 passes; a lease that is lost is told, and what was written stays."""
    _for_a_second(stage)
    at_desk = seat("lin.tao")
    at_desk.allowed = [r"status of (503|409)"]
    page = at_desk.page
    page.clock.install()
    at_desk.open("/blind")
    expect(page.get_by_role("button", name="取一条")).to_be_enabled()
    at_desk.press("Enter")
    expect(page.locator(".item .lease")).to_be_visible()
    at_desk.press("2", "8")
    page.keyboard.type("线划在路中间")
    claims = "**/api/v1/blind/*/claim"
    for kind, status in (("unavailable", 503), ("lease_lost", 409)):
        page.route(claims, _refusing(kind, status))
        with page.expect_response(claims):
            page.clock.run_for(31_000)
        page.unroute(claims)
        expect(page.locator("#words")).to_have_value("线划在路中间")
    told = page.locator(".item > .ant-alert")
    expect(told).to_contain_text("已不在您手中")
    told.get_by_role("button").click()
    expect(page.get_by_role("button", name="取一条")).to_be_visible()
