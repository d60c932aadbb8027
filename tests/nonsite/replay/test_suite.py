"""The sample suite: every case gives what it must, in parallel as one by one."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from models.catalogue import SHIPPED_DIR
from nonsite.replay.load import LoadedCase, read_suite
from nonsite.replay.player import PlayOptions
from nonsite.replay.pool import PoolSettings, play_suite
from nonsite.replay.result import differences, to_content
from nonsite.replay.select import Selection
from rules.catalogue import Proof, shipped_catalogue
from tests.nonsite.service_process import NONSITE, is_gone, wait_for

CASES = 28
MUST_BE_STAGED = {"CS-01", "CS-02", "CS-03", "CS-04", "CS-08"} | {
    "SW-01",
    "SW-04",
    "WH-01",
    "WH-05",
    "WH-07",
}
"""Codes that must be shown on real walkers and real streets."""


@pytest.fixture(scope="module")
def suite(request: pytest.FixtureRequest) -> tuple[LoadedCase, ...]:
    """All cases beside the sample."""
    sample: Path = request.getfixturevalue("sample")
    return read_suite([sample.parent])


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> PlayOptions:
    """An empty cache, shared by the module."""
    return PlayOptions(tmp_path_factory.mktemp("cache"))


def play(
    cases: tuple[LoadedCase, ...], options: PlayOptions, workers: int
) -> dict[str, object]:
    """What a run gives."""
    settings = PoolSettings(workers, (SHIPPED_DIR,))
    heard: dict[str, float] = {}
    found = list(play_suite(cases, options, settings, heard.__setitem__))
    # a short case may end between two questions after its progress
    assert set(heard) <= {case.name for case in cases}
    assert [each.result.name for each in found] == [case.name for case in cases]
    wrong = {e.result.name: differences(e.result) for e in found if not e.result.passed}
    assert wrong == {}
    return to_content(each.result for each in found)


@pytest.mark.timeout(600)
def test_the_sample_suite_is_green_and_the_same_at_any_number_of_workers(
    suite: tuple[LoadedCase, ...], options: PlayOptions
) -> None:
    """Side by side for real, then one by one from remembered looks: equal."""
    assert len(suite) >= CASES

    assert play(suite, options, workers=2) == play(suite, options, workers=1)


def test_a_killed_replay_leaves_no_process_behind(sample: Path, tmp_path: Path) -> None:
    """What it had begun to play side by side is over with it."""
    replay = subprocess.Popen(
        [NONSITE, "replay", sample.parent, "--workers", "2", "--cache", tmp_path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        players = wait_for(lambda: _players(replay.pid), 60)
        assert players is not None
        replay.kill()
        replay.wait(10)

        assert wait_for(lambda: all(map(is_gone, players)), 10)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(replay.pid, signal.SIGKILL)


def _players(parent: int) -> list[int]:
    """The processes that play for `parent`, once both have begun."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    found = [int(pid) for pid in children.split()]
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found]
    playing = [p for p, line in zip(found, lines, strict=True) if b"spawn_main" in line]
    begun = [
        p for p in playing if b"onnxruntime" in Path(f"/proc/{p}/maps").read_bytes()
    ]
    return begun if len(begun) == 2 else []


def test_each_code_proven_on_footage_has_a_case_for_and_a_case_against(
    suite: tuple[LoadedCase, ...],
) -> None:
    """P2 of the catalogue: what it needs to be raised, and what must not raise it."""
    rows = shipped_catalogue().rules.items()
    proven = {code for code, row in rows if row.proof is Proof.STAGED}

    assert proven >= MUST_BE_STAGED
    assert proven <= {want.code for one in suite for want in one.case.expect}
    assert proven <= {no.code for one in suite for no in one.case.absent}


def test_cases_are_selected_by_what_they_are_about(
    suite: tuple[LoadedCase, ...],
) -> None:
    """By condition, code, tag and name; all that is asked for must fit."""

    def names(**asked: object) -> list[str]:
        selection = Selection(**asked)  # type: ignore[arg-type]
        return [case.name for case in selection.of(suite)]

    assert names(conditions=frozenset({"night"})) == ["campus_night"]
    assert names(names=("*_stood_*",)) == ["campus_stood_before"]
    assert names(codes=frozenset({"CS-01"}), names=("campus_night",)) == []
    assert len(names(codes=frozenset({"SW-01"}))) >= 12
    assert "campus_rain" in names(tags=frozenset({"pavement"}))
    assert names() == [case.name for case in suite]
