"""What is drawn over the clip goes with it: each look's boxes at its second."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.desk.conftest import Seat
from tests.desk.stage import Stage

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


def _at(video: Locator, second: float) -> None:
    """Show this second of the clip, paused."""
    video.evaluate(
        """async (it, second) => {
            it.pause();
            const shown = new Promise(done => (it.onseeked = done));
            it.currentTime = second;
            await shown;
        }""",
        second,
    )


def test_boxes_and_clauses_are_those_of_the_look_that_is_shown(
    stage: Stage, seat: Seat
) -> None:
    """The opening look is second 4; two seconds later somebody walks by, not before."""
    sitting = seat("chen.jing").open(f"/review/{stage.put()}")
    clip = sitting.page.locator(".clip")
    video, drawing = clip.locator("video"), clip.locator("svg.drawing")
    expect(video).to_be_visible(timeout=40_000)
    sitting.page.wait_for_function("() => document.querySelector('video').duration > 7")

    _at(video, 4.5)
    expect(drawing).to_have_attribute("data-look", "4")
    expect(drawing.locator("rect")).to_have_count(1)
    expect(drawing.locator("rect.drawn-open")).to_have_count(1)
    expect(clip.locator(".drawn-clauses .truth-true")).to_have_count(3)

    _at(video, 6.5)
    expect(drawing).to_have_attribute("data-look", "6")
    expect(drawing.locator("rect.drawn-other")).to_have_count(1)
    expect(drawing.locator("rect")).to_have_count(2)

    _at(video, 3.0)  # back again: nothing of later looks is left
    expect(drawing.locator("rect.drawn-other")).to_have_count(0)
    expect(drawing).not_to_have_attribute("data-look", re.compile("."))

    sitting.press("b")
    expect(drawing).to_have_count(0)
