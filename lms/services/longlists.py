"""Long lists of learners: checked whole, kept until each is added, and wiped.

A list that one request can't add is put into the database, a row a person, where it hangs on whoever sent it. Once she
says yes a worker takes one row after another off it (`adding`). A name is here for as long as its account is not made:
what makes the account takes the row away. A list that did not end within a day is wiped.

The id of a list is made from who sent it, for which group, and what is in it: the same list is the same, however often
it is sent.
"""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import NotFound, Refused
from lms.interop.rosters import MOST_FAULTS, Fault, Learner, begin, same
from lms.learning.days import DAY_MS
from lms.learning.people import Permission
from lms.services import jobs, people, rosters
from lms.services.jobs import State
from lms.services.people import SignedIn
from lms.services.rosters import Card, group_in
from lms.store import groups as group_rows
from lms.store import longlists as rows
from lms.store.gate import Store, retried
from lms.store.longlists import ListRow, WaitingRow

KIND = "roster"
"""Of the job that adds a list."""
KEPT_MS = DAY_MS
"""How long names wait at most."""
TOLD_MS = rosters.SAME_LIST_MS
"""How long it is told what came of a list."""
CARDS = 100
"""Cards on one page: 5,000 would be more than a phone can show or a printer take at once."""
MOST_DOUBTS = 100
PAGE = 500
QUIET_MS = 90_000
"""A job that could have been taken for so long waits for a worker that is not there."""
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms long lists")


class Stage(StrEnum):
    """How far a list is."""

    CHECKED = "checked"
    """It waits for her to say yes."""
    GOING = "going"
    DONE = "done"
    STOPPED = "stopped"
    """Not everybody was added: she stopped it, lost the right to, or a day went by."""


@dataclass(frozen=True)
class Kept:
    """A list that was put by, or what is wrong with it."""

    list_id: UUID | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Doubts:
    """Rows that may be one person, at most `MOST_DOUBTS` of each."""

    twice: tuple[tuple[int, int, str], ...] = ()
    """(first row, last row, name)"""
    here: tuple[tuple[int, str], ...] = ()
    """(row, name) of those whose name somebody in the group has already."""


@dataclass(frozen=True)
class LongList:
    """A list as its page shows it."""

    list_id: UUID
    group: str
    stage: Stage
    total: int
    added: int
    refused: tuple[tuple[int, str], ...]
    """(row, why) of those who could not be added."""
    unread: tuple[str, ...]
    quiet: bool
    """Whether nobody seems to be adding them."""

    @property
    def batches(self) -> Iterator[tuple[int, int]]:
        """(first, last) of those who are printed together."""
        for first in range(1, self.total + 1, CARDS):
            yield first, min(first + CARDS - 1, self.total)


class _Faulty(Exception):
    """Undoes what was put by of a list with faults."""


@retried
def keep(store: Store, leader: SignedIn, group_id: str, file: BinaryIO, at_ms: int) -> Kept:
    """Check a list and put it by, all of it or nothing. Another one for this group that waits for a yes goes.

    NotFound for a group that is not in reach; Refused for what is no list at all. The file is read from its beginning,
    and a row at a time.
    """
    scope = leader.scope(Permission.MEMBER_ADD, at_ms)
    list_id = _id_of(leader, group_id, file)
    faults: list[Fault] = []
    try:
        with store.write() as db:
            group = group_in(db, scope, group_id)
            if not _begin(db, leader, group.group_id, list_id, at_ms):
                return Kept(list_id)
            faults += _put(db, leader, group_id, list_id, file)
            if faults:
                raise _Faulty
    except _Faulty:
        return Kept(None, tuple(sorted(faults, key=lambda it: it.row)[:MOST_FAULTS]))
    return Kept(list_id)


def _id_of(leader: SignedIn, group_id: str, file: BinaryIO) -> UUID:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return uuid.uuid5(_SPACE, f"{leader.person_id} {group_id} {digest}")


def _begin(db: Connection, leader: SignedIn, group_id: int, list_id: UUID, at_ms: int) -> bool:
    """Make room for a list; False where it is there, and nothing of it is to be done again."""
    known = rows.one(db, leader.person_id, list_id)
    if known is not None and (known.ended_ms is None or _is_whole(db, known)):
        return False
    for other in rows.lists_of(db, [leader.person_id], group_id):
        if other.list_id == list_id or (other.asked_ms is None and other.ended_ms is None):
            rows.forget(db, leader.person_id, other.list_id)
    return rows.add(db, ListRow(leader.person_id, list_id, group_id, 0, "", at_ms, None, None, None))


def _is_whole(db: Connection, its: ListRow) -> bool:
    """Whether everybody on an ended list was added, but for those who can't be."""
    return (its.added or 0) + rows.left(db, its.person_id, its.list_id)[1] >= its.total


def _put(db: Connection, leader: SignedIn, group_id: str, list_id: UUID, file: BinaryIO) -> list[Fault]:
    """Put the rows by; what is wrong with them."""
    file.seek(0)
    reading, faults = begin(file), list[Fault]()
    learners = _numbered(reading.learners, faults)
    while some := list(itertools.islice(learners, PAGE)):
        if not (faults or reading.faults):
            rows.put(db, leader.person_id, list_id, some)
            faults += _taken(db, leader, group_id, list_id, some)
    faults += reading.faults
    for first, last, _name in rows.twice(db, leader.person_id, list_id, "username", MOST_FAULTS):
        faults.append(rosters.same_username(first, last))
    its = rows.one(db, leader.person_id, list_id)
    if its is not None:
        rows.change(db, its, total=reading.count, unread="\n".join(reading.unread))
    return faults


def _numbered(learners: Iterator[Learner], faults: list[Fault]) -> Iterator[WaitingRow]:
    for number, it in enumerate(learners, 1):
        username = None
        try:
            username = people.clean_username(it.username) if it.username else None
        except Refused as refused:
            if len(faults) < MOST_FAULTS:
                faults.append(Fault(it.row, "", refused.told, refused.values))
        yield WaitingRow(number, it.row, it.name, same(it.name)[:240], username)


def _taken(db: Connection, leader: SignedIn, group_id: str, list_id: UUID, some: list[WaitingRow]) -> Iterator[Fault]:
    """Of some rows those whose user name somebody has."""
    keys = {it.username: (it.line, _key(leader.person_id, group_id, list_id, it)) for it in some if it.username}
    return rosters.taken(db, keys)


def _key(leader_id: int, group_id: str, list_id: UUID, its: WaitingRow) -> str:
    return rosters.key_of(leader_id, group_id, list_id, its.number)


def key_of(its: ListRow, group_id: str, number: int) -> str:
    """What the handle of somebody on a list is made of."""
    return rosters.key_of(its.person_id, group_id, its.list_id, number)


def look(store: Store, leader: SignedIn, group_id: str, list_id: UUID, now_ms: int) -> LongList:
    """A list of hers and how far it is. NotFound for any other, and for a group out of reach."""
    with store.read() as db:
        group, its = _hers(db, leader, group_id, list_id, now_ms)
        return _shown(db, its, group.name, now_ms)


def _hers(
    db: Connection, leader: SignedIn, group_id: str, list_id: UUID, now_ms: int
) -> tuple[group_rows.GroupRow, ListRow]:
    group = group_in(db, leader.scope(Permission.MEMBER_ADD, now_ms), group_id)
    for its in rows.lists_of(db, leader.ids, group.group_id):
        if its.list_id == list_id:
            return group, its
    raise NotFound


def _shown(db: Connection, its: ListRow, group: str, now_ms: int) -> LongList:
    waiting, refused = rows.left(db, its.person_id, its.list_id)
    added = its.total - waiting - refused if its.added is None else its.added
    why = tuple(rows.refused(db, its.person_id, its.list_id, MOST_FAULTS)) if refused else ()
    stage = _stage(its, its.total - refused)
    quiet = stage is Stage.GOING and _is_quiet(db, its, now_ms)
    return LongList(its.list_id, group, stage, its.total, added, why, tuple(its.unread.splitlines()), quiet)


def _stage(its: ListRow, wanted: int) -> Stage:
    if its.ended_ms is not None:
        return Stage.DONE if (its.added or 0) >= wanted else Stage.STOPPED
    return Stage.CHECKED if its.asked_ms is None else Stage.GOING


def _is_quiet(db: Connection, its: ListRow, now_ms: int) -> bool:
    job = jobs.known(db, KIND, _args(its))
    return job is None or job.state in (State.FAILED, State.DONE) or (job.due_ms or now_ms) < now_ms - QUIET_MS


def _args(its: ListRow) -> dict[str, object]:
    return {"by": its.person_id, "list": str(its.list_id)}


def sent(store: Store, leader: SignedIn, group_id: str, now_ms: int) -> list[LongList]:
    """Her lists for a group, the newest first."""
    with store.read() as db:
        group = group_in(db, leader.scope(Permission.MEMBER_ADD, now_ms), group_id)
        hers = rows.lists_of(db, leader.ids, group.group_id)
        return [_shown(db, its, group.name, now_ms) for its in hers if its.asked_ms or its.ended_ms is None]


def doubts(store: Store, leader: SignedIn, group_id: str, list_id: UUID, now_ms: int) -> Doubts:
    """Who on a list that waits for a yes may be somebody else on it, or in the group."""
    with store.read() as db:
        group, its = _hers(db, leader, group_id, list_id, now_ms)
        known = {same(name)[:240] for name in rows.names_in(db, group.group_id)}
        twice = rows.twice(db, its.person_id, its.list_id, "plain", MOST_DOUBTS)
        here = ((it.line, it.name) for it in _each(db, its) if it.plain in known)
        return Doubts(tuple(twice), tuple(itertools.islice(here, MOST_DOUBTS)))


def _each(db: Connection, its: ListRow) -> Iterator[WaitingRow]:
    after = 0
    while some := rows.waiting(db, its.person_id, its.list_id, after, PAGE):
        yield from some
        after = some[-1].number


@retried
def ask(store: Store, leader: SignedIn, group_id: str, list_id: UUID, at_ms: int) -> None:
    """Let a worker add them. Asking twice is asking once; where it was left alone, it is tried again."""
    with store.write() as db:
        _group, its = _hers(db, leader, group_id, list_id, at_ms)
        if its.ended_ms is None:
            rows.change(db, its, asked_ms=its.asked_ms or at_ms)
            jobs.enqueue(db, KIND, _args(its), at_ms)


@retried
def stop(store: Store, leader: SignedIn, group_id: str, list_id: UUID, at_ms: int) -> None:
    """Add nobody more, and forget who waits."""
    with store.write() as db:
        _group, its = _hers(db, leader, group_id, list_id, at_ms)
        end(db, its, at_ms)


def end(db: Connection, its: ListRow, at_ms: int) -> None:
    """Within a transaction: end a list, and forget who waits. Ending twice is ending once."""
    if its.ended_ms is None:
        waiting, refused = rows.left(db, its.person_id, its.list_id)
        rows.wipe(db, its.person_id, its.list_id)
        rows.change(db, its, ended_ms=at_ms, added=its.total - waiting - refused, unread="")


def wipe_old(store: Store, now_ms: int) -> int:
    """End the lists that did not end within a day; how many."""
    after, count = 0, 0
    while found := _unended(store, now_ms - KEPT_MS, after):
        for its in found:
            count += _end(store, its, now_ms)
        after = found[-1].person_id
    return count


def _unended(store: Store, before_ms: int, after: int) -> list[ListRow]:
    with store.read() as db:
        return rows.unended(db, before_ms, after, PAGE)


@retried
def _end(store: Store, seen: ListRow, at_ms: int) -> int:
    with store.write() as db:
        its = rows.one(db, seen.person_id, seen.list_id)
        if its is None or its.ended_ms is not None:
            return 0
        end(db, its, at_ms)
        return 1


def cards(
    store: Store, leader: SignedIn, group_id: str, list_id: UUID, first: int, at_ms: int
) -> tuple[list[Card], list[str]]:
    """(cards, who gets none) of up to `CARDS` people of a list, from the one at a place on it.

    Not of those who have chosen a password since or have left the group.
    """
    with store.read() as db:
        group, its = _hers(db, leader, group_id, list_id, at_ms)
        numbers = range(max(first, 1), min(first + CARDS, its.total + 1))
        made = rosters.made_by(db, (key_of(its, group_id, number) for number in numbers))
        chosen = rows.without_secret(db, made, group.group_id)
    return rosters.cards(store, leader, group_id, chosen, at_ms)
