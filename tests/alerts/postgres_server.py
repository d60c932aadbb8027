"""PostgreSQL as a private cluster, to be stopped and started at will."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

DATABASE = "nonsite"
"""The one a test has unless it names another."""


class PostgresServer:
    """A private cluster in a temporary folder, reached over its own socket."""

    def __init__(self, bin_folder: str) -> None:
        self._bin = Path(bin_folder)
        self.folder = Path(tempfile.mkdtemp(prefix="nonsite-pg-"))
        self._data = self.folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-A", "trust", "-U", "nonsite", "--no-sync")

    def _run(self, program: str, *options: str) -> None:
        command = [str(self._bin / program), "-D", str(self._data), *options]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, timeout=60
        )

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -k {self.folder} -c max_connections=60 "
            "-c fsync=off"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    @property
    def socket(self) -> Path:
        """Its socket file."""
        return self.folder / ".s.PGSQL.5432"

    def kill(self) -> None:
        """SIGKILL it and every process of it."""
        master = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        for process in [master, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def start_again(self) -> None:
        """Start after `kill`: its processes may take a moment to be gone."""
        deadline = time.monotonic() + 60
        while True:
            try:
                self.start()
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def new_url(self, name: str = DATABASE, template: str = "template1") -> str:
        """Address of a new database, empty or a copy; one of that name before goes."""
        with psycopg.connect(
            host=str(self.folder), user="nonsite", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql://nonsite@/{name}?host={self.folder}"
