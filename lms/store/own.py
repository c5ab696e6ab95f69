"""Every row about one person, whichever table it is in: what she may see and take away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, select

from lms.store.tables import METADATA, badges, businesses, events, groups, meetings, step_names
from lms.store.tables.columns import Id

_OTHERS = frozenset({"actor_id", "by_id", "mentor_id", "other_id", "staff_id"})
HELD_BACK = frozenset({"secret", "person_id", "sign_in_epoch", "stored_as"}) | _OTHERS
"""Columns that would open a door, or that lead to somebody else. Her own id inside says nothing outside."""

_OF_OTHERS = frozenset({"long_list_rows", "thread_staff"})
"""Tables whose rows hang on her and are about others: learners on a list that she sent, and who read her messages when.

Who can read them now stands on the page of each thread."""

_WHEN = ("month", "at_ms", "made_ms", "joined_ms", "starts_ms", "seq")
"""Columns that say when a row came to be: a page shows the last rows as the newest."""


def every_row(db: Connection, person_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of everything about a person, table by table, in each the oldest first."""
    for table in sorted(METADATA.tables.values(), key=lambda table: table.name):
        if table.info.get("class") == "person" and table.name not in _OF_OTHERS:
            columns = [column for column in table.columns if _is_shown(column)]
            rows = db.execute(select(*columns).where(table.c.person_id == person_id).order_by(*_oldest_first(table)))
            for row in rows.mappings():
                yield table.name, dict(row)


def _oldest_first(table: Table) -> Iterator[ColumnElement[Any]]:
    """What puts a table's rows in the order they came; keys say nothing of it, since ids are random."""
    if table.name == "words":
        asked = (events.c.person_id == table.c.person_id) & (events.c.event_id == table.c.event_id)
        yield select(events.c.at_ms).where(asked).scalar_subquery()
    yield from (table.c[name] for name in _WHEN if name in table.c)
    yield from table.primary_key.columns


def _is_shown(column: Any) -> bool:
    """No secrets, and no hashes: bytes that mean nothing to a reader."""
    is_hash = isinstance(column.type, LargeBinary) and not isinstance(column.type, Id)
    return column.name not in HELD_BACK and not is_hash


def names_of_steps(db: Connection) -> dict[tuple[int, int], str]:
    """(course, number) -> `module/name`, the newest name of each."""
    rows = db.execute(
        select(step_names.c.course_id, step_names.c.step_no, step_names.c.module, step_names.c.name).order_by(
            step_names.c.since_ms
        )
    )
    return {(course_id, no): f"{module}/{name}" for course_id, no, module, name in rows}


def names_of_groups(db: Connection) -> dict[int, str]:
    """Id -> name of every group."""
    return {row.group_id: row.name for row in db.execute(select(groups.c.group_id, groups.c.name))}


def names_of_badges(db: Connection) -> dict[int, str]:
    """Id -> slug of every badge: `course/module`, or `course`."""
    return {row.badge_id: row.slug for row in db.execute(select(badges.c.badge_id, badges.c.slug))}


def names_of_meetings(db: Connection) -> dict[int, str]:
    """Id -> name and day of every meeting."""
    found = db.execute(select(meetings.c.meeting_id, meetings.c.name, meetings.c.starts_ms))
    return {its_id: f"{name}, {datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%d}" for its_id, name, at_ms in found}


def names_of_businesses(db: Connection) -> dict[int, str]:
    """Id -> name of every business."""
    return {row.business_id: row.name for row in db.execute(select(businesses.c.business_id, businesses.c.name))}
