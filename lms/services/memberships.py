"""Memberships: which groups somebody is in, leaving one, being taken out of one.

A row is ended, never deleted: `left_ms` is the instant it was recorded. Her progress is hers and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import NotFound
from lms.learning.people import Permission, Scope
from lms.services.people import SignedIn
from lms.store import audit, merges
from lms.store import groups as rows
from lms.store import people as people_rows
from lms.store.gate import Store, retried


@dataclass(frozen=True)
class Mine:
    """A group as one of its members sees it."""

    public_id: str
    name: str


def joined(store: Store, person: SignedIn) -> list[Mine]:
    """The groups a person is in now, in order of name."""
    with store.read() as db:
        found = rows.memberships_of(db, person.ids)
    return list(dict.fromkeys(Mine(row.public_id, row.name) for row in found if row.left_ms is None))


def one_joined(store: Store, person: SignedIn, public_id: str) -> Mine:
    """One group she is in now. NotFound for any other."""
    found = next((group for group in joined(store, person) if group.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


@retried
def leave(store: Store, person: SignedIn, public_id: str, at_ms: int) -> None:
    """Leave a group; leaving twice is leaving once. NotFound for one she never was in. Her progress stays."""
    with store.write() as db:
        for its_id in sorted(person.ids):
            people_rows.lock(db, its_id)
        row = next((it for it in rows.memberships_of(db, person.ids) if it.public_id == public_id), None)
        if row is None:
            raise NotFound
        for its_id in sorted(person.ids):
            _end(db, its_id, row.group_id, person.person_id, person.ids, at_ms)


@dataclass(frozen=True)
class Taken:
    """Somebody and the group she is to be taken out of."""

    group: str
    public_id: str
    display_name: str


def to_take_out(store: Store, leader: SignedIn, group_id: str, public_id: str, now_ms: int) -> Taken:
    """A member of a group in reach. NotFound for anybody else."""
    scope = leader.scope(Permission.MEMBER_ADD, now_ms)
    with store.read() as db:
        row, person, in_it = _member(db, scope, group_id, public_id)
    if not in_it:
        raise NotFound
    return Taken(row.name, person.public_id, person.display_name)


@retried
def take_out(store: Store, leader: SignedIn, group_id: str, public_id: str, at_ms: int) -> None:
    """Take somebody out of a group, as if she had left. NotFound for who is not in it."""
    scope = leader.scope(Permission.MEMBER_ADD, at_ms)
    with store.write() as db:
        row, person, _in_it = _member(db, scope, group_id, public_id)
        ids = merges.ids_of(db, person.person_id)
        for its_id in sorted(ids):
            people_rows.lock(db, its_id)
        for its_id in sorted(ids):
            _end(db, its_id, row.group_id, leader.person_id, ids, at_ms)


def _member(
    db: Connection, scope: Scope, group_id: str, public_id: str
) -> tuple[rows.GroupRow, people_rows.PersonRow, bool]:
    """(group, person, whether she is in it now), if the group is in reach and she is or was in it.

    Who has left is not among those a facilitator sees; here a second tap must find what the first one did.
    """
    row = rows.group_by_public_id(db, group_id, scope)
    person = people_rows.by_public_id(db, people_rows.EVERYBODY, public_id) if row else None
    if row is None or person is None:
        raise NotFound
    hers = rows.memberships_of(db, merges.ids_of(db, person.person_id))
    was_in = [it.left_ms for it in hers if it.group_id == row.group_id]
    if not was_in:
        raise NotFound
    return row, person, None in was_in


def _end(db: Connection, person_id: int, group_id: int, by_id: int, ids: Sequence[int], at_ms: int) -> None:
    """End it for one of somebody's ids."""
    if rows.leave(db, person_id, group_id, at_ms):
        action = "left-group" if by_id in ids else "taken-out-of-group"
        audit.note(db, person_id, action, at_ms, by_id, str(group_id))
