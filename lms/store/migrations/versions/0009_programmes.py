"""Programmes: venues, what a programme aims at, meetings and who came, and whom staff have rung."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lms.store.tables.columns import Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_REF: dict[str, Any] = {"info": {"class": "ref"}}
_PERSON: dict[str, Any] = {"info": {"class": "person"}, "sqlite_with_rowid": False}


def upgrade() -> None:
    _make_places()
    # Said in SQL: Alembic would make the table anew on SQLite, and what hangs on a group forbids that.
    for column, others in (("venue_id", "venues"), ("programme_id", "programmes")):
        op.execute(f"ALTER TABLE groups ADD COLUMN {column} INTEGER CONSTRAINT fk_groups_{column} REFERENCES {others}")
    op.add_column("groups", sa.Column("kind", sa.String(length=16), server_default="learners", nullable=False))
    _make_meetings()
    _make_what_hangs_on_people()


def _make_places() -> None:
    op.create_table(
        "venues",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        _leads_to("venues", "organisation_id", "organisations"),
        _leads_to("venues", "area_id", "areas"),
        sa.PrimaryKeyConstraint("venue_id", name=op.f("pk_venues")),
        **_REF,
    )
    op.create_table(
        "programmes",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_day", sa.Integer(), nullable=False),
        sa.Column("ends_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("slug", name=op.f("uq_programmes_slug")),
        **_REF,
    )
    op.create_table(
        "programme_organisations",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        _leads_to("programme_organisations", "programme_id", "programmes"),
        _leads_to("programme_organisations", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("programme_id", "organisation_id", name=op.f("pk_programme_organisations")),
        **_REF,
    )
    op.create_table(
        "targets",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _leads_to("targets", "programme_id", "programmes"),
        _leads_to("targets", "area_id", "areas"),
        sa.PrimaryKeyConstraint("programme_id", "area_id", "measure", name=op.f("pk_targets")),
        **_REF,
    )


def _make_meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.String(length=32), nullable=True),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False, server_default="0"),
        *(
            _leads_to("meetings", name, others)
            for name, others in (
                ("organisation_id", "organisations"),
                ("group_id", "groups"),
                ("venue_id", "venues"),
                ("programme_id", "programmes"),
                ("area_id", "areas"),
            )
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_meetings_public_id")),
        **_REF,
    )
    op.create_index(op.f("ix_meetings_group_id_starts_ms"), "meetings", ["group_id", "starts_ms"])


def _make_what_hangs_on_people() -> None:
    op.create_table(
        "attendance",
        *_owner("attendance"),
        sa.Column("tick_id", Id(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        _leads_to("attendance", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("person_id", "tick_id", name=op.f("pk_attendance")),
        **_PERSON,
    )
    op.create_index(op.f("ix_attendance_meeting_id"), "attendance", ["meeting_id"])
    op.create_table(
        "bookings",
        *_owner("bookings"),
        sa.Column("meeting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        _leads_to("bookings", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("person_id", "meeting_id", name=op.f("pk_bookings")),
        **_PERSON,
    )
    op.create_index(op.f("ix_bookings_meeting_id"), "bookings", ["meeting_id"])
    op.create_table(
        "contacts",
        *_owner("contacts"),
        sa.Column("contact_id", Id(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("seen_by", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "contact_id", name=op.f("pk_contacts")),
        **_PERSON,
    )


def _owner(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False)
    return column, sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f(f"fk_{table}_person_id"))


def _leads_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{column}"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Groups stay, and where they stood is forgotten; roles for a venue or programme end with it."""
    op.execute("DELETE FROM roles WHERE scope IN ('venue', 'programme')")
    for table in ("contacts", "bookings", "attendance", "meetings"):
        op.drop_table(table)
    for column in ("kind", "programme_id", "venue_id"):
        op.execute(f"ALTER TABLE groups DROP COLUMN {column}")
    for table in ("targets", "programme_organisations", "programmes", "venues"):
        op.drop_table(table)
