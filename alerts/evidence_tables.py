"""The tables of legal holds, daily roots and plates; base in `alerts/tables.py`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from alerts.column_types import BIG_ID
from alerts.tables import DIGEST, NAME, Table


class LegalHoldRow(Table):
    """One hold on one alert's evidence: while it stands, nothing of it is deleted."""

    __tablename__ = "legal_holds"
    __table_args__ = (Index("ix_legal_holds_alert_id", "alert_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    # no foreign key: a hold outlives whatever happens to the row
    alert_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(String(200))
    # wall times
    placed_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    lift_reason: Mapped[str | None] = mapped_column(Text)


class DayRootRow(Table):
    """The Merkle root over the audit entries of one day, signed and time-stamped."""

    __tablename__ = "day_roots"

    # calendar day in Beijing, 2026-11-23
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    # numbers of the audit entries it covers
    first_seq: Mapped[int] = mapped_column(BIG_ID)
    last_seq: Mapped[int] = mapped_column(BIG_ID)
    root: Mapped[str] = mapped_column(DIGEST)
    # Ed25519 by the service's key, hex; SHA-256 of the public key, hex
    signature: Mapped[str] = mapped_column(String(128))
    key: Mapped[str] = mapped_column(DIGEST)
    # RFC 3161 response, base64; null until an outside authority answered
    token: Mapped[str | None] = mapped_column(Text)
    # wall time
    made_at: Mapped[datetime]


class PlateReadingRow(Table):
    """A plate a person read off an alert's evidence: never the plate itself."""

    __tablename__ = "plate_readings"
    __table_args__ = (
        UniqueConstraint("alert_id", "key", "digest"),
        Index("ix_plate_readings_digest", "digest", "key"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    # no foreign key: what a person read outlives the row
    alert_id: Mapped[UUID]
    # name of the key, and HMAC-SHA-256 under it, hex
    key: Mapped[str] = mapped_column(NAME)
    digest: Mapped[str] = mapped_column(DIGEST)
    # the plate masked: 浙F****8
    shown: Mapped[str] = mapped_column(String(32))
    read_by: Mapped[str] = mapped_column(String(200))
    # wall time
    read_at: Mapped[datetime]
