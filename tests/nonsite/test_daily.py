"""What the service does by itself: retention, roots, room; scenario 22."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from alerts.alert import Alert, AlertId
from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.daily_runs import DailyRuns
from alerts.database import Database, open_database
from alerts.day_root import DayRoots
from alerts.deidentify import ANYWHERE
from alerts.errors import NotFoundError, StoreUnavailableError
from alerts.evidence_store import ObjectKey
from alerts.evidence_writer import write_pack
from alerts.legal_hold import HoldBook
from alerts.migrate import migrate
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import PackId
from alerts.plate_book import PlateBook
from alerts.plate_keys import PlateKeyRing
from alerts.repository import AlertRepository
from alerts.revisions import SqlRevisionStore
from alerts.sealer import Sealer
from alerts.service_key import open_service_key
from base.clock import ManualClock
from base.ids import CameraId
from cases.desk import open_desk
from cases.intake import ReviewIntake, adopt
from cases.review import UNDO_S
from cases.task import TaskAct
from cases.task_book import Step
from cases.verdict import Verdict
from identity.right import Role
from nonsite.daily import DailyParts, DailyWork
from rules.violation import Life, Phase, Violation
from sites.load import read_site
from sites.retention_section import RetentionSection
from sites.revision import revision_of
from tests.alerts.evidence_rig import T0, Rig, violation
from tests.alerts.test_alert_writer import Store
from tests.cases.conftest import CLUE, PERMITTED, WANG, person

NA = person("na", Role.OFFICER)
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "site.yaml"
SLOTS = ("dismissed", "held", "confirmed", "undecided")


@dataclass
class House:
    """Four alerts with evidence: dismissed, dismissed under a hold, confirmed, open."""

    folder: Path
    database: Database
    clock: ManualClock
    ids: dict[str, AlertId]
    store: ObstoreEvidenceStore

    def daily(
        self, low_bytes: int = 0, policy: RetentionSection | None = None
    ) -> DailyWork:
        key = open_service_key(self.folder / "key.pem")
        days = DayRoots(self.database, key, self.clock)
        place = self.folder / "evidence"
        return DailyWork(
            DailyParts(
                database=self.database,
                store=self.store,
                days=days,
                clock=self.clock,
                folder=place,
                low_bytes=low_bytes,
                policy=lambda: policy or RetentionSection(),
                references=self.folder / "references",
                plate_keys=self.plate_keys,
            )
        )

    @property
    def plate_keys(self) -> PlateKeyRing:
        return PlateKeyRing(self.folder / "plate_keys.json", self.clock)

    def alert(self, name: str) -> Alert:
        return AlertRepository(self.database).get_alert(self.ids[name])

    def has_pictures(self, name: str) -> bool:
        pack = AlertRepository(self.database).pack_of(self.ids[name])
        there = set(self.store.objects(T0 + timedelta(days=10_000)))
        return all(file.stored.key in there for file in pack.files)

    def actions(self) -> list[str]:
        while Sealer(self.database, self.clock).seal():
            pass
        trail = AuditTrail(self.database)
        assert trail.first_break() is None
        return [entry.action for entry in trail.after(0, 1000)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A day's alerts, reviewed."""
    database = open_database(f"sqlite:///{tmp_path}/nonsite.db")
    migrate(database)
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    clock = ManualClock(T0)
    rig = Rig(tmp_path / "shelf", store)
    ids = {}
    for n, slot in enumerate(SLOTS):
        said = violation(Life.OPEN, 60 + n, slot)
        rig.look(2 + n, violation(Life.CANDIDATE, 2 + n, slot))
        rig.look(60 + n, said)
        ids[slot] = AlertId(said.id)
    rig.look(90)
    for slot in SLOTS:
        Store(database).write(_due(slot))
    with database.transaction() as session:
        for pack in rig.sink.packs:
            write_pack(session, pack, T0)
    desk = open_desk(database, store, clock)
    adopt(database, ReviewIntake(), clock)
    verdicts: dict[str, Verdict] = {
        "dismissed": PERMITTED,
        "held": PERMITTED,
        "confirmed": CLUE,
    }
    for slot, verdict in verdicts.items():
        desk.reviews.claim(ids[slot], WANG)
        desk.reviews.give(ids[slot], WANG, verdict)
    HoldBook(database, clock).place(ids["held"], Actor("zhou", "legal"), "复议")
    yield House(tmp_path, database, clock, ids, store)
    database.close()


def _due(slot: str) -> Violation:
    said = violation(Life.OPEN, 60 + SLOTS.index(slot), slot)
    return replace(said, phase=Phase.DUE)


def test_dismissed_pictures_go_at_thirty_days_and_nothing_else(house: House) -> None:
    """Scenario 22: gone at 30 d, rows and audit stay, what is held stays."""
    house.clock.advance(29 * 86400)
    house.daily().turn()
    assert house.has_pictures("dismissed")
    house.clock.advance(86400 + 60)

    house.daily().turn()

    assert not house.has_pictures("dismissed")
    for kept in ("held", "confirmed", "undecided"):
        assert house.has_pictures(kept), kept
    assert house.alert("dismissed").code == "SW-01"
    assert house.actions().count("evidence.erased") == 1


def test_day_that_was_done_is_not_done_again(house: House) -> None:
    """Once a day; what falls due later waits for the next one."""
    daily = house.daily()
    house.clock.advance(30 * 86400 - 60)
    daily.turn()
    house.clock.advance(120)
    daily.turn()
    assert house.has_pictures("dismissed")
    house.clock.advance(86400)
    daily.turn()

    assert not house.has_pictures("dismissed")


def test_metadata_of_the_dismissed_lose_the_box_after_a_year(house: House) -> None:
    """Where in the picture is gone, and whose plate; which rule, where, when stays."""
    before = house.alert("dismissed")
    ring = PlateKeyRing(house.folder / "plate_keys.json", house.clock)
    plates = PlateBook(house.database, ring, house.clock)
    for name in ("dismissed", "held"):
        plates.note(house.ids[name], "浙F·12348", Actor("wang", "reviewer"))
    house.clock.advance(366 * 86400)

    house.daily().turn()

    after = house.alert("dismissed")
    assert after.violation.box == ANYWHERE
    assert all(clause.looks == () for clause in after.violation.clauses)
    assert (after.code, after.opened_at, after.place_key) == (
        before.code,
        before.opened_at,
        before.place_key,
    )
    for kept in ("held", "confirmed", "undecided"):
        assert house.alert(kept).violation.box != ANYWHERE, kept
    assert plates.of(house.ids["dismissed"]) == ()
    assert len(plates.of(house.ids["held"])) == 1
    assert house.actions().count("alert.deidentified") == 1
    house.clock.advance(86400)
    house.daily().turn()
    assert house.actions().count("alert.deidentified") == 1


def test_a_clock_far_ahead_deletes_nothing_for_its_age(house: House) -> None:
    """Evidence, metadata and plate keys stay until somebody says the clock is right."""
    daily = house.daily()
    (key,) = house.plate_keys.ages()
    daily.turn()
    house.clock.step_wall(400 * 86400)
    house.plate_keys.keys()

    daily.turn()
    house.daily().turn()  # a restart forgets nothing

    assert house.has_pictures("dismissed")
    assert house.alert("dismissed").violation.box != ANYWHERE
    assert house.plate_keys.ages() == (key,)
    DailyRuns(house.database, house.clock).resume()
    daily.turn()
    assert not house.has_pictures("dismissed")
    assert house.plate_keys.ages() != (key,)


def test_confirmed_evidence_goes_by_itself_when_its_term_is_over(house: House) -> None:
    """Not while a clock far ahead only says so."""
    daily = house.daily()
    daily.turn()
    house.clock.step_wall(1900 * 86400)
    daily.turn()
    assert house.has_pictures("confirmed")
    DailyRuns(house.database, house.clock).resume()

    daily.turn()

    assert not house.has_pictures("confirmed")
    for kept in ("held", "undecided"):
        assert house.has_pictures(kept), kept
    assert house.alert("confirmed").code == "SW-01"


def test_a_clock_set_right_again_goes_on_by_itself(house: House) -> None:
    """What it missed meanwhile is done; each day is on record once."""
    daily = house.daily()
    daily.turn()
    house.clock.step_wall(400 * 86400)
    daily.turn()
    house.clock.step_wall(-400 * 86400)
    for _ in range(31):
        house.clock.advance(86400)
        daily.turn()
        daily.turn()

    assert not house.has_pictures("dismissed")
    assert house.actions().count("daily.ran") == 32


def test_full_disk_under_a_doubted_clock_spares_what_is_confirmed(house: House) -> None:
    """Its term is not over only because the clock says so."""
    house.daily().turn()
    house.clock.step_wall(5000 * 86400)

    house.daily(low_bytes=10**15).turn()

    assert not house.has_pictures("dismissed")
    assert house.has_pictures("confirmed")


def test_full_disk_takes_the_dismissed_before_their_time(house: House) -> None:
    """Room is made from what was dismissed, never from what is held or undecided."""
    house.daily(low_bytes=2**62).turn()

    assert not house.has_pictures("dismissed")
    for kept in ("held", "confirmed", "undecided"):
        assert house.has_pictures(kept), kept


def test_full_disk_leaves_pictures_of_officers_and_of_random_looks(
    house: House,
) -> None:
    """They lie in the same store and no pack names them: orphans they are not."""
    desk = open_desk(house.database, house.store, house.clock)
    house.clock.advance(UNDO_S)
    (task,) = desk.tasks.mine(NA, None)
    desk.tasks.move(task.id, NA, Step(TaskAct.ACKNOWLEDGE, "key-ack1"))
    taken = desk.tasks.add_photo(task.id, NA, (b"on site", "image/jpeg"), "key-pho1")
    assert desk.misses.keep(CameraId("quiet"), b"a look without alert", ("SW-01",))
    (look,), _ = desk.misses.waiting(None)
    orphan = house.store.put([b"left of a crash"])
    kept = [ObjectKey(taken.photos[0].sha256), look.picture]
    old_s = (T0 - timedelta(days=1)).timestamp()
    for key in (*kept, orphan.key):
        path = house.folder / "evidence" / "objects" / key[:2] / key
        os.utime(path, (old_s, old_s))

    house.daily(low_bytes=2**62).turn()

    assert all(house.store.size(key) > 0 for key in kept)
    with pytest.raises(NotFoundError):
        house.store.size(orphan.key)


def test_a_disk_that_stays_low_does_not_list_the_store_each_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orphans are looked for once an hour; a known pack's manifest once a day."""
    listed: list[datetime] = []
    read_of: list[UUID] = []
    objects, manifest = house.store.objects, house.store.manifest

    def counted(before: datetime) -> Iterator[ObjectKey]:
        listed.append(before)
        return objects(before)

    def read(pack: UUID) -> bytes:
        read_of.append(pack)
        return manifest(pack)

    monkeypatch.setattr(house.store, "objects", counted)
    monkeypatch.setattr(house.store, "manifest", read)
    daily = house.daily(low_bytes=2**62)
    for _ in range(59):
        daily.turn()
        house.clock.advance(60)
    assert len(listed) == 1
    house.clock.advance(60)
    daily.turn()
    assert len(listed) == 2
    assert len(read_of) == len(set(read_of))


def test_a_replaced_reference_goes_when_no_evidence_can_rest_on_it(
    house: House,
) -> None:
    """What was in force within the term stays, also where its site was replaced."""
    folder = house.folder / "references"
    folder.mkdir()
    pictures = [folder / f"dock_home_{n}.jpg" for n in range(4)]
    store = SqlRevisionStore(house.database, house.clock)
    for n, picture in enumerate(pictures):
        picture.write_bytes(b"a picture")
        old_s = house.clock.utc_now().timestamp()
        os.utime(picture, (old_s, old_s))
        site = read_site(SAMPLE)
        name, camera = next(iter(site.cameras.items()))
        view, drawn = next(iter(camera.views.items()))
        drawn = drawn.model_copy(update={"reference": picture})
        camera = camera.model_copy(update={"views": {**camera.views, view: drawn}})
        cameras = {**site.cameras, name: camera}
        changed = site.model_copy(update={"cameras": cameras})
        now = house.clock.utc_now()
        store.apply(revision_of(changed, now, "test", str(n)))
        house.clock.advance(400 * 86400)
    stray = folder / "notes.txt"
    stray.write_text("of somebody else")
    # taken 1600, 1200, 800 and 400 days ago; replaced 1200, 800 and 400 days ago
    policy = RetentionSection(confirmed_days=1000)

    house.daily(policy=policy).turn()

    assert [picture.exists() for picture in pictures] == [False, True, True, True]
    assert stray.exists()
    assert house.actions().count("reference.erased") == 1


def test_full_disk_is_told_with_what_went_and_what_is_short(
    house: House,
) -> None:
    """As an error, with the kinds in their order and the way out."""
    with capture_logs() as told:
        house.daily(low_bytes=2**62).turn()

    low = next(entry for entry in told if entry["event"] == "disk.low")
    assert low["log_level"] == "error"
    assert list(low["went"]) == ["orphaned", "left", "rejected", "archived"]
    assert low["went"]["rejected"] == 1
    assert low["held"] == 1
    assert low["short"] > 0
    assert "recording stops" in low["fix"]


def test_the_sites_own_policy_is_followed(house: House) -> None:
    """Seven days instead of thirty; a kind taken off the list stays under pressure."""
    policy = RetentionSection(dismissed_days=7, pressure_order=())
    daily = house.daily(low_bytes=2**62, policy=policy)
    daily.turn()
    assert house.has_pictures("dismissed")
    house.clock.advance(60)

    for _ in range(7):
        house.clock.advance(86400)
        daily.turn()

    assert not house.has_pictures("dismissed")
    assert house.has_pictures("held")


def test_roots_of_past_days_are_made(house: House) -> None:
    """The day after, the audit log of the day has its root."""
    house.actions()
    house.clock.advance(2 * 86400)

    house.daily().turn()

    key = open_service_key(house.folder / "key.pem")
    assert DayRoots(house.database, key, house.clock).days() == ("2026-11-23",)


def test_one_failure_does_not_keep_the_rest_from_being_done(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is away costs retention alone, and it is tried again."""
    daily = house.daily()
    house.actions()
    house.clock.advance(31 * 86400)
    delete: Callable[[object], None] = house.store.delete  # type: ignore[assignment]

    def away(_key: object) -> None:
        raise StoreUnavailableError("away")

    monkeypatch.setattr(house.store, "delete", away)
    daily.turn()
    key = open_service_key(house.folder / "key.pem")
    assert DayRoots(house.database, key, house.clock).days() == ("2026-11-23",)
    monkeypatch.setattr(house.store, "delete", delete)
    daily.turn()

    assert AlertRepository(house.database).pack_of(house.ids["dismissed"]).id == PackId(
        house.ids["dismissed"]
    )


def test_changed_evidence_is_found_by_the_day(house: House) -> None:
    """Nobody takes it out: it is locked, and told with what to do."""
    pack = AlertRepository(house.database).pack_of(house.ids["undecided"])
    key = next(f for f in pack.files if f.name == "seen.json").stored.key
    path = house.folder / "evidence" / "objects" / key[:2] / key
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    with capture_logs() as logs:
        house.daily().turn()

    (told,) = [line for line in logs if line["event"] == "evidence.broken"]
    assert (told["pack"], told["what"]) == (
        str(pack.id),
        "seen.json: its bytes were changed",
    )
    assert "integrity_broken" in house.alert("undecided").standing.reasons
