"""Takes pictures of every page of the desk to be looked at, on a staged morning.

`python -m tests.desk.take_pictures FOLDER [WAY…]`: each page in Chinese and English,
light and dark, at the smallest size of a desk, at the usual one and at a phone's; a way
is `zh.light.1366` and its like, left out: all. What is wider than its window is told.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.chromium import chromium
from tests.desk.footage import large_footage
from tests.desk.pictures import SAMPLE, Page, Way, seated, show, stage_morning
from tests.desk.scenery import danger, morning
from tests.desk.sitting import DESK_PX, PHONE_PX, Sitting
from tests.desk.stage import Stage, open_stage
from tests.desk.staging import Staged

LARGE_PX: ViewportSize = {"width": 1920, "height": 1080}
SHOWN_PACKS = 5
TOO_WIDE = """
() => [document.documentElement, ...document.querySelectorAll('.page, .officer')]
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.className || one.tagName} ${one.scrollWidth}/${one.clientWidth}`)
"""


PAGES = (
    Page("login", None, "/"),
    Page("review", "chen.jing", "/review"),
    Page("review_reject", "chen.jing", "/review", keys=("2",)),
    Page("review_help", "chen.jing", "/review", keys=("?",)),
    Page("blind", "lin.tao", "/blind", keys=("Enter",)),
    Page("alerts", "chen.jing", "/alerts"),
    Page("alerts_none", "chen.jing", "/alerts?code=WH-10"),
    Page("cameras", "gao.peng", "/cameras"),
    Page("camera", "gao.peng", "/cameras/street"),
    Page(
        "behind",
        "gao.peng",
        "/cameras/street",
        clicks=(("判断过程", "Behind it"),),
    ),
    Page("add", "gao.peng", "/cameras/add-one"),
    Page("zones", "gao.peng", "/zones/street"),
    Page("ground", "gao.peng", "/zones/street", clicks=(("地面标定", "Ground"),)),
    Page(
        "ground_people",
        "gao.peng",
        "/zones/street",
        clicks=(("地面标定", "Ground"), ("按站立的人", "By standing people")),
    ),
    Page(
        "try",
        "gao.peng",
        "/zones/street",
        clicks=(("用近 24 小时的线索试算", "Try on the last 24 h"),),
    ),
    Page("shift", "wu.min", "/shift"),
    Page("reports", "wu.min", "/reports"),
    Page("quality", "wu.min", "/reports/quality"),
    Page("misses", "wu.min", "/misses"),
    Page("leads", "wu.min", "/leads"),
    Page("people", "tang.yu", "/people"),
    Page("audit", "song.yan", "/audit"),
    Page("delivery", "fang.jie", "/delivery"),
    Page("officer", "zhou.wei", "/officer", is_phone=True),
    Page("duty_quiet", "zhou.wei", "/duty", is_phone=True),
    Page("leads_phone", "qian.li", "/leads", is_phone=True),
)
DANGER = (
    Page("danger", "wu.min", "/alerts"),
    Page("review_s1", "wu.min", "/review"),
    Page("duty", "zhou.wei", "/duty", is_phone=True),
)


WAYS = tuple(
    Way(language, shade, size)
    for size in (DESK_PX, PHONE_PX, LARGE_PX)
    for language in ("zh", "en")
    for shade in ("light", "dark")
)
"""Each language in each shade at each size."""


Taking = tuple[tuple[Page, ...], Path]
"""Which pages, into which folder."""


def take_all(
    browser: Browser, stage: Stage, ways: tuple[Way, ...], taking: Taking
) -> list[str]:
    """Every page in every way; lines about what is too wide."""
    told = []
    pages, folder = taking
    for way in ways:
        seats: dict[tuple[str | None, bool], Sitting] = {}
        for page in pages:
            used = way.of(page)
            seat = (page.person, page.is_phone)
            if seat not in seats:
                seats[seat] = seated(browser, stage, page.person, used)
            shown = seats[seat].page
            show(seats[seat], page, used)
            name = f"{page.name}.{used.name}"
            (folder / f"{name}.png").write_bytes(shown.screenshot())
            told += [f"{name}: {one}" for one in shown.evaluate(TOO_WIDE)]
        for sitting in seats.values():
            sitting.context.close()
    return told


def few_packs() -> tuple[Staged, ...]:
    """The morning, with pictures where a page shows them: packs take their time."""
    return tuple(
        replace(one, has_pack=n < SHOWN_PACKS) for n, one in enumerate(morning())
    )


def main() -> int:
    """Take them all; 1 when something is too wide."""
    folder, chosen = Path(sys.argv[1]), set(sys.argv[2:])
    folder.mkdir(parents=True, exist_ok=True)
    ways = tuple(way for way in WAYS if not chosen or way.name in chosen)
    with tempfile.TemporaryDirectory() as made:
        footage = large_footage(SAMPLE, Path(made))
        with open_stage(Path(made), footage) as stage, sync_playwright() as started:
            browser = chromium(started)
            stage_morning(stage, few_packs())
            stage.put_miss_look("street", ("SW-01", "SW-02"))
            told = take_all(browser, stage, ways, (PAGES, folder))
            stage.put(danger())
            told += take_all(browser, stage, ways, (DANGER, folder))
            browser.close()
    print("\n".join(told) or "nothing is too wide")  # noqa: T201
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
