"""Clips, addresses and feeds that the tests of streams share."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from base.clock import SystemClock
from base.ids import CameraId
from base.shutdown import StopSignal
from streams.feed import Feed, FeedContext, FeedOptions, stop_all
from streams.look_plan import LookRequest
from streams.mailbox import Mailbox
from streams.resolver import FeedAddress
from streams.settings import Profile
from tests.streams.footage import Recipe, write

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
CAMERA = CameraId("gate")

ClipOf = Callable[..., Path]


def file_address(path: Path, *, loops: bool = False) -> FeedAddress:
    """A recording on disk."""
    return FeedAddress(SecretStr(str(path)), is_live=False, loops=loops)


def live_address(url: str) -> FeedAddress:
    """A network stream."""
    return FeedAddress(SecretStr(url), is_live=True)


class FixedResolver:
    """A resolver that always names one address, and counts."""

    def __init__(self, address: FeedAddress) -> None:
        self.address = address
        self.asked = 0

    def resolve(self, profile: Profile) -> FeedAddress:
        self.asked += 1
        return self.address


@pytest.fixture(scope="session")
def clip_of(tmp_path_factory: pytest.TempPathFactory) -> ClipOf:
    """Makes each clip once in a session: `clip_of(Recipe(…), ".mp4")`."""
    folder = tmp_path_factory.mktemp("footage")
    made: dict[tuple[Recipe, str], Path] = {}

    def make(recipe: Recipe, suffix: str = ".mp4") -> Path:
        key = (recipe, suffix)
        if key not in made:
            made[key] = write(folder / f"clip{len(made)}{suffix}", recipe)
        return made[key]

    return make


class SetClock(SystemClock):
    """The host's clocks, whose wall time an operator may set."""

    def __init__(self) -> None:
        self.set_by_s = 0.0

    def utc_now(self) -> datetime:
        return super().utc_now() + timedelta(seconds=self.set_by_s)


class Bench:
    """Feeds on real threads with one mailbox, stopped after the test."""

    def __init__(self) -> None:
        self.clock = SetClock()
        self.stop = StopSignal()
        self.mailbox = Mailbox()
        self.feeds: list[Feed] = []

    def feed(
        self,
        address: FeedAddress,
        options: FeedOptions | None = None,
        camera: CameraId = CAMERA,
    ) -> Feed:
        """A feed of `address`, not yet started."""
        context = FeedContext(self.clock, self.stop, seed=1)
        options = options or FeedOptions(LookRequest(1.0), timeout_s=5.0)
        feed = Feed(camera, FixedResolver(address), options, self.mailbox, context)
        self.feeds.append(feed)
        return feed

    def wait_for(self, is_so: Callable[[], bool], within_s: float) -> float:
        """Seconds until `is_so`; fails the test when it never is."""
        began = self.clock.monotonic_s()
        while self.clock.monotonic_s() - began < within_s:
            if is_so():
                return self.clock.monotonic_s() - began
            self.stop.wait(0.02)
        states = [feed.status() for feed in self.feeds]
        pytest.fail(f"not within {within_s} s: {states}")

    def close(self) -> None:
        self.stop.set()
        stop_all(self.feeds, self.clock)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench of feeds."""
    bench = Bench()
    yield bench
    bench.close()
