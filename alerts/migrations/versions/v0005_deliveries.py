"""Who applied a configuration and why; attempts to deliver, escalations of alarms."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import BIG_ID, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPLIED = (("author", sa.String(length=200)), ("reason", sa.Text()))


def _attempts() -> None:
    op.create_table(
        "delivery_attempts",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("outbox_id", BIG_ID, nullable=True),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("telling", sa.String(length=32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("message_sha256", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
    )
    op.create_index(
        "ix_delivery_attempts_alert_id",
        "delivery_attempts",
        ["alert_id"],
        unique=False,
    )
    op.create_index(
        "ix_delivery_attempts_channel_ended_at",
        "delivery_attempts",
        ["channel", "ended_at"],
        unique=False,
    )


def _escalations() -> None:
    op.create_table(
        "alarm_escalations",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alarm_escalations_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", "step", name=op.f("pk_alarm_escalations")),
    )


def upgrade() -> None:
    for name, kind in APPLIED:
        op.add_column("applied_revisions", sa.Column(name, kind, nullable=True))
    _attempts()
    _escalations()


def downgrade() -> None:
    op.drop_table("alarm_escalations")
    op.drop_table("delivery_attempts")
    for name, _ in APPLIED:
        op.drop_column("applied_revisions", name)
