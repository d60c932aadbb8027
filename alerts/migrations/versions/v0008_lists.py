"""Indexes of lists a million alerts long; a table of jobs nothing ever wrote goes."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import CanonicalJson, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_alerts_code_opened_at_id", "alerts", ["code", "opened_at", "id"]),
    ("ix_alerts_camera_opened_at_id", "alerts", ["camera", "opened_at", "id"]),
    ("ix_packs_state_id", "packs", ["state", "id"]),
)
LATER = "ix_alert_sources_later"


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)
    later = sa.text("violation_id <> alert_id")
    op.create_index(
        LATER,
        "alert_sources",
        ["camera", "alert_id"],
        unique=False,
        sqlite_where=later,
        postgresql_where=later,
    )
    op.drop_index("ix_jobs_state_changed_at", table_name="jobs")
    op.drop_table("jobs")


def downgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("job", CanonicalJson(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_state_changed_at", "jobs", ["state", "changed_at"])
    op.drop_index(LATER, table_name="alert_sources")
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table_name=table)
