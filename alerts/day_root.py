"""One Merkle root a day over the audit log, signed, chained, stamped from outside.

In: sealed audit entries. Out: a small file per day that proves, without our database,
which entries the log held that day and that they were there when an outside authority
saw them. Days are Beijing days; a day's root is made when the day is over and all that
was committed in it is sealed.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final

import structlog
from cryptography.x509 import Certificate
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.alert import EventKind
from alerts.audit import GENESIS, AuditEntry, first_break
from alerts.database import Database
from alerts.errors import NotFoundError, StoreError
from alerts.evidence_tables import DayRootRow
from alerts.exact_json import indented, read_exactly
from alerts.merkle import merkle_root
from alerts.pack_manifest import canonical, stamp
from alerts.pack_verifier import MANIFEST
from alerts.service_key import ServiceKey, is_signed, key_digest
from alerts.tables import AuditIntakeRow, AuditRow
from alerts.time_authority import TimeAuthority, stamped_at
from base.clock import BEIJING, Clock, beijing_day
from base.json_value import JsonValue

_DAY_MEMBERS: Final = frozenset({"sealed", "key", "signature", "token"})
_ENTRY_MEMBERS: Final = frozenset(
    {"seq", "at", "actor", "action", "subject", "detail", "previous", "hash"}
)
SETTLE: Final = timedelta(minutes=5)
"""A transaction begun before midnight is committed by then."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DayFinding:
    """What a check of a day's file came to.

    Attributes:
        day: The day it speaks of; empty when it cannot be read.
        problem: The first thing that does not hold; None when everything does.
        signed_by: Digest of the key that signed it.
        stamped_at: When an outside authority saw it; None without a checked stamp.
        entries: How many audit entries it covers.
        link: Where it stands among the days; None where it cannot be read.
        are_entries_checked: They were given and held against the root.
    """

    day: str
    problem: str | None
    signed_by: str | None = None
    stamped_at: datetime | None = None
    entries: int = 0
    link: "DayLink | None" = None
    are_entries_checked: bool = False


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day's place in the chain of days.

    Attributes:
        first: Number of its first audit entry.
        last: Number of its last.
        root: Its root.
        previous: The root it names as the one before.
    """

    first: int
    last: int
    root: str
    previous: str


class DayRoots:
    """Makes, stamps and gives out the roots; one process at a time.

    Args:
        database: Where log and roots are.
        key: Signs them.
        clock: For today.
        authority: Stamps them; None: they wait for one.
    """

    def __init__(
        self,
        database: Database,
        key: ServiceKey,
        clock: Clock,
        authority: TimeAuthority | None = None,
    ) -> None:
        self._database, self._key, self._clock = database, key, clock
        self._authority = authority

    def make_due(self) -> tuple[str, ...]:
        """Make the root of every day that is over and has none; gives the days.

        Raises:
            StoreUnavailableError: The database is away.
        """
        made: list[str] = []
        while (day := self._make_next()) is not None:
            made.append(day)
        return tuple(made)

    def stamp_due(self) -> tuple[str, ...]:
        """Have the roots stamped that are not yet; gives the days that were.

        An authority that is away is asked again at the next call.

        Raises:
            StoreError: The database is away, or the authority answered junk.
        """
        if self._authority is None:
            return ()
        with self._database.reading() as session:
            query = select(DayRootRow.day).where(DayRootRow.token.is_(None))
            days = list(session.scalars(query.order_by(DayRootRow.day)))
        for day in days:
            body, _, _ = self._signed(day)
            token = base64.b64encode(self._authority.stamp(body)).decode()
            with self._database.transaction() as session:
                row = session.get(DayRootRow, day)
                assert row is not None
                row.token = token
            _log.info("day.stamped", day=day)
        return tuple(days)

    def days(self) -> tuple[str, ...]:
        """Days that have a root, oldest first.

        Raises:
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            query = select(DayRootRow.day).order_by(DayRootRow.day)
            return tuple(session.scalars(query))

    def file(self, day: str) -> bytes:
        """The day's file, to be handed out and kept elsewhere.

        Raises:
            NotFoundError: The day has no root.
            StoreUnavailableError: The database is away.
        """
        body, signature, token = self._signed(day)
        told = {
            "sealed": json.loads(body),
            "key": self._key.public,
            "signature": signature,
            "token": token,
        }
        return indented(told)

    def entries(self, day: str) -> bytes:
        """The audit entries of a day, one canonical JSON line each.

        Raises:
            NotFoundError: The day has no root.
            StoreUnavailableError: The database is away.
        """
        with self._database.reading() as session:
            row = session.get(DayRootRow, day)
            if row is None:
                raise NotFoundError(f"{day} has no root")
            query = select(AuditRow).where(
                AuditRow.seq >= row.first_seq, AuditRow.seq <= row.last_seq
            )
            found = session.scalars(query.order_by(AuditRow.seq))
            return b"".join(canonical(_told(entry)) + b"\n" for entry in found)

    def _make_next(self) -> str | None:
        now = self._clock.utc_now()
        with self._database.transaction() as session:
            last = session.scalars(
                select(DayRootRow).order_by(DayRootRow.last_seq.desc()).limit(1)
            ).first()
            first_seq = 1 if last is None else last.last_seq + 1
            first = session.get(AuditRow, first_seq)
            if first is None:
                return None
            day = beijing_day(first.at)
            if day > beijing_day(now):
                # written while the clock was ahead: it belongs to what follows it
                day = beijing_day(_earliest(session, first_seq))
            while session.get(DayRootRow, day.isoformat()) is not None:
                # committed late, or the clock was set back: it belongs to the next day
                day += timedelta(days=1)
            over_at = datetime.combine(day + timedelta(days=1), time(), BEIJING)
            if now < over_at + SETTLE or _is_unsealed(session, over_at):
                return None
            last_seq = _last_of_day(session, first_seq, over_at)
            hashes = session.scalars(
                select(AuditRow.hash)
                .where(AuditRow.seq >= first_seq, AuditRow.seq <= last_seq)
                .order_by(AuditRow.seq)
            ).all()
            row = DayRootRow(
                day=day.isoformat(),
                first_seq=first_seq,
                last_seq=last_seq,
                root=merkle_root(hashes),
                key=self._key.digest,
                token=None,
                made_at=now,
            )
            row.signature = self._key.sign(_body(row, last))
            session.add(row)
            return row.day

    def _signed(self, day: str) -> tuple[bytes, str, str | None]:
        """What was signed of a day, the signature, and the token."""
        with self._database.reading() as session:
            row = session.get(DayRootRow, day)
            if row is None:
                raise NotFoundError(f"{day} has no root")
            before = session.scalars(
                select(DayRootRow)
                .where(DayRootRow.last_seq < row.first_seq)
                .order_by(DayRootRow.last_seq.desc())
                .limit(1)
            ).first()
            return _body(row, before), row.signature, row.token


def _is_unsealed(session: Session, before: datetime) -> bool:
    waiting = select(func.count()).where(AuditIntakeRow.at < before)
    return bool(session.scalars(waiting).one())


def _earliest(session: Session, first_seq: int) -> datetime:
    """Wall time of the earliest entry from this one on."""
    query = select(func.min(AuditRow.at)).where(AuditRow.seq >= first_seq)
    return session.scalars(query).one()


def _last_of_day(session: Session, first_seq: int, over_at: datetime) -> int:
    """The last entry of the day, and at least the first."""
    query = select(func.max(AuditRow.seq)).where(AuditRow.at < over_at)
    return max(first_seq, session.scalars(query).one() or 0)


def _body(row: DayRootRow, before: DayRootRow | None) -> bytes:
    return canonical(
        {
            "version": 1,
            "day": row.day,
            "first_seq": row.first_seq,
            "last_seq": row.last_seq,
            "root": row.root,
            "previous": GENESIS if before is None else before.root,
            "made_at": stamp(row.made_at),
        }
    )


def _told(row: AuditRow | AuditEntry) -> dict[str, JsonValue]:
    return {
        "seq": row.seq,
        "at": stamp(row.at),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
        "previous": row.previous,
        "hash": row.hash,
    }


def read_entries(raw: bytes) -> tuple[AuditEntry, ...]:
    """The entries of a day back.

    Raises:
        StoreError: A line cannot be read, or is not written as it is handed out.
    """
    *lines, rest = raw.split(b"\n")
    if rest:
        raise StoreError("the last line is not whole")
    found = []
    for number, line in enumerate(lines, 1):
        try:
            told = read_exactly(line, _ENTRY_MEMBERS, canonical)
            entry = AuditEntry(**told | {"at": datetime.fromisoformat(told["at"])})
            is_exact = type(entry.seq) is int and canonical(_told(entry)) == line
        except (StoreError, ValueError, TypeError, AttributeError) as error:
            raise StoreError(f"line {number} is no audit entry") from error
        if not is_exact:
            raise StoreError(f"line {number} is not written as it was handed out")
        found.append(entry)
    return tuple(found)


def verify_day(
    raw: bytes,
    *,
    trusted_key: str | None = None,
    roots: tuple[Certificate, ...] = (),
    entries: Iterable[AuditEntry] | None = None,
) -> DayFinding:
    """Check a day's file, offline.

    Args:
        raw: The file.
        trusted_key: Digest of the service's key; None: any signature that holds.
        roots: Certificates of the time-stamp authority; none: its token is not asked.
        entries: The audit entries of the day; None: the root is taken as it stands.
    """
    try:
        told = read_exactly(raw, _DAY_MEMBERS, indented)
    except StoreError as error:
        return DayFinding("", f"it is no day's file: {error}")
    try:
        sealed, key = told["sealed"], str(told["key"])
        signature, token = str(told["signature"]), told["token"]
        day, signed_by = str(sealed["day"]), key_digest(key)
        first, last = int(sealed["first_seq"]), int(sealed["last_seq"])
        body, root = canonical(sealed), str(sealed["root"])
        link = DayLink(first, last, root, str(sealed["previous"]))
        stamped = None if token is None else base64.b64decode(token, validate=True)
    except (ValueError, KeyError, TypeError) as error:
        return DayFinding("", f"it is no day's file: {type(error).__name__}")
    problem, seen_at, is_checked = None, None, False
    if not is_signed(body, signature, key):
        problem = "its signature does not hold"
    elif trusted_key is not None and signed_by != trusted_key:
        problem = f"it was signed with another key, {signed_by}"
    elif entries is not None:
        problem, is_checked = _entries_problem(tuple(entries), first, last, root), True
    if problem is None and roots:
        try:
            seen_at = stamped_at(stamped or b"", body, roots)
        except StoreError as error:
            problem = "it was never stamped" if stamped is None else str(error)
    return DayFinding(
        day, problem, signed_by, seen_at, last - first + 1, link, is_checked
    )


def verify_days(findings: Iterable[DayFinding]) -> str | None:
    """The first break between days that follow one another; None when they hold.

    Days may be left out; what stands between two that touch may not.
    """
    linked = [(one.day, one.link) for one in findings if one.link is not None]
    linked.sort(key=lambda one: one[1].first)
    for (day, link), (later_day, later) in pairwise(linked):
        if later.first <= link.last:
            return f"{later_day}: begins before {day} has ended"
        if later.first == link.last + 1 and later.previous != link.root:
            return f"{later_day}: names another root than that of {day} before it"
    return None


def recorded_packs(entries: Iterable[AuditEntry]) -> dict[str, int]:
    """Packs the audit log tells of: digest of the manifest -> number of the entry."""
    found: dict[str, int] = {}
    for entry in entries:
        files = entry.detail.get("files") if isinstance(entry.detail, dict) else None
        is_told = entry.action == EventKind.EVIDENCE_CHANGED.value
        if is_told and isinstance(files, dict):
            digest = files.get(MANIFEST)
            if isinstance(digest, str):
                found.setdefault(digest, entry.seq)
    return found


def _entries_problem(
    entries: tuple[AuditEntry, ...], first: int, last: int, root: str
) -> str | None:
    if not entries or [one.seq for one in entries] != list(range(first, last + 1)):
        return f"the entries are not {first} to {last}, each once and in order"
    broken = first_break(entries, entries[0].previous)
    if broken is not None:
        return f"audit entry {broken} was changed"
    if merkle_root([entry.hash for entry in entries]) != root:
        return "the entries are not those the root was made over"
    return None
