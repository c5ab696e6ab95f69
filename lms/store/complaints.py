"""Rows of complaints: what somebody complained of, and what was done about it when. Who has no account is number 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from lms.store import handles
from lms.store.statements import insert_into
from lms.store.tables import complaint_steps, complaints

KIND = "complaint"
_PAGE = 1_000


class ComplaintRow(NamedTuple):
    """One complaint. `seen_ms`: when a person took it up first."""

    person_id: int
    complaint_id: UUID
    number: str
    at_ms: int
    body: str
    reach: str
    """How she wants to be told, in her words."""
    seen_ms: int | None
    closed_ms: int | None


class StepRow(NamedTuple):
    """Something that was done about it."""

    complaint_id: UUID
    at_ms: int
    by_id: int | None
    said: str


_ROW = (
    complaints.c.person_id,
    complaints.c.complaint_id,
    complaints.c.number,
    complaints.c.at_ms,
    complaints.c.body,
    complaints.c.reach,
    complaints.c.seen_ms,
    complaints.c.closed_ms,
)
_STEP = (complaint_steps.c.complaint_id, complaint_steps.c.at_ms, complaint_steps.c.by_id, complaint_steps.c.said)


def add(db: Connection, row: ComplaintRow) -> bool:
    """Keep a complaint; False where it is there already."""
    new = insert_into(db, complaints).values(**row._asdict()).on_conflict_do_nothing()
    if db.execute(new.returning(complaints.c.number)).first() is None:
        return False
    return handles.add(db, KIND, row.number, row.person_id, row.at_ms, ref=row.complaint_id.hex)


def by_number(db: Connection, number: str) -> ComplaintRow | None:
    """The complaint of a number, unless whose it was is erased."""
    handle = handles.find(db, KIND, number)
    if handle is None or not handle.ref:
        return None
    one = (complaints.c.person_id == handle.person_id) & (complaints.c.complaint_id == UUID(handle.ref))
    row = db.execute(select(*_ROW).where(one)).first()
    return ComplaintRow(*row) if row else None


def steps(db: Connection, person_id: int) -> list[StepRow]:
    """What was done about all complaints of a person, the oldest first."""
    found = select(*_STEP).where(complaint_steps.c.person_id == person_id)
    return [StepRow(*row) for row in db.execute(found.order_by(complaint_steps.c.at_ms, complaint_steps.c.step_id))]


def every(db: Connection) -> Iterator[ComplaintRow]:
    """All complaints, person by person."""
    page = select(*_ROW).order_by(complaints.c.person_id, complaints.c.complaint_id)
    for ids in _people(db):
        yield from (ComplaintRow(*row) for row in db.execute(page.where(complaints.c.person_id.in_(ids))))


def _people(db: Connection) -> Iterator[list[int]]:
    after = -1
    found = select(complaints.c.person_id).distinct().order_by(complaints.c.person_id).limit(_PAGE)
    while ids := list(db.execute(found.where(complaints.c.person_id > after)).scalars()):
        yield ids
        after = ids[-1]


def waiting(db: Connection) -> int:
    """How many are not closed."""
    open_ = select(func.count()).select_from(complaints).where(complaints.c.closed_ms.is_(None))
    return int(db.execute(open_).scalar_one())


def add_step(db: Connection, row: ComplaintRow, step_id: UUID, by_id: int, said: str, at_ms: int) -> bool:
    """Note what was done; False where that was noted already. A person has seen it then."""
    values = {"person_id": row.person_id, "step_id": step_id, "complaint_id": row.complaint_id}
    new = insert_into(db, complaint_steps).values(**values, at_ms=at_ms, by_id=by_id, said=said)
    if db.execute(new.on_conflict_do_nothing().returning(complaint_steps.c.at_ms)).first() is None:
        return False
    unseen = _one(row) & complaints.c.seen_ms.is_(None)
    db.execute(update(complaints).where(unseen).values(seen_ms=at_ms))
    return True


def close(db: Connection, row: ComplaintRow, at_ms: int) -> None:
    """Nothing more is to be done about it."""
    db.execute(update(complaints).where(_one(row), complaints.c.closed_ms.is_(None)).values(closed_ms=at_ms))


def _one(row: ComplaintRow) -> ColumnElement[bool]:
    return and_(complaints.c.person_id == row.person_id, complaints.c.complaint_id == row.complaint_id)


def old(db: Connection, before_ms: int, after: int, limit: int) -> list[int]:
    """Ids of people, in their order, from after one, some complaint of whom was closed long ago and has words yet."""
    done = (complaints.c.closed_ms <= before_ms) & (complaints.c.body != "")
    found = select(complaints.c.person_id).distinct().where(done, complaints.c.person_id > after)
    return list(db.execute(found.order_by(complaints.c.person_id).limit(limit)).scalars())


def forget_old(db: Connection, person_ids: Iterable[int], before_ms: int) -> None:
    """Drop the words of those complaints, hers and ours. That there was one, and when, stays."""
    for person_id in person_ids:
        hers = select(complaints.c.complaint_id).where(
            complaints.c.person_id == person_id, complaints.c.closed_ms <= before_ms, complaints.c.body != ""
        )
        for complaint_id in list(db.execute(hers).scalars()):
            _wordless(db, person_id, complaint_id)


def forget(db: Connection, person_id: int, at_ms: int) -> None:
    """The same of all her complaints, which are closed by it: there is nobody left to answer."""
    mine = complaints.c.person_id == person_id
    db.execute(update(complaints).where(mine, complaints.c.closed_ms.is_(None)).values(closed_ms=at_ms))
    for complaint_id in list(db.execute(select(complaints.c.complaint_id).where(mine)).scalars()):
        _wordless(db, person_id, complaint_id)


def _wordless(db: Connection, person_id: int, complaint_id: UUID) -> None:
    for table, words in ((complaints, {"body": "", "reach": ""}), (complaint_steps, {"said": ""})):
        one = (table.c.person_id == person_id) & (table.c.complaint_id == complaint_id)
        db.execute(update(table).where(one).values(**words))
