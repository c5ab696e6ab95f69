"""Rows of meetings, and of the places that are taken at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from lms.store import merges
from lms.store.groups import GroupRow
from lms.store.statements import insert_into
from lms.store.tables import bookings, groups, meetings, memberships, people


class MeetingRow(NamedTuple):
    """A meeting. Without a group it is open to all groups of its programme, else of its venue, else organisation."""

    meeting_id: int
    public_id: str
    organisation_id: int
    group_id: int | None
    venue_id: int | None
    programme_id: int | None
    area_id: int | None
    kind: str
    name: str
    place: str
    starts_ms: int
    minutes: int
    capacity: int | None
    series_id: str | None
    cancelled_ms: int | None
    made_ms: int
    changes: int

    @property
    def ends_ms(self) -> int:
        return self.starts_ms + self.minutes * 60_000


_MEETING = tuple(meetings.c[name] for name in MeetingRow._fields)
_IN_ORDER = meetings.c.starts_ms, meetings.c.meeting_id


def add(db: Connection, values: dict[str, Any]) -> int:
    """A meeting; one of its public id that is there stays. Returns its id."""
    db.execute(insert_into(db, meetings).values(**values).on_conflict_do_nothing())
    its = select(meetings.c.meeting_id).where(meetings.c.public_id == values["public_id"])
    return int(db.execute(its).scalar_one())


def add_all(db: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """New meetings; how many were new. One whose public id is known stays as it is."""
    new = insert_into(db, meetings).values(list(rows)).on_conflict_do_nothing()
    return len(db.execute(new.returning(meetings.c.meeting_id)).all())


def by_public_id(db: Connection, public_id: str, lock: bool = False) -> MeetingRow | None:
    """A meeting by the id shown outside. Whether it is in reach is for a service to say."""
    asked = select(*_MEETING).where(meetings.c.public_id == public_id)
    row = db.execute(asked.with_for_update(key_share=True) if lock else asked).first()
    return MeetingRow._make(row) if row else None


def by_id(db: Connection, meeting_ids: Collection[int]) -> dict[int, MeetingRow]:
    """Meetings by id."""
    asked = select(*_MEETING).where(meetings.c.meeting_id.in_(list(meeting_ids)))
    return {row.meeting_id: MeetingRow._make(row) for row in db.execute(asked)}


def held(db: Connection, from_ms: int, until_ms: int, known_ms: int) -> list[MeetingRow]:
    """The meetings that began between two instants, as known at another: made before it, and not cancelled by then."""
    asked = select(*_MEETING).where(meetings.c.starts_ms >= from_ms, meetings.c.starts_ms < until_ms)
    asked = asked.where(meetings.c.made_ms < known_ms)
    asked = asked.where(meetings.c.cancelled_ms.is_(None) | (meetings.c.cancelled_ms >= known_ms))
    return [MeetingRow._make(row) for row in db.execute(asked.order_by(*_IN_ORDER))]


def open_to(group: GroupRow) -> ColumnElement[bool]:
    """What a group may come to: its own, and what is open to all groups of where it stands."""
    none = meetings.c.group_id.is_(None)
    organisation = and_(none, meetings.c.programme_id.is_(None), meetings.c.venue_id.is_(None))
    ways = [meetings.c.group_id == group.group_id, organisation & (meetings.c.organisation_id == group.organisation_id)]
    if group.programme_id is not None:
        ways.append(and_(none, meetings.c.programme_id == group.programme_id))
    if group.venue_id is not None:
        venue = and_(none, meetings.c.programme_id.is_(None), meetings.c.venue_id == group.venue_id)
        ways.append(venue)
    return or_(*ways)


def of_groups(db: Connection, its: Sequence[GroupRow], from_ms: int, limit: int) -> list[MeetingRow]:
    """What some groups may come to that begins at or after an instant, the first first."""
    if not its:
        return []
    asked = select(*_MEETING).where(meetings.c.starts_ms >= from_ms, or_(*map(open_to, its)))
    return [MeetingRow._make(row) for row in db.execute(asked.order_by(*_IN_ORDER).limit(limit))]


def before(db: Connection, group: GroupRow, until_ms: int, limit: int) -> list[MeetingRow]:
    """What a group may have come to that began before an instant, the last first."""
    asked = select(*_MEETING).where(meetings.c.starts_ms < until_ms, open_to(group))
    latest = asked.order_by(meetings.c.starts_ms.desc(), meetings.c.meeting_id).limit(limit)
    return [MeetingRow._make(row) for row in db.execute(latest)]


def onwards(db: Connection, meeting: MeetingRow, lock: bool = False) -> list[MeetingRow]:
    """A meeting and those of its series after it that are not cancelled."""
    asked = select(*_MEETING).where(
        meetings.c.series_id == meeting.series_id,
        meetings.c.starts_ms >= meeting.starts_ms,
        meetings.c.cancelled_ms.is_(None),
    )
    if meeting.series_id is None:
        return [meeting]
    ordered = asked.order_by(*_IN_ORDER)
    return [MeetingRow._make(row) for row in db.execute(ordered.with_for_update(key_share=True) if lock else ordered)]


def change(db: Connection, meeting_id: int, **values: Any) -> None:
    """Change a meeting, which calendars then take anew."""
    values["changes"] = meetings.c.changes + 1
    db.execute(update(meetings).where(meetings.c.meeting_id == meeting_id).values(**values))


def groups_of(db: Connection, ids: Sequence[int]) -> list[int]:
    """The groups somebody is in now, under any of her ids."""
    hers = memberships.c.person_id.in_(list(ids)), memberships.c.left_ms.is_(None)
    return sorted(set(db.execute(select(memberships.c.group_id).where(*hers)).scalars()))


def groups_open(db: Connection, meeting: MeetingRow) -> list[int]:
    """The groups that may come to a meeting."""
    if meeting.group_id is not None:
        return [meeting.group_id]
    if meeting.programme_id is not None:
        of = groups.c.programme_id == meeting.programme_id
    elif meeting.venue_id is not None:
        of = groups.c.venue_id == meeting.venue_id
    else:
        of = groups.c.organisation_id == meeting.organisation_id
    return list(db.execute(select(groups.c.group_id).where(of).order_by(groups.c.group_id)).scalars())


def taken(db: Connection, meeting_ids: Collection[int]) -> dict[int, int]:
    """Meeting -> how many places are taken, where any is. Somebody who is several ids takes one."""
    asked = (
        select(bookings.c.person_id, bookings.c.meeting_id)
        .where(bookings.c.person_id > 0, bookings.c.meeting_id.in_(list(meeting_ids)))
        .where(bookings.c.cancelled_ms.is_(None))
        .order_by(bookings.c.person_id)
    )
    found = list(db.execute(asked))
    kept = merges.kept_each(db, {person_id for person_id, _meeting in found}) if found else {}
    return Counter(its_id for its_id, _who in {(its_id, kept.get(who, who)) for who, its_id in found})


def booked(db: Connection, ids: Sequence[int], meeting_ids: Collection[int]) -> set[int]:
    """The meetings of some at which somebody has a place, under any of her ids."""
    hers = bookings.c.person_id.in_(list(ids)), bookings.c.cancelled_ms.is_(None)
    asked = select(bookings.c.meeting_id).where(*hers, bookings.c.meeting_id.in_(list(meeting_ids)))
    return set(db.execute(asked).scalars())


def book(db: Connection, person_id: int, meeting_id: int, at_ms: int, by_id: int | None) -> None:
    """Take a place for somebody who has none."""
    row = {"person_id": person_id, "meeting_id": meeting_id, "made_ms": at_ms, "by_id": by_id, "cancelled_ms": None}
    new = insert_into(db, bookings).values(**row)
    again = {"made_ms": at_ms, "by_id": by_id, "cancelled_ms": None}
    db.execute(new.on_conflict_do_update(index_elements=["person_id", "meeting_id"], set_=again))


def give_back(db: Connection, ids: Sequence[int], meeting_id: int, at_ms: int) -> bool:
    """Free the place of somebody, under any of her ids; False if she has none."""
    its = bookings.c.meeting_id == meeting_id, bookings.c.cancelled_ms.is_(None)
    free = update(bookings).where(bookings.c.person_id == bindparam("whose"), *its).values(cancelled_ms=at_ms)
    return sum(db.execute(free, {"whose": person_id}).rowcount for person_id in sorted(ids)) > 0


class Sitting(NamedTuple):
    """Somebody who may come to a meeting."""

    person_id: int
    public_id: str
    display_name: str


def people_of(db: Connection, person_ids: Collection[int]) -> list[Sitting]:
    """People by id who have not been erased, in order of name."""
    asked = select(people.c.person_id, people.c.public_id, people.c.display_name)
    known = asked.where(people.c.person_id.in_(list(person_ids)), people.c.erased_ms.is_(None))
    return [Sitting(*row) for row in db.execute(known.order_by(people.c.display_name, people.c.person_id))]
