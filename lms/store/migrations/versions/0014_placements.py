"""Placements: businesses, who works there, her hours, and who confirmed them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.store.tables.columns import Id

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_REF: dict[str, Any] = {"info": {"class": "ref"}}
_PERSON: dict[str, Any] = {"info": {"class": "person"}, "sqlite_with_rowid": False}


def upgrade() -> None:
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
        sa.Column("organisation_id", sa.Integer(), nullable=False),
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
        sa.Column("completed_ms", sa.BigInteger(), nullable=True),
        sa.Column("completed_note", sa.Text(), nullable=True),
        _leads_to("placements", "business_id", "businesses"),
        _leads_to("placements", "organisation_id", "organisations"),
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
        sa.Column("confirmation_id", Id(), nullable=False),
        sa.Column("by_business", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "placement_id", "week", "confirmation_id", name=op.f("pk_confirmations")),
        **_PERSON,
    )
    op.create_table(
        "week_links",
        *_owner("week_links"),
        sa.Column("link_id", Id(), nullable=False),
        sa.Column("placement_id", Id(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.Column("again_ms", sa.BigInteger(), nullable=True),
        sa.Column("refused_ms", sa.BigInteger(), nullable=True),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "link_id", name=op.f("pk_week_links")),
        **_PERSON,
    )


def _owner(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False)
    return column, sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f(f"fk_{table}_person_id"))


def _leads_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{column}"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Everything of placements goes: the businesses, the hours and who confirmed them."""
    for table in ("week_links", "confirmations", "hours", "placements", "businesses"):
        op.drop_table(table)
