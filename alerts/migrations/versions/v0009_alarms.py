"""Alarms one by one: who has heard which, and steps of the ladder taken again."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNHEARD = "ix_alarms_unheard"
ONCE = "uq_outbox_alert_id_alert_revision_recipient"

HEARD = """
INSERT INTO alarms (alert_id, number, since, heard_by, heard_at)
SELECT a.id, 1, a.stored_at, k.by, k.at
FROM alerts a JOIN acknowledgements k ON k.alert_id = a.id
"""
# what cleared before nobody was asked for: it does not begin to sound at an upgrade
SOUNDING = """
INSERT INTO alarms (alert_id, number, since, heard_by, heard_at)
SELECT a.id, 1, a.stored_at, NULL, NULL
FROM alerts a
WHERE a.severity = 'S1' AND a.life <> 'cleared'
AND NOT EXISTS (SELECT 1 FROM acknowledgements k WHERE k.alert_id = a.id)
"""
BACK = """
INSERT INTO acknowledgements (alert_id, by, at)
SELECT m.alert_id, m.heard_by, m.heard_at
FROM alarms m
WHERE m.heard_at IS NOT NULL
AND m.number = (SELECT MAX(n.number) FROM alarms n WHERE n.alert_id = m.alert_id)
"""


def _acknowledged_per_alert() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_acknowledgements_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_acknowledgements")),
    )


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("heard_by", sa.String(length=64), nullable=True),
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alarms_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", "number", name=op.f("pk_alarms")),
    )
    unheard = sa.text("heard_at IS NULL")
    op.create_index(
        UNHEARD,
        "alarms",
        ["since"],
        unique=False,
        sqlite_where=unheard,
        postgresql_where=unheard,
    )


def _escalations(*columns: sa.Column[int]) -> None:
    """Make them anew with these keys; an alarm that still sounds climbs again."""
    op.drop_table("alarm_escalations")
    op.create_table(
        "alarm_escalations",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alarm_escalations_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "alert_id",
            *(column.name for column in columns),
            name=op.f("pk_alarm_escalations"),
        ),
    )


def upgrade() -> None:
    _alarms()
    op.execute(HEARD)
    op.execute(SOUNDING)
    op.drop_table("acknowledgements")
    _escalations(
        sa.Column("alarm", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
    )
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(
            sa.Column("step", sa.Integer(), nullable=False, server_default="0")
        )
        outbox.drop_constraint(op.f(ONCE), type_="unique")
        outbox.create_unique_constraint(
            op.f(f"{ONCE}_step"), ["alert_id", "alert_revision", "recipient", "step"]
        )
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("step", server_default=None)


def downgrade() -> None:
    # of what was told again at later steps the first telling is kept
    op.execute("DELETE FROM outbox WHERE step > 0")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f(f"{ONCE}_step"), type_="unique")
        outbox.create_unique_constraint(
            op.f(ONCE), ["alert_id", "alert_revision", "recipient"]
        )
        outbox.drop_column("step")
    _escalations(sa.Column("step", sa.Integer(), nullable=False))
    _acknowledged_per_alert()
    op.execute(BACK)
    op.drop_index(UNHEARD, table_name="alarms")
    op.drop_table("alarms")
