"""Rows of guests: from when somebody's learning counts, how far a guest is, and erasing those who never came back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, select, update

from lms.store import attendance as attendance_rows
from lms.store import handles, merges
from lms.store.people import GUEST
from lms.store.tables import METADATA, attendance, enrolments, events, milestones, people, sign_ins


def count_from(db: Connection, person_id: int, at_ms: int) -> None:
    """From now on what a guest has done so far counts in reports."""
    hers = (enrolments.c.person_id == person_id) & enrolments.c.counted_ms.is_(None)
    db.execute(update(enrolments).where(hers).values(counted_ms=at_ms))


def is_counted(db: Connection, person_id: int) -> bool:
    """Whether anything a person did counts in reports."""
    counted = (enrolments.c.person_id == person_id) & enrolments.c.counted_ms.is_not(None)
    return db.execute(select(enrolments.c.course_id).where(counted).limit(1)).first() is not None


def lessons_done(db: Connection, person_id: int) -> int | None:
    """How many lessons a person has finished; None where she has begun no course."""
    if db.execute(select(enrolments.c.course_id).where(enrolments.c.person_id == person_id).limit(1)).first() is None:
        return None
    lesson = (milestones.c.person_id == person_id) & (milestones.c.kind == "lesson")
    return int(db.execute(select(func.count()).select_from(milestones).where(lesson)).scalar_one())


def old(db: Connection, before_ms: int, after: int, limit: int) -> list[int]:
    """Ids of guests there were before an instant, in their order, from after one: who may be idle."""
    here = people.c.person_id
    guests = select(here).where(people.c.kind == GUEST, people.c.made_ms < before_ms, people.c.erased_ms.is_(None))
    return list(db.execute(guests.where(here > after).order_by(here).limit(limit)).scalars())


def erase_idle(db: Connection, person_ids: Iterable[int], since_ms: int, at_ms: int) -> int:
    """Erase those of some guests of whom nothing was seen since an instant, with everything they did. How many."""
    idle = [it for it in person_ids if hold(db, it) and _is_idle(db, it, since_ms)]
    for person_id in idle:
        erase(db, person_id, at_ms)
    return len(idle)


def hold(db: Connection, person_id: int) -> bool:
    """Whether somebody is a guest; until the transaction ends nothing of hers is recorded."""
    kind = select(people.c.kind).where(people.c.person_id == person_id, people.c.erased_ms.is_(None))
    return db.execute(kind.with_for_update()).scalar() == GUEST


def _is_idle(db: Connection, person_id: int, since_ms: int) -> bool:
    """Not who was merged with an account: her learning counts, and is part of that person's."""
    if is_counted(db, person_id) or merges.kept_of(db, person_id) != person_id:
        return False
    ticked = select(func.max(attendance.c.recorded_ms)).where(attendance.c.person_id == person_id)
    seen = select(func.max(sign_ins.c.seen_ms)).where(sign_ins.c.person_id == person_id)
    acted = select(func.max(events.c.recorded_ms)).where(events.c.person_id == person_id)
    return all((db.execute(last).scalar() or 0) < since_ms for last in (seen, acted, ticked))


def erase(db: Connection, person_id: int, at_ms: int) -> None:
    """Erase a guest: no row of hers stays, in whichever table, also one that is added later.

    Of a guest of a club it stays that somebody was there, under a number without a name: that was counted.
    """
    handles.forget(db, person_id)
    came = attendance_rows.has_any(db, person_id)
    stays = (people, attendance) if came else (people,)
    for table in METADATA.sorted_tables:
        if table.info["class"] == "person" and table not in stays:
            db.execute(delete(table).where(table.c.person_id == person_id))
    if came:
        gone = {"display_name": "", "wishes": "{}", "area_id": None, "erased_ms": at_ms}
        db.execute(update(people).where(people.c.person_id == person_id).values(**gone))
    else:
        db.execute(delete(people).where(people.c.person_id == person_id))
