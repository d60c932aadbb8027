"""Fixtures every folder of tests may use, and what a machine must have for which."""

import importlib.util
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SAMPLE = ROOT / "samples" / "videos" / "campus.mp4"


def _has_gst_rtsp() -> bool:
    typelibs = Path("/usr/lib").glob("*/girepository-1.0/GstRtspServer-1.0.typelib")
    return any(typelibs) and Path("/usr/bin/python3").exists()


def _postgres_bin() -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return str(found[-1].parent) if found else None


def _has_torch() -> bool:
    return importlib.util.find_spec("torch") is not None


NEEDS = {
    "rtsp": (_has_gst_rtsp, "GStreamer's RTSP server is missing: run `make apt`"),
    "postgres": (_postgres_bin, "PostgreSQL is missing: run `make apt`"),
    "redis_server": (
        lambda: shutil.which("redis-server"),
        "Debian's redis-server is missing: run `make apt`",
    ),
    "shared": (
        (SHARED / "footage").is_dir,
        "the shared footage is not beside this clone (../shared): nothing enables it",
    ),
    "train": (_has_torch, "the train extra is missing: run `make test-train`"),
}


FIRST = (
    "nonsite/replay/test_suite.py",  # computes
    "nonsite/test_run.py",
    "nonsite/test_run_outages.py",
    "nonsite/test_run_alarm.py",
    "nonsite/test_run_rtsp.py",
    "streams/test_rtsp.py",
    "scenes/test_stories.py",  # computes
)
"""Begun first, below `tests`: what waits for minutes beside what computes for minutes.

In the order of their names the ones leave cores idle together, the others end alone.
"""


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Side by side begin with `FIRST`; skip, saying why, what this machine cannot."""
    if hasattr(config, "workerinput"):
        places = {ROOT / "tests" / name: place for place, name in enumerate(FIRST)}
        gone = [str(path) for path in places if not path.exists()]
        if gone:
            raise pytest.UsageError(f"tests/conftest.py: FIRST names no file: {gone}")
        items.sort(key=lambda item: places.get(item.path, len(FIRST)))
    answers = {name: bool(probe()) for name, (probe, _) in NEEDS.items()}
    for item in items:
        for name, (_, reason) in NEEDS.items():
            if item.get_closest_marker(name) and not answers[name]:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def postgres_bin() -> str:
    """Folder of PostgreSQL's server programs."""
    found = _postgres_bin()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def footage() -> Path:
    """Folder of the shared footage; only for tests marked `shared`."""
    return SHARED / "footage"


@pytest.fixture(scope="session")
def sample() -> Path:
    """The campus sample of the repository."""
    return SAMPLE
