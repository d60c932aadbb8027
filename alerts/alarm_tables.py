"""The table of alarms: which of them somebody has heard; base in `alerts/tables.py`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from alerts.tables import NAME, AlertRow, Table


class AlarmRow(Table):
    """An alert that is a danger to life: sounds until somebody has heard it.

    One that reopens or becomes S1 again after it was heard is another alarm.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        # what sounds: asked five times a second, and few
        Index(
            "ix_alarms_unheard",
            "since",
            sqlite_where=sql("heard_at IS NULL"),
            postgresql_where=sql("heard_at IS NULL"),
        ),
    )

    alert_id: Mapped[UUID] = mapped_column(
        ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    # which alarm of the alert, from 1
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # wall time of the transaction that made it one
    since: Mapped[datetime]
    # login name of whoever heard it first, and wall time; null: it sounds
    heard_by: Mapped[str | None] = mapped_column(NAME)
    heard_at: Mapped[datetime | None]
    alert: Mapped[AlertRow] = relationship(lazy="raise")
