"""The tables of alerts: what is stored of a violation, its evidence and its telling.

One module, so that the schema can be read as one page. All times are UTC. "Media"
times come from the feed (docs/time.md), "wall" times from the clock of the process that
wrote the row. Only modules of this folder write here; later folders bring own tables.
Relationships serve to write rows in the order their keys need; reading through one is
an error.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, MetaData, String, Text, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from alerts.column_types import BIG_ID, CanonicalJson, UtcDateTime
from base.json_value import JsonValue

NAME = String(64)
WORD = String(32)
DIGEST = String(64)
JSON = CanonicalJson()

CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Fixed names of constraints, without which SQLite's batch mode cannot change them."""


class Table(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map: ClassVar = {datetime: UtcDateTime(), UUID: Uuid()}


class AlertRow(Table):
    """One alert: one place and rule, whoever sees it."""

    __tablename__ = "alerts"
    __table_args__ = (
        # the review queue, newest first; the order never changes once a row exists
        Index("ix_alerts_opened_at_id", "opened_at", "id"),
        # each filter that is asked value by value, see alert_lists
        Index("ix_alerts_life_opened_at_id", "life", "opened_at", "id"),
        Index("ix_alerts_code_opened_at_id", "code", "opened_at", "id"),
        Index("ix_alerts_camera_opened_at_id", "camera", "opened_at", "id"),
        # figures are counted from the index alone: a row is a hundred times wider
        Index("ix_alerts_code_life_severity", "code", "life", "severity"),
        # the consumer's own search for an open alert of the same place
        Index("ix_alerts_place_key_code_life", "place_key", "code", "life"),
    )

    # id of the first violation that made it; also the id of its own pack
    id: Mapped[UUID] = mapped_column(primary_key=True)
    # grows by one with each stored change; what a client compares
    revision: Mapped[int]
    # catalogue code, SW-01
    code: Mapped[str] = mapped_column(WORD)
    # rules.place.Place.key: by it two cameras are one matter
    place_key: Mapped[str] = mapped_column(String(400))
    # place of the first source, for lists that show one camera
    camera: Mapped[str] = mapped_column(NAME)
    view: Mapped[str] = mapped_column(NAME)
    zone: Mapped[str] = mapped_column(NAME)
    slot: Mapped[str] = mapped_column(String(100))
    ground: Mapped[str | None] = mapped_column(NAME)
    # rules.violation.Life over all sources: cleared when the last source is
    life: Mapped[str] = mapped_column(WORD)
    # rules.violation.Phase: due as soon as one source is
    phase: Mapped[str] = mapped_column(WORD)
    # rules.violation.Severity: the gravest of the sources
    severity: Mapped[str] = mapped_column(String(2))
    # media time of the first opening; never changed, lists are ordered by it
    opened_at: Mapped[datetime]
    # media time grace ends, earliest of the sources
    due_at: Mapped[datetime | None]
    # media time since when the occupant stands there, earliest of the sources
    first_seen: Mapped[datetime]
    # media time it was last observed, latest of the sources
    last_seen: Mapped[datetime]
    # media time the last source cleared; null while it lasts
    cleared_at: Mapped[datetime | None]
    # what the desk shows of the first source (rules.violation.Violation, whole)
    state: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # wall time the row was made and last changed, consumer's clock
    stored_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # wall time retention took out what points to a person; null before
    deidentified_at: Mapped[datetime | None]


class SourceRow(Table):
    """One violation behind an alert: a second camera on the same ground is another."""

    __tablename__ = "alert_sources"
    __table_args__ = (
        Index("ix_alert_sources_alert_id", "alert_id"),
        Index("ix_alert_sources_camera_alert_id", "camera", "alert_id"),
        Index("ix_alert_sources_zone_alert_id", "zone", "alert_id"),
        # alerts another camera began: few
        Index(
            "ix_alert_sources_later",
            "camera",
            "alert_id",
            sqlite_where=sql("violation_id <> alert_id"),
            postgresql_where=sql("violation_id <> alert_id"),
        ),
    )

    # rules.violation.violation_id
    violation_id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    camera: Mapped[str] = mapped_column(NAME)
    view: Mapped[str] = mapped_column(NAME)
    zone: Mapped[str] = mapped_column(NAME)
    slot: Mapped[str] = mapped_column(String(100))
    # mirrored; legal steps are rules.violation.TRANSITIONS
    life: Mapped[str] = mapped_column(WORD)
    # the message last applied: one not above it is ignored
    lease_epoch: Mapped[int] = mapped_column(BIG_ID)
    seq: Mapped[int] = mapped_column(BIG_ID)
    # revision of the violation, as rules count it
    revision: Mapped[int]
    # true when the same slot of the same camera began anew without a clearing
    superseded: Mapped[bool]
    # the violation whole, as last sent
    state: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # wall time, consumer's clock
    stored_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    alert: Mapped[AlertRow] = relationship(lazy="raise")


class SuppressionRow(Table):
    """Why a message or a delivery went no further; recording is never limited."""

    __tablename__ = "suppressions"
    __table_args__ = (
        # an entry read twice is told once
        UniqueConstraint("spool", "position", "reason"),
        Index("ix_suppressions_alert_id", "alert_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    # null when no alert came of it; no foreign key, the reason outlives the alert
    alert_id: Mapped[UUID | None]
    violation_id: Mapped[UUID]
    camera: Mapped[str] = mapped_column(NAME)
    code: Mapped[str] = mapped_column(WORD)
    # alerts.dedup.Reason
    reason: Mapped[str] = mapped_column(WORD)
    # what was held against what, one line
    detail: Mapped[str] = mapped_column(Text)
    # media time of the message
    at: Mapped[datetime]
    # where it came from: id of the worker's spool and place in it
    spool: Mapped[str] = mapped_column(NAME)
    position: Mapped[int] = mapped_column(BIG_ID)
    # wall time, consumer's clock
    stored_at: Mapped[datetime]


class PackRow(Table):
    """The evidence of one source; exists once the worker has sealed it."""

    __tablename__ = "packs"
    __table_args__ = (
        Index("ix_packs_rechecks", "rechecks"),
        Index("ix_packs_state_id", "state", "id"),
    )

    # violation id of its source: no foreign key, a pack may overtake its alert
    id: Mapped[UUID] = mapped_column(primary_key=True)
    # violation that is looked at again; null: the pack is the violation's own
    rechecks: Mapped[UUID | None]
    # alerts.pack.PackState, legal steps PACK_TRANSITIONS
    state: Mapped[str] = mapped_column(WORD)
    # why it is partial, codes
    reasons: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # media-time stretches not covered: [[start, end], …]
    gaps: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # digest of the site revision; network name@digest
    config: Mapped[str] = mapped_column(DIGEST)
    model: Mapped[str] = mapped_column(String(200))
    # alerts.evidence_facts.PackFacts as sealed; null before
    facts: Mapped[JsonValue] = mapped_column(JSON, nullable=True)
    # alerts.evidence_facts.ClockCheck a person read off the screen; null without one
    clock_read: Mapped[JsonValue] = mapped_column(JSON, nullable=True)
    # what does not hold any more, and since when it is known: locks the alert
    broken: Mapped[JsonValue] = mapped_column(JSON, nullable=True)
    # wall time retention erased it; null while it is kept
    erased_at: Mapped[datetime | None]
    # wall time its objects were gone as well; null: they are to be deleted again
    objects_gone_at: Mapped[datetime | None]
    # wall time, consumer's clock
    stored_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class EvidenceFileRow(Table):
    """One file of a pack; its bytes lie in the evidence store under their SHA-256."""

    __tablename__ = "evidence_files"
    __table_args__ = (Index("ix_evidence_files_sha256", "sha256"),)

    pack_id: Mapped[UUID] = mapped_column(
        ForeignKey("packs.id", ondelete="CASCADE"), primary_key=True
    )
    # file name inside the pack, first.annotated.jpg
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    # order inside the pack, from 0
    ordinal: Mapped[int]
    # alerts.pack.Role
    role: Mapped[str] = mapped_column(WORD)
    media_type: Mapped[str] = mapped_column(String(100))
    # digests of the stored bytes, hex, and their number
    sha256: Mapped[str] = mapped_column(DIGEST)
    sm3: Mapped[str] = mapped_column(DIGEST)
    size: Mapped[int] = mapped_column(BIG_ID)
    # media time of the picture or of the clip's true start, and its true end
    captured_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # name of the file it is derived from; null for an original
    parent: Mapped[str | None] = mapped_column(String(200))
    # the violating object in it: [x1, y1, x2, y2], 0…1
    box: Mapped[JsonValue] = mapped_column(JSON, nullable=True)
    # pixels of a picture; null where it is none
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    pack: Mapped[PackRow] = relationship(lazy="raise")


class EventIntakeRow(Table):
    """What clients will be told, before it has its number; the sealer empties it."""

    __tablename__ = "event_intake"

    # grows, but commits come out of order: never shown
    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    # alerts.alert.EventKind
    kind: Mapped[str] = mapped_column(WORD)
    alert_id: Mapped[UUID | None]
    camera: Mapped[str | None] = mapped_column(NAME)
    # what changed, small: life, phase, revision, code
    detail: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # wall time of the writing transaction
    at: Mapped[datetime]


class EventRow(Table):
    """The sealed log that server-sent events are read from."""

    __tablename__ = "event_log"

    # gapless, in order of becoming visible; Last-Event-ID; given by the sealer
    seq: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(WORD)
    alert_id: Mapped[UUID | None]
    camera: Mapped[str | None] = mapped_column(NAME)
    detail: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    at: Mapped[datetime]


class AuditIntakeRow(Table):
    """Who did what, before it is chained; the sealer empties it."""

    __tablename__ = "audit_intake"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    # wall time of the writing transaction
    at: Mapped[datetime]
    # a person's name, or the part of the system: consumer, retention
    actor: Mapped[str] = mapped_column(String(200))
    # noun.past_verb
    action: Mapped[str] = mapped_column(NAME)
    # what it was done to: alert/<id>, pack/<id>
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[JsonValue] = mapped_column(JSON, nullable=False)


class AuditRow(Table):
    """The audit chain: each row's hash covers the row and the hash before it."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_subject", "subject"),
        # what an auditor asks for, newest first
        Index("ix_audit_log_actor_seq", "actor", "seq"),
        Index("ix_audit_log_action_seq", "action", "seq"),
        Index("ix_audit_log_at", "at"),
    )

    # gapless from 1; given by the sealer
    seq: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(NAME)
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # SHA-256, hex: of the row before, and of this row's canonical JSON with it
    previous: Mapped[str] = mapped_column(DIGEST)
    hash: Mapped[str] = mapped_column(DIGEST)


class ChainHeadRow(Table):
    """Where a sealed log stands: retention may empty the log, never reset its count."""

    __tablename__ = "chain_heads"

    # events or audit
    name: Mapped[str] = mapped_column(WORD, primary_key=True)
    # number last given
    seq: Mapped[int] = mapped_column(BIG_ID)
    # hash of that row; empty for events
    hash: Mapped[str] = mapped_column(DIGEST)


class OutboxRow(Table):
    """One telling owed to one recipient; delivery sends it and writes what became."""

    __tablename__ = "outbox"
    __table_args__ = (
        # one step of one alert is told to one recipient once
        UniqueConstraint("alert_id", "alert_revision", "recipient", "step"),
        Index("ix_outbox_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    # alerts.revision at which it was owed
    alert_revision: Mapped[int]
    # alerts.dedup.Telling: opened, due, persisting, reopened
    telling: Mapped[str] = mapped_column(WORD)
    # name of a person or desk, resolved when the row was written
    recipient: Mapped[str] = mapped_column(String(200))
    # step of the ladder it was owed at; 0: the alert's own
    step: Mapped[int]
    severity: Mapped[str] = mapped_column(String(2))
    # alerts.outbox.OutboxState
    state: Mapped[str] = mapped_column(WORD)
    attempts: Mapped[int]
    # why the last attempt failed, redacted
    fault: Mapped[str] = mapped_column(Text)
    # wall times: owed since, not before, sent
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    alert: Mapped[AlertRow] = relationship(lazy="raise")


class RevisionRow(Table):
    """One immutable configuration, named by the SHA-256 of its content."""

    __tablename__ = "site_revisions"

    id: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    # canonical JSON, text: its bytes are what the digest covers
    content: Mapped[str] = mapped_column(Text)
    # wall time of the import
    created_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)


class AppliedRevisionRow(Table):
    """Which configuration was put in force when; the newest row is in force."""

    __tablename__ = "applied_revisions"

    number: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    revision_id: Mapped[str] = mapped_column(ForeignKey("site_revisions.id"))
    # wall time
    applied_at: Mapped[datetime]
    # who put it in force and why; null: as it was made (older rows)
    author: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[RevisionRow] = relationship(lazy="raise")
