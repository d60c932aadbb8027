"""Replay: the sample gives its van once, twice the same bytes, at any pace."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from base.clock import SystemClock
from base.shutdown import StopSignal
from models.catalogue import DEFAULT_DETECTOR, SHIPPED_DIR
from nonsite.case import Expectation, LoadedCase, read_case
from nonsite.cli import app
from nonsite.lines import Networks
from nonsite.replay import FoundAlert, compare, paced, replay_case, to_json


@pytest.fixture(scope="module")
def networks() -> Networks:
    """The embedded network, opened once."""
    return Networks()


@pytest.fixture(scope="module")
def campus(request: pytest.FixtureRequest) -> LoadedCase:
    """The sample as a case."""
    path: Path = request.getfixturevalue("sample")
    return read_case(path.with_suffix(".yaml"))


@pytest.fixture(scope="module")
def played(campus: LoadedCase, networks: Networks) -> str:
    """The sample replayed once, as JSON."""
    return to_json([replay_case(campus, networks)])


def test_the_sample_gives_its_van_once(played: str) -> None:
    """One SW-01 at the kerb, ten seconds after the start, and nothing else."""
    case = json.loads(played)["cases"][0]

    assert [(a["code"], a["place"]) for a in case["alerts"]] == [("SW-01", "home/kerb")]
    assert case["verdict"] == {"true": 1, "missed": [], "false": [], "duplicated": []}


def test_a_second_replay_gives_the_same_bytes(
    campus: LoadedCase, networks: Networks, played: str
) -> None:
    """Nothing of a clock or a thread is in the result."""
    assert to_json([replay_case(campus, networks)]) == played


def test_a_network_opened_anew_gives_the_same_bytes(
    campus: LoadedCase, played: str
) -> None:
    """The result does not hang on what the process did before."""
    assert to_json([replay_case(campus, Networks())]) == played


def test_paced_replay_finds_the_same(
    campus: LoadedCase, networks: Networks, played: str
) -> None:
    """At ten times media time the alerts are those of the fastest run."""

    class Hurried(SystemClock):
        def monotonic_s(self) -> float:
            return super().monotonic_s() * 10

    pace = paced(Hurried(), StopSignal())
    result = replay_case(campus, networks, pace)

    assert to_json([result]) == played


def _alert(
    opened_s: float, code: str = "SW-01", place: str = "home/kerb"
) -> FoundAlert:
    return FoundAlert(
        id=f"{code}-{opened_s}",
        code=code,
        place=place,
        slot="x",
        life="open",
        phase="due",
        severity="S3",
        label="car",
        score=0.9,
        first_seen="",
        opened_at="",
        last_seen="",
        cleared_at=None,
        opened_s=opened_s,
        observed_s=0,
        gaps=0,
        continuity_known=True,
        box=(0, 0, 1, 1),
        clauses=(),
    )


WANT = Expectation(code="SW-01", place="home/kerb", start_s=10, tolerance_s=3)


@pytest.mark.parametrize(
    ("alerts", "true", "missed", "false", "twice"),
    [
        pytest.param([_alert(10)], 1, 0, 0, 0, id="found"),
        pytest.param([], 0, 1, 0, 0, id="missed"),
        pytest.param([_alert(13.1)], 0, 1, 1, 0, id="too late is missed and false"),
        pytest.param([_alert(10), _alert(11)], 1, 0, 0, 1, id="found twice"),
        pytest.param([_alert(10), _alert(40)], 1, 0, 1, 0, id="a later one is false"),
        pytest.param([_alert(10, code="SW-04")], 0, 1, 1, 0, id="another code"),
        pytest.param([_alert(10, place="home/x")], 0, 1, 1, 0, id="another zone"),
    ],
)
def test_alerts_are_held_against_what_was_expected(
    alerts: list[FoundAlert], true: int, missed: int, false: int, twice: int
) -> None:
    """Each expectation takes its nearest alert; the rest is false or a duplicate."""
    verdict = compare((WANT,), tuple(alerts))

    found = (verdict.true, len(verdict.missed), len(verdict.false))
    assert (*found, len(verdict.duplicated)) == (true, missed, false, twice)


def test_two_expectations_share_no_alert() -> None:
    """Two cars at one kerb need two alerts."""
    second = WANT.model_copy(update={"start_s": 11})

    assert len(compare((WANT, second), (_alert(10),)).missed) == 1


def test_severity_counts_when_it_is_named() -> None:
    """An expectation with a severity is not met by another one."""
    want = Expectation.model_validate({**WANT.model_dump(), "severity": "S2"})

    assert compare((want,), (_alert(10),)).true == 0
    assert compare((want,), (replace(_alert(10), severity="S2"),)).true == 1


def test_command_exits_1_when_something_is_missed(tmp_path: Path, sample: Path) -> None:
    """A replay that misses what it must find fails the build that runs it."""
    (tmp_path / "campus.mp4").symlink_to(sample)
    text = sample.with_suffix(".yaml").read_text(encoding="utf-8")
    wrong = text.replace("start_s: 10 ", "start_s: 40 ")
    (tmp_path / "campus.yaml").write_text(wrong, encoding="utf-8")

    done = CliRunner().invoke(app, ["replay", str(tmp_path), "--json", "-"])

    assert done.exit_code == 1
    assert '"missed": [' in done.stdout


def test_command_uses_the_networks_of_the_house(
    tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay looks through the same folder of networks as the live worker."""
    (tmp_path / "campus.mp4").write_bytes(b"")
    text = sample.with_suffix(".yaml").read_text(encoding="utf-8")
    own = text.replace("regime: street", "regime: street\n  detector: {model: own}")
    (tmp_path / "campus.yaml").write_text(own, encoding="utf-8")
    manifest = (SHIPPED_DIR / f"{DEFAULT_DETECTOR}.yaml").read_text(encoding="utf-8")
    manifest = manifest.replace(f"name: {DEFAULT_DETECTOR}", "name: own")
    models = tmp_path / "models"
    models.mkdir()
    (models / "own.yaml").write_text(manifest, encoding="utf-8")
    weights = f"{DEFAULT_DETECTOR}.onnx"
    (models / weights).symlink_to(SHIPPED_DIR / weights)
    monkeypatch.setenv("NONSITE_MODELS_DIR", str(models))

    done = CliRunner().invoke(app, ["replay", str(tmp_path)])

    assert type(done.exception).__name__ == "FeedError"  # the network was found


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", "empty", id="zero length"),
        pytest.param(b"this is a text file, not a film\n" * 99, "", id="text"),
    ],
)
def test_junk_recording_is_a_named_fault(
    tmp_path: Path, sample: Path, content: bytes, fault: str
) -> None:
    """A recording that is none ends the command with a named fault, not a trace."""
    (tmp_path / "campus.mp4").write_bytes(content)
    text = sample.with_suffix(".yaml").read_text(encoding="utf-8")
    (tmp_path / "campus.yaml").write_text(text, encoding="utf-8")

    done = CliRunner().invoke(app, ["replay", str(tmp_path)])

    assert type(done.exception).__name__ == "FeedError"
    assert fault in str(done.exception)
