"""Replay cases: read whole, or refused with file, key and line."""

import shutil
from pathlib import Path

import pytest

from base.errors import ConfigError
from nonsite.replay.load import CAMERA, find_cases, read_case, read_suite
from tests.streams.footage import Recipe, write

GOOD = """\
version: 1
title: a van
clip: clip.mp4
start: 2026-11-23T10:00:00+08:00
licence: mine
origin: me
camera:
  views: {home: {zones: {kerb: {purpose: pavement, points: [[0,0],[1,0],[1,1]]}}}}
expect:
  - {code: SW-01, place: home/kerb, start_s: 5}
  - {code: SW-01, place: home/kerb, start_s: 11}
"""
LENGTH_S = 12


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of footage."""
    path = tmp_path_factory.mktemp("recording") / "clip.mp4"
    write(path, Recipe(seconds=LENGTH_S))
    return path


@pytest.fixture
def folder(tmp_path: Path, recording: Path) -> Path:
    """A folder with one good case."""
    shutil.copy(recording, tmp_path / "clip.mp4")
    (tmp_path / "clip.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_a_case_is_found_by_folder_by_file_and_by_recording(folder: Path) -> None:
    """All three ways to name a case lead to the same file, named once."""
    want = (("clip", folder / "clip.yaml"),)

    assert find_cases([folder]) == want
    assert find_cases([folder / "clip.yaml"]) == want
    assert find_cases([folder / "clip.mp4"]) == want
    assert find_cases([folder, folder / "clip.mp4"]) == want


def test_a_suite_may_have_folders(folder: Path) -> None:
    """A case is named after the folder it lies in, so that names stay apart."""
    shutil.copytree(folder, folder / "night")

    assert [name for name, _ in find_cases([folder])] == ["clip", "night/clip"]


def test_two_cases_of_one_name_are_refused(folder: Path) -> None:
    """A result that could be of either is no result."""
    shutil.copytree(folder, folder / "night")

    with pytest.raises(ConfigError, match="two cases are named clip"):
        find_cases([folder / "clip.yaml", folder / "night"])


def test_a_case_brings_its_camera(folder: Path) -> None:
    """The camera section of a case is checked like one of a site file."""
    loaded = read_case(folder / "clip.yaml")

    assert list(loaded.site.cameras[CAMERA].views["home"].zones) == ["kerb"]
    assert loaded.extent.length_s == pytest.approx(LENGTH_S, abs=0.2)


def test_a_case_may_use_a_camera_of_a_site_file(folder: Path) -> None:
    """Zones are drawn once and used by the camera and its cases."""
    site = """\
version: 1
name: ours
cameras:
  dock:
    feed: {kind: file, path: elsewhere.mp4}
    views: {home: {zones: {kerb: {purpose: pavement, points: [[0,0],[1,0],[1,1]]}}}}
"""
    (folder / "site").mkdir()
    (folder / "site" / "site.yml.txt").write_text(site, encoding="utf-8")
    camera = GOOD[GOOD.index("camera:") : GOOD.index("expect:")]
    used = GOOD.replace(camera, "site: {file: site/site.yml.txt, camera: dock}\n")
    (folder / "clip.yaml").write_text(used, encoding="utf-8")

    loaded = read_case(folder / "clip.yaml")

    assert list(loaded.site.cameras[CAMERA].views["home"].zones) == ["kerb"]
    (folder / "clip.yaml").write_text(used.replace("dock", "gate"), encoding="utf-8")
    with pytest.raises(ConfigError, match="it has dock"):
        read_case(folder / "clip.yaml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("clip.mp4", "gone.mp4", "clip: not_found", id="missing clip"),
        pytest.param("+08:00", "", "start: needs an offset", id="naive start"),
        pytest.param("licence: mine\n", "", "licence: Field required", id="no licence"),
        pytest.param("[1,1]]", "]", "", id="broken yaml"),
        pytest.param("start_s: 5", "start_s: -1", "expect.0.start_s", id="negative"),
        pytest.param("title", "titel", "titel: no such key (line 2)", id="unknown key"),
        pytest.param(
            "[1,1]]",
            "[1,9]]",
            "camera.views.home.zones.kerb.points: points lie between",
            id="point outside",
        ),
        pytest.param(
            "start_s: 11",
            "start_s: 7",
            "expect.1: overlaps expect.0: give both a box",
            id="overlapping",
        ),
        pytest.param(
            "start_s: 11",
            "start_s: 40",
            "expect.1.start_s: lies past the end: 12.0 s are played (line 11)",
            id="past the end",
        ),
        pytest.param(
            "start_s: 11",
            "start_s: 11, end_s: 60",
            "expect.1.end_s: lies past the end",
            id="end past the end",
        ),
        pytest.param(
            "expect:",
            "window: {from_s: 30}\nexpect:",
            "window.from_s: lies past the end: the recording has 12.0 s (line 9)",
            id="window past the end",
        ),
        pytest.param(
            "start_s: 11",
            "start_s: 11, end_s: 2",
            "expect.1: end_s lies before start_s",
            id="ends before it starts",
        ),
        pytest.param(
            "code: SW-01, place: home/kerb, start_s: 11",
            "code: SW-77, place: home/kerb, start_s: 11",
            "expect.1.code: the catalogue has no such code",
            id="wrong code",
        ),
        pytest.param(
            "expect:",
            "stage: {steps: [{kind: nigth}]}\nexpect:",
            "stage.steps.0",
            id="unknown step",
        ),
        pytest.param(
            "expect:",
            "stage: {steps: [{kind: night, gain: 7}]}\nexpect:",
            "stage.steps.0.gain: Input should be less than or equal to 1 (line 9)",
            id="step out of range",
        ),
        pytest.param(
            "expect:",
            "absent: [{what: a rider, code: SW-78}]\nexpect:",
            "absent.0.code",
            id="wrong code of what must not alert",
        ),
        pytest.param(
            "camera:",
            "inputs: {permits: {path: gone.yaml}}\ncamera:",
            "inputs.permits.path: no such file",
            id="permits that are not there",
        ),
        pytest.param(
            "camera:",
            "site: {file: site.yaml, camera: dock}\ncamera:",
            "camera: needs a camera section or a site, not both",
            id="camera and site",
        ),
    ],
)
def test_a_wrong_case_is_refused_with_its_key(
    folder: Path, old: str, new: str, told: str
) -> None:
    """The error names the file, the key and the line that is wrong."""
    path = folder / "clip.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        read_case(path)

    assert str(path) in str(caught.value)
    assert told in str(caught.value)


def test_neighbours_are_told_apart_by_their_boxes(folder: Path) -> None:
    """Two cars that stand from the start are two expectations when boxes say so."""
    text = GOOD.replace("start_s: 5", "start_s: 5, box: [0, 0, 0.2, 0.2]")
    text = text.replace("start_s: 11", "start_s: 5, box: [0.5, 0.5, 0.9, 0.9]")
    path = folder / "clip.yaml"
    path.write_text(text, encoding="utf-8")

    assert len(read_case(path).case.expect) == 2


def test_all_problems_of_a_suite_are_told_at_once(folder: Path) -> None:
    """An engineer mends ten cases in one go, not in ten."""
    for name in ("one", "two"):
        wrong = GOOD.replace("title: a van", f"title: ''\nnick: {name}")
        (folder / f"{name}.yaml").write_text(wrong, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        read_suite([folder])

    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", "corrupt", id="zero length"),
        pytest.param(b"this is a text file, not a film\n" * 99, "corrupt", id="text"),
    ],
)
def test_junk_recording_is_a_named_fault(
    folder: Path, content: bytes, fault: str
) -> None:
    """A recording that is none is refused before anything is played."""
    (folder / "clip.mp4").write_bytes(content)

    with pytest.raises(ConfigError, match=f"clip: {fault}"):
        read_case(folder / "clip.yaml")


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
