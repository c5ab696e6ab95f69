"""Guests: who learns without an account, on one phone. She is made by her first answer, not by looking.

What she does is recorded as anybody's. She becomes an account by signing up and keeps her id (`people.sign_up`),
or is found to be somebody who has one (`was_you`). Who never comes back is erased, and was never counted.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from lms.services import merging, people, pins
from lms.services.people import GUEST_IDLE_MS, START, SignedIn, Token
from lms.store import devices as device_rows
from lms.store import guests as rows
from lms.store import handles
from lms.store import people as people_rows
from lms.store.gate import Store, retried

SAME_TAP_MS = 600_000
"""How long a form that made a guest leads to her, and not to another one."""


@retried
def begin(store: Store, event_id: UUID, at_ms: int) -> Token:
    """Make a guest and sign her in. Two forms with one id, as a double tap sends them, make one guest."""
    person_id, form = people.new_person_id(), str(event_id)
    with store.write() as db:
        handles.forget_expired(db, [handles.key_hash(START, form)], at_ms)
        if handles.add(db, START, form, person_id, at_ms, at_ms + SAME_TAP_MS):
            values = people.person_values(person_id, "", None, {}, "en", at_ms)
            people_rows.add_person(db, {**values, "kind": people_rows.GUEST})
        else:
            known = handles.find(db, START, form)
            assert known is not None  # noqa: S101 - it was there in this transaction
            person_id = known.person_id
        return people.sign_in_here(db, person_id, at_ms, GUEST_IDLE_MS)


def lessons_done(store: Store, guest: SignedIn) -> int | None:
    """How many lessons a guest has finished; None for one who has begun nothing."""
    with store.read() as db:
        return rows.lessons_done(db, guest.person_id)


def was_you(store: Store, person: SignedIn, guest: SignedIn, at_ms: int) -> None:
    """What a guest did on this phone is hers, as she says: both are one person from now on, and it counts."""
    is_one(store, person.person_id, guest.person_id, person.person_id, at_ms)


def is_one(store: Store, person_id: int, guest_id: int, by_id: int, at_ms: int) -> None:
    """A guest is somebody with an account, whoever says so: from now on what she did is hers, and it counts."""
    merging.merge(store, person_id, guest_id, by_id, at_ms)
    _count(store, person_id, guest_id, at_ms)


@retried
def _count(store: Store, person_id: int, guest_id: int, at_ms: int) -> None:
    """Also what she has only begun with the guest's work."""
    with store.write() as db:
        for its_id in sorted((person_id, guest_id)):
            people_rows.lock(db, its_id)
            rows.count_from(db, its_id, at_ms)
        device_rows.forget_all(db, guest_id)


@retried
def leave_on_phone(store: Store, guest: SignedIn, phone: str, at_ms: int) -> None:
    """Somebody else goes on here. The guest's sign-in ends; this phone remembers her, so that she can come back."""
    with store.write() as db:
        people_rows.lock(db, guest.person_id)
        people.end_ways_in(db, guest.person_id)
        device_rows.remember(db, guest.person_id, pins.device_hash(phone), at_ms)  # a full phone forgets her


@retried
def erase(store: Store, guest: SignedIn, at_ms: int) -> None:
    """A guest signs out: nobody could come back to what she did, so it goes at once."""
    with store.write() as db:
        if rows.hold(db, guest.person_id):
            _erase(db, guest.person_id, at_ms)


def _erase(db: Connection, person_id: int, at_ms: int) -> None:
    """All of it, unless she was taken for somebody with an account once: then it was counted, and its facts stay."""
    if rows.is_counted(db, person_id):
        people_rows.forget(db, person_id, at_ms)
    else:
        rows.erase(db, person_id, at_ms)
