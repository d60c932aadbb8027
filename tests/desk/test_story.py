"""The whole story: a stream, an alert, two officers at desks, one in the street."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from httpx import codes
from playwright.sync_api import Locator, expect

from tests.desk.conftest import Seat
from tests.desk.footage import picture_of
from tests.desk.site import LIVE, site_text
from tests.desk.sitting import PHONE_PX, Sitting
from tests.desk.stage import Stage
from tests.nonsite.service_process import NONSITE, wait_for
from tests.streams.servers import RtspServer

pytestmark = [pytest.mark.process, pytest.mark.rtsp, pytest.mark.timeout(360)]

REFUSED = r"status of 409"


@pytest.fixture
def camera(footage: Path) -> Iterator[RtspServer]:
    """A camera of somebody else's, as a stream."""
    server = RtspServer(footage)
    server.start()
    yield server
    server.kill()


def _answer_second_looks(stage: Stage, name: str) -> None:
    """None that waits from before: what is drawn then is what the story confirmed."""
    said = {"kind": "reject", "reason": "wrong_zone", "comment": "划线以外"}
    with stage.api(name) as api:
        while (drawn := api.post("/blind/next")).status_code == codes.OK:
            answer = f"/blind/{drawn.json()['id']}/answer"
            api.post(answer, json=said).raise_for_status()
        assert drawn.status_code == codes.NOT_FOUND


def _watch_and_tick(sitting: Sitting) -> None:
    """Play to where it opened, then the four ticks of art. 41."""
    video = sitting.page.locator("video")
    expect(video).to_be_visible(timeout=40_000)
    sitting.press("Space")
    assert wait_for(lambda: video.evaluate("it => it.currentTime") > 6.5, 30)
    sitting.press("Space", "e", "1", "2", "3", "4")
    ticks = sitting.page.locator(".verdict input[type=checkbox]")
    for n in range(4):
        expect(ticks.nth(n)).to_be_checked()
    sitting.press("Enter")


def test_from_the_stream_to_the_street_and_into_the_audit_trail(
    stage: Stage, seat: Seat, camera: RtspServer
) -> None:
    """Alert live without reload, one claim of two, second officer, phone, photo."""
    for name in ("chen.jing", "lin.tao"):
        _answer_second_looks(stage, name)
    one, other = seat("chen.jing").open("/review"), seat("lin.tao").open("/review")
    for sitting in (one, other):
        expect(sitting.page.locator(".queue-head")).to_be_visible()
        sitting.page.evaluate("window.notReloaded = true")
        sitting.allowed = [REFUSED]
    _add_camera(stage, camera)
    for sitting in (one, other):
        expect(_line(sitting)).to_be_visible(timeout=60_000)
        assert sitting.page.evaluate("window.notReloaded")

    first, second = _competing(one, other)
    alert = first.page.url.rpartition("/")[2]
    assert wait_for(lambda: stage.is_sealed(UUID(alert)), 60)  # the clip runs on
    _watch_and_tick(first)
    expect(first.page.locator(".undo")).to_contain_text("待第二人")
    _second_look(second)
    review = stage.review(alert)
    assert review["state"] == "evidence"
    assert {given["by"] for given in review["verdicts"]} == {"chen.jing", "lin.tao"}

    _in_the_street(seat, picture_of(stage.footage, 3.0))
    (told,) = stage.senior.get("/tasks", params={"alert": alert}).json()["tasks"]
    assert (told["state"], told["result"], told["remark"]) == ("done", "left", "已劝离")
    assert len(told["photos"]) == 1
    wanted = {
        f"alert/{alert}": {"chen.jing", "lin.tao"},
        f"task/{told['id']}": {"zhou.wei"},
    }
    assert wait_for(lambda: _audited_by(stage, wanted), 20), stage.audited()[-20:]
    _made_a_test(seat, alert, stage.data)
    _tried_on_its_clip(seat)


def _made_a_test(seat: Seat, alert: str, data: Path) -> None:
    """A senior makes it a replay case; how far it is stands there, then its name."""
    page = seat("wu.min").open(f"/review/{alert}").page
    page.get_by_role("button", name="做成回归用例").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("事由（记入审计）").fill("每天停在这里")
    dialog.get_by_role("button", name="做成回归用例").click()
    told = page.locator(".make-test [role=status]")
    expect(told).to_contain_text("已完成", timeout=120_000)
    name = f"sw-01-{alert[:8]}"
    expect(told).to_contain_text(name)
    assert (data / "cases" / f"{name}.yaml").is_file()


def _tried_on_its_clip(seat: Seat) -> None:
    """A draft without the kerb would not raise it any more: seen before applied."""
    page = seat("gao.peng").open(f"/zones/{LIVE}").page
    expect(page.locator(".canvas img")).to_be_visible()
    page.get_by_role("button", name="用近 24 小时的线索试算").click()
    page.get_by_role("button", name="在录像上试算").first.click()
    told = page.locator(".clip-trial [role=status]").first
    expect(told).to_contain_text("仍触发 1", timeout=120_000)
    page.get_by_role("button", name="删除区域").click()
    page.get_by_role("button", name="加矩形").click()
    page.get_by_role("button", name="用近 24 小时的线索试算").click()
    page.get_by_role("button", name="在录像上试算").first.click()
    expect(told).to_contain_text("不再触发 1", timeout=120_000)


def _add_camera(stage: Stage, camera: RtspServer) -> None:
    """A camera is added while everything runs: the van at its kerb is an alert."""
    stage.site.write_text(site_text(stage.footage, camera.url), encoding="utf-8")
    subprocess.run(
        [str(NONSITE), "apply", str(stage.site), "--data", str(stage.data)],
        check=True,
        capture_output=True,
        timeout=60,
    )


def _line(sitting: Sitting) -> Locator:
    return sitting.page.locator(".queue-line", has_text="校园路口")


def _competing(one: Sitting, other: Sitting) -> tuple[Sitting, Sitting]:
    """Both reach for it; who has it, and who is told that somebody has."""
    for sitting in (one, other):
        _line(sitting).click(no_wait_after=True)
    for sitting in (one, other):
        expect(_line(sitting)).to_have_attribute("aria-current", "true")
    assert wait_for(
        lambda: _leases(one) + _leases(other) == 1 and _told(one) + _told(other) == 1,
        20,
    )
    return (one, other) if _leases(one) else (other, one)


def _second_look(second: Sitting) -> None:
    """Who looks second sees neither score nor verdict, and comes to the same."""
    second.open("/blind")
    second.page.get_by_role("button", name="取一条").click()
    expect(second.page.locator(".item-head")).to_contain_text("校园路口")
    expect(second.page.locator(".item")).not_to_contain_text("chen.jing")
    _watch_and_tick(second)
    expect(second.page.get_by_text("已记录")).to_be_visible()


def _in_the_street(seat: Seat, photo: bytes) -> None:
    """The officer's phone has it: acknowledged, photographed, done."""
    phone = seat("zhou.wei", viewport=PHONE_PX, is_mobile=True, has_touch=True)
    phone.open("/officer")
    task = phone.page.locator(".task", has_text="校园路口")
    expect(task).to_be_visible(timeout=40_000)
    task.get_by_role("button", name="收到").tap()
    expect(task).to_contain_text("已收到")
    task.locator("input[type=file]").set_input_files(
        {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(task).to_contain_text("拍照 (1)")
    task.get_by_role("button", name="已到达").tap()
    task.get_by_role("textbox").fill("已劝离")
    task.get_by_role("button", name="已驶离").tap()
    expect(task).to_contain_text("照片 1")
    # an outcome may be taken back for a few seconds
    expect(task.locator("header")).to_contain_text("已办结", timeout=40_000)


def _leases(sitting: Sitting) -> int:
    return sitting.page.locator(".lease").count()


def _told(sitting: Sitting) -> int:
    return sitting.page.locator(".item > .ant-alert-warning").count()


def _audited_by(stage: Stage, wanted: dict[str, set[str]]) -> bool:
    entries = stage.audited()
    return all(
        people <= {entry.actor for entry in entries if entry.subject == subject}
        for subject, people in wanted.items()
    )
