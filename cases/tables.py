"""The tables of what people do: reviews, verdicts, second looks, tasks, shifts.

All times are wall times unless "media" is said. Names of people are their login names;
they stay when somebody leaves.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from alerts.column_types import BIG_ID
from alerts.tables import DIGEST, JSON, NAME, WORD, AlertRow, Table
from base.json_value import JsonValue

ALERT = "alerts.id"


class ReviewRow(Table):
    """Where one alert stands with people."""

    __tablename__ = "reviews"
    __table_args__ = (
        # the queue: one state, gravest first, then due first, then oldest first
        Index(
            "ix_reviews_queue", "state", "severity", "deadline", "opened_at", "alert_id"
        ),
        # leases to run out, deferred ones to wake
        Index("ix_reviews_claimed_until", "claimed_until"),
        Index("ix_reviews_wake_at", "wake_at"),
        # precision of a rule over the last days
        Index("ix_reviews_code_decided_at", "code", "decided_at"),
        # history of a place
        Index("ix_reviews_place_key_opened_at", "place_key", "opened_at"),
    )

    alert_id: Mapped[UUID] = mapped_column(
        ForeignKey(ALERT, ondelete="CASCADE"), primary_key=True
    )
    # of the alert, repeated for the queue's own index
    camera: Mapped[str] = mapped_column(NAME)
    code: Mapped[str] = mapped_column(WORD)
    place_key: Mapped[str] = mapped_column(String(400))
    # media time of opening
    opened_at: Mapped[datetime]
    # cases.life.ReviewState, legal steps TRANSITIONS
    state: Mapped[str] = mapped_column(WORD)
    # as queued: S4 while its rule is downgraded
    severity: Mapped[str] = mapped_column(String(2))
    is_downgraded: Mapped[bool]
    queued_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    # the lease: by whom, since when, until when
    claimed_by: Mapped[str | None] = mapped_column(NAME)
    claimed_since: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]
    # reason of the rejection that stands
    reason: Mapped[str | None] = mapped_column(WORD)
    skips: Mapped[int]
    decided_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    alert: Mapped[AlertRow] = relationship(lazy="raise")


class VerdictRow(Table):
    """What one person said, once."""

    __tablename__ = "verdicts"
    __table_args__ = (
        Index("ix_verdicts_alert_id_at", "alert_id", "at"),
        Index("ix_verdicts_person_at", "person", "at"),
        Index("ix_verdicts_at", "at"),
        # the list of alerts by who decided, in the list's own order
        Index(
            "ix_verdicts_person_opened_at_alert_id", "person", "opened_at", "alert_id"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # no cascade: what a person signed outlives the alert
    alert_id: Mapped[UUID]
    # media time of the alert's opening; null: the alert was gone before it was noted
    opened_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(WORD)
    # as they were then
    person: Mapped[str] = mapped_column(NAME)
    full_name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    certificate: Mapped[str] = mapped_column(NAME)
    # cases.life.Act and what it led from and to
    act: Mapped[str] = mapped_column(WORD)
    state_before: Mapped[str] = mapped_column(WORD)
    state_after: Mapped[str] = mapped_column(WORD)
    # cases.verdict.Reason
    reason: Mapped[str | None] = mapped_column(WORD)
    comment: Mapped[str] = mapped_column(Text)
    # the four of art. 41: {true, clear, complete, accurate}
    ticks: Mapped[JsonValue] = mapped_column(JSON, nullable=True)
    # media time up to which the clip was seen
    clip_reached: Mapped[datetime | None]
    # cases.verdict.Leniency, and what the party was told
    leniency: Mapped[str] = mapped_column(WORD)
    education: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    # seconds from the claim to the verdict
    took_s: Mapped[float | None]
    undone_at: Mapped[datetime | None]


class SecondLookRow(Table):
    """A look with fresh eyes: a second confirmation, or a sample for quality."""

    __tablename__ = "second_looks"
    __table_args__ = (
        UniqueConstraint("kind", "verdict_id"),
        Index("ix_second_looks_open", "state", "created_at"),
        Index("ix_second_looks_alert_id", "alert_id"),
        Index("ix_second_looks_kind_created_at", "kind", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    camera: Mapped[str] = mapped_column(NAME)
    code: Mapped[str] = mapped_column(WORD)
    # cases.blind_rows.LookKind, second or sample
    kind: Mapped[str] = mapped_column(WORD)
    # cases.blind_rows.LookState
    state: Mapped[str] = mapped_column(WORD)
    # the first verdict, who gave it and what it said: confirmed or rejected
    verdict_id: Mapped[UUID]
    first_by: Mapped[str] = mapped_column(NAME)
    first_said: Mapped[str] = mapped_column(WORD)
    claimed_by: Mapped[str | None] = mapped_column(NAME)
    claimed_until: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(NAME)
    second_said: Mapped[str | None] = mapped_column(WORD)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class MissLookRow(Table):
    """A look that raised nothing, kept to be asked what it shows."""

    __tablename__ = "miss_looks"
    __table_args__ = (
        # of each of the day's moments one look, whichever process takes it
        UniqueConstraint("day", "number"),
        Index("ix_miss_looks_answered_at", "answered_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # local day (+08:00) and which of its moments; null: kept before these were
    day: Mapped[str | None] = mapped_column(WORD)
    number: Mapped[int | None]
    camera: Mapped[str] = mapped_column(NAME)
    # of the look
    at: Mapped[datetime]
    # key of the picture in the evidence store; null: deleted after its time
    picture: Mapped[str | None] = mapped_column(DIGEST)
    # codes judged there
    codes: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    # codes a person sees; null: not asked yet
    seen: Mapped[JsonValue] = mapped_column(JSON, nullable=True)
    comment: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(NAME)
    answered_at: Mapped[datetime | None]


class MissDayRow(Table):
    """The moments of one day at which looks are drawn, as the seed they come of."""

    __tablename__ = "miss_days"

    # local day (+08:00), 2026-11-23
    day: Mapped[str] = mapped_column(WORD, primary_key=True)
    # random, hex: every process draws the same moments, nobody else knows them
    seed: Mapped[str] = mapped_column(DIGEST)


class TaskRow(Table):
    """One task of an officer."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_state_created_at", "state", "created_at"),
        Index("ix_tasks_officer_created_at", "officer", "created_at"),
        Index("ix_tasks_alert_id", "alert_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    camera: Mapped[str] = mapped_column(NAME)
    # the verdict that asked for it; null: asked by hand
    verdict_id: Mapped[UUID | None]
    # cases.task.TaskKind, TaskState (steps TASK_TRANSITIONS), Result
    kind: Mapped[str] = mapped_column(WORD)
    state: Mapped[str] = mapped_column(WORD)
    result: Mapped[str | None] = mapped_column(WORD)
    # empty: on offer
    officer: Mapped[str] = mapped_column(NAME)
    note: Mapped[str] = mapped_column(Text)
    remark: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(NAME)
    visible_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class TaskStepRow(Table):
    """A step a phone has sent: the same key again changes nothing."""

    __tablename__ = "task_steps"

    task_id: Mapped[UUID] = mapped_column(
        ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True
    )
    # made by the phone
    key: Mapped[str] = mapped_column(NAME, primary_key=True)
    # what it was, whole: another step under the same key is a conflict
    step: Mapped[str] = mapped_column(DIGEST)
    # time by the phone; may lie
    told_at: Mapped[datetime | None]
    at: Mapped[datetime]
    task: Mapped[TaskRow] = relationship(lazy="raise")


class TaskPhotoRow(Table):
    """A picture taken on site; its bytes are in the evidence store."""

    __tablename__ = "task_photos"
    __table_args__ = (Index("ix_task_photos_task_id", "task_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(DIGEST)
    sm3: Mapped[str] = mapped_column(DIGEST)
    size: Mapped[int] = mapped_column(BIG_ID)
    media_type: Mapped[str] = mapped_column(WORD)
    at: Mapped[datetime]
    task: Mapped[TaskRow] = relationship(lazy="raise")


class TaskLinkRow(Table):
    """An address that opens the tasks of one officer on a phone."""

    __tablename__ = "task_links"

    # SHA-256 of the token, hex
    digest: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    officer: Mapped[str] = mapped_column(NAME)
    expires_at: Mapped[datetime]
    task: Mapped[TaskRow] = relationship(lazy="raise")


class HandoverRow(Table):
    """A shift handed over; both sign."""

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_signed_out_at", "signed_out_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    outgoing: Mapped[str] = mapped_column(NAME)
    incoming: Mapped[str] = mapped_column(NAME)
    note: Mapped[str] = mapped_column(Text)
    # what stood then, as shown
    state: Mapped[JsonValue] = mapped_column(JSON, nullable=False)
    signed_out_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]


class SirenTestRow(Table):
    """A test of the siren at the start of a shift."""

    __tablename__ = "siren_tests"
    __table_args__ = (Index("ix_siren_tests_at", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    made_by: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]
    # who heard it
    heard_by: Mapped[JsonValue] = mapped_column(JSON, nullable=False)


class LeadRow(Table):
    """Something a contact has seen."""

    __tablename__ = "leads"
    __table_args__ = (Index("ix_leads_at", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    made_by: Mapped[str] = mapped_column(NAME)
    place: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class DayDoneRow(Table):
    """What is done once a day has been done for that day."""

    __tablename__ = "days_done"

    # sample, miss
    what: Mapped[str] = mapped_column(WORD, primary_key=True)
    # local day (+08:00), 2026-11-23
    day: Mapped[str] = mapped_column(WORD, primary_key=True)
    count: Mapped[int]


class SavedViewRow(Table):
    """A filter of the list of alerts that one person keeps under a name."""

    __tablename__ = "saved_views"

    # login name; `local` too, who is in no book
    person: Mapped[str] = mapped_column(NAME, primary_key=True)
    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    # query string of the page, as the desk reads it
    query: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
