"""Verdicts in the order of the list of alerts, by person; sources by zone."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPENED = """
UPDATE verdicts SET opened_at =
(SELECT a.opened_at FROM alerts a WHERE a.id = verdicts.alert_id)
"""
BY_PERSON = "ix_verdicts_person_opened_at_alert_id"
BY_ZONE = "ix_alert_sources_zone_alert_id"


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("opened_at", UtcDateTime(), nullable=True))
    op.execute(OPENED)
    op.create_index(BY_PERSON, "verdicts", ["person", "opened_at", "alert_id"])
    op.create_index(BY_ZONE, "alert_sources", ["zone", "alert_id"])


def downgrade() -> None:
    op.drop_index(BY_ZONE, table_name="alert_sources")
    op.drop_index(BY_PERSON, table_name="verdicts")
    op.drop_column("verdicts", "opened_at")
