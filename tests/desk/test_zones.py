"""Zones and cameras at the desk: drawn, checked, tried, applied, taken back."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.desk.conftest import Seat
from tests.desk.sitting import Sitting
from tests.desk.stage import Stage
from tests.streams.servers import RtspServer

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


def _zones(stage: Stage, camera: str) -> dict[str, Any]:
    content = stage.senior.get("/site").json()["content"]
    found: dict[str, Any] = content["cameras"][camera]["views"]["home"]["zones"]
    return found


def _click(sitting: Sitting, x: float, y: float, **options: Any) -> None:
    canvas = sitting.page.locator(".canvas svg")
    box = canvas.bounding_box()
    assert box is not None
    at = (box["x"] + x * box["width"], box["y"] + y * box["height"])
    sitting.page.mouse.click(*at, **options)


def _drag(sitting: Sitting, handle: Locator, x: float, y: float) -> None:
    canvas, grip = (
        sitting.page.locator(".canvas svg").bounding_box(),
        handle.bounding_box(),
    )
    assert canvas is not None
    assert grip is not None
    mouse = sitting.page.mouse
    mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    mouse.down()
    to = (canvas["x"] + x * canvas["width"], canvas["y"] + y * canvas["height"])
    mouse.move(*to, steps=4)
    mouse.up()


def test_a_zone_is_drawn_checked_applied_and_taken_back(
    stage: Stage, seat: Seat
) -> None:
    """Clicks draw, corners snap, U undoes, a wrong one is named, versions go back."""
    engineer = seat("gao.peng").open("/zones/market")
    page = engineer.page
    expect(page.locator(".canvas img")).to_be_visible()
    expect(page.get_by_text("没有改动")).to_be_visible()
    engineer.press("n")
    # the first corner is near a corner of the zone that is there, and takes it
    for x, y in ((0.622, 0.503), (0.9, 0.5), (0.9, 0.7)):
        _click(engineer, x, y)
    engineer.press("Enter")
    expect(page.locator(".zone-line", has_text="zone_1")).to_be_visible()

    # a corner dragged across makes a bow tie: named at once, and undone
    last = page.get_by_role("button", name="顶点 3，方向键移动")
    page.get_by_role("button", name="在第 3 条边上加顶点").press("Enter")
    _drag(engineer, page.get_by_role("button", name="顶点 4，方向键移动"), 0.76, 0.3)
    expect(page.locator(".zone-problems")).to_have_text(
        "区域 zone_1 · 顶点：边线交叉了，请挪动顶点"
    )
    apply = page.get_by_role("button", name="应用")
    expect(apply).to_be_disabled()
    engineer.press("u", "u")
    expect(page.locator(".zone-problems")).to_have_count(0)
    last.focus()
    engineer.press("Shift+ArrowDown")

    page.locator("#reason").fill("店门前新增一段")
    expect(page.locator(".zone-changes")).to_contain_text("zone_1")
    apply.click()
    expect(page.get_by_text("已生效")).to_be_visible()
    drawn = _zones(stage, "market")["zone_1"]
    assert drawn["points"][0] == [0.62, 0.5]
    assert drawn["points"][2][1] == pytest.approx(0.72, abs=0.01)

    page.locator(".versions .zone-line:not(:disabled)").first.click()
    expect(page.locator(".versions .zone-changes")).to_contain_text("zone_1")
    page.locator("#restore-reason").fill("画错了")
    page.get_by_role("button", name="恢复此版本").click()
    expect(page.locator(".zone-line", has_text="zone_1")).to_have_count(0)
    assert "zone_1" not in _zones(stage, "market")


def test_a_draft_is_tried_on_what_was_raised(stage: Stage, seat: Seat) -> None:
    """Thresholds of a zone decide which of yesterday's alerts would still be raised."""
    stage.put()
    engineer = seat("gao.peng").open("/zones/street")
    page = engineer.page
    page.get_by_label("为规则设阈值").fill("SW-01")
    engineer.press("Enter")
    dwell = page.get_by_label("SW-01 停留（秒）")
    dwell.fill("0")  # told as one types, and by the check of the service
    expect(page.locator(".threshold [role=alert]")).to_contain_text("之间")
    expect(page.locator(".zone-problems")).to_contain_text("停留（秒）：要大于 0")
    dwell.fill("3600")
    expect(page.locator(".zone-problems")).to_have_count(0)
    page.get_by_label("SW-01 更多阈值").click()
    page.get_by_title("占地比例", exact=True).click()
    page.get_by_label("SW-01 占地比例").fill("0.7")
    page.get_by_role("button", name="用近 24 小时的线索试算").click()
    expect(page.get_by_role("status").filter(has_text="近 24 小时")).to_be_visible()
    expect(page.locator(".zone-changes")).to_contain_text("停留（秒）")
    expect(page.locator(".zone-changes")).to_contain_text("占地比例")


def test_the_ground_is_calibrated_by_points_somebody_measured(
    stage: Stage, seat: Seat
) -> None:
    """Four clicks and their metres; a fifth that is wrong is told by how much."""
    engineer = seat("gao.peng").open("/zones/market")
    page = engineer.page
    expect(page.locator(".canvas img")).to_be_visible()
    page.get_by_text("地面标定", exact=True).click()
    told = page.locator(".zone-form [role=status]")
    _calibrate_by_people(engineer, told)
    page.get_by_text("按量过的点", exact=True).click()
    expect(page.get_by_text("尚未标定")).to_be_visible()
    measured = (
        ((0.2, 0.9), (0, 0)),
        ((0.8, 0.9), (6, 0)),
        ((0.6, 0.5), (6, 20)),
        ((0.4, 0.5), (0, 20)),
    )
    for n, (at, metres) in enumerate(measured, 1):
        _click(engineer, *at)
        expect(told).to_contain_text("没填坐标")
        for axis, value in zip("XY", metres, strict=True):
            page.get_by_label(f"地面点 {n} {axis} 米").fill(str(value))
    expect(told).to_contain_text("四个点总是吻合")
    expect(page.locator(".ground-under polyline").first).to_be_attached()

    _click(engineer, 0.5, 0.6)
    page.get_by_label("地面点 5 X 米").fill("3")
    page.get_by_label("地面点 5 Y 米").fill("50")
    expect(told).to_contain_text("矛盾")
    expect(page.locator(".zone-problems")).to_contain_text("地面标定")
    apply = page.get_by_role("button", name="应用")
    expect(apply).to_be_disabled()
    page.get_by_role("button", name="删除地面点 5").click()
    expect(told).to_contain_text("可用")
    expect(page.locator(".zone-problems")).to_have_count(0)

    page.locator("#reason").fill("量了四个点")
    expect(page.locator(".zone-changes")).to_contain_text("地面标定")
    apply.click()
    expect(page.get_by_text("已生效")).to_be_visible()
    content = stage.senior.get("/site").json()["content"]
    ground = content["cameras"]["market"]["views"]["home"]["ground_plane"]
    assert [point["metres"] for point in ground["points"]] == [
        [0, 0],
        [6, 0],
        [6, 20],
        [0, 20],
    ]
    assert ground["points"][0]["picture"] == pytest.approx([0.2, 0.9], abs=0.01)


def _calibrate_by_people(engineer: Sitting, told: Locator) -> None:
    """Three who stand near and far, no tape measure; the smaller the farther."""
    page = engineer.page
    page.get_by_text("按站立的人", exact=True).click()
    expect(page.get_by_text("不用皮尺")).to_be_visible()
    for at in ((0.3, 0.95), (0.5, 0.7), (0.6, 0.55)):
        _click(engineer, *at)
    expect(told).to_contain_text("越远的人应越小")
    for person, steps in ((2, 4), (3, 7)):
        page.get_by_role("button", name=f"第 {person} 人的头顶").focus()
        engineer.press(*["Shift+ArrowDown"] * steps)
    expect(told).to_contain_text("可用")
    expect(page.locator(".ground-under polyline").first).to_be_attached()
    expect(page.locator(".zone-changes")).to_contain_text("地面标定")
    expect(page.locator(".zone-problems")).to_have_count(0)
    for _ in range(3):
        page.get_by_role("button", name="移除第 1 人").click()


def test_a_reference_is_taken_and_whoever_may_not_edit_only_reads(
    stage: Stage, seat: Seat
) -> None:
    """The picture stands as a new version; a senior sees all of it and no button."""
    page = seat("gao.peng").open("/zones/tower").page
    taking = page.get_by_role("region", name="基准图")
    expect(taking).to_contain_text("还没有基准图")
    taking.get_by_role("button", name="拍基准图").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("事由（记入审计）").fill("刚装好")
    dialog.get_by_role("button", name="拍基准图").click()
    expect(taking.get_by_role("img", name="基准图")).to_be_visible(timeout=60_000)
    expect(page.locator(".versions")).to_contain_text("刚装好")
    held = stage.senior.get("/site").json()["content"]["cameras"]["tower"]
    assert held["views"]["home"]["reference"]

    senior = seat("wu.min").open("/zones/tower")
    page = senior.page
    expect(page.locator(".zone-line", has_text="roof")).to_be_visible()
    expect(page.locator(".versions")).to_contain_text("刚装好")
    expect(page.locator(".canvas img")).to_be_visible()
    for name in ("应用", "新区域", "加矩形", "删除区域", "拍基准图", "撤销"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    senior.press("n")
    expect(page.locator(".canvas-drawing, .canvas-corner")).to_have_count(0)
    page.get_by_text("地面标定", exact=True).click()
    expect(page.get_by_text("尚未标定")).to_be_visible()
    _click(senior, 0.5, 0.8)
    expect(page.locator(".ground-mark")).to_have_count(0)


def test_cameras_come_in_as_a_list(stage: Stage, seat: Seat) -> None:
    """Lines that are right are taken, the others named by line and column."""
    text = (
        "name,looks,title,owner,document,signed_on,expires_on,purposes\n"
        "east,rtsp://127.0.0.1:1/east,东门,测试局,接入函4号,"
        "2026-01-01,2030-01-01,street_order\n"
        "west,not an address,西门,测试局,接入函5号,"
        "2026-01-01,2030-01-01,street_order\n"
    )
    engineer = seat("gao.peng").open("/cameras/add-one")
    page = engineer.page
    listed = {"name": "cameras.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(listed)  # type: ignore[arg-type]
    expect(page.get_by_text("可接入 1 台：")).to_contain_text("east")
    expect(page.locator(".zone-problems")).to_contain_text("第 3 行")
    expect(page.locator(".zone-problems")).to_contain_text("looks")
    page.get_by_role("button", name="接入", exact=True).click()
    page.wait_for_url("**/cameras")
    expect(page.locator("main")).to_contain_text("东门")
    cameras = stage.senior.get("/site").json()["content"]["cameras"]
    assert cameras["east"]["dossier"]["access"]["document"] == "接入函4号"
    assert "west" not in cameras


def test_what_is_behind_a_look_is_drawn_over_it(stage: Stage, seat: Seat) -> None:
    """Boxes with class and score, how often one looks, and where nobody looked."""
    with stage.api("gao.peng") as api:
        told = api.get("/cameras/street/debug").json()
    assert told["unseen"]
    engineer = seat("gao.peng").open("/cameras/street")
    page = engineer.page
    page.get_by_text("判断过程", exact=True).click()
    expect(page.locator(".unseen-area").first).to_be_visible()
    expect(page.get_by_text("斜线处未看")).to_be_visible()
    picture = page.locator(".behind img").bounding_box()
    assert picture is not None
    area = page.locator(".unseen-area").first.bounding_box()
    assert area is not None
    box = told["unseen"][0]["box"]
    wanted = picture["x"] + box["x1"] * picture["width"]
    assert area["x"] == pytest.approx(wanted, abs=3)
    expect(page.locator(".behind + p")).to_contain_text(re.compile(r"每秒 \d+\.\d 次"))


@pytest.mark.rtsp
def test_a_camera_is_added_by_its_address(stage: Stage, seat: Seat) -> None:
    """Pasted address → what it sends and shows → dossier → on the wall, then live."""
    server = RtspServer(stage.footage)
    server.start()
    try:
        engineer = seat("gao.peng").open("/cameras")
        page = engineer.page
        page.get_by_role("link", name="添加摄像机").click()
        page.locator("#looks").fill(server.url)
        page.get_by_role("button", name="探测").click()
        expect(page.get_by_text("1280×960").first).to_be_visible(timeout=60_000)
        for name, value in (
            ("id", "gate"),
            ("title", "南门"),
            ("owner", "测试局"),
            ("document", "接入函3号"),
            ("signed_on", "2026-01-01"),
            ("expires_on", "2030-01-01"),
        ):
            page.locator(f"#{name}").fill(value)
        page.get_by_role("button", name="接入，接着画区域").click()
        page.wait_for_url("**/zones/gate")
        page.get_by_role("link", name="档案").click()
        expect(page.locator(".page-head")).to_contain_text("在线", timeout=60_000)
        expect(page.locator(".dossier")).to_contain_text("接入函3号")

        page.get_by_text("实时", exact=True).click()
        video = page.locator("video")
        expect(video).to_have_js_property("paused", value=False)
        begun = video.evaluate("it => it.currentTime")
        expect(video).not_to_have_js_property("currentTime", begun)
    finally:
        server.kill()


def _put_in_force(stage: Stage, content: dict[str, Any]) -> None:
    with stage.api("gao.peng") as api:
        base = api.get("/site").json()["revision"]
        draft = {"content": content, "note": "另一处改动"}
        kept = api.post("/site/drafts", json=draft).json()["revision"]
        said = {"base": base, "reason": "另一处改动"}
        api.post(f"/site/revisions/{kept}/apply", json=said).raise_for_status()


def test_a_draft_outlives_leaving_the_page_and_what_others_apply(
    stage: Stage, seat: Seat
) -> None:
    """It is there on coming back, reload or not; loading anew keeps both changes."""
    held = stage.senior.get("/site").json()["content"]
    engineer = seat("gao.peng").open("/zones/market")
    engineer.allowed = [r"status of 409"]
    page = engineer.page
    drawn = page.locator(".zone-line", has_text="zone_1")
    page.get_by_role("button", name="加矩形").click()
    expect(drawn).to_be_visible()
    page.locator("#reason").fill("店门前新增一段")
    page.locator("nav a[href='/cameras']").click()
    expect(page).to_have_url(f"{engineer.address}/cameras")
    page.go_back()
    expect(drawn).to_be_visible()
    expect(page.locator("#reason")).to_have_value("店门前新增一段")

    changed = stage.senior.get("/site").json()["content"]
    changed["cameras"]["tower"]["title"] = "三号楼工地（东）"
    _put_in_force(stage, changed)
    apply = page.get_by_role("button", name="应用")
    apply.click()
    page.get_by_role("button", name="重新载入").click()
    expect(page.locator(".zone-apply .ant-alert")).to_have_count(0)
    expect(drawn).to_be_visible()
    apply.click()
    expect(page.get_by_text("已生效")).to_be_visible()
    assert "zone_1" in _zones(stage, "market")
    now = stage.senior.get("/site").json()["content"]["cameras"]
    assert now["tower"]["title"] == "三号楼工地（东）"
    page.reload()
    expect(page.get_by_text("没有改动")).to_be_visible()
    _put_in_force(stage, held)
