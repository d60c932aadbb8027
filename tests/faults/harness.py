"""One seeded run: real processes, a real server, SIGKILL at moments the seed names.

A worker raises violations and seals packs; a consumer stores. Whatever is killed comes
back. At the end: all that was raised is stored, none twice, every stored pack verifies,
nothing is orphaned, and the audit chain is whole.
"""

import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from alerts.doctor import Doctor
from alerts.migrate import migrate
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackState
from alerts.sealer import Sealer
from alerts.tables import AlertRow, PackRow, SourceRow
from base.clock import SystemClock
from rules.violation import Life
from tests.alerts.redis_server import RedisServer
from tests.faults.worker import told

ROOT = Path(__file__).resolve().parents[2]
COUNT = 12
PATIENCE_S = 60.0


@dataclass
class Run:
    """One run of one seed."""

    folder: Path
    seed: int
    database_url: str
    rng: random.Random = field(init=False)
    events: list[str] = field(default_factory=list)
    raised: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.server = RedisServer(self.folder)
        self.epoch = 0
        self.worker: subprocess.Popen[str] | None = None
        self.consumer: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._is_done = threading.Event()

    def play(self) -> None:
        """Start everything, let the seed kill, wait until all is handed over."""
        migrate(open_database(self.database_url))
        self.server.start()
        try:
            self._start_consumer()
            self._start_worker()
            strikes = self.rng.randint(2, 4)
            for reached in sorted(self.rng.sample(range(1, COUNT), strikes)):
                self._await(reached)
                time.sleep(self.rng.uniform(0, 0.3))
                self._strike()
            self._finish()
        finally:
            for process in (self.worker, self.consumer):
                if process is not None:
                    process.kill()
                    process.wait()
            self.server.stop()

    def _await(self, reached: int) -> None:
        """Until so many were raised: a process is struck while it works."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.raised) < reached:
            assert time.monotonic() < deadline, f"it stands still: {self.told()}"
            time.sleep(0.005)

    def _strike(self) -> None:
        kind = self.rng.choice(["worker", "consumer", "redis", "spool", "staging"])
        self.events.append(kind)
        if kind == "redis":
            self.server.stop()
            time.sleep(self.rng.uniform(0, 0.5))
            self.server.start()
        elif kind == "consumer":
            self._kill(self.consumer)
            self._start_consumer()
        else:
            self._kill(self.worker)
            if kind == "spool":
                self._append_junk()
            if kind == "staging":
                self._leave_halves()
            self._start_worker()

    def _append_junk(self) -> None:
        """What a power cut leaves: half an entry at the end of the newest segment."""
        segments = [p for p in (self.folder / "spool").rglob("*") if p.is_file()]
        logs = [p for p in segments if p.suffix not in {".json", ".lock"}]
        if logs:
            newest = max(logs, key=lambda path: path.stat().st_mtime_ns)
            with newest.open("ab") as file:
                file.write(self.rng.randbytes(self.rng.randint(1, 40)))

    def _leave_halves(self) -> None:
        """Half-written files where a process died: in the shelf and in the store."""
        for part in ("shelf", "evidence"):
            staging = self.folder / part / "staging"
            staging.mkdir(parents=True, exist_ok=True)
            (staging / f"{self.rng.getrandbits(32):08x}.part").write_bytes(b"half")

    def _kill(self, process: "subprocess.Popen[str] | None") -> None:
        assert process is not None
        process.kill()
        process.wait()
        if process is self.worker and self._reader is not None:
            self._reader.join()

    def _start_consumer(self) -> None:
        self.consumer = self._spawn(
            "tests.faults.consumer", self.server.url, self.database_url
        )

    def _start_worker(self) -> None:
        self.epoch += 1
        first = max(self.raised, default=-1) + 1
        shift = self.rng.choice([0, 3600, -3600])
        self.events.append(f"host clock {shift:+d} s")
        arguments = [str(first), str(max(0, COUNT - first)), str(self.epoch)]
        arguments.append(str(shift))
        self._is_done.clear()
        self.worker = self._spawn(
            "tests.faults.worker",
            str(self.folder),
            self.server.url,
            *arguments,
        )
        self._reader = threading.Thread(target=self._read, args=(self.worker,))
        self._reader.start()

    def _read(self, worker: "subprocess.Popen[str]") -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            if line.strip() == "done":
                self._is_done.set()
            elif line.strip().isdigit():
                self.raised.add(int(line))
        worker.stdout.close()

    def _spawn(self, module: str, *arguments: str) -> "subprocess.Popen[str]":
        is_read = module.endswith("worker")
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE if is_read else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _finish(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._is_done.wait(0.05):
            assert time.monotonic() < deadline, f"it never ended: {self.told()}"
            assert self.worker is not None
            if self.worker.poll() is not None and not self._is_done.is_set():
                self._start_worker()

    def told(self) -> str:
        """What happened, to play it again."""
        return f"seed {self.seed}: {', '.join(self.events)}"

    def check(self) -> None:
        """Everything raised is there once, whole."""
        database = open_database(self.database_url)
        store = ObstoreEvidenceStore(self.folder / "evidence", reserve_bytes=0)
        expected = {told(number, Life.OPEN, 60.0).id for number in range(COUNT)}
        assert self.raised == set(range(COUNT)), self.told()
        with database.reading() as session:
            alerts = list(session.scalars(select(AlertRow.id)))
            sources = session.scalars(select(func.count(SourceRow.violation_id))).one()
            states = dict(session.execute(select(PackRow.id, PackRow.state)).all())
        assert sorted(alerts) == sorted(expected), self.told()
        assert sources == COUNT, self.told()
        assert set(states) == expected, self.told()
        pending = [p for p, s in states.items() if s == PackState.PENDING.value]
        assert pending == [], self.told()
        self._check_evidence(database, store)
        database.close()

    def _check_evidence(self, database: Database, store: ObstoreEvidenceStore) -> None:
        doctor = Doctor(database, store, SystemClock())
        found = doctor.examine(mend=False, young=timedelta(days=-1))
        assert found.untold == (), self.told()
        assert found.unreadable == (), self.told()
        assert found.broken == (), self.told()
        # objects of a pack that was given up half way are found and go
        doctor.examine(mend=True, young=timedelta(days=-1))
        assert doctor.examine(mend=False, young=timedelta(days=-1)).is_well, self.told()
        while Sealer(database, SystemClock()).seal():
            pass
        assert AuditTrail(database).first_break() is None, self.told()
