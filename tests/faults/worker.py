"""A worker as a process of its own: raises violations, seals a pack for each.

Arguments: folder, Redis address, first number, how many, lease epoch, seconds by which
the wall clock of its host is off. Prints the number of each violation its spool has
taken; `done` once all is handed over, packs included.
"""

import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from alerts.evidence_keeper import EvidenceKeeper
from alerts.inbox import Inbox, InboxSettings
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack_maker import MakerParts
from alerts.pack_scene import Scene
from alerts.pack_shelf import Shelf
from alerts.redis_client import open_redis
from base.clock import Clock, SystemClock
from rules.violation import Life, Violation
from sites.evidence_section import EvidenceSection
from tests.alerts.evidence_rig import BOX, CAMERA, ZONE, FakeCutter, jpeg, look
from tests.alerts.evidence_rig import violation as made

SHARDS = 2
APART_S = 100.0


def told(number: int, life: Life, seconds: float) -> Violation:
    """The violation `number`; each has its own stretch of media time."""
    base = number * APART_S
    said = made(life, base + seconds, slot=f"x{number}")
    return replace(said, observed_s=seconds)


class ShiftedClock(SystemClock):
    """The clock of a host that was stepped."""

    def __init__(self, shift_s: float) -> None:
        self._shift = timedelta(seconds=shift_s)

    def utc_now(self) -> datetime:
        return super().utc_now() + self._shift


def parts_of(folder: Path, inbox: Inbox, clock: Clock) -> MakerParts:
    """What packs are made with, on real disk."""
    return MakerParts(
        shelf=Shelf(folder / "shelf", 1 << 30, reserve_bytes=0),
        store=ObstoreEvidenceStore(folder / "evidence", reserve_bytes=0),
        sink=inbox,
        scene_of=lambda _violation: Scene("故障演练", "人行道违停", ZONE),
        clock=clock,
        made_by="nonsite faults",
    )


def live_through(keeper: EvidenceKeeper, inbox: Inbox, number: int) -> None:
    """One violation from its first look to the end of its clip."""
    base = number * APART_S
    candidate = told(number, Life.CANDIDATE, 2.0)
    opened = told(number, Life.OPEN, 60.0)
    for seconds, said in ((2.0, [candidate]), (30.0, []), (60.0, [opened])):
        if opened in said:
            inbox.raise_alert(opened)
            print(number, flush=True)  # noqa: T201
        shade = jpeg(number * 3 + round(seconds))
        keeper.keep(look(base + seconds, BOX), lambda shade=shade: shade, said)  # type: ignore[misc]
    for seconds in (75.0, 82.0):
        shade = jpeg(number * 5 + round(seconds))
        keeper.keep(look(base + seconds, BOX), lambda shade=shade: shade, ())  # type: ignore[misc]


def main() -> None:
    """Run to the end, or to the SIGKILL."""
    folder, url, first, count, epoch, shift_s = sys.argv[1:]
    clock = ShiftedClock(float(shift_s))
    root = Path(folder)
    inbox = Inbox(InboxSettings(root / "spool", SHARDS), open_redis(url), clock)
    inbox.set_lease(CAMERA, int(epoch))
    inbox.start()
    keeper = EvidenceKeeper(
        parts_of(root, inbox, clock), FakeCutter(), EvidenceSection(), is_inline=True
    )
    keeper.adopt(CAMERA)
    for number in range(int(first), int(first) + int(count)):
        live_through(keeper, inbox, number)
        time.sleep(0.01)
    keeper.close()
    while inbox.lag().entries:
        time.sleep(0.02)
    inbox.close()
    print("done", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
