"""From a camera's section to its line: address, view, networks, rules."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from base.ids import CameraId
from detector.look import Look
from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR
from models.errors import ModelError
from nonsite.lines import (
    CameraPlan,
    Networks,
    asking,
    engine_of,
    home_view,
    line_of,
    looker_of,
    resolver_of,
)
from rules.clock_store import MemoryClockStore
from rules.settings import Purpose
from rules.violation import Violation
from sites.dossier_section import AccessPurpose, DossierSection
from sites.load import parse_site
from sites.revision import RevisionId
from sites.schema import CameraSection, Site
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import Frame
from streams.look_plan import LookRequest
from streams.settings import Profile
from tests.sites.dossiers import dossier

SITE = """\
version: 1
name: One camera
rules: {{SW-01: {{dwell_s: 7}}}}
cameras:
  dock:
    feed: {feed}
    views: {views}
"""
FILE = "{kind: file, path: videos/a.mp4, loop: true}"
TRIANGLE = "points: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]"
ZONE = "{{zones: {{kerb: {{purpose: {}, " + TRIANGLE + "}}}}}}"
CONFIG = RevisionId("c" * 64)


def site(feed: str = FILE, views: str = "{}") -> Site:
    """A site of one camera."""
    return parse_site(SITE.format(feed=feed, views=views).encode())


def section(feed: str = FILE, views: str = "{}") -> CameraSection:
    """Its camera."""
    return site(feed, views).cameras["dock"]


def plan(purpose: str = "pavement") -> CameraPlan:
    """A plan of one zone of this purpose."""
    whole = site(views=f"{{home: {ZONE.format(purpose)}}}")
    return CameraPlan(CameraId("dock"), whole.cameras["dock"], whole, CONFIG, 4)


class NoAftermath:
    """Nothing follows."""

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        """Note nothing."""


def test_a_recording_is_found_beside_the_site(tmp_path: Path) -> None:
    """Its path begins where the site file lies; both profiles are the one file."""
    resolver = resolver_of(section(), tmp_path, lambda _: None)

    address = resolver.resolve(Profile.LOOKS)
    assert address.url.get_secret_value() == str(tmp_path / "videos" / "a.mp4")
    assert (address.is_live, address.loops) == (False, True)
    assert resolver.resolve(Profile.EVIDENCE) == address


def test_a_network_camera_gets_its_login() -> None:
    """The named login stands in the address, and in none of its texts."""
    feed = "{kind: url, looks: 'rtsp://10.0.0.2/sub', login: dock}"
    logins = {"dock": SecretStr("admin:p@ss/word")}

    address = resolver_of(section(feed), Path(), logins.get).resolve(Profile.LOOKS)

    assert address.url.get_secret_value() == "rtsp://admin:p%40ss%2Fword@10.0.0.2/sub"
    assert "p%40ss" not in f"{address} {address!r}"


def test_a_missing_login_is_a_named_fault() -> None:
    """The error says which variable is wanted."""
    feed = "{kind: url, looks: 'rtsp://10.0.0.2/sub', login: dock}"

    with pytest.raises(FeedError, match="NONSITE_LOGIN_DOCK") as caught:
        resolver_of(section(feed), Path(), lambda _: None).resolve(Profile.LOOKS)
    assert caught.value.fault is FeedFault.AUTH


@pytest.mark.parametrize(
    ("views", "name", "purpose"),
    [
        pytest.param("{}", "home", None, id="no view"),
        pytest.param(
            f"{{gate: {ZONE.format('fire_lane')}}}", "gate", "fire_lane", id="only one"
        ),
        pytest.param(
            f"{{a: {ZONE.format('mask')}, home: {ZONE.format('pavement')}}}",
            "home",
            "pavement",
            id="home among others",
        ),
    ],
)
def test_the_view_of_a_fixed_camera(views: str, name: str, purpose: str | None) -> None:
    """Its only one, or `home`; without any it has `home` with no zone."""
    found, view = home_view(section(views=views))

    assert found == name
    zones = [zone.purpose for zone in view.zones.values()]
    assert zones == ([] if purpose is None else [Purpose(purpose)])


def test_a_network_is_opened_once() -> None:
    """Two cameras share it; no name means the embedded one."""
    networks = Networks()

    assert networks.get(None) is networks.get(DEFAULT_DETECTOR)
    assert networks.heads() is networks.heads()


def test_a_network_nobody_has_is_told_by_name(tmp_path: Path) -> None:
    """The error names it and what there is."""
    networks = Networks((SHIPPED_DIR, tmp_path))

    with pytest.raises(ModelError, match=f"nobodys.*{DEFAULT_DETECTOR}"):
        networks.get("nobodys")


def test_a_network_of_ones_own_wins(tmp_path: Path) -> None:
    """A later folder's network of the same name is the one that is read."""
    (tmp_path / f"{DEFAULT_DETECTOR}.yaml").write_text("junk", encoding="utf-8")

    with pytest.raises(ModelError):
        Networks((SHIPPED_DIR, tmp_path)).get(None)


@pytest.mark.parametrize(
    ("purpose", "needs_heads"),
    [("pavement", False), ("mask", False), ("opening", True), ("edge", True)],
)
def test_heads_are_classified_where_work_is_done(
    purpose: str, needs_heads: bool
) -> None:
    """Elsewhere the head classifier is not even loaded."""
    networks = Networks()

    looker_of(plan(purpose), networks)

    assert (networks._heads is not None) is needs_heads


def test_rules_of_the_site_reach_the_camera() -> None:
    """A dwell of 7 s set for the whole site asks for a look every 0.7 s."""
    engine = engine_of(plan(), MemoryClockStore())

    assert engine.needs(None).max_gap_s == pytest.approx(0.7)


def test_a_line_asks_its_feed() -> None:
    """A new line asks nobody; `asking` gives the same line with a listener."""
    asked: list[LookRequest] = []
    line = line_of(plan(), Networks(), MemoryClockStore(), NoAftermath())
    request = LookRequest(1.0)
    now = datetime(2026, 5, 1, tzinfo=UTC)
    line.ask(request, now)

    told = asking(line, lambda wanted, _at: asked.append(wanted))
    told.ask(request, now)

    assert asked == [request]
    assert (told.looker, told.engine) == (line.looker, line.engine)


def test_a_code_outside_the_permitted_purposes_is_off() -> None:
    """What the dossier does not permit is not judged in any zone."""
    made = plan()
    permitted = dossier()
    other = permitted.model_copy(update={"purposes": (AccessPurpose.WORK_SAFETY,)})

    def judged(of: DossierSection) -> set[str]:
        section = made.section.model_copy(update={"dossier": of})
        engine = engine_of(replace(made, section=section), MemoryClockStore())
        return {b.code for b in engine.blind(frozenset())}

    assert "SW-01" in judged(permitted)
    assert not any(code.startswith("SW") for code in judged(other))
