"""One seeded run: real processes, real servers, real faults at moments the seed names.

A worker raises violations and seals packs with clips of a real recording; a consumer
stores and seals the logs; they reach their servers over links that can be cut, under a
wall clock that is stepped. Whatever is killed comes back. At the end (`verdict.py`):
all that was raised is stored to its last revision and told once, every pack verifies
and its clip plays, nothing is orphaned, and both chains are whole.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Final

from alerts.database import open_database
from alerts.migrate import migrate
from tests.alerts.postgres_server import DATABASE, PostgresServer
from tests.alerts.redis_server import RedisServer
from tests.faults import consumer, strikes, worker
from tests.faults.tcp_proxy import TcpProxy, trouble

COUNT: Final = 8
PATIENCE_S: Final = 300.0
HOUR_S: Final = 3600.0
GAVE_UP: Final = "worker ended early"
PRELOAD: Final = ["__main__", "tests.faults.worker", "tests.faults.consumer"]


def processes() -> ForkServerContext:
    """Where processes are forked from: it has imported everything once."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


@dataclass
class Run:
    """One run of one seed.

    Attributes:
        folder: Empty; everything of the run lies in it.
        seed: Says which faults, when.
        postgres: The server with an empty database; None: SQLite.
        can_fill: Whether `folder / "disk"` is a file system of its own.
    """

    folder: Path
    seed: int
    postgres: PostgresServer | None
    can_fill: bool
    rng: random.Random = field(init=False)
    events: list[str] = field(default_factory=list)
    raised: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.redis = RedisServer(self.folder)
        self.disk = self.folder / "disk"
        self._links: list[TcpProxy] = []
        self._context = processes()
        self._host_s = self._context.Value("d", 0.0)
        # every third seed raises nothing twice: what is lost stays lost
        self.restates = self.seed % 3 != 1
        self._worker: ForkServerProcess | None = None
        self._consumer: ForkServerProcess | None = None
        self._epoch = 0
        self._is_done = threading.Event()
        self._reader: threading.Thread | None = None

    def play(self) -> None:
        """Start everything, let the seed strike, wait until all is handed over."""
        self.database_url = self._own_database()
        database = open_database(self.database_url)
        migrate(database)
        database.close()
        self.redis.start()
        socket = self.folder / "redis.sock"
        self._to_redis = [self._link(socket), self._link(socket)]
        self._to_database = None
        if self.postgres is not None:
            self._to_database = self._link(self.postgres.socket)
        try:
            self._start_consumer()
            self._start_worker()
            often = self.rng.randint(2, 4)
            for reached in sorted(self.rng.sample(range(1, COUNT), often)):
                self._await(reached)
                time.sleep(self.rng.uniform(0, 0.3))
                self._strike()
            self._finish()
        finally:
            for process in (self._worker, self._consumer):
                if process is not None:
                    process.kill()
                    process.join()
            self.redis.stop()
            for link in self._links:
                link.close()

    @property
    def was_evidence_struck(self) -> bool:
        """Whether the worker died or its disk was full: evidence may be less."""
        struck = {*strikes.ON_DEAD_WORKER, "disk full", GAVE_UP}
        return bool(struck & set(self.events))

    def told(self) -> str:
        """What happened, to play it again."""
        again = "" if self.restates else ", nothing raised twice"
        return f"seed {self.seed}{again}: {', '.join(self.events)} ({self.folder})"

    def _own_database(self) -> str:
        if self.postgres is None:
            return f"sqlite:///{self.folder}/nonsite.db"
        return self.postgres.new_url()

    def _link(self, target: Path) -> TcpProxy:
        self._links.append(TcpProxy(target))
        return self._links[-1]

    def _await(self, reached: int) -> None:
        """Until so many were raised: a process is struck while it works."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.raised) < reached:
            assert time.monotonic() < deadline, f"it stands still: {self.told()}"
            time.sleep(0.005)

    def _strike(self) -> None:
        kinds = [*strikes.ON_DEAD_WORKER, "consumer", "redis", "links", "pause"]
        kinds += ["host clock"]
        if not self.restates:
            kinds.remove(strikes.ROTTEN)  # what rots is lost unless it is raised again
        kinds += ["disk full"] if self.can_fill else []
        kinds += ["postgres", "postgres link"] if self.postgres is not None else []
        kind = self.rng.choice(kinds)
        self.events.append(kind)
        if kind in strikes.ON_DEAD_WORKER:
            self._kill_worker()
            mark = strikes.ON_DEAD_WORKER[kind]
            if mark is not None:
                mark(self.disk, self.rng)
            self._start_worker()
        elif kind == "consumer":
            assert self._consumer is not None
            self._consumer.kill()
            self._consumer.join()
            self._start_consumer()
        elif kind == "redis":
            self.redis.stop()
            time.sleep(self.rng.uniform(0, 0.5))
            self.redis.start()
        elif kind == "host clock":
            self._step_host_clock()
        elif kind == "links":
            self.events.append(trouble(self.rng.choice(self._to_redis), self.rng))
        elif kind == "disk full":
            strikes.fill_disk(self.disk, self.rng)
        elif kind == "pause":
            process = self.rng.choice([self._worker, self._consumer])
            assert process is not None
            assert process.pid is not None
            strikes.pause(process.pid, self.rng)
        else:
            self._strike_database(kind)

    def _strike_database(self, kind: str) -> None:
        assert self.postgres is not None
        assert self._to_database is not None
        if kind == "postgres":
            self.postgres.kill()
            time.sleep(self.rng.uniform(0, 0.5))
            self.postgres.start_again()
        else:
            self.events.append(trouble(self._to_database, self.rng))

    def _kill_worker(self) -> None:
        assert self._worker is not None
        assert self._reader is not None
        self._worker.kill()
        self._worker.join()
        self._reader.join()

    def _step_host_clock(self) -> None:
        """Set the wall clock under everything that runs."""
        steps = {0.0, HOUR_S, -HOUR_S} - {self._host_s.value}
        self._host_s.value = self.rng.choice(sorted(steps))
        self.events.append(f"{self._host_s.value:+.0f} s")

    def _start_consumer(self) -> None:
        url = self.database_url
        if self._to_database is not None:
            port = self._to_database.port
            url = f"postgresql://nonsite@127.0.0.1:{port}/{DATABASE}"
        task = consumer.Consuming(
            self.folder / "consumer.log",
            f"redis://127.0.0.1:{self._to_redis[1].port}",
            url,
            self._host_s,
        )
        self._consumer = self._context.Process(target=consumer.consume, args=(task,))
        self._consumer.start()

    def _start_worker(self) -> None:
        self._epoch += 1
        task = worker.Task(
            self.disk,
            f"redis://127.0.0.1:{self._to_redis[0].port}",
            max(self.raised, default=-1) + 1,
            COUNT,
            self._epoch,
            self._host_s,
            self.restates,
        )
        ours, theirs = self._context.Pipe(duplex=False)
        self._worker = self._context.Process(target=worker.work, args=(task, theirs))
        self._worker.start()
        theirs.close()
        self._reader = threading.Thread(target=self._read, args=(ours,))
        self._reader.start()

    def _read(self, pipe: Connection) -> None:
        try:
            while True:
                said = pipe.recv()
                if said == "done":
                    self._is_done.set()
                else:
                    self.raised.add(said)
        except (EOFError, OSError):
            pipe.close()

    def _finish(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._is_done.wait(0.05):
            assert time.monotonic() < deadline, f"it never ended: {self.told()}"
            assert self._worker is not None
            if not self._worker.is_alive() and not self._is_done.is_set():
                # it ended without having sealed everything: the next life does
                self.events.append(GAVE_UP)
                self._start_worker()
