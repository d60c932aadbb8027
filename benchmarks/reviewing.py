"""Fifty reviewers on ten thousand alerts, over a real server on loopback.

`python -m benchmarks.reviewing [--reviewers N] [--alerts N] [--rate N] [--minutes N]
[--postgres]`: each reviewer has a session of their own, asks for the queue, claims
something of its first lines (another where somebody was faster), thinks with the item
open, and gives a verdict. `--rate` is how many verdicts a second all of them give
together: 50 people at 20 s an item give 2.5, the default; more is a harder case.
Printed are the times of each step and what must be none: two leases of two people on
one item at one time, two verdicts that stand on one alert. The sealer runs, as in the
service.
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from alerts.database import Database, open_database
from alerts.migrate import migrate
from api.session_cookie import COOKIE
from base.clock import SystemClock
from benchmarks.alert_list import address_of
from cases.intake import ReviewIntake, adopt
from cases.tables import VerdictRow
from identity.identity import open_identity
from rules.violation import Phase
from tests.api.named import Named, add
from tests.api.serving import served
from tests.api.stored import Staged, store_alerts

SEED = 20261126
LINES = 50
"""Lines of the queue a reviewer sees at once."""

RENEW_S = 30.0
"""How often the desk renews the lease of an open item."""

VERDICTS: tuple[dict[str, Any], ...] = (
    {"kind": "confirm_clue"},
    {"kind": "confirm_clue"},
    {"kind": "reject", "reason": "permitted"},
    {"kind": "reject", "reason": "not_a_violation", "comment": "送货，人在车旁"},
)


@dataclass(slots=True)
class Tally:
    """What all reviewers met."""

    times_ms: dict[str, list[float]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    held: dict[str, str] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)

    def took(self, step: str, ms: float) -> None:
        """Note how long a step took."""
        self.times_ms.setdefault(step, []).append(ms)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One person at a desk."""

    name: str
    client: httpx.AsyncClient
    draw: random.Random
    tally: Tally

    async def work(self, until_s: float, think_s: float) -> None:
        """Review until the time is over or nothing waits."""
        clock = SystemClock()
        await asyncio.sleep(self.draw.random() * think_s)
        while clock.monotonic_s() < until_s:
            alert = await self._claim()
            if alert is None:
                return
            await self._think(alert, self.draw.expovariate(1 / think_s))
            body = self.draw.choice(VERDICTS)
            path = f"/alerts/{alert}/verdict"
            answer = await self._timed("verdict", "POST", path, body)
            self.tally.counts[f"verdict {answer.status_code}"] += 1
            self.tally.held.pop(alert, None)

    async def _think(self, alert: str, seconds: float) -> None:
        """Keep the item open: a desk renews the lease of 90 s meanwhile."""
        while seconds > RENEW_S:
            await asyncio.sleep(RENEW_S)
            seconds -= RENEW_S
            answer = await self._timed("renew", "POST", f"/alerts/{alert}/claim")
            self.tally.counts[f"renew {answer.status_code}"] += 1
        await asyncio.sleep(seconds)

    async def _claim(self) -> str | None:
        while True:
            answer = await self._timed("queue", "GET", f"/queue?limit={LINES}")
            items = [one["alert"]["id"] for one in answer.json()["items"]]
            free = [
                one["alert"]["id"]
                for one in answer.json()["items"]
                if one["review"]["claim"] is None
            ]
            if not items:
                return None
            if not free:
                await asyncio.sleep(0.2)
                continue
            alert: str = self.draw.choice(free)
            answer = await self._timed("claim", "POST", f"/alerts/{alert}/claim")
            self.tally.counts[f"claim {answer.status_code}"] += 1
            if answer.status_code == 200:
                if alert in self.tally.held:
                    self.tally.doubled.append(alert)
                self.tally.held[alert] = self.name
                return alert

    async def _timed(
        self, step: str, method: str, path: str, body: object = None
    ) -> httpx.Response:
        clock = SystemClock()
        began_s = clock.monotonic_s()
        answer = await self.client.request(method, f"/api/v1{path}", json=body)
        self.tally.took(step, (clock.monotonic_s() - began_s) * 1000)
        if answer.status_code not in {200, 409}:
            answer.raise_for_status()
        return answer


def _fill(database: Database, count: int) -> None:
    staged = (
        Staged(n, camera=f"camera_{n % 100}", phase=Phase.DUE) for n in range(count)
    )
    store_alerts(database, staged)
    clock = SystemClock()
    adopt(database, ReviewIntake(), clock)


def _sessions(database: Database, count: int) -> dict[str, tuple[str, str]]:
    """A session of each reviewer: secret and CSRF token."""
    identity = open_identity(database, SystemClock())
    found = {}
    for number in range(count):
        name = f"reviewer{number}"
        started = identity.sessions.start(add(identity, Named(name)))
        found[name] = (started.secret, started.session.csrf)
    return found


async def _review(
    port: int, sessions: dict[str, tuple[str, str]], asked: argparse.Namespace
) -> Tally:
    tally, draw = Tally(), random.Random(SEED)
    until_s = SystemClock().monotonic_s() + asked.minutes * 60
    think_s = len(sessions) / asked.rate
    clients = []
    working = []
    for name, (secret, csrf) in sessions.items():
        client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            cookies={COOKIE: secret},
            headers={"X-CSRF-Token": csrf},
            timeout=60,
        )
        clients.append(client)
        reviewer = Reviewer(name, client, random.Random(draw.random()), tally)
        working.append(reviewer.work(until_s, think_s))
    try:
        await asyncio.gather(*working)
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))
    return tally


def _doubles(database: Database) -> int:
    """Alerts on which more than one verdict stands: none may."""
    standing = (
        select(VerdictRow.alert_id)
        .where(VerdictRow.undone_at.is_(None))
        .group_by(VerdictRow.alert_id)
        .having(func.count(VerdictRow.id) > 1)
    )
    with database.reading() as session:
        return len(session.scalars(standing).all())


def _told(tally: Tally, asked: argparse.Namespace, doubles: int) -> Table:
    kind = "PostgreSQL" if asked.postgres else "SQLite"
    title = (
        f"{asked.reviewers} reviewers, {asked.alerts} alerts, {kind}, "
        f"load of the machine {os.getloadavg()[0]:.1f}"
    )
    table = Table("step", "times", "median ms", "p95 ms", "worst ms", title=title)
    for step, times in tally.times_ms.items():
        ordered = sorted(times)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        figures = (statistics.median(ordered), p95, ordered[-1])
        row = (step, str(len(ordered)), *(f"{value:.1f}" for value in figures))
        table.add_row(*row)
    counts = ", ".join(f"{k}: {n}" for k, n in sorted(tally.counts.items()))
    table.caption = (
        f"{counts}; claimed twice: {len(tally.doubled)}; two verdicts: {doubles}"
    )
    return table


def main() -> int:
    """Measure and print; 1 when something was claimed or decided twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--alerts", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=2.5, help="verdicts a second")
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    asked = parser.parse_args()
    with address_of(is_postgres=asked.postgres) as address, socket.socket() as probe:
        database = open_database(address)
        migrate(database)
        _fill(database, asked.alerts)
        sessions = _sessions(database, asked.reviewers)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        with served(address, port, seals=True):
            tally = asyncio.run(_review(port, sessions, asked))
        doubles = _doubles(database)
        database.close()
    Console().print(_told(tally, asked, doubles))
    return 1 if tally.doubled or doubles else 0


if __name__ == "__main__":
    raise SystemExit(main())
