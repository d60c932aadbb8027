"""What one sees without touching anything: enough for a decision, for twenty alerts."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from playwright.sync_api import expect

from base.clock import BEIJING
from tests.desk.conftest import Seat
from tests.desk.scenery import morning
from tests.desk.sitting import PHONE_PX, Sitting
from tests.desk.stage import Stage
from tests.desk.staging import Staged

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

FORBIDDEN = ("违法", "处罚")
"""Before a person has judged nobody is called that."""

PERMITS_ZH = {
    "permitted": "有许可",
    "not_permitted": "无许可",
    "unknown": "查不到",
}
NO_PERMIT_ASKED = "此规则不涉及许可"

SEEN = {
    "first still": ".stills figure:nth-child(1) .still-frame",
    "middle still": ".stills figure:nth-child(2) .still-frame",
    "last still": ".stills figure:nth-child(3) .still-frame",
    "clip": ".clip-frame",
    "dwell": ".dwell-line",
}
"""What is looked at rather than read -> where it stands."""

UNSEEN = """
place => [...document.querySelectorAll(place)].filter(one => {
  const box = one.getBoundingClientRect();
  const isInside = box.width > 0 && box.height > 0 && box.left >= 0 && box.top >= 0
    && box.right <= innerWidth && box.bottom <= innerHeight;
  const hit = document.elementFromPoint(
    box.left + box.width / 2, box.top + box.height / 2);
  return !isInside || hit === null || !(one === hit || one.contains(hit));
}).map(one => one.innerText || one.className)
"""
"""Elements of a kind that lie outside the screen, or under or behind something else."""

LOADED = """
() => [...document.querySelectorAll('.stills img')]
  .every(one => one.complete && one.naturalWidth > 0)
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the API says of an alert, as the desk must tell it."""

    what: str
    where: str
    since: str
    permitted: tuple[str, ...]
    why: tuple[str, ...]

    def told(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Question -> where its answer stands, and what must stand there."""
        return {
            "what": (".item-head h2", (self.what,)),
            "where": (".item-head .item-where", (self.where,)),
            "since when": (".item-head .item-since", (self.since,)),
            "permitted or not": (".item-permits > *", self.permitted),
            "why": (".trace li", self.why),
        }


def _facts(stage: Stage, alert: str) -> Facts:
    detail = stage.senior.get(f"/alerts/{alert}").json()
    permits = stage.senior.get(f"/alerts/{alert}/permits").json()["answers"]
    since = datetime.fromisoformat(detail["occupied_since"]).astimezone(BEIJING)
    answers = [text for one in permits for text in _answered(one)]
    return Facts(
        what=detail["text_zh"],
        where=f"{detail['camera_title']} · {detail['zone']}",
        since=f"{since:%H:%M}",
        permitted=tuple(answers) or (NO_PERMIT_ASKED,),
        why=tuple(_bare(clause["text_zh"]) for clause in detail["clauses"]),
    )


def _answered(permit: dict[str, str]) -> tuple[str, str]:
    return PERMITS_ZH[permit["answer"]], permit["text_zh"]


def _bare(line: str) -> str:
    """A clause without the word for its truth: a sign stands for that."""
    for truth in ("不成立 ", "成立 ", "未观测 "):
        if line.startswith(truth):
            return line.removeprefix(truth)
    return line


def _unanswered(sitting: Sitting, facts: Facts) -> list[str]:
    """Questions whose answer is missing, wrong, or cannot be seen."""
    page, missing = sitting.page, []
    for question, (place, wanted) in facts.told().items():
        told = " ".join(page.locator(place).all_inner_texts())
        missing += [f"{question}: no {word!r}" for word in wanted if word not in told]
        missing += [
            f"{question}: hidden {one!r}" for one in page.evaluate(UNSEEN, place)
        ]
    for thing, place in SEEN.items():
        if page.locator(place).count() == 0 or page.evaluate(UNSEEN, place):
            missing.append(f"{thing}: not to be seen")
    return missing


def test_each_of_twenty_alerts_can_be_judged_from_its_first_paint(
    stage: Stage, seat: Seat
) -> None:
    """What stands there is what the API says, whole, nothing scrolled or opened."""
    alerts = [str(alert) for alert in stage.put_all(morning())]
    assert len(alerts) == 20
    at_desk = seat("chen.jing")
    page = at_desk.open("/review").page
    expect(page.locator(".item-head")).to_be_visible()
    for alert in alerts:
        facts = _facts(stage, alert)
        page.locator(f".queue-line[data-alert='{alert}']").click()
        expect(page.locator(f"article.item[data-alert='{alert}']")).to_be_visible()
        expect(page.locator(".item-permits > *").first).not_to_have_text("…")
        page.wait_for_function(LOADED)
        at_desk.settle()
        assert _unanswered(at_desk, facts) == [], alert
        assert page.evaluate("document.querySelector('.item').scrollTop") == 0
        told = page.locator("body").inner_text()
        assert [word for word in FORBIDDEN if word in told] == []


def test_a_phone_without_a_signal_loses_no_step(stage: Stage, seat: Seat) -> None:
    """Taken down on the phone while offline, sent by itself once there is a network."""
    alert = stage.put(Staged(has_pack=False))
    with stage.api("lin.tao") as api:
        api.post(f"/alerts/{alert}/claim").raise_for_status()
        asked = {"kind": "ask_onsite", "comment": "请看是否仍在", "officer": "zhou.wei"}
        api.post(f"/alerts/{alert}/verdict", json=asked).raise_for_status()
    phone = seat("zhou.wei", viewport=PHONE_PX, has_touch=True)
    phone.allowed = ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED"]
    phone.open("/officer")
    task = phone.page.locator(".task", has_text="请看是否仍在")
    expect(task).to_be_visible(timeout=40_000)
    phone.context.set_offline(True)
    task.get_by_role("button", name="收到").tap()
    task.get_by_role("button", name="已到达").tap()
    task.get_by_role("textbox").fill("车已离开")
    task.get_by_role("button", name="未发现").tap()
    expect(phone.page.get_by_role("status")).to_contain_text("待发送 3")
    phone.context.set_offline(False)
    expect(phone.page.get_by_role("status")).to_contain_text("全部已发送")
    (told,) = stage.senior.get("/tasks", params={"alert": str(alert)}).json()["tasks"]
    assert (told["state"], told["result"]) == ("done", "not_found")
    assert told["remark"] == "车已离开"
