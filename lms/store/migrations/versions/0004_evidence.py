"""What of her own work she wants in a badge's file: nothing yet, of anybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("awards", sa.Column("evidence", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("awards", "evidence")
