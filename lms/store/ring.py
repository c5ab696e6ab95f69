"""Rows of who to ring: the groups in reach, who is in them and how far, and contacts with somebody.

A programme is read by four statements, however many are in it, and by none that looks at anybody outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from lms.learning.people import Placed, Scope
from lms.learning.ring import ASKED, CALL
from lms.store.people import REACHED, reach_of
from lms.store.statements import insert_into
from lms.store.tables import contacts, group_courses, groups, memberships, merges, people, progress


class GroupHere(NamedTuple):
    """A group in reach, and the ids of the courses it learns."""

    group_id: int
    public_id: str
    name: str
    placed: Placed
    starts_day: int | None
    ends_day: int | None
    courses: frozenset[int]


_GROUPS = (
    select(
        groups.c.group_id,
        groups.c.public_id,
        groups.c.name,
        groups.c.organisation_id,
        groups.c.venue_id,
        groups.c.programme_id,
        groups.c.starts_day,
        groups.c.ends_day,
        group_courses.c.course_id,
    )
    .outerjoin(group_courses, group_courses.c.group_id == groups.c.group_id)
    .order_by(groups.c.name, groups.c.group_id)
)
_GROUPS_IN = _GROUPS.where(REACHED)


def groups_here(db: Connection, scope: Scope) -> list[GroupHere]:
    """The groups a scope reaches, in order of name, with their courses: one query."""
    found = db.execute(_GROUPS) if scope.everywhere else db.execute(_GROUPS_IN, reach_of(scope))
    made: dict[int, GroupHere] = {}
    for group_id, public_id, name, organisation, venue, programme, starts, ends, course_id in found:
        known = made.get(group_id)
        learns = (known.courses if known else frozenset()) | ({course_id} if course_id is not None else set())
        placed = Placed(group_id, organisation, venue, programme)
        made[group_id] = GroupHere(group_id, public_id, name, placed, starts, ends, learns)
    return list(made.values())


class HereRow(NamedTuple):
    """A membership, whose it is, her progress in one course (None: none begun), and one who was merged into her."""

    person_id: int
    public_id: str
    display_name: str
    group_id: int
    joined_ms: int
    course_id: int | None
    state: str | None
    fold_version: int | None
    last_at_ms: int | None
    other_id: int | None


_PROGRESS = (progress.c.course_id, progress.c.state, progress.c.fold_version, progress.c.last_at_ms)
_HERE = (
    select(
        people.c.person_id,
        people.c.public_id,
        people.c.display_name,
        memberships.c.group_id,
        memberships.c.joined_ms,
        *_PROGRESS,
        merges.c.other_id,
    )
    .select_from(memberships)
    .join(people, people.c.person_id == memberships.c.person_id)
    .outerjoin(progress, progress.c.person_id == memberships.c.person_id)
    .outerjoin(merges, (merges.c.person_id == memberships.c.person_id) & merges.c.undone_ms.is_(None))
    .where(
        memberships.c.group_id.in_(bindparam("groups", expanding=True)),
        memberships.c.left_ms.is_(None),
        people.c.erased_ms.is_(None),
    )
    .limit(bindparam("most"))
)


@lru_cache(maxsize=256)
def _here(visible: Select[Any]) -> Select[Any]:
    """The statement for one reader's `visible`, which is itself made once."""
    return _HERE.where(memberships.c.person_id.in_(visible))


def here(
    db: Connection, visible: Select[Any], group_ids: Sequence[int], most: int, ids: Sequence[int] | None = None
) -> list[HereRow]:
    """Who is in these groups, of those who may be seen, at most so many rows; `ids`: only these people. One query."""
    its = _here(visible) if ids is None else _HERE.where(memberships.c.person_id.in_(list(ids)))
    return [HereRow(*row) for row in db.execute(its, {"groups": list(group_ids), "most": most})]


class KeptRow(NamedTuple):
    """Somebody into whom a member of a group was merged, and her progress in one course."""

    person_id: int
    public_id: str
    display_name: str
    course_id: int | None
    state: str | None
    fold_version: int | None
    last_at_ms: int | None


def kept_rows(db: Connection, ids: Sequence[int]) -> list[KeptRow]:
    """The same of people who are not in the groups themselves."""
    found = (
        select(people.c.person_id, people.c.public_id, people.c.display_name, *_PROGRESS)
        .outerjoin(progress, progress.c.person_id == people.c.person_id)
        .where(people.c.person_id.in_(list(ids)), people.c.erased_ms.is_(None))
    )
    return [KeptRow(*row) for row in db.execute(found)]


class ContactRow(NamedTuple):
    """A contact with somebody, or that she asked for one."""

    person_id: int
    contact_id: UUID
    by_id: int | None
    kind: str
    at_ms: int
    recorded_ms: int
    outcome: str
    note: str | None
    seen_by: str


_CONTACTS = select(*(contacts.c[name] for name in ContactRow._fields)).where(
    contacts.c.person_id.in_(bindparam("ids", expanding=True)), contacts.c.kind.in_((CALL, ASKED))
)


def contacts_of(db: Connection, ids: Iterable[int]) -> list[ContactRow]:
    """All calls to some people, and that they asked for one."""
    return [ContactRow(*row) for row in db.execute(_CONTACTS, {"ids": list(ids)})]


def add_contact(db: Connection, row: ContactRow) -> bool:
    """Note a contact; False where the same form has done it before."""
    new = insert_into(db, contacts).values(**row._asdict()).on_conflict_do_nothing().returning(contacts.c.contact_id)
    return db.execute(new).first() is not None


def names_of(db: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Id -> name of some people who are still here."""
    found = select(people.c.person_id, people.c.display_name).where(
        people.c.person_id.in_(list(ids)), people.c.erased_ms.is_(None)
    )
    return {row.person_id: row.display_name for row in db.execute(found)}
