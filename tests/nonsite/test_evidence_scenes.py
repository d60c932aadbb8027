"""Scenes 15 and 16 of domain.md §9, whole: changed bytes, a clock 1.4 s off.

Real keeper, store, database, verifier, exporter and reviews: nothing stands for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from alerts.alert import Alert, AlertId
from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from alerts.errors import EvidenceBrokenError
from alerts.evidence_acts import EvidenceActs
from alerts.evidence_keeper import EvidenceKeeper
from alerts.evidence_mode import ClueReason, EvidenceMode
from alerts.evidence_writer import write_pack
from alerts.exporter import Exporter, ExportOrder
from alerts.migrate import migrate
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackId
from alerts.pack_bytes import ZipPack
from alerts.pack_scene import Scene
from alerts.pack_verifier import verify_pack
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from alerts.service_key import open_service_key
from base.clock import ManualClock
from cases.desk import Desk, open_desk
from cases.errors import GateError
from cases.intake import ReviewIntake, adopt
from rules.violation import Life, Phase
from sites.evidence_section import EvidenceSection
from tests.alerts.evidence_rig import (
    BOX,
    T0,
    ZONE,
    FakeCutter,
    FakeRecording,
    Rig,
    at,
    jpeg,
    look,
    violation,
)
from tests.alerts.test_alert_writer import Store
from tests.cases.conftest import CLUE, WANG, confirmed
from tests.sites.dossiers import dossier

ACTOR = Actor("周法制", "legal")


def _full_size(path: Path, start: datetime, moment: datetime) -> tuple[datetime, bytes]:
    del path, start
    return moment, jpeg(_shade(moment), (1920, 1080))


def _shade(moment: datetime) -> int:
    """Pictures of different moments are different bytes."""
    return round((moment - T0).total_seconds())


def _distinct(recording: FakeRecording) -> None:
    recording.body = recording.start.isoformat().encode() * 200


@dataclass
class House:
    """One alert by a camera with a whole dossier, its pack sealed, stored, queued."""

    folder: Path
    database: Database
    store: ObstoreEvidenceStore
    clock: ManualClock
    desk: Desk

    def alert_by_a_clock_off_by(self, offset_ms: float) -> Alert:
        rig = Rig(self.folder / "shelf", self.store, picture_at=_full_size)
        rig.clips = FakeCutter(_distinct)
        parts = replace(
            rig.parts(),
            scene_of=lambda _v: Scene("南湖路 3 号杆", "人行道违停", ZONE, dossier()),
        )
        keeper = EvidenceKeeper(parts, rig.clips, EvidenceSection(), is_inline=True)
        for step in range(1, 42):
            seconds = step * 2.0
            said = {2.0: Life.CANDIDATE, 60.0: Life.OPEN}.get(seconds)
            keeper.keep(
                replace(look(seconds, BOX), utc_offset_ms=offset_ms),
                partial(jpeg, step, (1280, 720)),
                () if said is None else (violation(said, seconds),),
            )
        opened = replace(violation(Life.OPEN, 60.0), phase=Phase.DUE)
        Store(self.database).write(opened)
        with self.database.transaction() as session:
            write_pack(session, rig.only_sealed(), T0)
        adopt(self.database, ReviewIntake(), self.clock)
        return self.shown()

    def shown(self) -> Alert:
        id_ = AlertId(violation(Life.OPEN, 60.0).id)
        return AlertRepository(self.database).get_alert(id_)

    def actions(self) -> list[str]:
        while Sealer(self.database, self.clock).seal():
            pass
        trail = AuditTrail(self.database)
        assert trail.first_break() is None
        return [entry.action for entry in trail.after(0, 1000)]

    def export(self) -> bytes:
        exporter = Exporter(
            self.store,
            open_service_key(self.folder / "key.pem"),
            EvidenceActs(self.database, self.clock),
            self.clock,
        )
        return exporter.export(
            ExportOrder(PackId(self.shown().id), ACTOR, "移送", "car", is_masked=False)
        )


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = open_database(f"sqlite:///{tmp_path}/nonsite.db")
    migrate(database)
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    clock = ManualClock(at(400))
    yield House(tmp_path, database, store, clock, open_desk(database, store, clock))
    database.close()


@pytest.mark.parametrize("offset_ms", [0.0, 400.0, -1000.0, 1000.0])
def test_a_clock_within_a_second_may_be_evidence(
    house: House, offset_ms: float
) -> None:
    """Everything else is in order: the clock alone decides in the next test."""
    alert = house.alert_by_a_clock_off_by(offset_ms)

    assert alert.standing.reasons == ()
    assert alert.standing.mode is EvidenceMode.OFFSITE_EVIDENCE


@pytest.mark.parametrize("offset_ms", [1400.0, -1400.0])
def test_scene_16_a_camera_clock_1_4_s_off_forces_a_clue(
    house: House, offset_ms: float
) -> None:
    """With the reason, and nobody can confirm it as evidence; as a clue they can."""
    alert = house.alert_by_a_clock_off_by(offset_ms)

    assert alert.standing.mode is EvidenceMode.CLUE
    assert alert.standing.reasons == (ClueReason.CLOCK_OFF,)
    with pytest.raises(GateError) as told:
        house.desk.reviews.give(alert.id, WANG, confirmed(reached=at(80)))
    assert told.value.gate == "clue_only"
    assert "1.0秒" in str(told.value)
    house.desk.reviews.give(alert.id, WANG, CLUE)


@pytest.mark.parametrize("name", ["first.jpg", "clip.mp4", "panorama.2.jpg"])
def test_scene_15_changed_bytes_fail_lock_and_are_not_let_out(
    house: House, name: str
) -> None:
    """Named by file; the alert is locked, export refused, no verdict possible.

    Before the change the very same steps succeed.
    """
    alert = house.alert_by_a_clock_off_by(0.0)
    assert verify_pack(ZipPack(house.export())).problem is None
    pack = AlertRepository(house.database).pack_of(alert.id)
    digest = next(f.stored.key for f in pack.files if f.name == name)
    path = house.folder / "evidence" / "objects" / digest[:2] / digest
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.chmod(0o640)
    path.write_bytes(bytes(raw))

    with pytest.raises(EvidenceBrokenError, match=name.replace(".", r"\.")):
        house.export()

    locked = house.shown().standing
    assert locked.reasons[0] is ClueReason.INTEGRITY_BROKEN
    assert locked.mode is EvidenceMode.CLUE
    for verdict in (confirmed(reached=at(80)), CLUE):
        with pytest.raises(GateError) as told:
            house.desk.reviews.give(alert.id, WANG, verdict)
        assert told.value.gate in {"locked", "clue_only"}
    assert house.actions().count("evidence.locked") == 1
    assert house.actions().count("evidence.exported") == 1


def test_scene_15_a_pack_changed_outside_the_house_does_not_verify(
    house: House,
) -> None:
    """Offline, without database: any one byte of any file."""
    house.alert_by_a_clock_off_by(0.0)
    body = house.export()
    at_byte = body.index(b"\xff\xd8\xff") + 300
    changed = body[:at_byte] + bytes([body[at_byte] ^ 1]) + body[at_byte + 1 :]

    assert verify_pack(ZipPack(body)).problem is None
    assert verify_pack(ZipPack(changed)).problem is not None
