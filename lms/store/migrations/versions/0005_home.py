"""Learning at home: the phones that know who learns on them, and from when somebody's learning counts.

Whoever has begun a course so far has an account, so hers counts from the day it was recorded; a guest's
counts from the day she makes an account, and never if she makes none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAGE = 10_000
"""People asked for at once."""


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_devices_person_id")),
        sa.PrimaryKeyConstraint("person_id", "device_hash", name=op.f("pk_devices")),
        info={"class": "person"},
        sqlite_with_rowid=False,
    )
    op.add_column("enrolments", sa.Column("counted_ms", sa.BigInteger(), nullable=True))
    _count_everybody()


def _count_everybody() -> None:
    """A person at a time, as a distributed database has them."""
    db = op.get_bind()
    found = "SELECT DISTINCT person_id FROM enrolments WHERE person_id > :p ORDER BY person_id LIMIT :most"
    count = "UPDATE enrolments SET counted_ms = recorded_ms WHERE person_id = :p"
    after = -1
    while learners := db.execute(sa.text(found), {"p": after, "most": _PAGE}).scalars().all():
        db.execute(sa.text(count), [{"p": person_id} for person_id in learners])
        after = learners[-1]


def downgrade() -> None:
    op.drop_column("enrolments", "counted_ms")
    op.execute("DELETE FROM handles WHERE kind IN ('device', 'guest-start')")
    op.drop_table("devices")
