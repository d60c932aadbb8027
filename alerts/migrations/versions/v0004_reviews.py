"""Reviews, verdicts, second looks, tasks, shifts; see `cases/tables.py`."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import BIG_ID, CanonicalJson, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _days_done() -> None:
    op.create_table(
        "days_done",
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "day", name=op.f("pk_days_done")),
    )


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outgoing", sa.String(length=64), nullable=False),
        sa.Column("incoming", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", CanonicalJson(), nullable=False),
        sa.Column("signed_out_at", UtcDateTime(), nullable=False),
        sa.Column("signed_in_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index(
        "ix_handovers_signed_out_at", "handovers", ["signed_out_at"], unique=False
    )


def _leads() -> None:
    op.create_table(
        "leads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    op.create_index("ix_leads_at", "leads", ["at"], unique=False)


def _miss_looks() -> None:
    op.create_table(
        "miss_looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.Column("codes", CanonicalJson(), nullable=False),
        sa.Column("seen", CanonicalJson(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_miss_looks")),
    )
    op.create_index(
        "ix_miss_looks_answered_at", "miss_looks", ["answered_at"], unique=False
    )


def _second_looks() -> None:
    op.create_table(
        "second_looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("first_by", sa.String(length=64), nullable=False),
        sa.Column("first_said", sa.String(length=32), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("second_said", sa.String(length=32), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_looks")),
        sa.UniqueConstraint(
            "kind", "verdict_id", name=op.f("uq_second_looks_kind_verdict_id")
        ),
    )
    op.create_index(
        "ix_second_looks_alert_id", "second_looks", ["alert_id"], unique=False
    )
    op.create_index(
        "ix_second_looks_kind_created_at",
        "second_looks",
        ["kind", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_second_looks_open", "second_looks", ["state", "created_at"], unique=False
    )


def _siren_tests() -> None:
    op.create_table(
        "siren_tests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("heard_by", CanonicalJson(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siren_tests")),
    )
    op.create_index("ix_siren_tests_at", "siren_tests", ["at"], unique=False)


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("verdict_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("visible_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("arrived_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_alert_id", "tasks", ["alert_id"], unique=False)
    op.create_index(
        "ix_tasks_officer_created_at", "tasks", ["officer", "created_at"], unique=False
    )
    op.create_index(
        "ix_tasks_state_created_at", "tasks", ["state", "created_at"], unique=False
    )


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("roles", CanonicalJson(), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("state_before", sa.String(length=32), nullable=False),
        sa.Column("state_after", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("ticks", CanonicalJson(), nullable=True),
        sa.Column("clip_reached", UtcDateTime(), nullable=True),
        sa.Column("leniency", sa.String(length=32), nullable=False),
        sa.Column("education", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("took_s", sa.Double(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    op.create_index(
        "ix_verdicts_alert_id_at", "verdicts", ["alert_id", "at"], unique=False
    )
    op.create_index("ix_verdicts_at", "verdicts", ["at"], unique=False)
    op.create_index("ix_verdicts_person_at", "verdicts", ["person", "at"], unique=False)


def _acknowledgements() -> None:
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


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("place_key", sa.String(length=400), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("is_downgraded", sa.Boolean(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("deadline", UtcDateTime(), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("claimed_since", UtcDateTime(), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("wake_at", UtcDateTime(), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("skips", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_reviews_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_reviews")),
    )
    op.create_index(
        "ix_reviews_claimed_until", "reviews", ["claimed_until"], unique=False
    )
    op.create_index(
        "ix_reviews_code_decided_at", "reviews", ["code", "decided_at"], unique=False
    )
    op.create_index(
        "ix_reviews_place_key_opened_at",
        "reviews",
        ["place_key", "opened_at"],
        unique=False,
    )
    op.create_index(
        "ix_reviews_queue",
        "reviews",
        ["state", "severity", "deadline", "opened_at", "alert_id"],
        unique=False,
    )
    op.create_index("ix_reviews_wake_at", "reviews", ["wake_at"], unique=False)


def _task_links() -> None:
    op.create_table(
        "task_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name=op.f("fk_task_links_task_id_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_task_links")),
    )


def _task_photos() -> None:
    op.create_table(
        "task_photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name=op.f("fk_task_photos_task_id_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_photos")),
    )
    op.create_index("ix_task_photos_task_id", "task_photos", ["task_id"], unique=False)


def _task_steps() -> None:
    op.create_table(
        "task_steps",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name=op.f("fk_task_steps_task_id_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("task_id", "key", name=op.f("pk_task_steps")),
    )


def upgrade() -> None:
    _days_done()
    _handovers()
    _leads()
    _miss_looks()
    _second_looks()
    _siren_tests()
    _tasks()
    _verdicts()
    _acknowledgements()
    _reviews()
    _task_links()
    _task_photos()
    _task_steps()


def downgrade() -> None:
    for table in (
        "task_steps",
        "task_photos",
        "task_links",
        "reviews",
        "acknowledgements",
        "verdicts",
        "tasks",
        "siren_tests",
        "second_looks",
        "miss_looks",
        "leads",
        "handovers",
        "days_done",
    ):
        op.drop_table(table)
