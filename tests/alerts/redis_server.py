"""Debian's redis-server as a private process, to be stopped and started at will."""

import subprocess
import time
from pathlib import Path

import redis


class RedisServer:
    """One server over one folder, reached over its own socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{folder}/redis.sock"

    def start(self) -> None:
        options = "--port 0 --appendonly yes --appendfsync always --save "
        self._process = subprocess.Popen(
            [
                *("redis-server --unixsocket redis.sock " + options).split(),
                "",
                *"--maxmemory-policy noeviction --daemonize no".split(),
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(self.url)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.02)
        client.close()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
