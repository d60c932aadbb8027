"""How long a page of alerts takes with 100 000 stored, over a real server on loopback.

`python -m benchmarks.alert_list [--alerts N] [--asks N] [--postgres]`: one client, one
request after the other; the review queue, the newest page of alerts, pages deep in the
list, filtered pages and one alert whole. One alert in fifty waits for a reviewer, the
others were decided. SQLite, or a PostgreSQL server of its own; `--database URL` names
one that stays: filled by the first run, measured again by the next.
"""

import argparse
import os
import random
import socket
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import case, false, func, insert, literal, select, text, update
from sqlalchemy.orm import Session

from alerts.database import Database, open_database
from alerts.migrate import migrate
from alerts.tables import JSON, AlertRow
from api.session_cookie import COOKIE
from base.clock import SystemClock
from cases.life import Act, ReviewState
from cases.tables import ReviewRow, VerdictRow
from identity.identity import open_identity
from rules.violation import Life, Severity
from tests.alerts.postgres_server import PostgresServer
from tests.api.named import Named, add
from tests.api.serving import served
from tests.api.stored import T0, Staged, store_alerts

CHUNK = 5_000
SEED = 20261123
WAITING_EVERY = 50
LEFT, STAYS = "left.long.ago", "stays"


def _staged(number: int, draw: random.Random) -> Staged:
    return Staged(
        n=number,
        camera=f"camera_{draw.randrange(200)}",
        zone=draw.choice(("kerb", "door", "lane")),
        life=draw.choice((Life.OPEN, Life.PERSISTING, Life.CLEARED, Life.CLEARED)),
        severity=draw.choice((Severity.S1, Severity.S3, Severity.S3, Severity.S4)),
    )


def _fill(database: Database, count: int) -> list[UUID]:
    draw = random.Random(SEED)
    ids: list[UUID] = []
    for first in track(range(0, count, CHUNK), "storing alerts"):
        last = min(first + CHUNK, count)
        ids += store_alerts(database, (_staged(n, draw) for n in range(first, last)))
    _review(database, ids[::WAITING_EVERY])
    _decide(database, ids)
    return ids


def _review(database: Database, waiting: list[UUID]) -> None:
    """A review of each alert: decided, but for those that wait."""
    now = SystemClock().utc_now()
    told = select(
        AlertRow.id.label("alert_id"),
        AlertRow.camera,
        AlertRow.code,
        AlertRow.place_key,
        AlertRow.opened_at,
        literal(ReviewState.CONFIRMED.value).label("state"),
        AlertRow.severity,
        literal(0).label("skips"),
        false().label("is_downgraded"),
        AlertRow.opened_at.label("queued_at"),
        literal(now + timedelta(hours=1)).label("deadline"),
        literal(now).label("changed_at"),
    )
    with database.transaction() as session:
        _take_its_time(session)
        names = [column.name for column in told.selected_columns]
        session.execute(insert(ReviewRow).from_select(names, told))
        for first in range(0, len(waiting), CHUNK):
            session.execute(
                update(ReviewRow)
                .where(ReviewRow.alert_id.in_(waiting[first : first + CHUNK]))
                .values(state=ReviewState.QUEUED.value)
            )


def _take_its_time(session: Session) -> None:
    """A million rows at once take longer than the service lets a query run."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))


def _decide(database: Database, ids: list[UUID]) -> None:
    """A verdict on each alert; whoever gave the oldest fifth has left since."""
    since = T0 + timedelta(seconds=len(ids) // 5)
    told = select(
        AlertRow.id.label("id"),
        AlertRow.id.label("alert_id"),
        AlertRow.opened_at,
        AlertRow.code,
        case((AlertRow.opened_at < since, LEFT), else_=STAYS).label("person"),
        literal("").label("full_name"),
        literal([], JSON).label("roles"),
        literal("").label("certificate"),
        literal(Act.CONFIRM_CLUE.value).label("act"),
        literal(ReviewState.QUEUED.value).label("state_before"),
        literal(ReviewState.CONFIRMED.value).label("state_after"),
        literal("").label("comment"),
        literal("").label("leniency"),
        literal("").label("education"),
        literal(since).label("at"),
    )
    identity = open_identity(database, SystemClock())
    for name in (LEFT, STAYS):
        add(identity, Named(name))
    with database.transaction() as session:
        _take_its_time(session)
        names = [column.name for column in told.selected_columns]
        session.execute(insert(VerdictRow).from_select(names, told))


def _deep_cursors(client: httpx.Client, pages: int) -> list[str]:
    cursors, cursor = [], ""
    for _ in range(pages):
        found = client.get(f"/api/v1/alerts?limit=200{cursor}").json()["next"]
        if found is None:
            break
        cursors.append(found)
        cursor = f"&cursor={found}"
    return cursors


def _cpu_s(pid: int) -> float:
    """CPU seconds a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _times(client: httpx.Client, path: Callable[[], str], asks: int) -> list[float]:
    clock, times = SystemClock(), []
    for _ in range(asks):
        asked = path()
        began = clock.monotonic_s()
        client.get(asked).raise_for_status()
        times.append((clock.monotonic_s() - began) * 1000)
    return sorted(times)


def _reviewer(database: Database) -> str:
    """The session cookie of somebody who reviews."""
    identity = open_identity(database, SystemClock())
    return identity.sessions.start(
        add(identity, Named(f"reviewer-{uuid4().hex[:8]}"))
    ).secret


@dataclass(frozen=True, slots=True)
class _Client:
    """Where the server is and who asks."""

    port: int
    pid: int
    cookie: str


def _measure(who: _Client, ids: list[UUID], asks: int) -> Table:
    draw = random.Random(SEED)
    columns = ("ask", "median ms", "p95 ms", "worst ms", "server's CPU ms")
    table = Table(*columns)
    cookies = {COOKIE: who.cookie}
    address = f"http://127.0.0.1:{who.port}"
    with httpx.Client(base_url=address, timeout=60, cookies=cookies) as client:
        cursors = _deep_cursors(client, 400)
        alerts = "/api/v1/alerts"
        ways: dict[str, Callable[[], str]] = {
            "review queue": lambda: "/api/v1/queue",
            "newest 50": lambda: f"{alerts}?limit=50",
            "newest 200": lambda: f"{alerts}?limit=200",
            "50, deep": lambda: f"{alerts}?limit=50&cursor={draw.choice(cursors)}",
            "50 open S1": lambda: f"{alerts}?limit=50&life=open&severity=S1",
            "50 of a camera": lambda: (
                f"{alerts}?limit=50&camera=camera_{draw.randrange(200)}"
            ),
            "50 of a zone": lambda: f"{alerts}?limit=50&zone=lane",
            "by an id's first signs": lambda: f"{alerts}?id={draw.choice(ids).hex[:8]}",
            "50 by who stays": lambda: f"{alerts}?limit=50&decided_by={STAYS}",
            "50 by who left": lambda: f"{alerts}?limit=50&decided_by={LEFT}",
            "50 pending": lambda: f"{alerts}?limit=50&evidence=pending",
            "50 complete (none)": lambda: f"{alerts}?limit=50&evidence=complete",
            "one whole": lambda: f"{alerts}/{draw.choice(ids)}",
            "metrics": lambda: "/metrics",
        }
        for name, path in ways.items():
            before_s = _cpu_s(who.pid)
            times = _times(client, path, asks)
            cpu_ms = (_cpu_s(who.pid) - before_s) / asks * 1000
            p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
            row = (statistics.median(times), p95, times[-1], cpu_ms)
            table.add_row(name, *(f"{value:.1f}" for value in row))
    return table


def _filled(database: Database, count: int) -> list[UUID]:
    """Some ids of a database with `count` alerts, filled unless it is already."""
    with database.reading() as session:
        known = session.scalars(select(AlertRow.id).limit(10_000)).all()
    return list(known) or _fill(database, count)


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count()).select_from(AlertRow)).one()


@contextmanager
def address_of(*, is_postgres: bool) -> Iterator[str]:
    """Where an empty database is, for as long as the block lasts."""
    if not is_postgres:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'nonsite.db'}"
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise SystemExit("PostgreSQL is not installed: `make apt` installs it")
    server = PostgresServer(str(found[-1].parent))
    server.start()
    try:
        yield server.new_url()
    finally:
        server.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    parser.add_argument("--database", metavar="URL", help="of a database that stays")
    asked = parser.parse_args()
    where = (
        nullcontext(asked.database)
        if asked.database
        else address_of(is_postgres=asked.postgres)
    )
    with where as address, socket.socket() as probe:
        database = open_database(address)
        migrate(database)
        ids = _filled(database, asked.alerts)
        count, cookie = _count(database), _reviewer(database)
        database.close()
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        with served(address, port) as process:
            client = _Client(port, process.pid, cookie)
            table = _measure(client, ids, asked.asks)
            table.title = (
                f"{count} alerts, load of the machine {os.getloadavg()[0]:.1f}"
            )
            Console().print(table)


if __name__ == "__main__":
    main()
