"""The tables of delivery: every attempt to tell somebody, every escalation.

Attempts are facts of evidence: who was told what, when, over which channel, and what
the other side answered. They are never changed and outlive the alert. Wall times.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from alerts.column_types import BIG_ID
from alerts.tables import DIGEST, NAME, WORD, AlertRow, Table


class AttemptRow(Table):
    """One attempt, or one receipt that came later."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        Index("ix_delivery_attempts_alert_id", "alert_id"),
        Index("ix_delivery_attempts_channel_ended_at", "channel", "ended_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    # row of the outbox; null for a test of a channel
    outbox_id: Mapped[int | None] = mapped_column(BIG_ID)
    # no foreign key: what was told outlives the alert
    alert_id: Mapped[UUID | None]
    # name in the site file, and whom it told through it
    channel: Mapped[str] = mapped_column(NAME)
    recipient: Mapped[str] = mapped_column(String(200))
    # alerts.dedup.Telling, or test
    telling: Mapped[str] = mapped_column(WORD)
    # from 1
    attempt: Mapped[int]
    # delivery.attempt.Outcome
    outcome: Mapped[str] = mapped_column(WORD)
    # HTTP status, where there was an answer
    status: Mapped[int | None]
    # why not, redacted
    fault: Mapped[str] = mapped_column(Text)
    # of the bytes that were sent
    message_sha256: Mapped[str | None] = mapped_column(DIGEST)
    # what the other side calls it; may be empty
    receipt: Mapped[str] = mapped_column(String(200))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]


class EscalationRow(Table):
    """An alarm nobody acknowledged went one step up."""

    __tablename__ = "alarm_escalations"

    alert_id: Mapped[UUID] = mapped_column(
        ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    # which alarm of the alert, from 1
    alarm: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # from 1; beyond the ladder its last step is taken again
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    alert: Mapped[AlertRow] = relationship(lazy="raise")
