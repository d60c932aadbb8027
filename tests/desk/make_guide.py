"""Takes the pictures of `docs/guide/` from the real pages, on a staged morning.

`python -m tests.desk.make_guide` (`make guide`): starts the service, stages twenty
suspicions, opens each page in both languages and writes one PNG each, with few
colours, so that the folder stays small.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import chromium
from tests.desk.footage import large_footage
from tests.desk.pictures import SAMPLE, Page, Way, seated, show, stage_morning
from tests.desk.scenery import danger, morning
from tests.desk.sitting import DESK_PX
from tests.desk.stage import Stage, open_stage
from tests.nonsite.service_process import ROOT

GUIDE = ROOT / "docs" / "guide"
WIDTH_PX = 1000
COLOURS = 160


SHOTS = (
    Page("login", None, "/"),
    Page("review", "chen.jing", "/review"),
    Page("reject", "chen.jing", "/review", keys=("2",)),
    Page("blind", "lin.tao", "/blind", keys=("Enter",)),
    Page("alerts", "chen.jing", "/alerts?severity=S2"),
    Page("cameras", "gao.peng", "/cameras"),
    Page("camera", "gao.peng", "/cameras/street"),
    Page("add", "gao.peng", "/cameras/add-one"),
    Page("zones", "gao.peng", "/zones/street"),
    Page("shift", "wu.min", "/shift"),
    Page("reports", "wu.min", "/reports"),
    Page("people", "tang.yu", "/people"),
    Page("audit", "song.yan", "/audit"),
    Page("officer", "zhou.wei", "/officer", is_phone=True),
)


LAST_SHOTS = (
    Page("danger", "wu.min", "/alerts"),
    Page("duty", "zhou.wei", "/duty", is_phone=True),
)
"""Once life is in danger."""


def small_png(shot: bytes) -> bytes:
    """The same picture, narrower and with fewer colours."""
    with Image.open(io.BytesIO(shot)) as opened:
        picture = opened.convert("RGB")
    if picture.width > WIDTH_PX:
        height = round(picture.height * WIDTH_PX / picture.width)
        picture = picture.resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def take(browser: Browser, stage: Stage, page: Page, language: str) -> bytes:
    """One page as it stands."""
    way = Way(language, "light", DESK_PX).of(page)
    sitting = seated(browser, stage, page.person, way)
    show(sitting, page, way)
    taken = sitting.page.screenshot()
    sitting.context.close()
    return taken


def main() -> int:
    """Write every picture; the last one shows life danger."""
    total = 0
    with tempfile.TemporaryDirectory() as made:
        footage = large_footage(SAMPLE, Path(made))
        with open_stage(Path(made), footage) as stage, sync_playwright() as started:
            browser = chromium(started)
            stage_morning(stage, morning())
            for language in ("zh", "en"):
                for page in SHOTS:
                    total += _write(browser, stage, page, language)
            stage.put(danger())
            for language in ("zh", "en"):
                for page in LAST_SHOTS:
                    total += _write(browser, stage, page, language)
            browser.close()
    print(f"{total / 1e6:.2f} MB in {GUIDE}")  # noqa: T201
    return 0


def _write(browser: Browser, stage: Stage, page: Page, language: str) -> int:
    body = small_png(take(browser, stage, page, language))
    (GUIDE / f"{page.name}.{language}.png").write_bytes(body)
    return len(body)


if __name__ == "__main__":
    sys.exit(main())
