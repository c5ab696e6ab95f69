"""Mentors: pairings, goals, worries that were passed on, and files that were handed in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.store.tables.columns import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_PERSON: dict[str, Any] = {"info": {"class": "person"}, "sqlite_with_rowid": False}


def upgrade() -> None:
    _make_pairings()
    _make_concerns()
    _make_evidence()


def _make_pairings() -> None:
    op.create_table(
        "mentors",
        *_owner("mentors"),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mentors")),
        **_PERSON,
    )
    op.create_table(
        "pairings",
        *_owner("pairings"),
        sa.Column("pairing_id", Id(), nullable=False),
        sa.Column("mentor_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("starts_day", sa.Integer(), nullable=False),
        sa.Column("ends_day", sa.Integer(), nullable=False),
        sa.Column("rhythm_days", sa.Integer(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("after_id", Id(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        _leads_to("pairings", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("person_id", "pairing_id", name=op.f("pk_pairings")),
        **_PERSON,
    )
    op.create_index(op.f("ix_pairings_mentor_id"), "pairings", ["mentor_id"], unique=False)
    op.create_table(
        "goals",
        *_owner("goals"),
        sa.Column("goal_id", Id(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("reached_ms", sa.BigInteger(), nullable=True),
        sa.Column("dropped_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "goal_id", name=op.f("pk_goals")),
        **_PERSON,
    )


def _make_concerns() -> None:
    op.create_table(
        "concerns",
        *_owner("concerns"),
        sa.Column("concern_id", Id(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        _leads_to("concerns", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("person_id", "concern_id", name=op.f("pk_concerns")),
        **_PERSON,
    )
    op.create_index(op.f("ix_concerns_recorded_ms"), "concerns", ["recorded_ms"], unique=False)
    op.create_table(
        "concern_steps",
        *_owner("concern_steps"),
        sa.Column("step_id", Id(), nullable=False),
        sa.Column("concern_id", Id(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "step_id", name=op.f("pk_concern_steps")),
        **_PERSON,
    )


def _make_evidence() -> None:
    op.create_table(
        "evidence",
        *_owner("evidence"),
        sa.Column("evidence_id", Id(), nullable=False),
        sa.Column("for_kind", sa.String(length=16), nullable=False),
        sa.Column("for_id", Id(), nullable=False),
        sa.Column("seen_by", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("removed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "evidence_id", name=op.f("pk_evidence")),
        **_PERSON,
    )


def _owner(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False)
    return column, sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f(f"fk_{table}_person_id"))


def _leads_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{column}"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Everything of mentors goes: who was one, what was noted, and which files there were."""
    for table in (
        "evidence",
        "concern_steps",
        "concerns",
        "goals",
        "pairings",
        "mentors",
    ):
        op.drop_table(table)
