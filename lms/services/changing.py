"""Adding a group and changing one: what it is called and learns, where it stands, when it begins and ends.

What has been counted is not moved: an enrolment keeps the group and area it began in (docs/reference/data.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection

from lms.errors import N_, AllAtOnce, Forbidden, NotFound, Refused
from lms.learning.people import Permission, Placed, Role, Scope
from lms.services.groups import Group, as_shown, join_code, plain_code
from lms.services.organisations import Area, tree
from lms.services.people import SignedIn, clean_name
from lms.store import audit, handles
from lms.store import groups as rows
from lms.store import people as people_rows
from lms.store import programmes as programme_rows
from lms.store.gate import Store, retried

KINDS = ("learners", "staff")
ONLY_WHOLE = N_("You look after single groups. Somebody of the whole organisation can add one for you.")


@dataclass(frozen=True)
class Standing:
    """All that can be said of a group. Days are yyyymmdd; None: open."""

    name: str = ""
    courses: tuple[int, ...] = ()
    organisation_id: int | None = None
    """None, of a new one: that of whoever adds it."""
    area_id: int | None = None
    venue_id: int | None = None
    programme_id: int | None = None
    starts_day: int | None = None
    ends_day: int | None = None
    late_join: bool = True
    kind: str = KINDS[0]


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, as (id, name), and who looks after the group. `public_id`: empty of a new one."""

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
        heads = tuple(name for name, _role in people_rows.heads_of(db, (Role.FACILITATOR,), row.placed, now_ms))
        organisations = tuple(_organisations(db, scope, row.organisation_id))
        return _choices(db, public_id, _standing(db, row), organisations, heads, begun=_has_begun(db, row))


def look_new(store: Store, maker: SignedIn, now_ms: int) -> Choices | None:
    """What a new group can be. None for who looks after single groups only: she adds none."""
    scope = maker.scope(Permission.GROUP_ADD, now_ms)
    with store.read() as db:
        organisations = tuple(_organisations(db, scope))
        if not organisations:
            return None
        blank = Standing(organisation_id=_first(organisations, scope))
        return _choices(db, "", blank, organisations, (), begun=False)


def _choices(
    db: Connection,
    public_id: str,
    standing: Standing,
    organisations: tuple[tuple[int, str], ...],
    facilitators: tuple[str, ...],
    *,
    begun: bool,
) -> Choices:
    ids = {its_id for its_id, _name in organisations}
    venues, programmes = tuple(_venues(db, ids)), tuple(_programmes(db, ids))
    return Choices(public_id, standing, organisations, tree(db), venues, programmes, facilitators, begun)


@retried
def add(
    store: Store, maker: SignedIn, wanted: Standing, secret: str, at_ms: int, read: AllAtOnce | None = None
) -> Group:
    """Add a group of the maker's organisation, or of another in her reach. Forbidden for who has single groups only.

    `read`: what could not be read of her form: told with what else is wrong. Refused then, and nothing is added.
    """
    scope = maker.scope(Permission.GROUP_ADD, at_ms)
    public_id, salt = secrets.token_urlsafe(9), secrets.token_hex(8)
    with store.write() as db:
        organisations = _organisations(db, scope)
        if not organisations:
            raise Forbidden(ONLY_WHOLE)
        if wanted.organisation_id is None:
            wanted = replace(wanted, organisation_id=_first(organisations, scope))
        values = _checked(db, wanted, scope, None, read) | {
            "public_id": public_id,
            "join_hash": handles.key_hash("join", plain_code(join_code(secret, public_id, salt))),
            "join_salt": salt,
        }
        group_id = rows.add_group(db, values, sorted(set(wanted.courses)))
        audit.note(db, maker.person_id, "added-group", at_ms, maker.person_id, public_id)
        row = rows.group_rows(db, [group_id])[0]
        learns = rows.courses_of_groups(db, [group_id]).get(group_id, ())
    return as_shown(row, learns, secret)


@retried
def change(
    store: Store, maker: SignedIn, public_id: str, wanted: Standing, at_ms: int, read: AllAtOnce | None = None
) -> None:
    """Make a group what is wanted. Refused, and nothing is changed, where something does not go together.

    `read`: as in `add`.
    """
    scope = maker.scope(Permission.GROUP_CHANGE, at_ms)
    with store.write() as db:
        row = _group(db, public_id, scope)
        rows.change_group(db, row.group_id, **_checked(db, wanted, scope, row, read))
        rows.set_courses(db, row.group_id, wanted.courses)
        # Asked once it is written, and undone if so: what is asked about people comes after what is the same for all.
        if wanted.kind != row.kind and _has_begun(db, row):
            raise Refused("People have begun in this group, so it stays as it is. Make another group.", "kind")
        audit.note(db, maker.person_id, "changed-group", at_ms, maker.person_id, public_id)


def _checked(
    db: Connection, wanted: Standing, scope: Scope, row: rows.GroupRow | None, read: AllAtOnce | None
) -> dict[str, object]:
    """What a group's row is to say. Refused for all at once that can't be. `row`: as it stood; None of a new one."""
    name, checks = "", AllAtOnce()
    with checks:
        if read:
            read.tell()
    with checks:
        name = clean_name(wanted.name, longest=120)
    with checks:
        if not wanted.courses:
            raise Refused("Choose at least one course.", "courses")
    with checks:
        if wanted.kind not in KINDS:
            raise Refused("Choose one of those shown.", "kind")
    with checks:
        _check_places(db, row, wanted, scope)
    with checks:
        if wanted.starts_day and wanted.ends_day and wanted.ends_day < wanted.starts_day:
            raise Refused("The last day is before the first. Look at both.", "ends")
    checks.tell()
    return {key: value for key, value in asdict(wanted).items() if key != "courses"} | {"name": name}


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


def _organisations(db: Connection, scope: Scope, its_own: int | None = None) -> Sequence[tuple[int, str]]:
    """Those in which she may have groups, and the group's own."""
    known = [(its_id, name) for its_id, _public, name in rows.organisation_rows(db)]
    return [it for it in known if scope.everywhere or it[0] in scope.organisations or it[0] == its_own]


def _first(organisations: Sequence[tuple[int, str]], scope: Scope) -> int:
    """Of which organisation a new group is unless she says: one of hers, before others she can reach."""
    return min(scope.organisations) if scope.organisations else organisations[0][0]


def _venues(db: Connection, organisations: set[int]) -> Sequence[tuple[int, str]]:
    return [(it.venue_id, it.name) for it in programme_rows.venue_rows(db) if it.organisation_id in organisations]


def _programmes(db: Connection, organisations: set[int]) -> Sequence[tuple[int, str]]:
    taking_part = programme_rows.programmes_of(db, organisations)
    return [(it.programme_id, it.name) for it in programme_rows.programme_rows(db) if it.programme_id in taking_part]


def _check_places(db: Connection, row: rows.GroupRow | None, wanted: Standing, scope: Scope) -> None:
    """Refused, all at once, where it would stand out of her reach, or somewhere that is not there."""
    checks, was = AllAtOnce(), row.placed if row else Placed(0, 0)
    its_id = wanted.organisation_id or 0
    with checks:
        if its_id not in {known for known, _name in _organisations(db, scope, was.organisation_id)}:
            raise Refused("Choose an organisation in which you may change groups.", "organisation")
    with checks:
        if wanted.area_id is not None and wanted.area_id not in {it.area_id for it in tree(db)}:
            raise Refused("Choose one of the areas shown.", "area")
    with checks:
        if wanted.venue_id not in {None, was.venue_id, *(known for known, _name in _venues(db, {its_id}))}:
            raise Refused("Choose a place of that organisation, or none.", "venue")
    with checks:
        if wanted.programme_id not in {None, was.programme_id, *programme_rows.programmes_of(db, {its_id})}:
            raise Refused("That organisation takes no part in the programme. Choose another, or none.", "programme")
    checks.tell()
    if not scope.reaches(Placed(was.group_id, its_id, wanted.venue_id, wanted.programme_id)):
        raise Refused("There you could not see the group any more. Ask somebody of the whole organisation.", "venue")
