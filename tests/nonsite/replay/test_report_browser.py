"""The report in a real browser: one file, clips that play, words in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.chromium import CHROMIUM, MISSING, chromium
from tests.nonsite.service_process import run_command

PATIENCE_MS = 30_000
PLAYS = "() => { const v = document.querySelector('video'); return v.currentTime > 1 }"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=MISSING),
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """Of one case that passes and one that expects the van too late."""
    folder = tmp_path_factory.mktemp("report")
    text = sample.with_suffix(".yaml").read_text(encoding="utf-8")
    text = text.replace("clip: campus.mp4", f"clip: {sample}\nwindow: {{to_s: 24}}")
    (folder / "good.yaml").write_text(text, encoding="utf-8")
    late = text.replace("start_s: 10", "start_s: 20")
    assert late != text
    (folder / "late.yaml").write_text(late, encoding="utf-8")
    html = folder / "report.html"
    places = ["--html", str(html), "--cache", str(folder / "cache")]
    done = run_command("replay", str(folder), *places, "--workers", "1")
    assert done.returncode == 1, done.stderr
    return html


@pytest.fixture
def page(report: Path) -> Iterator[Page]:
    """The report as seen by who reads Chinese; without complaint or network."""
    with sync_playwright() as started:
        browser = chromium(started)
        opened = browser.new_page(locale="zh-CN")
        opened.set_default_timeout(PATIENCE_MS)
        complaints: list[str] = []
        asked: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda said: complaints.append(said.text))
        opened.on("request", lambda request: asked.append(request.url.split(":")[0]))
        opened.goto(report.as_uri())
        yield opened
        browser.close()
        assert complaints == []
        assert set(asked) <= {"file", "data"}


def test_a_clip_plays_with_its_boxes(page: Page) -> None:
    """A click on a still starts the clip of that moment."""
    page.locator("button.play").first.click()

    page.wait_for_function(PLAYS)
    width = page.evaluate("() => document.querySelector('video').videoWidth")
    assert width == 768


def test_every_miss_and_false_alert_has_its_clauses_in_words(page: Page) -> None:
    """Chinese for those who read Chinese, English after one click."""
    assert page.locator("h1").inner_text() == "Nonsite · 回放"
    assert page.locator(".moment").count() == 3
    assert "区域内有机动车" in page.locator(".clauses").first.inner_text()
    assert "未接入许可登记" in page.locator(".clauses").first.inner_text()
    assert "白天" in page.locator(".chip").all_inner_texts()

    page.get_by_role("button", name="English").click()

    words = page.locator(".clauses").first.inner_text()
    assert "区域内有机动车" not in words
    assert "no permit feed" in words


def test_the_timeline_has_ticks_and_a_legend(page: Page) -> None:
    """What was expected, what came, and when, without asking anybody."""
    ticks = page.locator(".ticks").first.locator("span").all_inner_texts()
    assert (ticks[0], ticks[-1]) == ("0", "23 s")
    assert "10" in ticks
    assert "预期在此成立" in page.locator(".legend").inner_text()
    dashed = page.locator("svg.time").nth(1).locator("rect[stroke-dasharray]")
    assert dashed.count() == 1


def test_only_what_failed_is_left_when_asked(page: Page) -> None:
    """A suite of a hundred cases is read by its three that fail."""
    page.get_by_role("button", name="只看未通过").click()

    assert page.locator("h2").all_inner_texts() == ["late"]
