"""One fault judged in a process of its own: a fault and its tests in, an outcome out.

Processes are forked from a server that has loaded the libraries but nothing of ours, so
that each loads `rules/` with the fault already in it: what runs at import, or is kept
in a cache, is at fault too.
"""

import io
import os
import re
import resource
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

from tools.mutant_kinds import MADE

LIBRARIES = "pytest numpy pydantic shapely yaml structlog cv2 scipy.optimize av"
LIBRARIES += " hypothesis mutmut.mutation.trampoline"
TEST_S = 240
"""A test that takes longer hangs: without a fault the slowest takes a few seconds."""
MOST_BYTES = 6 << 30
"""What grows without end fails of it."""
KILLER = re.compile(r"^(?:FAILED|ERROR) (tests/[^:\s]+)", re.MULTILINE)
HUNG = "Timeout (>"


class Told(NamedTuple):
    """How a fault fared.

    Attributes:
        outcome: `noticed`, `timeout` (noticed), `survived`, or `no tests`.
        killer: File of the test that noticed it.
    """

    outcome: str
    killer: str = ""


def context() -> ForkServerContext:
    """Where the processes come from."""
    made = get_context("forkserver")
    made.set_forkserver_preload(LIBRARIES.split())
    return made


def judge(fault: str, tests: Sequence[str], options: Sequence[str]) -> Told:
    """Run the tests with the fault in force; to be called in a process of its own.

    Args:
        fault: As mutmut names it; "fail" makes every function fail, "" none.
        tests: Node ids, in the order they are to run.
        options: More of pytest's.
    """
    if not tests:
        return Told("no tests")
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    # compiled once, not by each process: faulty modules are a hundred times as long
    sys.dont_write_bytecode = False
    root = str(Path.cwd())
    os.chdir(MADE)
    sys.path[:] = [str(Path.cwd()), *(p for p in sys.path if p not in {"", root})]
    import_module("mutmut.mutation.trampoline").set_mutant_under_test(fault)
    asked = ["-x", "--tb=line", "--hypothesis-seed=0", f"--timeout={TEST_S}"]
    asked += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = int(import_module("pytest").main([*asked, *options, *tests]))
    if code == 0:
        return Told("survived")
    found = KILLER.search(said.getvalue())
    # 4 and 5: its tests are no longer found, and not because they cannot be loaded
    if code not in {1, 2, 3} and found is None:
        return Told("no tests")
    killer = found.group(1) if found else tests[0].partition("::")[0]
    return Told("timeout" if HUNG in said.getvalue() else "noticed", killer)
