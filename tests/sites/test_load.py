"""Site files: accepted whole, or refused with the key's path and line."""

import pytest

from base.errors import ConfigError
from sites.load import parse_site

GOOD = """\
version: 1
name: Nanhu
cameras:
  dock_2:
    feed: {kind: url, looks: "rtsp://10.0.0.2:554/sub"}
    views:
      home:
        zones:
          kerb:
            purpose: pavement
            points: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
"""


def test_good_file_is_read() -> None:
    """A camera with a zone is read as written."""
    site = parse_site(GOOD.encode())

    assert site.cameras["dock_2"].views["home"].zones["kerb"].points[0] == (0.1, 0.1)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            "[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]",
            "[[0.1, 0.1], [0.9, 0.1]]",
            "cameras.dock_2.views.home.zones.kerb.points: needs 3 points (line 11)",
            id="two points",
        ),
        pytest.param(
            "[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]",
            str([[i % 100 / 100, i // 100 / 100] for i in range(10_000)]),
            "cameras.dock_2.views.home.zones.kerb.points: has 10000 points, "
            "at most 200 are taken (line 11)",
            id="ten thousand points",
        ),
        pytest.param(
            "purpose: pavement",
            "purpose: pavement\n            color: red",
            "cameras.dock_2.views.home.zones.kerb.color: no such key (line 11)",
            id="unknown key",
        ),
        pytest.param(
            "rtsp://10.0.0.2:554/sub",
            "rtsp://admin:hunter2@10.0.0.2/sub",
            "cameras.dock_2.feed.looks: must not hold a password: use `login` and "
            "NONSITE_LOGIN_<NAME> (line 5)",
            id="password in the address",
        ),
        pytest.param(
            "rtsp://10.0.0.2:554/sub",
            "http://10.0.0.2/live.flv?token=hunter2",
            "cameras.dock_2.feed.looks: must not hold a secret (password=, token=, …): "
            "revisions keep it (line 5)",
            id="token in the address",
        ),
        pytest.param(
            "  dock_2:",
            "  Dock-2:",
            "cameras.Dock-2: a name has small letters, digits and _, begins with a "
            "letter (line 4)",
            id="a name that is no name",
        ),
        pytest.param(
            "name: Nanhu",
            "name: Nanhu\nrules: {SW-99: {dwell_s: 5}}",
            "rules.SW-99: the catalogue has no such code, see docs/rules.md (line 3)",
            id="a code the catalogue does not have",
        ),
        pytest.param(
            "name: Nanhu",
            "name: Nanhu\nrules: {SW-01: {clauses: {still_for: {on: 1}}}}",
            "rules.SW-01.clauses.still_for.on: YAML reads this key as no text: write "
            "'on' (line 3)",
            id="a key that is no text",
        ),
        pytest.param(
            "name: Nanhu",
            "name: Nanhu\nname: again",
            "name: stands twice (line 3)",
            id="a key that stands twice",
        ),
    ],
)
def test_wrong_value_is_named_by_its_path(old: str, new: str, problem: str) -> None:
    """The one problem is told with the path of its key."""
    with pytest.raises(ConfigError) as caught:
        parse_site(GOOD.replace(old, new).encode())

    assert caught.value.problems == (problem,)


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\x00\x01\x02",
        b"\xff\xfe\x00",
        b"- a\n- b",
        b"42",
        b"a: &x [1]\nb: *x",
        b"? [1, 2]\n: 3",
        b"[" * 5000,
        b"version: 1\nname: " + b"x" * 5_000_000,
        b"!!python/object/apply:os.system ['true']",
    ],
)
def test_junk_is_refused(junk: bytes) -> None:
    """Whatever the bytes, the answer is a list of problems."""
    with pytest.raises(ConfigError):
        parse_site(junk)


def test_a_password_is_not_repeated_in_the_error() -> None:
    """The refused password does not travel on in the error's text."""
    bad = GOOD.replace("rtsp://10.0.0.2", "rtsp://admin:hunter2@10.0.0.2")

    with pytest.raises(ConfigError) as caught:
        parse_site(bad.encode())

    assert "hunter2" not in str(caught.value)
