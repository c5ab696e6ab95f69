"""Every row about one person, whichever table it is in: what she may see and take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, LargeBinary, select

from lms.store.tables import METADATA, groups, step_names
from lms.store.tables.columns import Id

HELD_BACK = frozenset({"secret", "person_id", "sign_in_epoch", "actor_id", "by_id"})
"""Columns that would open a door, or that lead to somebody else. Her own id inside says nothing outside."""


def every_row(db: Connection, person_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of everything about a person, table by table in the order of their keys."""
    for table in sorted(METADATA.tables.values(), key=lambda table: table.name):
        if table.info.get("class") == "person":
            columns = [column for column in table.columns if _is_shown(column)]
            rows = db.execute(
                select(*columns).where(table.c.person_id == person_id).order_by(*table.primary_key.columns)
            )
            for row in rows.mappings():
                yield table.name, dict(row)


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
