"""Keys and words: none acts on what was not looked at, nothing typed is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.desk.conftest import Seat
from tests.desk.people import PASSWORD
from tests.desk.refusal import refusal
from tests.desk.scenery import danger
from tests.desk.sitting import Sitting
from tests.desk.stage import Stage
from tests.desk.staging import Staged
from tests.nonsite.service_process import wait_for

pytestmark = [pytest.mark.process, pytest.mark.timeout(360)]

REFUSED = r"status of (401|403|409|503)"
"""The browser's own note of an answer that is a refusal."""


def _claimed(sitting: Sitting, alert: UUID) -> Sitting:
    sitting.open(f"/review/{alert}")
    expect(sitting.page.locator(f'[data-alert="{alert}"] .lease')).to_be_visible()
    return sitting


def _alert_of(page: Page) -> str:
    return page.url.rpartition("/")[2]


def _watched(sitting: Sitting) -> None:
    """Play past the moment it opened: evidence may be confirmed then."""
    video = sitting.page.locator("video")
    expect(video).to_be_visible()
    sitting.press("Space")
    assert wait_for(lambda: video.evaluate("it => it.currentTime") > 6.5, 30)
    sitting.press("Space")


@contextmanager
def _held(page: Page, pattern: str) -> Iterator[list[Route]]:
    """Requests that match stay under way until the test lets them go."""
    under_way: list[Route] = []
    page.route(pattern, lambda route: under_way.append(route))  # noqa: PLW0108 — Playwright wants a function it can mark
    yield under_way
    page.unroute(pattern)


def _first(page: Page, under_way: list[Route]) -> Route:
    """The first of them, once the browser has asked."""
    assert wait_for(lambda: page.evaluate("true") and bool(under_way), 20)
    return under_way[0]


def test_a_key_held_down_decides_one_item_and_no_more(stage: Stage, seat: Seat) -> None:
    """What auto-repeat would decide, nobody has looked at."""
    first, _ = stage.put(Staged(ago_s=44)), stage.put(Staged(ago_s=43))
    at_desk = _claimed(seat("chen.jing"), first)
    page = at_desk.page
    page.keyboard.down("1")
    expect(page).not_to_have_url(re.compile(str(first)))
    following = _alert_of(page)
    expect(page.locator(f'[data-alert="{following}"] .lease')).to_be_visible()
    for _ in range(3):
        page.keyboard.down("1")  # again without an up: the browser calls it a repeat
    page.keyboard.up("1")
    at_desk.press("2")
    expect(page.locator(".verdict")).to_contain_text("有许可")

    assert stage.review(first)["state"] == "confirmed"
    assert _alert_of(page) == following
    assert stage.review(following)["verdicts"] == []


def test_a_control_that_has_the_focus_keeps_space_and_enter(
    stage: Stage, seat: Seat
) -> None:
    """Enter on «Esc 返回» confirms nothing; a clicked tick kills no key."""
    alert = stage.put()
    at_desk = _claimed(seat("chen.jing"), alert)
    page = at_desk.page
    _watched(at_desk)
    at_desk.press("e")
    ticks = page.locator(".verdict input[type=checkbox]")
    ticks.first.click()
    at_desk.press("2", "3", "4")
    for n in range(4):
        expect(ticks.nth(n)).to_be_checked()
    ticks.nth(3).focus()
    at_desk.press("Space")
    expect(ticks.nth(3)).not_to_be_checked()
    at_desk.press("Space")
    expect(ticks.nth(3)).to_be_checked()
    at_desk.press("Tab", "Tab")
    expect(page.locator(".verdict button", has_text="返回")).to_be_focused()
    at_desk.press("Enter")
    expect(page.locator(".verdict button", has_text="确认线索")).to_be_visible()
    assert stage.review(alert)["verdicts"] == []


def test_words_stay_when_their_form_is_left(stage: Stage, seat: Seat) -> None:
    """Escape, an input method's Escape, going on and coming back: all is there."""
    alert = stage.put(Staged(ago_s=42))
    stage.put(Staged(ago_s=41))
    at_desk = _claimed(seat("chen.jing"), alert)
    page = at_desk.page
    words = page.locator("#words")
    at_desk.press("2", "3")
    page.keyboard.type("送货的电动三轮")
    words.dispatch_event(
        "keydown", {"key": "Escape", "isComposing": True, "bubbles": True}
    )
    expect(words).to_have_value("送货的电动三轮")
    at_desk.press("Escape")
    expect(words).to_have_count(0)
    at_desk.press("j")
    expect(page).not_to_have_url(re.compile(str(alert)))
    page.locator(f'.queue-line[data-alert="{alert}"]').click()
    expect(page.locator(f'[data-alert="{alert}"] .lease')).to_be_visible()
    at_desk.press("2", "3")
    expect(words).to_have_value("送货的电动三轮")
    page.keyboard.type("，没有停下")
    at_desk.press("Enter")
    expect(page.locator(".undo")).to_be_visible()

    (given,) = stage.review(alert)["verdicts"]
    assert given["comment"] == "送货的电动三轮，没有停下"


def test_a_verdict_that_fails_when_one_has_gone_on_is_told(
    stage: Stage, seat: Seat
) -> None:
    """1 then J at once: the claim waits for the answer, a refusal names the alert."""
    alert = stage.put(Staged(ago_s=40))
    stage.put(Staged(has_pack=False))  # below it in the queue
    at_desk = _claimed(seat("chen.jing"), alert)
    at_desk.allowed = [REFUSED]
    page = at_desk.page
    laid_back: list[Request] = []
    page.on(
        "request",
        lambda it: (
            laid_back.append(it)
            if it.method == "DELETE" and str(alert) in it.url
            else None
        ),
    )
    with _held(page, "**/verdict") as under_way:
        at_desk.press("1", "j")
        expect(page).not_to_have_url(re.compile(str(alert)))
        elsewhere = _alert_of(page)
        expect(page.locator(f'[data-alert="{elsewhere}"] .lease')).to_be_visible()
        assert laid_back == []
        _first(page, under_way).fulfill(**refusal("claimed", 409))
        told = page.locator(".ant-notification")
        expect(told).to_contain_text("刚才的结论没有提交成功")
    assert wait_for(lambda: stage.review(alert)["claim"] is None, 20)
    assert _alert_of(page) == elsewhere
    told.get_by_role("button", name="疑似人行道违停线索").click()
    expect(page).to_have_url(re.compile(str(alert)))


def test_a_late_answer_does_not_pull_one_elsewhere(stage: Stage, seat: Seat) -> None:
    """The verdict was taken while its giver looks at another: they stay there."""
    stage.put(Staged(ago_s=60, has_pack=False))
    alert = stage.put(Staged(ago_s=39))  # between the two
    stage.put(Staged(ago_s=20, has_pack=False))
    at_desk = _claimed(seat("chen.jing"), alert)
    page = at_desk.page
    with _held(page, "**/verdict") as under_way:
        at_desk.press("1", "k")
        expect(page).not_to_have_url(re.compile(str(alert)))
        elsewhere = _alert_of(page)
        _first(page, under_way).continue_()
        expect(page.locator(".undo")).to_contain_text("已确认线索")
    assert _alert_of(page) == elsewhere
    assert stage.review(alert)["state"] == "confirmed"


def test_nobody_is_sent_to_what_another_works_on(stage: Stage, seat: Seat) -> None:
    """The first item opened is free; of one that is taken no act is offered."""
    stage.put_all((Staged(has_pack=False),) * 2)
    with stage.api("chen.jing") as api:
        taken = api.get("/queue").json()["items"][0]["alert"]["id"]
        api.post(f"/alerts/{taken}/claim").raise_for_status()
        at_desk = seat("lin.tao").open("/review")
        page = at_desk.page
        expect(page.locator(".item .lease")).to_be_visible()
        assert _alert_of(page) != taken
        page.locator(f'.queue-line[data-alert="{taken}"]').click()
        expect(page.locator(".item > .ant-alert")).to_contain_text("chen.jing 正在审")
        expect(page.locator(".verdict button")).to_have_count(0)
        api.delete(f"/alerts/{taken}/claim").raise_for_status()
    # laid back: it is told, and may be decided on at once
    expect(page.locator(f'[data-alert="{taken}"] .lease')).to_be_visible()


def test_an_answer_that_fails_takes_no_words_away(stage: Stage, seat: Seat) -> None:
    """One 503 while the alert is asked for anew leaves the item as it stands."""
    alert = stage.put(Staged(ago_s=37, has_pack=False))
    at_desk = _claimed(seat("chen.jing"), alert)
    at_desk.allowed = [REFUSED]
    page = at_desk.page
    at_desk.press("2", "3")
    page.keyboard.type("先写了一半")
    page.route(
        f"**/api/v1/alerts/{alert}",
        lambda route: route.fulfill(**refusal("unavailable", 503)),
    )
    for _ in range(2):
        with page.expect_response(f"**/api/v1/alerts/{alert}"):
            stage.stager.change(alert)
    page.keyboard.type("，再写完")
    at_desk.press("Enter")
    expect(page.locator(".undo")).to_be_visible()
    (given,) = stage.review(alert)["verdicts"]
    assert given["comment"] == "先写了一半，再写完"


def test_an_idle_session_is_taken_up_over_the_page(stage: Stage, seat: Seat) -> None:
    """Offline and back after the session ended: the dialog comes, the words stay.

    Whoever came in by the bureau's own login does so again, in another window.
    """
    alert = stage.put(Staged(ago_s=36))
    at_desk = seat("lin.tao")
    at_desk.allowed = [REFUSED, "ERR_INTERNET_DISCONNECTED"]
    page = at_desk.page
    page.clock.install()
    _claimed(at_desk, alert)
    at_desk.press("2", "8")
    page.keyboard.type("划线以外")
    page.route("**/api/v1/login", _with_oidc)
    stage.end_sessions("lin.tao")
    at_desk.context.set_offline(offline=True)
    page.clock.run_for(70_000)
    at_desk.context.set_offline(offline=False)
    page.clock.run_for(5_000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("登录已过期")
    other_way = dialog.get_by_role("link", name="统一认证")
    expect(other_way).to_have_attribute("target", "_blank")
    said = {"name": "lin.tao", "password": PASSWORD}
    at_desk.context.request.post(f"{at_desk.address}/api/v1/login", data=said)
    page.clock.run_for(5_000)
    expect(dialog).to_have_count(0)
    expect(page.locator("#words")).to_have_value("划线以外")
    page.locator("#words").press("Enter")
    expect(page.locator(".undo")).to_contain_text("已排除")


def _with_oidc(route: Route) -> None:
    if route.request.method != "GET":
        route.continue_()
        return
    answer = route.fetch()
    shown = answer.json() | {"oidc_url": "/oidc", "oidc_title": "统一认证"}
    route.fulfill(response=answer, json=shown)


def test_undo_does_not_go_by_the_clock_of_the_desk(stage: Stage, seat: Seat) -> None:
    """A workstation an hour ahead has the same ten seconds."""
    alert = stage.put(Staged(ago_s=35))
    at_desk = seat("chen.jing")
    at_desk.page.clock.install(time=datetime.now(UTC) + timedelta(hours=1))
    _claimed(at_desk, alert)
    at_desk.press("1")
    bar = at_desk.page.locator(".undo")
    expect(bar).to_contain_text(re.compile(r"撤回（(8|9|10)）"))
    at_desk.press("u")
    expect(at_desk.page.get_by_text("已撤回")).to_be_visible()
    assert stage.review(alert)["state"] == "queued"


def _resting(route: Route) -> None:
    answer = route.fetch()
    until = (datetime.now(UTC) + timedelta(minutes=9)).isoformat()
    more = {"break_due": True, "break_until": until, "spell_s": 3100.0}
    route.fulfill(response=answer, json=answer.json() | more)


def test_a_break_is_asked_for_and_keeps_nothing_from_others(
    stage: Stage, seat: Seat
) -> None:
    """The item is laid back meanwhile; the person may go on, and has it again."""
    alert = stage.put(Staged(ago_s=34))
    at_desk = _claimed(seat("chen.jing"), alert)
    page = at_desk.page
    with _held(page, "**/api/v1/reports/me") as asked:
        page.reload()
        expect(page.locator(f'[data-alert="{alert}"] .lease')).to_be_visible()
        for route in asked:
            _resting(route)
    page.route("**/api/v1/reports/me", _resting)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("该休息了")
    assert wait_for(lambda: stage.review(alert)["claim"] is None, 20)
    at_desk.press("1")
    dialog.get_by_role("button", name="现在继续").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(f'[data-alert="{alert}"] .lease')).to_be_visible()
    assert stage.review(alert)["verdicts"] == []


def test_no_break_and_no_dialog_hides_danger_to_life(stage: Stage, seat: Seat) -> None:
    """An S1 ends the break; A answers it over any dialog, its bar lies above."""
    stage.put(Staged(ago_s=33))
    at_desk = seat("chen.jing")
    page = at_desk.page
    page.route("**/api/v1/reports/me", _resting)
    at_desk.open("/review")
    rest = page.get_by_role("dialog", name="该休息了")
    expect(rest).to_be_visible()
    alert = stage.put(danger())
    alarm = page.locator(".alarms div", has_text="监护人离岗")
    expect(alarm.first).to_be_visible()
    expect(rest).to_have_count(0)
    at_desk.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    alarm.first.get_by_role("link").click(trial=True)  # nothing lies over it
    while alarm.count():
        with page.expect_response("**/api/v1/alarms"):
            at_desk.press("a")
    assert stage.review(alert)["acknowledged_by"] == "chen.jing"


def test_nobody_holds_an_item_for_an_empty_chair(stage: Stage, seat: Seat) -> None:
    """Three minutes without input lay it back; the key that wakes decides nothing."""
    alert = stage.put(Staged(ago_s=32))
    at_desk = seat("chen.jing")
    page = at_desk.page
    page.clock.install()
    _claimed(at_desk, alert)
    page.clock.run_for(181_000)
    told = page.locator(".item > .ant-alert")
    expect(told).to_contain_text("已放回")
    assert wait_for(lambda: stage.review(alert)["claim"] is None, 20)
    at_desk.press("1")
    expect(told).to_have_count(0)
    expect(page.locator(f'[data-alert="{alert}"] .lease')).to_be_visible()
    assert stage.review(alert)["verdicts"] == []
