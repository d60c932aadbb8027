"""The real service as a process tree, for tests that use it as people do."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx

ROOT = Path(__file__).resolve().parents[2]
NONSITE = ROOT / ".venv" / "bin" / "nonsite"
READY_S = 90.0
T = TypeVar("T")


class ServiceProcess:
    """A `nonsite run` and what it said."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self._said: list[str] = []
        self.process = subprocess.Popen(
            [str(NONSITE), *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.address = self._await_address()
        except BaseException:
            self.kill_all()
            raise

    @property
    def said(self) -> str:
        """Everything written to stderr so far."""
        return "".join(self._said)

    def get(self, path: str) -> Any:
        """JSON of one GET below `/api/v1`."""
        answer = httpx.get(f"{self.address}/api/v1{path}", timeout=5)
        answer.raise_for_status()
        return answer.json()

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts, newest first."""
        found: list[dict[str, Any]] = self.get("/alerts")["alerts"]
        return found

    def tree(self) -> list[int]:
        """Every living process of the tree, the parent first."""
        listed = subprocess.run(
            ["ps", "-e", "-o", "pid=,ppid=,stat="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        rows = [line.split() for line in listed.splitlines()]
        living = {int(pid): int(ppid) for pid, ppid, stat in rows if stat[0] != "Z"}
        found = [self.process.pid] if self.process.pid in living else []
        for pid in found:
            found += [child for child, parent in living.items() if parent == pid]
        return found

    def pids_of(self, word: str) -> list[int]:
        """Processes of the tree whose command line holds `word`."""
        found = []
        for pid in self.tree():
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if word.encode() in line:
                found.append(pid)
        return found

    def interrupt(self) -> None:
        """Ctrl-C as a terminal sends it, and wait until the parent has ended."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(15)

    def kill_all(self) -> None:
        """Leave nothing behind, whatever happened."""
        for pid in self.tree():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        self._reader.join(5)
        if self.process.stderr is not None:
            self.process.stderr.close()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._said.append(line)

    def _await_address(self) -> str:
        def address() -> str | None:
            found = re.search(r"http://[\d.]+:\d+", self.said)
            assert self.process.poll() is None, self.said
            return found.group() if found else None

        found = wait_for(address, READY_S)
        assert found is not None, self.said
        return found


def wait_for(ask: Callable[[], T | None], timeout_s: float) -> T | None:
    """Ask again and again until the answer is one, or the time is over."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.1)
    return None


def is_gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A `nonsite` command that ends by itself."""
    return subprocess.run(
        [str(NONSITE), *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=READY_S,
        check=False,
    )


@contextmanager
def running(site: Path, data: Path, **environment: str) -> Iterator[ServiceProcess]:
    """`nonsite run SITE` on a free port, ended whatever happens."""
    arguments = ["run", str(site), "--port", "0", "--data", str(data)]
    with started(arguments, **environment) as service:
        yield service


@contextmanager
def started(arguments: list[str], **environment: str) -> Iterator[ServiceProcess]:
    """A command that serves, ended whatever happens."""
    service = ServiceProcess(arguments, environment)
    try:
        yield service
    finally:
        service.kill_all()
