"""Merges: which ids are one person, since when, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.store.tables.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merge_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_merges_person_id")),
        sa.PrimaryKeyConstraint("person_id", "merge_id", name=op.f("pk_merges")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Everybody is one id again: what was folded together is folded anew, of each alone."""
    op.execute("DELETE FROM handles WHERE kind = 'merged'")
    op.execute(
        "UPDATE progress SET fold_version = -1"
        " WHERE person_id IN (SELECT person_id FROM merges UNION SELECT other_id FROM merges)"
    )
    op.drop_table("merges")
