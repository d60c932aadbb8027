"""A page of the desk as somebody has it before them, ready for its picture."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.sync_api import Browser, ViewportSize

from base.clock import SystemClock
from cases.blind_rows import LookKind, LookState
from cases.tables import SecondLookRow
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


_SAID: dict[int, dict[str, object]] = {
    3: {"kind": "confirm_clue"},
    4: {"kind": "confirm_clue"},
    5: {"kind": "reject", "reason": "permitted", "comment": ""},
    8: {"kind": "confirm_clue"},
    9: {"kind": "reject", "reason": "emergency_vehicle", "comment": ""},
    14: {"kind": "confirm_clue"},
}
"""What the shift has made of some of the morning."""


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
        for place, said in _SAID.items():
            judged = f"/alerts/{alerts[place]}"
            api.post(f"{judged}/claim").raise_for_status()
            api.post(f"{judged}/verdict", json=said).raise_for_status()
    _look_again(stage)


def _look_again(stage: Stage) -> None:
    """Thirty second looks of a past day, and four looks that raised nothing."""
    now = SystemClock().utc_now()
    with stage.database.transaction() as session:
        for n in range(30):
            first = "rejected" if n % 3 == 0 else "confirmed"
            other = "confirmed" if first == "rejected" else "rejected"
            session.add(
                SecondLookRow(
                    id=uuid4(),
                    alert_id=uuid4(),
                    camera="street",
                    code="SW-01" if n % 2 else "SW-02",
                    kind=LookKind.SAMPLE.value,
                    state=LookState.ANSWERED.value,
                    verdict_id=uuid4(),
                    first_by="chen.jing",
                    first_said=first,
                    answered_by="lin.tao",
                    second_said=other if n % 10 == 0 else first,
                    created_at=now - timedelta(hours=30),
                    answered_at=now - timedelta(hours=29),
                )
            )
    with stage.api("lin.tao") as api:
        for n in range(4):
            look = stage.put_miss_look("street", ("SW-01", "SW-02"))
            seen = ["SW-02"] if n == 0 else []
            answer = {"codes": seen, "comment": ""}
            api.post(f"/miss-looks/{look}/answer", json=answer).raise_for_status()
