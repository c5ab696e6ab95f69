"""Changing a group: what it is called and learns, where it stands, when it begins and ends.

What has been counted is not moved: an enrolment keeps the group and area it began in (docs/reference/data.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import AllAtOnce, NotFound, Refused
from lms.learning.people import Permission, Placed, Role, Scope
from lms.services.organisations import Area, tree
from lms.services.people import SignedIn, clean_name
from lms.store import audit
from lms.store import groups as rows
from lms.store import people as people_rows
from lms.store import programmes as programme_rows
from lms.store.gate import Store, retried

KINDS = ("learners", "staff")


@dataclass(frozen=True)
class Standing:
    """All that can be said of a group. Days are yyyymmdd; None: open."""

    name: str
    courses: tuple[int, ...]
    organisation_id: int
    area_id: int | None
    venue_id: int | None
    programme_id: int | None
    starts_day: int | None
    ends_day: int | None
    late_join: bool
    kind: str


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, as (id, name), and who looks after the group."""

    public_id: str
    standing: Standing
    organisations: tuple[tuple[int, str], ...]
    areas: tuple[Area, ...]
    venues: tuple[tuple[int, str], ...]
    programmes: tuple[tuple[int, str], ...]
    facilitators: tuple[str, ...]
    begun: bool
    """Whether somebody has begun a course in it, or came to a meeting of it: then its kind stays."""


def look(store: Store, maker: SignedIn, public_id: str, now_ms: int) -> Choices:
    """A group as it stands, and what it can become. NotFound for one out of reach."""
    scope = maker.scope(Permission.GROUP_CHANGE, now_ms)
    with store.read() as db:
        row = _group(db, public_id, scope)
        organisations = tuple(_organisations(db, row, scope))
        return Choices(
            public_id,
            _standing(db, row),
            organisations,
            tree(db),
            tuple(_venues(db, {its_id for its_id, _name in organisations})),
            tuple(_programmes(db, {its_id for its_id, _name in organisations})),
            tuple(name for name, _role in people_rows.heads_of(db, (Role.FACILITATOR,), row.placed, now_ms)),
            _has_begun(db, row),
        )


@retried
def change(store: Store, maker: SignedIn, public_id: str, wanted: Standing, at_ms: int) -> None:
    """Make a group what is wanted. Refused, and nothing is changed, where something does not go together."""
    scope = maker.scope(Permission.GROUP_CHANGE, at_ms)
    name = _checked(wanted)
    with store.write() as db:
        row = _group(db, public_id, scope)
        _check_places(db, row, wanted, scope)
        rows.change_group(
            db,
            row.group_id,
            name=name,
            organisation_id=wanted.organisation_id,
            area_id=wanted.area_id,
            venue_id=wanted.venue_id,
            programme_id=wanted.programme_id,
            starts_day=wanted.starts_day,
            ends_day=wanted.ends_day,
            late_join=wanted.late_join,
            kind=wanted.kind,
        )
        rows.set_courses(db, row.group_id, wanted.courses)
        # Asked once it is written, and undone if so: what is asked about people comes after what is the same for all.
        if wanted.kind != row.kind and _has_begun(db, row):
            raise Refused("People have begun in this group, so it stays as it is. Make another group.", "kind")
        audit.note(db, maker.person_id, "changed-group", at_ms, maker.person_id, public_id)


def _checked(wanted: Standing) -> str:
    """Its name as it is kept. Refused for all at once that can't be, whatever else there is."""
    name, checks = "", AllAtOnce()
    with checks:
        name = clean_name(wanted.name, longest=120)
    with checks:
        if not wanted.courses:
            raise Refused("Choose at least one course.", "courses")
    with checks:
        if wanted.starts_day and wanted.ends_day and wanted.ends_day < wanted.starts_day:
            raise Refused("The last day is before the first. Look at both.", "ends")
    with checks:
        if wanted.kind not in KINDS:
            raise Refused("Choose one of those shown.", "kind")
    checks.tell()
    return name


def _has_begun(db: Connection, row: rows.GroupRow) -> bool:
    """Whether something of the group counts: what was told of a month says whose it was."""
    return rows.has_begun(db, row.group_id) or rows.has_met(db, row.group_id)


def _group(db: Connection, public_id: str, scope: Scope) -> rows.GroupRow:
    row = rows.group_by_public_id(db, public_id, scope)
    if row is None:
        raise NotFound
    return row


def _standing(db: Connection, row: rows.GroupRow) -> Standing:
    courses = rows.courses_of_groups(db, [row.group_id]).get(row.group_id, ())
    return Standing(
        row.name,
        tuple(course_id for course_id, _slug in courses),
        row.organisation_id,
        row.area_id,
        row.venue_id,
        row.programme_id,
        row.starts_day,
        row.ends_day,
        row.late_join,
        row.kind,
    )


def _organisations(db: Connection, row: rows.GroupRow, scope: Scope) -> Sequence[tuple[int, str]]:
    """Its own, and the others in which she may change groups too."""
    known = [(its_id, name) for its_id, _public, name in rows.organisation_rows(db)]
    return [it for it in known if scope.everywhere or it[0] in scope.organisations or it[0] == row.organisation_id]


def _venues(db: Connection, organisations: set[int]) -> Sequence[tuple[int, str]]:
    return [(it.venue_id, it.name) for it in programme_rows.venue_rows(db) if it.organisation_id in organisations]


def _programmes(db: Connection, organisations: set[int]) -> Sequence[tuple[int, str]]:
    taking_part = programme_rows.programmes_of(db, organisations)
    return [(it.programme_id, it.name) for it in programme_rows.programme_rows(db) if it.programme_id in taking_part]


def _check_places(db: Connection, row: rows.GroupRow, wanted: Standing, scope: Scope) -> None:
    """Refused where it would stand out of her reach, or somewhere that is not there."""
    organisations = {its_id for its_id, _name in _organisations(db, row, scope)}
    if wanted.organisation_id not in organisations:
        raise Refused("Choose an organisation in which you may change groups.", "organisation")
    if wanted.area_id is not None and wanted.area_id not in {it.area_id for it in tree(db)}:
        raise Refused("Choose one of the areas shown.", "area")
    its_venues = {its_id for its_id, _name in _venues(db, {wanted.organisation_id})}
    if wanted.venue_id is not None and wanted.venue_id not in its_venues | {row.venue_id}:
        raise Refused("Choose a place of that organisation, or none.", "venue")
    its_programmes = programme_rows.programmes_of(db, {wanted.organisation_id})
    if wanted.programme_id is not None and wanted.programme_id not in its_programmes | {row.programme_id}:
        raise Refused("That organisation takes no part in the programme. Choose another, or none.", "programme")
    there = Placed(row.group_id, wanted.organisation_id, wanted.venue_id, wanted.programme_id)
    if not scope.reaches(there):
        raise Refused("There you could not see the group any more. Ask somebody of the whole organisation.", "venue")
