"""The officer's phone: bad networks, wrong taps, two officers; nothing is lost."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.desk.conftest import Seat
from tests.desk.sitting import PHONE_PX, Sitting
from tests.desk.stage import Stage
from tests.desk.staging import Staged
from tests.nonsite.service_process import wait_for

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

NETWORK = r"net::ERR_"
REFUSED = r"status of 40[1349]"
PHONE: dict[str, Any] = {"viewport": PHONE_PX, "is_mobile": True, "has_touch": True}
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
SENT_S = 30


def _task(stage: Stage, officer: str, note: str) -> UUID:
    """An officer is sent about a new alert; `note` tells the card from others."""
    alert = stage.put(Staged(has_pack=False))
    stage.senior.post(f"/alerts/{alert}/claim").raise_for_status()
    said = {"kind": "confirm_clue"}
    stage.senior.post(f"/alerts/{alert}/verdict", json=said).raise_for_status()
    wanted = {"alert": str(alert), "kind": "handle", "officer": officer, "note": note}
    made = stage.senior.post("/tasks", json=wanted)
    made.raise_for_status()
    return UUID(made.json()["id"])


def _link(stage: Stage, task: UUID) -> str:
    url: str = stage.senior.post(f"/tasks/{task}/link").json()["url"]
    return url


def _stands(stage: Stage, task: UUID) -> dict[str, Any]:
    found: dict[str, Any] = stage.senior.get(f"/tasks/{task}").json()
    return found


def _opened(seat: Seat, stage: Stage, task: UUID, **more: Any) -> Sitting:
    phone: Sitting = seat(None, **{**PHONE, **more})
    phone.allowed = [NETWORK, REFUSED]
    return phone.open(_link(stage, task))


def _card(page: Page, note: str) -> Locator:
    return page.locator(".task", has_text=note)


def _tap(card: Locator, name: str) -> None:
    card.get_by_role("button", name=re.compile(name)).tap()


@contextmanager
def _unreached(phone: Sitting) -> Iterator[None]:
    """No network meanwhile: what changes elsewhere the page cannot know."""
    phone.context.set_offline(True)
    yield
    phone.context.set_offline(False)


def test_a_link_is_kept_until_a_network_opens_it(stage: Stage, seat: Seat) -> None:
    """No network is no broken link; an unknown one is told to be."""
    task = _task(stage, "zhou.wei", "没有网络")
    phone = seat(None, **PHONE)
    phone.allowed = [NETWORK, REFUSED]
    phone.context.route("**/task-links/session", lambda route: route.abort())
    link = _link(stage, task)
    page = phone.open(link).page
    expect(page.get_by_text("链接仍然有效")).to_be_visible()
    assert page.url.endswith(link)
    phone.context.unroute("**/task-links/session")
    expect(_card(page, "没有网络")).to_be_visible()
    assert page.url.endswith("/officer")

    other = seat(None, **PHONE)
    other.allowed = [REFUSED]
    other.open("/officer#no-such-link")
    expect(other.page.get_by_text("链接无效或已过期")).to_be_visible()


def test_a_link_that_is_over_says_how_to_go_on_and_loses_no_step(
    stage: Stage, seat: Seat
) -> None:
    """No login nobody has a password for; what waits goes out with the next link."""
    task = _task(stage, "zhou.wei", "链接到期")
    phone = _opened(seat, stage, task)
    page = phone.page
    card = _card(page, "链接到期")
    phone.context.route("**/acknowledge", lambda route: route.abort())
    _tap(card, "收到")
    expect(page.get_by_role("status")).to_contain_text("待发送 1")
    stage.end_sessions("zhou.wei")
    over, kept = (
        page.get_by_text("链接登录已结束"),
        page.get_by_text("未发出的 1 项都还在"),
    )
    expect(over).to_be_visible(timeout=40_000)  # the page asks every 20 s
    expect(kept).to_be_visible()
    expect(card).to_be_visible()
    page.reload()
    expect(over).to_be_visible()
    expect(page.get_by_text("向中心（值班台）要新链接")).to_be_visible()
    expect(kept).to_be_visible()
    expect(page.locator("#password")).to_have_count(0)

    phone.context.unroute("**/acknowledge")
    phone.open(_link(stage, task))
    assert wait_for(lambda: _stands(stage, task)["state"] == "acknowledged", SENT_S)
    expect(page.get_by_role("status")).to_contain_text("全部已发送")
    assert page.get_by_text("链接登录已结束").count() == 0


def test_one_tap_tells_that_it_has_left_and_may_be_taken_back(
    stage: Stage, seat: Seat
) -> None:
    """Nothing must be acknowledged before; what is undone was never sent."""
    task = _task(stage, "zhou.wei", "一点就报")
    page = _opened(seat, stage, task).page
    card = _card(page, "一点就报")
    card.get_by_role("textbox").fill("已劝离")
    _tap(card, "已驶离")
    _tap(card, "撤销")
    expect(card.get_by_role("button", name="收到")).to_be_enabled()
    expect(card.get_by_role("textbox")).to_have_value("已劝离")
    expect(page.get_by_role("status")).to_contain_text("全部已发送")
    assert _stands(stage, task)["state"] == "assigned"

    _tap(card, "已驶离")
    expect(card.get_by_role("button", name="撤销")).to_be_visible()
    assert wait_for(lambda: _stands(stage, task)["state"] == "done", SENT_S)
    told = _stands(stage, task)
    assert (told["result"], told["remark"]) == ("left", "已劝离")
    assert told["acknowledged_at"] is not None


def test_leaving_the_page_sends_what_could_be_taken_back(
    stage: Stage, seat: Seat
) -> None:
    """A phone put away runs no clocks: the tap goes out at once."""
    task = _task(stage, "zhou.wei", "收起手机")
    page = _opened(seat, stage, task).page
    page.clock.install()  # as frozen: the time to undo never ends by itself
    card = _card(page, "收起手机")
    _tap(card, "已整改")
    expect(card.get_by_role("button", name="撤销")).to_be_visible()
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert wait_for(lambda: _stands(stage, task)["result"] == "corrected", 6)


def test_a_refused_step_says_why_and_is_sent_again(stage: Stage, seat: Seat) -> None:
    """Meanwhile it was another's: told in words, tried again, or given up."""
    task = _task(stage, "zhou.wei", "改派他人")
    phone = _opened(seat, stage, task)
    page = phone.page
    card = _card(page, "改派他人")
    expect(card).to_be_visible()
    with _unreached(phone):
        stage.senior.post(f"/tasks/{task}/assign", json={"officer": "ma.li"})
        _tap(card, "收到")
        expect(page.get_by_role("status")).to_contain_text("待发送 1")
    told = page.locator(".ant-alert", has_text="未被接受：收到")
    expect(told).to_contain_text("任务已取消或改派他人")
    expect(told).to_contain_text("中山路")
    assert _stands(stage, task)["acknowledged_at"] is None

    stage.senior.post(f"/tasks/{task}/assign", json={"officer": "zhou.wei"})
    told.get_by_role("button", name="重试").tap()
    assert wait_for(lambda: _stands(stage, task)["state"] == "acknowledged", SENT_S)
    expect(told).to_have_count(0)

    expect(card.get_by_role("button", name="已到达")).to_be_enabled()
    with _unreached(phone):
        stage.senior.post(f"/tasks/{task}/cancel")
        _tap(card, "已到达")
        expect(page.get_by_role("status")).to_contain_text("待发送 1")
    told = page.locator(".ant-alert", has_text="未被接受：已到达")
    expect(told).to_contain_text("不能再这样操作")
    told.get_by_role("button", name="放弃").tap()
    page.locator(".ant-popconfirm").get_by_role("button", name="放弃").tap()
    expect(told).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("全部已发送")


def test_a_step_goes_out_in_the_name_of_who_made_it(stage: Stage, seat: Seat) -> None:
    """Another officer's link opened on the phone carries nothing of the first one's."""
    first = _task(stage, "zhou.wei", "周伟的任务")
    second = _task(stage, "ma.li", "马丽的任务")
    phone = _opened(seat, stage, first)
    page = phone.page
    expect(_card(page, "周伟的任务")).to_be_visible()
    phone.context.route("**/acknowledge", lambda route: route.abort())
    _tap(_card(page, "周伟的任务"), "收到")
    expect(page.get_by_role("status")).to_contain_text("待发送 1")
    phone.open(_link(stage, second))  # nothing but what stands behind # changes
    expect(_card(page, "马丽的任务")).to_be_visible()
    expect(_card(page, "周伟的任务")).to_have_count(0)
    expect(page.get_by_text("他人的 1 项未发送")).to_be_visible()
    phone.context.unroute("**/acknowledge")
    _tap(_card(page, "马丽的任务"), "收到")
    assert wait_for(lambda: _stands(stage, second)["state"] == "acknowledged", SENT_S)
    assert _stands(stage, first)["state"] == "assigned"

    phone.open(_link(stage, first))
    assert wait_for(lambda: _stands(stage, first)["state"] == "acknowledged", SENT_S)
    wanted = (f"task/{first}", "task.acknowledge")
    assert wait_for(
        lambda: (
            [
                entry.actor
                for entry in stage.audited()
                if (entry.subject, entry.action) == wanted
            ]
            == ["zhou.wei"]
        ),
        20,
    )


def test_the_link_opened_twice_loses_no_step(stage: Stage, seat: Seat) -> None:
    """Another session of the same officer is theirs too: the step goes out under it."""
    task = _task(stage, "zhou.wei", "开了两次")
    phone = _opened(seat, stage, task)
    card = _card(phone.page, "开了两次")
    card.get_by_role("button", name="收到").dblclick()  # one step, not a refused second
    assert wait_for(lambda: _stands(stage, task)["state"] == "acknowledged", SENT_S)
    other = phone.context.new_page()
    other.goto(phone.address + _link(stage, task))
    expect(_card(other, "开了两次")).to_be_visible()
    _tap(card, "已到达")
    assert wait_for(lambda: _stands(stage, task)["state"] == "arrived", SENT_S)
    expect(phone.page.locator(".ant-alert-error")).to_have_count(0)


def test_the_page_opens_and_works_without_a_network(stage: Stage, seat: Seat) -> None:
    """Tasks, words and taps are there after a reload offline, and go out later."""
    task = _task(stage, "zhou.wei", "地下车库")
    phone = _opened(seat, stage, task)
    page = phone.page
    card = _card(page, "地下车库")
    expect(card).to_be_visible()
    is_kept = (
        "caches.match('/officer')"
        ".then(it => Boolean(it && navigator.serviceWorker.controller))"
    )
    assert wait_for(lambda: page.evaluate(is_kept), 20)
    card.get_by_role("textbox").fill("地下二层，没有信号")
    phone.context.set_offline(True)
    page.reload()
    expect(card).to_be_visible()
    expect(card.get_by_role("textbox")).to_have_value("地下二层，没有信号")
    _tap(card, "收到")
    expect(page.get_by_role("status")).to_contain_text("待发送 1")
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("待发送 1")
    expect(card.get_by_role("button", name="收到")).to_be_disabled()
    assert _stands(stage, task)["acknowledged_at"] is None
    phone.context.set_offline(False)
    assert wait_for(lambda: _stands(stage, task)["state"] == "acknowledged", SENT_S)
    expect(page.get_by_role("status")).to_contain_text("全部已发送")


def test_a_photo_too_large_is_made_smaller(stage: Stage, seat: Seat) -> None:
    """What the service would refuse for good is drawn again before it is kept."""
    task = _task(stage, "zhou.wei", "大照片")
    page = _opened(seat, stage, task).page
    card = _card(page, "大照片")
    noise = Image.frombytes("RGB", (3600, 2700), os.urandom(3600 * 2700 * 3))
    photo = io.BytesIO()
    noise.save(photo, "JPEG", quality=90)
    assert photo.tell() > 8 * 1024 * 1024
    card.locator("input[type=file]").set_input_files(
        {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    )
    assert wait_for(lambda: len(_stands(stage, task)["photos"]) == 1, SENT_S)
    (kept,) = _stands(stage, task)["photos"]
    assert kept["size"] < 8 * 1024 * 1024


def test_a_phone_that_keeps_nothing_says_so(stage: Stage, seat: Seat) -> None:
    """A step that could not be written down is not shown as done."""
    task = _task(stage, "zhou.wei", "存不下")
    phone = seat(None, **PHONE)
    page = phone.open(_link(stage, task)).page
    card = _card(page, "存不下")
    expect(card).to_be_visible()
    page.evaluate(
        "void (IDBObjectStore.prototype.add = () => { throw new DOMException('full',"
        " 'QuotaExceededError') })"
    )
    _tap(card, "收到")
    expect(page.get_by_text("刚才的操作没有记下")).to_be_visible()
    expect(card.get_by_role("button", name="收到")).to_be_enabled()


def test_the_way_there_opens_on_an_iphone(stage: Stage, seat: Seat) -> None:
    """Its own maps over https, 高德 beside them, the coordinates to copy."""
    task = _task(stage, "zhou.wei", "怎么走")
    card = _card(_opened(seat, stage, task, user_agent=IPHONE).page, "怎么走")
    way = card.get_by_role("link", name="导航")
    expect(way).to_have_attribute("href", re.compile(r"^https://maps\.apple\.com/"))
    amap = card.get_by_role("link", name="高德地图")
    expect(amap).to_have_attribute("href", re.compile("coordinate=wgs84"))
    expect(card).to_contain_text("30.764100, 120.758700")
