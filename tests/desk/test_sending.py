"""Sending an officer from the desk: chosen, linked, moved, called back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.desk.conftest import Seat
from tests.desk.sitting import PHONE_PX
from tests.desk.stage import Stage
from tests.desk.staging import Staged

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


def _choose(where: Page | Locator, page: Page, officer: str) -> None:
    where.get_by_label("派给谁").click()
    shown = page.locator(".ant-select-dropdown:visible")
    shown.get_by_title(re.compile(officer)).click()


def test_an_officer_is_sent_by_a_link_moved_and_called_back(
    stage: Stage, seat: Seat
) -> None:
    """From the desk to the street and back, live on both sides."""
    alert = stage.put(Staged(has_pack=False))
    desk = seat("wu.min").open(f"/review/{alert}").page
    form = desk.locator(".task-send")
    _choose(form, desk, "周伟")
    form.get_by_label("任务说明").fill("请劝离路口面包车")
    expect(form.get_by_role("button", name="派去处置")).to_have_count(0)
    form.get_by_role("button", name="派去核查").dblclick()
    line = desk.locator(".tasks li")
    expect(line).to_contain_text("已派")
    expect(line).to_contain_text("zhou.wei")
    expect(form.get_by_label("任务说明")).to_have_value("")
    line.get_by_role("button", name="手机链接").click()
    link = line.locator("code").inner_text().strip()

    phone = seat(None, viewport=PHONE_PX, is_mobile=True, has_touch=True).page
    phone.goto(link)
    card = phone.locator(".task", has_text="请劝离路口面包车")
    card.get_by_role("button", name="收到").tap()
    expect(line).to_contain_text("已收到")
    expect(line).to_have_count(1)

    line.get_by_role("button", name="改派").click()
    _choose(line, desk, "马丽")
    expect(line).to_contain_text("ma.li")
    expect(line).to_contain_text("已派")
    line.get_by_role("button", name="取消任务").click()
    desk.locator(".ant-popconfirm").get_by_role("button", name="取消任务").click()
    expect(line).to_contain_text("已取消")
    (told,) = stage.senior.get("/tasks", params={"alert": str(alert)}).json()["tasks"]
    assert (told["state"], told["officer"]) == ("cancelled", "ma.li")


def test_only_who_works_on_tasks_may_be_sent(stage: Stage) -> None:
    """Officers by name; a reviewer is none of them, nor one who may not log in."""
    officers = stage.senior.get("/officers").json()["officers"]
    assert {"zhou.wei", "ma.li"} <= {one["name"] for one in officers}
    assert "chen.jing" not in {one["name"] for one in officers}
    with stage.api("tang.yu") as admin:
        admin.patch("/users/ma.li", json={"is_active": False}).raise_for_status()
        left = stage.senior.get("/officers").json()["officers"]
        admin.patch("/users/ma.li", json={"is_active": True}).raise_for_status()
    assert "ma.li" not in {one["name"] for one in left}


def test_a_look_on_site_names_its_officer(stage: Stage, seat: Seat) -> None:
    """5, whom, what to look at: the task is that officer's."""
    alert = stage.put(Staged(has_pack=False))
    at_desk = seat("chen.jing").open(f"/review/{alert}")
    page = at_desk.page
    expect(page.locator(".lease")).to_be_visible()
    at_desk.press("5")
    verdict = page.locator(".verdict")
    _choose(verdict, page, "马丽")
    page.locator("#words").fill("请看是否仍在")
    page.locator("#words").press("Enter")
    expect(page.locator(".undo")).to_be_visible()
    (told,) = stage.senior.get("/tasks", params={"alert": str(alert)}).json()["tasks"]
    assert (told["officer"], told["kind"]) == ("ma.li", "check")
