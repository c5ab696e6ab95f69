"""Groups: a facilitator's own, who is in them and where they are, making one, joining one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, NotFound
from lms.learning.attendance import Often
from lms.learning.days import day_of
from lms.learning.joining import Shut, as_text, shut
from lms.learning.people import Permission, Scope
from lms.learning.places import Where
from lms.learning.progress import State
from lms.learning.shapes import Shape
from lms.services import coming, throttles
from lms.services.courses import Catalogue
from lms.services.people import SignedIn
from lms.services.progress import state_of
from lms.store import audit, handles, merges
from lms.store import groups as rows
from lms.store import people as people_rows
from lms.store import progress as progress_rows
from lms.store import site as site_rows
from lms.store.gate import Store, retried

_WORDS = Path(__file__).parent / "data" / "join_words.txt"


@dataclass(frozen=True)
class Group:
    """A group as its facilitator sees it."""

    public_id: str
    name: str
    join_code: str
    courses: tuple[str, ...]
    """Slugs of the courses it learns."""


@dataclass(frozen=True)
class Member:
    """A member of a group, and her rows of progress by course id: read into a `Where` only when it is shown."""

    public_id: str
    display_name: str
    joined_ms: int
    rows: Mapping[int, rows.MemberRow]
    often: Often
    """How often she came to the meetings of the group."""

    @property
    def last_at_ms(self) -> int | None:
        """When she last did anything in the group's courses; None: never."""
        return max((row.last_at_ms for row in self.rows.values() if row.last_at_ms), default=None)

    def begun(self, shape: Shape) -> bool:
        return shape.course_id in self.rows

    def where(self, store: Store, catalogue: Catalogue, shape: Shape) -> Where:
        """Where she is in one course. No query, unless her progress is of an older version of the fold."""
        row = self.rows.get(shape.course_id)
        if row is None or row.state is None or row.fold_version is None:
            return Where(shape, State(), 0, begun=False)
        state = state_of(store, catalogue, row.person_id, shape.course_id, row.state, row.fold_version)
        return Where(shape, state, 0, begun=True, last_at_ms=row.last_at_ms)


@dataclass(frozen=True)
class GroupPage:
    """A group and its members."""

    group: Group
    members: tuple[Member, ...]


def join_code(secret: str, public_id: str, salt: str) -> str:
    """The code a group is joined by: two short words and a number, made again whenever it is shown.

    Only its hash is stored, so a copy of the database holds no codes.
    """
    words = _words()
    lot = int.from_bytes(hmac.new(secret.encode(), f"join|{public_id}|{salt}".encode(), hashlib.sha256).digest())
    lot, first = divmod(lot, len(words))
    lot, second = divmod(lot, len(words))
    return f"{words[first]}-{words[second]}-{22 + lot % 78}".upper()


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    return tuple(_WORDS.read_text(encoding="utf-8").split())


_AS_LETTERS, _AS_DIGITS = str.maketrans("05", "OS"), str.maketrans("OQILSZB", "0011528")


def plain_code(code: str) -> str:
    """A code as it is looked up, however it was read off a poster: it ends in two digits, and before are letters.

    >>> plain_code("lamp river 4O"), plain_code("LAMP-R1VER-48")
    ('LAMPRIVER40', 'LAMPR1VER48')
    """
    plain = "".join(c for c in code.upper() if c.isalnum())[:40]
    return plain[:-2].translate(_AS_LETTERS) + plain[-2:].translate(_AS_DIGITS)


def mine(
    store: Store, reader: SignedIn, secret: str, now_ms: int, permission: Permission = Permission.GROUP_READ
) -> list[Group]:
    """The groups a person may read, or may do something else with, in order of name."""
    scope = reader.scope(permission, now_ms)
    with store.read() as db:
        found = rows.group_rows(db, people_rows.groups_in(db, scope))
        learns = rows.courses_of_groups(db, [row.group_id for row in found])
    return [as_shown(row, learns.get(row.group_id, ()), secret) for row in found]


def members(store: Store, reader: SignedIn, public_id: str, secret: str, now_ms: int) -> GroupPage:
    """A group with its members' progress. NotFound for a group out of reach."""
    scope = reader.scope(Permission.GROUP_READ, now_ms)
    with store.read() as db:
        seen = rows.group_with_courses(db, public_id, scope)
        if seen is None:
            raise NotFound
        row, learns = seen
        here = Scope(groups=frozenset({row.group_id}))  # of all she may see, those of this group
        found = rows.members(db, people_rows.visible(here, reader.person_id, (row.group_id,)), row.group_id)
        registers = coming.registers(db, [row.group_id], now_ms)
        kept = merges.kept_each(db, {row.person_id for row in found} | registers.ids)
        found = _each_once(db, found, kept)
    came = registers.whose(kept)
    often = {it.person_id: came.often(it.person_id, row.group_id, it.joined_ms) for it in found}
    return GroupPage(as_shown(row, learns, secret), _members(found, {course_id for course_id, _slug in learns}, often))


def _each_once(db: Connection, found: list[rows.MemberRow], kept: Mapping[int, int]) -> list[rows.MemberRow]:
    """Who is here under several ids once, with all she has done. Who was merged is reached by the id in the group."""
    if not any(row.person_id in kept for row in found):
        return found
    there = {row.person_id for row in found}
    each = [row for row in found if row.person_id not in kept]
    for row in found:
        its_id = kept.get(row.person_id)
        if its_id is not None and its_id not in there:
            there.add(its_id)
            each += _as_kept(db, row, its_id)
    return sorted(each, key=lambda row: (row.display_name, row.person_id))


def _as_kept(db: Connection, row: rows.MemberRow, kept_id: int) -> Iterator[rows.MemberRow]:
    kept = people_rows.person(db, kept_id)
    here = row._replace(person_id=kept_id, display_name=kept.display_name if kept else "", course_id=None, state=None)
    yield here
    for its in progress_rows.all_progress(db, kept_id):
        done = here._replace(state=its.state, fold_version=its.fold_version, last_at_ms=its.last_at_ms)
        yield done._replace(course_id=its.course_id)


def _members(found: list[rows.MemberRow], courses: set[int], often: Mapping[int, Often]) -> tuple[Member, ...]:
    people: dict[int, list[rows.MemberRow]] = {}
    for row in found:
        people.setdefault(row.person_id, []).append(row)
    return tuple(
        Member(
            mine[0].public_id,
            mine[0].display_name,
            mine[0].joined_ms,
            {row.course_id: row for row in mine if row.course_id in courses},
            often[person_id],
        )
        for person_id, mine in people.items()
    )


def as_shown(row: rows.GroupRow, learns: tuple[tuple[int, str], ...], secret: str) -> Group:
    """A group as its facilitator sees it. `learns`: (id, slug) of its courses."""
    code = join_code(secret, row.public_id, row.join_salt)
    return Group(row.public_id, row.name, code, tuple(slug for _id, slug in learns))


@retried
def renew_code(store: Store, maker: SignedIn, public_id: str, secret: str, at_ms: int) -> str:
    """Give a group a new join code; the old one stops working."""
    scope = maker.scope(Permission.GROUP_CHANGE, at_ms)
    with store.write() as db:
        row = rows.group_by_public_id(db, public_id, scope)
        if row is None:
            raise NotFound
        salt = secrets.token_hex(8)
        code = join_code(secret, public_id, salt)
        rows.change_group(db, row.group_id, join_salt=salt, join_hash=handles.key_hash("join", plain_code(code)))
        audit.note(db, maker.person_id, "renewed-code", at_ms, maker.person_id, public_id)
    return code


@dataclass(frozen=True)
class Door:
    """What a join code leads to, before she says yes."""

    group_id: int
    name: str
    organisation: str
    staff: bool = False
    """Whether it is for staff and volunteers, who train in it."""
    starts_day: int | None = None
    """Its first day, where that is still to come."""


def look_at_code(store: Store, code: str, now_ms: int, ids: tuple[int, ...] = ()) -> Door:
    """The group a join code leads to, by reading alone: who asks often is for the page to see.

    `ids`: of whoever asks, where she is signed in; who is in the group is told so.
    NotFound for none, and for one that can't be joined any more.
    """
    with store.read() as db:
        return _door(db, code, now_ms, ids) or _no_door(code)


def _door(db: Connection, code: str, now_ms: int, ids: tuple[int, ...] = ()) -> Door | None:
    """The group a code leads to, or None. NotFound where it lets nobody in any more; who is in it stays in it."""
    row = rows.group_by_join(db, handles.key_hash("join", plain_code(code)))
    if row is None:
        return None
    organisations = {its_id: name for its_id, _public, name in rows.organisation_rows(db)}
    today = day_of(now_ms, ZoneInfo(site_rows.timezone(db)))
    why = shut(row.starts_day, row.ends_day, row.late_join, today)
    if why and ids and rows.is_member(db, ids, row.group_id):
        if why is Shut.ENDED:
            raise NotFound(_STAYS, group=row.name, day=as_text(row.ends_day))
    elif why:
        raise NotFound(_SHUT[why], group=row.name, day=as_text(row.ends_day if why is Shut.ENDED else row.starts_day))
    coming = row.starts_day if row.starts_day and row.starts_day > today else None
    return Door(row.group_id, row.name, organisations[row.organisation_id], row.kind == "staff", coming)


_STAYS = N_("You are in {group} already. It ended on {day}. What you did there stays yours.")
_SHUT = {
    Shut.ENDED: N_("{group} ended on {day}, so nobody can join it now. Ask your facilitator for another group."),
    Shut.BEGUN: N_("{group} began on {day}, and you can only join it before. Ask your facilitator for another group."),
}


def _no_door(code: str) -> NoReturn:
    shown = "".join(c for c in " ".join(code.split())[:40].upper() if c.isprintable())
    raise NotFound("No club has the code {code}. Check it with your facilitator.", code=shown)


def join(store: Store, person: SignedIn, code: str, address: str, at_ms: int) -> Door:
    """Join the group a code leads to; joining twice is joining once. NotFound, or TooManyTries after many of those."""
    throttles.check(store, "", address, at_ms)
    return _join(store, person.person_id, code, address, at_ms) or _no_door(code)


@retried
def _join(store: Store, person_id: int, code: str, address: str, at_ms: int) -> Door | None:
    with store.write() as db:
        throttles.admit(db, "", address, at_ms)
        door = _door(db, code, at_ms, merges.ids_of(db, person_id))
        if door is None:
            throttles.count_wrong(db, address, at_ms)
            return None
        people_rows.lock(db, person_id)
        if not rows.is_member(db, merges.ids_of(db, person_id), door.group_id):
            rows.join(db, person_id, uuid.uuid4(), door.group_id, at_ms, at_ms, None)
            audit.note(db, person_id, "joined-group", at_ms, person_id, str(door.group_id))
        return door
