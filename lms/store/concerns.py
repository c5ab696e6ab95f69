"""Rows of concerns: what was passed to the safeguarding lead about a person, by whom and when, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, delete, or_, select, update

from lms.learning.people import Role, ScopeKind
from lms.store.statements import insert_into
from lms.store.tables import concern_steps, concerns, people, roles

_MOST = 200
"""Of a list: more open concerns at once than anybody can take up."""


class ConcernRow(NamedTuple):
    """A concern. `organisation_id` None: for who reads the concerns of the whole site."""

    person_id: int
    concern_id: UUID
    organisation_id: int | None
    by_id: int | None
    at_ms: int
    recorded_ms: int
    body: str
    taken_ms: int | None
    taken_by: int | None
    closed_ms: int | None
    thread_id: UUID | None = None
    message_id: UUID | None = None
    """What it was passed on from, if from messages."""


class StepRow(NamedTuple):
    """What was done about a concern."""

    step_id: UUID
    at_ms: int
    by_id: int | None
    said: str


_ROW = tuple(concerns.c[name] for name in ConcernRow._fields)


def add(db: Connection, row: ConcernRow) -> bool:
    """Keep a concern; False where the same form passed it on before."""
    new = insert_into(db, concerns).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(concerns.c.concern_id)).first() is not None


def listed(db: Connection, organisations: Iterable[int] | None, closed: bool) -> list[ConcernRow]:
    """The concerns of some organisations (None: all there are), the newest first: those open, or those closed."""
    wanted = select(*_ROW).where(concerns.c.person_id > 0)
    wanted = wanted.where(concerns.c.closed_ms.is_not(None) if closed else concerns.c.closed_ms.is_(None))
    if organisations is not None:
        wanted = wanted.where(concerns.c.organisation_id.in_(list(organisations)))
    found = [ConcernRow(*row) for row in db.execute(wanted.order_by(concerns.c.person_id, concerns.c.concern_id))]
    return sorted(found, key=lambda it: -it.recorded_ms)[:_MOST]


def one(db: Connection, ids: Iterable[int], concern_id: UUID) -> ConcernRow | None:
    """A concern about somebody, under any of her ids."""
    its = concerns.c.person_id.in_(list(ids)), concerns.c.concern_id == concern_id
    row = db.execute(select(*_ROW).where(*its)).first()
    return ConcernRow(*row) if row else None


def passed_by(db: Connection, ids: Iterable[int]) -> list[tuple[int, int | None]]:
    """(when, when it was taken up) of what somebody passed on, the newest first."""
    mine = concerns.c.person_id > 0, concerns.c.by_id.in_(list(ids))
    found = select(concerns.c.recorded_ms, concerns.c.taken_ms).where(*mine)
    rows = db.execute(found.order_by(concerns.c.person_id, concerns.c.concern_id))
    return sorted(((at_ms, taken_ms) for at_ms, taken_ms in rows), key=lambda it: -it[0])[:_MOST]


def take(db: Connection, row: ConcernRow, by_id: int, at_ms: int) -> bool:
    """Somebody takes it up; False where somebody has."""
    its = concerns.c.person_id == row.person_id, concerns.c.concern_id == row.concern_id
    first = update(concerns).where(*its, concerns.c.taken_ms.is_(None))
    return db.execute(first.values(taken_ms=at_ms, taken_by=by_id)).rowcount == 1


def close(db: Connection, row: ConcernRow, at_ms: int) -> bool:
    """Nothing more is to be done about it; False where that was said."""
    its = concerns.c.person_id == row.person_id, concerns.c.concern_id == row.concern_id
    return (
        db.execute(update(concerns).where(*its, concerns.c.closed_ms.is_(None)).values(closed_ms=at_ms)).rowcount == 1
    )


def add_step(db: Connection, row: ConcernRow, step: StepRow) -> bool:
    """Note what was done; False where the same form did it before."""
    values = {"person_id": row.person_id, "concern_id": row.concern_id, **step._asdict()}
    new = insert_into(db, concern_steps).values(**values).on_conflict_do_nothing()
    return db.execute(new.returning(concern_steps.c.step_id)).first() is not None


def steps(db: Connection, row: ConcernRow) -> list[StepRow]:
    """What was done about a concern, in order."""
    its = concern_steps.c.person_id == row.person_id, concern_steps.c.concern_id == row.concern_id
    columns = (concern_steps.c[name] for name in StepRow._fields)
    found = select(*columns).where(*its).order_by(concern_steps.c.at_ms, concern_steps.c.step_id)
    return [StepRow(*it) for it in db.execute(found)]


def readers(db: Connection, organisation_id: int | None, programme_ids: Iterable[int], at_ms: int) -> list[str]:
    """The names of the safeguarding leads who read the concerns of an organisation at an instant."""
    running = roles.c.starts_ms <= at_ms, or_(roles.c.ends_ms.is_(None), roles.c.ends_ms > at_ms)
    reaches = or_(
        roles.c.scope == ScopeKind.SITE,
        (roles.c.scope == ScopeKind.ORGANISATION) & (roles.c.scope_id == (organisation_id or 0)),
        (roles.c.scope == ScopeKind.PROGRAMME) & roles.c.scope_id.in_(list(programme_ids)),
    )
    found = (
        select(people.c.person_id, people.c.display_name)
        .join(roles, roles.c.person_id == people.c.person_id)
        .where(people.c.person_id > 0, roles.c.role == Role.SAFEGUARDING_LEAD, *running, reaches)
        .where(people.c.username.is_not(None), people.c.erased_ms.is_(None))
        .distinct()
        .order_by(people.c.person_id)
    )
    return [name for _person_id, name in db.execute(found)]


def forget(db: Connection, person_id: int, at_ms: int) -> None:
    """Drop the words of all concerns about somebody, and of what was done; that there were any, and when, stays."""
    hers = concerns.c.person_id == person_id
    db.execute(update(concerns).where(hers, concerns.c.closed_ms.is_(None)).values(closed_ms=at_ms))
    db.execute(update(concerns).where(hers).values(body=""))
    db.execute(delete(concern_steps).where(concern_steps.c.person_id == person_id))
