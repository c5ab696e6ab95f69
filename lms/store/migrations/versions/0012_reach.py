"""Find the groups of an organisation, a venue and a programme without looking at all the others."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OF = ("organisation_id", "venue_id", "programme_id")


def upgrade() -> None:
    for column in _OF:
        op.create_index(op.f(f"ix_groups_{column}"), "groups", [column], unique=False)


def downgrade() -> None:
    for column in _OF:
        op.drop_index(op.f(f"ix_groups_{column}"), table_name="groups")
