"""Rosters: adding many learners to a group at once, moving some to another, and new ways in for them.

Nobody is added while there is a fault anywhere. What was read is kept nowhere: each row is one transaction, and its
handle, made from the upload's id and the row, makes that sending the same list again adds nobody twice. Longer lists
than one request can add wait in the database (`longlists`), and a worker adds them (`adding`).
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import N_, Forbidden, NotFound, Refused
from lms.interop.rosters import Fault, Learner, Roster, begin, read, same
from lms.learning.days import DAY_MS
from lms.learning.people import Permission, Scope
from lms.services import codes, people
from lms.services.people import SignedIn
from lms.store import audit, handles, merges
from lms.store import groups as rows
from lms.store import people as people_rows
from lms.store.gate import Store, retried

CARD_MS = 14 * DAY_MS
"""How long a card lets in."""
SAME_LIST_MS = 30 * DAY_MS
"""For how long a list sent again adds nobody twice."""
_ROW = "roster-row"
"""Kind of the handle that tells whom a row of a list has made."""
_TRIES = 50
_SHORT, _SHORT_TRIES, _LONG = 4, 5, 7
"""Digits of a user name that is made. Four are 4,096 names: on a long list in another script all begin alike."""
MOST_AT_ONCE = 500
"""People one request adds: each is a transaction, and a page must not take longer than a minute."""


@dataclass(frozen=True)
class Checked:
    """A list, what is wrong with it and what is doubtful."""

    group: str
    roster: Roster
    faults: tuple[Fault, ...]
    here: tuple[Learner, ...]
    """Those whose name somebody in the group has already."""


@dataclass(frozen=True)
class Card:
    """What a card to sign in with says."""

    name: str
    username: str
    code: str


def group_named(store: Store, leader: SignedIn, group_id: str, now_ms: int) -> str:
    """The name of a group to which she may bring people. NotFound for any other."""
    with store.read() as db:
        return group_in(db, leader.scope(Permission.MEMBER_ADD, now_ms), group_id).name


def check(
    store: Store, leader: SignedIn, group_id: str, sent: bytes, now_ms: int, upload: UUID | None = None
) -> Checked:
    """Read a list for a group in reach and look for whom it would clash with. Writes nothing.

    `upload`: the id it was sent under before: whom it has made then has her user name by right.
    NotFound for a group that is not in reach; Refused for what is no list at all.
    """
    scope = leader.scope(Permission.MEMBER_ADD, now_ms)
    with store.read() as db:
        group = group_in(db, scope, group_id)
        members = rows.members(db, codes.visible_people(db, scope, leader.person_id), group.group_id)
    roster = read(sent)
    keys = {it.row: key_of(leader.person_id, group_id, upload, it.row) for it in roster.learners} if upload else {}
    known = {same(member.display_name) for member in members}
    here = tuple(it for it in roster.learners if same(it.name) in known)
    faults = sorted((*roster.faults, *_usernames(store, roster, keys)), key=lambda it: it.row)
    return Checked(group.name, roster, tuple(faults), here)


def measure(file: BinaryIO) -> Roster:
    """What is wrong with a list, and at most `MOST_AT_ONCE` and one of its learners, however long it is.

    Refused for what is no list at all.
    """
    reading = begin(file)
    first = tuple(itertools.islice(reading.learners, MOST_AT_ONCE + 1))
    for _learner in reading.learners:
        pass
    return Roster(first, tuple(reading.faults), reading.unread)


def key_of(leader_id: int, group_id: str, upload: UUID, row: int) -> str:
    """What the handle of a row is made of."""
    return f"{leader_id} {group_id} {upload} {row}"


def _usernames(store: Store, roster: Roster, keys: Mapping[int, str]) -> Iterable[Fault]:
    """What is wrong with the user names that were chosen."""
    first: dict[str, Learner] = {}
    for it in roster.learners:
        if not it.username:
            continue
        try:
            folded = people.clean_username(it.username)
        except Refused as refused:
            yield Fault(it.row, "", refused.told, refused.values)
            continue
        if first.setdefault(folded, it) is not it:
            yield same_username(first[folded].row, it.row)
    with store.read() as db:
        yield from taken(db, {name: (it.row, keys.get(it.row, "")) for name, it in first.items()})


def same_username(first: int, later: int) -> Fault:
    """Two rows of a list with one user name."""
    return Fault(later, "", N_("Row {row} has the same user name. Choose another one."), {"row": first})


def taken(db: Connection, chosen: Mapping[str, tuple[int, str]]) -> Iterator[Fault]:
    """Those of some user names that somebody has. `chosen`: as it is kept -> (row, what the row's handle is made of).

    Whom the same row made before has it by right.
    """
    whose = handles.find_each(db, "username", chosen)
    made = handles.find_each(db, _ROW, (key for name in whose if (key := chosen[name][1])))
    for row, key, name in sorted((*chosen[name], name) for name in whose):
        if made.get(key) != whose[name]:
            yield Fault(row, "", N_("Someone else has that user name. Add a number or another word."))


def made_by(db: Connection, keys: Iterable[str]) -> list[int]:
    """The people whom some rows have made, by what their handles are made of."""
    return handles.find_some(db, _ROW, keys)


def add(store: Store, leader: SignedIn, group_id: str, upload: UUID, learners: Sequence[Learner], at_ms: int) -> int:
    """Add those who are not added yet, one transaction each; how many were. May be done again at any point."""
    return sum(add_one(store, leader, group_id, upload, learner, at_ms) for learner in learners)


@retried
def add_one(store: Store, leader: SignedIn, group_id: str, upload: UUID, learner: Learner, at_ms: int) -> bool:
    """Make an account without a way in, in a group; False where this row of this list has made it before."""
    scope = leader.scope(Permission.MEMBER_ADD, at_ms)
    key = key_of(leader.person_id, group_id, upload, learner.row)
    with store.write() as db:
        return make(db, leader.person_id, group_in(db, scope, group_id), key, learner, at_ms)


def make(db: Connection, by_id: int, group: rows.GroupRow, key: str, learner: Learner, at_ms: int) -> bool:
    """Within a transaction: make the account of a row; False where the row has made one before."""
    person_id = people.new_person_id()
    shown = people.clean_name(learner.name)
    if not _begin(db, key, person_id, at_ms):
        return False
    username = _take(db, person_id, learner, key, at_ms)
    people_rows.add_person(db, people.person_values(person_id, shown, username, {}, "en", at_ms))
    rows.join(db, person_id, uuid.uuid4(), group.group_id, at_ms, at_ms, by_id)
    audit.begin(db, person_id, "added-to-group", at_ms, by_id, str(group.group_id))
    return True


def _begin(db: Connection, key: str, person_id: int, at_ms: int) -> bool:
    """Whether this row of this list has made nobody, as far as a list sent again is the same."""
    row = _ROW, key, person_id, at_ms, at_ms + SAME_LIST_MS
    if handles.add(db, *row):
        return True
    handles.forget_expired(db, [handles.key_hash(_ROW, key)], at_ms)
    return handles.add(db, *row)


def _take(db: Connection, person_id: int, learner: Learner, key: str, at_ms: int) -> str:
    """The user name that is hers now: the one chosen, else one that is made."""
    if learner.username:
        folded = people.clean_username(learner.username)
        people.take_username(db, folded, person_id, at_ms)
        return folded
    for number in range(_TRIES):
        made = made_username(learner.name, f"{key} {number}", _SHORT if number < _SHORT_TRIES else _LONG)
        if handles.add(db, "username", made, person_id, at_ms):
            return made
    raise Refused("There are too many user names like this one. Choose one for her.", "roster")


def made_username(name: str, seed: str, digits: int = _SHORT) -> str:
    """A user name to read aloud: up to eight letters of the first name and some digits, without 0 and 1.

    A name in another script becomes `learner`: what can't be typed on every phone is no user name.
    """
    plain = unicodedata.normalize("NFKD", name.partition(" ")[0]).casefold()
    letters = "".join(c for c in plain if "a" <= c <= "z")[:8]
    drawn = hashlib.sha256(seed.encode()).digest()
    return (letters if len(letters) > 1 else "learner") + "".join("23456789"[byte % 8] for byte in drawn[:digits])


def group_in(db: Connection, scope: Scope, group_id: str) -> rows.GroupRow:
    """A group in reach. NotFound for any other."""
    group = rows.group_by_public_id(db, group_id, scope)
    if group is None:
        raise NotFound
    return group


def cards(
    store: Store, leader: SignedIn, group_id: str, chosen: Iterable[str], at_ms: int
) -> tuple[list[Card], list[str]]:
    """(a new card each, names of those who have a role and get none) of some members. The codes before it end.

    NotFound for a group or somebody out of reach.
    """
    made: list[Card] = []
    without: list[str] = []
    for public_id in dict.fromkeys(chosen):
        try:
            made.append(_card(store, leader, group_id, public_id, at_ms))
        except Forbidden as refused:
            without.append(str(refused.values.get("name", "")))
    return made, without


@retried
def _card(store: Store, giver: SignedIn, group_id: str, public_id: str, at_ms: int) -> Card:
    scope = giver.scope(Permission.CODE_GIVE, at_ms)
    code = "".join(secrets.choice(codes.LETTERS) for _ in range(12))
    with store.write() as db:
        group = group_in(db, scope, group_id)
        person = people_rows.by_public_id(db, codes.visible_people(db, scope, giver.person_id), public_id)
        if person is None:
            raise NotFound
        ids = merges.ids_of(db, person.person_id)
        if not rows.is_member(db, ids, group.group_id):
            raise NotFound
        her_id = merges.kept_of(db, person.person_id)
        people_rows.lock(db, her_id)  # nobody gives her a role between the look and the code
        if not codes.is_below(db, giver, her_id, at_ms):
            raise Forbidden("{name} has a role. Only an administrator can give her a code.", name=person.display_name)
        kept = people_rows.person(db, her_id)
        if kept is None:
            raise NotFound
        handles.drop_all(db, "sign-in-code", her_id)
        handles.add(db, "sign-in-code", code, her_id, at_ms, at_ms + CARD_MS)
        audit.note(db, her_id, "gave-code", at_ms, giver.person_id)
    return Card(kept.display_name, kept.username or "", f"{code[:4]}-{code[4:8]}-{code[8:]}")


def move(store: Store, leader: SignedIn, from_id: str, to_id: str, chosen: Iterable[str], at_ms: int) -> int:
    """Move members of a group to another one, one transaction a person; how many moved now.

    Both groups must be in reach. What was counted stays where it was counted. Moving twice is moving once.
    """
    if from_id == to_id:
        raise Refused("They are in this group already. Choose another one.", "to")
    return sum(_move(store, leader, from_id, to_id, public_id, at_ms) for public_id in dict.fromkeys(chosen))


@retried
def _move(store: Store, leader: SignedIn, from_id: str, to_id: str, public_id: str, at_ms: int) -> bool:
    scope = leader.scope(Permission.MEMBER_ADD, at_ms)
    with store.write() as db:
        old, new = group_in(db, scope, from_id), group_in(db, scope, to_id)
        person = people_rows.by_public_id(db, codes.visible_people(db, scope, leader.person_id), public_id)
        if person is None:
            raise NotFound
        ids = sorted(merges.ids_of(db, person.person_id))
        for its_id in ids:
            people_rows.lock(db, its_id)
        left = [rows.leave(db, its_id, old.group_id, at_ms) for its_id in ids]
        if not any(left):
            return False
        if not rows.is_member(db, ids, new.group_id):
            rows.join(db, person.person_id, uuid.uuid4(), new.group_id, at_ms, at_ms, leader.person_id)
        audit.note(db, person.person_id, "moved-to-group", at_ms, leader.person_id, str(new.group_id))
        return True
