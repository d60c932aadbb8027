"""Drafts from a page: problems by key path, changes by key path, a narrower reach."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from base.errors import ConfigError
from base.networks import Reach, networks_of
from rules.catalogue import merge, shipped_catalogue
from sites.difference import changes_between
from sites.draft import draft_site, key_problems, reach_problems
from sites.load import read_site
from sites.revision import canonical_json, revision_of
from sites.schema import Site

ROOT = Path(__file__).resolve().parents[2]
T0 = datetime(2026, 11, 23, tzinfo=UTC)

KERB = ("cameras", "campus", "views", "home", "zones", "kerb")
REACH = Reach(networks_of("10.0.0.0/8"), is_open=True)


@pytest.fixture
def content() -> dict[str, Any]:
    """The sample site as a page holds it."""
    site = read_site(ROOT / "samples" / "site.yaml")
    found: dict[str, Any] = json.loads(canonical_json(site))
    return found


def _camera(content: dict[str, Any], **feed: object) -> None:
    content["cameras"]["dock"] = {"feed": {"kind": "url", **feed}}


def test_what_a_page_holds_is_the_site_itself(content: dict[str, Any]) -> None:
    """Canonical JSON in, the same revision out."""
    assert canonical_json(draft_site(content)) == json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        pytest.param((*KERB, "points"), [[0, 0], [1, 1]], "3 points", id="two points"),
        pytest.param(
            (*KERB, "points"), [[0, 0], [1, 0], [float("nan"), 1]], "", id="no number"
        ),
        pytest.param((*KERB, "purpose"), "roof", "", id="no such purpose"),
        pytest.param(("rules", "XX-99"), {}, "no such code", id="no such code"),
        pytest.param(("cameras", "campus", "colour"), 1, "no such key", id="no key"),
        pytest.param(
            ("cameras", "campus", "feed"),
            {"kind": "url", "looks": "rtsp://u:p@10.0.0.1/"},
            "password",
            id="password in an address",
        ),
    ],
)
def test_every_problem_names_its_key(
    content: dict[str, Any], path: tuple[str, ...], value: object, told: str
) -> None:
    """The page can show it at the field; a password is never repeated."""
    place = content
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value

    with pytest.raises(ConfigError) as refused:
        draft_site(content)

    problems = key_problems(refused.value)
    assert problems
    assert all(one.path.startswith(".".join(path)) for one in problems)
    assert any(told in one.message for one in problems)
    assert "u:p@" not in str(problems)


@pytest.mark.parametrize("junk", [None, [], "x", 5, {}, {"version": 2, "name": ""}])
def test_junk_is_told_and_never_crashes(junk: object) -> None:
    """Whatever JSON holds."""
    with pytest.raises(ConfigError) as refused:
        draft_site(junk)

    assert key_problems(refused.value)


def test_a_page_may_not_name_files_or_forbidden_networks(
    content: dict[str, Any],
) -> None:
    """What stood there may stay; what is new is judged."""
    before = draft_site(content)
    assert reach_problems(before, before, REACH) == ()
    content["cameras"]["campus"]["feed"]["path"] = "/etc/passwd"
    content["cameras"]["campus"]["views"]["home"]["reference"] = "/etc/shadow"
    _camera(content, looks="rtsp://127.0.0.1/x", evidence="rtsp://10.0.0.2/main")

    problems = reach_problems(draft_site(content), before, REACH)

    assert [one.partition(":")[0] for one in problems] == [
        "cameras.campus.feed.path",
        "cameras.campus.views.home.reference",
        "cameras.dock.feed.looks",
    ]


@pytest.mark.parametrize(
    ("host", "is_refused"),
    [
        ("127.1", True),
        ("2130706433", True),
        ("0xa9fea9fe", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("[::1]", True),
        ("10.0.0.2", False),
        ("camera-7.example", False),
    ],
)
def test_an_address_is_judged_whichever_way_it_is_written(
    content: dict[str, Any], host: str, *, is_refused: bool
) -> None:
    """What a resolver takes for an address is none the less one."""
    before = draft_site(content)
    _camera(content, looks=f"rtsp://{host}/x")

    problems = reach_problems(draft_site(content), before, REACH)

    assert bool(problems) is is_refused


def test_changes_are_told_key_by_key(content: dict[str, Any], tmp_path: Path) -> None:
    """A moved polygon is one change; a new camera is one change, whole."""
    before = revision_of(draft_site(content), T0, "a")
    content["cameras"]["campus"]["views"]["home"]["zones"]["kerb"]["points"][0] = [0, 0]
    _camera(content, looks="rtsp://10.0.0.2/sub")
    after = revision_of(draft_site(content), T0, "a")

    changes = changes_between(before, after)

    assert [one.path for one in changes] == [
        ".".join((*KERB, "points")),
        "cameras.dock",
    ]
    assert changes[1].before is None
    assert changes_between(after, after) == ()
    assert [one.path for one in changes_between(None, before)][-1] == "version"


def test_a_stored_site_judges_what_the_written_one_judged(
    content: dict[str, Any],
) -> None:
    """A rule switched off stays off in a zone that overrides something else.

    Storing writes every default, so that "was written" means nothing afterwards.
    """
    content["rules"] = {"SW-01": {"enabled": False}}
    zones = content["cameras"]["campus"]["views"]["home"]["zones"]
    zones["kerb"]["rules"] = {"SW-01": {"grace_s": 10}}
    written = draft_site(content)
    stored = Site.model_validate_json(canonical_json(written))

    for site in (written, stored):
        kerb = site.cameras["campus"].views["home"].zones["kerb"]
        row = shipped_catalogue().rules["SW-01"]
        sections = (site.rules["SW-01"], kerb.rules["SW-01"])
        assert not merge(row, sections).enabled
