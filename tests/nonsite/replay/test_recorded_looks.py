"""Looks without pictures: nobody is shown in them, and junk is refused."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from base.errors import ConfigError
from base.ids import CameraId, ViewName
from detector.box import Box
from detector.look import Look, Track
from detector.signature import SIDE, Signature
from nonsite.replay.load import read_case
from nonsite.replay.recorded_looks import read_looks, write_looks

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
VAN = Track(
    box=Box(0.2, 0.2, 0.4, 0.4),
    label="truck",
    score=0.8,
    height_px=200.0,
    signature=Signature(bytes(SIDE * SIDE * 3)),
)
CAMERA = CameraId("case")


def looks(count: int = 3) -> tuple[Look, ...]:
    """A van, once a second."""
    return tuple(
        Look(
            camera=CameraId("dock"),
            view=ViewName("home"),
            at=T0 + timedelta(seconds=n),
            size_px=(1000, 1000),
            tracks=(VAN,),
            classes=frozenset({"truck"}),
        )
        for n in range(count)
    )


def test_looks_come_back_without_how_things_looked(tmp_path: Path) -> None:
    """Boxes, classes and times are whole; the signature is gone, the name, too."""
    path = tmp_path / "a.looks.json.gz"
    write_looks(looks(), CAMERA, path)

    bare = tuple(
        replace(look, camera=CAMERA, tracks=(replace(VAN, signature=None),))
        for look in looks()
    )
    assert read_looks(path) == bare
    assert b"dock" not in gzip.decompress(path.read_bytes())


def test_equal_looks_are_equal_bytes(tmp_path: Path) -> None:
    """No clock is in the file."""
    one, two = tmp_path / "a.gz", tmp_path / "b.gz"
    write_looks(looks(), CAMERA, one)
    write_looks(looks(), CAMERA, two)

    assert one.read_bytes() == two.read_bytes()


def _text(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(lambda _: b"", "cut short", id="empty"),
        pytest.param(lambda _: b"no gzip at all", "holds no looks", id="text"),
        pytest.param(lambda raw: raw[: len(raw) // 2], "cut short", id="half"),
        pytest.param(lambda _: gzip.compress(b"{}"), "holds no looks", id="no list"),
        pytest.param(lambda _: gzip.compress(b"[]"), "holds no look", id="no look"),
        pytest.param(
            lambda _: gzip.compress(bytes(70_000_000)), "far too large", id="bomb"
        ),
    ],
)
def test_junk_is_refused(tmp_path: Path, spoil: object, told: str) -> None:
    """Whatever the bytes: the file's name and what is wrong."""
    path = tmp_path / "a.looks.json.gz"
    write_looks(looks(), CAMERA, path)
    assert callable(spoil)
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(ConfigError, match=rf"a\.looks\.json\.gz.*{told}"):
        read_looks(path)


def test_times_that_do_not_grow_and_portraits_are_refused(tmp_path: Path) -> None:
    """A file somebody made by hand is held to what ours are."""
    path = tmp_path / "a.looks.json.gz"
    write_looks((*looks(), looks()[0]), CAMERA, path)
    with pytest.raises(ConfigError, match="do not grow"):
        read_looks(path)

    write_looks(looks(1), CAMERA, path)
    content = json.loads(_text(path))
    content[0]["tracks"][0]["signature"] = {"pixels": "AAAA" * SIDE * SIDE}
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    with pytest.raises(ConfigError, match="that is not kept"):
        read_looks(path)


CASE = """\
version: 1
title: a van
looks: a.looks.json.gz
start: 2026-11-23T10:00:00+08:00
licence: mine
origin: me
camera:
  views: {home: {zones: {kerb: {purpose: pavement, points: [[0,0],[1,0],[1,1]]}}}}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("looks:", "clip: a.mp4\nlooks:", "not both", id="both"),
        pytest.param(
            "looks: a.looks.json.gz\n", "", "needs a clip or looks", id="none"
        ),
        pytest.param(
            "licence:", "window: {to_s: 1}\nlicence:", "played whole", id="window"
        ),
        pytest.param("10:00:00", "10:00:01", "the first look is of", id="other start"),
        pytest.param("a.looks", "b.looks", "b.looks.json.gz: No such", id="missing"),
    ],
)
def test_a_case_that_contradicts_its_looks_is_refused(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """The key and the line are named."""
    write_looks(looks(), CAMERA, tmp_path / "a.looks.json.gz")
    (tmp_path / "a.mp4").write_bytes(b"")
    path = tmp_path / "a.yaml"
    path.write_text(CASE, encoding="utf-8")
    assert len(read_case(path).looks) == 3

    path.write_text(CASE.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_case(path)

    assert told in str(caught.value)
