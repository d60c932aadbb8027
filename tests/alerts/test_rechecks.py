"""Looks again: a still when grace is over and one when the thing is gone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid5

import pytest

from alerts.alert import AlertId
from alerts.database import Database
from alerts.errors import StoreUnavailableError
from alerts.evidence_writer import write_pack
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import Pack, PackState, Role, Shortfall
from alerts.pack_manifest import decode_manifest, encode_manifest
from alerts.pack_verifier import verify_chain
from alerts.rechecks import MOST_AT_ONCE, MOST_WAITING, recheck_of
from alerts.repository import AlertRepository
from rules.violation import Life, Phase, Violation
from tests.alerts.evidence_rig import BOX, CAMERA, T0, Rig, at, look, violation
from tests.alerts.test_alert_writer import Store

GRACE_S = 300.0
MISSING = Shortfall.RECHECK_MISSING.value
OPENED = violation(Life.OPEN, 60.0)


def later(seconds: float, life: Life, phase: Phase = Phase.DUE) -> Violation:
    """A later revision of the violation that opened at 60 s, grace 300 s."""
    return replace(
        OPENED,
        life=life,
        phase=phase,
        at=at(seconds),
        revision=9,
        due_at=at(60.0 + GRACE_S),
        cleared_at=at(seconds) if life is Life.CLEARED else None,
    )


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    store = ObstoreEvidenceStore(tmp_path / "evidence", reserve_bytes=0)
    return Rig(tmp_path / "shelf", store)


def rechecks(rig: Rig) -> list[Pack]:
    return [pack for pack in rig.sink.packs if pack.rechecks is not None]


def reasons(packs: list[Pack]) -> list[tuple[str, ...]]:
    return [pack.reasons for pack in packs]


def test_still_there_when_grace_is_over(rig: Rig) -> None:
    """A pack of its own about the violation, linked behind the first one."""
    rig.alert()
    own = rig.only_sealed()
    rig.look(362.0, later(362.0, Life.PERSISTING))

    (again,) = rechecks(rig)
    assert again.rechecks == OPENED.id
    assert again.violation == OPENED.id
    assert (again.state, again.reasons) == (PackState.COMPLETE, ())
    assert {f.name for f in again.files} == {
        "recheck.jpg",
        "recheck.annotated.jpg",
        "seen.json",
        "manifest.json",
    }
    still = next(f for f in again.files if f.name == "recheck.jpg")
    assert (still.role, still.captured_at, still.box) == (Role.RECHECK, at(362), BOX)
    assert rig.verifies(again)
    manifests = [rig.store.manifest(pack.id) for pack in (own, again)]
    chain = [(decode_manifest(raw), raw) for raw in manifests]
    assert [one.link.seq for one, _ in chain] == [1, 2]
    assert verify_chain(chain) is None
    assert rig.verifies(own)


def test_gone_when_it_is_cleared(rig: Rig) -> None:
    """The place without the thing: nothing is drawn as the thing."""
    rig.alert()
    rig.look(362.0, later(362.0, Life.PERSISTING))
    rig.look(400.0, later(400.0, Life.CLEARED), box=None)

    due, cleared = rechecks(rig)
    assert (due.id, cleared.id) == (
        uuid5(OPENED.id, "due"),
        uuid5(OPENED.id, "cleared"),
    )
    still = next(f for f in cleared.files if f.name == "recheck.jpg")
    assert (still.captured_at, still.box) == (at(400), None)


def test_at_most_two_whatever_its_life(rig: Rig) -> None:
    """Said again, reopened, after a restart: no third."""
    rig.alert()
    for seconds in (362.0, 364.0):
        rig.look(seconds, later(seconds, Life.PERSISTING))
    rig.look(400.0, later(400.0, Life.CLEARED), box=None)
    rig.restart()
    rig.look(500.0, later(500.0, Life.REOPENED))
    rig.look(600.0, later(600.0, Life.CLEARED), box=None)

    assert len(rechecks(rig)) == 2


def test_without_grace_there_is_nothing_to_wait_for() -> None:
    """The last still of the pack itself shows that it stood."""
    now = later(90.0, Life.PERSISTING)
    assert recheck_of(replace(now, due_at=now.opened_at)) is None
    assert recheck_of(later(90.0, Life.PERSISTING, Phase.GRACE)) is None
    assert recheck_of(replace(now, life=Life.CANDIDATE, opened_at=None)) is None
    assert recheck_of(now) is not None


def test_store_away_or_killed_it_is_sealed_later(rig: Rig) -> None:
    """From the shelf, by the next process, under the same id."""
    rig.alert()
    rig.sink.error = StoreUnavailableError("away")
    rig.look(362.0, later(362.0, Life.PERSISTING))
    assert rechecks(rig) == []
    assert "watch.json" in rig.kept()
    rig.sink.error = None

    rig.restart()
    rig.look(370.0)

    (again,) = rechecks(rig)
    assert again.id == uuid5(OPENED.id, "due")
    assert rig.verifies(again)
    assert rig.kept() == set()


def test_burst_is_taken_bit_by_bit_and_what_is_too_much_is_stated(rig: Rig) -> None:
    """A shaking camera clears everything at once: few pictures a look, none silent."""
    rig.alert()
    gone = []
    count = MOST_AT_ONCE + MOST_WAITING + 10
    for n in range(count):
        said = later(400.0, Life.CLEARED, Phase.GRACE)
        gone.append(replace(said, id=uuid5(said.id, str(n))))
    rig.look(400.0, *gone)
    first = rechecks(rig)
    for n in range(1, 20):
        rig.look(400.0 + 2 * n)

    assert reasons(first) == [()] * MOST_AT_ONCE + [(MISSING,)] * 10
    assert len(rechecks(rig)) == count
    assert reasons(rechecks(rig)).count(()) == MOST_AT_ONCE + MOST_WAITING
    assert all(rig.verifies(pack) for pack in rechecks(rig)[-2:])


def test_junk_or_passed_over_it_is_taken_from_the_next_look(rig: Rig) -> None:
    """The alert and its pack stand; the picture says when it was taken."""
    rig.alert()
    said = later(400.0, Life.CLEARED, Phase.GRACE)
    rig.keeper.keep(look(400.0), lambda: b"junk", (said,))
    assert rechecks(rig) == []
    assert rig.only_sealed().state is PackState.COMPLETE

    rig.look(404.0, box=None)

    (again,) = rechecks(rig)
    still = next(f for f in again.files if f.name == "recheck.jpg")
    assert (still.captured_at, again.reasons) == (at(404), ())


@pytest.mark.parametrize("last", [Life.OPEN, Life.PERSISTING])
def test_killed_between_the_end_of_grace_and_the_picture(rig: Rig, last: Life) -> None:
    """The next process has it of its rules' memory, and takes it at its first look."""
    rig.alert()
    due = later(362.0, last)  # the rules have saved it; nothing reached the shelf
    rig.restart()
    rig.keeper.adopt(CAMERA, (due,))
    rig.look(395.0)
    rig.look(397.0, replace(due, revision=10, at=at(397.0)))

    (again,) = rechecks(rig)
    still = next(f for f in again.files if f.name == "recheck.jpg")
    assert (again.id, still.captured_at) == (uuid5(OPENED.id, "due"), at(395))
    assert again.state is PackState.COMPLETE


def test_gone_before_anybody_looked_again_is_stated(rig: Rig) -> None:
    """No picture can show any more that it stood when its grace was over."""
    rig.alert()
    rig.restart()
    rig.keeper.adopt(CAMERA, (later(362.0, Life.PERSISTING),))
    rig.look(395.0, later(395.0, Life.CLEARED), box=None)

    due, cleared = rechecks(rig)
    assert (due.id, due.state) == (uuid5(OPENED.id, "due"), PackState.PARTIAL)
    assert due.reasons == (MISSING,)
    assert {file.name for file in due.files} == {"seen.json", "manifest.json"}
    assert cleared.reasons == ()
    manifests = [rig.store.manifest(pack.id) for pack in (due, cleared)]
    assert [decode_manifest(raw).link.seq for raw in manifests] == [2, 3]
    rig.restart()
    rig.keeper.adopt(CAMERA, (later(395.0, Life.CLEARED),))
    rig.look(800.0)
    assert len(rechecks(rig)) == 2


@pytest.mark.parametrize(("seconds", "expected"), [(450.0, ()), (470.0, (MISSING,))])
def test_dead_while_it_left(
    rig: Rig, seconds: float, expected: tuple[str, ...]
) -> None:
    """A minute later the place may be another's: then it is stated."""
    rig.alert()
    rig.restart()
    rig.keeper.adopt(CAMERA, (later(400.0, Life.CLEARED, Phase.GRACE),))
    rig.look(seconds, box=None)

    assert reasons(rechecks(rig)) == [expected]


def test_killed_as_it_opened_it_has_its_pack(rig: Rig) -> None:
    """Rules and spool knew of it, the shelf did not: partial, with the reason."""
    rig.keeper.adopt(CAMERA, (OPENED,))
    for seconds in (62.0, 70.0, 82.0):
        rig.look(seconds)

    own = rig.only_sealed()
    assert own.id == OPENED.id
    assert Shortfall.RESTARTED.value in own.reasons
    rig.restart()
    rig.keeper.adopt(CAMERA, (OPENED,))
    rig.look(90.0)
    assert rig.only_sealed() == own


def test_manifest_of_an_own_pack_is_as_it_was(rig: Rig) -> None:
    """Older packs have no such key: theirs must stay canonical."""
    rig.alert()
    raw = rig.store.manifest(OPENED.id)

    assert b'"rechecks"' not in raw
    assert encode_manifest(decode_manifest(raw)) == raw


def test_looks_again_are_found_with_their_alert(rig: Rig, database: Database) -> None:
    """Behind its own pack, and its state alone decides what the alert may be."""
    rig.alert()
    rig.look(400.0, later(400.0, Life.CLEARED, Phase.GRACE), box=None)
    Store(database).write(OPENED)
    with database.transaction() as session:
        for pack in rig.sink.packs:
            write_pack(session, pack, T0 + timedelta(seconds=1))

    packs = AlertRepository(database).packs_of(AlertId(OPENED.id))

    assert [pack.rechecks for pack in packs] == [None, OPENED.id]
    assert (
        AlertRepository(database).get_alert(AlertId(OPENED.id)).evidence == "complete"
    )
