"""Where everything the service keeps lies: one folder, one service at a time."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from base.errors import ConfigError


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The rooms of `--data DIR`."""

    root: Path

    @property
    def valkey(self) -> Path:
        """The embedded Valkey's append-only files."""
        return self.root / "valkey"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "nonsite.sqlite"

    @property
    def evidence(self) -> Path:
        """Evidence objects by digest."""
        return self.root / "evidence"

    @property
    def service_key(self) -> Path:
        """The key that seals what leaves the house; in every backup."""
        return self.root / "service_key.pem"

    def spool(self, worker: int) -> Path:
        """The spool of one worker."""
        return self.root / "spool" / f"worker_{worker}"

    def left_spools(self, workers: int) -> tuple[Path, ...]:
        """Spools of workers an earlier run had and this one, with fewer, has not."""
        now = {self.spool(worker) for worker in range(workers)}
        return tuple(sorted(set((self.root / "spool").glob("worker_*")) - now))

    @property
    def candidates(self) -> Path:
        """Stills of what may become an alert, by camera."""
        return self.root / "candidates"

    @property
    def backgrounds(self) -> Path:
        """How each view looks when nothing is left in it."""
        return self.root / "backgrounds"

    @property
    def references(self) -> Path:
        """Reference pictures of views, taken by `nonsite reference`."""
        return self.root / "references"

    @property
    def cases(self) -> Path:
        """Replay cases made from alerts."""
        return self.root / "cases"

    def make(self) -> None:
        """Create the folder, for this user alone: it holds pictures of people.

        Raises:
            ConfigError: It cannot be created or written.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError((f"--data {self.root}: {error.strerror}",)) from error
        if not os.access(self.root, os.W_OK):
            raise ConfigError((f"--data {self.root}: cannot be written to",))

    def lock(self, role: str) -> TextIO:
        """Hold the folder for one process of this role until the file is closed.

        Raises:
            ConfigError: Another process holds it, or it is another account's.
        """
        path = self.root / f"{role}.lock"
        try:
            lock_file = path.open("w", encoding="ascii")
        except OSError as error:
            problem = (
                f"--data {path}: {error.strerror}: run as the account that owns it"
            )
            raise ConfigError((problem,)) from error
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock_file.close()
            problem = f"--data {self.root}: another `nonsite {role}` is using it"
            raise ConfigError((problem,)) from error
        return lock_file
