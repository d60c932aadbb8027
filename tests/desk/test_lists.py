"""Lists and other pages: filters, several at once, CSV, tokens, leads, shift."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from rules.violation import Severity
from tests.desk.conftest import Seat
from tests.desk.scenery import danger
from tests.desk.sitting import PHONE_PX
from tests.desk.stage import Stage
from tests.desk.staging import Staged
from tests.nonsite.service_process import wait_for

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


def test_what_is_filtered_stands_in_the_address_and_is_kept_under_a_name(
    stage: Stage, seat: Seat
) -> None:
    """A reload shows the same rows; a saved filter brings them back, at any desk."""
    stage.put(Staged(has_pack=False))
    stage.put(Staged(camera="tower", zone="roof", code="WH-03", has_pack=False))
    at_desk = seat("chen.jing").open("/alerts?code=WH-03&camera=tower")
    page = at_desk.page
    rows = page.locator("tbody tr.ant-table-row")
    expect(rows.first).to_contain_text("WH-03")
    expect(page.locator("tbody")).not_to_contain_text("SW-01")
    page.get_by_role("button", name="保存筛选").click()
    at_desk.page.keyboard.type("工地临边")
    at_desk.press("Enter")
    page.get_by_role("button", name="清除").click()
    expect(page).to_have_url(f"{at_desk.address}/alerts")
    expect(page.locator("tbody")).to_contain_text("SW-01")
    elsewhere = seat("chen.jing").open("/alerts").page
    elsewhere.get_by_role("button", name="保存的筛选").click()
    elsewhere.get_by_text("工地临边", exact=True).click()
    expect(elsewhere).to_have_url(f"{at_desk.address}/alerts?code=WH-03&camera=tower")
    expect(elsewhere.locator("tbody")).not_to_contain_text("SW-01")
    expect(elsewhere.locator("tbody")).to_contain_text("待审")


def test_several_are_rejected_at_once_but_never_life_danger(
    stage: Stage, seat: Seat
) -> None:
    """Each keeps its own verdict of the person; an S1 cannot be chosen."""
    staged = Staged(camera="market", zone="front", code="SW-03", has_pack=False)
    alerts = stage.put_all((staged, staged))
    grave = Staged(
        camera="market",
        zone="front",
        code="CS-12",
        severity=Severity.S1,
        has_pack=False,
    )
    stage.put(grave)
    at_desk = seat("lin.tao").open("/alerts?camera=market&code=SW-03&code=CS-12")
    page = at_desk.page
    expect(page.locator("tbody tr", has_text="SW-03").nth(1)).to_be_visible()
    for line in page.locator("tbody tr", has_text="SW-03").all()[:2]:
        line.locator("input").check()
    danger = page.locator("tbody tr", has_text="CS-12").first.locator("input")
    danger.check()
    reject = page.locator(".bulk button", has_text="排除")
    defer = page.locator(".bulk button", has_text="稍后")
    expect(page.locator(".bulk")).to_contain_text("须逐条判断")
    expect(reject).to_be_disabled()
    expect(defer).to_be_disabled()
    danger.uncheck()
    expect(page.locator(".bulk")).to_contain_text("已选 2 条")
    page.locator(".bulk .ant-select").click()
    page.get_by_title("有许可", exact=True).click()
    page.locator(".bulk button", has_text="排除").click()
    expect(page.locator(".bulk")).to_have_count(0)
    for alert in alerts:
        review = stage.review(alert)
        assert review["state"] == "rejected"
        assert [one["by"] for one in review["verdicts"]] == ["lin.tao"]
    at_desk.press("a")


def test_a_filter_that_is_not_understood_lists_and_exports_nothing(
    stage: Stage, seat: Seat
) -> None:
    """What is mistyped is named; it never shows more than was asked for."""
    stage.put(Staged(has_pack=False))
    at_desk = seat("wu.min").open("/alerts?camera=street")
    page = at_desk.page
    rows = page.locator("tbody tr.ant-table-row")
    expect(rows.first).to_be_visible()
    page.get_by_role("combobox", name="编码").fill("sw1")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    told = page.locator(".ant-alert-error")
    expect(told).to_contain_text("code=SW1")
    expect(rows).to_have_count(0)
    expect(page.get_by_role("button", name="导出 CSV")).to_be_disabled()
    told.get_by_role("button", name="去掉后再列").click()
    expect(rows.first).to_be_visible()
    expect(page).to_have_url(f"{at_desk.address}/alerts?camera=street")


def test_alerts_are_filtered_by_zone_and_phase(stage: Stage, seat: Seat) -> None:
    """Names of zones are typed; whether the grace is over is chosen."""
    stage.put_all((Staged(has_pack=False), Staged(camera="market", zone="front")))
    at_desk = seat("wu.min").open("/alerts")
    page = at_desk.page
    rows = page.locator("tbody tr.ant-table-row")
    page.get_by_role("combobox", name="区域").fill("front")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{at_desk.address}/alerts?zone=front")
    expect(page.locator("tbody")).not_to_contain_text("中山路")
    expect(rows.first).to_be_visible()
    page.get_by_role("combobox", name="宽限").click()
    page.get_by_title("宽限中").click()
    expect(page).to_have_url(f"{at_desk.address}/alerts?zone=front&phase=grace")
    expect(rows).to_have_count(0)


def test_one_box_finds_by_id_place_and_person(stage: Stage, seat: Seat) -> None:
    """What was read out, a title, whoever decided; taken out again, and kept."""
    staged = Staged(camera="tower", zone="roof", code="WH-03", has_pack=False)
    alert, other = stage.put_all((staged, staged))
    with stage.api("lin.tao") as api:
        given = api.post(f"/alerts/{alert}/verdict", json={"kind": "confirm_clue"})
        assert given.status_code == 200, given.text
    at_desk = seat("wu.min").open("/alerts")
    page = at_desk.page
    rows = page.locator("tbody tr.ant-table-row")
    box = page.get_by_role("combobox", name="查找")
    options = page.locator(".ant-select-item-option")

    box.fill(alert.hex[:8].upper())
    expect(options.first).to_have_text(f"编号 {alert.hex[:8]}…")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{at_desk.address}/alerts?id={alert.hex[:8]}")
    expect(rows).to_have_count(1)
    expect(rows.first).to_have_attribute("data-row-key", str(alert))
    page.locator(".filter-search .ant-select-selection-item-remove").click()
    expect(page).to_have_url(f"{at_desk.address}/alerts")

    box.fill("林涛")
    expect(options).to_have_text(["审核人 林涛"])
    page.keyboard.press("Enter")
    expect(page.locator(f'tr[data-row-key="{alert}"]')).to_be_visible()
    expect(page.locator(f'tr[data-row-key="{other}"]')).to_have_count(0)
    box.fill("ROO")
    page.get_by_title("区域 roof").click()
    box.fill("tower")
    page.locator(".ant-select-item-option", has_text="设备").click()
    named = "decided_by=%E6%9E%97%E6%B6%9B&zone=roof&camera=tower"
    expect(page).to_have_url(f"{at_desk.address}/alerts?{named}")
    expect(page.locator(f'tr[data-row-key="{alert}"]')).to_be_visible()


def test_a_plate_is_asked_for_with_a_reason_and_stands_in_no_address(
    stage: Stage, seat: Seat
) -> None:
    """The box leads there; what is found is listed by its ids."""
    (alert,) = stage.put_all((Staged(has_pack=False),))
    with stage.api("chen.jing") as api:
        noted = api.post(f"/alerts/{alert}/plates", json={"plate": "浙F7A2K9"})
        assert noted.status_code == 200, noted.text
    at_desk = seat("wu.min").open("/alerts")
    page = at_desk.page
    box = page.get_by_role("combobox", name="查找")
    box.fill("浙F·7A2K9")
    page.locator(".ant-select-item-option").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("号牌")).to_have_value("浙F7A2K9")
    dialog.get_by_label("事由（记入审计）").fill("重复占道核查")
    dialog.get_by_role("button", name="按号牌查找").click()
    expect(page).to_have_url(f"{at_desk.address}/alerts?id={alert}")
    expect(page.locator(f'tr[data-row-key="{alert}"]')).to_be_visible()
    assert wait_for(lambda: _is_on_record(stage, "plate.searched", "重复占道核查"), 20)
    page.goto(f"{at_desk.address}/alerts?id=00000000")
    page.get_by_role("button", name="按号牌查找").click()
    expect(page.get_by_role("dialog").get_by_label("号牌")).to_have_value("")


def test_several_are_decided_only_as_they_are_seen_and_stand(
    stage: Stage, seat: Seat
) -> None:
    """Another filter chooses none; what became S1 is kept out; a break is told."""
    staged = Staged(camera="market", zone="front", code="SW-04", has_pack=False)
    alerts = stage.put_all((staged,) * 3)
    at_desk = seat("lin.tao").open("/alerts?camera=market&code=SW-04")
    at_desk.allowed = ["ERR_FAILED"]
    page = at_desk.page
    lines = page.locator(",".join(f'tr[data-row-key="{alert}"]' for alert in alerts))
    expect(lines.nth(2)).to_be_visible()
    bulk = page.locator(".bulk")
    lines.first.locator("input").check()
    expect(bulk).to_contain_text("已选 1 条")
    page.get_by_role("combobox", name="宽限").click()
    with page.expect_response(lambda answer: "phase=due" in answer.url):
        page.get_by_title("宽限已过").click()
    page.keyboard.press("Escape")
    expect(bulk).to_have_count(0)
    expect(lines).to_have_count(3)

    raised, second, broken = lines.evaluate_all(
        "rows => rows.map(it => it.dataset.rowKey)"
    )
    for row in (raised, second, broken):
        page.locator(f'tr[data-row-key="{row}"] input').check()
    page.route(f"**/alerts/{raised}/claim", _raised)
    page.route(f"**/alerts/{broken}/claim", lambda route: route.abort())
    bulk.get_by_role("button", name="稍后").click()
    expect(bulk).to_contain_text("已处理 1 条，1 条未能处理，1 条还没处理")
    expect(bulk).to_contain_text("须逐条判断")
    states = sorted(stage.review(alert)["state"] for alert in alerts)
    assert states == ["deferred", "queued", "queued"]
    assert stage.review(str(raised))["verdicts"] == []


def _raised(route: Route) -> None:
    answer = route.fetch()
    if route.request.method == "POST":
        route.fulfill(response=answer, json=answer.json() | {"severity": "S1"})
    else:
        route.fulfill(response=answer)


def test_a_list_is_taken_out_with_a_reason(
    stage: Stage, seat: Seat, tmp_path: Path
) -> None:
    """As CSV that opens in the right script; who and why stand in its first line."""
    stage.put(Staged(has_pack=False))
    at_desk = seat("wu.min").open("/alerts?camera=street")
    page = at_desk.page
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible()
    page.get_by_role("button", name="导出 CSV").click()
    page.get_by_role("dialog").get_by_label("事由（记入审计）").fill("例行检查")
    with page.expect_download() as caught:
        page.get_by_role("dialog").get_by_role("button", name="导出 CSV").click()
    assert caught.value.suggested_filename.endswith(".csv")
    caught.value.save_as(tmp_path / "list.csv")
    lines = (tmp_path / "list.csv").read_text("utf-8-sig").splitlines()
    assert "吴敏" in lines[0]
    assert "例行检查" in lines[0]
    assert any("疑似人行道违停线索" in line for line in lines[2:])
    assert wait_for(lambda: _is_on_record(stage, "list.exported", "例行检查"), 20)


def _is_on_record(stage: Stage, action: str, reason: str) -> bool:
    return any(
        entry.action == action
        and isinstance(entry.detail, dict)
        and entry.detail["reason"] == reason
        and entry.actor == "wu.min"
        for entry in stage.audited()
    )


def test_evidence_of_several_is_taken_out_as_one_zip(
    stage: Stage, seat: Seat, tmp_path: Path
) -> None:
    """Who may export chooses rows and says why; each pack is in it whole."""
    alerts = stage.put_all((Staged(camera="tower", zone="roof", code="WH-02"),) * 2)
    at_desk = seat("wu.min").open("/alerts?camera=tower&code=WH-02")
    page = at_desk.page
    rows = page.locator("tbody tr", has_text="WH-02")
    expect(rows.nth(1)).to_be_visible()
    for line in rows.all()[:2]:
        line.locator("input").check()
    page.get_by_role("button", name="导出证据 ZIP").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("事由（记入审计）").fill("移送住建")
    with page.expect_download() as caught:
        dialog.get_by_role("button", name="导出证据 ZIP").click()
    caught.value.save_as(tmp_path / "packs.zip")
    with zipfile.ZipFile(tmp_path / "packs.zip") as packs:
        names = " ".join(packs.namelist())
        assert packs.testzip() is None
    for alert in alerts:
        assert str(alert) in names
    assert wait_for(lambda: _is_on_record(stage, "selection.exported", "移送住建"), 20)
    # a reviewer chooses too, and is offered no evidence
    reviewer = seat("chen.jing").open("/alerts?camera=tower&code=WH-02")
    reviewer.page.locator("tbody tr", has_text="WH-02").first.locator("input").check()
    expect(reviewer.page.locator(".bulk")).to_be_visible()
    expect(reviewer.page.get_by_role("button", name="导出证据 ZIP")).to_have_count(0)


def test_a_flood_of_one_camera_is_marked_as_a_group(stage: Stage, seat: Seat) -> None:
    """More than thirty within a minute are one line, and it says so."""
    many = (Staged(camera="shaft", zone="pit", code="SW-02", has_pack=False),) * 34
    stage.put_all(many)
    at_desk = seat("chen.jing").open("/alerts?camera=shaft&code=SW-02")
    group = at_desk.page.locator("tbody tr", has_text="合并组")
    expect(group.first).to_be_visible()
    group.first.get_by_role("link").click()
    expect(at_desk.page.locator(".item-head")).to_contain_text("合并组")


def test_life_danger_sounds_at_every_desk_until_somebody_answers(
    stage: Stage, seat: Seat
) -> None:
    """The bar is on every page, A acknowledges, the other desk hears of it live."""
    one, other = seat("chen.jing").open("/alerts"), seat("wu.min").open("/shift")
    stage.put(danger())
    bars = [sitting.page.locator(".alarms") for sitting in (one, other)]
    for bar in bars:
        expect(bar).to_contain_text("疑似监护人离岗线索")
    one.page.locator(".alarms div", has_text="监护人离岗").get_by_role("button").click()
    for bar in bars:
        expect(bar.filter(has_text="疑似监护人离岗线索")).to_have_count(0)


def test_a_shift_is_handed_over_with_two_signatures(stage: Stage, seat: Seat) -> None:
    """Outgoing signs with a note, incoming signs for it; the siren was heard."""
    out = seat("chen.jing").open("/shift")
    out.page.get_by_role("button", name="试警报").click()
    out.page.get_by_role("button", name="听到了").click()
    expect(out.page.get_by_text("听到：")).to_contain_text("chen.jing")
    out.page.locator("#incoming").fill("lin.tao")
    out.page.locator("#note").fill("三号楼仍在作业")
    out.page.get_by_role("button", name="交班签字").dblclick()
    expect(out.page.get_by_text("待 lin.tao 签字")).to_be_visible()
    expect(out.page.locator("#incoming")).to_have_value("")
    expect(out.page.locator("#note")).to_have_value("")
    expect(out.page.get_by_text("待 lin.tao 签字")).to_have_count(1)
    taking = seat("lin.tao").open("/shift")
    taking.page.get_by_role("button", name="接班签字").click()
    expect(taking.page.get_by_text("双方已签")).to_be_visible()


def test_a_person_is_changed_at_the_desk(stage: Stage, seat: Seat) -> None:
    """Roles, certificate and scope, when added and later; conflicts are told."""
    page = seat("tang.yu").open("/people").page
    page.get_by_role("button", name="添加人员").click()
    form = page.get_by_role("dialog")
    form.locator("#name").fill("bai.lu")
    form.locator("#full_name").fill("白露")
    form.locator("#roles").fill("查看")
    form.locator("#roles").press("Enter")
    form.locator("#areas").fill("南湖街道")
    form.locator("#areas").press("Enter")
    form.get_by_role("button", name="保存").click()
    row = page.locator("tbody tr", has_text="bai.lu")
    expect(row).to_contain_text("南湖街道")

    page.get_by_role("button", name="修改 bai.lu").click()
    form.locator("#roles").fill("执法队员")
    form.locator("#roles").press("Enter")
    form.locator("#certificate").fill("33040200199")
    form.locator("#cameras").fill("street")
    form.locator("#cameras").press("Enter")
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    expect(row).to_contain_text("查看、执法队员")
    with stage.api("tang.yu") as api:
        (user,) = [
            one for one in api.get("/users").json()["users"] if one["name"] == "bai.lu"
        ]
    assert user["certificate"] == "33040200199"
    assert user["scope"] == {"cameras": ["street"], "areas": ["南湖街道"]}


def test_a_token_is_shown_once_works_and_is_revoked(stage: Stage, seat: Seat) -> None:
    """The security administrator makes it; after revoking it is refused."""
    admin = seat("tang.yu").open("/people")
    page = admin.page
    page.get_by_role("button", name="新建令牌").click()
    page.locator("#title").fill("对接平台")
    page.locator("#owner").click()
    page.keyboard.type("wu.min")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    secret = page.locator(".tokens code")
    expect(secret).to_be_visible()
    bearer = {"Authorization": f"Bearer {secret.inner_text().strip()}"}
    with stage.anybody() as client:
        assert client.get("/alerts", headers=bearer).status_code == 200
        page.get_by_role("button", name="吊销").click()
        expect(page.get_by_text("吊销", exact=False).first).to_be_visible()
        expect(page.get_by_role("button", name="吊销")).to_have_count(0)
        assert client.get("/alerts", headers=bearer).status_code == 401


def test_a_contact_reports_and_the_centre_reads(seat: Seat) -> None:
    """Who may only report has one page, on a phone too."""
    contact = seat("qian.li", viewport=PHONE_PX)
    contact.page.locator("#place").fill("中山路 12 号")
    contact.page.locator("#text").fill("<b>人行道</b>上堆了建材")
    contact.page.get_by_role("button", name="上报线索").click()
    expect(contact.page.get_by_text("已上报")).to_be_visible()
    centre = seat("wu.min").open("/leads")
    expect(centre.page.locator("tbody")).to_contain_text("<b>人行道</b>上堆了建材")
