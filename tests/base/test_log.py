"""The log: what reaches it is redacted, tracebacks of unexpected errors included."""

import subprocess
import sys

import pytest

SCRIPT = """
from base.guard import Boundary, guard
from base.log import configure_logging

def work():
    raise RuntimeError("cannot open rtsp://admin:S3cret@10.0.0.2/main")

configure_logging("info", as_json={as_json})
guard(Boundary.JOB_RUNNER, "x", work, lambda error: None)
"""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_holds_no_credentials(*, as_json: bool) -> None:
    """On a terminal as in JSON: the error is told, its password is not."""
    # its own process: structlog is configured for a whole one
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(as_json=as_json)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "RuntimeError: cannot open rtsp://***@10.0.0.2/main" in done.stderr
    assert "S3cret" not in done.stderr
    assert "Traceback" in done.stderr
