"""Packs of looks again; plates as people read them, under a key."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import BIG_ID, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("packs", sa.Column("rechecks", sa.Uuid(), nullable=True))
    op.create_index("ix_packs_rechecks", "packs", ["rechecks"], unique=False)
    op.create_table(
        "plate_readings",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=32), nullable=False),
        sa.Column("read_by", sa.String(length=200), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plate_readings")),
        sa.UniqueConstraint(
            "alert_id",
            "key",
            "digest",
            name=op.f("uq_plate_readings_alert_id_key_digest"),
        ),
    )
    op.create_index(
        "ix_plate_readings_digest", "plate_readings", ["digest", "key"], unique=False
    )


def downgrade() -> None:
    op.drop_table("plate_readings")
    op.drop_index("ix_packs_rechecks", table_name="packs")
    op.drop_column("packs", "rechecks")
