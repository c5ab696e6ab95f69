"""Meetings of groups, and workshops that are open to several: adding, changing and cancelling them.

Whoever may run a meeting (`meeting:run`) for a group sees all that the group may come to. Nothing is ever deleted: a
meeting is cancelled, and one that people were at stays as it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.events import is_text
from lms.learning.meetings import About, Opens, Series, check, check_ahead, instant, starts
from lms.learning.people import Permission, Placed, Scope
from lms.services.people import SignedIn, clean_name
from lms.store import attendance, audit
from lms.store import groups as group_rows
from lms.store import meetings as rows
from lms.store.gate import Store, retried
from lms.store.groups import GroupRow
from lms.store.meetings import MeetingRow

Row = MeetingRow
"""What a page is told of a meeting."""
SHOWN_BEFORE = 12
"""Meetings that are over, on the page of a group."""
SHOWN_AHEAD = 120


@dataclass(frozen=True)
class Meetings:
    """What a group may come to: what is ahead or goes on, the first first, and what is over, the last first."""

    group: GroupRow
    ahead: tuple[MeetingRow, ...]
    before: tuple[MeetingRow, ...]
    taken: Mapping[int, int]
    """Meeting -> places that are taken, where any is."""


@dataclass(frozen=True)
class Meeting:
    """A meeting as whoever runs it sees it."""

    row: MeetingRow
    groups: tuple[GroupRow, ...]
    """The groups in her reach that may come."""
    taken: int
    later: int
    """How many of its series come after it and are not cancelled."""


def of_group(store: Store, reader: SignedIn, group_public_id: str, now_ms: int) -> Meetings:
    """The meetings of a group. NotFound for one out of reach; Forbidden for who runs none."""
    with store.read() as db:
        group = _group(db, reader, group_public_id, now_ms)
        ahead = rows.of_groups(db, [group], now_ms - 12 * 3_600_000, SHOWN_AHEAD)
        ahead = [it for it in ahead if it.ends_ms > now_ms]
        before = [it for it in rows.before(db, group, now_ms, SHOWN_BEFORE) if it.ends_ms <= now_ms]
        taken = rows.taken(db, [it.meeting_id for it in (*ahead, *before)])
    return Meetings(group, tuple(ahead), tuple(before), taken)


def _group(db: Connection, reader: SignedIn, public_id: str, now_ms: int) -> GroupRow:
    found = group_rows.group_by_public_id(db, public_id, reader.scope(Permission.MEETING_RUN, now_ms))
    if found is None:
        raise NotFound
    return found


def one(store: Store, reader: SignedIn, public_id: str, now_ms: int) -> Meeting:
    """A meeting that somebody may run. NotFound for one out of reach; Forbidden for who runs none."""
    with store.read() as db:
        row = reached(db, reader, public_id, now_ms)
        scope = reader.scope(Permission.MEETING_RUN, now_ms)
        groups = [it for it in group_rows.group_rows(db, rows.groups_open(db, row)) if scope.reaches(it.placed)]
        taken = rows.taken(db, [row.meeting_id]).get(row.meeting_id, 0)
        later = sum(it.starts_ms > row.starts_ms for it in rows.onwards(db, row))
    return Meeting(row, tuple(groups), taken, later)


def reached(db: Connection, reader: SignedIn, public_id: str, now_ms: int, lock: bool = False) -> MeetingRow:
    """The same within a transaction; with `lock`, nobody else takes a place or changes it until that ends."""
    scope = reader.scope(Permission.MEETING_RUN, now_ms)
    row = rows.by_public_id(db, public_id, lock) if is_text(public_id) else None
    if row is None or not _reaches(db, scope, row):
        raise NotFound
    return row


def _reaches(db: Connection, scope: Scope, row: MeetingRow) -> bool:
    """Whether a meeting is in a scope: by where it stands itself, or by its group."""
    own = Placed(0, row.organisation_id, row.venue_id, row.programme_id)
    of = group_rows.group_rows(db, [row.group_id]) if row.group_id is not None else []
    return any(scope.reaches(placed) for placed in (own, *(it.placed for it in of)))


@retried
def add(
    store: Store,
    reader: SignedIn,
    group_public_id: str,
    about: About,
    series: Series,
    opens: Opens,
    form_id: UUID,
    zone: ZoneInfo,
    at_ms: int,
    kind: str = "",
    now_ms: int | None = None,
) -> list[str]:
    """Add a meeting or a series for a group, or for all groups of where it stands; their public ids, in order.

    The same form twice adds it once. `now_ms`: what counts as past, if that is not `at_ms`. NotFound for a group out
    of reach, Forbidden where she runs no meetings for all groups of that kind, Refused for what can't be.
    """
    named = clean_name(about.name, longest=120)
    check(about)
    instants = starts(series, zone, at_ms if now_ms is None else now_ms)
    ids = [uuid.uuid5(form_id, str(starts_ms)).hex for starts_ms in instants]
    with store.write() as db:
        group = _group(db, reader, group_public_id, at_ms)
        values = {
            **_stands(reader, group, opens, at_ms),
            "kind": kind or ("club" if opens is Opens.GROUP else "workshop"),
            "name": named,
            "place": " ".join(about.place.split()),
            "minutes": about.minutes,
            "capacity": about.capacity,
            "series_id": form_id.hex if len(ids) > 1 else None,
            "made_ms": at_ms,
            "by_id": reader.person_id,
        }
        new = [
            {**values, "public_id": its_id, "starts_ms": starts_ms}
            for its_id, starts_ms in zip(ids, instants, strict=True)
        ]
        if rows.add_all(db, new):
            audit.note(db, reader.person_id, "added-meeting", at_ms, reader.person_id, ids[0], str(len(ids)))
    return ids


def _stands(reader: SignedIn, group: GroupRow, opens: Opens, at_ms: int) -> dict[str, int | None]:
    """Where a meeting stands. Forbidden for one that is open to more than she looks after."""
    where: dict[str, int | None] = {"organisation_id": group.organisation_id, "area_id": group.area_id}
    where |= {"group_id": None, "venue_id": None, "programme_id": None}
    if opens is Opens.GROUP:
        return where | {"group_id": group.group_id, "venue_id": group.venue_id, "programme_id": group.programme_id}
    if opens is Opens.VENUE:
        where["venue_id"] = group.venue_id
    if opens is Opens.PROGRAMME:
        where["programme_id"] = group.programme_id
    if opens is not Opens.ORGANISATION and not (where["venue_id"] or where["programme_id"]):
        raise Refused(
            "This group has no place to meet, or no programme. So it can't be open to the others there.", "opens"
        )
    scope = reader.scope(Permission.MEETING_RUN, at_ms)
    programme = opens is Opens.PROGRAMME and not (scope.everywhere or group.programme_id in scope.programmes)
    if programme or not scope.reaches(Placed(0, group.organisation_id, where["venue_id"], where["programme_id"])):
        raise Forbidden("You look after some of these groups. Only someone of all of them can add this for all.")
    return where


@retried
def change(
    store: Store,
    reader: SignedIn,
    public_id: str,
    about: About,
    day: date,
    at: time,
    onwards: bool,
    zone: ZoneInfo,
    at_ms: int,
) -> int:
    """Change a meeting alone, or with all of its series after it; how many were changed.

    Those after it move by as many days, to the same time. Refused for one that has begun or was cancelled, for a past
    time, and for fewer places than are taken.
    """
    named = clean_name(about.name, longest=120)
    check(about)
    starts_ms = instant(day, at, zone)
    check_ahead(starts_ms, at_ms)
    with store.write() as db:
        row = reached(db, reader, public_id, at_ms, lock=True)
        _check_open(row, at_ms)
        moved = day - _day(row, zone)
        its = rows.onwards(db, row, lock=True) if onwards else [row]
        said = {"name": named, "place": " ".join(about.place.split()), "minutes": about.minutes}
        for it in its:
            begins = instant(_day(it, zone) + moved, at, zone)
            rows.change(db, it.meeting_id, **said, capacity=about.capacity, starts_ms=begins)
        taken = rows.taken(db, [it.meeting_id for it in its])  # asked after writing: a refusal takes it all back
        most = max(taken.values(), default=0)
        if about.capacity is not None and most > about.capacity:
            raise Refused("{taken} places are taken already. Leave at least as many.", "capacity", taken=most)
        audit.note(db, reader.person_id, "changed-meeting", at_ms, reader.person_id, public_id, str(len(its)))
    return len(its)


def _day(row: MeetingRow, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(row.starts_ms / 1000, zone).date()


def _check_open(row: MeetingRow, at_ms: int) -> None:
    if row.cancelled_ms is not None:
        raise Refused("This meeting was cancelled. Add a new one if it takes place after all.")
    if row.starts_ms <= at_ms:
        raise Refused("This meeting has begun, so it can't be changed any more.")


@retried
def cancel(store: Store, reader: SignedIn, public_id: str, onwards: bool, at_ms: int) -> int:
    """Cancel a meeting alone, or with all of its series after it; how many were. Twice is once.

    Refused for one whose register says that somebody was there.
    """
    with store.write() as db:
        row = reached(db, reader, public_id, at_ms, lock=True)
        if row.cancelled_ms is not None and not onwards:
            return 0
        its = rows.onwards(db, row, lock=True) if onwards else [row]
        its = [it for it in its if it.cancelled_ms is None]
        for it in its:
            rows.change(db, it.meeting_id, cancelled_ms=at_ms)
        if attendance.of_meetings(db, [it.meeting_id for it in its]):
            raise Refused("Its register says who was there, so it stays. Put the register right if that is wrong.")
        if its:
            audit.note(db, reader.person_id, "cancelled-meeting", at_ms, reader.person_id, public_id, str(len(its)))
    return len(its)
