"""Alerts put on the line of a running service as its workers put them.

Through spool and Valkey, with packs of pictures and a clip; only the look and the
judgement are made up.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from alerts.clip_cutter import CutClip, Recording
from alerts.evidence_keeper import EvidenceKeeper
from alerts.inbox import Inbox, InboxSettings
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack_maker import MakerParts
from alerts.pack_scene import Corners, scenes_of
from alerts.pack_shelf import Shelf
from alerts.redis_client import open_redis
from base.clock import SystemClock
from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import PERSON, Look, Track
from nonsite.data_folder import DataFolder
from nonsite.parts import VALKEY_URL_FILE
from rules.clause import ClauseTrace, Truth, Why
from rules.place import Place, SlotId
from rules.violation import Gap, Life, Phase, Severity, Violation, violation_id
from sites.load import read_site
from tests.desk.footage import clip_of, picture_of

SHARDS = 4
ABOVE_ALL = 1 << 52
"""A lease above the worker's own: what is staged is heard."""
BEFORE_S, AFTER_S = 4, 4
BOX = Box(0.40, 0.52, 0.52, 0.64)
LOOK_PX = (1280, 960)


@dataclass(frozen=True, slots=True)
class Staged:
    """What a test wants to be suspected.

    Attributes:
        code: Catalogue code.
        camera, zone: Where.
        dwell_s: From first seen to opening.
        ago_s: How long before now it opened.
        clauses: The trace, as rules tell it.
        has_pack: Whether there are pictures and a clip.
        is_trusted: Whether the camera's clock was checked: else a clue only.
    """

    code: str = "SW-01"
    camera: str = "street"
    zone: str = "kerb"
    slot: str = "x51y20"
    label: str = "car"
    severity: Severity = Severity.S3
    dwell_s: float = 90.0
    ago_s: float = 20.0
    box: Box = BOX
    clauses: tuple[ClauseTrace, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    has_pack: bool = True
    is_trusted: bool = True


def parked(dwell_s: float, since: datetime) -> tuple[ClauseTrace, ...]:
    """The trace of a car on the pavement for which nobody has a permit."""
    return (
        ClauseTrace("vehicle_in_zone", Truth.TRUE, since=since),
        ClauseTrace("footprint_in_zone", Truth.TRUE, 0.83, 0.5, since),
        ClauseTrace("still_for", Truth.TRUE, dwell_s, 60.0, since),
        ClauseTrace("not_permitted", Truth.UNKNOWN, why=Why.NO_PERMIT_FEED),
    )


PASSER_BY = Box(0.02, 0.5, 0.06, 0.8)
LEAVES_S = 15.0
"""Somebody walks by in the looks after the opening one, second 14 of the footage."""


@dataclass
class _CopiedClip:
    """A recording that is there already."""

    file: Path
    start: datetime
    end: datetime

    def cut(self, folder: Path) -> CutClip:
        path = folder / "clip.mp4"
        shutil.copyfile(self.file, path)
        return CutClip(path, self.start, self.end, "h264")

    def derive(
        self, clip: CutClip, folder: Path, masks: Sequence[Corners] = ()
    ) -> Path | None:
        del clip, folder, masks
        return None

    def release(self) -> None:
        """Nothing is held."""


@dataclass
class _Cutter:
    footage: Path

    def record(self, camera: CameraId, start: datetime, end: datetime) -> Recording:
        del camera
        length_s = round((end - start).total_seconds())
        return _CopiedClip(clip_of(self.footage, 4, length_s), start, end)


class Stager:
    """Puts alerts on the line of the service on `data`."""

    def __init__(self, data: Path, site: Path, footage: Path) -> None:
        folder = DataFolder(data)
        url = (data / VALKEY_URL_FILE).read_text(encoding="utf-8")
        content = read_site(site)
        clock = SystemClock()
        self._client = open_redis(url)
        self._inbox = Inbox(
            InboxSettings(data / "staged", SHARDS, cooldown_s=0), self._client, clock
        )
        for camera in content.cameras:
            self._inbox.set_lease(CameraId(camera), ABOVE_ALL)
        self._keeper = EvidenceKeeper(
            MakerParts(
                shelf=Shelf(data / "staged_stills", 1 << 30, reserve_bytes=0),
                store=ObstoreEvidenceStore(str(folder.evidence), reserve_bytes=0),
                sink=self._inbox,
                scene_of=scenes_of(content),
                clock=clock,
                made_by="nonsite tests",
            ),
            _Cutter(footage),
            content.evidence,
            is_inline=True,
        )
        self._clock, self._footage = clock, footage
        self._inbox.start()
        self._slots = 0
        self._said: dict[UUID, Violation] = {}

    def close(self) -> None:
        """Hand over what is left and end."""
        self._keeper.close()
        self._inbox.close()
        self._client.close()

    def put(self, wanted: Staged) -> UUID:
        """Stage one; each has a slot of its own. Its alert's id."""
        self._slots += 1
        wanted = replace(wanted, slot=f"x{self._slots}y{self._slots % 7}")
        opened_at = self._clock.utc_now() - timedelta(seconds=wanted.ago_s)
        said = _violation(wanted, opened_at)
        if wanted.has_pack:
            self._with_pack(wanted, said)
        else:
            self._inbox.raise_alert(said)
        self._said[said.id] = said
        return said.id

    def change(self, alert: UUID) -> None:
        """Say the same of one again, as rules do while it lasts."""
        said = self._said[alert]
        now = self._clock.utc_now()
        said = replace(said, revision=said.revision + 1, last_seen=now, at=now)
        self._said[alert] = said
        self._inbox.raise_alert(said)

    def clear(self, wanted: Staged) -> UUID:
        """Stage one that has ended since."""
        self._slots += 1
        wanted = replace(wanted, slot=f"x{self._slots}y{self._slots % 7}")
        opened_at = self._clock.utc_now() - timedelta(seconds=wanted.ago_s)
        said = _violation(wanted, opened_at)
        self._with_pack(wanted, said)
        now = self._clock.utc_now()
        self._inbox.raise_alert(
            replace(said, life=Life.CLEARED, revision=3, cleared_at=now, at=now)
        )
        return said.id

    def _with_pack(self, wanted: Staged, said: Violation) -> None:
        since, opened_at = said.first_seen, said.opened_at
        assert opened_at is not None
        candidate = replace(
            said, life=Life.CANDIDATE, opened_at=None, due_at=None, revision=1
        )
        middle = since + (opened_at - since) / 2
        self._look(wanted, since, [replace(candidate, at=since)], 2.0)
        self._look(wanted, since + timedelta(seconds=2), [], 3.0)
        self._look(wanted, middle, [], 9.0)
        self._inbox.raise_alert(said)
        self._look(wanted, opened_at, [said], 14.0)
        for later in (2, AFTER_S + 1, AFTER_S + 3):
            self._look(wanted, opened_at + timedelta(seconds=later), [], 14.0 + later)

    def _look(
        self, wanted: Staged, at: datetime, said: list[Violation], picture_s: float
    ) -> None:
        tracks = [Track(wanted.box, wanted.label, 0.8, 100.0)]
        if said == [] and picture_s > LEAVES_S:
            tracks.append(Track(PASSER_BY, PERSON, 0.7, 60.0))
        look = Look(
            CameraId(wanted.camera),
            ViewName("home"),
            at,
            LOOK_PX,
            tuple(tracks),
            utc_offset_ms=12.0 if wanted.is_trusted else None,
        )
        self._keeper.keep(look, lambda: picture_of(self._footage, picture_s), said)


def _violation(wanted: Staged, opened_at: datetime) -> Violation:
    since = opened_at - timedelta(seconds=wanted.dwell_s)
    place = Place(
        CameraId(wanted.camera),
        ViewName("home"),
        ZoneName(wanted.zone),
        SlotId(wanted.slot),
    )
    gaps = tuple(
        Gap(since + timedelta(seconds=a), since + timedelta(seconds=b))
        for a, b in wanted.gaps
    )
    last_seen = opened_at + timedelta(seconds=wanted.ago_s)
    unseen_s = sum(gap.seconds for gap in gaps)
    return Violation(
        id=violation_id(place, wanted.code, since),
        revision=2,
        code=wanted.code,
        place=place,
        life=Life.OPEN,
        phase=Phase.DUE,
        severity=wanted.severity,
        at=opened_at,
        first_seen=since,
        last_seen=last_seen,
        opened_at=opened_at,
        due_at=opened_at,
        cleared_at=None,
        observed_s=(last_seen - since).total_seconds() - unseen_s,
        gaps=gaps,
        continuity_known=True,
        box=wanted.box,
        label=wanted.label,
        score=0.8,
        clauses=wanted.clauses or parked(wanted.dwell_s, since),
        config="c" * 64,
        model="nano@0123456789ab",
    )


@contextmanager
def stager(data: Path, site: Path, footage: Path) -> Iterator[Stager]:
    """A stager, ended whatever happens."""
    made = Stager(data, site, footage)
    try:
        yield made
    finally:
        made.close()
