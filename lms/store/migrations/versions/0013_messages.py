"""Messages between a learner and her mentor or who runs her groups."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.store.tables.columns import Id

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PERSON: dict[str, Any] = {"info": {"class": "person"}, "sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "threads",
        *_owner("threads"),
        sa.Column("thread_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("pairing_id", Id(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        _leads_to("threads", "organisation_id", "organisations"),
        _leads_to("threads", "group_id", "groups"),
        sa.PrimaryKeyConstraint("person_id", "thread_id", name=op.f("pk_threads")),
        **_PERSON,
    )
    op.create_table(
        "thread_staff",
        *_owner("thread_staff"),
        sa.Column("thread_id", Id(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "thread_id", "staff_id", name=op.f("pk_thread_staff")),
        **_PERSON,
    )
    op.create_index(op.f("ix_thread_staff_staff_id"), "thread_staff", ["staff_id"], unique=False)
    op.create_table(
        "messages",
        *_owner("messages"),
        sa.Column("message_id", Id(), nullable=False),
        sa.Column("thread_id", Id(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reported_ms", sa.BigInteger(), nullable=True),
        sa.Column("reported_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "message_id", name=op.f("pk_messages")),
        **_PERSON,
    )
    op.add_column("concerns", sa.Column("thread_id", Id(), nullable=True))
    op.add_column("concerns", sa.Column("message_id", Id(), nullable=True))


def _owner(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False)
    return column, sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f(f"fk_{table}_person_id"))


def _leads_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{column}"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Every message goes, and from which one a worry was passed on."""
    op.drop_column("concerns", "message_id")
    op.drop_column("concerns", "thread_id")
    for table in ("messages", "thread_staff", "threads"):
        op.drop_table(table)
