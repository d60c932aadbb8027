"""Fixtures of the browser tests: the stage, the browser, people who sit down."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.chromium import CHROMIUM, MISSING, chromium
from tests.desk.footage import large_footage
from tests.desk.sitting import DESK_PX, Sitting
from tests.desk.stage import Stage, open_stage
from tests.nonsite.service_process import ROOT

PATIENCE_MS = 20_000
"""CI has few and slow cores; nothing is judged by how long it takes here."""
expect.set_options(timeout=PATIENCE_MS)
BUILT = ROOT / "api" / "desk_built" / "index.html"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, in a plain word, where there is no browser, no ffmpeg or no built desk."""
    lacking = [
        word
        for word, is_there in (
            (MISSING, CHROMIUM.exists()),
            ("ffmpeg is missing: run `make apt`", shutil.which("ffmpeg")),
            ("the desk is not built: run `make desk`", BUILT.is_file()),
        )
        if not is_there
    ]
    for item in items:
        if "tests/desk/" in item.path.as_posix() and lacking:
            item.add_marker(pytest.mark.skip(reason=lacking[0]))


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The sample, as large as evidence must be."""
    return large_footage(sample, tmp_path_factory.mktemp("footage"))


class Theatre:
    """Opens the stage when a test first needs it."""

    def __init__(self, make: Callable[[], AbstractContextManager[Stage]]) -> None:
        self._make = make
        self._ending = ExitStack()
        self._stage: Stage | None = None

    def stage(self) -> Stage:
        """The one that is open."""
        if self._stage is None:
            self._stage = self._ending.enter_context(self._make())
        return self._stage

    def close(self) -> None:
        """End what is open."""
        self._stage = None
        self._ending.close()


THEATRE = pytest.StashKey[Theatre]()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the stage with the folder's last test: its cameras are watched as long."""
    is_last = nextitem is None or "tests/desk/" not in nextitem.path.as_posix()
    if is_last and THEATRE in item.config.stash:
        item.config.stash[THEATRE].close()


@pytest.fixture(scope="session")
def theatre(
    tmp_path_factory: pytest.TempPathFactory,
    footage: Path,
    pytestconfig: pytest.Config,
) -> Iterator[Theatre]:
    """Where the stage is."""
    made = Theatre(lambda: open_stage(tmp_path_factory.mktemp("desk"), footage))
    pytestconfig.stash[THEATRE] = made
    yield made
    made.close()


@pytest.fixture
def stage(theatre: Theatre) -> Stage:
    """`nonsite run` with people who have names; ended with the folder's last test."""
    return theatre.stage()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Ended with the module: its event loop would disturb other tests."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    opened = chromium(playwright)
    yield opened
    opened.close()


Seat = Callable[..., Sitting]


@pytest.fixture
def seat(stage: Stage, browser: Browser) -> Iterator[Seat]:
    """Somebody sits down: `seat("chen.jing")`; consoles are asked at the end."""
    taken: list[Sitting] = []

    def sit(name: str | None, **options: Any) -> Sitting:
        chosen = {"viewport": DESK_PX, "locale": "zh-CN", **options}
        context = browser.new_context(**chosen)
        sitting = Sitting(context.new_page(), context, stage.service.address)
        taken.append(sitting)
        return sitting if name is None else sitting.log_in(name)

    yield sit
    for sitting in taken:
        sitting.context.close()
    complaints = [said for sitting in taken for said in sitting.complaints()]
    assert complaints == []
