"""What one sees without touching anything: enough for a decision, for twenty alerts."""

import pytest
from playwright.sync_api import expect

from tests.desk.conftest import Seat
from tests.desk.scenery import morning
from tests.desk.sitting import DESK_PX, PHONE_PX, Sitting
from tests.desk.stage import Stage
from tests.desk.staging import Staged

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

ANSWERS = {
    "what": ".item-head h2",
    "where": ".item-head .item-where",
    "since when": ".item-head .item-since",
    "permitted or not": ".item-permits",
    "why": ".trace li",
    "first still": ".stills figure:nth-child(1) img",
    "last still": ".stills figure:nth-child(3) img",
    "clip": ".clip video",
    "dwell": ".dwell-line",
    "verdict": ".verdict button",
}
"""Question -> where its answer stands."""

FORBIDDEN = ("违法", "处罚")
"""Before a person has judged nobody is called that."""


def _unanswered(sitting: Sitting) -> list[str]:
    """Questions whose answer is missing, empty or outside the screen."""
    page, missing = sitting.page, []
    for question, where in ANSWERS.items():
        found = page.locator(where).first
        expect(found).to_be_attached()
        box = found.bounding_box()
        is_inside = (
            box is not None
            and box["height"] > 0
            and box["y"] >= 0
            and box["y"] + box["height"] <= DESK_PX["height"]
        )
        is_picture = where.endswith(("img", "video", "line"))
        if not is_inside or not (is_picture or found.inner_text().strip()):
            missing.append(question)
    return missing


def test_each_of_twenty_alerts_can_be_judged_from_its_first_paint(
    stage: Stage, seat: Seat
) -> None:
    """No scrolling, no opening: what, where, since when, permitted or not, why."""
    alerts = {str(alert) for alert in stage.put_all(morning())}
    at_desk = seat("chen.jing").open("/review")
    page = at_desk.page
    expect(page.locator(".item-head")).to_be_visible()
    for alert in sorted(alerts):
        line = page.locator(f".queue-line[data-alert='{alert}']")
        line.click()
        expect(page.locator(f"article.item[data-alert='{alert}']")).to_be_visible()
        at_desk.settle()
        assert _unanswered(at_desk) == [], alert
        told = page.locator("body").inner_text()
        assert [word for word in FORBIDDEN if word in told] == []


def test_a_phone_without_a_signal_loses_no_step(stage: Stage, seat: Seat) -> None:
    """Taken down on the phone while offline, sent by itself once there is a network."""
    alert = stage.put(Staged(has_pack=False))
    with stage.api("lin.tao") as api:
        api.post(f"/alerts/{alert}/claim").raise_for_status()
        asked = {"kind": "ask_onsite", "comment": "请看是否仍在", "officer": "zhou.wei"}
        api.post(f"/alerts/{alert}/verdict", json=asked).raise_for_status()
    phone = seat("zhou.wei", viewport=PHONE_PX, has_touch=True)
    phone.allowed = ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED"]
    phone.open("/officer")
    task = phone.page.locator(".task", has_text="请看是否仍在")
    expect(task).to_be_visible(timeout=40_000)
    phone.context.set_offline(True)
    task.get_by_role("button", name="收到").tap()
    task.get_by_role("button", name="已到达").tap()
    task.get_by_role("textbox").fill("车已离开")
    task.get_by_role("button", name="未发现").tap()
    expect(phone.page.get_by_role("status")).to_contain_text("待发送 3")
    phone.context.set_offline(False)
    expect(phone.page.get_by_role("status")).to_contain_text("全部已发送")
    (told,) = stage.senior.get("/tasks", params={"alert": str(alert)}).json()["tasks"]
    assert (told["state"], told["result"]) == ("done", "not_found")
    assert told["remark"] == "车已离开"
