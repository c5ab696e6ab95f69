"""Erasing a person, by an administrator or by herself: her name, her words, every way back to her, never the facts.

What is left stands under a number with no name to it: events, milestones and months still count, so a report
made before says the same when it is made again (docs/reference/data.md, rule 3). An award keeps the end of its
page's address, which is also in a badge file that she kept: who has both could put them together.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import Busy, DiskFull, Forbidden, NotFound, Refused
from lms.learning.people import Permission
from lms.services import uploads
from lms.services.codes import visible_people
from lms.services.people import SignedIn, id_of_username
from lms.services.pins import Pin
from lms.services.roles import check_not_last
from lms.services.ways_in import is_hers
from lms.store import audit, handles, mentoring, merges, placements
from lms.store import people as rows
from lms.store.gate import Store, retried


def erase_named(store: Store, username: str, at_ms: int) -> None:
    """Erase the person of a user name, as an operator does. NotFound for nobody."""
    erase(store, id_of_username(store, username), None, at_ms)


@retried
def erase(store: Store, person_id: int, by_id: int | None, at_ms: int) -> None:
    """Erase a person for good. NotFound if she is not there; Refused for the last administrator."""
    with store.write() as db:
        ids = _erased(db, person_id, by_id, at_ms)
        if not ids:
            raise NotFound("There is no such person, or she was erased already.")
    uploads.drop_all(store, ids)
    settle(store)


def is_gone(store: Store, public_id: str) -> bool:
    """Whether the account of a public id was closed: then a phone that keeps things of hers is to drop them."""
    with store.read() as db:
        return handles.find(db, rows.GONE, public_id) is not None


def settle(store: Store) -> None:
    """Leave nothing of her in the log of the database either. Where somebody reads just now a worker does it later."""
    with suppress(Busy, DiskFull):
        store.settle()


def close(store: Store, person: SignedIn, typed: Pin, address: str, at_ms: int) -> None:
    """Close her own account: she is erased, by herself. `typed`: her password, or her PIN with this phone.

    Refused where it is neither, for the last administrator, and for who has neither; TooManyTries after
    many wrong ones. Forbidden for a guest, who has no account: she signs out.
    """
    if person.guest:
        raise Forbidden("You have no account to close. Sign out, and all you did here is deleted.")
    if not is_hers(store, person, typed, address, at_ms):
        raise Refused("That is not what lets you in now. Check it and try again.", "old")
    erase(store, person.person_id, person.person_id, at_ms)


def _erased(db: Connection, person_id: int, by_id: int | None, at_ms: int) -> list[int]:
    """Erase her, under all her ids, and say which these are; none where somebody else just did."""
    ids = merges.ids_of(db, person_id)
    check_not_last(db, ids[0], at_ms)
    for its_id in sorted(ids):
        rows.hold(db, its_id)
    if rows.person(db, person_id) is None:
        return []
    held = sorted(merges.ids_of(db, person_id))
    for its_id in held:
        rows.forget(db, its_id, at_ms)
        mentoring.forget(db, its_id, at_ms)
        placements.forget(db, its_id, at_ms)
        audit.note(db, its_id, "erased", at_ms, by_id)
    return held


@dataclass(frozen=True)
class Erasable:
    """Somebody an administrator is about to erase, and what has to be typed to do it."""

    public_id: str
    display_name: str
    to_type: str
    """Her user name; of somebody without one, her name."""
    has_username: bool
    several: bool = False
    """Whether other entries are hers too, and go with this one."""


def to_erase(store: Store, eraser: SignedIn, public_id: str, now_ms: int) -> Erasable:
    """Who would be erased. NotFound for nobody and for who is out of reach; Refused for oneself."""
    scope = eraser.scope(Permission.PERSON_ERASE, now_ms)
    with store.read() as db:
        person = rows.by_public_id(db, visible_people(db, scope, eraser.person_id), public_id)
        several = person is not None and len(merges.ids_of(db, person.person_id)) > 1
    if person is None:
        raise NotFound
    _check_other(eraser, person)
    return Erasable(public_id, person.display_name, _to_type(person), bool(person.username), several)


@retried
def erase_by(store: Store, eraser: SignedIn, public_id: str, typed: str, at_ms: int) -> None:
    """Erase somebody as an administrator does; twice is once.

    NotFound for nobody and for who is out of reach; Refused for oneself, and where her user name is
    not what was typed.
    """
    scope = eraser.scope(Permission.PERSON_ERASE, at_ms)
    with store.write() as db:
        person = rows.by_public_id(db, visible_people(db, scope, eraser.person_id), public_id)
        if person is not None:
            _check_other(eraser, person)
            _check_typed(person, typed)
        ids = _erased(db, person.person_id, eraser.person_id, at_ms) if person is not None else []
        if not ids:
            if not audit.did(db, eraser.person_id, "erased-person", public_id):
                raise NotFound
            return
        audit.note(db, eraser.person_id, "erased-person", at_ms, eraser.person_id, public_id)
    uploads.drop_all(store, ids)
    settle(store)


def _check_other(eraser: SignedIn, person: rows.PersonRow) -> None:
    if person.person_id in eraser.ids:
        raise Refused("You can't erase yourself here. Ask someone else who is an administrator.")


def _to_type(person: rows.PersonRow) -> str:
    return person.username or person.display_name


def _check_typed(person: rows.PersonRow, typed: str) -> None:
    if _plain(typed) != _plain(_to_type(person)):
        raise Refused("That is not the same. Type {name} to erase this person.", "typed", name=_to_type(person))


def _plain(typed: str) -> str:
    """As it is compared: case, spaces and the way letters are typed set aside."""
    return " ".join(unicodedata.normalize("NFKC", typed).casefold().split())
