"""A suite's cases are tests of pytest: passed, failed with the reason, or refused."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def suite(sample: Path, tmp_path: Path) -> Path:
    """One case that passes and one that misses."""
    (tmp_path / "campus.mp4").symlink_to(sample)
    text = sample.with_suffix(".yaml").read_text(encoding="utf-8")
    text = text.replace("clip:", "window: {to_s: 14}\nclip:")
    (tmp_path / "good.yaml").write_text(text, encoding="utf-8")
    late = text.replace("start_s: 10 ", "start_s: 2 ")
    (tmp_path / "late.yaml").write_text(late, encoding="utf-8")
    return tmp_path


def run(suite: Path) -> subprocess.CompletedProcess[str]:
    """Pytest over the suite alone, as an engineer calls it."""
    nothing = suite / "nothing"
    nothing.mkdir()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    command += ["--rootdir", str(nothing), str(nothing)]
    command += ["--nonsite-suite", str(suite), "--nonsite-cache", str(suite / "cache")]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=nothing
    )


def test_cases_are_tests_named_after_them(suite: Path) -> None:
    """Both run, one fails, and the failure is the reason, not a traceback."""
    done = run(suite)

    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "replay[late]" in done.stdout
    assert "raised, but it opened at 10 s" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_wrong_suite_stops_before_anything_runs(suite: Path) -> None:
    """Problems are told with file and key."""
    path = suite / "late.yaml"
    path.write_text(path.read_text().replace("title:", "titel:"), encoding="utf-8")

    done = run(suite)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "titel: no such key" in done.stderr + done.stdout
