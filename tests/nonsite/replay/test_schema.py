"""The schema editors check cases with is that of the cases we read."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_schema_of_cases_is_up_to_date() -> None:
    """A stale schema would call a good case wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.make_schema", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")
