"""Saved views; one draw of miss looks a day; the audit log found by filter."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AUDIT_INDEXES = (
    ("ix_audit_log_actor_seq", ["actor", "seq"]),
    ("ix_audit_log_action_seq", ["action", "seq"]),
    ("ix_audit_log_at", ["at"]),
)


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", "name", name=op.f("pk_saved_views")),
    )
    op.create_table(
        "miss_days",
        sa.Column("day", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_miss_days")),
    )
    with op.batch_alter_table("miss_looks") as looks:
        looks.add_column(sa.Column("day", sa.String(length=32), nullable=True))
        looks.add_column(sa.Column("number", sa.Integer(), nullable=True))
        looks.create_unique_constraint(
            op.f("uq_miss_looks_day_number"), ["day", "number"]
        )
    for name, columns in AUDIT_INDEXES:
        op.create_index(name, "audit_log", columns, unique=False)


def downgrade() -> None:
    for name, _columns in AUDIT_INDEXES:
        op.drop_index(name, table_name="audit_log")
    with op.batch_alter_table("miss_looks") as looks:
        looks.drop_constraint(op.f("uq_miss_looks_day_number"), type_="unique")
        looks.drop_column("number")
        looks.drop_column("day")
    op.drop_table("miss_days")
    op.drop_table("saved_views")
