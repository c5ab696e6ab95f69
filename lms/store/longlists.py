"""Rows of long lists that wait to be added. They hang on who sent a list; a name is here until its account is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from lms.store.statements import insert_into
from lms.store.tables import long_list_rows, long_lists, memberships, people, secrets


class ListRow(NamedTuple):
    """A list that was sent. `added` is known once it has ended."""

    person_id: int
    list_id: UUID
    group_id: int
    total: int
    unread: str
    made_ms: int
    asked_ms: int | None
    ended_ms: int | None
    added: int | None


class WaitingRow(NamedTuple):
    """Somebody on a list. `number`: her place on it, from 1; `line`: the row a spreadsheet shows."""

    number: int
    line: int
    name: str
    plain: str
    """The name as names are compared."""
    username: str | None
    """The user name that was chosen for her, as it is kept."""


_UPLOAD = select(*(long_lists.c[name] for name in ListRow._fields))
_WAITING = select(*(long_list_rows.c[name] for name in WaitingRow._fields))


def _its(person_id: int, list_id: UUID) -> ColumnElement[bool]:
    return and_(long_list_rows.c.person_id == person_id, long_list_rows.c.list_id == list_id)


def _one(person_id: int, list_id: UUID) -> ColumnElement[bool]:
    return and_(long_lists.c.person_id == person_id, long_lists.c.list_id == list_id)


_WAITS = long_list_rows.c.told.is_(None)


def add(db: Connection, new: ListRow) -> bool:
    """A list; False where it is there."""
    row = insert_into(db, long_lists).values(**new._asdict())
    return db.execute(row.on_conflict_do_nothing().returning(long_lists.c.list_id)).first() is not None


def one(db: Connection, person_id: int, list_id: UUID) -> ListRow | None:
    """A list of hers."""
    row = db.execute(_UPLOAD.where(_one(person_id, list_id))).first()
    return ListRow(*row) if row else None


def lists_of(db: Connection, ids: Iterable[int], group_id: int) -> list[ListRow]:
    """The lists somebody sent for a group, the newest first."""
    hers = _UPLOAD.where(long_lists.c.person_id.in_(list(ids)), long_lists.c.group_id == group_id)
    return [ListRow(*row) for row in db.execute(hers.order_by(long_lists.c.made_ms.desc()))]


def change(db: Connection, its: ListRow, **values: object) -> None:
    db.execute(update(long_lists).where(_one(its.person_id, its.list_id)).values(**values))


def forget(db: Connection, person_id: int, list_id: UUID) -> None:
    """Delete a list with its rows."""
    db.execute(delete(long_list_rows).where(_its(person_id, list_id)))
    db.execute(delete(long_lists).where(_one(person_id, list_id)))


def put(db: Connection, person_id: int, list_id: UUID, rows: Sequence[WaitingRow]) -> None:
    """Some rows of a list."""
    if rows:
        values = [{"person_id": person_id, "list_id": list_id, **row._asdict()} for row in rows]
        db.execute(insert_into(db, long_list_rows), values)


def waiting(db: Connection, person_id: int, list_id: UUID, after: int, limit: int) -> list[WaitingRow]:
    """Those who are still to be added, from after a number."""
    its = _WAITING.where(_its(person_id, list_id), _WAITS, long_list_rows.c.number > after)
    return [WaitingRow(*row) for row in db.execute(its.order_by(long_list_rows.c.number).limit(limit))]


def take(db: Connection, person_id: int, list_id: UUID, numbers: Sequence[int]) -> set[int]:
    """Take some off a list, in the transaction that makes their accounts: those whom nobody else has taken."""
    some = delete(long_list_rows).where(_its(person_id, list_id), _WAITS, long_list_rows.c.number.in_(numbers))
    return set(db.execute(some.returning(long_list_rows.c.number)).scalars())


def refuse(db: Connection, person_id: int, list_id: UUID, number: int, told: str) -> None:
    """Say of a row why it could not be added, and forget who it was."""
    one = update(long_list_rows).where(_its(person_id, list_id), _WAITS, long_list_rows.c.number == number)
    db.execute(one.values(name="", plain="", username=None, told=told))


def wipe(db: Connection, person_id: int, list_id: UUID) -> None:
    """Forget everybody who waits."""
    db.execute(delete(long_list_rows).where(_its(person_id, list_id), _WAITS))


def left(db: Connection, person_id: int, list_id: UUID) -> tuple[int, int]:
    """(how many wait, how many could not be added)."""
    its = select(func.count(), func.count(long_list_rows.c.told)).where(_its(person_id, list_id))
    every, refused = db.execute(its).one()
    return every - refused, refused


def refused(db: Connection, person_id: int, list_id: UUID, limit: int) -> list[tuple[int, str]]:
    """(row, why) of those who could not be added."""
    its = select(long_list_rows.c.line, long_list_rows.c.told).where(_its(person_id, list_id), ~_WAITS)
    return [(line, told) for line, told in db.execute(its.order_by(long_list_rows.c.number).limit(limit))]


def twice(db: Connection, person_id: int, list_id: UUID, column: str, limit: int) -> list[tuple[int, int, str]]:
    """(first row, last row, name) of those who share a `plain` name or a `username` with another."""
    shared, line = long_list_rows.c[column], long_list_rows.c.line
    each = select(func.min(line), func.max(line), func.min(long_list_rows.c.name)).where(_its(person_id, list_id))
    found = each.where(_WAITS, shared.is_not(None)).group_by(shared).having(func.count() > 1)
    return [(first, last, name) for first, last, name in db.execute(found.order_by(func.min(line)).limit(limit))]


def names_in(db: Connection, group_id: int) -> list[str]:
    """The names of everybody in a group now."""
    inside = (memberships.c.group_id == group_id) & memberships.c.left_ms.is_(None)
    named = select(people.c.display_name).join(memberships, memberships.c.person_id == people.c.person_id)
    return list(db.execute(named.where(inside, people.c.erased_ms.is_(None)).distinct()).scalars())


def without_secret(db: Connection, ids: Sequence[int], group_id: int) -> list[str]:
    """Public ids of those of some people who are in a group and have nothing to sign in with yet."""
    having = select(secrets.c.person_id).where(secrets.c.person_id.in_(list(ids)))
    here = (memberships.c.group_id == group_id) & memberships.c.left_ms.is_(None)
    asked = select(people.c.public_id, people.c.display_name, people.c.person_id).join(
        memberships, memberships.c.person_id == people.c.person_id
    )
    asked = asked.where(people.c.person_id.in_(list(ids)), people.c.person_id.not_in(having), here)
    found = db.execute(asked.where(people.c.erased_ms.is_(None)).distinct())
    return [row.public_id for row in sorted(found, key=lambda row: (row.display_name, row.person_id))]


def unended(db: Connection, before_ms: int, after: int, limit: int) -> list[ListRow]:
    """Lists from before an instant that have not ended, of people in their order, from after one."""
    old = _UPLOAD.where(
        long_lists.c.ended_ms.is_(None), long_lists.c.made_ms < before_ms, long_lists.c.person_id > after
    )
    return [ListRow(*row) for row in db.execute(old.order_by(long_lists.c.person_id).limit(limit))]


def old(db: Connection, before_ms: int, after: int, limit: int) -> list[int]:
    """Who sent a list before an instant, in their order, from after one."""
    hers = select(long_lists.c.person_id).where(long_lists.c.made_ms < before_ms, long_lists.c.person_id > after)
    return list(db.execute(hers.distinct().order_by(long_lists.c.person_id).limit(limit)).scalars())


def forget_old(db: Connection, ids: Iterable[int], before_ms: int) -> None:
    """Delete the lists some people sent before an instant."""
    for person_id in ids:
        hers = select(long_lists.c.list_id).where(long_lists.c.person_id == person_id, long_lists.c.made_ms < before_ms)
        for list_id in db.execute(hers).scalars().all():
            forget(db, person_id, list_id)


def forget_all(db: Connection, person_id: int) -> None:
    """Delete every list of somebody: she is erased."""
    for table in (long_list_rows, long_lists):
        db.execute(delete(table).where(table.c.person_id == person_id))
