"""Replay cases: read whole, or refused with file and key."""

from pathlib import Path

import pytest

from base.errors import ConfigError
from nonsite.case import CAMERA, find_cases, read_case

GOOD = """\
version: 1
title: a van
clip: clip.mp4
start: 2026-11-23T10:00:00+08:00
licence: mine
origin: me
camera:
  views: {home: {zones: {kerb: {purpose: pavement, points: [[0,0],[1,0],[1,1]]}}}}
expect: [{code: SW-01, place: home/kerb, start_s: 10}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good case."""
    (tmp_path / "clip.mp4").write_bytes(b"-")
    (tmp_path / "clip.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_a_case_is_found_by_folder_by_file_and_by_recording(folder: Path) -> None:
    """All three ways to name a case lead to the same file."""
    want = (folder / "clip.yaml",)

    assert find_cases([folder]) == want
    assert find_cases([folder / "clip.yaml"]) == want
    assert find_cases([folder / "clip.mp4"]) == want


def test_a_case_brings_its_camera(folder: Path) -> None:
    """The camera section of a case is checked like one of a site file."""
    loaded = read_case(folder / "clip.yaml")

    assert list(loaded.site.cameras[CAMERA].views["home"].zones) == ["kerb"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("clip.mp4", "gone.mp4", "clip: no such file", id="missing clip"),
        pytest.param("+08:00", "", "start: needs an offset", id="naive start"),
        pytest.param("licence: mine\n", "", "licence: Field required", id="no licence"),
        pytest.param("[1,1]]", "]", "", id="broken yaml"),
        pytest.param("start_s: 10", "start_s: -1", "expect.0.start_s", id="negative"),
        pytest.param("title", "titel", "titel: no such key (line 2)", id="unknown key"),
        pytest.param(
            "[1,1]]",
            "[1,9]]",
            "camera.views.home.zones.kerb.points: points lie between",
            id="point outside",
        ),
    ],
)
def test_a_wrong_case_is_refused_with_its_key(
    folder: Path, old: str, new: str, told: str
) -> None:
    """The error names the file and the key that is wrong."""
    path = folder / "clip.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        read_case(path)

    assert str(path) in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"[]", b"42", b"a: [", b"\x00"])
def test_junk_is_refused(folder: Path, junk: bytes) -> None:
    """Whatever the bytes, the answer names the file."""
    path = folder / "clip.yaml"
    path.write_bytes(junk)

    with pytest.raises(ConfigError, match=r"clip\.yaml"):
        read_case(path)


def test_a_recording_without_a_case_is_refused(folder: Path) -> None:
    """A bare recording says which file it needs beside it."""
    with pytest.raises(ConfigError, match=r"other\.yaml"):
        find_cases([folder / "other.mp4"])


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    """An empty folder is an error, not an empty success."""
    with pytest.raises(ConfigError, match="holds no case"):
        find_cases([tmp_path])
