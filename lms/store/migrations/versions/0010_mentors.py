"""The path from a mentor to a placement: pairings, messages, concerns, placements and their evidence."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.store.tables.columns import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_REF: dict[str, Any] = {"info": {"class": "ref"}}
_PERSON: dict[str, Any] = {"info": {"class": "person"}, "sqlite_with_rowid": False}


def upgrade() -> None:
    _make_pairings()
    _make_messages()
    _make_concerns()
    _make_placements()


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


def _make_messages() -> None:
    op.create_table(
        "threads",
        *_owner("threads"),
        sa.Column("thread_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
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


def _make_concerns() -> None:
    op.create_table(
        "concerns",
        *_owner("concerns"),
        sa.Column("concern_id", Id(), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("about_id", Id(), nullable=True),
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


def _make_placements() -> None:
    op.create_table(
        "businesses",
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("checked_day", sa.Integer(), nullable=True),
        sa.Column("agreement_day", sa.Integer(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        _leads_to("businesses", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("business_id", name=op.f("pk_businesses")),
        sa.UniqueConstraint("public_id", name=op.f("uq_businesses_public_id")),
        **_REF,
    )
    op.create_table(
        "placements",
        *_owner("placements"),
        sa.Column("placement_id", Id(), nullable=False),
        sa.Column("business_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_day", sa.Integer(), nullable=False),
        sa.Column("ends_day", sa.Integer(), nullable=False),
        sa.Column("week_minutes", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("risks", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("ended_day", sa.Integer(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("later", sa.String(length=16), nullable=True),
        sa.Column("later_ms", sa.BigInteger(), nullable=True),
        _leads_to("placements", "business_id", "businesses"),
        sa.PrimaryKeyConstraint("person_id", "placement_id", name=op.f("pk_placements")),
        **_PERSON,
    )
    op.create_index(op.f("ix_placements_business_id"), "placements", ["business_id"], unique=False)
    op.create_table(
        "hours",
        *_owner("hours"),
        sa.Column("hours_id", Id(), nullable=False),
        sa.Column("placement_id", Id(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("replaces", Id(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "hours_id", name=op.f("pk_hours")),
        **_PERSON,
    )
    op.create_table(
        "confirmations",
        *_owner("confirmations"),
        sa.Column("placement_id", Id(), nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_business", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "placement_id", "week", "by_business", name=op.f("pk_confirmations")),
        **_PERSON,
    )
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
    """Everything of mentors, messages and placements goes."""
    for table in (
        "evidence",
        "confirmations",
        "hours",
        "placements",
        "businesses",
        "concern_steps",
        "concerns",
        "messages",
        "thread_staff",
        "threads",
        "goals",
        "pairings",
        "mentors",
    ):
        op.drop_table(table)
