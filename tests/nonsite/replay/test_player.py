"""Replay: the sample gives its van once, twice the same bytes, at any pace."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.pack import Role
from alerts.pack_bytes import open_pack
from alerts.pack_verifier import verify_pack
from base.clock import SystemClock
from base.shutdown import StopSignal
from nonsite.lines import Networks
from nonsite.program import made_by
from nonsite.replay.load import LoadedCase, read_case
from nonsite.replay.packs import KEY
from nonsite.replay.player import PlayOptions, paced, play_case
from nonsite.replay.result import Played, to_content
from rules.settings import RuleSection


def bytes_of(played: Played) -> str:
    """What is compared byte by byte."""
    return json.dumps(to_content([played.result]), sort_keys=True)


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
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of remembered looks for the whole module."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def played(campus: LoadedCase, networks: Networks, cache: Path) -> Played:
    """The sample replayed once, its looks remembered."""
    return play_case(campus, networks, PlayOptions(cache))


def test_the_sample_gives_its_van_once(played: Played) -> None:
    """One SW-01 at the kerb, ten seconds after the start, and nothing else."""
    result = played.result

    assert [(a.code, a.place) for a in result.alerts] == [("SW-01", "home/kerb")]
    assert result.passed
    assert [met.start_error_s for met in result.verdict.met] == [
        pytest.approx(0, abs=3)
    ]


def test_a_second_replay_gives_the_same_bytes(
    campus: LoadedCase, played: Played, cache: Path, tmp_path: Path
) -> None:
    """Nothing of a clock, a thread or an earlier network is in the result.

    Nor of the evidence made beside: a pack of the van, whole, that verifies.
    """
    options = PlayOptions(cache, packs=tmp_path)
    again = play_case(campus, Networks(), options)

    assert bytes_of(again) == bytes_of(played)
    assert not again.cost.from_cache
    (manifest,) = (tmp_path / campus.name).glob("*/manifest.json")
    found = verify_pack(open_pack(manifest.parent))
    assert found.problem is None
    assert found.manifest is not None
    assert found.manifest.made_by == made_by("nonsite replay")
    roles = {file.role for file in found.manifest.files}
    assert roles >= {Role.FIRST, Role.OPENING, Role.LAST, Role.CLIP, Role.SEEN}
    assert {path.name for path in tmp_path.iterdir()} == {campus.name, KEY}


def test_remembered_looks_give_the_same_bytes(
    campus: LoadedCase, networks: Networks, played: Played, cache: Path
) -> None:
    """The detector need not run again, and nobody can tell from the result."""
    again = play_case(campus, networks, PlayOptions(cache))

    assert again.cost.from_cache
    assert bytes_of(again) == bytes_of(played)
    assert again.seen == played.seen


def test_a_changed_threshold_replays_from_remembered_looks(
    campus: LoadedCase, networks: Networks, played: Played, cache: Path
) -> None:
    """Another overlap asks for the same looks, so the detector rests."""
    changed = with_rule(campus, RuleSection(dwell_s=10, grace_s=0, min_overlap=1.0))

    again = play_case(changed, networks, PlayOptions(cache))

    assert again.cost.from_cache
    assert again.result.looks == played.result.looks


def test_rules_that_ask_for_other_looks_are_played_for_real(
    campus: LoadedCase, networks: Networks, played: Played, cache: Path
) -> None:
    """A longer dwell tolerates longer gaps: remembered looks would not be its own."""
    changed = with_rule(campus, RuleSection(dwell_s=60, grace_s=0))

    again = play_case(changed, networks, PlayOptions(cache))

    assert not again.cost.from_cache
    assert again.result.looks < played.result.looks


def test_damaged_memory_is_as_good_as_none(
    campus: LoadedCase, networks: Networks, played: Played, tmp_path: Path
) -> None:
    """A file cut short is passed over and written anew."""
    play_case(campus, networks, PlayOptions(tmp_path, to_s=5))
    (kept,) = tmp_path.glob("looks-*")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])

    again = play_case(campus, networks, PlayOptions(tmp_path, to_s=5))

    assert not again.cost.from_cache
    assert kept.read_bytes() == whole


def test_part_of_a_case_is_judged_by_what_is_expected_there(
    campus: LoadedCase, networks: Networks, cache: Path
) -> None:
    """Up to the eighth second nothing is expected, and nothing is raised."""
    part = play_case(campus, networks, PlayOptions(cache, to_s=8))

    assert part.result.passed
    assert part.result.alerts == ()
    assert part.result.media_s <= 10  # the group of pictures under way is played out


def test_more_looks_can_be_asked_for(
    campus: LoadedCase, networks: Networks, cache: Path
) -> None:
    """At three looks a second every picture is decoded; the alert is the same."""
    part = play_case(campus, networks, PlayOptions(cache, looks_per_s=3, to_s=12))

    assert part.result.looks >= 3 * 12
    assert part.result.passed


def test_paced_replay_finds_the_same(
    campus: LoadedCase, networks: Networks, played: Played, cache: Path
) -> None:
    """At ten times media time the alerts are those of the fastest run."""

    class Hurried(SystemClock):
        def monotonic_s(self) -> float:
            return super().monotonic_s() * 10

    pace = paced(Hurried(), StopSignal())
    options = PlayOptions(cache, use_looks=False)
    result = play_case(campus, networks, options, pace)

    assert bytes_of(result) == bytes_of(played)


def test_a_recording_that_breaks_off_is_a_fault_of_its_case(
    campus: LoadedCase, networks: Networks, sample: Path, tmp_path: Path
) -> None:
    """Half a file plays to where it ends, and the result says what was wrong."""
    raw = sample.read_bytes()
    (tmp_path / "campus.mp4").write_bytes(raw[: len(raw) // 2])
    text = sample.with_suffix(".yaml").read_text(encoding="utf-8")
    (tmp_path / "campus.yaml").write_text(text, encoding="utf-8")

    result = play_case(
        read_case(tmp_path / "campus.yaml"), networks, PlayOptions(tmp_path / "cache")
    ).result

    assert result.fault is not None
    assert "corrupt" in result.fault
    assert not result.passed
    assert result.looks > 0
    assert not list((tmp_path / "cache").glob("looks-*"))


def with_rule(loaded: LoadedCase, rule: RuleSection) -> LoadedCase:
    """The case with other thresholds of SW-01."""
    camera = loaded.site.cameras["case"].model_copy(update={"rules": {"SW-01": rule}})
    site = loaded.site.model_copy(update={"cameras": {"case": camera}})
    return replace(loaded, site=site)
