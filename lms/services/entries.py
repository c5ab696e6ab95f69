"""Somebody who is here twice: found, looked at side by side, made one, and two again. For who looks after her.

Only for people in reach, both of them, and by an administrator alone where one has a role: whoever is kept, what the
other did is hers from then on. Each sees numbers, not what was learned.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Select

from lms.errors import Forbidden, NotFound, Refused
from lms.learning.people import Permission
from lms.services import merging
from lms.services.codes import is_below, visible_people
from lms.services.people import SignedIn
from lms.services.roles import PAGE, found_by_name
from lms.store import groups as group_rows
from lms.store import merges
from lms.store import people as rows
from lms.store import progress as progress_rows
from lms.store.gate import Store
from lms.store.merges import MergeRow
from lms.store.people import PersonRow


@dataclass(frozen=True)
class Named:
    """Somebody to choose."""

    public_id: str
    display_name: str
    username: str


@dataclass(frozen=True)
class Entry:
    """Somebody as she stands beside another who may be she."""

    public_id: str
    display_name: str
    username: str
    made_ms: int
    last_at_ms: int | None
    """When she last did anything; None: never."""
    groups: tuple[str, ...]
    """Those the reader looks after."""
    lessons: int
    badges: int


@dataclass(frozen=True)
class Merged:
    """Two who are one, and what undoes it."""

    kept: str
    other: str
    kept_id: str
    merge_id: UUID
    at_ms: int


@dataclass(frozen=True)
class Choice:
    """Whom to choose from, and who is one already."""

    one: Named | None
    people: tuple[Named, ...]
    more: bool
    """Whether there are others, to be found by name."""
    merged: tuple[Merged, ...]


def choose(store: Store, reader: SignedIn, one: str, asked: str, now_ms: int) -> Choice:
    """The people in reach, of somebody asked for those who answer to it; and of these, or of `one`, the merges."""
    scope = reader.scope(Permission.PERSON_MERGE, now_ms)
    with store.read() as db:
        visible = visible_people(db, scope, reader.person_id)
        her = _seen(db, visible, one) if one else None
        found, after, _ = found_by_name(db, visible, asked, 0) if asked else (rows.persons(db, visible, PAGE + 1), 0, 0)
        kept = merges.kept_each(db, [it.person_id for it in [*found, *([her] if her else [])]])
        about = [her] if her else found
        merged = _merged(db, visible, {kept.get(it.person_id, it.person_id) for it in about})
    but = {reader.person_id, her.person_id if her else 0, *kept}
    chosen = [it for it in found[:PAGE] if it.person_id not in but]
    people = [_named(it) for it in sorted(chosen, key=lambda it: (it.display_name.casefold(), it.person_id))]
    return Choice(_named(her) if her else None, tuple(people), bool(after) or len(found) > PAGE, tuple(merged))


def both(store: Store, reader: SignedIn, one: str, other: str, now_ms: int) -> tuple[Entry, Entry]:
    """Two people side by side. NotFound where one is out of reach; Refused for two who can't be one."""
    scope = reader.scope(Permission.PERSON_MERGE, now_ms)
    with store.read() as db:
        visible = visible_people(db, scope, reader.person_id)
        pair = _pair(db, visible, reader, one, other, now_ms)
        names = dict(group_rows.group_names(db))
        here = {names[group_id] for group_id in rows.groups_in(db, scope)}
        first, second = (_entry(db, person, here) for person in pair)
    return first, second


def merge(store: Store, reader: SignedIn, kept: str, other: str, at_ms: int) -> None:
    """From now on the other is the kept one. NotFound where one is out of reach."""
    scope = reader.scope(Permission.PERSON_MERGE, at_ms)
    with store.read() as db:
        pair = _pair(db, visible_people(db, scope, reader.person_id), reader, kept, other, at_ms)
    merging.merge(store, pair[0].person_id, pair[1].person_id, reader.person_id, at_ms)


def undo(store: Store, reader: SignedIn, kept: str, merge_id: UUID, at_ms: int) -> None:
    """They are two again. NotFound where neither is in reach, or there is no such merge."""
    scope = reader.scope(Permission.PERSON_MERGE, at_ms)
    with store.read() as db:
        visible = visible_people(db, scope, reader.person_id)
        person = rows.by_public_id(db, rows.EVERYBODY, kept)
        row = merges.one(db, person.person_id, merge_id) if person else None
        if row is None or not _is_seen(db, visible, row) or not is_below(db, reader, row.person_id, at_ms):
            raise NotFound
    merging.undo(store, row.person_id, merge_id, reader.person_id, at_ms)


def _seen(db: Connection, visible: Select[tuple[int]], public_id: str) -> PersonRow:
    person = rows.by_public_id(db, visible, public_id)
    if person is None:
        raise NotFound
    return person


def _pair(
    db: Connection, visible: Select[tuple[int]], reader: SignedIn, one: str, other: str, at_ms: int
) -> tuple[PersonRow, PersonRow]:
    pair = _seen(db, visible, one), _seen(db, visible, other)
    ids = [merges.kept_of(db, person.person_id) for person in pair]
    if reader.person_id in ids:
        raise Refused("Your own other account you bring in under Settings.")
    if ids[0] == ids[1]:
        raise Refused("These two are one already.")
    if not all(is_below(db, reader, its_id, at_ms) for its_id in ids):
        raise Forbidden("This person has a role. Only an administrator can do this.")
    return pair


def _entry(db: Connection, person: PersonRow, here: set[str]) -> Entry:
    ids = merges.ids_of(db, person.person_id)
    begun = progress_rows.all_progress(db, ids[0])
    return Entry(
        person.public_id,
        person.display_name,
        person.username or "",
        person.made_ms,
        max((row.last_at_ms for row in begun if row.last_at_ms), default=None),
        tuple(dict.fromkeys(row.name for row in group_rows.memberships_of(db, ids) if row.name in here)),
        sum(len(json.loads(row.state).get("lessons", ())) for row in begun),
        len({badge_id for its_id in ids for badge_id in progress_rows.badges_held(db, its_id)}),
    )


def _merged(db: Connection, visible: Select[tuple[int]], kept_ids: set[int]) -> list[Merged]:
    found = []
    while into := merges.made_into(db, kept_ids):
        for row in into:
            kept, other = rows.person(db, row.person_id), rows.person(db, row.other_id)
            if kept and other and _is_seen(db, visible, row):
                found.append(Merged(kept.display_name, other.display_name, kept.public_id, row.merge_id, row.at_ms))
        kept_ids = {row.other_id for row in into}
    return found


def _is_seen(db: Connection, visible: Select[tuple[int]], row: MergeRow) -> bool:
    return any(rows.one_of(db, visible, its_id) for its_id in (row.person_id, row.other_id))


def _named(person: PersonRow) -> Named:
    return Named(person.public_id, person.display_name, person.username or "")
