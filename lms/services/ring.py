"""Who to ring, noting that somebody did, and asking for a call.

Who may note a contact sees those in her reach. What of a note is for the safeguarding lead alone is shown to whoever
may read concerns there, and to nobody else, also not to who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import NotFound, Refused
from lms.learning.attendance import Often
from lms.learning.days import day_of, end_of_day
from lms.learning.giving import near_with
from lms.learning.people import Permission, Scope, scope_of
from lms.learning.ring import (
    ASKED,
    CALL,
    GROUP,
    OPEN,
    SAFEGUARDING,
    TAKEN_BACK,
    Contact,
    Course,
    Outcome,
    Why,
    asked_since,
    place,
    why,
)
from lms.services import coming, typed
from lms.services.codes import visible_people
from lms.services.courses import Catalogue
from lms.services.people import SignedIn
from lms.services.progress import state_of
from lms.store import audit, merges
from lms.store import groups as group_rows
from lms.store import people as people_rows
from lms.store import ring as rows
from lms.store.gate import Store, retried
from lms.store.ring import ContactRow, GroupHere

MOST_ROWS = 6_000
"""How much one list reads: a programme of some two thousand. Who looks after more chooses a group first."""
LONGEST_NOTE = 500
LONGEST_WISH = 200


@dataclass(frozen=True)
class Noted:
    """A contact as a page shows it. `note` is None where there is none, or none for this reader."""

    contact: Contact
    by: str = ""
    note: str | None = None
    hidden: bool = False
    """Whether there is a note that this reader may not read."""
    for_lead: bool = False


@dataclass
class Her:
    """Somebody in reach, under all her ids."""

    person_id: int
    public_id: str
    name: str
    ids: set[int]
    groups: list[GroupHere]
    since_ms: int | None = None
    begun: dict[int, tuple[str, int, int | None]] = field(default_factory=dict)
    contacts: list[ContactRow] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """Somebody to ring."""

    public_id: str
    name: str
    groups: tuple[str, ...]
    why: Why
    wish: str
    """What she wrote when she asked for a call."""
    last_call: Contact | None


@dataclass(frozen=True)
class ToRing:
    """The list. `too_many`: it was not read, since more people are in reach than one list holds."""

    people: tuple[Listed, ...]
    groups: tuple[tuple[str, str], ...]
    """(public id, name) of the groups in reach."""
    too_many: bool = False


@dataclass(frozen=True)
class One:
    """Somebody in reach: why to ring her, if there is a reason, and the contacts there were."""

    public_id: str
    name: str
    groups: tuple[tuple[str, str], ...]
    why: Why | None
    wish: str
    last_ms: int | None
    contacts: tuple[Noted, ...]
    """The newest first."""
    often: tuple[tuple[str, Often], ...] = ()
    """(group, how often she came to its meetings) of those of her groups that had any."""


def to_ring(
    store: Store,
    catalogue: Catalogue,
    reader: SignedIn,
    now_ms: int,
    zone: ZoneInfo,
    group: str = "",
    most: int = MOST_ROWS,
) -> ToRing:
    """Whom to ring, the most urgent first; `group`: of one group alone. NotFound for a group out of reach.

    Four queries; somebody who is several ids adds a few for all of them together.
    """
    scope = reader.scope(Permission.CONTACT_LOG, now_ms)
    with store.read() as db:
        groups = rows.groups_here(db, scope)
        names = tuple((it.public_id, it.name) for it in groups)
        wanted = [it for it in groups if not group or it.public_id == group]
        if group and not wanted:
            raise NotFound
        found = _found(db, reader, wanted, most, now_ms, zone)
    if found is None:
        return ToRing((), names, too_many=True)
    listed = [it for her in found if her.person_id not in reader.ids and (it := _listed(store, catalogue, her, now_ms))]
    return ToRing(tuple(sorted(listed, key=lambda it: (place(it.why), it.name, it.public_id))), names)


def one(store: Store, catalogue: Catalogue, reader: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo) -> One:
    """Somebody in reach. NotFound for anybody else."""
    scope = reader.scope(Permission.CONTACT_LOG, now_ms)
    with store.read() as db:
        person_id = _in_reach(db, scope, reader, public_id)
        ids = merges.ids_of(db, person_id)
        groups = rows.groups_here(db, scope)
        found = _found(db, reader, groups, MOST_ROWS, now_ms, zone, ids) or []
        her = found[0] if found else _groupless(db, person_id, ids, public_id)
        names = rows.names_of(db, {it.by_id for it in her.contacts if it.by_id is not None})
        often = tuple(_often(db, her, ids, now_ms))
    reads = scope_of(reader.roles, Permission.CONCERN_READ, now_ms)
    may_read = reads.everywhere or any(reads.reaches(it.placed) for it in her.groups)
    noted = sorted(her.contacts, key=lambda it: (it.at_ms, it.recorded_ms), reverse=True)
    return One(
        public_id,
        her.name,
        tuple((it.public_id, it.name) for it in her.groups),
        _why(store, catalogue, her, now_ms),
        _wish(her),
        max((last for _state, _version, last in her.begun.values() if last), default=None),
        tuple(_noted(it, names, may_read) for it in noted),
        often,
    )


def _often(db: Connection, her: Her, ids: Sequence[int], now_ms: int) -> Iterator[tuple[str, Often]]:
    registers = coming.registers(db, [it.group_id for it in her.groups], now_ms)
    came = registers.whose(dict.fromkeys(ids, her.person_id))
    joined = {group_id: joined_ms for group_id, _name, _area, joined_ms in group_rows.groups_of(db, ids)}
    for it in her.groups:
        often = came.often(her.person_id, it.group_id, joined.get(it.group_id, now_ms))
        if often.of:
            yield it.name, often


def _in_reach(db: Connection, scope: Scope, reader: SignedIn, public_id: str) -> int:
    """Who it is, by the id a page has of her; NotFound for who is out of reach, and for oneself."""
    person = people_rows.by_public_id(db, visible_people(db, scope, reader.person_id), public_id)
    if person is None or person.person_id in reader.ids:
        raise NotFound
    return person.person_id


def _groupless(db: Connection, person_id: int, ids: Sequence[int], public_id: str) -> Her:
    """Somebody in no group: only who reaches everybody comes this far."""
    person = people_rows.person(db, person_id)
    her = Her(person_id, public_id, person.display_name if person else "", set(ids), [])
    her.contacts = rows.contacts_of(db, ids)
    return her


def _noted(row: ContactRow, names: Mapping[int, str], may_read: bool) -> Noted:
    shown = row.seen_by != SAFEGUARDING or may_read
    return Noted(
        _contact(row),
        names.get(row.by_id, "") if row.by_id is not None else "",
        row.note if shown else None,
        bool(row.note) and not shown,
        row.seen_by == SAFEGUARDING,
    )


def _contact(row: ContactRow) -> Contact:
    return Contact(row.kind, row.outcome, row.at_ms, row.recorded_ms)


# Who is there.


def _found(
    db: Connection,
    reader: SignedIn,
    groups: Sequence[GroupHere],
    most: int,
    now_ms: int,
    zone: ZoneInfo,
    ids: Sequence[int] | None = None,
) -> list[Her] | None:
    """Who is in these groups, each person once, with what is known of her; None for too many."""
    if not groups:
        return []
    by_id = {it.group_id: it for it in groups}
    here = Scope(groups=frozenset(by_id))  # of all she may see, those of these groups
    visible = people_rows.visible(here, reader.person_id, tuple(by_id))
    found = rows.here(db, visible, list(by_id), most + 1, ids)
    if len(found) > most:
        return None
    heads, members = _heads(db, found)
    people: dict[int, Her] = {}
    for row in found:
        head = heads[row.person_id]
        her = people.setdefault(head, Her(head, row.public_id, row.display_name, {head}, []))
        her.ids.add(row.person_id)
        if row.person_id == head:
            her.public_id, her.name = row.public_id, row.display_name
            _begin(her, row)
        _join(her, by_id[row.group_id], row.joined_ms, now_ms, zone)
    _fetch_kept(db, people, {row.person_id for row in found})
    for other, head in members.items():
        people[head].ids.add(other)
    learnt = {head: {no for it in her.groups for no in it.courses} for head, her in people.items()}
    for head, her in people.items():
        her.begun = {no: it for no, it in her.begun.items() if no in learnt[head]}
    whose = {its_id: her for her in people.values() for its_id in her.ids}
    for contact in rows.contacts_of(db, whose):
        whose[contact.person_id].contacts.append(contact)
    return list(people.values())


def _heads(db: Connection, found: Sequence[rows.HereRow]) -> tuple[dict[int, int], dict[int, int]]:
    """Of each who is there, whom she is; and of others who are somebody there, who that is."""
    kept = merges.kept_each(db, {row.person_id for row in found})
    heads = {row.person_id: kept.get(row.person_id, row.person_id) for row in found}
    members = {row.other_id: heads[row.person_id] for row in found if row.other_id is not None}
    new = {*members, *kept.values()}
    while new:  # who was merged into somebody who was merged
        more = {
            it.other_id: members.get(it.person_id, it.person_id)
            for it in merges.made_into(db, new)
            if it.other_id not in members
        }
        members.update(more)
        new = set(more)
    return heads, members


def _fetch_kept(db: Connection, people: Mapping[int, Her], there: set[int]) -> None:
    """What is known of those who are in a group only as somebody they were."""
    missing = [head for head in people if head not in there]
    for row in rows.kept_rows(db, missing) if missing else ():
        people[row.person_id].name = row.display_name
        _begin(people[row.person_id], row)


def _begin(her: Her, row: rows.HereRow | rows.KeptRow) -> None:
    if row.course_id is not None and row.state is not None and row.fold_version is not None:
        her.begun[row.course_id] = (row.state, row.fold_version, row.last_at_ms)


def _join(her: Her, group: GroupHere, joined_ms: int, now_ms: int, zone: ZoneInfo) -> None:
    """A group of hers; one that has not begun or is over gives no reason to ring."""
    if group not in her.groups:
        her.groups.append(group)
    today = day_of(now_ms, zone)
    if (group.starts_day or 0) <= today <= (group.ends_day or today):
        began = max(joined_ms, _start(group.starts_day, zone)) if group.starts_day else joined_ms
        her.since_ms = min(began, her.since_ms or began)


def _start(day: int, zone: ZoneInfo) -> int:
    """The first instant of a day."""
    return end_of_day(date(day // 10_000, day // 100 % 100, day % 100) - timedelta(days=1), zone)


# Why.


def _why(store: Store, catalogue: Catalogue, her: Her, now_ms: int) -> Why | None:
    begun = [
        Course(course_id, state_of(store, catalogue, her.person_id, course_id, state, version), last)
        for course_id, (state, version, last) in sorted(her.begun.items())
    ]
    return why(her.since_ms, begun, list(map(_contact, her.contacts)), now_ms)


def _listed(store: Store, catalogue: Catalogue, her: Her, now_ms: int) -> Listed | None:
    found = _why(store, catalogue, her, now_ms)
    if found is None:
        return None
    calls = [_contact(it) for it in her.contacts if it.kind == CALL]
    last_call = max(calls, key=lambda it: (it.at_ms, it.recorded_ms), default=None)
    return Listed(her.public_id, her.name, tuple(it.name for it in her.groups), found, _wish(her), last_call)


def _wish(her: Her) -> str:
    """What she wrote with what she asks for now."""
    return _open(her.contacts)[1]


def _open(contacts: Iterable[ContactRow]) -> tuple[int | None, str]:
    """(when she asked for a call nobody made yet, what she wrote last)."""
    its = list(contacts)
    asked_ms = asked_since(map(_contact, its))
    if asked_ms is None:
        return None, ""
    asking = [it for it in its if it.kind == ASKED and it.outcome == OPEN and it.at_ms >= asked_ms and it.note]
    return asked_ms, max(asking, key=lambda it: it.at_ms).note or "" if asking else ""


# What is written.


@retried
def log(
    store: Store,
    reader: SignedIn,
    public_id: str,
    contact_id: UUID,
    outcome: str,
    note: str,
    seen_by: str,
    at_ms: int,
) -> bool:
    """Note that somebody was rung; False where this form did it before.

    NotFound for who is out of reach. Refused, with the field, for what can't be taken.
    """
    scope = reader.scope(Permission.CONTACT_LOG, at_ms)
    if outcome not in set(Outcome):
        raise Refused("Choose what became of the call.", "outcome")
    if seen_by not in (GROUP, SAFEGUARDING):
        raise Refused("Choose who may read the note.", "seen_by")
    kept = typed.words(note, "note", LONGEST_NOTE) or None
    with store.write() as db:
        person_id = merges.kept_of(db, _in_reach(db, scope, reader, public_id))
        people_rows.lock(db, person_id)
        if people_rows.person(db, person_id) is None:
            raise NotFound
        row = ContactRow(person_id, contact_id, reader.person_id, CALL, at_ms, at_ms, outcome, kept, seen_by)
        new = rows.add_contact(db, row)
        if new:
            audit.note(db, person_id, "noted-call", at_ms, reader.person_id)
    return new


@dataclass(frozen=True)
class Mine:
    """What somebody asked for, and who will see it."""

    asked_ms: int | None
    note: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    """(name, who sees that) of the groups she is in."""


def mine(store: Store, person: SignedIn, now_ms: int) -> Mine:
    """Whether she waits for a call, and who sees that."""
    with store.read() as db:
        asked_ms, note = _open(rows.contacts_of(db, person.ids))
        ids = sorted({group_id for group_id, *_rest in group_rows.groups_of(db, person.ids)})
        ringing = near_with(Permission.CONTACT_LOG)
        found = group_rows.group_rows(db, ids)
        heads = [people_rows.heads_of(db, ringing, row.placed, now_ms) for row in found]
        names = (tuple(dict.fromkeys(name for name, _role in its)) for its in heads)
        groups = tuple(zip((row.name for row in found), names, strict=True))
    return Mine(asked_ms, note, groups)


@retried
def ask(store: Store, person: SignedIn, contact_id: UUID, note: str, at_ms: int) -> None:
    """Ask for a call; twice is once. Refused where she is in no group, since nobody would see it."""
    kept = typed.words(note, "note", LONGEST_WISH) or None
    with store.write() as db:
        people_rows.lock(db, person.person_id)
        if not group_rows.groups_of(db, person.ids):
            raise Refused("You are in no group yet. Join one first, so that somebody can ring you.", "note")
        _say(db, person, contact_id, OPEN, kept, at_ms, "asked-for-call")


@retried
def take_back(store: Store, person: SignedIn, contact_id: UUID, at_ms: int) -> None:
    """Wish for no call any more; twice is once."""
    with store.write() as db:
        people_rows.lock(db, person.person_id)
        if _open(rows.contacts_of(db, person.ids))[0] is not None:
            _say(db, person, contact_id, TAKEN_BACK, None, at_ms, "took-back-call")


def _say(
    db: Connection, person: SignedIn, contact_id: UUID, outcome: str, note: str | None, at_ms: int, action: str
) -> None:
    if people_rows.person(db, person.person_id) is None:
        raise NotFound
    her_id = person.person_id
    if rows.add_contact(db, ContactRow(her_id, contact_id, her_id, ASKED, at_ms, at_ms, outcome, note, GROUP)):
        audit.note(db, her_id, action, at_ms, her_id)
