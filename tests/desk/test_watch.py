"""Who watches over the service: audit, delivery, duty phone, tests of alerts."""

import re

import pytest
from playwright.sync_api import expect

from tests.desk.conftest import Seat
from tests.desk.scenery import danger
from tests.desk.sitting import PHONE_PX
from tests.desk.stage import Stage
from tests.desk.staging import Staged
from tests.nonsite.service_process import wait_for

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


def test_the_audit_trail_is_found_in_and_holds(stage: Stage, seat: Seat) -> None:
    """Who did it, to what, why; every entry checked; nothing else is open to them."""
    alert = stage.put(Staged(has_pack=False))
    with stage.api("chen.jing") as api:
        api.post(f"/alerts/{alert}/claim").raise_for_status()
        said = {"kind": "reject", "reason": "wrong_zone", "comment": "划线以外"}
        api.post(f"/alerts/{alert}/verdict", json=said).raise_for_status()
    assert wait_for(
        lambda: any(one.subject == f"alert/{alert}" for one in stage.audited()), 20
    )
    auditor = seat("song.yan")
    page = auditor.page
    expect(page).to_have_url(f"{auditor.address}/audit")
    expect(page.locator("nav a")).to_have_text(["审计"])
    expect(page.get_by_role("status")).to_contain_text("审计链完整")

    page.get_by_label("对象，如 alert/…").fill(f"alert/{alert}")
    page.get_by_label("人员（登录名）").fill("chen.jing")
    row = page.locator("tbody tr.ant-table-row", has_text="chen.jing").first
    expect(row).to_contain_text("审核员 33040200101")
    expect(row).to_contain_text("作出结论")
    expect(row).to_contain_text("区域有误 · 划线以外")
    page.locator("tbody .ant-table-row-expand-icon").first.click()
    whole = page.locator(".audit-whole").first
    expect(whole).to_contain_text(re.compile(r"[0-9a-f]{64}"))
    page.reload()  # what is looked for stands in the address
    expect(page.get_by_label("人员（登录名）")).to_have_value("chen.jing")
    expect(page.locator("tbody tr.ant-table-row").first).to_contain_text("chen.jing")
    page.get_by_label("人员（登录名）").fill("nobody")
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()


def test_life_danger_rings_on_the_duty_phone_and_a_dead_channel_is_shown(
    stage: Stage, seat: Seat
) -> None:
    """The phone page has it, one tap silences all; the webhook that fails is named."""
    phone = seat("zhou.wei", viewport=PHONE_PX, is_mobile=True, has_touch=True)
    phone.open("/duty")
    expect(phone.page.get_by_text("请保持此页打开")).to_be_visible()
    alert = stage.put(danger())
    card = phone.page.locator(".duty", has_text="疑似监护人离岗线索").first
    expect(card).to_contain_text("污水井")
    expect(card).to_contain_text("无人应答")
    centre = seat("wu.min").open(f"/review/{alert}")
    told = centre.page.locator("li", has_text="phones/zhou.wei")
    expect(told.first).to_be_visible()
    expect(told.filter(has_text="已看到")).to_be_visible(timeout=30_000)
    # an alarm somebody answers is told no further: the dead channel shows before
    assert wait_for(lambda: stage.senior.get("/shift").json()["undelivered"] > 0, 60)
    card.get_by_role("button", name="我来处理").tap()
    expect(phone.page.locator(".duty")).to_have_count(0)
    expect(centre.page.locator(".alarms").filter(has_text="监护人离岗")).to_have_count(
        0
    )

    admin = seat("fang.jie").open("/delivery")
    page = admin.page
    hook = page.locator("tr", has_text="hook")
    expect(hook.first).to_contain_text("立即")
    expect(page.locator("tr", has_text="zhou.wei").first).to_contain_text("值班手机")
    hook.first.get_by_role("button", name="发送测试").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("事由（记入审计）").fill("每班试一次")
    with page.expect_response("**/test") as tested:
        dialog.get_by_role("button", name="发送测试").click()
    assert tested.value.ok, tested.value.text()
    expect(dialog).to_have_count(0)
    expect(hook.first).to_contain_text("失败")
    letters = page.get_by_label("未送达", exact=True)
    expect(letters.locator("tr", has_text="hook").first).to_be_visible(timeout=40_000)
    letters.get_by_role("button", name="再次发送").first.click()
    dialog.get_by_label("事由（记入审计）").fill("对端已恢复")
    with page.expect_response("**/retry") as revived:
        dialog.get_by_role("button", name="再次发送").click()
    assert revived.value.ok, revived.value.text()
    expect(dialog).to_have_count(0)
    acts = {"channel.tested", "delivery.revived"}
    assert wait_for(
        lambda: acts <= {o.action for o in stage.audited() if o.actor == "fang.jie"},
        60,
    )


def test_who_is_not_on_duty_is_told_so(seat: Seat) -> None:
    """Instead of an empty page that looks like peace."""
    phone = seat("wu.min", viewport=PHONE_PX)
    phone.open("/duty")
    expect(phone.page.get_by_text("您不在值班名单中")).to_be_visible()


def test_a_job_that_cannot_make_a_test_says_why(stage: Stage, seat: Seat) -> None:
    """Asked with a reason, followed by itself; made-up alerts know no configuration."""
    alert = stage.put()
    senior = seat("wu.min").open(f"/review/{alert}")
    page = senior.page
    page.get_by_role("button", name="做成回归用例").click()
    dialog = page.get_by_role("dialog")
    make = dialog.get_by_role("button", name="做成回归用例")
    expect(make).to_be_disabled()
    dialog.get_by_label("事由（记入审计）").fill("每天都误报")
    make.click()
    told = page.locator(".make-test [role=status]")
    expect(told).to_contain_text("未成功", timeout=60_000)
    expect(told).to_contain_text("configuration")


def test_looks_that_raised_nothing_are_asked_about_blind(
    stage: Stage, seat: Seat
) -> None:
    """One key for nothing, codes for something; no word of what was suspected."""
    nothing = stage.put_miss_look("street", ("SW-01", "SW-02"))
    at_desk = seat("lin.tao").open("/misses")
    page = at_desk.page
    expect(page.locator(".miss img")).to_be_visible()
    at_desk.settle()
    width = page.locator(".miss img").evaluate("it => it.naturalWidth")
    assert width > 0
    expect(page.locator(".miss")).not_to_contain_text("疑似")
    at_desk.press("1")
    assert wait_for(lambda: stage.miss_answer(nothing) == ("lin.tao", []), 20)

    something = stage.put_miss_look("street", ("SW-01", "SW-02"))
    page.reload()
    page.locator(".miss-codes").click()
    page.get_by_title(re.compile("SW-02")).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="提交").click()
    assert wait_for(lambda: stage.miss_answer(something) == ("lin.tao", ["SW-02"]), 20)

    at_desk.open("/reports/quality")
    missed = page.get_by_role("region", name="漏检率").locator("li")
    expect(missed.filter(has_text="SW-02")).to_contain_text("50 %")
    expect(missed.filter(has_text="SW-02")).to_contain_text("(1/2)")
    expect(missed.filter(has_text="SW-01")).to_contain_text("(0/2)")
    expect(page.locator(".tiles")).to_contain_text("不足 20 对")


def test_figures_are_told_in_english_and_open_their_rows(
    stage: Stage, seat: Seat
) -> None:
    """No Chinese is left but the names people gave; a number lists what it counts."""
    alert = stage.put()
    senior = seat("wu.min")
    page = senior.page
    page.get_by_role("button", name="English").click()
    senior.open("/reports")
    row = page.locator("tbody tr.ant-table-row", has_text="SW-01").first
    expect(row).to_contain_text("suspected")
    han = re.compile(r"[\u4e00-\u9fff]")
    expect(page.locator("tbody")).not_to_have_text(han)
    expect(page.locator(".charts")).not_to_have_text(han)
    raised = page.get_by_role("region", name="Raised, and what became of them")
    number = raised.locator("li", has_text="SW-01").locator(".chart-figure a")
    count = int(number.inner_text())
    number.click()
    rows = page.locator("tbody tr.ant-table-row")
    expect(rows).to_have_count(min(count, 50))
    expect(rows.first).to_contain_text("queued")
    page.go_back()
    expect(page.locator(".tiles a").first).to_have_text(re.compile(r"\d+"))
    senior.open(f"/review/{alert}")
    permits = page.locator(".item-permits")
    expect(permits).to_contain_text("not observed")
    expect(permits).not_to_have_text(han)
