"""Signed badges: what was asked to be signed, what was signed, and the lists that say which are taken back.

Awards there are wait to be signed from now on. What a version of a badge says gets the title of what was
finished, taken from its own sentence, and the language of its course, so that it can be read without the course.
"""

from __future__ import annotations

import json
import re

import sqlalchemy as sa
from alembic import op

import lms.store.tables.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PAGE = 10_000
"""People asked for at once."""
_DUE = sa.text("due_ms IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "issuers",
        sa.Column("did", sa.String(length=300), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("did", name=op.f("pk_issuers")),
        info={"class": "ref"},
    )
    for name, kind in (("title", sa.Text()), ("description", sa.Text()), ("lang", sa.String(length=16))):
        op.add_column("badge_versions", sa.Column(name, kind, server_default="", nullable=False))
    op.add_column("badge_versions", sa.Column("png_hash", sa.String(length=64), nullable=True))
    _fill_versions()
    op.create_table(
        "credentials",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("award_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("issue_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("list_no", sa.Integer(), nullable=False),
        sa.Column("slot_no", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_credentials_person_id")),
        sa.PrimaryKeyConstraint("person_id", "award_id", "issue_no", name=op.f("pk_credentials")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.add_column("awards", sa.Column("named", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("awards", sa.Column("due_ms", sa.BigInteger(), nullable=True))
    op.create_index("ix_awards_due", "awards", ["person_id", "due_ms"], sqlite_where=_DUE, postgresql_where=_DUE)
    _ask_for_files()
    op.create_table(
        "status_lists",
        sa.Column("list_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signed_ms", sa.BigInteger(), nullable=True),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("list_no", name=op.f("pk_status_lists")),
        info={"class": "local"},
    )
    op.create_table(
        "status_slots",
        sa.Column("list_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("award_id", lms.store.tables.columns.Id(), nullable=False),
        sa.PrimaryKeyConstraint("list_no", "slot_no", name=op.f("pk_status_slots")),
        sa.UniqueConstraint("award_id", name=op.f("uq_status_slots_award_id")),
        info={"class": "local"},
    )


def _fill_versions() -> None:
    """Titles stand in the sentences there are, languages in the plan of each course's last release."""
    db = op.get_bind()
    plans = db.execute(sa.text("SELECT course_id, manifest FROM releases ORDER BY release_id"))
    langs = {course_id: json.loads(manifest)["plan"]["lang"] for course_id, manifest in plans}
    found = db.execute(
        sa.text(
            "SELECT v.badge_id, v.version, v.criteria, b.course_id FROM badge_versions v"
            " JOIN badges b ON b.badge_id = v.badge_id"
        )
    ).all()
    fill = sa.text(
        "UPDATE badge_versions SET title = :title, description = :description, lang = :lang"
        " WHERE badge_id = :badge_id AND version = :version"
    )
    for badge_id, version, criteria, course_id in found:
        title = re.search(r'"(.*)"', criteria, re.DOTALL)
        said = {"title": title[1] if title else criteria, "description": criteria, "lang": langs.get(course_id, "en")}
        db.execute(fill, {**said, "badge_id": badge_id, "version": version})


def _ask_for_files() -> None:
    """A person at a time, as a distributed database has them."""
    db = op.get_bind()
    found = "SELECT DISTINCT person_id FROM awards WHERE person_id > :p ORDER BY person_id LIMIT :most"
    asked = "UPDATE awards SET due_ms = recorded_ms WHERE person_id = :p AND revoked_ms IS NULL"
    after = -1
    while holders := db.execute(sa.text(found), {"p": after, "most": _PAGE}).scalars().all():
        db.execute(sa.text(asked), [{"p": person_id} for person_id in holders])
        after = holders[-1]


def downgrade() -> None:
    op.drop_table("status_slots")
    op.drop_table("status_lists")
    op.drop_index("ix_awards_due", "awards")
    op.drop_column("awards", "due_ms")
    op.drop_column("awards", "named")
    op.drop_table("credentials")
    for name in ("png_hash", "lang", "description", "title"):
        op.drop_column("badge_versions", name)
    op.drop_table("issuers")
