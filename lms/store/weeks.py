"""Rows of the links by which businesses say whether the hours of a week are right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select, update

from lms.store import handles
from lms.store.statements import insert_into
from lms.store.tables import hours, week_links

WEEK = "week"
"""The kind of handle of such a link."""


class LinkRow(NamedTuple):
    """A link to one week of a placement. `way`: by letter, or shown to staff."""

    person_id: int
    link_id: UUID
    placement_id: UUID
    week: int
    way: str
    by_id: int | None
    made_ms: int
    expires_ms: int
    sent_ms: int | None = None
    again_ms: int | None = None
    refused_ms: int | None = None
    used_ms: int | None = None
    closed_ms: int | None = None

    def is_open(self, now_ms: int) -> bool:
        """Whether it still works."""
        return self.used_ms is None and self.closed_ms is None and now_ms < self.expires_ms


_LINK = tuple(week_links.c[name] for name in LinkRow._fields)


def add(db: Connection, row: LinkRow) -> bool:
    """Keep a link; False where it was made before."""
    new = insert_into(db, week_links).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(week_links.c.link_id)).first() is not None


def lead(db: Connection, row: LinkRow, code: str, at_ms: int) -> None:
    """Let a code lead to a link."""
    handles.add(db, WEEK, code, row.person_id, at_ms, row.expires_ms, ref=row.link_id.hex)


def found(db: Connection, code: str) -> LinkRow | None:
    """The link a code leads to, whether it still works or not."""
    handle = handles.find(db, WEEK, code)
    return one(db, handle.person_id, UUID(handle.ref)) if handle and handle.ref else None


def one(db: Connection, person_id: int, link_id: UUID) -> LinkRow | None:
    """A link of a person."""
    its = week_links.c.person_id == person_id, week_links.c.link_id == link_id
    row = db.execute(select(*_LINK).where(*its)).first()
    return LinkRow(*row) if row else None


def of_people(db: Connection, ids: Iterable[int]) -> list[LinkRow]:
    """Every link to weeks of some people, the oldest first."""
    theirs = select(*_LINK).where(week_links.c.person_id.in_(list(ids)))
    return [LinkRow(*row) for row in db.execute(theirs.order_by(week_links.c.made_ms, week_links.c.link_id))]


def change(db: Connection, row: LinkRow, **values: int | None) -> None:
    """Say something else of a link."""
    its = week_links.c.person_id == row.person_id, week_links.c.link_id == row.link_id
    db.execute(update(week_links).where(*its).values(**values))


def who_worked(db: Connection, since_day: int, after: int, limit: int) -> list[int]:
    """Ids under which hours since a day were written down, in their order, from after one."""
    worked = select(hours.c.person_id).where(hours.c.day >= since_day, hours.c.person_id > after)
    return list(db.execute(worked.distinct().order_by(hours.c.person_id).limit(limit)).scalars())
