"""How she gets back in: a password anywhere, a PIN with one phone, or both; changing them and taking one away.

Whoever asks for a change shows first that she is who is signed in, by either of them, unless she just came
in with a code. One way in always stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from lms.errors import N_, AllAtOnce, Refused
from lms.services import people, pins, throttles
from lms.services.people import SignedIn, Token
from lms.services.pins import Pin
from lms.store import audit, handles
from lms.store import devices as device_rows
from lms.store import people as rows
from lms.store.gate import Store, retried

LOCKED = N_("This PIN is locked: it was wrong five times. Use your password, or ask your facilitator for a code.")


@dataclass(frozen=True)
class Ways:
    """Which ways in somebody has."""

    password: bool
    pin: bool
    """With this phone."""
    locked: bool
    """Whether that PIN was wrong too often."""
    remembered: bool
    """Whether this phone shows her name."""


def of(store: Store, person_id: int, phone: str) -> Ways:
    """The ways in of a person. `phone`: the secret of the phone she is on; empty for one that has none."""
    with store.read() as db:
        return _of(db, person_id, pins.device_hash(phone))


def _of(db: Connection, person_id: int, device_hash: bytes) -> Ways:
    tries = device_rows.tries(db, person_id, device_hash)
    return Ways(
        password=rows.secret(db, person_id, rows.PASSWORD) is not None,
        pin=tries is not None,
        locked=tries is not None and tries >= pins.MOST_WRONG,
        remembered=device_rows.is_remembered(db, person_id, device_hash),
    )


def came_by_code(store: Store, person_id: int, secret: str, now_ms: int) -> bool:
    """Whether this sign-in was made with a code within the last half an hour: she may not know her password."""
    with store.read() as db:
        handle = handles.find(db, people.BY_CODE, secret)
    return handle is not None and handle.person_id == person_id and (handle.expires_ms or 0) > now_ms


def is_hers(store: Store, person: SignedIn, typed: Pin, address: str, at_ms: int) -> bool:
    """Whether what was typed is her password, or her PIN with this phone: one is longer than the other may be."""
    if len(typed.digits) <= pins.LONGEST and of(store, person.person_id, typed.phone).pin:
        return is_right_pin(store, person.person_id, typed, at_ms)
    right = partial(people.has_password, store, person.person_id, typed.digits)
    return throttles.guess(store, "username|" + person.username, address, at_ms, right)


def is_right_pin(store: Store, person_id: int, pin: Pin, at_ms: int) -> bool:
    """Whether it is her PIN with this phone. Refused where that is locked: at the fifth wrong one it is."""
    kept = _take_try(store, person_id, pin, at_ms)
    if kept is None:
        raise Refused(LOCKED, "typed")
    if not pins.fits(kept, pin, person_id):
        return False
    _begin_afresh(store, person_id, pin)
    return True


@retried
def _take_try(store: Store, person_id: int, pin: Pin, at_ms: int) -> str | None:
    with store.write() as db:
        return device_rows.take_try(db, person_id, pin.device_hash, pins.MOST_WRONG, at_ms)


@retried
def _begin_afresh(store: Store, person_id: int, pin: Pin) -> None:
    with store.write() as db:
        device_rows.begin_afresh(db, person_id, pin.device_hash)


def change_password(
    store: Store, person: SignedIn, secret: str, old: str, new: str, address: str, at_ms: int, phone: str = ""
) -> Token:
    """Change the password, or choose a first one; every sign-in ends and a fresh one begins here.

    What she has now is asked for, except of somebody who just came in with a code. `secret`: of this sign-in.
    """
    _check_both(store, person, secret, Pin(old, phone), new, address, at_ms)
    return _set_password(store, person.person_id, people.hashed(new, person.person_id), at_ms)


def choose_pin(store: Store, person: SignedIn, secret: str, old: str, pin: Pin, address: str, at_ms: int) -> None:
    """Choose a PIN with this phone, or another one. The phone shows her name from then on."""
    _check_both(store, person, secret, Pin(old, pin.phone), pin, address, at_ms)
    _set_pin(store, person.person_id, pin, people.hashed(pin, person.person_id), at_ms)


def _check_both(
    store: Store, person: SignedIn, secret: str, old: Pin, new: str | Pin, address: str, at_ms: int
) -> None:
    """Refused for what lets her in now, for what is to, or for both at once."""
    checks = AllAtOnce()
    with checks:
        _check_old(store, person, secret, old, address, at_ms)
    with checks:
        people.check_secret(new, person.username)
    checks.tell()


def _check_old(store: Store, person: SignedIn, secret: str, old: Pin, address: str, at_ms: int) -> None:
    if came_by_code(store, person.person_id, secret, at_ms) or is_hers(store, person, old, address, at_ms):
        return
    raise Refused("That is not what lets you in now. Check it and try again.", "old")


def change_username(
    store: Store, person: SignedIn, secret: str, old: Pin, username: str, address: str, at_ms: int
) -> None:
    """Sign in by another user name from now on. Refused where somebody has it. `old`: what lets her in now."""
    new, checks = "", AllAtOnce()
    with checks:
        new = people.clean_username(username)
        if new != person.username:
            people.check_free(store, new)
    with checks:
        _check_old(store, person, secret, old, address, at_ms)
    checks.tell()
    _set_username(store, person.person_id, new, at_ms)


@retried
def _set_username(store: Store, person_id: int, username: str, at_ms: int) -> None:
    with store.write() as db:
        rows.lock(db, person_id)
        her = rows.person(db, person_id)
        if her is None or her.username == username:
            return
        people.take_username(db, username, person_id, at_ms)
        if her.username:
            handles.drop(db, "username", her.username)
        rows.change_person(db, person_id, username=username)
        audit.note(db, person_id, "changed-username", at_ms, person_id)


@retried
def _set_password(store: Store, person_id: int, kept: str, at_ms: int) -> Token:
    with store.write() as db:
        rows.set_secret(db, person_id, rows.PASSWORD, kept)
        people.end_ways_in(db, person_id)
        audit.note(db, person_id, "changed-password", at_ms, person_id)
        return people.sign_in_here(db, person_id, at_ms, whole=True)


@retried
def _set_pin(store: Store, person_id: int, pin: Pin, kept: str, at_ms: int) -> None:
    with store.write() as db:
        rows.lock(db, person_id)
        people.set_secret(db, person_id, pin, kept, at_ms)
        audit.note(db, person_id, "chose-pin", at_ms, person_id)


@retried
def drop_password(store: Store, person: SignedIn, phone: str, at_ms: int) -> None:
    """Take the password away. Refused where no PIN that works would stay."""
    with store.write() as db:
        rows.lock(db, person.person_id)
        ways = _of(db, person.person_id, pins.device_hash(phone))
        if not ways.pin or ways.locked:
            raise Refused("Choose a PIN first, so that you can get back in.", "old")
        rows.drop_secret(db, person.person_id, rows.PASSWORD)
        audit.note(db, person.person_id, "dropped-password", at_ms, person.person_id)


@retried
def remember(store: Store, person: SignedIn, phone: str, at_ms: int) -> None:
    """This phone shows her name to whoever asks who is learning on it."""
    with store.write() as db:
        people.remember(db, person.person_id, pins.device_hash(phone), at_ms)
        audit.note(db, person.person_id, "remembered-on-phone", at_ms, person.person_id)


@retried
def forget(store: Store, person: SignedIn, phone: str, at_ms: int) -> None:
    """This phone shows her name no more, and the PIN with it is gone. Refused where that is her only way in."""
    with store.write() as db:
        rows.lock(db, person.person_id)
        ways = _of(db, person.person_id, pins.device_hash(phone))
        if ways.pin and not ways.password:
            raise Refused("Choose a password first, so that you can get back in.", "old")
        device_rows.forget(db, person.person_id, pins.device_hash(phone))
        audit.note(db, person.person_id, "forgotten-on-phone", at_ms, person.person_id)
