"""Every page: no violation of WCAG AA that axe finds, in light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import Seat
from tests.desk.sitting import PHONE_PX
from tests.desk.stage import Stage
from tests.nonsite.service_process import ROOT

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

AXE = ROOT / "desk" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = {
    "light": {"type": "tag", "values": RULES},
    "dark": {"type": "rule", "values": ["color-contrast"]},
}
"""What the shade can change is asked in both, names and roles once."""

PAGES = {
    "wu.min": (
        *("/review", "/blind", "/alerts", "/cameras", "/shift", "/reports"),
        *("/reports/quality", "/misses", "/leads"),
    ),
    "gao.peng": ("/cameras/street", "/cameras/add-one", "/zones/street"),
    "tang.yu": ("/people",),
    "song.yan": ("/audit",),
    "fang.jie": ("/delivery", "/cameras"),
}
"""Who opens which pages of the desk."""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, from the desk's own packages."""
    if not AXE.is_file():
        pytest.skip("axe-core is missing: run `make desk-lint`")
    return Path(AXE).read_text(encoding="utf-8")


def _violations(page: Page, axe: str, shade: str) -> list[str]:
    page.evaluate(axe)
    asked = {"runOnly": ASKED[shade], "resultTypes": ["violations"]}
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("shade", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_desk_are_accessible(
    stage: Stage, seat: Seat, axe: str, name: str, shade: str
) -> None:
    """Names, roles, contrast, size of targets: nothing axe finds wrong."""
    stage.put()
    sitting = seat(name, color_scheme=shade)
    found = []
    for path in PAGES[name]:
        link = sitting.page.locator(f"nav a[href='{path}']")
        if link.count():
            link.click()
        else:
            sitting.open(path)
        expect(sitting.page.locator("main h1").first).to_be_attached()
        sitting.settle()
        found += [
            f"{path} {shade} {one}" for one in _violations(sitting.page, axe, shade)
        ]
    assert found == []


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_login_and_phone_are_accessible(
    stage: Stage, seat: Seat, axe: str, shade: str
) -> None:
    """The way in, and the officer's page at the size of a phone."""
    out = seat(None, color_scheme=shade).open("/")
    expect(out.page.locator("#name")).to_be_visible()
    assert _violations(out.page, axe, shade) == []
    phone = seat("zhou.wei", color_scheme=shade, viewport=PHONE_PX).open("/officer")
    expect(phone.page.locator("h1")).to_be_visible()
    phone.settle()
    assert _violations(phone.page, axe, shade) == []
