"""A stored alert becomes a case: from what the line raised to a green replay."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import av
import numpy as np
import pytest

from alerts.alert import AlertId
from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.database import Database
from alerts.errors import EvidenceBrokenError, NotFoundError, ReasonMissingError
from alerts.evidence_acts import EvidenceActs
from alerts.legal_hold import HoldBook
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import Role
from alerts.repository import AlertRepository
from alerts.sealer import Sealer
from base.clock import ManualClock, SystemClock
from cases.desk import open_desk
from cases.life import Act
from cases.verdict import Reason, Verdict
from identity.person import Person
from identity.right import Role as PersonRole
from nonsite.data_folder import DataFolder
from nonsite.lines import Networks
from nonsite.replay.capture import Capture, Captured, CaptureOrder
from nonsite.replay.case_shelf import CaseShelf
from nonsite.replay.load import read_case, read_suite
from nonsite.replay.player import PlayOptions, play_case
from nonsite.replay.stored_alert import AlertSource, CaptureError
from tests.nonsite.replay.filled_house import opened
from tests.nonsite.service_process import ROOT, run_command

pytestmark = pytest.mark.timeout(240)

ENGINEER = Actor("gao", "engineer")
JOB = uuid4()
WHY = CaptureOrder(ENGINEER, "the van that stands there every day")


class House:
    """A data folder of its own, and what works on it."""

    def __init__(self, root: Path, database: Database, networks: Networks) -> None:
        self.data = DataFolder(root)
        self.database = database
        self.store = ObstoreEvidenceStore(str(self.data.evidence))
        self.clock = SystemClock()
        self.source = AlertSource(database, self.store, self.clock)
        acts = EvidenceActs(database, self.clock)
        self.capture = Capture(self.data.cases, networks, acts, self.clock)
        listed = sqlite3.connect(self.data.database).execute("SELECT id FROM alerts")
        self.alert = AlertId(UUID(hex=listed.fetchone()[0]))

    def make(self, order: CaptureOrder = WHY) -> Captured:
        """A case of the one alert."""
        return self.capture.make(self.source.read(self.alert), order)

    @property
    def case(self) -> Path:
        """The file of the one case."""
        (path,) = self.data.cases.glob("*.yaml")
        return path

    def reject(self) -> None:
        """A named person says that it is none."""
        desk = open_desk(self.database, self.store, self.clock)
        person = Person("wang", "王", frozenset({PersonRole.REVIEWER}), "33040200123")
        verdict = Verdict(Act.REJECT, reason=Reason.PERMITTED)
        desk.reviews.give(self.alert, person, verdict)

    def shelf(self, later: timedelta = timedelta()) -> CaseShelf:
        """The shelf as it stands some time from now."""
        clock = ManualClock(datetime.now(UTC) + later)
        acts = EvidenceActs(self.database, clock)
        return CaseShelf(self.data.cases, self.source.keeping, acts, clock)

    def trail(self) -> list[tuple[str, str, object]]:
        """Actor, act and particulars of what was done to cases."""
        while Sealer(self.database, self.clock).seal():
            pass
        trail = AuditTrail(self.database)
        assert trail.first_break() is None
        entries = trail.after(0, 10_000)
        return [
            (entry.actor, entry.action, entry.detail)
            for entry in entries
            if entry.action.startswith("case.")
        ]


@contextmanager
def _house(filled: Path, folder: Path, networks: Networks) -> Iterator[House]:
    root = folder / "data"
    shutil.copytree(filled, root, ignore=shutil.ignore_patterns("valkey*"))
    database = opened(root)
    try:
        yield House(root, database, networks)
    finally:
        database.close()


@pytest.fixture(scope="module")
def captured(
    filled: Path, tmp_path_factory: pytest.TempPathFactory, networks: Networks
) -> Path:
    """The filled folder with a case made of its alert, put on record."""
    folder = tmp_path_factory.mktemp("captured")
    with _house(filled, folder, networks) as found:
        made = found.make(replace(WHY, job=JOB))
        assert (made.kind, made.fails) == ("clip", ())
    return folder / "data"


@pytest.fixture
def kept(captured: Path, tmp_path: Path, networks: Networks) -> Iterator[House]:
    """The folder with its case, copied."""
    with _house(captured, tmp_path, networks) as found:
        yield found


@pytest.fixture
def house(filled: Path, tmp_path: Path, networks: Networks) -> Iterator[House]:
    """The filled folder, copied."""
    with _house(filled, tmp_path, networks) as found:
        yield found


def test_a_captured_alert_is_a_green_case_that_shows_the_thing_alone(
    kept: House, tmp_path: Path
) -> None:
    """Clip, section and expectation; outside the van nothing can be read."""
    done = run_command("replay", str(kept.data.cases), "--cache", str(tmp_path / "c"))
    assert done.returncode == 0, done.stderr
    assert "1 of 1 cases passed" in done.stderr

    case = read_case(kept.case).case
    (want,) = case.expect
    assert (want.code, want.place) == ("SW-01", "home/kerb")
    assert case.provenance is not None
    assert case.provenance.alert == str(kept.alert)
    assert case.provenance.expires_on is None
    assert want.box is not None
    veiled = _detail_outside(kept.case.with_suffix(".mp4"), want.box)
    assert veiled < 0.2 * _detail_outside(ROOT / "samples/videos/campus.mp4", want.box)


def _detail_outside(clip: Path, box: tuple[float, float, float, float]) -> float:
    """Mean difference of neighbouring pixels, away from the box; grey levels."""
    with av.open(str(clip)) as opened:
        picture = next(opened.decode(video=0)).to_ndarray(format="gray")
    grey = picture.astype(np.float64)
    height, width = grey.shape
    margin = 0.03
    x1, y1, x2, y2 = box
    inside = np.zeros_like(grey, dtype=bool)
    rows = slice(max(0, int((y1 - margin) * height)), int((y2 + margin) * height))
    inside[rows, int((x1 - margin) * width) : int((x2 + margin) * width)] = True
    steps = np.abs(np.diff(grey, axis=1))
    return float(steps[~inside[:, 1:]].mean())


def test_who_made_it_and_why_is_on_record_before_it_lies_there(kept: House) -> None:
    """The chain holds; the digest is that of the file."""
    ((actor, action, detail),) = kept.trail()
    assert (actor, action) == ("gao", "case.captured")
    assert isinstance(detail, dict)
    assert (detail["role"], detail["reason"]) == ("engineer", WHY.reason)
    assert (detail["case"], detail["job"]) == (kept.case.stem, str(JOB))


def test_boxes_alone_show_nobody_and_are_kept_for_good(
    house: House, networks: Networks, tmp_path: Path
) -> None:
    """No picture lies there; it replays green; no day takes it away."""
    made = house.make(replace(WHY, boxes_only=True))

    assert sorted(p.name for p in house.data.cases.iterdir()) == [
        f"{made.path.stem}.looks.json.gz",
        made.path.name,
    ]
    loaded = read_case(made.path)
    result = play_case(loaded, networks, PlayOptions(tmp_path)).result
    assert result.passed
    assert [alert.code for alert in result.alerts] == ["SW-01"]

    house.reject()
    assert house.shelf(timedelta(days=4000)).tidy().expired == ()
    assert made.path.is_file()


def test_what_a_person_rejected_must_not_alert(house: House) -> None:
    """The case fails while the line still raises it, and names the verdict."""
    house.reject()

    made = house.make()

    case = read_case(made.path).case
    assert case.expect == ()
    assert case.absent[0].code == "SW-01"
    assert "rejected: permitted" in case.absent[0].what
    assert [told for told in made.fails if "false" in told]
    assert case.provenance is not None
    assert case.provenance.expires_on is not None


def test_a_clip_goes_when_the_evidence_of_its_alert_goes(kept: House) -> None:
    """Undecided it stays; rejected it has thirty days; the deletion is on record."""
    assert kept.shelf(timedelta(days=4000)).examine().is_well

    kept.reject()
    assert kept.shelf(timedelta(days=29)).tidy().expired == ()
    (gone,) = kept.shelf(timedelta(days=32)).tidy().expired
    assert gone.alert == kept.alert
    assert list(kept.data.cases.iterdir()) == []
    assert [action for _, action, _ in kept.trail()][-1] == "case.erased"


def test_a_hold_placed_later_keeps_the_case(kept: House) -> None:
    """No age takes what is held; lifted, its time runs again."""
    kept.reject()
    holds = HoldBook(kept.database, kept.clock)
    hold = holds.place(kept.alert, ENGINEER, "行政复议")

    held = kept.shelf(timedelta(days=400)).tidy()
    assert held.expired == ()
    assert [case.is_held for case in held.cases] == [True]
    assert kept.case.is_file()

    holds.lift(hold.number, ENGINEER, "案结")
    assert len(kept.shelf(timedelta(days=400)).tidy().expired) == 1


def test_a_held_alert_makes_a_held_case(house: House) -> None:
    """The file says so, too."""
    HoldBook(house.database, house.clock).place(house.alert, ENGINEER, "复议")

    made = house.make(replace(WHY, boxes_only=True))
    provenance = read_case(made.path).case.provenance

    assert provenance is not None
    assert provenance.is_held


def test_files_no_case_names_and_damaged_cases_are_told(kept: House) -> None:
    """What a killed capture left goes; a case nobody can read keeps all others."""
    stray = kept.data.cases / ".making-x" / "original.mp4"
    stray.parent.mkdir()
    stray.write_bytes(b"x")
    assert kept.shelf().examine().strays == ()
    assert kept.shelf(timedelta(hours=2)).examine().strays == (stray,)

    case = kept.case
    case.write_text("version: 1\ntitle: [", encoding="utf-8")
    found = kept.shelf(timedelta(hours=2)).examine()
    assert [path.name for path, _ in found.unreadable] == [case.name]
    assert found.strays == ()


def test_a_second_case_of_one_alert_is_refused_unless_asked_for(kept: House) -> None:
    """What somebody changed by hand is not written over."""
    with pytest.raises(CaptureError, match="--again"):
        kept.make()

    again = kept.make(replace(WHY, boxes_only=True, again=True))

    assert again.path == kept.case
    assert not again.path.with_suffix(".mp4").exists()
    assert [case.name for case in read_suite([kept.data.cases])] == [again.path.stem]


def test_no_reason_no_case(house: House) -> None:
    """Refused before anything is kept."""
    with pytest.raises(ReasonMissingError):
        house.make(replace(WHY, reason="  "))

    assert not house.data.cases.exists()
    assert house.trail() == []


def test_changed_bytes_are_no_case_and_lock_the_evidence(house: House) -> None:
    """A clip that is not what was sealed proves nothing."""
    pack = AlertRepository(house.database).pack_of(house.alert)
    (clip,) = [file for file in pack.files if file.role is Role.CLIP]
    (stored,) = house.data.evidence.rglob(f"*{clip.stored.key}*")
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")

    with pytest.raises(EvidenceBrokenError, match="locked"):
        house.make()


def test_an_alert_nobody_knows_or_without_its_clip_is_refused(house: House) -> None:
    """By the command, as people meet it."""
    with pytest.raises(NotFoundError):
        house.source.read(AlertId(uuid4()))

    pack = AlertRepository(house.database).pack_of(house.alert)
    (clip,) = [file for file in pack.files if file.role is Role.CLIP]
    house.store.delete(clip.stored.key)
    with pytest.raises(NotFoundError, match="gone"):
        house.make()


def test_a_clip_that_does_not_hold_the_alert_is_refused(house: House) -> None:
    """What the clip alone does not raise again is no test of anything."""
    stored = house.source.read(house.alert)
    late = replace(stored.facts, clip_start=stored.facts.opened_at)
    with pytest.raises(CaptureError, match="begins too late"):
        house.capture.make(replace(stored, facts=late), WHY)

    elsewhere = replace(stored.facts.violation, code="SW-02")
    other = replace(stored.facts, violation=elsewhere)
    with pytest.raises(CaptureError, match="does not raise it again"):
        house.capture.make(replace(stored, facts=other), WHY)
    assert list(house.data.cases.iterdir()) == []


def test_a_dwell_longer_than_the_clip_is_made_to_fit(house: House) -> None:
    """It stood there for an hour: the clip holds the last ten seconds of it."""
    stored = house.source.read(house.alert)
    violation = stored.facts.violation
    earlier = violation.first_seen - timedelta(hours=1)
    long = replace(stored.facts, violation=replace(violation, first_seen=earlier))

    made = house.capture.make(replace(stored, facts=long), WHY)

    case = read_case(made.path).case
    assert made.fails == ()
    assert "to fit the clip" in case.title
    assert case.camera is not None
    zone = case.camera.views["home"].zones["kerb"]
    assert zone.rules["SW-01"].dwell_s == case.expect[0].start_s


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["no-uuid", "--reason", "x"], "Invalid value for", id="no id"),
        pytest.param([str(uuid4())], "needs a --reason", id="no reason"),
        pytest.param([str(uuid4()), "--reason", "x"], "no alert", id="unknown"),
    ],
)
def test_the_command_refuses_with_the_reason(
    house: House, arguments: list[str], told: str
) -> None:
    """Exit 2, one line, no traceback."""
    done = run_command("replay", "capture", *arguments, "--data", str(house.data.root))

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
