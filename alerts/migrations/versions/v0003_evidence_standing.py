"""Facts and standing of packs, legal holds, daily roots; see `alerts/tables.py`."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import BIG_ID, CanonicalJson, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED = {
    "alerts": (("deidentified_at", UtcDateTime()),),
    "packs": (
        ("facts", CanonicalJson()),
        ("clock_read", CanonicalJson()),
        ("broken", CanonicalJson()),
        ("erased_at", UtcDateTime()),
    ),
    "evidence_files": (("width_px", sa.Integer()), ("height_px", sa.Integer())),
}


def _legal_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=200), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=200), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(
        "ix_legal_holds_alert_id", "legal_holds", ["alert_id"], unique=False
    )


def _day_roots() -> None:
    op.create_table(
        "day_roots",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("first_seq", BIG_ID, nullable=False),
        sa.Column("last_seq", BIG_ID, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_roots")),
    )


def upgrade() -> None:
    for table, columns in ADDED.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    _legal_holds()
    _day_roots()


def downgrade() -> None:
    op.drop_table("day_roots")
    op.drop_table("legal_holds")
    for table, columns in ADDED.items():
        for name, _ in columns:
            op.drop_column(table, name)
