"""How late an unanswered alarm reaches the next channel while the first one is dead.

`python -m benchmarks.escalation [--alarms N] [--postgres]`: real sender, real servers
on loopback; the first channel hangs, then refuses. Late is the time from when a step is
due to when the next channel received it. `domain.md` asks for p95 <= 5 s.
"""

import argparse
import os
import statistics
import time

from rich.console import Console
from rich.progress import track
from rich.table import Table

from alerts.database import Database, open_database
from alerts.migrate import migrate
from base.clock import SystemClock
from base.log import configure_logging
from benchmarks.alert_list import address_of
from delivery.sender import Sender
from tests.delivery.conftest import Post, ladder
from tests.delivery.receiver import Receiver, closed_port, receiver

DUE_S = 2
PATIENCE_S = 120.0


def _received(hook: Receiver) -> dict[str, float]:
    """When each alarm was told first."""
    told: dict[str, float] = {}
    for one in hook.taken:
        told.setdefault(one.content["alert"], one.at)
    return told


def _late_s(
    database: Database, first: str, chief: Receiver, alarms: int
) -> list[float]:
    """Seconds from due to received, in order."""
    post = Post(database, SystemClock())
    post.section = ladder(first, chief.url, timeout_s=5, after_s=DUE_S)
    raised = {}
    sender = Sender(post.parts())
    sender.start()
    try:
        for number in track(range(alarms), "raising", transient=True):
            raised[str(post.raise_s1(number))] = time.time()
        until = time.monotonic() + PATIENCE_S
        while len(_received(chief)) < alarms and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        sender.stop()
    told = _received(chief)
    return sorted(
        told.get(alert, float("inf")) - at - DUE_S for alert, at in raised.items()
    )


def _row(name: str, late: list[float]) -> tuple[str, ...]:
    p95 = late[min(len(late) - 1, int(len(late) * 0.95))]
    figures = (statistics.median(late), p95, late[-1])
    return (name, str(len(late)), *(f"{value:.2f}" for value in figures))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alarms", type=int, default=100)
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    asked = parser.parse_args()
    configure_logging("error")
    kind = "PostgreSQL" if asked.postgres else "SQLite"
    table = Table("first channel", "alarms", "median s", "p95 s", "worst s", title=kind)
    for dead in ("hangs", "refuses"):
        with (
            address_of(is_postgres=asked.postgres) as address,
            receiver() as hanging,
            receiver() as chief,
        ):
            hanging.hangs = True
            refused = f"http://127.0.0.1:{closed_port()}/"
            database = open_database(address)
            migrate(database)
            first = hanging.url if dead == "hangs" else refused
            table.add_row(*_row(dead, _late_s(database, first, chief, asked.alarms)))
            hanging.ending.set()
            database.close()
    table.caption = f"load of the machine {os.getloadavg()[0]:.1f}"
    Console().print(table)


if __name__ == "__main__":
    main()
