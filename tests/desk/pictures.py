"""A page of the desk as somebody has it before them, ready for its picture."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from playwright.sync_api import Browser, ViewportSize

from tests.desk.sitting import PHONE_PX, Sitting
from tests.desk.stage import Stage
from tests.desk.staging import Staged
from tests.nonsite.service_process import ROOT

SAMPLE = ROOT / "samples" / "videos" / "campus.mp4"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as somebody has it before them.

    Attributes:
        name: Of its files.
        person: Who; None: nobody is logged in.
        path: Where; empty: where one lands.
        keys: Pressed once it is there.
        clicks: What is clicked before that, by its text in either language.
        is_phone: Whether it is made for a phone.
    """

    name: str
    person: str | None
    path: str
    keys: tuple[str, ...] = ()
    clicks: tuple[tuple[str, str], ...] = ()
    is_phone: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """How pages are looked at."""

    language: str
    shade: str
    size: ViewportSize

    @property
    def name(self) -> str:
        """Of files."""
        return f"{self.language}.{self.shade}.{self.size['width']}"

    def of(self, page: Page) -> "Way":
        """The same; at a phone's size for pages of phones."""
        return replace(self, size=PHONE_PX) if page.is_phone else self


def seated(browser: Browser, stage: Stage, person: str | None, way: Way) -> Sitting:
    """Somebody at a browser of their own."""
    context = browser.new_context(
        viewport=way.size,
        locale="zh-CN" if way.language == "zh" else "en-GB",
        color_scheme="dark" if way.shade == "dark" else "light",
    )
    context.add_init_script(
        f"localStorage.setItem('nonsite.language', '{way.language}')"
    )
    sitting = Sitting(context.new_page(), context, stage.service.address)
    return sitting if person is None else sitting.log_in(person)


def show(sitting: Sitting, page: Page, way: Way) -> None:
    """Bring a page up and let it come to rest."""
    sitting.open(page.path)
    shown = sitting.page
    shown.wait_for_load_state("load")
    shown.wait_for_timeout(1500)
    for chinese, english in page.clicks:
        words = chinese if way.language == "zh" else english
        shown.get_by_text(words, exact=True).first.click()
        shown.wait_for_timeout(1500)
    sitting.settle()
    sitting.press(*page.keys)
    shown.wait_for_timeout(1000)
    sitting.settle()


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
