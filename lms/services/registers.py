"""The register of a meeting: who is expected, who was there, and entering it, also for a year afterwards.

Whoever may run a meeting sees on its register the members of its group, who has a place at it, who came to it, and
who came to the meetings before without ever having been a member. Who left the group is not seen any more; that she
came still counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import N_, NotFound, Refused
from lms.learning.attendance import AFTERWARDS_MS, Closed, Tick, closed, newest
from lms.learning.people import Permission
from lms.services import meetings, people
from lms.services.codes import visible_people
from lms.services.people import SignedIn
from lms.store import attendance as rows
from lms.store import handles, merges
from lms.store import people as people_rows
from lms.store.attendance import Named
from lms.store.gate import Store, retried
from lms.store.meetings import MeetingRow

LOOKED_BACK = 6
"""How many of the meetings before say who else may come."""
MOST_NEW = 40
"""New people one form can add."""
NAMELESS = frozenset({"?", "-", "somebody"})
"""What is typed for somebody whose name nobody knows."""

WHY = {
    Closed.FUTURE: N_("This meeting has not begun. You can fill in its register from an hour before it starts."),
    Closed.OLD: N_("This meeting was more than a year ago. Its register can't be changed any more."),
    Closed.CANCELLED: N_("This meeting was cancelled, so nobody was at it. If it took place, add it as a new one."),
}


@dataclass(frozen=True)
class Line:
    """Somebody on a register. `present` is None where nobody has said anything."""

    public_id: str
    name: str
    """Empty for somebody whose name nobody knows."""
    guest: bool
    booked: bool
    present: bool | None
    afterwards: bool = False
    """Whether what counts was entered a day or more after the meeting began, or took the place of something else."""
    changed: bool = False
    at_ms: int = 0
    by: str = ""
    """Who entered what counts; empty where that is somebody who is gone."""
    by_herself: bool = False


@dataclass(frozen=True)
class Register:
    """The register of a meeting as whoever runs it sees it."""

    meeting: MeetingRow
    lines: tuple[Line, ...]
    unseen: int
    """How many more were there, who have left the group or whose account is closed."""
    closed: Closed | None

    @property
    def there(self) -> int:
        """How many were there."""
        return sum(it.present or False for it in self.lines) + self.unseen


def register(store: Store, reader: SignedIn, public_id: str, now_ms: int) -> Register:
    """The register of a meeting. NotFound for one out of reach."""
    with store.read() as db:
        meeting = meetings.reached(db, reader, public_id, now_ms)
        seen = look(db, meeting)
        by = rows.named(db, {it.by_id for it in seen.counts.values() if it.by_id is not None})
    lines = [_line(seen, person, by) for person in seen.people.values()]
    unseen = sum(it.present and person_id not in seen.people for person_id, it in seen.counts.items())
    lines.sort(key=lambda it: (it.guest and not it.name, it.name.casefold(), it.public_id))
    return Register(meeting, tuple(lines), unseen, is_closed(meeting, now_ms))


def is_closed(meeting: MeetingRow, now_ms: int) -> Closed | None:
    """Why nothing can be entered for a meeting now, or None."""
    return closed(meeting.starts_ms, meeting.cancelled_ms is not None, now_ms)


@dataclass(frozen=True)
class Seen:
    """Who is on the register of a meeting, by the id that each is known by."""

    meeting: MeetingRow
    people: Mapping[int, Named]
    counts: Mapping[int, Tick]
    """Person -> the tick that counts, also of people who are not seen."""
    ticked: Mapping[int, Sequence[Tick]]
    """Person -> all of them."""
    booked: frozenset[int]
    kept: Mapping[int, int]


def look(db: Connection, meeting: MeetingRow) -> Seen:
    """Who is on a register, in as many queries however many they are."""
    before = rows.earlier(db, meeting, LOOKED_BACK)
    ticks = rows.of_meetings(db, [meeting.meeting_id, *before])
    group_id = meeting.group_id
    members = rows.members(db, group_id) if group_id is not None else []
    left = rows.left(db, group_id) if group_id is not None else []
    booked = rows.booked(db, meeting.meeting_id)
    kept = merges.kept_each(db, {*members, *left, *booked, *(it.person_id for it in ticks)})

    def whose(ids: Iterable[int]) -> set[int]:
        return {kept.get(it, it) for it in ids}

    counts = newest(ticks, kept)
    came = {person_id for (_meeting, person_id), it in counts.items() if it.present}
    ticked = {person_id for meeting_id, person_id in counts if meeting_id == meeting.meeting_id}
    expected = whose(members) | whose(booked) | ((came | ticked) - whose(left))
    here = [it for it in ticks if it.meeting_id == meeting.meeting_id]
    said: dict[int, list[Tick]] = {}
    for tick in here:
        said.setdefault(kept.get(tick.person_id, tick.person_id), []).append(tick)
    its = {person_id: it for (meeting_id, person_id), it in counts.items() if meeting_id == meeting.meeting_id}
    return Seen(meeting, rows.named(db, expected), its, said, frozenset(whose(booked)), kept)


def _line(seen: Seen, person: Named, by: Mapping[int, Named]) -> Line:
    guest, booked = person.kind == people_rows.GUEST, person.person_id in seen.booked
    tick = seen.counts.get(person.person_id)
    if tick is None:
        return Line(person.public_id, person.display_name, guest, booked, None)
    who = by.get(tick.by_id) if tick.by_id is not None else None
    changed = any(it.present is not tick.present for it in seen.ticked[person.person_id])
    return Line(
        person.public_id,
        person.display_name,
        guest,
        booked,
        tick.present,
        afterwards=tick.at_ms >= seen.meeting.starts_ms + AFTERWARDS_MS,
        changed=changed,
        at_ms=tick.at_ms,
        by=who.display_name if who else "",
        by_herself=tick.by_id is not None and seen.kept.get(tick.by_id, tick.by_id) == person.person_id,
    )


@retried
def fill_in(
    store: Store,
    reader: SignedIn,
    public_id: str,
    form_id: UUID,
    was: Iterable[str],
    present: Iterable[str],
    new: Iterable[str],
    at_ms: int,
) -> int:
    """Enter what a form says that is other than its page showed; how many ticks that was. Twice is once.

    `was`: who stood there as present, `present`: who does now, `new`: names of people who are not on it. Only what was
    changed on this page is entered, so that two people with the same register undo nothing of each other's.
    NotFound for a meeting, or somebody, out of reach; Refused where the register is closed or a name can't be kept.
    """
    shown, ticked = set(was), set(present)
    names = [clean(name) for name in new]
    if len(names) > MOST_NEW:
        raise Refused("Add at most {most} people at once.", "new", most=MOST_NEW)
    with store.write() as db:
        meeting = meetings.reached(db, reader, public_id, at_ms)
        check_open(meeting, at_ms)
        register_ = Ticking(db, reader, meeting, at_ms)
        found = [(register_.person(whom), whom, whom in ticked) for whom in shown ^ ticked]
        for person_id, whom, is_there in sorted(found):
            register_.tick(person_id, uuid.uuid5(form_id, f"{whom}|{is_there}"), is_there, at_ms)
        for number, name in enumerate(names):
            register_.tick_new(name, uuid.uuid5(form_id, f"new|{number}|{name}"), at_ms)
    return register_.new


def check_open(meeting: MeetingRow, now_ms: int) -> None:
    """Refused, with why, where nothing can be entered now."""
    why = is_closed(meeting, now_ms)
    if why:
        raise Refused(WHY[why])


def clean(name: str) -> str:
    """A name as it stands on a register; empty for somebody whose name nobody knows. Refused for one that can't be."""
    return "" if " ".join(name.split()).casefold() in NAMELESS else people.clean_name(name, "new")


class Ticking:
    """Entering ticks in the register of one meeting, within a transaction."""

    def __init__(self, db: Connection, reader: SignedIn, meeting: MeetingRow, now_ms: int) -> None:
        self.new = 0
        self._db = db
        self._reader = reader
        self._meeting = meeting
        self._now_ms = now_ms
        self._seen = look(db, meeting)
        self._visible = visible_people(db, reader.scope(Permission.MEETING_RUN, now_ms), reader.person_id)

    def person(self, public_id: str) -> int:
        """Whom a public id is of, if she is on the register or in reach. NotFound otherwise."""
        handle = handles.find(self._db, "person", public_id)
        if handle is None:
            raise NotFound
        is_seen = self._whose(handle.person_id) in self._seen.people
        if not is_seen and people_rows.one_of(self._db, self._visible, handle.person_id) is None:
            raise NotFound
        return handle.person_id

    def _whose(self, person_id: int) -> int:
        return self._seen.kept.get(person_id) or merges.kept_of(self._db, person_id)

    def tick(self, person_id: int, tick_id: UUID, present: bool, at_ms: int) -> bool | None:
        """Enter that she was there, or was not. True where it is new, False where it is known, None where it was
        known and said something else."""
        known_as = self._whose(person_id)
        person = self._seen.people.get(known_as) or rows.named(self._db, [known_as]).get(known_as)
        guest = person is not None and person.kind == people_rows.GUEST
        meeting_id, by_id = self._meeting.meeting_id, self._reader.person_id
        tick = Tick(person_id, tick_id, meeting_id, present, guest, at_ms, self._now_ms, by_id)
        if rows.add(self._db, tick):
            self.new += 1
            return True
        known = rows.one(self._db, person_id, tick_id)
        same = known is not None and (known.meeting_id, known.present) == (meeting_id, present)
        return False if same else None

    def tick_new(self, name: str, tick_id: UUID, at_ms: int) -> bool | None:
        """Enter somebody who has no account as there: a guest, made here. The same id makes the same guest."""
        public_id = guest_public_id(tick_id)
        person_id = people.new_person_id()
        if handles.add(self._db, "person", public_id, person_id, self._now_ms):
            values = people.person_values(person_id, name, None, {}, "en", self._now_ms)
            guest = {**values, "kind": people_rows.GUEST, "public_id": public_id}
            people_rows.add_person(self._db, guest)
        else:
            handle = handles.find(self._db, "person", public_id)
            assert handle is not None  # noqa: S101 - it was there in this transaction
            person_id = handle.person_id
        return self.tick(person_id, tick_id, True, at_ms)


def guest_public_id(tick_id: UUID) -> str:
    """What a guest is known by outside: made of the tick that made her, so that a phone knows it before the site does.

    Hashed, so that nobody can choose a tick that leads to somebody else.
    """
    return uuid.uuid5(tick_id, "guest").hex
