"""Mail: what somebody said yes to, and the letters that wait to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.store.tables.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WAITS = sa.text("done_ms IS NULL")


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consent_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("chosen", sa.String(length=24), nullable=True),
        sa.Column("given_ms", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_consents_person_id")),
        sa.PrimaryKeyConstraint("person_id", "consent_id", name=op.f("pk_consents")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mail",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mail_id", lms.store.tables.columns.Id(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("dedup", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("late_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_mail_person_id")),
        sa.PrimaryKeyConstraint("person_id", "mail_id", name=op.f("pk_mail")),
        sa.UniqueConstraint("person_id", "dedup", name=op.f("uq_mail_person_id_dedup")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mail_waiting", "mail", ["due_ms"], sqlite_where=_WAITS, postgresql_where=_WAITS)


def downgrade() -> None:
    """Nobody is written to any more, and no address is kept that nothing could take away."""
    op.execute("DELETE FROM handles WHERE kind IN ('email', 'mail-asked', 'mail-confirm', 'mail-stop')")
    op.execute("UPDATE people SET email = NULL WHERE email IS NOT NULL")
    op.drop_table("mail")
    op.drop_table("consents")
