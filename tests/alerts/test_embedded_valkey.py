"""The embedded server is durable, private, restarted, and never outlives its parent."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts import embedded_valkey
from alerts.embedded_valkey import EmbeddedValkey
from alerts.errors import StoreError, StoreUnavailableError
from alerts.redis_client import open_redis, translated_redis_errors
from base.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]


def until(met: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not met():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


def answers(url: str) -> bool:
    client = open_redis(url)
    try:
        with translated_redis_errors():
            return bool(client.ping())
    except StoreUnavailableError:
        return False
    finally:
        client.close()


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_writes_are_on_disk_when_answered(valkey: EmbeddedValkey) -> None:
    """The server syncs each write, refuses rather than evicts, keeps no snapshot."""
    client = open_redis(valkey.url)
    wanted = ("appendonly", "appendfsync", "maxmemory-policy", "save", "port")
    found = {name: client.config_get(name)[name] for name in wanted}
    client.close()

    assert found == {
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
        "save": "",
        "port": "0",
    }


def test_socket_is_ours_alone(valkey: EmbeddedValkey) -> None:
    """Nobody else on the machine may connect."""
    mode = Path(valkey.url.removeprefix("unix://")).stat().st_mode

    assert stat.S_IMODE(mode) == 0o700


def test_killed_server_comes_back_with_its_data(valkey: EmbeddedValkey) -> None:
    """After SIGKILL the same address answers again and nothing written is missing."""
    client = open_redis(valkey.url)
    client.set("kept", "yes")
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)

    until(lambda: valkey.restarts == 1 and answers(valkey.url))
    assert client.get("kept") == b"yes"
    client.close()


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the real server by way of a shell script that ends with `script`."""
    binary = folder / "server"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    monkeypatch.setattr(embedded_valkey, "server_binary", lambda: binary)


def test_server_that_never_answers_is_ended_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are never two over one append-only file."""
    flag, pids = tmp_path / "stuck", tmp_path / "pids"
    real = embedded_valkey.server_binary()
    stuck = f"if [ -e {flag} ]; then echo $$ >>{pids}; exec sleep 97; fi"
    stand_in(tmp_path, f'{stuck}\nexec {real} "$@"', monkeypatch)
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    flag.touch()
    monkeypatch.setattr(embedded_valkey, "READY_S", 0.3)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: pids.exists() and len(pids.read_text().split()) >= 3)
    alive = [pid for pid in pids.read_text().split() if is_running(int(pid))]
    server.stop()

    assert len(alive) <= 1


def test_loading_server_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long append-only file is no failure, however long it takes."""
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    with open_redis(server.url) as client, client.pipeline() as pipe:
        for n in range(6000):
            pipe.set(f"key {n}", "x")
        pipe.execute()
    server.stop()
    real = embedded_valkey.server_binary()
    stand_in(tmp_path, f'exec {real} "$@" --key-load-delay 500', monkeypatch)
    monkeypatch.setattr(embedded_valkey, "READY_S", 2.0)
    begun = time.monotonic()
    server.start()
    took_s = time.monotonic() - begun

    assert took_s > 2.5, "it loaded too fast to show anything"
    assert answers(server.url)
    assert server.restarts == 0
    server.stop()


def test_stopped_server_leaves_no_process_and_starts_again(tmp_path: Path) -> None:
    """Stopping is quick and clean; the data is there at the next start."""
    server = EmbeddedValkey(tmp_path / "valkey", SystemClock())
    server.start()
    pid = server.pid
    client = open_redis(server.url)
    client.set("kept", "yes")
    client.close()
    begun = time.monotonic()
    server.stop()

    assert time.monotonic() - begun < 3
    assert pid is not None
    assert not is_running(pid)
    server.start()
    client = open_redis(server.url)
    assert client.get("kept") == b"yes"
    client.close()
    server.stop()


def test_second_parent_is_refused(valkey: EmbeddedValkey, tmp_path: Path) -> None:
    """Two services never share one folder by accident."""
    other = EmbeddedValkey(tmp_path / "valkey", SystemClock())

    with pytest.raises(StoreError, match="in use by another Nonsite"):
        other.start()


def test_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    """A data folder deeper than a socket's address may be works all the same."""
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    server = EmbeddedValkey(folder, SystemClock())
    server.start()

    assert answers(server.url)
    server.stop()


def test_broken_file_is_a_named_error(tmp_path: Path) -> None:
    """Data that cannot be read stops the start with the server's own words."""
    folder = tmp_path / "valkey"
    server = EmbeddedValkey(folder, SystemClock())
    server.start()
    client = open_redis(server.url)
    for n in range(100):
        client.set(f"key {n}", "x" * 100)
    client.close()
    server.stop()
    file = next(folder.glob("appendonlydir/*.incr.aof"))
    raw = bytearray(file.read_bytes())
    raw[200:500] = b"\x00" * 300
    file.write_bytes(raw)

    with pytest.raises(StoreError, match="Bad file format"):
        server.start()


PARENT = """
import sys, time
from pathlib import Path
from alerts.embedded_valkey import EmbeddedValkey
from base.clock import SystemClock
server = EmbeddedValkey(Path(sys.argv[1]), SystemClock())
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


def test_server_dies_with_a_killed_parent(tmp_path: Path) -> None:
    """SIGKILL of the parent leaves no server behind, and the folder free."""
    folder = tmp_path / "valkey"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_running(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()

    until(lambda: not is_running(pid))
    server = EmbeddedValkey(folder, SystemClock())
    server.start()
    assert answers(server.url)
    server.stop()
