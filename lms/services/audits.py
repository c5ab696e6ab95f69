"""The record of what was done to or by a person, as she and the lead of her organisation read it.

Whom a reader may not see is not named in it: somebody of another organisation stays `NEXT_DOOR`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Select

from lms.errors import NotFound
from lms.learning.people import Permission, Scope
from lms.services.codes import visible_people
from lms.services.people import SignedIn
from lms.store import audit, merges
from lms.store import groups as group_rows
from lms.store import people as rows
from lms.store.gate import Store, retried

PAGE = 100

HERSELF, MACHINE, GONE, NEXT_DOOR = "herself", "machine", "gone", "next-door"
"""Who did something, where it is nobody with a name to show."""

OF_GROUPS = frozenset({"added-to-group", "joined-group", "left-group", "moved-to-group", "taken-out-of-group"})
"""Actions whose object is the number of a group."""


@dataclass(frozen=True)
class Entry:
    """One thing that was done. `who`: a name, or one of HERSELF, MACHINE, GONE, NEXT_DOOR."""

    at_ms: int
    action: str
    thing: str
    who: str
    named: bool


@dataclass(frozen=True)
class Record:
    """What was done to or by somebody, the newest first, and whether nothing in it was changed since."""

    public_id: str
    display_name: str
    entries: tuple[Entry, ...]
    holds: bool
    more: bool
    """Whether there are older ones."""


def mine(store: Store, person: SignedIn, skip: int = 0) -> Record:
    """Her own record, under all her ids. Whoever did something about her is named."""
    with store.read() as db:
        visible = rows.visible(Scope(everywhere=True), person.person_id, ())
        return _record(db, person.public_id, person.display_name, person.ids, visible, skip)


def of(store: Store, reader: SignedIn, public_id: str, now_ms: int, skip: int = 0) -> Record:
    """Somebody's record. NotFound for nobody and for who is out of reach."""
    scope = reader.scope(Permission.AUDIT_READ, now_ms)
    with store.read() as db:
        visible = visible_people(db, scope, reader.person_id, now_ms)
        person = rows.by_public_id(db, visible, public_id)
        if person is None:
            raise NotFound
        ids = merges.ids_of(db, person.person_id)
        near = None if scope.everywhere else frozenset(rows.groups_in(db, scope))
        return _record(db, public_id, person.display_name, ids, visible, skip, near)


def _record(
    db: Connection,
    public_id: str,
    name: str,
    ids: Iterable[int],
    visible: Select[tuple[int]],
    skip: int,
    near: frozenset[int] | None = None,
) -> Record:
    ids = tuple(ids)
    found = sorted((it for its_id in ids for it in audit.entries(db, its_id)), key=lambda it: it.at_ms, reverse=True)
    shown = found[skip : skip + PAGE]
    entries = tuple(_said(db, shown, ids, visible, near))
    holds = all(audit.chain_holds(db, its_id) for its_id in ids)
    return Record(public_id, name, entries, holds, len(found) > skip + PAGE)


def _said(
    db: Connection,
    found: Iterable[audit.Entry],
    ids: tuple[int, ...],
    visible: Select[tuple[int]],
    near: frozenset[int] | None,
) -> Iterator[Entry]:
    """`near`: the groups whose names the reader may know; None: all."""
    found = tuple(found)
    names = {actor_id: _name(db, actor_id, ids, visible) for actor_id in {it.actor_id for it in found}}
    groups = {str(its_id): name for its_id, name in group_rows.group_names(db) if near is None or its_id in near}
    for it in found:
        who, named = names[it.actor_id]
        thing = groups.get(it.object, "") if it.action in OF_GROUPS else it.object
        yield Entry(it.at_ms, it.action, thing, who, named)


def _name(db: Connection, actor_id: int | None, ids: tuple[int, ...], visible: Select[tuple[int]]) -> tuple[str, bool]:
    """(who somebody is to the reader, whether that is a name)."""
    if actor_id in ids:
        return HERSELF, False
    if not actor_id:
        return MACHINE, False
    if rows.person(db, actor_id) is None:
        return GONE, False
    seen = rows.one_of(db, visible, actor_id)
    return (seen.display_name, True) if seen else (NEXT_DOOR, False)


@retried
def denied(store: Store, person_id: int, what: str, at_ms: int) -> None:
    """Note that somebody tried a thing her roles do not allow."""
    with store.write() as db:
        audit.note(db, person_id, "denied", at_ms, person_id, what)


def broken(store: Store) -> Iterator[str | None]:
    """Of each person with a record: None where it is whole, else her user name, or her public id."""
    with store.read() as db:
        for its_id in audit.broken_chains(db):
            yield None if its_id is None else _called(store, its_id)


def _called(store: Store, person_id: int) -> str:
    with store.read() as db:
        person = rows.person(db, person_id)
    return (person.username or person.public_id) if person else f"somebody erased, number {person_id}"
