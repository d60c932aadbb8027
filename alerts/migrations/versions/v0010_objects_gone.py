"""When the objects of erased evidence were gone; of older ones nobody knows."""

import sqlalchemy as sa
from alembic import op

from alerts.column_types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("packs", sa.Column("objects_gone_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("packs", "objects_gone_at")
