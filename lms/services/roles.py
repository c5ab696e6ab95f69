"""Roles: who has which, giving and ending them. For administrators."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select

from lms.errors import NotFound, Refused
from lms.learning.people import SCOPES, Held, Permission, Role, ScopeKind, answers_to
from lms.services import people
from lms.services.codes import check_place, is_plain, visible_people
from lms.services.people import SignedIn
from lms.store import audit, handles, merges
from lms.store import groups as group_rows
from lms.store import people as rows
from lms.store import programmes as programme_rows
from lms.store.gate import Store, retried

PAGE = 50
LAST_PERSON = 2**63 - 1
LOOKED_THROUGH = 5_000
"""People looked at for one page of a search by name: there is no index of names, and a page must come at once."""


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
    kept: str = ""
    """Of somebody who was merged: the name of whom she is."""


@dataclass(frozen=True)
class People:
    """A page of people. `after` leads to the next page; 0 when there is none."""

    listed: tuple[Listed, ...]
    after: int
    looked: int = 0
    """How many were looked at, where a name was asked for and there are more to look at."""


@dataclass(frozen=True)
class ScopeOption:
    """Where a role can be given."""

    scope: ScopeKind
    scope_id: int
    name: str


def scopes(store: Store, giver: SignedIn, now_ms: int) -> tuple[ScopeOption, ...]:
    """Every place a giver may give a role for: the whole site, organisations, groups."""
    giver.scope(Permission.ROLE_GIVE, now_ms)
    with store.read() as db:
        organisations = group_rows.organisation_rows(db)
        groups = group_rows.group_names(db)
        venues = [(it.venue_id, it.name) for it in programme_rows.venue_rows(db)]
        programmes = [(it.programme_id, it.name) for it in programme_rows.programme_rows(db)]
    found = [ScopeOption(ScopeKind.SITE, 0, "The whole site")]
    found += [ScopeOption(ScopeKind.ORGANISATION, its_id, name) for its_id, _public, name in organisations]
    found += [ScopeOption(ScopeKind.PROGRAMME, its_id, name) for its_id, name in programmes]
    found += [ScopeOption(ScopeKind.VENUE, its_id, name) for its_id, name in venues]
    return (*found, *(ScopeOption(ScopeKind.GROUP, group_id, name) for group_id, name in sorted(groups)))


def people_page(store: Store, reader: SignedIn, now_ms: int, after: int = 0, asked: str = "") -> People:
    """The people a reader may see, a page at a time; of somebody asked for, those who answer to it.

    A whole user name is looked up and comes first, however many people there are.
    """
    scope = reader.scope(Permission.PERSON_READ, now_ms)
    start = min(after, LAST_PERSON)
    with store.read() as db:
        visible = visible_people(db, scope, reader.person_id)
        found, then, looked = found_by_name(db, visible, asked, start) if asked else _page(db, visible, start)
        roles = rows.roles_of(db, [person.person_id for person in found])
        kept = _names_of(db, merges.kept_each(db, [person.person_id for person in found]))
        names = scope_names(db)
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
            kept.get(person.person_id, ""),
        )
        for person in found
    )
    return People(listed, then, looked)


def _names_of(db: Connection, kept: Mapping[int, int]) -> dict[int, str]:
    named = ((other, rows.person(db, its_id)) for other, its_id in kept.items())
    return {other: person.display_name for other, person in named if person}


def _page(db: Connection, visible: Select[Any], after: int) -> tuple[list[rows.PersonRow], int, int]:
    """(people, where the next page starts, 0): the next of them by id."""
    found = rows.persons(db, visible, PAGE + 1, after)
    return found[:PAGE], found[PAGE - 1].person_id if len(found) > PAGE else 0, 0


def found_by_name(
    db: Connection, visible: Select[Any], asked: str, after: int
) -> tuple[list[rows.PersonRow], int, int]:
    """(people, where to look on, how many were looked at): whose user name it is, then who answers to it."""
    seen = rows.persons(db, visible, LOOKED_THROUGH + 1, after)
    known = _by_username(db, visible, asked)
    hits = [it for it in seen[:LOOKED_THROUGH] if answers_to(asked, it.display_name, it.username or "")]
    others = [it for it in hits if known is None or it.person_id != known.person_id]
    found = ([known] if known and not after else []) + others[:PAGE]
    if len(others) > PAGE:
        last = others[PAGE - 1].person_id
        return found, last, 0
    more = len(seen) > LOOKED_THROUGH
    return found, seen[LOOKED_THROUGH - 1].person_id if more else 0, LOOKED_THROUGH if more else 0


def _by_username(db: Connection, visible: Select[Any], asked: str) -> rows.PersonRow | None:
    handle = handles.find(db, "username", unicodedata.normalize("NFKC", asked.strip()).casefold())
    return rows.one_of(db, visible, handle.person_id) if handle else None


def scope_names(db: Connection) -> dict[tuple[ScopeKind, int], str]:
    """The name of every place a role can hold in."""
    named = {(ScopeKind.GROUP, group_id): name for group_id, name in group_rows.group_names(db)}
    named |= {(ScopeKind.ORGANISATION, its_id): name for its_id, _public, name in group_rows.organisation_rows(db)}
    named |= {(ScopeKind.VENUE, it.venue_id): it.name for it in programme_rows.venue_rows(db)}
    return named | {(ScopeKind.PROGRAMME, it.programme_id): it.name for it in programme_rows.programme_rows(db)}


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
    """Give a person a role from now on. Refused for a scope the role can't have or that is not there.

    Who was a plain learner signs in anew, with her password: somebody else may have given her a code, or be
    signed in by one, and a code must not be a way up.
    """
    reach = giver.scope(Permission.ROLE_GIVE, at_ms)
    if scope not in SCOPES[role]:
        raise Refused(f"The role {role} can't be given for one {scope}. Choose another scope.", "scope")
    if ends_ms is not None and ends_ms <= at_ms:
        raise Refused("Choose an end in the future, or leave it empty.", "ends")
    with store.write() as db:
        person = rows.by_public_id(db, visible_people(db, reach, giver.person_id), public_id)
        if person is None or person.kind == rows.GUEST:
            raise NotFound
        check_place(db, scope, scope_id)
        rows.lock(db, person.person_id)
        if merges.kept_of(db, person.person_id) != person.person_id:
            raise Refused(f"{person.display_name} is one with somebody else here. Give that one the role.", "person")
        if is_plain(db, person.person_id, at_ms):
            people.end_ways_in(db, person.person_id)
        held = Held(role, scope, scope_id, at_ms, ends_ms)
        rows.add_role(db, person.person_id, uuid.uuid4(), held, giver.person_id, at_ms)
        audit.note(db, person.person_id, "gave-role", at_ms, giver.person_id, f"{role} {scope} {scope_id}")


@retried
def end_role(store: Store, ender: SignedIn, public_id: str, role_id: UUID, at_ms: int) -> None:
    """End a role now. Refused where it would leave the site without an administrator."""
    reach = ender.scope(Permission.ROLE_END, at_ms)
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
