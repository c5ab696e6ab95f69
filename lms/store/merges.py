"""Rows of merges: which ids are one person. A merge is one row; nothing else is moved.

From the kept person to the others leads `person_id`; from one of the others to the kept person a handle of kind
`merged`, as to everybody. It is there while the merge holds, and there is never a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from lms.store import handles
from lms.store.tables import merges

KIND = "merged"
_PAGE = 1_000


class MergeRow(NamedTuple):
    """Two people who are one, from an instant until another (None: still)."""

    person_id: int
    """Whom the others are from then on."""
    merge_id: UUID
    other_id: int
    at_ms: int
    by_id: int | None
    undone_ms: int | None


_ROW = (
    merges.c.person_id,
    merges.c.merge_id,
    merges.c.other_id,
    merges.c.at_ms,
    merges.c.by_id,
    merges.c.undone_ms,
)


def add(db: Connection, row: MergeRow) -> None:
    """From now on the other is the kept person."""
    db.execute(insert(merges).values(**row._asdict()))
    handles.add(db, KIND, str(row.other_id), row.person_id, row.at_ms)


def undo(db: Connection, row: MergeRow, at_ms: int) -> bool:
    """From now on they are two again; False where that was done before."""
    one = (merges.c.person_id == row.person_id) & (merges.c.merge_id == row.merge_id)
    open_ = update(merges).where(one, merges.c.undone_ms.is_(None))
    if db.execute(open_.values(undone_ms=at_ms)).rowcount != 1:
        return False
    handles.drop(db, KIND, str(row.other_id))
    return True


def one(db: Connection, person_id: int, merge_id: UUID) -> MergeRow | None:
    """A merge into a person, undone or not."""
    mine = (merges.c.person_id == person_id) & (merges.c.merge_id == merge_id)
    row = db.execute(select(*_ROW).where(mine)).first()
    return MergeRow(*row) if row else None


def made_into(db: Connection, person_ids: Iterable[int]) -> list[MergeRow]:
    """The merges into these people that hold, the oldest first."""
    of = merges.c.person_id.in_(list(person_ids)) & merges.c.undone_ms.is_(None)
    found = db.execute(select(*_ROW).where(of).order_by(merges.c.at_ms, merges.c.other_id))
    return [MergeRow(*row) for row in found]


def kept_of(db: Connection, person_id: int) -> int:
    """Whom somebody is: herself, or who was kept when she was merged, over any number of merges."""
    while handle := handles.find(db, KIND, str(person_id)):
        person_id = handle.person_id
    return person_id


def kept_each(db: Connection, person_ids: Iterable[int]) -> dict[int, int]:
    """Of some people those who were merged -> who was kept. One look where none was, else two or more."""
    wanted = set(person_ids)
    into, new = dict[int, int](), wanted
    while new:  # who was merged into somebody who was merged
        found = {int(other): kept for other, kept in handles.find_each(db, KIND, map(str, new)).items()}
        new = set(found.values()) - into.keys()
        into |= found
    return {other: _last(into, other) for other in into.keys() & wanted}


def _last(into: Mapping[int, int], person_id: int) -> int:
    while person_id in into:
        person_id = into[person_id]
    return person_id


def ids_of(db: Connection, person_id: int) -> tuple[int, ...]:
    """All ids that are the same person as this one: the kept one first, then the others in their order."""
    return ids_into(db, kept_of(db, person_id))


def ids_into(db: Connection, kept_id: int) -> tuple[int, ...]:
    """A person whom nobody merged into another, and all whom she is."""
    others: list[int] = []
    found = made_into(db, [kept_id])
    while found:
        others += (row.other_id for row in found)
        found = made_into(db, [row.other_id for row in found])
    return kept_id, *sorted(others)


def every(db: Connection, before_ms: int) -> Iterator[MergeRow]:
    """Every merge recorded before an instant, undone or not, a page at a time in the order of keys."""
    after = -1
    page = select(*_ROW).where(merges.c.at_ms < before_ms).order_by(merges.c.person_id, merges.c.merge_id)
    while people := _people_after(db, after):
        yield from (MergeRow(*row) for row in db.execute(page.where(merges.c.person_id.in_(people))))
        after = people[-1]


def _people_after(db: Connection, after: int) -> list[int]:
    found = select(merges.c.person_id).where(merges.c.person_id > after).distinct()
    return list(db.execute(found.order_by(merges.c.person_id).limit(_PAGE)).scalars())
