"""Adding the learners of a long list: a job, a few people a transaction, which goes on wherever it was stopped.

The transaction that makes an account takes its row off the list, so there is never both, and never neither. What
whoever sent the list may do is asked in each: rights that end, end it. Where one of a few can't be added, nothing of
them is kept, and each is added by herself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import Forbidden, NotFound, Refused
from lms.interop.rosters import Learner
from lms.learning.people import Permission
from lms.services import jobs, longlists, rosters
from lms.services.jobs import At, Tools
from lms.services.longlists import KEPT_MS, KIND
from lms.services.people import SignedIn
from lms.store import groups as group_rows
from lms.store import longlists as rows
from lms.store import merges
from lms.store import people as people_rows
from lms.store.gate import Store, retried
from lms.store.longlists import ListRow, WaitingRow

PAGE = 100
TOGETHER = 10
"""People a transaction makes: who sent the list is asked for once for them all, and nobody else waits long."""


def run(tools: Tools, args: Mapping[str, Any], _at_key: str) -> Iterator[At]:
    """Add whoever is left on a list, a few a step."""
    by_id, list_id = int(args["by"]), UUID(args["list"])
    while waiting := _waiting(tools, by_id, list_id):
        for first in range(0, len(waiting), TOGETHER):
            some = waiting[first : first + TOGETHER]
            yield At(str(some[-1].number), _add(tools, by_id, list_id, some))
    _end(tools.store, by_id, list_id, tools.clock())
    jobs.drop_done(tools.store, KIND)


def _waiting(tools: Tools, by_id: int, list_id: UUID) -> list[WaitingRow]:
    """The next on the list; of one that is too old, nobody."""
    with tools.store.read() as db:
        its = rows.one(db, by_id, list_id)
        if its is None or its.ended_ms is not None or its.made_ms < tools.clock() - KEPT_MS:
            return []
        return rows.waiting(db, by_id, list_id, 0, PAGE)


def _add(tools: Tools, by_id: int, list_id: UUID, some: Sequence[WaitingRow]) -> int:
    """How many were made. What can't be is said of its row; who may not any more ends the list."""
    try:
        return _make(tools.store, by_id, list_id, some, tools.clock())
    except Refused as refused:
        if len(some) > 1:
            return sum(_add(tools, by_id, list_id, [it]) for it in some)
        _refuse(tools.store, by_id, list_id, some[0].number, refused.told)
    except (Forbidden, NotFound):
        _end(tools.store, by_id, list_id, tools.clock())
    return 0


@retried
def _make(store: Store, by_id: int, list_id: UUID, some: Sequence[WaitingRow], at_ms: int) -> int:
    with store.write() as db:
        its = rows.one(db, by_id, list_id)
        taken = rows.take(db, by_id, list_id, [it.number for it in some]) if its else set()
        if its is None or not taken:
            return 0
        leader = _leader(db, by_id)
        group = _group(db, leader, its, at_ms)
        return sum(_made(db, leader.person_id, its, group, it, at_ms) for it in some if it.number in taken)


def _made(
    db: Connection, leader_id: int, its: ListRow, group: group_rows.GroupRow, waits: WaitingRow, at_ms: int
) -> bool:
    learner = Learner(waits.line, waits.name, waits.username or "")
    return rosters.make(db, leader_id, group, longlists.key_of(its, group.public_id, waits.number), learner, at_ms)


def _leader(db: Connection, by_id: int) -> SignedIn:
    """Whoever sent the list, with what she may do now. NotFound where she has gone."""
    kept_id = merges.kept_of(db, by_id)
    person = people_rows.person(db, kept_id)
    if person is None:
        raise NotFound
    roles = tuple(row.held for row in people_rows.roles_of(db, [kept_id]))
    named = (person.person_id, person.public_id, person.display_name, person.username or "", person.lang)
    return SignedIn(*named, roles)


def _group(db: Connection, leader: SignedIn, its: ListRow, at_ms: int) -> group_rows.GroupRow:
    scope = leader.scope(Permission.MEMBER_ADD, at_ms)
    (group,) = group_rows.group_rows(db, [its.group_id])
    if not scope.reaches(group.placed):
        raise NotFound
    return group


@retried
def _refuse(store: Store, by_id: int, list_id: UUID, number: int, told: str) -> None:
    with store.write() as db:
        rows.refuse(db, by_id, list_id, number, told)


@retried
def _end(store: Store, by_id: int, list_id: UUID, at_ms: int) -> None:
    with store.write() as db:
        its = rows.one(db, by_id, list_id)
        if its is not None:
            longlists.end(db, its, at_ms)
