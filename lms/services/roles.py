"""Roles: who has which, giving and ending them. For administrators."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import SCOPES, Held, Permission, Role, ScopeKind, scope_of
from lms.services.codes import check_place, visible_people
from lms.services.people import SignedIn
from lms.store import audit
from lms.store import groups as group_rows
from lms.store import people as rows
from lms.store.gate import Store, retried

PAGE = 50
LAST_PERSON = 2**63 - 1


@dataclass(frozen=True)
class HeldRole:
    """A role as the people page shows it."""

    role_id: UUID
    held: Held
    where: str
    """The name of its scope."""


@dataclass(frozen=True)
class Listed:
    """A person with her roles that run now or will."""

    public_id: str
    display_name: str
    username: str
    made_ms: int
    roles: tuple[HeldRole, ...]


@dataclass(frozen=True)
class People:
    """A page of people. `after` leads to the next page; 0 when there is none."""

    listed: tuple[Listed, ...]
    after: int


@dataclass(frozen=True)
class ScopeOption:
    """Where a role can be given."""

    scope: ScopeKind
    scope_id: int
    name: str


def scopes(store: Store, giver: SignedIn, now_ms: int) -> tuple[ScopeOption, ...]:
    """Every place a giver may give a role for: the whole site, organisations, groups."""
    if not scope_of(giver.roles, Permission.ROLE_GIVE, now_ms):
        raise Forbidden
    with store.read() as db:
        organisations = group_rows.organisation_rows(db)
        groups = group_rows.group_names(db)
    found = [ScopeOption(ScopeKind.SITE, 0, "The whole site")]
    found += [ScopeOption(ScopeKind.ORGANISATION, its_id, name) for its_id, _public, name in organisations]
    return (*found, *(ScopeOption(ScopeKind.GROUP, group_id, name) for group_id, name in sorted(groups)))


def people_page(store: Store, reader: SignedIn, now_ms: int, after: int = 0) -> People:
    """The people a reader may see, a page at a time."""
    scope = scope_of(reader.roles, Permission.PERSON_READ, now_ms)
    if not scope:
        raise Forbidden
    with store.read() as db:
        found = rows.persons(db, visible_people(db, scope, reader.person_id), PAGE + 1, min(after, LAST_PERSON))
        roles = rows.roles_of(db, [person.person_id for person in found])
        names = _scope_names(db_groups=group_rows.group_names(db), organisations=group_rows.organisation_rows(db))
    listed = tuple(
        Listed(
            person.public_id,
            person.display_name,
            person.username or "",
            person.made_ms,
            tuple(
                HeldRole(row.role_id, row.held, names.get((row.held.scope, row.held.scope_id), "the whole site"))
                for row in roles
                if row.person_id == person.person_id and (row.held.ends_ms is None or row.held.ends_ms > now_ms)
            ),
        )
        for person in found[:PAGE]
    )
    return People(listed, found[PAGE - 1].person_id if len(found) > PAGE else 0)


def _scope_names(
    db_groups: list[tuple[int, str]], organisations: list[tuple[int, str, str]]
) -> dict[tuple[ScopeKind, int], str]:
    named = {(ScopeKind.GROUP, group_id): name for group_id, name in db_groups}
    return named | {(ScopeKind.ORGANISATION, its_id): name for its_id, _public, name in organisations}


@retried
def give_role(
    store: Store,
    giver: SignedIn,
    public_id: str,
    role: Role,
    scope: ScopeKind,
    scope_id: int,
    ends_ms: int | None,
    at_ms: int,
) -> None:
    """Give a person a role from now on. Refused for a scope the role can't have or that is not there."""
    reach = scope_of(giver.roles, Permission.ROLE_GIVE, at_ms)
    if not reach:
        raise Forbidden
    if scope not in SCOPES[role]:
        raise Refused(f"The role {role} can't be given for one {scope}. Choose another scope.", "scope")
    if ends_ms is not None and ends_ms <= at_ms:
        raise Refused("Choose an end in the future, or leave it empty.", "ends")
    with store.write() as db:
        person = rows.by_public_id(db, visible_people(db, reach, giver.person_id), public_id)
        if person is None:
            raise NotFound
        check_place(db, scope, scope_id)
        held = Held(role, scope, scope_id, at_ms, ends_ms)
        rows.add_role(db, person.person_id, uuid.uuid4(), held, giver.person_id, at_ms)
        audit.note(db, person.person_id, "gave-role", at_ms, giver.person_id, f"{role} {scope} {scope_id}")


@retried
def end_role(store: Store, ender: SignedIn, public_id: str, role_id: UUID, at_ms: int) -> None:
    """End a role now. Refused where it would leave the site without an administrator."""
    reach = scope_of(ender.roles, Permission.ROLE_END, at_ms)
    if not reach:
        raise Forbidden
    with store.write() as db:
        person = rows.by_public_id(db, visible_people(db, reach, ender.person_id), public_id)
        if person is None:
            raise NotFound
        role = next((row for row in rows.roles_of(db, [person.person_id]) if row.role_id == role_id), None)
        if role is None or not role.held.holds(at_ms):
            raise NotFound
        if role.held.role is Role.ADMINISTRATOR:
            check_not_last(db, person.person_id, at_ms)
        if not rows.end_role(db, person.person_id, role_id, at_ms):
            raise NotFound
        audit.note(db, person.person_id, "ended-role", at_ms, ender.person_id, role.held.role.value)


def check_not_last(db: Connection, person_id: int, at_ms: int) -> None:
    """Refused for the last administrator. All of them are held, so that two can't take the role from each other."""
    for holder in rows.holders(db, Role.ADMINISTRATOR, at_ms):
        rows.lock(db, holder)
    if rows.holders(db, Role.ADMINISTRATOR, at_ms) == [person_id]:
        raise Refused("This is the last administrator. Give the role to someone else first.", "role")
