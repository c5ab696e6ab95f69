"""Long lists of learners that wait to be added."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.store.tables.columns import Id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PERSON: dict[str, Any] = {"info": {"class": "person"}, "sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "long_lists",
        *_owner("long_lists"),
        sa.Column("list_id", Id(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.group_id"], name=op.f("fk_long_lists_group_id")),
        sa.PrimaryKeyConstraint("person_id", "list_id", name=op.f("pk_long_lists")),
        **_PERSON,
    )
    op.create_table(
        "long_list_rows",
        *_owner("long_list_rows"),
        sa.Column("list_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("plain", sa.String(length=240), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=True),
        sa.Column("told", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "list_id", "number", name=op.f("pk_long_list_rows")),
        **_PERSON,
    )


def _owner(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False)
    return column, sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f(f"fk_{table}_person_id"))


def downgrade() -> None:
    op.drop_table("long_list_rows")
    op.drop_table("long_lists")
