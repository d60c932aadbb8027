"""`nonsite check`: what a site gives before it runs, told with what to do."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nonsite.cli import app, main
from tests.nonsite.service_process import ROOT
from tests.sites.dossiers import DOSSIER_TEMPLATE
from tests.streams.servers import free_port

SAMPLE_SITE = ROOT / "samples" / "site.yaml"
WIDE = {"COLUMNS": "200", "TERM": "dumb"}

ONE_CAMERA = (
    """\
version: 1
name: "{name}"
cameras:
  dock:
    dossier: """
    + DOSSIER_TEMPLATE
    + """
    feed: {feed}
    views:
      home:
        zones:
          kerb: {{purpose: pavement, points: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]}}
"""
)


@pytest.fixture
def site(tmp_path: Path, sample: Path) -> Path:
    """A site of one camera that plays the sample."""
    return written(tmp_path, f"{{kind: file, path: {sample}}}")


def written(folder: Path, feed: str, name: str = "Depot") -> Path:
    """A site file of one camera with this feed."""
    path = folder / "site.yaml"
    path.write_text(ONE_CAMERA.format(name=name, feed=feed), encoding="utf-8")
    return path


def check(site: Path, *options: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    result = CliRunner().invoke(app, ["check", str(site), *options], env=WIDE)
    return result.exit_code, result.output


def test_the_sample_is_in_order() -> None:
    """Its feed is found, how it is decoded is told, and so is what nobody can see."""
    code, told = check(SAMPLE_SITE)
    unseen = [line.split()[2] for line in told.splitlines() if "未观测" in line]

    assert code == 0
    assert "Campus demonstration, 1 cameras" in told
    assert "h264 768×576 10 fps, keys 2 s" in told
    assert "1 s, every frame decoded" in told
    assert unseen[:3] == ["SW-02P", "SW-06", "SW-06"]  # no permits, no class of works


def test_without_feeds_nothing_is_connected(tmp_path: Path) -> None:
    """A site is checked at a desk, far from its cameras."""
    site = written(tmp_path, "{kind: url, looks: 'rtsp://camera.invalid/sub'}")

    code, told = check(site, "--no-feeds")

    assert code == 0
    assert "not asked" in told


def test_a_missing_login_is_told_with_its_variable(tmp_path: Path) -> None:
    """The exit code tells scripts, the line tells people what to set."""
    feed = "{kind: url, looks: 'rtsp://127.0.0.1/sub', login: dock_nobody_set}"

    code, told = check(written(tmp_path, feed))

    assert code == 1
    assert "NONSITE_LOGIN_DOCK_NOBODY_SET" in told
    assert "check the login named in the camera's feed section" in told


def test_a_refused_port_is_told_with_its_remedy(tmp_path: Path) -> None:
    """Nothing listens there: say so, and where to look."""
    feed = f"{{kind: url, looks: 'rtsp://127.0.0.1:{free_port()}/sub', timeout_s: 5}}"

    code, told = check(written(tmp_path, feed))

    assert code == 1
    assert "dock: refused" in told
    assert "check host, port and power" in told


def test_a_password_does_not_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login that is there stays out of what is told of its feed."""
    monkeypatch.setenv("NONSITE_LOGIN_DOCK", "admin:hunter2")
    looks = f"rtsp://127.0.0.1:{free_port()}/sub"
    feed = f"{{kind: url, looks: '{looks}', login: dock, timeout_s: 5}}"

    code, told = check(written(tmp_path, feed))

    assert code == 1
    assert "hunter2" not in told


def test_a_file_that_is_no_video_is_told(tmp_path: Path) -> None:
    """A recording without pictures is a named fault of its camera."""
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"junk" * 1000)

    code, told = check(written(tmp_path, f"{{kind: file, path: {junk}}}"))

    assert code == 1
    assert "dock: corrupt" in told


@pytest.mark.parametrize("name", ["Depot [north]", "Depot [/north]", "仓库 [bold]"])
def test_a_name_is_shown_as_it_is(tmp_path: Path, sample: Path, name: str) -> None:
    """Brackets in a site's name are neither swallowed nor an error."""
    site = written(tmp_path, f"{{kind: file, path: {sample}}}", name)

    code, told = check(site, "--no-feeds")

    assert code == 0
    assert name in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"\xff\xfe\x00", "", id="no text"),
        pytest.param(b"cameras: [", "", id="no YAML"),
        pytest.param(b"version: 2\nname: x\n", "version", id="another version"),
        pytest.param(
            b"version: 1\nname: x\nrules: {XX-99: {}}\n", "XX-99", id="no such code"
        ),
        pytest.param(
            ONE_CAMERA.format(name="x", feed="{kind: file, path: no.mp4}").encode(),
            "cameras.dock.feed.path: no such file",
            id="no such recording",
        ),
    ],
)
def test_junk_ends_with_what_is_wrong(
    content: bytes,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2, the key's path, and no trace."""
    site = tmp_path / "site.yaml"
    site.write_bytes(content)
    monkeypatch.setattr(sys, "argv", ["nonsite", "check", str(site)])
    monkeypatch.setenv("COLUMNS", "300")

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "The configuration cannot be used" in said
    assert told in said
    assert "Traceback" not in said


def test_a_network_nobody_has_ends_the_check(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name of the network is told, and which there are."""
    wanted = "    detector: {model: nobodys_network}\n"
    site.write_text(site.read_text(encoding="utf-8") + wanted, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["nonsite", "check", str(site), "--no-feeds"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert "nobodys_network" in capsys.readouterr().err


def test_everything_wanting_is_told_with_its_remedy(tmp_path: Path) -> None:
    """An opening without ring and reference, a deck without permits and weather."""
    path = written(tmp_path, "{kind: url, looks: 'rtsp://camera.invalid/sub'}")
    corners = "points: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]"
    zones = f"pit: {{purpose: opening, {corners}}}"
    deck = f"deck: {{purpose: height_zone, {corners}}}"
    text = path.read_text(encoding="utf-8").replace(
        "          kerb:", f"          {zones}\n          {deck}\n          kerb:"
    )
    path.write_text(text, encoding="utf-8")

    _, told = check(path, "--no-feeds")

    assert "dock/home/pit: CS-01 entered_unattended not_drawn; draw the" in told
    assert "dock/home/pit: CS-04 no_permit_in_force no_permit_feed; name a" in told
    assert "dock/home/pit: CS-03 opening_open no_reference; take a reference" in told
    assert "dock/home/deck: WH-06 bad_weather no_weather_feed; name a" in told
    assert "dock/home/kerb: SW-01 not_permitted no_permit_feed" in told


def test_views_that_cannot_be_told_apart_are_named(tmp_path: Path) -> None:
    """Of two presets without reference pictures one is never watched: said so."""
    path = written(tmp_path, "{kind: url, looks: 'rtsp://camera.invalid/sub'}")
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "      gate: {zones: {}}\n", encoding="utf-8")

    _, told = check(path, "--no-feeds")

    assert "dock: not watched: gate; a camera with several views needs" in told
