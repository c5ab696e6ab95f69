"""Several people on one phone: who is learning on it, and changing from one to another.

A phone is known by a secret in a cookie of its own. It remembers nobody who has not asked for it, and
shows names alone: never a user name, nor what anybody learns.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from lms.errors import NotFound, Refused
from lms.services import people, pins, ways_in
from lms.services.people import Token
from lms.services.pins import Pin
from lms.store import audit
from lms.store import devices as rows
from lms.store import guests as guest_rows
from lms.store import people as people_rows
from lms.store.devices import Remembered
from lms.store.gate import Store, retried


@dataclass(frozen=True)
class Learner:
    """Somebody a phone remembers. `lessons`: how many a guest has finished, for her to know herself by."""

    public_id: str
    name: str
    guest: bool
    lessons: int
    pin: bool
    """Whether her PIN with this phone lets her in; else it is her password."""


def new_secret() -> str:
    """What a phone that is to remember somebody is known by."""
    return secrets.token_urlsafe(32)


def learners(store: Store, phone: str) -> list[Learner]:
    """Everyone a phone remembers: accounts by name, then guests."""
    if not phone:
        return []
    device_hash = pins.device_hash(phone)
    with store.read() as db:
        found = []
        for row in rows.remembered(db, device_hash):
            guest = row.kind == people_rows.GUEST
            lessons = (guest_rows.lessons_done(db, row.person_id) or 0) if guest else 0
            pin = rows.tries(db, row.person_id, device_hash) is not None
            found.append(Learner(row.public_id, row.display_name, guest, lessons, pin))
    return found


def learner(store: Store, phone: str, public_id: str) -> Learner:
    """One of them; NotFound for anybody else."""
    found = next((it for it in learners(store, phone) if it.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def change_to(store: Store, phone: str, public_id: str, typed: str, address: str, at_ms: int) -> Token:
    """Sign in somebody this phone remembers, by her PIN or her password; a guest, who has neither, as she is.

    Refused where it is wrong, TooManyTries after many wrong passwords, NotFound for who is not remembered here.
    """
    row = _row(store, phone, public_id)
    if row.kind == people_rows.GUEST:
        return _sign_in(store, row.person_id, people.GUEST_IDLE_MS, at_ms)
    with store.read() as db:
        person = people_rows.person(db, row.person_id)
    if person is None:
        raise NotFound
    who = people.SignedIn(row.person_id, row.public_id, row.display_name, person.username or "", person.lang, ())
    if not ways_in.is_hers(store, who, Pin(typed, phone), address, at_ms):
        raise Refused("That is not it. Check it and try again.", "typed")
    return _sign_in(store, row.person_id, people.IDLE_MS, at_ms)


def _row(store: Store, phone: str, public_id: str) -> Remembered:
    with store.read() as db:
        found = rows.remembered(db, pins.device_hash(phone)) if phone else []
    row = next((it for it in found if it.public_id == public_id), None)
    if row is None:
        raise NotFound
    return row


@retried
def _sign_in(store: Store, person_id: int, idle_ms: int, at_ms: int) -> Token:
    with store.write() as db:
        people_rows.lock(db, person_id)
        audit.note(db, person_id, "signed-in-by-pin", at_ms, person_id)
        return people.sign_in_here(db, person_id, at_ms, idle_ms)
