"""Rows of programmes, the partners and targets in them, and the venues where clubs meet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from lms.store.statements import insert_into
from lms.store.tables import (
    enrolments,
    group_courses,
    groups,
    memberships,
    milestones,
    programme_organisations,
    programmes,
    progress,
    targets,
    venues,
)


class VenueRow(NamedTuple):
    """A place where clubs meet."""

    venue_id: int
    organisation_id: int
    area_id: int | None
    name: str
    address: str
    note: str


class ProgrammeRow(NamedTuple):
    """A funded project, from its first day to its last."""

    programme_id: int
    slug: str
    name: str
    starts_day: int
    ends_day: int


def venue_rows(db: Connection) -> list[VenueRow]:
    """Every venue, in order of name."""
    columns = (venues.c[name] for name in VenueRow._fields)
    return [VenueRow(*row) for row in db.execute(select(*columns).order_by(venues.c.name, venues.c.venue_id))]


def programme_rows(db: Connection) -> list[ProgrammeRow]:
    """Every programme, the newest first."""
    columns = (programmes.c[name] for name in ProgrammeRow._fields)
    newest = (programmes.c.starts_day.desc(), programmes.c.programme_id)
    return [ProgrammeRow(*row) for row in db.execute(select(*columns).order_by(*newest))]


def add_venue(db: Connection, values: dict[str, object]) -> int:
    """A place where clubs meet; returns its id."""
    return int(db.execute(insert(venues).values(**values).returning(venues.c.venue_id)).scalar_one())


def add_programme(db: Connection, values: dict[str, object]) -> int:
    """A programme without partners or targets; returns its id."""
    return int(db.execute(insert(programmes).values(**values).returning(programmes.c.programme_id)).scalar_one())


def add_partner(db: Connection, programme_id: int, organisation_id: int) -> None:
    """An organisation takes part in a programme; twice is once."""
    row = {"programme_id": programme_id, "organisation_id": organisation_id}
    db.execute(insert_into(db, programme_organisations).values(**row).on_conflict_do_nothing())


def add_target(db: Connection, programme_id: int, area_id: int, measure: str, number: int) -> None:
    """How many a programme wants to reach in an area; one that is there stays."""
    row = {"programme_id": programme_id, "area_id": area_id, "measure": measure, "number": number}
    db.execute(insert_into(db, targets).values(**row).on_conflict_do_nothing())


def change_venue(db: Connection, venue_id: int, **values: object) -> None:
    """Say something else of a venue."""
    db.execute(update(venues).where(venues.c.venue_id == venue_id).values(**values))


def change_programme(db: Connection, programme_id: int, **values: object) -> None:
    """Say something else of a programme."""
    db.execute(update(programmes).where(programmes.c.programme_id == programme_id).values(**values))


def partners(db: Connection, programme_id: int) -> list[int]:
    """The ids of the organisations in a programme."""
    its = programme_organisations.c.programme_id == programme_id
    return list(db.execute(select(programme_organisations.c.organisation_id).where(its)).scalars())


def programmes_of(db: Connection, organisation_ids: Iterable[int]) -> set[int]:
    """The ids of the programmes in which some organisations take part."""
    theirs = programme_organisations.c.organisation_id.in_(list(organisation_ids))
    return set(db.execute(select(programme_organisations.c.programme_id).where(theirs)).scalars())


def set_partners(db: Connection, programme_id: int, organisation_ids: Iterable[int]) -> None:
    """Who takes part from now on."""
    db.execute(delete(programme_organisations).where(programme_organisations.c.programme_id == programme_id))
    for organisation_id in organisation_ids:
        add_partner(db, programme_id, organisation_id)


def targets_of(db: Connection, programme_id: int, measure: str) -> dict[int, int]:
    """Area id -> how many a programme wants to reach there."""
    its = (targets.c.programme_id == programme_id) & (targets.c.measure == measure)
    return {it.area_id: it.number for it in db.execute(select(targets.c.area_id, targets.c.number).where(its))}


def set_targets(db: Connection, programme_id: int, measure: str, wanted: Mapping[int, int]) -> None:
    """The areas of a programme, and how many it wants to reach in each."""
    db.execute(delete(targets).where(targets.c.programme_id == programme_id, targets.c.measure == measure))
    for area_id, number in wanted.items():
        add_target(db, programme_id, area_id, measure, number)


class GroupIn(NamedTuple):
    """A group of a programme."""

    group_id: int
    area_id: int | None
    kind: str


def groups_in_programme(db: Connection, programme_id: int) -> list[GroupIn]:
    """The groups of a programme."""
    asked = select(groups.c.group_id, groups.c.area_id, groups.c.kind).where(groups.c.programme_id == programme_id)
    return [GroupIn(*row) for row in db.execute(asked)]


class Standing(NamedTuple):
    """Somebody who is or was in a group, and how far she is in one of its courses (None: not begun)."""

    person_id: int
    group_id: int
    done_count: int | None
    last_at_ms: int | None
    finished: bool
    began_in: int | None
    """The group she was in when she began that course."""


def standings(db: Connection, group_ids: Collection[int]) -> list[Standing]:
    """Everybody who ever joined some groups, a row for each course of the group."""
    its = progress.c.course_id == group_courses.c.course_id
    finished = (milestones.c.kind == "course") & (milestones.c.course_id == progress.c.course_id)
    asked = (
        select(
            memberships.c.person_id,
            memberships.c.group_id,
            progress.c.done_count,
            progress.c.last_at_ms,
            milestones.c.person_id.is_not(None),
            enrolments.c.group_id,
        )
        .outerjoin(group_courses, group_courses.c.group_id == memberships.c.group_id)
        .outerjoin(progress, (progress.c.person_id == memberships.c.person_id) & its)
        .outerjoin(milestones, (milestones.c.person_id == memberships.c.person_id) & finished)
        .outerjoin(enrolments, _begun(progress))
        .where(memberships.c.group_id.in_(list(group_ids)), memberships.c.person_id > 0)
        .order_by(memberships.c.person_id)
    )
    return [Standing(*row) for row in db.execute(asked)]


def _begun(table: Any) -> ColumnElement[bool]:
    """When and where somebody began a course."""
    return and_(enrolments.c.person_id == table.c.person_id, enrolments.c.course_id == table.c.course_id)


def standings_of(db: Connection, wanted: Collection[tuple[int, int]]) -> list[Standing]:
    """The same of (person, group) pairs: of somebody who is in a group under another id of hers."""
    finished = (milestones.c.kind == "course") & (milestones.c.course_id == progress.c.course_id)
    asked = (
        select(
            progress.c.person_id,
            group_courses.c.group_id,
            progress.c.done_count,
            progress.c.last_at_ms,
            milestones.c.person_id.is_not(None),
            enrolments.c.group_id,
        )
        .join(group_courses, group_courses.c.course_id == progress.c.course_id)
        .outerjoin(milestones, (milestones.c.person_id == progress.c.person_id) & finished)
        .outerjoin(enrolments, _begun(progress))
        .where(
            progress.c.person_id.in_({person_id for person_id, _group in wanted}),
            group_courses.c.group_id.in_({group_id for _person, group_id in wanted}),
        )
    )
    found = [Standing(*row) for row in db.execute(asked)] if wanted else []
    return [it for it in found if (it.person_id, it.group_id) in wanted]
