"""The audit trail: who did what, when; entries are chained by the sealer.

A transaction writes its entry unsealed, together with what it did. Later each entry
gets a gapless number and a hash over itself and the hash before it: a changed, missing
or moved entry breaks the chain from there on.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from alerts.errors import ReasonMissingError
from alerts.plates import mask_plates
from alerts.tables import AuditIntakeRow
from base.json_value import JsonValue, canonical_json

GENESIS = "0" * 64
"""The hash before the first entry."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One sealed entry.

    Attributes:
        seq: Gapless number from 1.
        at: Wall time, UTC.
        actor: A person's name, or the part of the system.
        action: `noun.past_verb`.
        subject: What it was done to, `alert/<id>`.
        detail: Particulars.
        previous: Hash of the entry before.
        hash: Hash of this one.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: JsonValue
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What is put on record: actor, action (`noun.past_verb`), subject, particulars."""

    actor: str
    action: str
    subject: str
    detail: JsonValue


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who does something, as the trail names them.

    Attributes:
        name: The person's name, or the part of the system.
        role: In which role it was done.
        certificate: Number of the officer certificate (执法证号) then; empty: none.
    """

    name: str
    role: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does and why: action, subject, reason, particulars."""

    action: str
    subject: str
    reason: str
    detail: Mapping[str, JsonValue] = field(default_factory=dict)


def record_act(session: Session, at: datetime, actor: Actor, act: Act) -> None:
    """Put on record what a person does: role, certificate, reason; plates masked.

    Args:
        session: The transaction that does it.
        at: Wall time.
        actor: Who, in which role.
        act: What, to what, and why.

    Raises:
        ReasonMissingError: No reason was given.
    """
    reason = mask_plates(act.reason.strip())
    if not reason:
        raise ReasonMissingError(f"{act.action} of {act.subject} needs a reason")
    detail: dict[str, JsonValue] = {**act.detail, "role": actor.role, "reason": reason}
    if actor.certificate:
        detail["certificate"] = actor.certificate
    record(session, at, Deed(actor.name, act.action, act.subject, detail))


def record(session: Session, at: datetime, deed: Deed) -> None:
    """Put `deed` on record in the transaction that does it; `at` is wall time."""
    session.add(
        AuditIntakeRow(
            at=at,
            actor=deed.actor,
            action=deed.action,
            subject=deed.subject,
            detail=deed.detail,
        )
    )


def entry_hash(seq: int, at: datetime, deed: Deed, previous: str) -> str:
    """SHA-256, hex, over the canonical JSON of an entry and the hash before it."""
    text = canonical_json(
        {
            "seq": seq,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": deed.actor,
            "action": deed.action,
            "subject": deed.subject,
            "detail": deed.detail,
            "previous": previous,
        }
    )
    return hashlib.sha256(text.encode()).hexdigest()


def first_break(entries: Iterable[AuditEntry], previous: str = GENESIS) -> int | None:
    """Number of the first entry that does not hold; None when the chain is whole.

    Args:
        entries: In order, from any point on.
        previous: Hash of the entry before the first of them.
    """
    expected: int | None = None
    for entry in entries:
        deed = Deed(entry.actor, entry.action, entry.subject, entry.detail)
        holds = (
            (expected is None or entry.seq == expected)
            and entry.previous == previous
            and entry.hash == entry_hash(entry.seq, entry.at, deed, previous)
        )
        if not holds:
            return entry.seq
        previous = entry.hash
        expected = entry.seq + 1
    return None
