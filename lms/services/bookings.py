"""Places at meetings: a learner takes one and gives it back, or whoever runs the meeting does it for her.

Who is full is full: nobody waits for a place, so nobody is promised one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.events import is_text
from lms.learning.meetings import fits
from lms.learning.people import Permission
from lms.services.meetings import reached
from lms.services.people import SignedIn
from lms.store import attendance, handles, merges
from lms.store import groups as group_rows
from lms.store import meetings as rows
from lms.store import people as people_rows
from lms.store.gate import Store, retried
from lms.store.meetings import MeetingRow, Sitting

SHOWN = 40


@dataclass(frozen=True)
class Coming:
    """A meeting a learner may come to."""

    row: MeetingRow
    booked: bool
    full: bool


def coming(store: Store, who: SignedIn, now_ms: int, limit: int = SHOWN) -> list[Coming]:
    """What is ahead for somebody, the first first; what was cancelled only where she has a place."""
    with store.read() as db:
        ids = merges.ids_of(db, who.person_id)
        groups = group_rows.group_rows(db, rows.groups_of(db, ids))
        found = rows.of_groups(db, groups, now_ms, 2 * limit)
        ours = [it.meeting_id for it in found]
        hers, taken = rows.booked(db, ids, ours), rows.taken(db, ours)
    shown = [it for it in found if it.cancelled_ms is None or it.meeting_id in hers]
    return [
        Coming(it, it.meeting_id in hers, not fits(taken.get(it.meeting_id, 0), it.capacity)) for it in shown[:limit]
    ]


@retried
def book(store: Store, who: SignedIn, public_id: str, at_ms: int) -> None:
    """Take a place for herself; twice is once. NotFound for a meeting that is not of her groups, Refused where it is
    full, begun or cancelled."""
    if who.guest:
        raise Forbidden("Make an account first. Your place is kept under your name.")
    with store.write() as db:
        person_id = who.person_id
        people_rows.lock(db, person_id)
        row = rows.by_public_id(db, public_id, lock=True) if is_text(public_id) else None
        ids = merges.ids_of(db, person_id)
        if row is None or not set(rows.groups_of(db, ids)) & set(rows.groups_open(db, row)):
            raise NotFound
        _take(db, ids, person_id, row, person_id, at_ms)


def _take(db: Connection, ids: tuple[int, ...], person_id: int, row: MeetingRow, by_id: int, at_ms: int) -> None:
    if row.meeting_id in rows.booked(db, ids, [row.meeting_id]):
        return
    if row.cancelled_ms is not None:
        raise Refused("This meeting was cancelled.")
    if row.starts_ms <= at_ms:
        raise Refused("This meeting has begun. You can still come: ask who runs it.")
    if not fits(rows.taken(db, [row.meeting_id]).get(row.meeting_id, 0), row.capacity):
        raise Refused("Every place at this meeting is taken. Choose another day, or look again later.")
    rows.book(db, person_id, row.meeting_id, at_ms, by_id)


@retried
def give_back(store: Store, who: SignedIn, public_id: str, at_ms: int) -> None:
    """Free her place; twice is once. NotFound for a meeting she never could see."""
    with store.write() as db:
        people_rows.lock(db, who.person_id)
        row = rows.by_public_id(db, public_id, lock=True) if is_text(public_id) else None
        ids = merges.ids_of(db, who.person_id)
        if row is None:
            raise NotFound
        has = bool(rows.booked(db, ids, [row.meeting_id]))
        if not has and not set(rows.groups_of(db, ids)) & set(rows.groups_open(db, row)):
            raise NotFound
        _free(db, ids, row, at_ms)


def _free(db: Connection, ids: tuple[int, ...], row: MeetingRow, at_ms: int) -> None:
    if row.starts_ms <= at_ms and rows.booked(db, ids, [row.meeting_id]):
        raise Refused("This meeting has begun, so its places stay as they are.")
    rows.give_back(db, ids, row.meeting_id, at_ms)


@dataclass(frozen=True)
class Places:
    """Who has a place at a meeting, and who of its groups has none, as whoever runs it sees them."""

    row: MeetingRow
    booked: tuple[Sitting, ...]
    others: tuple[Sitting, ...]


def places(store: Store, reader: SignedIn, public_id: str, now_ms: int) -> Places:
    """Who may come to a meeting, of the groups in her reach. NotFound for a meeting out of reach."""
    with store.read() as db:
        row = reached(db, reader, public_id, now_ms)
        members = _members(db, reader, row, now_ms)
        booked = set(attendance.booked(db, row.meeting_id))
        kept = merges.kept_each(db, members | booked)
        has = {kept.get(it, it) for it in booked}
        may = {kept.get(it, it) for it in members}
        known = rows.people_of(db, may)  # who is not in her groups keeps her name to herself
    mine = tuple(it for it in known if it.person_id in has)
    return Places(row, mine, tuple(it for it in known if it.person_id not in has))


def _members(db: Connection, reader: SignedIn, row: MeetingRow, now_ms: int) -> set[int]:
    scope = reader.scope(Permission.MEETING_RUN, now_ms)
    groups = group_rows.group_rows(db, rows.groups_open(db, row))
    return {it for group in groups if scope.reaches(group.placed) for it in attendance.members(db, group.group_id)}


@retried
def book_for(store: Store, reader: SignedIn, public_id: str, person: str, at_ms: int) -> None:
    """Take a place for a member of a group in reach. NotFound for anybody else; Refused as for herself."""
    _for_her(store, reader, public_id, person, at_ms, take=True)


@retried
def give_back_for(store: Store, reader: SignedIn, public_id: str, person: str, at_ms: int) -> None:
    """Free the place of a member of a group in reach. NotFound for anybody else."""
    _for_her(store, reader, public_id, person, at_ms, take=False)


def _for_her(store: Store, reader: SignedIn, public_id: str, person: str, at_ms: int, take: bool) -> None:
    with store.write() as db:
        row = reached(db, reader, public_id, at_ms)
        handle = handles.find(db, "person", person)
        if handle is None:
            raise NotFound
        ids = merges.ids_of(db, handle.person_id)
        if not _members(db, reader, row, at_ms) & set(ids):
            raise NotFound
        people_rows.lock(db, ids[0])
        row = reached(db, reader, public_id, at_ms, lock=True)
        if take:
            _take(db, ids, ids[0], row, reader.person_id, at_ms)
        else:
            _free(db, ids, row, at_ms)
