"""Takes the pictures of `docs/guide/` from the real pages, on a staged morning.

`python -m tests.desk.make_guide` (`make guide`): starts the service, stages twenty
suspicions, opens each page in both languages and writes one PNG each, with few
colours, so that the folder stays small.
"""

import io
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.desk.footage import large_footage
from tests.desk.scenery import danger, morning
from tests.desk.sitting import DESK_PX, PHONE_PX, Sitting
from tests.desk.stage import Stage, chromium, open_stage
from tests.desk.staging import Staged
from tests.nonsite.service_process import ROOT

GUIDE = ROOT / "docs" / "guide"
SAMPLE = ROOT / "samples" / "videos" / "campus.mp4"
WIDTH_PX = 1000
COLOURS = 160


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: whose page, where, and what is pressed or clicked before."""

    name: str
    person: str | None
    path: str
    keys: tuple[str, ...] = ()
    click: str = ""
    is_phone: bool = False


SHOTS = (
    Shot("login", None, "/"),
    Shot("review", "chen.jing", "/review"),
    Shot("reject", "chen.jing", "/review", keys=("2",)),
    Shot("blind", "lin.tao", "/blind", keys=("Enter",)),
    Shot("alerts", "chen.jing", "/alerts?severity=S2"),
    Shot("cameras", "gao.peng", "/cameras"),
    Shot("camera", "gao.peng", "/cameras/street"),
    Shot("add", "gao.peng", "/cameras/add-one"),
    Shot("zones", "gao.peng", "/zones/street"),
    Shot("shift", "wu.min", "/shift"),
    Shot("reports", "wu.min", "/reports"),
    Shot("people", "tang.yu", "/people"),
    Shot("audit", "song.yan", "/audit"),
    Shot("officer", "zhou.wei", "/officer", is_phone=True),
)


LAST_SHOTS = (
    Shot("danger", "wu.min", "/alerts"),
    Shot("duty", "zhou.wei", "/duty", is_phone=True),
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


def take(browser: Browser, stage: Stage, shot: Shot, language: str) -> bytes:
    """One page as it stands."""
    context = browser.new_context(
        viewport=PHONE_PX if shot.is_phone else DESK_PX,
        locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme="light",
    )
    context.add_init_script(f"localStorage.setItem('nonsite.language', '{language}')")
    sitting = Sitting(context.new_page(), context, stage.service.address)
    if shot.person is not None:
        sitting.log_in(shot.person)
    sitting.open(shot.path)
    sitting.page.wait_for_load_state("load")
    sitting.page.wait_for_timeout(1500)
    sitting.settle()
    sitting.press(*shot.keys)
    sitting.page.wait_for_timeout(1000)
    sitting.settle()
    taken = sitting.page.screenshot()
    context.close()
    return taken


def stage_morning(stage: Stage, wanted: tuple[Staged, ...]) -> None:
    """Twenty suspicions: one for an officer on site, one for a second officer."""
    alerts = stage.put_all(wanted)
    with stage.api("chen.jing") as api:
        asked = f"/alerts/{alerts[0]}"
        api.post(f"{asked}/claim").raise_for_status()
        body: dict[str, object] = {
            "kind": "ask_onsite",
            "comment": "请看是否仍在",
            "officer": "zhou.wei",
        }
        api.post(f"{asked}/verdict", json=body).raise_for_status()
        second = f"/alerts/{alerts[2]}"
        api.post(f"{second}/claim").raise_for_status()
        ticks = dict.fromkeys(("true", "clear", "complete", "accurate"), True)
        reached = datetime.now(UTC).isoformat()
        body = {"kind": "confirm_evidence", "ticks": ticks, "clip_reached": reached}
        api.post(f"{second}/verdict", json=body).raise_for_status()


def main() -> int:
    """Write every picture; the last one shows life danger."""
    total = 0
    with tempfile.TemporaryDirectory() as made:
        footage = large_footage(SAMPLE, Path(made))
        with open_stage(Path(made), footage) as stage, sync_playwright() as started:
            browser = chromium(started)
            stage_morning(stage, morning())
            for language in ("zh", "en"):
                for shot in SHOTS:
                    total += _write(browser, stage, shot, language)
            stage.put(danger())
            for language in ("zh", "en"):
                for shot in LAST_SHOTS:
                    total += _write(browser, stage, shot, language)
            browser.close()
    print(f"{total / 1e6:.2f} MB in {GUIDE}")  # noqa: T201
    return 0


def _write(browser: Browser, stage: Stage, shot: Shot, language: str) -> int:
    body = small_png(take(browser, stage, shot, language))
    (GUIDE / f"{shot.name}.{language}.png").write_bytes(body)
    return len(body)


if __name__ == "__main__":
    sys.exit(main())
