"""The first schema: alerts, evidence, sealed logs, outbox, revisions, jobs.

What each column means stands in `alerts/tables.py`.
"""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import BIG_ID, CanonicalJson, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("place_key", sa.String(length=400), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("view", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=100), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=True),
        sa.Column("life", sa.String(length=32), nullable=False),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
        sa.Column("state", CanonicalJson(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(
        "ix_alerts_code_life_severity",
        "alerts",
        ["code", "life", "severity"],
        unique=False,
    )
    op.create_index(
        "ix_alerts_life_opened_at_id",
        "alerts",
        ["life", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_alerts_opened_at_id", "alerts", ["opened_at", "id"], unique=False
    )
    op.create_index(
        "ix_alerts_place_key_code_life",
        "alerts",
        ["place_key", "code", "life"],
        unique=False,
    )


def _audit_intake() -> None:
    op.create_table(
        "audit_intake",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", CanonicalJson(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_intake")),
    )


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("seq", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", CanonicalJson(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"], unique=False)


def _chain_heads() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("seq", BIG_ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chain_heads")),
    )


def _event_intake() -> None:
    op.create_table(
        "event_intake",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("camera", sa.String(length=64), nullable=True),
        sa.Column("detail", CanonicalJson(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_intake")),
    )


def _event_log() -> None:
    op.create_table(
        "event_log",
        sa.Column("seq", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("camera", sa.String(length=64), nullable=True),
        sa.Column("detail", CanonicalJson(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event_log")),
    )


def _jobs() -> None:
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
    op.create_index(
        "ix_jobs_state_changed_at", "jobs", ["state", "changed_at"], unique=False
    )


def _packs() -> None:
    op.create_table(
        "packs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reasons", CanonicalJson(), nullable=False),
        sa.Column("gaps", CanonicalJson(), nullable=False),
        sa.Column("config", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packs")),
    )


def _site_revisions() -> None:
    op.create_table(
        "site_revisions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_revisions")),
    )


def _suppressions() -> None:
    op.create_table(
        "suppressions",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("violation_id", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("spool", sa.String(length=64), nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint(
            "spool",
            "position",
            "reason",
            name=op.f("uq_suppressions_spool_position_reason"),
        ),
    )
    op.create_index(
        "ix_suppressions_alert_id", "suppressions", ["alert_id"], unique=False
    )


def _alert_sources() -> None:
    op.create_table(
        "alert_sources",
        sa.Column("violation_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("view", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=100), nullable=False),
        sa.Column("life", sa.String(length=32), nullable=False),
        sa.Column("lease_epoch", BIG_ID, nullable=False),
        sa.Column("seq", BIG_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("state", CanonicalJson(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_sources_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("violation_id", name=op.f("pk_alert_sources")),
    )
    op.create_index(
        "ix_alert_sources_alert_id", "alert_sources", ["alert_id"], unique=False
    )
    op.create_index(
        "ix_alert_sources_camera_alert_id",
        "alert_sources",
        ["camera", "alert_id"],
        unique=False,
    )


def _applied_revisions() -> None:
    op.create_table(
        "applied_revisions",
        sa.Column("number", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("revision_id", sa.String(length=64), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["site_revisions.id"],
            name=op.f("fk_applied_revisions_revision_id_site_revisions"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_applied_revisions")),
    )


def _evidence_files() -> None:
    op.create_table(
        "evidence_files",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("captured_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("parent", sa.String(length=200), nullable=True),
        sa.Column("box", CanonicalJson(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pack_id"],
            ["packs.id"],
            name=op.f("fk_evidence_files_pack_id_packs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pack_id", "name", name=op.f("pk_evidence_files")),
    )
    op.create_index(
        "ix_evidence_files_sha256", "evidence_files", ["sha256"], unique=False
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("alert_revision", sa.Integer(), nullable=False),
        sa.Column("telling", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_outbox_alert_id_alerts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "alert_id",
            "alert_revision",
            "recipient",
            name=op.f("uq_outbox_alert_id_alert_revision_recipient"),
        ),
    )
    op.create_index(
        "ix_outbox_state_next_at", "outbox", ["state", "next_at"], unique=False
    )


def upgrade() -> None:
    _alerts()
    _audit_intake()
    _audit_log()
    _chain_heads()
    _event_intake()
    _event_log()
    _jobs()
    _packs()
    _site_revisions()
    _suppressions()
    _alert_sources()
    _applied_revisions()
    _evidence_files()
    _outbox()


def downgrade() -> None:
    for table in (
        "outbox",
        "evidence_files",
        "applied_revisions",
        "alert_sources",
        "suppressions",
        "site_revisions",
        "packs",
        "jobs",
        "event_log",
        "event_intake",
        "chain_heads",
        "audit_log",
        "audit_intake",
        "alerts",
    ):
        op.drop_table(table)
