"""Faults judged, each in a process of its own: faults and their tests in, outcomes out.

A worker loads `rules/` and all tests once, without a fault, and notes which functions
ran by that. A fault in any other is judged in a fork of the worker: it finds what a
process of its own would find, without the seconds of loading. A fault in what runs at
import, or is kept in a cache by it, is judged in a new process that loads everything
with the fault.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from signal import SIGXCPU
from typing import TYPE_CHECKING, Any, NamedTuple

from tools.mutant_kinds import MADE

if TYPE_CHECKING:
    import pytest

LIBRARIES = "pytest numpy pydantic shapely yaml structlog cv2 scipy.optimize av"
LIBRARIES += " hypothesis mutmut.mutation.trampoline"
ALL = "fail"
"""The fault that makes every function fail."""
CPU_S = 60
"""A fault that takes more hangs: its tests take ten seconds without one."""
WALL_S = 900.0
"""The same of one that hangs without working."""
MOST_BYTES = 6 << 30
"""What grows without end fails of it."""
FORKED = get_context("fork")
SERVED = get_context("forkserver")
ASKED = ["-x", "--tb=no", "--hypothesis-seed=0", "--timeout=0", "--capture=sys"]
ASKED += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]


class Told(NamedTuple):
    """How a fault fared.

    Attributes:
        outcome: `noticed`, `timeout` (noticed), `survived`, or `no tests`.
        killer: File of the test that noticed it.
    """

    outcome: str
    killer: str = ""


class Asked(NamedTuple):
    """One fault to judge.

    Attributes:
        fault: As mutmut names it, or `ALL`.
        tests: Node ids, in the order they are to run.
    """

    fault: str
    tests: Sequence[str]


class Selection(NamedTuple):
    """Which tests there are.

    Attributes:
        tests: Paths and node ids to collect.
        options: More of pytest's.
    """

    tests: Sequence[str]
    options: Sequence[str]


def judge(
    asked: Iterable[Asked], of: Selection, jobs: int
) -> Iterator[tuple[str, Told]]:
    """Each fault and how it fared, as they end.

    Args:
        asked: In the order they are handed out.
        of: Which tests there are.
        jobs: How many at a time.
    """
    SERVED.set_forkserver_preload(LIBRARIES.split())
    left = iter(asked)
    busy: dict[Any, str] = {}
    for _ in range(jobs):
        ours, theirs = SERVED.Pipe()
        SERVED.Process(target=_work, args=(theirs, of), daemon=False).start()
        theirs.close()
        busy[ours] = ""
    while busy:
        for ready in wait(list(busy)):
            pipe: Any = ready
            fault = busy.pop(pipe)
            try:
                told = pipe.recv()
            except EOFError:
                raise SystemExit("the tests could not be loaded") from None
            if fault:
                yield fault, Told(*told)
            following = next(left, None)
            pipe.send(following)
            if following is not None:
                busy[pipe] = following.fault


def _work(pipe: "Connection[Any, Any]", of: Selection) -> None:
    """A worker: says that it is ready, then judges what it is sent until None."""
    _enter()
    trampoline: Any = import_module("mutmut.mutation.trampoline")
    ran = set[str]()

    def note(name: str, **_: object) -> None:
        ran.add(name)

    trampoline.record_trampoline_hit = note
    trampoline.set_mutant_under_test("stats")
    _pytest([*of.options, *of.tests], _Worker(pipe, of.options, ran))


class _Worker:
    """A plugin of pytest that judges faults in place of a run of the tests."""

    def __init__(
        self, pipe: "Connection[Any, Any]", options: Sequence[str], ran: set[str]
    ) -> None:
        self._pipe, self._options, self._ran = pipe, options, ran

    def pytest_runtestloop(self, session: "pytest.Session") -> bool:
        """Once everything is loaded; without an answer when it cannot be."""
        if session.testsfailed:
            return True
        at_import = frozenset(self._ran)
        items = {item.nodeid: item for item in session.items}
        self._pipe.send(None)
        for fault, tests in iter(self._pipe.recv, None):
            known = [items[test] for test in tests if test in items]
            ways = (
                [self._afresh] if fault.partition("__mutmut_")[0] in at_import else []
            )
            if fault == ALL:
                ways = [self._afresh, self._in_fork]
            told = [way(fault, known) for way in ways or [self._in_fork]]
            self._pipe.send(min(told, key=lambda one: one.outcome == "noticed"))
        return True

    def _afresh(self, fault: str, items: Sequence["pytest.Item"]) -> Told:
        ids = [item.nodeid for item in items]
        return _told(SERVED, _run_afresh, ids, (fault, ids, self._options))

    def _in_fork(self, fault: str, items: Sequence["pytest.Item"]) -> Told:
        ids = [item.nodeid for item in items]
        return _told(FORKED, _run_loaded, ids, (fault, items))


def _told(kind: Any, target: Any, tests: Sequence[str], args: tuple[Any, ...]) -> Told:
    """What a process of its own says: the tests that began, and whether one failed."""
    if not tests:
        return Told("no tests")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = kind.Pipe(duplex=False)
        process = kind.Process(target=target, args=(theirs, folder, *args))
        process.start()
        theirs.close()
        began, outcome = tests[0], ""
        with suppress(EOFError):
            while not outcome and ours.poll(WALL_S):
                began, outcome = ours.recv()
        process.join(0 if outcome else 5)
        hangs = process.exitcode in {None, -SIGXCPU}
        process.kill()
        process.join()
    if outcome in {"survived", "no tests"}:
        return Told(outcome)
    hung = hangs and not outcome
    return Told("timeout" if hung else "noticed", began.partition("::")[0])


class _Teller:
    """A plugin of pytest that tells which test begins, and whether anything failed."""

    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        self._pipe, self._began, self.failed = pipe, "", False

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Before each."""
        self._began = nodeid
        self._pipe.send((nodeid, ""))

    def ends(self, outcome: str) -> None:
        """After the last."""
        self._pipe.send((self._began, outcome))

    def pytest_collectreport(self, report: "pytest.CollectReport") -> None:
        """After each file is loaded."""
        self.failed = self.failed or report.failed

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        """After each part of it."""
        self.failed = self.failed or report.failed


def _run_loaded(
    pipe: "Connection[Any, Any]", folder: str, fault: str, items: Sequence[Any]
) -> None:
    """The tests of a fault on what the worker has loaded."""
    _limit(folder)
    import_module("mutmut.mutation.trampoline").set_mutant_under_test(fault)
    teller = _Teller(pipe)
    items[0].config.pluginmanager.register(teller)
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if teller.failed:
            break
    teller.ends("noticed" if teller.failed else "survived")


def _run_afresh(
    pipe: "Connection[Any, Any]",
    folder: str,
    fault: str,
    tests: Sequence[str],
    options: Sequence[str],
) -> None:
    """The tests of a fault that is there before anything is loaded."""
    _enter()
    _limit(folder)
    import_module("mutmut.mutation.trampoline").set_mutant_under_test(fault)
    teller = _Teller(pipe)
    code = _pytest([*options, *tests], teller)
    # 4 and 5: its tests are not found, if not because they cannot be loaded
    words = {0: "survived", 4: "no tests", 5: "no tests"}
    teller.ends("noticed" if teller.failed else words.get(code, "noticed"))


def _pytest(args: Sequence[str], plugin: object) -> int:
    main = import_module("pytest").main
    with Path(os.devnull).open("w") as out, redirect_stdout(out), redirect_stderr(out):
        return int(main([*ASKED, *args], plugins=[plugin]))


def _enter() -> None:
    """Into the folder of the faulty modules, before any of them is loaded."""
    # compiled once, not by each process: faulty modules are a hundred times as long
    sys.dont_write_bytecode = False
    root = str(Path.cwd())
    if Path(root).name != MADE.name:
        os.chdir(MADE)
    sys.path[:] = [str(Path.cwd()), *(p for p in sys.path if p not in {"", root})]


def _limit(folder: str) -> None:
    """What a process may take, and where its tests keep their files."""
    tempfile.tempdir = folder
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 10))
