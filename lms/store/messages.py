"""Rows of messages: a learner's threads, who of the staff could read them from when to when, and what was written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, update

from lms.learning.people import Placed, Role, ScopeKind
from lms.store.statements import insert_into
from lms.store.tables import messages, people, roles, thread_staff, threads


class ThreadRow(NamedTuple):
    """A thread of a learner. `pairing_id` of one with her mentor, `group_id` of one with who runs a group."""

    person_id: int
    thread_id: UUID
    kind: str
    organisation_id: int
    group_id: int | None
    pairing_id: UUID | None
    made_ms: int
    seen_ms: int | None = None


class MessageRow(NamedTuple):
    """A message in a thread."""

    person_id: int
    message_id: UUID
    thread_id: UUID
    author_id: int
    at_ms: int
    recorded_ms: int
    body: str
    reported_ms: int | None = None
    reported_by: int | None = None


class StaffRow(NamedTuple):
    """Somebody who could sign in and holds a role over a place."""

    person_id: int
    name: str
    role: Role


_THREAD = tuple(threads.c[name] for name in ThreadRow._fields)
_MESSAGE = tuple(messages.c[name] for name in MessageRow._fields)


def _of(row: ThreadRow) -> tuple[ColumnElement[bool], ...]:
    return messages.c.person_id == row.person_id, messages.c.thread_id == row.thread_id


# Threads.


def add(db: Connection, row: ThreadRow) -> bool:
    """Open a thread; False where it was opened before."""
    new = insert_into(db, threads).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(threads.c.thread_id)).first() is not None


def of_learner(db: Connection, ids: Collection[int]) -> list[ThreadRow]:
    """The threads of a learner, under all her ids, the oldest first."""
    hers = select(*_THREAD).where(threads.c.person_id.in_(list(ids)))
    return [ThreadRow(*row) for row in db.execute(hers.order_by(threads.c.made_ms, threads.c.thread_id))]


def about(
    db: Connection, group_ids: Collection[int], pairing_ids: Collection[UUID], visible: Select[tuple[int]]
) -> list[ThreadRow]:
    """Threads that somebody of the staff may be able to read: the caller looks at each."""
    its = or_(
        threads.c.group_id.in_(list(group_ids)),
        threads.c.pairing_id.in_(list(pairing_ids)),
        (threads.c.pairing_id.is_not(None)) & threads.c.person_id.in_(visible),
    )
    found = select(*_THREAD).where(threads.c.person_id > 0, its).order_by(threads.c.person_id, threads.c.thread_id)
    return [ThreadRow(*row) for row in db.execute(found)]


def hand_over(db: Connection, ids: Collection[int], old_id: UUID, new_id: UUID) -> None:
    """What was read by the mentor of one pairing of hers is read by that of another from now on."""
    for its_id in ids:
        hers = threads.c.person_id == its_id, threads.c.pairing_id == old_id
        db.execute(update(threads).where(*hers).values(pairing_id=new_id))


def see(db: Connection, row: ThreadRow, until_ms: int) -> None:
    """She has read it until an instant."""
    its = threads.c.person_id == row.person_id, threads.c.thread_id == row.thread_id
    db.execute(update(threads).where(*its).values(seen_ms=until_ms))


# Who of the staff reads it. A record: the right to read is worked out each time.


def staff_over(db: Connection, roles_: Iterable[Role], places: Iterable[Placed], at_ms: int) -> list[StaffRow]:
    """Who holds one of some roles over any of some places now, and can sign in."""
    over = [
        (roles.c.scope == kind) & (roles.c.scope_id == its_id)
        for place in places
        for kind, its_id in (
            (ScopeKind.GROUP, place.group_id),
            (ScopeKind.ORGANISATION, place.organisation_id),
            (ScopeKind.VENUE, place.venue_id),
            (ScopeKind.PROGRAMME, place.programme_id),
        )
        if its_id
    ]
    if not over:
        return []
    running = roles.c.starts_ms <= at_ms, or_(roles.c.ends_ms.is_(None), roles.c.ends_ms > at_ms)
    found = (
        select(people.c.person_id, people.c.display_name, roles.c.role)
        .join(roles, roles.c.person_id == people.c.person_id)
        .where(people.c.person_id > 0, roles.c.role.in_(list(roles_)), *running, or_(*over))
        .where(people.c.username.is_not(None), people.c.erased_ms.is_(None))
        .distinct()
        .order_by(people.c.person_id, roles.c.role)
    )
    return [StaffRow(person_id, name, Role(role)) for person_id, name, role in db.execute(found)]


def able(db: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Id -> name of those of some people who can sign in."""
    found = select(people.c.person_id, people.c.display_name).where(
        people.c.person_id.in_(list(ids)), people.c.username.is_not(None), people.c.erased_ms.is_(None)
    )
    return {row.person_id: row.display_name for row in db.execute(found)}


def note_staff(db: Connection, row: ThreadRow, now: Collection[int], at_ms: int) -> None:
    """Keep who can read a thread from now on, and who no longer can."""
    its = thread_staff.c.person_id == row.person_id, thread_staff.c.thread_id == row.thread_id
    gone = update(thread_staff).where(*its, thread_staff.c.until_ms.is_(None))
    db.execute(gone.where(thread_staff.c.staff_id.not_in(list(now))).values(until_ms=at_ms))
    for staff_id in sorted(now):
        values = {"person_id": row.person_id, "thread_id": row.thread_id, "staff_id": staff_id, "from_ms": at_ms}
        new = insert_into(db, thread_staff).values(**values)
        keys = ["person_id", "thread_id", "staff_id"]
        db.execute(new.on_conflict_do_update(index_elements=keys, set_={"until_ms": None}))


def see_as_staff(db: Connection, row: ThreadRow, staff_id: int, until_ms: int, at_ms: int) -> None:
    """Somebody of the staff has read it until an instant."""
    values = {"person_id": row.person_id, "thread_id": row.thread_id, "staff_id": staff_id, "from_ms": at_ms}
    new = insert_into(db, thread_staff).values(**values, seen_ms=until_ms)
    keys = ["person_id", "thread_id", "staff_id"]
    db.execute(new.on_conflict_do_update(index_elements=keys, set_={"seen_ms": until_ms, "until_ms": None}))


def noted_for(db: Connection, ids: Collection[int]) -> list[ThreadRow]:
    """The threads that somebody of the staff could read when somebody last wrote there."""
    found = (
        select(*_THREAD)
        .join(
            thread_staff,
            (thread_staff.c.person_id == threads.c.person_id) & (thread_staff.c.thread_id == threads.c.thread_id),
        )
        .where(threads.c.person_id > 0, thread_staff.c.staff_id.in_(list(ids)), thread_staff.c.until_ms.is_(None))
        .order_by(threads.c.person_id, threads.c.thread_id)
    )
    return [ThreadRow(*row) for row in db.execute(found)]


def seen_by_staff(db: Connection, rows: Iterable[ThreadRow], ids: Collection[int]) -> dict[UUID, int]:
    """Thread -> until when somebody of the staff has read it, of those she has read anything of."""
    hers = {row.person_id for row in rows}
    found = select(thread_staff.c.thread_id, func.max(thread_staff.c.seen_ms)).where(
        thread_staff.c.person_id.in_(list(hers)), thread_staff.c.staff_id.in_(list(ids))
    )
    rows_ = db.execute(found.group_by(thread_staff.c.thread_id))
    return {thread_id: seen_ms for thread_id, seen_ms in rows_ if seen_ms is not None}


# Messages.


def write(db: Connection, row: MessageRow) -> bool:
    """Keep a message; False where the same form sent it before."""
    new = insert_into(db, messages).values(**row._asdict()).on_conflict_do_nothing()
    return db.execute(new.returning(messages.c.message_id)).first() is not None


def of_thread(db: Connection, row: ThreadRow) -> list[MessageRow]:
    """All that was written in a thread, the oldest first."""
    found = select(*_MESSAGE).where(*_of(row)).order_by(messages.c.recorded_ms, messages.c.message_id)
    return [MessageRow(*it) for it in db.execute(found)]


class LastRow(NamedTuple):
    """The newest of a thread by somebody else than some people, and the newest at all; 0 for none."""

    others_ms: int
    any_ms: int


def newest(db: Connection, rows: Sequence[ThreadRow], ids: Collection[int]) -> dict[UUID, LastRow]:
    """Thread -> when somebody else than these last wrote in it, and when anybody did."""
    found = select(messages.c.thread_id, messages.c.author_id, func.max(messages.c.recorded_ms)).where(
        messages.c.person_id.in_(sorted({row.person_id for row in rows}))
    )
    last: dict[UUID, LastRow] = {}
    for thread_id, author_id, at_ms in db.execute(found.group_by(messages.c.thread_id, messages.c.author_id)):
        before = last.get(thread_id, LastRow(0, 0))
        others = before.others_ms if author_id in ids else max(before.others_ms, at_ms)
        last[thread_id] = LastRow(others, max(before.any_ms, at_ms))
    return last


def report(db: Connection, row: ThreadRow, message_id: UUID, by_id: int, at_ms: int) -> None:
    """Stamp who reported a message first, and when."""
    its = *_of(row), messages.c.message_id == message_id, messages.c.reported_ms.is_(None)
    db.execute(update(messages).where(*its).values(reported_ms=at_ms, reported_by=by_id))


def forget(db: Connection, person_id: int) -> None:
    """Empty all that was written in the threads of somebody; that something was, and when, stays."""
    db.execute(update(messages).where(messages.c.person_id == person_id).values(body=""))
