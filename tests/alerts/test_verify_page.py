"""The verification page of an export, opened in a browser without a network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from alerts.database import open_database
from alerts.migrate import migrate
from tests.alerts.test_exporter import Bench, unpacked
from tests.chromium import CHROMIUM, MISSING, chromium

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=MISSING),
    pytest.mark.timeout(120),
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An export as whoever received it has unpacked it."""
    database = open_database(f"sqlite:///{tmp_path}/nonsite.db")
    migrate(database)
    bench = Bench(tmp_path / "house", database)
    out = tmp_path / "export"
    for name, body in unpacked(bench.exporter.export(bench.order())).items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    yield out
    database.close()


@pytest.fixture
def page(folder: Path) -> Iterator[Page]:
    """The page; it asks nobody for anything and its console is silent."""
    said: list[str] = []
    with sync_playwright() as started:
        browser = chromium(started)
        context = browser.new_context(offline=True)
        opened = context.new_page()
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("console", lambda told: said.append(told.text))
        opened.on("request", lambda asked: said.append(asked.url))
        where = (folder / "verify.html").as_uri()
        opened.goto(where)
        yield opened
        browser.close()
    assert said == [where]


def test_the_page_names_what_was_changed_added_or_left_out(
    page: Page, folder: Path
) -> None:
    """Both digests, in the browser; what stays in the house is told as such."""
    told = page.locator("#all")
    still, row = folder / "masked" / "first.jpg", page.locator("tr")

    page.set_input_files("#folder", str(folder))
    expect(told).to_have_text(re.compile(r"全部 \d+ 个文件一致$"))
    withheld = row.filter(has_text="clip.mp4").first
    expect(withheld).to_contain_text("封存于系统")

    whole = still.read_bytes()
    still.write_bytes(whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:])
    page.set_input_files("#folder", str(folder))
    expect(told).to_have_text("不一致 1 个文件")
    expect(row.filter(has_text="masked/first.jpg").first).to_contain_text("已被改动")

    still.write_bytes(whole)
    (folder / "more.jpg").write_bytes(b"slipped in")
    page.set_input_files("#folder", str(folder))
    expect(told).to_contain_text("1 个文件不在清单内：more.jpg")

    (folder / "more.jpg").unlink()
    still.unlink()
    page.set_input_files("#folder", str(folder))
    expect(told).to_contain_text("未提供 1 个")
