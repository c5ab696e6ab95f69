"""Complaints about what is held about somebody: each with its number, and what was done about it when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.store.tables.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("complaint_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reach", sa.String(length=200), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_complaints_person_id")),
        sa.PrimaryKeyConstraint("person_id", "complaint_id", name=op.f("pk_complaints")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "complaint_steps",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("complaint_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_complaint_steps_person_id")),
        sa.PrimaryKeyConstraint("person_id", "step_id", name=op.f("pk_complaint_steps")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("complaint_steps")
    op.drop_table("complaints")
