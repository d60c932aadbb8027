"""Reviewing by keys: verdicts, undo, lease, rights, a session that ends."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Route, expect

from tests.desk.conftest import Seat
from tests.desk.people import PASSWORD
from tests.desk.sitting import Sitting
from tests.desk.stage import Stage
from tests.desk.staging import Staged

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

REFUSED = r"status of 4(01|03|09)"
"""The browser's own note of an answer that is a refusal."""


def _claimed(sitting: Sitting, alert: UUID) -> Sitting:
    sitting.open(f"/review/{alert}")
    expect(sitting.page.locator(".lease")).to_be_visible()
    return sitting


def test_a_clue_is_one_key_and_may_be_taken_back(stage: Stage, seat: Seat) -> None:
    """1 confirms, U within ten seconds undoes; both stay on record."""
    alert = stage.put()
    at_desk = _claimed(seat("chen.jing"), alert)
    at_desk.press("1")
    expect(at_desk.page.locator(".undo")).to_contain_text("已确认线索")
    at_desk.press("u")
    expect(at_desk.page.get_by_text("已撤回")).to_be_visible()

    review = stage.review(alert)
    assert review["state"] == "queued"
    (given,) = review["verdicts"]
    assert given["act"] == "confirm_clue"
    assert given["undone_at"] is not None


def test_a_rejection_with_a_reason_needs_no_mouse(stage: Stage, seat: Seat) -> None:
    """J moves on, 2 then 3 asks for words, Enter sends them, the next item is there."""
    first, second = stage.put(Staged(ago_s=40)), stage.put(Staged(ago_s=30))
    at_desk = _claimed(seat("chen.jing"), first)
    opened = at_desk.page.locator(".queue-open")
    expect(opened).to_have_count(1)
    before = at_desk.page.url
    at_desk.press("j")
    expect(at_desk.page).not_to_have_url(before)
    at_desk.press("k")
    expect(at_desk.page).to_have_url(before)
    expect(at_desk.page.locator(f'[data-alert="{first}"] .lease')).to_be_visible()

    at_desk.press("2", "3")
    expect(at_desk.page.locator("#words")).to_be_focused()
    at_desk.page.keyboard.type("只是临时上下客, U 2 1")
    at_desk.press("Enter")
    expect(at_desk.page.locator(".undo")).to_contain_text("已排除")
    expect(at_desk.page).not_to_have_url(before)

    (given,) = stage.review(first)["verdicts"]
    assert (given["act"], given["reason"]) == ("reject", "not_a_violation")
    assert given["comment"] == "只是临时上下客, U 2 1"
    assert stage.review(second)["state"] == "queued"


def test_art_33_may_be_told_with_what_the_party_was_told(
    stage: Stage, seat: Seat
) -> None:
    """7, which case of it, and the words that must be there; Enter sends them."""
    alert = stage.put()
    at_desk = _claimed(seat("chen.jing"), alert)
    at_desk.press("7", "1")
    at_desk.page.keyboard.type("已当场告知并劝离")
    at_desk.press("Enter")
    expect(at_desk.page.locator(".undo")).to_contain_text("已确认线索")

    (given,) = stage.review(alert)["verdicts"]
    assert (given["act"], given["leniency"]) == ("confirm_clue", "minor")


def test_an_alert_is_merged_into_one_named_by_its_id(stage: Stage, seat: Seat) -> None:
    """3, 0, what was read out, Enter, its number; what cannot be is told."""
    roof = Staged(camera="tower", zone="roof", code="WH-03", has_pack=False)
    alert, other, gone = stage.put(), stage.put(roof), stage.put(roof)
    with stage.api("lin.tao") as api:
        no = {"kind": "reject", "reason": "permitted"}
        assert api.post(f"/alerts/{gone}/verdict", json=no).status_code == 200
    at_desk = _claimed(seat("chen.jing"), alert)
    at_desk.allowed = [REFUSED]
    panel = at_desk.page.locator(".verdict")
    at_desk.press("3", "0")
    at_desk.page.keyboard.type("00000000")
    at_desk.press("Enter")
    expect(panel).to_contain_text("没有以此开头的线索，或不在您的范围内")
    panel.locator("#into").fill(alert.hex[:8])
    at_desk.press("Enter")
    expect(panel).to_contain_text("这就是当前这条")

    panel.locator("#into").fill(gone.hex[:8])
    at_desk.press("Enter")
    expect(panel.get_by_role("button", name="三号楼工地")).to_have_count(1)
    at_desk.press("1")
    expect(panel.locator(".ant-alert-error")).to_contain_text("那条已排除或已失效")
    at_desk.press("0")
    panel.locator("#into").fill(str(other)[:13])
    at_desk.press("Enter")
    expect(panel.get_by_title(str(other))).to_be_visible()
    at_desk.press("1")
    expect(at_desk.page.locator(".undo")).to_contain_text("已合并")

    review = stage.review(alert)
    assert (review["state"], review["merged_into"]) == ("merged", str(other))


def test_one_works_on_it_and_the_other_is_told_who(stage: Stage, seat: Seat) -> None:
    """The claim is shown live; when the lease runs out, the next one has it."""
    alert = stage.put()
    one = _claimed(seat("chen.jing"), alert)
    other = seat("lin.tao").open(f"/review/{alert}")
    other.allowed = [REFUSED]
    line = other.page.locator(".queue-open")
    expect(line).to_contain_text("chen.jing 正在审")
    expect(other.page.locator(".lease")).to_have_count(0)

    stage.let_lease_run_out(alert)
    other.page.reload()
    expect(other.page.locator(".lease")).to_be_visible()
    one.allowed = [REFUSED]  # a renewal may meet the other's claim
    expect(one.page.locator(".item > .ant-alert")).to_contain_text("lin.tao 正在审")
    expect(one.page.locator(".verdict button")).to_have_count(0)
    one.press("1")
    other.press("4", "1")
    expect(other.page.locator(".undo")).to_be_visible()

    review = stage.review(alert)
    assert review["state"] == "deferred"
    assert [given["by"] for given in review["verdicts"]] == ["lin.tao"]


def _ending(stage: Stage, name: str) -> Callable[[Route], None]:
    def end_first(route: Route) -> None:
        stage.end_sessions(name)
        route.continue_()

    return end_first


def test_a_session_that_ends_meanwhile_loses_nothing_typed(
    stage: Stage, seat: Seat
) -> None:
    """The login is asked for over the page; then the verdict goes out by itself."""
    alert = stage.put()
    at_desk = _claimed(seat("lin.tao"), alert)
    at_desk.allowed = [REFUSED]
    at_desk.press("2", "8")
    at_desk.page.keyboard.type("划线以外")
    # the session ends between the key and the answer, before any stream notices
    at_desk.page.route("**/verdict", _ending(stage, "lin.tao"), times=1)
    at_desk.press("Enter")
    dialog = at_desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("登录已过期")
    dialog.locator("input[type=password]").fill(PASSWORD)
    at_desk.press("Enter")
    expect(at_desk.page.locator(".undo")).to_contain_text("已排除")

    (given,) = stage.review(alert)["verdicts"]
    assert (given["reason"], given["comment"]) == ("wrong_zone", "划线以外")


def _say_why(at_desk: Sitting) -> None:
    """Who does not decide is shown no picture before they have said what for."""
    asked = at_desk.page.get_by_role("region", name="调阅证据须说明事由")
    expect(asked).to_be_visible()
    expect(at_desk.page.locator(".item video, .stills img")).to_have_count(0)
    expect(asked.get_by_role("button", name="查看")).to_be_disabled()
    asked.get_by_role("combobox", name="事由").click()
    at_desk.page.get_by_title("督察、抽查").click()
    asked.get_by_role("button", name="查看").click()


@pytest.mark.parametrize("name", ["sun.hao", "he.xin"])
def test_who_may_not_decide_is_offered_no_verdict_and_refused_one(
    stage: Stage, seat: Seat, name: str
) -> None:
    """A viewer says why they look and has no buttons, an auxiliary none that confirms.

    The API says no too.
    """
    alert = stage.put()
    at_desk = seat(name).open(f"/review/{alert}")
    at_desk.allowed = [REFUSED]  # its claim may meet the verdict below
    expect(at_desk.page.locator(".item-head")).to_be_visible()
    buttons = at_desk.page.locator(".verdict button")
    expect(at_desk.page.locator(".verdict")).to_be_visible()
    told = " ".join(buttons.all_inner_texts())
    assert "确认" not in told
    if name == "sun.hao":
        _say_why(at_desk)
    expect(at_desk.page.locator(".stills img").first).to_be_visible()
    at_desk.press("1")
    with stage.api(name) as api:
        answer = api.post(f"/alerts/{alert}/verdict", json={"kind": "confirm_clue"})
    assert (answer.status_code, "may not" in answer.text) in {(403, False), (409, True)}
    assert stage.review(alert)["state"] == "queued"


def test_a_page_one_has_no_right_to_says_so_and_asks_nothing(seat: Seat) -> None:
    """A viewer who types the address of the people page is told, without a request."""
    at_desk = seat("sun.hao").open("/people")
    expect(at_desk.page.get_by_text("您没有打开此页的权限")).to_be_visible()
    expect(at_desk.page.locator("nav")).not_to_contain_text("人员")
