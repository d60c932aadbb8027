"""The desk's client is generated from the API as it is."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_the_desk_is_typed_after_is_up_to_date() -> None:
    """A stale document would let the desk be built against routes that are gone."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.make_openapi", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")
