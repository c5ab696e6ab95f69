"""Who can see what about somebody, from the roles that hold now, and what others did that was about her.

Looking is written down nowhere, so nothing here says who looked. What somebody changed or gave her is in the audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.learning.giving import near_with
from lms.learning.people import Permission, Role
from lms.services import badges
from lms.services.audits import OF_GROUPS
from lms.services.badges import Award
from lms.services.people import SignedIn
from lms.store import audit
from lms.store import groups as group_rows
from lms.store import people as rows
from lms.store.gate import Store


@dataclass(frozen=True)
class GroupOfHers:
    """A group she is in, and who looks after it."""

    name: str
    heads: tuple[tuple[str, Role], ...]
    """(name, role) of whoever sees how far she is."""


@dataclass(frozen=True)
class Done:
    """What somebody else did. `who` is empty where it was done on the machine; None: by somebody who is gone."""

    at_ms: int
    action: str
    thing: str
    who: str | None


@dataclass(frozen=True)
class Seen:
    """Everybody who can see something of hers, and what others did."""

    groups: tuple[GroupOfHers, ...]
    administrators: int
    open_badges: tuple[Award, ...]
    done: tuple[Done, ...]
    """The newest first."""


def seen(store: Store, person: SignedIn, now_ms: int) -> Seen:
    """Who can see what about a person, under all her ids."""
    with store.read() as db:
        groups = tuple(_groups(db, person, now_ms))
        administrators = len(rows.holders(db, Role.ADMINISTRATOR, now_ms))
        done = _done_by_others(db, person.ids)
    shown = tuple(it for it in badges.mine(store, person) if it.shown and not it.revoked)
    return Seen(groups, administrators, shown, done)


def _groups(db: Connection, person: SignedIn, now_ms: int) -> Iterable[GroupOfHers]:
    mine = {row.group_id for row in group_rows.memberships_of(db, person.ids) if row.left_ms is None}
    for row in group_rows.group_rows(db, sorted(mine)):
        heads = rows.heads_of(db, near_with(Permission.GROUP_READ), row.placed, now_ms)
        yield GroupOfHers(row.name, tuple(heads))


def _done_by_others(db: Connection, ids: Iterable[int]) -> tuple[Done, ...]:
    entries = [it for person_id in ids for it in audit.entries(db, person_id) if it.actor_id not in tuple(ids)]
    actors = {it.actor_id for it in entries if it.actor_id is not None}
    known = {actor_id: rows.person(db, actor_id) for actor_id in actors}
    names = {actor_id: person.display_name if person else None for actor_id, person in known.items()}
    groups = {str(group_id): name for group_id, name in group_rows.group_names(db)} if entries else {}
    found = (
        Done(
            it.at_ms,
            it.action,
            groups.get(it.object, it.object) if it.action in OF_GROUPS else it.object,
            "" if it.actor_id is None else names[it.actor_id],
        )
        for it in entries
    )
    return tuple(sorted(found, key=lambda it: it.at_ms, reverse=True))
