"""A camera that shakes: 500 alerts in a minute are one (domain.md, scenario 21)."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts.alert import Alert, AlertFilter, AlertId
from alerts.audit import Actor
from alerts.audit_trail import AuditTrail
from alerts.database import Database, open_database
from alerts.dedup import (
    FLOOD_LIMIT,
    FLOOD_S,
    Decision,
    Dedup,
    Reason,
    Submission,
    Telling,
)
from alerts.embedded_valkey import EmbeddedValkey
from alerts.errors import StoreError
from alerts.evidence_mode import ClueReason, EvidenceMode
from alerts.legal_hold import HoldBook
from alerts.message import encode
from alerts.migrate import migrate
from alerts.outbox import Outbox
from alerts.pack import Pack, PackId, PackState
from alerts.redis_client import RedisClient, open_redis
from alerts.spool_format import SpoolEntry
from alerts.spooled import decode_spooled, spool_violation
from alerts.tables import OutboxRow, SuppressionRow
from base.clock import SystemClock
from rules.violation import Life, Phase, Severity, Violation, violation_id
from tests.alerts.path_rig import Line, make_line, until
from tests.alerts.violations import T0, message, place, violation

FLOOD = 500


def shaken(n: int, at_s: float, severity: Severity = Severity.S3) -> Violation:
    """Violation `n` of a shaking camera, opened `at_s` after the shaking began."""
    at = T0 + timedelta(seconds=60 + at_s)
    made = violation(place(slot=f"x{n}"), at_s=60 + at_s)
    due_at = at + timedelta(seconds=300)
    return replace(made, opened_at=at, due_at=due_at, severity=severity)


def flood(count: int = FLOOD, severity: Severity = Severity.S3) -> list[Violation]:
    """`count` violations of one camera within a minute."""
    return [shaken(n, n * 59 / count, severity=severity) for n in range(count)]


class Script:
    """Asks the script, one message after the other."""

    def __init__(self, client: RedisClient) -> None:
        self.dedup = Dedup(client, 1)
        self.position = 0

    def send(self, told: Violation, seq: int = 1) -> Decision:
        return self.send_all([told], seq)[0]

    def send_all(
        self, told: Sequence[Violation], seq: int = 1, flood_limit: int = FLOOD_LIMIT
    ) -> list[Decision]:
        sent = []
        for one in told:
            self.position += 1
            about = message(one, seq)
            sent.append(
                Submission(
                    "a",
                    self.position,
                    about,
                    encode(about),
                    300_000,
                    flood_limit=flood_limit,
                )
            )
        return self.dedup.submit(sent)


@pytest.fixture
def script(client: RedisClient) -> Script:
    """The script on each kind of server."""
    return Script(client)


def test_beyond_the_limit_all_are_the_first_one(script: Script) -> None:
    """Up to the limit each stands alone; then all join the first, untold."""
    told = flood(FLOOD_LIMIT + 5)
    found = script.send_all(told)

    alone, joined = found[:FLOOD_LIMIT], found[FLOOD_LIMIT:]
    assert [d.alert for d in alone] == [v.id for v in told[:FLOOD_LIMIT]]
    assert all(d.held is None for d in alone)
    assert {d.alert for d in joined} == {told[0].id}
    assert {(d.telling, d.held) for d in joined} == {(Telling.OPENED, Reason.FLOOD)}


def test_the_limit_is_the_sites(script: Script) -> None:
    """`evidence: flood_alerts` of the site file travels with each message."""
    found = script.send_all(flood(12), flood_limit=7)

    assert [d.held for d in found] == [None] * 7 + [Reason.FLOOD] * 5


def test_the_limit_goes_through_the_spool() -> None:
    """Sent again later it decides the same; an older spool has the default."""
    about = message(shaken(1, 1))
    newer = spool_violation(about, 300_000, 7)
    older = b"V300000\n" + encode(about)

    told = [decode_spooled("a", SpoolEntry(1, raw)) for raw in (newer, older)]

    assert [getattr(one, "flood_limit", None) for one in told] == [7, FLOOD_LIMIT]
    assert [getattr(one, "cooldown_ms", None) for one in told] == [300_000] * 2


@pytest.mark.parametrize(
    "head", [b"", b"V", b"V,7", b"V300000,", b"V1,2,3", b"V-1,7", b"X1,7", b"V1 7"]
)
def test_a_junk_head_of_a_spool_entry_is_told(head: bytes) -> None:
    """It is set aside with its reason, not guessed at."""
    entry = SpoolEntry(1, head + b"\n" + encode(message(shaken(1, 1))))
    with pytest.raises(StoreError, match="neither V nor P"):
        decode_spooled("a", entry)


def test_a_new_configuration_changes_the_limit(line: Line) -> None:
    """What is raised from then on is counted against the new one."""
    line.inbox.set_limits(0.0, 5)
    for one in flood(20):
        line.inbox.raise_alert(one)
    until(line.settled, 90)

    assert len(_listed(line)) == 1
    assert len(_listed(line)[0].sources) == 20


def test_danger_to_life_stays_alone(script: Script) -> None:
    """S1 is told at once in the middle of a flood, and is never counted for one."""
    script.send_all(flood())
    grave = shaken(9999, 30, severity=Severity.S1)

    decision = script.send(grave)
    assert (decision.alert, decision.telling, decision.held) == (
        grave.id,
        Telling.OPENED,
        None,
    )


def test_many_dangers_are_no_flood(script: Script) -> None:
    """However many there are, each S1 is an alert of its own."""
    told = flood(FLOOD_LIMIT * 3, Severity.S1)

    assert [d.alert for d in script.send_all(told)] == [v.id for v in told]


def test_other_cameras_are_not_drawn_in(script: Script) -> None:
    """The neighbour's single alert stands alone."""
    script.send_all(flood())
    other = violation(place("gate"))

    assert script.send(other).alert == other.id


def test_calm_camera_is_believed_again(script: Script) -> None:
    """A minute of media time after the last one that joined, alerts stand alone."""
    told = flood()
    script.send_all(told)
    last_s = 59 * (FLOOD - 1) / FLOOD
    during = shaken(9001, last_s + FLOOD_S - 1)
    after = shaken(9002, last_s + 2 * FLOOD_S)

    assert script.send(during).alert == told[0].id
    assert script.send(after).alert == after.id


def test_steady_trickle_is_no_flood(script: Script) -> None:
    """As many a minute as are believed, for ten minutes."""
    step_s = FLOOD_S / FLOOD_LIMIT
    told = [shaken(n, n * step_s) for n in range(FLOOD_LIMIT * 10)]

    assert [d.alert for d in script.send_all(told)] == [v.id for v in told]


def test_group_is_told_due_once_and_each_rise_to_danger(script: Script) -> None:
    """What joined says once that grace is over; each that becomes S1 is told."""
    told = flood(FLOOD_LIMIT + 3)
    script.send_all(told)
    members = told[FLOOD_LIMIT:]

    def next_of(one: Violation, **changes: object) -> Violation:
        return replace(one, revision=2, at=one.at + timedelta(seconds=300), **changes)  # type: ignore[arg-type]

    due = [script.send(next_of(one, phase=Phase.DUE), 2) for one in members]
    assert [d.held for d in due] == [None, Reason.MERGED, Reason.MERGED]
    grave = [
        script.send(next_of(one, severity=Severity.S1, phase=Phase.DUE), 3)
        for one in members
    ]
    assert [(d.telling, d.held) for d in grave] == [(Telling.ESCALATED, None)] * 3


def test_nothing_joins_what_became_danger(script: Script) -> None:
    """When the first one rises to S1 the flood begins a new group."""
    told = flood()
    script.send_all(told)
    rise = replace(told[0], revision=2, severity=Severity.S1)
    assert script.send(rise, 2).held is None
    more = [shaken(9000 + n, 59) for n in range(FLOOD_LIMIT + 1)]

    assert told[0].id not in {d.alert for d in script.send_all(more)}


@pytest.fixture
def line(client: RedisClient, database: Database, tmp_path: Path) -> Iterator[Line]:
    """The path over each kind of Redis and database; only its consumers wait."""
    made = make_line(client, database, tmp_path / "spool", SystemClock())
    made.start()
    yield made
    made.stop()


def _listed(line: Line) -> list[Alert]:
    page = line.alerts.list_alerts(AlertFilter(), limit=500)
    assert page.next is None
    return list(page.alerts)


def test_flood_is_one_alert_and_nothing_is_lost(line: Line, database: Database) -> None:
    """One group of 500 and three S1: every violation stored, every silence reasoned."""
    told = flood()
    grave = [shaken(9000 + n, n, severity=Severity.S1) for n in range(3)]
    for one in [*told[:250], *grave, *told[250:]]:
        line.inbox.raise_alert(one)
    line.inbox.send_pack(Pack(PackId(told[7].id), PackState.PENDING))
    until(line.settled, 90)

    group = next(alert for alert in _listed(line) if alert.is_group)
    assert {alert.id for alert in _listed(line)} == {
        group.id,
        *(one.id for one in grave),
    }
    assert group.id == told[0].id
    assert {s.violation.id for s in group.sources} == {one.id for one in told}
    assert group.standing.mode is EvidenceMode.CLUE
    assert ClueReason.FLOOD in group.standing.reasons
    # the id people were given in the first second still leads there, evidence too
    assert line.alerts.get_alert(AlertId(told[7].id)).id == group.id
    assert [p.id for p in line.alerts.packs_of(group.id)] == [told[7].id]
    with database.reading() as session:
        silent = select(func.count()).where(
            SuppressionRow.reason == Reason.FLOOD.value,
            SuppressionRow.alert_id == group.id,
        )
        assert session.scalars(silent).one() == FLOOD - FLOOD_LIMIT
    joined = [
        entry
        for entry in _trail(line, database)
        if entry == ("alert.joined", str(group.id))
    ]
    assert len(joined) == FLOOD_LIMIT - 1


def _trail(line: Line, database: Database) -> list[tuple[str, str]]:
    while line.sealer.seal():
        pass
    found = []
    for entry in AuditTrail(database).after(0, 10_000):
        into = entry.detail.get("joined") if isinstance(entry.detail, dict) else ""
        found.append((entry.action, str(into)))
    return found


def test_group_ends_when_the_shaking_leaves_nothing(line: Line) -> None:
    """Clearing each member, also those stored before the flood was known, ends it."""
    told = flood(FLOOD_LIMIT * 3)
    for one in told:
        line.inbox.raise_alert(one)
    for one in told:
        over = one.at + timedelta(seconds=5)
        line.inbox.raise_alert(
            replace(one, revision=2, at=over, life=Life.CLEARED, cleared_at=over)
        )
    until(line.settled, 90)

    (group,) = _listed(line)
    assert group.life is Life.CLEARED


def test_group_is_told_once_while_its_members_are_not(
    line: Line, database: Database
) -> None:
    """Of those that joined nobody is told any more, not even that they became due."""
    told = flood(FLOOD_LIMIT * 3)
    for one in told:
        line.inbox.raise_alert(one)
    until(line.settled, 90)
    late = timedelta(seconds=300)
    for one in told:
        due = replace(one, revision=2, at=one.at + late, phase=Phase.DUE)
        line.inbox.raise_alert(due)
    until(line.settled, 90)

    now = SystemClock().utc_now()
    steps = [owed.telling for owed in Outbox(database).owed(now)]
    assert steps.count(Telling.OPENED) == 1
    assert 1 <= steps.count(Telling.DUE) <= 2
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow.alert_id)).all()
    assert set(rows) == {told[0].id}


def test_flood_does_not_hold_up_the_looks(
    valkey: EmbeddedValkey, tmp_path: Path
) -> None:
    """With Redis standing still the worker goes on; afterwards all arrives as one."""
    database = open_database(f"sqlite:///{tmp_path}/nonsite.db")
    migrate(database)
    client = open_redis(valkey.url)
    line = make_line(client, database, tmp_path / "spool", SystemClock())
    line.start()
    server = int(client.info("server")["process_id"])
    os.kill(server, signal.SIGSTOP)
    longest_s = 0.0
    for one in flood():
        began_s = time.perf_counter()
        line.inbox.raise_alert(one)
        longest_s = max(longest_s, time.perf_counter() - began_s)
    assert line.inbox.lag().entries == FLOOD, "the server answered: nothing was shown"
    os.kill(server, signal.SIGCONT)
    until(line.settled, 90)
    found = _listed(line)
    line.stop()

    assert longest_s < 1.0, "one look waited for the server"
    assert [len(alert.sources) for alert in found] == [FLOOD]


def test_forgetful_redis_makes_no_second_group_of_the_same(
    line: Line, client: RedisClient
) -> None:
    """The memory of Redis is lost in the flood: SQL knows where the first one went."""
    told = flood()
    for one in told[:200]:
        line.inbox.raise_alert(one)
    until(line.settled, 90)
    client.delete(*client.keys("*flood*"))
    for one in told[200:]:
        line.inbox.raise_alert(one)
    until(line.settled, 90)

    stored = [s.violation.id for a in _listed(line) for s in a.sources]
    assert sorted(stored) == sorted(one.id for one in told)
    assert len([alert for alert in _listed(line) if alert.is_group]) <= 2


def test_slot_of_an_ended_flood_begins_alone(line: Line) -> None:
    """A real car at the first one's slot an hour later joins no old group."""
    told = flood(FLOOD_LIMIT * 2)
    for one in told:
        line.inbox.raise_alert(one)
    until(line.settled, 90)
    later = T0 + timedelta(hours=1)
    car = replace(
        violation(told[0].place, at_s=3660),
        id=violation_id(told[0].place, "SW-01", later),
        first_seen=later,
        opened_at=later + timedelta(seconds=60),
    )
    line.inbox.raise_alert(car)
    until(line.settled, 90)

    assert {alert.id for alert in _listed(line)} == {told[0].id, car.id}


def test_alert_under_a_hold_joins_no_group(line: Line, database: Database) -> None:
    """Somebody holds one that came before the flood was known: it stays alone."""
    told = flood()
    for one in told[:FLOOD_LIMIT]:
        line.inbox.raise_alert(one)
    until(line.settled, 90)
    holder = Actor("wang", "legal")
    held = AlertId(told[3].id)
    HoldBook(database, SystemClock()).place(held, holder, "复议")
    for one in told[FLOOD_LIMIT:]:
        line.inbox.raise_alert(one)
    until(line.settled, 90)

    assert {alert.id for alert in _listed(line)} == {told[0].id, held}
