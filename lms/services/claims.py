"""Guests of a club who turn out to be somebody: a card with a code she claims her attendance with, or a merge.

A guest of a club is a person without a way to sign in, made by whoever kept the register. Claimed, she is one of the
ids of the account that claims her (`merging`): nothing is moved, and the ticks are hers.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import NotFound, Refused
from lms.learning.days import DAY_MS
from lms.services import guests, meetings, throttles
from lms.services.codes import LETTERS
from lms.services.people import SignedIn
from lms.services.registers import Ticking, look
from lms.store import handles, merges
from lms.store import people as people_rows
from lms.store.attendance import Named
from lms.store.gate import Store, retried
from lms.store.meetings import MeetingRow

CARD_MS = 90 * DAY_MS
"""How long a card works: as long as a guest is kept of whom nothing more is seen."""
_KIND = "claim"
_WRONG = "That code does not work. It may be old, or used. Ask your facilitator for a new card."


@dataclass(frozen=True)
class Guests:
    """The guests on a register, and the people on it who have an account."""

    meeting: MeetingRow
    guests: tuple[Named, ...]
    accounts: tuple[Named, ...]


def guests_of(store: Store, reader: SignedIn, public_id: str, now_ms: int) -> Guests:
    """Who is on a register without an account, and with one. NotFound for a meeting out of reach."""
    with store.read() as db:
        meeting = meetings.reached(db, reader, public_id, now_ms)
        found = sorted(look(db, meeting).people.values(), key=lambda it: (it.display_name.casefold(), it.public_id))
    are_guests = tuple(it for it in found if it.kind == people_rows.GUEST)
    return Guests(meeting, are_guests, tuple(it for it in found if it.kind == people_rows.ACCOUNT))


@retried
def card(store: Store, reader: SignedIn, public_id: str, guest: str, at_ms: int) -> tuple[str, str]:
    """(name, code) of a card that lets whoever holds it claim a guest's attendance, once. The card before is void."""
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    with store.write() as db:
        her = _guest(db, meetings.reached(db, reader, public_id, at_ms), guest)
        people_rows.lock(db, her.person_id)
        handles.drop_all(db, _KIND, her.person_id)
        handles.add(db, _KIND, code, her.person_id, at_ms, at_ms + CARD_MS)
    return her.display_name, f"{code[:4]}-{code[4:]}"


def same(store: Store, reader: SignedIn, public_id: str, guest: str, account: str, at_ms: int) -> None:
    """A guest is somebody who has an account, as whoever keeps the register knows. NotFound for who is not on it."""
    with store.read() as db:
        meeting = meetings.reached(db, reader, public_id, at_ms)
        her_id = _guest(db, meeting, guest).person_id
        kept_id = merges.kept_of(db, Ticking(db, reader, meeting, at_ms).person(account))
        kept = people_rows.person(db, kept_id)
    if kept is None or kept.kind != people_rows.ACCOUNT:
        raise Refused("Choose who she is.", "account")
    guests.is_one(store, kept_id, her_id, reader.person_id, at_ms)


def _guest(db: Connection, meeting: MeetingRow, public_id: str) -> Named:
    """A guest on a register, by the id she is known by outside."""
    found = next((it for it in look(db, meeting).people.values() if it.public_id == public_id), None)
    if found is None or found.kind != people_rows.GUEST:
        raise NotFound
    return found


def claim(store: Store, person: SignedIn, typed: str, address: str, at_ms: int) -> None:
    """What a guest came to is hers, by the code of a card. Refused where it is wrong, used or old.

    TooManyTries after many of those. A code is spent before anybody is made one: of two who hold it, one claims.
    """
    code = "".join(c for c in typed.upper() if c in LETTERS)[:16]
    throttles.check(store, "", address, at_ms)
    her_id = _spend(store, code, address, at_ms)
    if her_id is None:
        raise Refused(_WRONG, "code")
    guests.is_one(store, person.person_id, her_id, person.person_id, at_ms)


@retried
def _spend(store: Store, code: str, address: str, at_ms: int) -> int | None:
    with store.write() as db:
        throttles.admit(db, "", address, at_ms)
        handle = handles.find(db, _KIND, code)
        is_free = handle is not None and merges.kept_of(db, handle.person_id) == handle.person_id
        if handle is None or not is_free or not handles.use(db, _KIND, code, at_ms):
            throttles.count_wrong(db, address, at_ms)
            return None
        return handle.person_id
