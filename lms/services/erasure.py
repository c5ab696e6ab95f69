"""Erasing a person: her name, her words and every way back to her, never the facts.

What is left is a number that leads to nobody: events, milestones and months still count, so a report
made before says the same when it is made again (docs/reference/data.md, rule 3).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import NotFound, Refused
from lms.learning.people import Permission
from lms.services.codes import visible_people
from lms.services.people import SignedIn, clean_username
from lms.services.roles import check_not_last
from lms.store import audit, handles
from lms.store import people as rows
from lms.store.gate import Store, retried


def erase_named(store: Store, username: str, at_ms: int) -> None:
    """Erase the person of a user name, as an operator does. NotFound for nobody."""
    with store.read() as db:
        handle = handles.find(db, "username", clean_username(username))
    if handle is None:
        raise NotFound(f"Nobody has the user name {username}.")
    erase(store, handle.person_id, None, at_ms)


@retried
def erase(store: Store, person_id: int, by_id: int | None, at_ms: int) -> None:
    """Erase a person for good. NotFound if she is not there; Refused for the last administrator."""
    with store.write() as db:
        if not _erased(db, person_id, by_id, at_ms):
            raise NotFound("There is no such person, or she was erased already.")


def _erased(db: Connection, person_id: int, by_id: int | None, at_ms: int) -> bool:
    """Erase her; False where somebody else just did."""
    check_not_last(db, person_id, at_ms)
    rows.lock(db, person_id)
    if rows.person(db, person_id) is None:
        return False
    rows.forget(db, person_id, at_ms)
    audit.note(db, person_id, "erased", at_ms, by_id)
    return True


@dataclass(frozen=True)
class Erasable:
    """Somebody an administrator is about to erase, and what has to be typed to do it."""

    public_id: str
    display_name: str
    to_type: str
    """Her user name; of somebody without one, her name."""
    has_username: bool


def to_erase(store: Store, eraser: SignedIn, public_id: str, now_ms: int) -> Erasable:
    """Who would be erased. NotFound for nobody and for who is out of reach; Refused for oneself."""
    scope = eraser.scope(Permission.PERSON_ERASE, now_ms)
    with store.read() as db:
        person = rows.by_public_id(db, visible_people(db, scope, eraser.person_id), public_id)
    if person is None:
        raise NotFound
    _check_other(eraser, person)
    return Erasable(public_id, person.display_name, _to_type(person), bool(person.username))


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
        if person is None or not _erased(db, person.person_id, eraser.person_id, at_ms):
            if not audit.did(db, eraser.person_id, "erased-person", public_id):
                raise NotFound
            return
        audit.note(db, eraser.person_id, "erased-person", at_ms, eraser.person_id, public_id)


def _check_other(eraser: SignedIn, person: rows.PersonRow) -> None:
    if person.person_id == eraser.person_id:
        raise Refused("You can't erase yourself here. Ask another administrator to do it.")


def _to_type(person: rows.PersonRow) -> str:
    return person.username or person.display_name


def _check_typed(person: rows.PersonRow, typed: str) -> None:
    if _plain(typed) != _plain(_to_type(person)):
        raise Refused(f"That is not the same. Type {_to_type(person)} to erase this person.", "typed")


def _plain(typed: str) -> str:
    """As it is compared: case, spaces and the way letters are typed set aside."""
    return " ".join(unicodedata.normalize("NFKC", typed).casefold().split())
