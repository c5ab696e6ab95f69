"""Rows of organisations, areas, groups and who is in them, and the progress of a group at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from lms.learning.events import is_text
from lms.learning.people import Placed, Scope
from lms.store.statements import insert_into
from lms.store.tables import (
    areas,
    attendance,
    courses,
    enrolments,
    group_courses,
    groups,
    meetings,
    memberships,
    organisations,
    people,
    progress,
)


class GroupRow(NamedTuple):
    """A group."""

    group_id: int
    public_id: str
    name: str
    organisation_id: int
    area_id: int | None
    venue_id: int | None
    programme_id: int | None
    kind: str
    """`learners`, or `staff`, whose learning is training."""
    join_salt: str
    starts_day: int | None
    ends_day: int | None
    late_join: bool

    @property
    def placed(self) -> Placed:
        return Placed(self.group_id, self.organisation_id, self.venue_id, self.programme_id)


_GROUP = (
    groups.c.group_id,
    groups.c.public_id,
    groups.c.name,
    groups.c.organisation_id,
    groups.c.area_id,
    groups.c.venue_id,
    groups.c.programme_id,
    groups.c.kind,
    groups.c.join_salt,
    groups.c.starts_day,
    groups.c.ends_day,
    groups.c.late_join,
)


def add_group(db: Connection, values: dict[str, Any], course_ids: Iterable[int]) -> int:
    """A new group that learns some courses; returns its id."""
    group_id = int(db.execute(insert(groups).values(**values).returning(groups.c.group_id)).scalar_one())
    rows = [{"group_id": group_id, "course_id": course_id} for course_id in course_ids]
    if rows:
        db.execute(insert(group_courses), rows)
    return group_id


def change_group(db: Connection, group_id: int, **values: Any) -> None:
    """Change a group's own row."""
    db.execute(update(groups).where(groups.c.group_id == group_id).values(**values))


def group_rows(db: Connection, group_ids: Sequence[int]) -> list[GroupRow]:
    """Groups by id, in order of name."""
    rows = db.execute(
        select(*_GROUP).where(groups.c.group_id.in_(group_ids)).order_by(groups.c.name, groups.c.group_id)
    )
    return [GroupRow._make(row) for row in rows]


# Built once, since every group page asks these two.
_BY_PUBLIC_ID = select(*_GROUP).where(groups.c.public_id == bindparam("public"))
_LEARNS = (
    select(group_courses.c.group_id, courses.c.course_id, courses.c.slug)
    .join(courses, group_courses.c.course_id == courses.c.course_id)
    .where(group_courses.c.group_id.in_(bindparam("groups", expanding=True)))
    .order_by(courses.c.course_id)
)


def group_by_public_id(db: Connection, public_id: str, scope: Scope) -> GroupRow | None:
    """A group by the id shown outside, if a scope reaches it."""
    if not is_text(public_id):
        return None
    row = db.execute(_BY_PUBLIC_ID, {"public": public_id}).first()
    found = GroupRow._make(row) if row else None
    return found if found and scope.reaches(found.placed) else None


_WITH_COURSES = (
    select(*_GROUP, courses.c.course_id, courses.c.slug)
    .outerjoin(group_courses, group_courses.c.group_id == groups.c.group_id)
    .outerjoin(courses, group_courses.c.course_id == courses.c.course_id)
    .where(groups.c.public_id == bindparam("public"))
    .order_by(courses.c.course_id)
)


def group_with_courses(
    db: Connection, public_id: str, scope: Scope
) -> tuple[GroupRow, tuple[tuple[int, str], ...]] | None:
    """A group by the id shown outside, if a scope reaches it, and (id, slug) of the courses it learns: one query."""
    found = db.execute(_WITH_COURSES, {"public": public_id}).all() if is_text(public_id) else []
    if not found:
        return None
    row = GroupRow._make(found[0][:-2])
    learns = tuple((its[-2], its[-1]) for its in found if its[-2] is not None)
    return (row, learns) if scope.reaches(row.placed) else None


def group_by_join(db: Connection, join_hash: bytes) -> GroupRow | None:
    """The group a join code leads to."""
    row = db.execute(select(*_GROUP).where(groups.c.join_hash == join_hash)).first()
    return GroupRow._make(row) if row else None


def courses_of_groups(db: Connection, group_ids: Sequence[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """Group id -> (id, slug) of the courses it learns."""
    rows = db.execute(_LEARNS, {"groups": list(group_ids)})
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for group_id, course_id, slug in rows:
        found[group_id] = (*found.get(group_id, ()), (course_id, slug))
    return found


def group_names(db: Connection) -> list[tuple[int, str]]:
    """(id, name) of every group."""
    return [(group_id, name) for group_id, name in db.execute(select(groups.c.group_id, groups.c.name))]


def join(
    db: Connection, person_id: int, membership_id: UUID, group_id: int, at_ms: int, recorded_ms: int, by_id: int | None
) -> None:
    """A person joins a group."""
    row = {"person_id": person_id, "membership_id": membership_id, "group_id": group_id}
    db.execute(insert(memberships), row | {"joined_ms": at_ms, "recorded_ms": recorded_ms, "by_id": by_id})


def leave(db: Connection, person_id: int, group_id: int, at_ms: int) -> bool:
    """End a person's membership of a group now; False if she is not in it."""
    done = db.execute(
        update(memberships)
        .where(
            memberships.c.person_id == person_id, memberships.c.group_id == group_id, memberships.c.left_ms.is_(None)
        )
        .values(left_ms=at_ms)
    )
    return bool(done.rowcount)


class MembershipRow(NamedTuple):
    """A group a person is or was in."""

    group_id: int
    public_id: str
    name: str
    left_ms: int | None


def memberships_of(db: Connection, ids: Sequence[int]) -> list[MembershipRow]:
    """The groups somebody is or was in under any of her ids, in order of name."""
    rows = db.execute(
        select(groups.c.group_id, groups.c.public_id, groups.c.name, memberships.c.left_ms)
        .join(memberships, memberships.c.group_id == groups.c.group_id)
        .where(memberships.c.person_id.in_(list(ids)))
        .order_by(groups.c.name, groups.c.group_id)
    )
    return [MembershipRow(*row) for row in rows]


def is_member(db: Connection, ids: Sequence[int], group_id: int) -> bool:
    """Whether somebody is in a group now, under any of her ids."""
    return (
        db.execute(
            select(memberships.c.membership_id).where(
                memberships.c.person_id.in_(list(ids)),
                memberships.c.group_id == group_id,
                memberships.c.left_ms.is_(None),
            )
        ).first()
        is not None
    )


def groups_of(db: Connection, ids: Sequence[int]) -> list[tuple[int, str, int | None, int]]:
    """(id, name, area, joined) of the groups somebody is in now, under any of her ids, latest joined first."""
    rows = db.execute(
        select(groups.c.group_id, groups.c.name, groups.c.area_id, memberships.c.joined_ms)
        .join(memberships, memberships.c.group_id == groups.c.group_id)
        .where(memberships.c.person_id.in_(list(ids)), memberships.c.left_ms.is_(None))
        .order_by(memberships.c.joined_ms.desc(), groups.c.group_id)
    )
    return [(group_id, name, area_id, joined) for group_id, name, area_id, joined in rows]


class MemberRow(NamedTuple):
    """A member of a group and where she is in one course (None: not begun)."""

    person_id: int
    public_id: str
    display_name: str
    joined_ms: int
    course_id: int | None
    state: str | None
    fold_version: int | None
    last_at_ms: int | None


def members(db: Connection, visible: Select[Any], group_id: int) -> list[MemberRow]:
    """Everyone in a group who may be seen, with her progress in each course she began: one query."""
    return [MemberRow(*row) for row in db.execute(_members(visible), {"group": group_id})]


@lru_cache(maxsize=256)
def _members(visible: Select[Any]) -> Select[Any]:
    """The statement for one reader's `visible`, which is itself made once: building it costs more than running it."""
    return (
        select(
            people.c.person_id,
            people.c.public_id,
            people.c.display_name,
            memberships.c.joined_ms,
            progress.c.course_id,
            progress.c.state,
            progress.c.fold_version,
            progress.c.last_at_ms,
        )
        .join(people, people.c.person_id == memberships.c.person_id)
        .outerjoin(progress, progress.c.person_id == memberships.c.person_id)
        .where(
            memberships.c.group_id == bindparam("group"),
            memberships.c.left_ms.is_(None),
            memberships.c.person_id.in_(visible),
            people.c.erased_ms.is_(None),
        )
        .order_by(people.c.display_name, people.c.person_id, progress.c.course_id)
    )


def organisation_of_each(db: Connection) -> list[tuple[int, int]]:
    """(id, its organisation's id) of every group."""
    return [(row[0], row[1]) for row in db.execute(select(groups.c.group_id, groups.c.organisation_id))]


def add_organisation(db: Connection, public_id: str, name: str, kind: str) -> int:
    """A partner; returns its id."""
    values = {"public_id": public_id, "name": name, "kind": kind}
    return int(
        db.execute(insert(organisations).values(**values).returning(organisations.c.organisation_id)).scalar_one()
    )


def organisation_rows(db: Connection) -> list[tuple[int, str, str]]:
    """(id, public id, name) of every organisation."""
    rows = db.execute(
        select(organisations.c.organisation_id, organisations.c.public_id, organisations.c.name).order_by(
            organisations.c.name
        )
    )
    return [(organisation_id, public_id, name) for organisation_id, public_id, name in rows]


def add_area(db: Connection, code: str, name: str, parent_id: int | None = None) -> int:
    """A place by its code, made where it is new, inside another or none; returns its id."""
    db.execute(insert_into(db, areas).values(code=code, name=name, parent_id=parent_id).on_conflict_do_nothing())
    return int(db.execute(select(areas.c.area_id).where(areas.c.code == code)).scalar_one())


def area_rows(db: Connection) -> list[tuple[int, str, str]]:
    """(id, code, name) of every area."""
    rows = db.execute(select(areas.c.area_id, areas.c.code, areas.c.name).order_by(areas.c.name))
    return [(area_id, code, name) for area_id, code, name in rows]


def area_tree(db: Connection) -> list[tuple[int, str, str, int | None]]:
    """(id, code, name, the area it lies in) of every area, in order of name."""
    rows = db.execute(select(areas.c.area_id, areas.c.code, areas.c.name, areas.c.parent_id).order_by(areas.c.name))
    return [(area_id, code, name, parent_id) for area_id, code, name, parent_id in rows]


def change_area(db: Connection, area_id: int, name: str, parent_id: int | None) -> None:
    """Name an area anew and put it inside another or none."""
    db.execute(update(areas).where(areas.c.area_id == area_id).values(name=name, parent_id=parent_id))


def has_begun(db: Connection, group_id: int) -> bool:
    """Whether somebody has begun a course in a group."""
    asked = (  # by the members, since enrolments have no index by group
        select(memberships.c.person_id)
        .join(enrolments, enrolments.c.person_id == memberships.c.person_id)
        .where(memberships.c.group_id == group_id, enrolments.c.group_id == group_id, memberships.c.person_id > 0)
        .order_by(memberships.c.person_id)
    )
    return db.execute(asked.limit(1)).first() is not None


def has_met(db: Connection, group_id: int) -> bool:
    """Whether somebody was ticked at a meeting of a group."""
    asked = select(attendance.c.person_id).join(meetings, meetings.c.meeting_id == attendance.c.meeting_id)
    its = asked.where(meetings.c.group_id == group_id, attendance.c.person_id > 0)
    return db.execute(its.order_by(attendance.c.person_id).limit(1)).first() is not None


def set_courses(db: Connection, group_id: int, course_ids: Iterable[int]) -> None:
    """What a group learns from now on."""
    db.execute(delete(group_courses).where(group_courses.c.group_id == group_id))
    db.execute(insert(group_courses), [{"group_id": group_id, "course_id": it} for it in sorted(set(course_ids))])
