"""Rows of meetings."""

from __future__ import annotations

from sqlalchemy import Connection, select

from lms.store.statements import insert_into
from lms.store.tables import meetings


def add(db: Connection, values: dict[str, object]) -> int:
    """A meeting; one of its public id that is there stays. Returns its id."""
    db.execute(insert_into(db, meetings).values(**values).on_conflict_do_nothing())
    return int(
        db.execute(select(meetings.c.meeting_id).where(meetings.c.public_id == values["public_id"])).scalar_one()
    )
