"""Roles: who has which, giving and ending them, inviting to them. What stands against it is `learning.giving`."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select

from lms.errors import N_, Forbidden, NotFound, Refused
from lms.learning.giving import Place, WhyNot, gives, may_give, why_not
from lms.learning.people import Held, Permission, Role, ScopeKind, answers_to
from lms.services import codes, people
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
    hers: bool = True
    """Whether the reader may end it."""


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
    """Every place a giver may give some role for: the whole site, organisations, programmes, venues, groups."""
    giver.scope(Permission.ROLE_GIVE, now_ms)
    with store.read() as db:
        named, places = scope_names(db), _places(db)
    named[ScopeKind.SITE, 0] = "The whole site"
    order = [ScopeKind.SITE, ScopeKind.ORGANISATION, ScopeKind.PROGRAMME, ScopeKind.VENUE, ScopeKind.GROUP]
    reached = [it for it in places.values() if any(may_give(giver.roles, role, it, now_ms) for role in Role)]
    found = [ScopeOption(it.kind, it.scope_id, named[it.kind, it.scope_id]) for it in reached]
    return tuple(sorted(found, key=lambda it: (order.index(it.scope), it.name.casefold(), it.scope_id)))


def givable(giver: SignedIn, now_ms: int) -> tuple[Role, ...]:
    """The roles a giver can give somewhere, in the order in which they are written down."""
    can = gives(giver.roles, now_ms)
    return tuple(role for role in Role if role in can)


def _places(db: Connection) -> dict[tuple[ScopeKind, int], Place]:
    """Every place a role can hold for."""
    organisations = [its_id for its_id, _public, _name in group_rows.organisation_rows(db)]
    found = [Place(ScopeKind.SITE, 0), *(Place(ScopeKind.ORGANISATION, its_id, its_id) for its_id in organisations)]
    found += [Place(ScopeKind.PROGRAMME, it.programme_id) for it in programme_rows.programme_rows(db)]
    found += [Place(ScopeKind.VENUE, it.venue_id, it.organisation_id) for it in programme_rows.venue_rows(db)]
    found += [Place(ScopeKind.GROUP, *pair) for pair in group_rows.organisation_of_each(db)]
    return {(it.kind, it.scope_id): it for it in found}


def people_page(store: Store, reader: SignedIn, now_ms: int, after: int = 0, asked: str = "") -> People:
    """The people a reader may see, a page at a time; of somebody asked for, those who answer to it.

    A whole user name is looked up and comes first, however many people there are.
    """
    scope = reader.scope(Permission.PERSON_READ, now_ms)
    start = min(after, LAST_PERSON)
    with store.read() as db:
        visible = visible_people(db, scope, reader.person_id, now_ms)
        found, then, looked = found_by_name(db, visible, asked, start) if asked else _page(db, visible, start)
        roles = rows.roles_of(db, [person.person_id for person in found])
        kept = _names_of(db, merges.kept_each(db, [person.person_id for person in found]))
        names, places = scope_names(db), _places(db)
        near = {which for which, place in places.items() if place.organisation_id in scope.organisations}
    listed = tuple(
        Listed(
            person.public_id,
            person.display_name,
            person.username or "",
            person.made_ms,
            tuple(
                HeldRole(
                    row.role_id,
                    row.held,
                    names.get((row.held.scope, row.held.scope_id), "the whole site"),
                    may_give(reader.roles, row.held.role, _place(places, row.held), now_ms),
                )
                for row in roles
                if row.person_id == person.person_id
                and (row.held.ends_ms is None or row.held.ends_ms > now_ms)
                and (scope.everywhere or (row.held.scope, row.held.scope_id) in near)
            ),
            kept.get(person.person_id, ""),
        )
        for person in found
    )
    return People(listed, then, looked)


def _place(places: Mapping[tuple[ScopeKind, int], Place], held: Held) -> Place:
    return places.get((held.scope, held.scope_id)) or Place(held.scope, held.scope_id)


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
    """Give a person a role from now on. Refused, with nothing written, for a role that is not the giver's to give, a
    scope the role can't have, that is not there or that she does not hold, and for herself.

    Who was a plain learner signs in anew, with her password: somebody else may have given her a code, or be
    signed in by one, and a code must not be a way up.
    """
    reach = giver.scope(Permission.ROLE_GIVE, at_ms)
    _check_end(ends_ms, at_ms)
    with store.write() as db:
        person = rows.by_public_id(db, visible_people(db, reach, giver.person_id, at_ms), public_id)
        if person is None or person.kind == rows.GUEST:
            raise NotFound
        _check_gives(db, giver, role, scope, scope_id, at_ms)
        check_place(db, scope, scope_id)
        if person.person_id == giver.person_id and not reach.everywhere:
            raise Refused(N_("You can’t give yourself a role. Ask an administrator."), "person")
        rows.lock(db, person.person_id)
        if merges.kept_of(db, person.person_id) != person.person_id:
            raise Refused(f"{person.display_name} is one with somebody else here. Give that one the role.", "person")
        if is_plain(db, person.person_id, at_ms):
            people.end_ways_in(db, person.person_id)
        held = Held(role, scope, scope_id, at_ms, ends_ms)
        rows.add_role(db, person.person_id, uuid.uuid4(), held, giver.person_id, at_ms)
        audit.note(db, person.person_id, "gave-role", at_ms, giver.person_id, f"{role} {scope} {scope_id}")


def _check_end(ends_ms: int | None, at_ms: int) -> None:
    if ends_ms is not None and ends_ms <= at_ms:
        raise Refused(N_("Choose an end in the future, or leave it empty."), "ends")


def _check_gives(db: Connection, giver: SignedIn, role: Role, scope: ScopeKind, scope_id: int, at_ms: int) -> None:
    """Refused where it is not hers to give. Of a place out of reach she is not told whether it is there."""
    place = _places(db).get((scope, scope_id)) or Place(scope, scope_id)
    match why_not(giver.roles, role, place, at_ms):
        case WhyNot.KIND:
            said = "The role {role} can't be given for one {scope}. Choose another scope."
            raise Refused(said, "scope", role=role.value.replace("-", " "), scope=scope.value)
        case WhyNot.ROLE:
            raise Refused(N_("Only an administrator can give that role. Choose another one, or ask for it."), "role")
        case WhyNot.PLACE:
            raise Refused(N_("You don’t lead that place. Choose your organisation, or a place inside it."), "scope")


def invite(
    store: Store, inviter: SignedIn, role: Role, scope: ScopeKind, scope_id: int, ends_ms: int | None, at_ms: int
) -> str:
    """The code of a link that makes one account with a role. Refused, with nothing written, as giving one is."""
    inviter.scope(Permission.PERSON_INVITE, at_ms)
    _check_end(ends_ms, at_ms)
    with store.read() as db:
        _check_gives(db, inviter, role, scope, scope_id, at_ms)
    return codes.invite(store, role, scope, scope_id, inviter.person_id, at_ms, ends_ms)


def _to_end(db: Connection, ender: SignedIn, public_id: str, role_id: UUID, at_ms: int) -> tuple[int, rows.RoleRow]:
    """(whose, a role that runs). NotFound where it is out of reach; Forbidden where it is not hers to give."""
    reach = ender.scope(Permission.ROLE_END, at_ms)
    person = rows.by_public_id(db, visible_people(db, reach, ender.person_id, at_ms), public_id)
    role = (
        next((row for row in rows.roles_of(db, [person.person_id]) if row.role_id == role_id), None) if person else None
    )
    if person is None or role is None or not role.held.holds(at_ms):
        raise NotFound
    place = _place(_places(db), role.held)
    if not (reach.everywhere or place.organisation_id in reach.organisations):
        raise NotFound
    if not may_give(ender.roles, role.held.role, place, at_ms):
        raise Forbidden(N_("You can't end that role. Ask someone who looks after the whole site."))
    return person.person_id, role


@retried
def move_end(store: Store, ender: SignedIn, public_id: str, role_id: UUID, ends_ms: int | None, at_ms: int) -> None:
    """Let a role that runs end at another instant, or at none. Refused for one that is over."""
    _check_end(ends_ms, at_ms)
    with store.write() as db:
        person_id, role = _to_end(db, ender, public_id, role_id, at_ms)
        if role.held.role is Role.ADMINISTRATOR and ends_ms is not None:
            check_not_last(db, person_id, at_ms)
        if not rows.move_end(db, person_id, role_id, ends_ms, at_ms):
            raise NotFound
        audit.note(db, person_id, "moved-role-end", at_ms, ender.person_id, role.held.role.value)


@retried
def end_role(store: Store, ender: SignedIn, public_id: str, role_id: UUID, at_ms: int) -> None:
    """End a role now. Refused where it would leave the site without an administrator."""
    with store.write() as db:
        person_id, role = _to_end(db, ender, public_id, role_id, at_ms)
        if role.held.role is Role.ADMINISTRATOR:
            check_not_last(db, person_id, at_ms)
        if not rows.end_role(db, person_id, role_id, at_ms):
            raise NotFound
        audit.note(db, person_id, "ended-role", at_ms, ender.person_id, role.held.role.value)


def check_not_last(db: Connection, person_id: int, at_ms: int) -> None:
    """Refused for the last administrator. All of them are held, so that two can't take the role from each other."""
    for holder in rows.holders(db, Role.ADMINISTRATOR, at_ms):
        rows.lock(db, holder)
    if rows.holders(db, Role.ADMINISTRATOR, at_ms) == [person_id]:
        raise Refused("This is the last administrator. Give the role to someone else first.", "role")
