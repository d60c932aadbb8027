"""A root a day over the audit log: chained, signed, stamped by a real responder."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from alerts.audit import Deed, record
from alerts.database import Database
from alerts.day_root import DayRoots, read_entries, verify_day, verify_days
from alerts.errors import NotFoundError, StoreError, StoreUnavailableError
from alerts.exact_json import indented
from alerts.merkle import merkle_root
from alerts.pack_manifest import canonical
from alerts.sealer import Sealer
from alerts.service_key import ServiceKey, open_service_key
from alerts.time_authority import Rfc3161Authority, read_roots
from base.clock import ManualClock
from tests.alerts.time_stamp_server import TimeStampServer

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten o'clock in Beijing."""
DIGESTS = st.lists(st.binary(max_size=8), min_size=1, max_size=40).map(
    lambda many: [hashlib.sha256(one).hexdigest() for one in many]
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStampServer]:
    """A running authority."""
    server = TimeStampServer(tmp_path_factory.mktemp("tsa"))
    yield server
    server.close()


class Log:
    """An audit log over a real database, with a clock that moves when told."""

    def __init__(self, database: Database, key: ServiceKey) -> None:
        self.database, self.key = database, key
        self.clock = ManualClock(MORNING)
        self.roots = DayRoots(database, key, self.clock)

    def deeds(self, *names: str) -> None:
        """Put deeds on record now, and seal them."""
        with self.database.transaction() as session:
            for name in names:
                deed = Deed(name, "evidence.viewed", "pack/1", {"why": "查看"})
                record(session, self.clock.utc_now(), deed)
        while Sealer(self.database, self.clock).seal():
            pass

    def next_day(self) -> None:
        self.clock.advance(86400)


@pytest.fixture
def log(database: Database, tmp_path: Path) -> Log:
    """An empty log."""
    return Log(database, open_service_key(tmp_path / "key.pem"))


@given(leaves=DIGESTS, data=st.data())
def test_no_leaf_can_be_changed_dropped_or_moved(
    leaves: list[str], data: st.DataObject
) -> None:
    """Any other list of leaves has another root."""
    root = merkle_root(leaves)
    where = data.draw(st.integers(0, len(leaves) - 1))
    other = hashlib.sha256(b"other" + bytes.fromhex(leaves[where])).hexdigest()

    assert merkle_root([*leaves[:where], other, *leaves[where + 1 :]]) != root
    assert merkle_root([*leaves, leaves[-1]]) != root
    if len(leaves) > 1:
        assert merkle_root(leaves[:where] + leaves[where + 1 :]) != root
    if leaves != leaves[::-1]:
        assert merkle_root(leaves[::-1]) != root


def test_root_is_that_of_rfc_6962() -> None:
    """Worked out by hand for three leaves: the third moves up as it is."""
    leaves = ["00" * 32, "11" * 32, "22" * 32]

    def node(*parts: bytes) -> bytes:
        return hashlib.sha256(b"".join(parts)).digest()

    a, b, c = (node(b"\x00", bytes.fromhex(leaf)) for leaf in leaves)
    assert merkle_root(leaves) == node(b"\x01", node(b"\x01", a, b), c).hex()
    with pytest.raises(ValueError, match="without leaves"):
        merkle_root([])


def test_day_gets_its_root_when_it_is_over(log: Log) -> None:
    """Not before midnight in Beijing and five minutes; then once."""
    log.deeds("wang", "li")
    assert log.roots.make_due() == ()
    log.clock.advance(14 * 3600)  # midnight in Beijing
    assert log.roots.make_due() == ()
    log.clock.advance(360)

    assert log.roots.make_due() == ("2026-11-23",)
    assert log.roots.make_due() == ()
    found = verify_day(
        log.roots.file("2026-11-23"),
        trusted_key=log.key.digest,
        entries=read_entries(log.roots.entries("2026-11-23")),
    )
    assert (found.problem, found.entries) == (None, 2)


def test_days_are_chained_and_leave_no_entry_out(log: Log) -> None:
    """Each names the root before it; a day without entries has none."""
    log.deeds("wang")
    log.next_day()
    log.next_day()
    log.deeds("li", "zhao")
    log.next_day()

    assert log.roots.make_due() == ("2026-11-23", "2026-11-25")
    first, second = (
        json.loads(log.roots.file(day))["sealed"] for day in log.roots.days()
    )
    assert second["previous"] == first["root"]
    assert (first["last_seq"], second["first_seq"], second["last_seq"]) == (1, 2, 3)


def test_day_waits_for_what_is_not_sealed_yet(log: Log) -> None:
    """An entry committed and not yet numbered belongs to its day."""
    log.deeds("wang")
    with log.database.transaction() as session:
        deed = Deed("li", "hold.placed", "alert/1", {})
        record(session, log.clock.utc_now(), deed)
    log.next_day()

    assert log.roots.make_due() == ()
    while Sealer(log.database, log.clock).seal():
        pass
    assert log.roots.make_due() == ("2026-11-23",)


def test_clock_set_back_makes_no_day_twice(log: Log) -> None:
    """Entries stamped with a day that has its root already come into the next one."""
    log.deeds("wang")
    log.next_day()
    log.roots.make_due()
    with log.database.transaction() as session:
        record(session, MORNING, Deed("late", "x.done", "y", {}))
    while Sealer(log.database, log.clock).seal():
        pass
    log.next_day()

    assert log.roots.make_due() == ("2026-11-24",)
    found = read_entries(log.roots.entries("2026-11-24"))
    assert [entry.actor for entry in found] == ["late"]


def test_an_entry_of_a_day_to_come_stops_no_root(log: Log) -> None:
    """Written while the clock was ahead, it comes into the day it stands in."""
    log.deeds("wang")
    log.next_day()
    log.roots.make_due()
    with log.database.transaction() as session:
        ahead = log.clock.utc_now() + timedelta(days=400)
        record(session, ahead, Deed("ahead", "x.done", "y", {}))
    log.deeds("li")
    log.next_day()

    assert log.roots.make_due() == ("2026-11-24",)
    found = read_entries(log.roots.entries("2026-11-24"))
    assert [entry.actor for entry in found] == ["ahead", "li"]


def test_roots_made_while_the_clock_was_ahead_stop_none_later(log: Log) -> None:
    """Set right again, each day gets its root; the chain goes on over them all."""
    log.clock.step_wall(400 * 86400)
    log.deeds("ahead")
    log.next_day()
    (ahead,) = log.roots.make_due()
    log.clock.step_wall(-400 * 86400)
    log.deeds("wang")
    log.next_day()

    assert log.roots.make_due() == ("2026-11-24",)
    days = [verify_day(log.roots.file(day)) for day in (ahead, "2026-11-24")]
    assert verify_days(days) is None


@pytest.fixture
def closed(log: Log) -> Log:
    """A log of one day that is over."""
    log.deeds("wang", "li", "zhao")
    log.next_day()
    log.roots.make_due()
    return log


def _stamped(log: Log, authority: TimeStampServer) -> DayRoots:
    roots = read_roots(authority.roots)
    asked = Rfc3161Authority(authority.url, roots)
    return DayRoots(log.database, log.key, log.clock, asked)


def test_outside_stamp_is_checked_offline(
    closed: Log, authority: TimeStampServer
) -> None:
    """A real token over the day's root, checked with the authority's certificate."""
    days = _stamped(closed, authority)
    assert days.stamp_due() == ("2026-11-23",)
    assert days.stamp_due() == ()

    raw = days.file("2026-11-23")
    found = verify_day(raw, roots=read_roots(authority.roots))
    assert found.problem is None
    assert found.stamped_at is not None
    assert abs(found.stamped_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_root_without_a_stamp_says_so(closed: Log, authority: TimeStampServer) -> None:
    """Who asks for the stamp is told there is none."""
    raw = closed.roots.file("2026-11-23")

    found = verify_day(raw, roots=read_roots(authority.roots))
    assert found.problem == "it was never stamped"


def test_stamp_of_another_authority_does_not_hold(
    closed: Log, authority: TimeStampServer, tmp_path: Path
) -> None:
    """A token is worth what the certificate it leads to is worth."""
    other = TimeStampServer(tmp_path / "other")
    try:
        days = _stamped(closed, authority)
        days.stamp_due()
        found = verify_day(days.file("2026-11-23"), roots=read_roots(other.roots))
        stranger = Rfc3161Authority(other.url, read_roots(authority.roots))
        with pytest.raises(StoreError, match="does not hold"):
            stranger.stamp(b"a day")
    finally:
        other.close()

    assert found.problem is not None
    assert "does not hold" in found.problem


def test_stamp_of_another_day_does_not_hold(
    closed: Log, authority: TimeStampServer
) -> None:
    """A token taken from elsewhere is over other bytes."""
    token = Rfc3161Authority(authority.url, read_roots(authority.roots)).stamp(b"else")
    told = json.loads(closed.roots.file("2026-11-23"))
    told["token"] = base64.b64encode(token).decode()

    found = verify_day(indented(told), roots=read_roots(authority.roots))
    assert found.problem is not None
    assert "does not hold" in found.problem


@pytest.mark.parametrize("answer", [b"", b"junk", b"\x30\x82\xff\xff" + bytes(100)])
def test_junk_from_the_authority_is_not_kept(
    closed: Log, authority: TimeStampServer, answer: bytes
) -> None:
    """What is no token is refused, and asked for again next time."""
    days = _stamped(closed, authority)
    authority.spoil = answer
    try:
        with pytest.raises(StoreError):
            days.stamp_due()
    finally:
        authority.spoil = None

    assert days.stamp_due() == ("2026-11-23",)


def test_authority_that_is_away_is_asked_again(closed: Log) -> None:
    """The root stands, its stamp waits; the error names no address."""
    away = Rfc3161Authority("http://user:s3cret@127.0.0.1:1/", ())
    days = DayRoots(closed.database, closed.key, closed.clock, away)

    with pytest.raises(StoreUnavailableError) as caught:
        days.stamp_due()
    assert "s3cret" not in str(caught.value)


Spoil = Callable[[dict[str, object], Log], None]


def _other_root(told: dict[str, object], _log: Log) -> None:
    told["sealed"]["root"] = "0" * 64  # type: ignore[index]


def _signed_again(told: dict[str, object], _log: Log) -> None:
    told["sealed"]["root"] = "0" * 64  # type: ignore[index]
    stranger = ServiceKey(Ed25519PrivateKey.generate())
    told["key"] = stranger.public
    told["signature"] = stranger.sign(canonical(told["sealed"]))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(_other_root, "signature does not hold", id="another root"),
        pytest.param(_signed_again, "signed with another key", id="signed again"),
    ],
)
def test_changed_day_does_not_hold(closed: Log, spoil: Spoil, said: str) -> None:
    """Whoever changes the root needs the service's key."""
    told = json.loads(closed.roots.file("2026-11-23"))
    spoil(told, closed)

    raw = indented(told)
    found = verify_day(raw, trusted_key=closed.key.digest)
    assert found.problem is not None
    assert said in found.problem


def test_first_entry_that_does_not_hold_is_named(closed: Log) -> None:
    """One changed, dropped or moved entry is found."""
    raw = closed.roots.file("2026-11-23")
    lines = closed.roots.entries("2026-11-23").splitlines(keepends=True)

    def problem(kept: list[bytes]) -> str | None:
        return verify_day(raw, entries=read_entries(b"".join(kept))).problem

    assert problem(lines) is None
    changed = lines[1].replace(b'"li"', b'"hu"')
    assert problem([lines[0], changed, lines[2]]) == "audit entry 2 was changed"
    assert problem(lines[:2]) == "the entries are not 1 to 3, each once and in order"
    assert problem(lines[::-1]) == "the entries are not 1 to 3, each once and in order"


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b'{"sealed": 1}', b"\xff\xfe"])
def test_junk_is_no_day(junk: bytes) -> None:
    """Told as what it is, never a traceback."""
    problem = verify_day(junk).problem
    assert problem is not None
    assert "no day's file" in problem


def test_junk_lines_and_files_are_refused(log: Log, tmp_path: Path) -> None:
    """Each names what is wrong."""
    with pytest.raises(StoreError, match="line 1 is no audit entry"):
        read_entries(b"{}\n")
    with pytest.raises(StoreError, match="no certificates"):
        read_roots(tmp_path / "none.pem")
    with pytest.raises(NotFoundError):
        log.roots.file("2026-01-01")
    with pytest.raises(NotFoundError):
        log.roots.entries("2026-01-01")


Rewrite = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda raw: b" " + raw, id="a space before"),
        pytest.param(
            lambda raw: raw.replace(b'"day": ', b'"day": "2020-01-01",\n  "day": '),
            id="a second day, read first by some",
        ),
        pytest.param(
            lambda raw: raw.replace(b'"key"', b'"note": "holds",\n "key"'),
            id="a member nobody signed",
        ),
        pytest.param(lambda _raw: b"[" * 100_000, id="deeply nested"),
    ],
)
def test_a_day_is_read_only_as_it_was_written(closed: Log, rewrite: Rewrite) -> None:
    """Nothing stands in its file that the signature does not cover."""
    raw = closed.roots.file("2026-11-23")
    assert verify_day(raw).problem is None

    assert "no day's file" in (verify_day(rewrite(raw)).problem or "")


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda raw: raw[:-1], id="cut off"),
        pytest.param(lambda raw: raw.replace(b",", b", ", 1), id="a space"),
        pytest.param(
            lambda raw: raw.replace(b'"actor":', b'"actor":"x","actor":', 1),
            id="a second actor",
        ),
        pytest.param(lambda raw: raw.replace(b"Z", b"+00:00", 1), id="another time"),
        pytest.param(lambda raw: raw.replace(b'"seq":1,', b'"seq":1.0,'), id="float"),
        pytest.param(
            lambda raw: raw.replace(b'{"action"', b'{"abc":1,"action"', 1), id="more"
        ),
    ],
)
def test_entries_are_read_only_as_they_were_handed_out(
    closed: Log, rewrite: Rewrite
) -> None:
    """A line that says the same in other bytes may say something else to a reader."""
    raw = closed.roots.entries("2026-11-23")
    assert rewrite(raw) != raw
    assert len(read_entries(raw)) == 3

    with pytest.raises(StoreError, match="line"):
        read_entries(rewrite(raw))


def test_a_day_says_whether_its_entries_were_checked(closed: Log) -> None:
    """With them left out the root is taken as it stands, and that is told."""
    raw = closed.roots.file("2026-11-23")
    entries = read_entries(closed.roots.entries("2026-11-23"))

    assert verify_day(raw, entries=entries).are_entries_checked
    assert not verify_day(raw).are_entries_checked
    assert "each once" in (verify_day(raw, entries=()).problem or "")
