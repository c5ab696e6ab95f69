"""Rows of attendance: ticks, each written once and never changed, and who is expected at a meeting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from lms.learning.attendance import Held, Tick
from lms.store.meetings import MeetingRow
from lms.store.statements import insert_into
from lms.store.tables import attendance, bookings, events, groups, meetings, memberships, people

_TICK = tuple(
    attendance.c[name]
    for name in ("person_id", "tick_id", "meeting_id", "present", "guest", "at_ms", "recorded_ms", "by_id")
)


def add(db: Connection, tick: Tick) -> bool:
    """Keep a tick; False where this person has one of its id."""
    row = {column.name: getattr(tick, column.name) for column in _TICK}
    new = insert_into(db, attendance).values(**row).on_conflict_do_nothing()
    return db.execute(new.returning(attendance.c.present)).first() is not None


def one(db: Connection, person_id: int, tick_id: UUID) -> Tick | None:
    """A tick of somebody."""
    row = db.execute(select(*_TICK).where(attendance.c.person_id == person_id, attendance.c.tick_id == tick_id)).first()
    return Tick(*row) if row else None


def of_meetings(db: Connection, meeting_ids: Collection[int]) -> list[Tick]:
    """Every tick of some meetings."""
    asked = select(attendance.c.person_id, *_TICK[1:]).where(
        attendance.c.meeting_id.in_(list(meeting_ids)), attendance.c.person_id > 0
    )
    return [Tick(*row) for row in db.execute(asked.order_by(attendance.c.person_id))] if meeting_ids else []


def of_groups(db: Connection, group_ids: Collection[int], from_ms: int, until_ms: int) -> list[tuple[Held, Tick]]:
    """Every tick of the meetings of some groups that began between two instants, each with its meeting."""
    met = meetings.c.group_id, meetings.c.starts_ms, meetings.c.minutes
    asked = select(attendance.c.person_id, *_TICK[1:], *met).join(
        meetings, meetings.c.meeting_id == attendance.c.meeting_id
    )
    when = meetings.c.starts_ms >= from_ms, meetings.c.starts_ms < until_ms, meetings.c.cancelled_ms.is_(None)
    asked = asked.where(meetings.c.group_id.in_(list(group_ids)), *when, attendance.c.person_id > 0)
    found = db.execute(asked.order_by(attendance.c.person_id)) if group_ids else ()
    return [(_held(tick[2], *its), Tick(*tick)) for *tick, its in ((*row[:-3], row[-3:]) for row in found)]


def _held(meeting_id: int, group_id: int, starts_ms: int, minutes: int) -> Held:
    return Held(meeting_id, group_id, starts_ms, starts_ms + minutes * 60_000)


def of_person(db: Connection, ids: Sequence[int]) -> list[Tick]:
    """Every tick of somebody, under any of her ids."""
    return [Tick(*row) for row in db.execute(select(*_TICK).where(attendance.c.person_id.in_(list(ids))))]


def has_any(db: Connection, person_id: int) -> bool:
    """Whether anybody ever ticked her: a fact that stays when her name goes."""
    found = select(attendance.c.tick_id).where(attendance.c.person_id == person_id).limit(1)
    return db.execute(found).first() is not None


def members(db: Connection, group_id: int) -> list[int]:
    """The ids that are in a group now."""
    asked = select(memberships.c.person_id).where(memberships.c.group_id == group_id, memberships.c.left_ms.is_(None))
    return list(db.execute(asked.where(memberships.c.person_id > 0).order_by(memberships.c.person_id)).scalars())


def left(db: Connection, group_id: int) -> list[int]:
    """The ids that have left a group, or were taken out of it; some may be in it again."""
    gone = memberships.c.group_id == group_id, memberships.c.left_ms.is_not(None), memberships.c.person_id > 0
    return list(db.execute(select(memberships.c.person_id).where(*gone).order_by(memberships.c.person_id)).scalars())


def booked(db: Connection, meeting_id: int) -> list[int]:
    """The ids that have a place at a meeting."""
    asked = select(bookings.c.person_id).where(bookings.c.meeting_id == meeting_id, bookings.c.cancelled_ms.is_(None))
    return list(db.execute(asked.where(bookings.c.person_id > 0).order_by(bookings.c.person_id)).scalars())


class Named(NamedTuple):
    """Somebody on a register."""

    person_id: int
    public_id: str
    kind: str
    display_name: str


def named(db: Connection, person_ids: Iterable[int]) -> dict[int, Named]:
    """Id -> somebody who has not been erased."""
    asked = select(people.c.person_id, people.c.public_id, people.c.kind, people.c.display_name)
    found = db.execute(asked.where(people.c.person_id.in_(list(person_ids)), people.c.erased_ms.is_(None)))
    return {row.person_id: Named(*row) for row in found}


def earlier(db: Connection, meeting: MeetingRow, limit: int) -> list[int]:
    """The ids of the last meetings of the same group or series before one."""
    if meeting.series_id:
        same = meetings.c.series_id == meeting.series_id
    elif meeting.group_id is not None:
        same = meetings.c.group_id == meeting.group_id
    else:
        return []
    asked = select(meetings.c.meeting_id).where(same, meetings.c.starts_ms < meeting.starts_ms)
    return list(db.execute(asked.order_by(meetings.c.starts_ms.desc()).limit(limit)).scalars())


def areas_of_groups(db: Connection) -> list[tuple[int, int | None]]:
    """(id, area) of every group."""
    return [(row.group_id, row.area_id) for row in db.execute(select(groups.c.group_id, groups.c.area_id))]


def first_met(db: Connection, end_ms: int) -> int | None:
    """When the first meeting began, if that was before an instant."""
    return db.execute(select(func.min(meetings.c.starts_ms)).where(meetings.c.starts_ms < end_ms)).scalar()


class Entered(NamedTuple):
    """A step that was entered for her by somebody else."""

    course_id: int
    step_no: int
    release_id: int
    at_ms: int
    by_id: int


def entered_for(db: Connection, ids: Sequence[int]) -> list[Entered]:
    """What others entered of what she did, the newest first."""
    asked = select(events.c.course_id, events.c.step_no, events.c.release_id, events.c.at_ms, events.c.by_id)
    hers = events.c.person_id.in_(list(ids)), events.c.by_id.is_not(None), events.c.step_no.is_not(None)
    return [Entered(*row) for row in db.execute(asked.where(*hers).order_by(events.c.at_ms.desc(), events.c.step_no))]
