"""Rows of what somebody chose at a Rate or a Rate again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from lms.learning.answers import letters_of
from lms.learning.events import EventKind
from lms.learning.skills import Rating
from lms.store.tables import events


def ratings_of(db: Connection, ids: Sequence[int]) -> list[Rating]:
    """The last of each step, under any of her ids, in the order in which they were recorded."""
    found = select(events.c.course_id, events.c.step_no, events.c.choice).where(
        events.c.person_id.in_(list(ids)), events.c.kind == EventKind.RATED.value
    )
    last: dict[tuple[int, int], Rating] = {}
    for course_id, step_no, choice in db.execute(found.order_by(events.c.recorded_ms, events.c.seq)):
        last.pop((course_id, step_no), None)
        last[course_id, step_no] = Rating(course_id, step_no, "".join(letters_of(choice)))
    return list(last.values())
