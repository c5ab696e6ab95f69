"""Links and codes that work once: invitations, and sign-in codes given by somebody who may see her."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select

from lms.content.plan import canonical
from lms.errors import Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.people import SCOPES, Held, Permission, Role, Scope, ScopeKind
from lms.services import passwords, people, throttles
from lms.services.people import SignedIn, Token
from lms.store import audit, handles, merges
from lms.store import groups as group_rows
from lms.store import people as rows
from lms.store import programmes as programme_rows
from lms.store.gate import Store, retried

INVITE_MS = 7 * DAY_MS
CODE_MS = 30 * 60_000
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which look alike."""


@dataclass(frozen=True)
class Invitation:
    """What an invitation offers."""

    role: str
    person_id: int


@retried
def invite(
    store: Store,
    role: Role,
    scope: ScopeKind,
    scope_id: int,
    by_id: int | None,
    at_ms: int,
    ends_ms: int | None = None,
) -> str:
    """Prepare a person with a role and return the code of a link that makes her account, once, for a week."""
    if scope not in SCOPES[role]:
        raise Refused(f"A {role} can't be given for one {scope}.", "scope")
    person_id, code = people.new_person_id(), secrets.token_urlsafe(24)
    with store.write() as db:
        check_place(db, scope, scope_id)
        rows.add_person(db, people.person_values(person_id, f"Invited {role}", None, {}, "en", at_ms))
        rows.add_role(db, person_id, uuid.uuid4(), Held(role, scope, scope_id, at_ms, ends_ms), by_id, at_ms)
        handles.add(db, "invite", code, person_id, at_ms, at_ms + INVITE_MS, ref=role.value)
        audit.note(db, person_id, "invited", at_ms, by_id, role.value)
    return code


def check_place(db: Connection, scope: ScopeKind, scope_id: int) -> None:
    """Refused where there is no such place to hold a role in."""
    known = {
        ScopeKind.SITE: {0},
        ScopeKind.GROUP: {group_id for group_id, _ in group_rows.group_names(db)},
        ScopeKind.ORGANISATION: {its_id for its_id, _public, _name in group_rows.organisation_rows(db)},
        ScopeKind.VENUE: {venue.venue_id for venue in programme_rows.venue_rows(db)},
        ScopeKind.PROGRAMME: {its.programme_id for its in programme_rows.programme_rows(db)},
    }
    if scope_id not in known[scope]:
        raise Refused("Choose where the role holds.", "scope")


def look_at_invite(store: Store, code: str, now_ms: int) -> Invitation:
    """What a live invitation offers; NotFound for one that is spent, old or unknown."""
    with store.read() as db:
        handle = handles.find(db, "invite", code)
    if handle is None or handle.used_ms is not None or (handle.expires_ms or 0) <= now_ms:
        raise NotFound("This invitation has been used, or is more than a week old. Ask for a new one.")
    return Invitation(handle.ref or "", handle.person_id)


def accept_invite(
    store: Store, code: str, name: str, username: str, password: str, at_ms: int, adult: str = "unsaid"
) -> Token:
    """Make the invited person's account and sign it in. The link works once, whoever is first."""
    invitation = look_at_invite(store, code, at_ms)
    shown, folded = people.check_account(store, name, username, password)
    kept, wishes = passwords.hashed(password), people.first_wishes(adult)
    return _accept(store, code, invitation.person_id, shown, folded, kept, wishes, at_ms)


@retried
def _accept(
    store: Store,
    code: str,
    person_id: int,
    shown: str,
    username: str,
    kept: str,
    wishes: Mapping[str, str],
    at_ms: int,
) -> Token:
    with store.write() as db:
        if not handles.use(db, "invite", code, at_ms):
            raise NotFound("This invitation has been used. Ask for a new one.")
        people.take_username(db, username, person_id, at_ms)
        rows.change_person(db, person_id, display_name=shown, username=username, wishes=canonical(dict(wishes)))
        rows.set_secret(db, person_id, "password", kept)
        people.end_ways_in(db, person_id)
        audit.note(db, person_id, "accepted-invite", at_ms, person_id)
        return people.sign_in_here(db, person_id, at_ms)


@retried
def give_code(store: Store, giver: SignedIn, public_id: str, at_ms: int) -> tuple[str, str]:
    """(her name, a code) that signs a person in once within half an hour.

    Only for somebody the giver may see, and by an administrator alone for somebody who has a role:
    a code must not be a way up. NotFound for anybody else.
    """
    scope = giver.scope(Permission.CODE_GIVE, at_ms)
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    with store.write() as db:
        person = rows.by_public_id(db, visible_people(db, scope, giver.person_id), public_id)
        if person is None:
            raise NotFound
        her_id = merges.kept_of(db, person.person_id)  # a code lets in whoever she is by now
        rows.lock(db, her_id)  # nobody gives her a role between the look and the code
        if not is_below(db, giver, her_id, at_ms):
            raise Forbidden("This person has a role. Only an administrator can give her a code.")
        handles.drop_all(db, "sign-in-code", her_id)
        handles.add(db, "sign-in-code", code, her_id, at_ms, at_ms + CODE_MS)
        audit.note(db, her_id, "gave-code", at_ms, giver.person_id)
    return person.display_name, f"{code[:4]}-{code[4:]}"


def visible_people(db: Connection, scope: Scope, person_id: int, staff_at_ms: int | None = None) -> Select[Any]:
    """The people a scope reaches, for the queries of a service.

    `staff_at_ms`: also whoever holds a role inside its organisations then. Only for what is done with roles: who
    works for an organisation is no learner of it.
    """
    group_ids = tuple(rows.groups_in(db, scope))
    seen = rows.visible(scope, person_id, group_ids)
    return seen if staff_at_ms is None else rows.with_staff(scope, seen, group_ids, staff_at_ms)


def is_below(db: Connection, giver: SignedIn, person_id: int, at_ms: int) -> bool:
    """Whether the giver is an administrator, or the person has no role that runs now or will."""
    if any(held.role is Role.ADMINISTRATOR and held.holds(at_ms) for held in giver.roles):
        return True
    return is_plain(db, person_id, at_ms)


def is_plain(db: Connection, person_id: int, at_ms: int) -> bool:
    """Whether a person has no role that runs now or will: anybody who may see her can give her a code."""
    return all(row.held.ends_ms is not None and row.held.ends_ms <= at_ms for row in rows.roles_of(db, [person_id]))


def use_code(store: Store, typed: str, address: str, at_ms: int) -> Token:
    """Sign in with a code, once. Refused where it is wrong, spent or old."""
    code = "".join(c for c in typed.upper() if c in LETTERS)[:16]
    throttles.check(store, "", address, at_ms)
    token = _use(store, code, address, at_ms)
    if token is None:
        raise Refused("That code does not work. It may be old, or used. Ask for a new one.", "code")
    return token


@retried
def _use(store: Store, code: str, address: str, at_ms: int) -> Token | None:
    with store.write() as db:
        throttles.admit(db, "", address, at_ms)
        if not handles.use(db, "sign-in-code", code, at_ms):
            throttles.count_wrong(db, address, at_ms)
            return None
        handle = handles.find(db, "sign-in-code", code)
        assert handle is not None  # noqa: S101 - it was spent in this transaction
        audit.note(db, handle.person_id, "used-code", at_ms, handle.person_id)
        token = people.sign_in_here(db, handle.person_id, at_ms)
        handles.add(db, people.BY_CODE, token.secret, token.person_id, at_ms, at_ms + CODE_MS)
        return token
