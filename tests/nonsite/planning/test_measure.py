"""What a camera is said to cost, held against what watching it really takes."""

import statistics
from datetime import UTC, datetime
from pathlib import Path

import pytest

from base.clock import SystemClock, cpu_s
from base.ids import CameraId
from nonsite.lines import CameraPlan, Networks, asking, line_of, resolver_of
from nonsite.planning.capacity import CameraCost
from nonsite.planning.measure import camera_cost, wake_s
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.violation import Violation
from sites.load import read_site
from sites.recordings import with_absolute_paths
from sites.revision import RevisionId
from sites.schema import Site
from streams.collected import Collected, collect
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan
from streams.playback import play
from streams.settings import Profile
from tests.nonsite.service_process import ROOT

CAMERA = CameraId("campus")
START = datetime(2026, 11, 23, tzinfo=UTC)
MEDIA_S = 15.0
ROUNDS = 3
pytestmark = pytest.mark.timeout(180)


class _Nobody:
    def raise_alert(self, violation: Violation) -> None:
        del violation

    def after(self, *of_one_look: object) -> None:
        del of_one_look


@pytest.fixture(scope="module")
def networks() -> Networks:
    """Opened once."""
    return Networks()


@pytest.fixture(scope="module")
def site() -> Site:
    """The sample site."""
    path = ROOT / "samples" / "site.yaml"
    return with_absolute_paths(read_site(path), path.parent)


@pytest.fixture(scope="module")
def seen(site: Site) -> Collected:
    """Some seconds of the sample's stream."""
    resolver = resolver_of(site.cameras[CAMERA], Path(), lambda _name: None)
    return collect(resolver.resolve(Profile.LOOKS), 10, 12, SystemClock())


def _watched_cores(site: Site, networks: Networks) -> float:
    """CPU a second of media, watching it as the worker does: read, look, judge."""
    section = site.cameras[CAMERA]
    plan = CameraPlan(CAMERA, section, site, RevisionId(""), 1)
    line = line_of(plan, networks, MemoryClockStore(), _Nobody())
    look_plan = LookPlan(line.engine.needs(None))
    line = asking(line, lambda request, _at: look_plan.ask(request))
    address = resolver_of(section, Path(), lambda _name: None).resolve(Profile.LOOKS)
    options = IntakeOptions(look_plan.request)
    frames = play(address, CAMERA, START, look_plan, options)
    judge_frame(line, next(frames), _Nobody())  # opens decoder and network
    began_s, at_s = cpu_s(), 0.0
    for frame in frames:
        judge_frame(line, frame, _Nobody())
        at_s = (frame.at - START).total_seconds()
        if at_s >= MEDIA_S:
            break
    return (cpu_s() - began_s) / at_s


def test_a_plan_is_not_cheaper_than_watching(
    site: Site, networks: Networks, seen: Collected
) -> None:
    """What it leaves out would be missed when the machine is full of cameras."""
    ratios = []
    for _ in range(ROUNDS):
        cost = camera_cost(site, CAMERA, networks, seen)
        ratios.append(cost.cores(cost.resting) / _watched_cores(site, networks))

    # CPU time of a shared machine varies by a fifth; a plan far beyond it is useless
    assert 0.8 <= statistics.median(ratios) <= 1.6


def test_reading_off_the_source_and_waking_for_each_packet_are_counted(
    site: Site, networks: Networks, seen: Collected
) -> None:
    """A feed that is never looked at costs these two alone."""
    assert seen.demux_s > 0
    assert seen.reading_s(CAMERA) >= seen.demux_s
    assert 1e-6 < wake_s() < 2e-3

    cost: CameraCost = camera_cost(site, CAMERA, networks, seen)
    assert cost.reading_s >= seen.demux_s


def test_rules_are_part_of_a_look(
    site: Site, networks: Networks, seen: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that takes long makes a look dear: here one that counts to a million."""
    from rules.view_engines import ViewEngines  # noqa: PLC0415 - planted below

    plain = camera_cost(site, CAMERA, networks, seen).look_s
    genuine = ViewEngines.judge

    def slow(engines: ViewEngines, look: object) -> object:
        sum(range(5_000_000))
        return genuine(engines, look)  # type: ignore[arg-type]

    monkeypatch.setattr(ViewEngines, "judge", slow)
    began_s = cpu_s()
    sum(range(5_000_000))
    counting_s = cpu_s() - began_s

    assert camera_cost(site, CAMERA, networks, seen).look_s > plain + counting_s / 2
