"""That life danger is heard: on blocked sound, in the background, without a network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.chromium import chromium
from tests.desk.conftest import Seat
from tests.desk.people import PASSWORD
from tests.desk.scenery import danger
from tests.desk.sitting import PHONE_PX, Sitting
from tests.desk.stage import Stage
from tests.desk.staging import Staged
from tests.nonsite.service_process import wait_for

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

NETWORK = r"net::ERR_|status of 401"

EAR = """(() => {
  const connect = AudioNode.prototype.connect;
  const ears = [];
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      const ear = this.context.createAnalyser();
      connect.call(this, ear);
      ears.push(ear);
    }
    return connect.call(this, to, ...rest);
  };
  window.loudness = () => Math.max(0, ...ears.map((ear) => {
    const heard = new Float32Array(ear.fftSize);
    ear.getFloatTimeDomainData(heard);
    return Math.max(...heard.map(Math.abs));
  }));
})()"""
"""Measures what the page gives to the loudspeaker."""

IN_BACKGROUND = """
Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'});
Object.defineProperty(document, 'hidden', {get: () => true});
"""


def _sounds(page: Page) -> None:
    assert wait_for(lambda: page.evaluate("loudness()") > 0.05, 20)


def _is_silent(page: Page) -> None:
    assert wait_for(lambda: page.evaluate("loudness()") == 0, 20)


def _listening(seat: Seat, name: str, path: str, *scripts: str) -> Sitting:
    sitting: Sitting = seat(None)
    sitting.allowed = [NETWORK]
    for script in (EAR, *scripts):
        sitting.context.add_init_script(script)
    sitting.log_in(name).open(path)
    expect(sitting.page.locator("header").first).to_be_visible()
    return sitting


def _answer_all(stage: Stage) -> None:
    """Nothing sounds of what was staged before."""
    for one in stage.senior.get("/alarms").json()["alarms"]:
        stage.senior.post(f"/alerts/{one['alert']['id']}/acknowledge")


def test_the_siren_test_sounds_before_it_is_signed(stage: Stage, seat: Seat) -> None:
    """Three seconds at every open desk; who heard nothing cannot sign."""
    _answer_all(stage)
    one = _listening(seat, "chen.jing", "/shift")
    other = _listening(seat, "wu.min", "/alerts")
    for sitting in (one, other):
        _is_silent(sitting.page)
        expect(sitting.page.get_by_text("实时连接断开")).to_have_count(0)
    one.page.get_by_role("button", name="试警报").click()
    for sitting in (one, other):
        _sounds(sitting.page)
    assert one.page.get_by_role("button", name="听到了").count() == 0
    one.page.get_by_role("button", name="听到了").click()
    expect(one.page.get_by_text("听到：")).to_contain_text("chen.jing")
    _is_silent(one.page)

    late = _listening(seat, "lin.tao", "/shift")
    expect(late.page.get_by_text("本机没有响过")).to_be_visible()
    expect(late.page.get_by_role("button", name="听到了")).to_have_count(0)


@pytest.fixture
def strict_browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium as people have it: no sound before a click."""
    opened = chromium(playwright, sounds_unasked=False)
    yield opened
    opened.close()


def test_sound_that_the_browser_blocks_is_told_and_turned_on(
    stage: Stage, strict_browser: Browser
) -> None:
    """On the desk and on the duty phone, before anything happens."""
    _answer_all(stage)
    context = strict_browser.new_context(locale="zh-CN")
    context.add_init_script(EAR)
    Sitting(context.new_page(), context, stage.service.address).log_in("chen.jing")
    for path, asked in (("/alerts", "alarms"), ("/duty", "duty/alarms")):
        page = context.new_page()
        # what a test asks of a page counts as a click there: nothing before it is up
        with page.expect_response(f"**/api/v1/{asked}"):
            page.goto(stage.service.address + path)
        told = page.get_by_text("声音被浏览器拦截")
        expect(told).to_be_visible()
        page.get_by_role("button", name="开启声音").click()
        expect(told).to_have_count(0)
        page.close()
    context.close()


def test_an_alarm_sounds_behind_other_windows_and_without_the_stream(
    stage: Stage, seat: Seat
) -> None:
    """The desk asks by itself, whatever is in front of it."""
    _answer_all(stage)
    at_desk = _listening(seat, "chen.jing", "/alerts", IN_BACKGROUND)
    at_desk.context.route("**/api/v1/events", lambda route: route.abort())
    page = at_desk.open("/alerts").page
    _is_silent(page)
    stage.put(danger())
    expect(page.locator(".alarms")).to_contain_text("疑似监护人离岗线索")
    _sounds(page)
    _answer_all(stage)
    _is_silent(page)


def _deafened(page: Page) -> None:
    """The bar is there and sounds; muted it stays; answers end it."""
    expect(page.get_by_text("听不到告警")).to_be_visible(timeout=40_000)
    _sounds(page)


@pytest.mark.parametrize(
    ("name", "path", "asked"),
    [("chen.jing", "/alerts", "alarms"), ("zhou.wei", "/duty", "duty/alarms")],
    ids=["desk", "duty-phone"],
)
def test_who_cannot_hear_of_alarms_is_warned(
    stage: Stage, seat: Seat, name: str, path: str, asked: str
) -> None:
    """No answers: a red bar with sound, muted for this time, gone with the first."""
    _answer_all(stage)
    sitting = _listening(seat, name, path)
    page = sitting.page
    sitting.context.route(f"**/api/v1/{asked}", lambda route: route.abort())
    _deafened(page)
    page.get_by_role("button", name="静音").click()
    _is_silent(page)
    expect(page.get_by_text("听不到告警")).to_be_visible()
    sitting.context.unroute(f"**/api/v1/{asked}")
    expect(page.get_by_text("听不到告警")).to_have_count(0)


def test_the_end_of_a_session_is_not_silence(stage: Stage, seat: Seat) -> None:
    """It sounds until somebody is logged in again: no alarm would be heard of."""
    _answer_all(stage)
    sitting = _listening(seat, "lin.tao", "/alerts")
    page = sitting.page
    _is_silent(page)
    stage.end_sessions("lin.tao")
    _deafened(page)
    expect(page.locator("#password")).to_be_visible()
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("听不到告警")).to_have_count(0)
    _is_silent(page)


def test_what_the_stream_missed_is_loaded_when_it_opens(
    stage: Stage, seat: Seat
) -> None:
    """The list of alerts asks by no clock: it relies on the stream, however late."""
    sitting = _listening(seat, "chen.jing", "/cameras")
    sitting.context.route("**/api/v1/events", lambda route: route.abort())
    page = sitting.open("/alerts").page
    expect(page.locator("tbody tr").first).to_be_attached()
    alert = stage.put(Staged(has_pack=False))
    line = page.locator(f"tbody a[href='/review/{alert}']")
    assert line.count() == 0
    sitting.context.unroute("**/api/v1/events")
    expect(line.first).to_be_visible()


def test_the_duty_phone_stays_awake_or_says_that_it_sleeps(seat: Seat) -> None:
    """Where the browser gives no lock, people must keep the screen on themselves."""
    phone = seat(None, viewport=PHONE_PX)
    phone.context.add_init_script("delete Navigator.prototype.wakeLock")
    phone.log_in("zhou.wei").open("/duty")
    expect(phone.page.get_by_text("请在设置里关闭自动锁屏")).to_be_visible()

    awake = seat(None, viewport=PHONE_PX)
    awake.context.add_init_script(
        "navigator.wakeLock.request = async (kind) => { window.held = kind; "
        "return {release: async () => undefined} }"
    )
    awake.log_in("zhou.wei").open("/duty")
    assert wait_for(lambda: awake.page.evaluate("window.held") == "screen", 20)
    expect(awake.page.get_by_text("请在设置里关闭自动锁屏")).to_have_count(0)
