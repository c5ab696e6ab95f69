"""Her email address, if she gives us one: asked for, shown to be hers, changed, taken away. And reminders by it.

It is for reminders and for saying that there is a message. It lets nobody in, so she is asked for no password. Until
a button behind a link in a letter was pressed nothing but that letter goes there. Whether anybody else has an address
is told to nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from lms.errors import N_, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.mail import DAYS, LATE_MS, MESSAGE_TERMS, Kind, Outcome, clean_address, wording
from lms.services.notices import MESSAGES
from lms.services.people import SignedIn
from lms.store import audit, handles, merges
from lms.store import mail as rows
from lms.store import people as people_rows
from lms.store.gate import Store, retried
from lms.store.mail import CONFIRM, STOP, ConsentRow, MailRow

REMINDERS = "reminders"
"""What a consent is for."""
MOST_A_DAY = 3
"""Letters to addresses that she has not confirmed."""
OLD = N_("This link is old, or was used. You can ask for a new letter in your settings.")
OLD_STOP = N_("This link is old. Do our letters still come? Then use the link in the newest one.")


@dataclass(frozen=True)
class Mine:
    """How somebody can be written to."""

    address: str
    """Shown to be hers."""
    waiting: str
    """One that she gave us and has not confirmed yet."""
    refused: bool
    """Whether there is no mailbox of that address, as its server says."""
    day: str
    """On which day she is reminded; empty for never."""
    messages: bool = False
    """Whether we write when there is a message for her."""


def of(store: Store, person: SignedIn, now_ms: int) -> Mine:
    """What she sees of it."""
    with store.read() as db:
        asked = [row for row in rows.of_kind(db, person.ids, Kind.CONFIRM) if row.address]
        said = rows.consent(db, person.ids, REMINDERS)
        newest = asked[-1] if asked and asked[-1].made_ms > now_ms - LATE_MS else None
        address = rows.address_of(db, person.ids)
        told = rows.consent(db, person.ids, MESSAGES) is not None
    refused = newest is not None and newest.outcome == Outcome.REFUSED
    return Mine(address, (newest and newest.address) or "", refused, (said and said.chosen) or "", told)


def waiting(store: Store) -> tuple[int, int]:
    """How many letters of everybody wait, and how many of them were tried before."""
    with store.read() as db:
        return rows.waiting(db)


@retried
def ask(store: Store, person: SignedIn, typed: str, form_id: UUID, at_ms: int) -> None:
    """Ask by a letter whether an address is hers. Sent twice, a form asks once.

    Refused for what is no address, and after three in a day.
    """
    address = clean_address(typed)
    letter = _letter(person.person_id, Kind.CONFIRM, f"confirm-{form_id}", address, at_ms)
    with store.write() as db:
        people_rows.lock(db, person.person_id)
        asked = rows.of_kind(db, person.ids, Kind.CONFIRM)
        if address == rows.address_of(db, person.ids) or any(row.dedup == letter.dedup for row in asked):
            return
        if sum(row.made_ms > at_ms - DAY_MS for row in asked) >= MOST_A_DAY:
            raise Refused("You asked three times today. Look where junk mail goes, or try again tomorrow.", "address")
        _drop_asked(db, person.ids, at_ms)
        rows.add(db, letter if _may_ask(db, letter) else _held_back(letter))
        audit.note(db, person.person_id, "gave-address", at_ms, person.person_id)


def _letter(person_id: int, kind: Kind, dedup: str, address: str | None, at_ms: int) -> MailRow:
    return MailRow(person_id, uuid.uuid4(), kind, dedup, address, at_ms, at_ms, at_ms + LATE_MS)


def _may_ask(db: Connection, letter: MailRow) -> bool:
    return rows.may_ask(db, letter.address or "", letter.person_id, letter.made_ms, letter.late_ms)


def _held_back(letter: MailRow) -> MailRow:
    """A letter that is not sent, since its address got a few of late: to whoever asked it looks as any other."""
    return letter._replace(done_ms=letter.made_ms, outcome=Outcome.DROPPED)


def _drop_asked(db: Connection, ids: Sequence[int], at_ms: int) -> None:
    """Letters and links of earlier questions lead nowhere from now on."""
    rows.drop_kind(db, ids, Kind.CONFIRM, at_ms, Outcome.DROPPED)
    for its_id in ids:
        handles.drop_all(db, CONFIRM, its_id)


def look_at_link(store: Store, code: str, now_ms: int) -> None:
    """NotFound for a link that no longer confirms anything. Looking at one does nothing: mail programs do."""
    with store.read() as db:
        handle = handles.find(db, CONFIRM, code)
    if handle is None or handle.used_ms is not None or (handle.expires_ms or 0) <= now_ms:
        raise NotFound(OLD)


@retried
def confirm(store: Store, code: str, at_ms: int) -> None:
    """The address a letter was sent to is hers, as whoever reads it there says. Once; the one before is told.

    NotFound for a link that is old or was used; Refused where too many people share the mailbox.
    """
    with store.write() as db:
        handle = handles.find(db, CONFIRM, code)
        ids = _locked(db, handle.person_id) if handle else ()
        letter = rows.one(db, handle.person_id, UUID(handle.ref)) if handle and handle.ref else None
        if not letter or not letter.address or not handles.use(db, CONFIRM, code, at_ms):
            raise NotFound(OLD)
        before = rows.address_of(db, ids)
        rows.drop_address(db, ids)
        if not rows.take_address(db, ids[0], letter.address, at_ms):
            raise Refused("Six people use this address already. Choose another one in your settings.")
        _drop_asked(db, ids, at_ms)
        _tell_the_old(db, ids[0], before, letter.address, at_ms)
        audit.note(db, ids[0], "confirmed-address", at_ms, None)


def _locked(db: Connection, person_id: int) -> tuple[int, ...]:
    ids = merges.ids_of(db, person_id)
    for its_id in sorted(ids):
        people_rows.lock(db, its_id)
    return ids


def _tell_the_old(db: Connection, person_id: int, before: str, after: str, at_ms: int) -> None:
    if before and before != after:
        rows.add(db, _letter(person_id, Kind.GONE, f"gone-{at_ms}", before, at_ms))


@retried
def remove(store: Store, person: SignedIn, at_ms: int) -> None:
    """Take her address away, confirmed or not, and reminders with it."""
    with store.write() as db:
        ids = _locked(db, person.person_id)
        before = rows.address_of(db, ids)
        _drop_asked(db, ids, at_ms)
        rows.drop_address(db, ids)
        rows.withdraw(db, ids, REMINDERS, at_ms)
        rows.withdraw(db, ids, MESSAGES, at_ms)
        _tell_the_old(db, ids[0], before, "", at_ms)
        audit.note(db, ids[0], "removed-address", at_ms, person.person_id)


@retried
def remind(store: Store, person: SignedIn, day: str, at_ms: int) -> None:
    """She wants to be reminded, on one day of the week. Refused without an address that is hers."""
    if day not in DAYS:
        raise Refused("Choose a day.", "day")
    with store.write() as db:
        ids = _locked(db, person.person_id)
        if not rows.address_of(db, ids):
            raise Refused("Tell us first where to write to.", "day")
        said = rows.consent(db, ids, REMINDERS)
        if said is not None and said.chosen == day:
            return
        rows.withdraw(db, ids, REMINDERS, at_ms)
        rows.give(db, ConsentRow(ids[0], uuid.uuid4(), REMINDERS, wording(day), day, at_ms))
        audit.note(db, ids[0], "asked-for-reminders", at_ms, person.person_id)


@retried
def tell(store: Store, person: SignedIn, at_ms: int) -> None:
    """She wants a letter when there is a message for her. Twice is once; Refused without an address that is hers."""
    with store.write() as db:
        ids = _locked(db, person.person_id)
        if not rows.address_of(db, ids):
            raise Refused("Tell us first where to write to.")
        if rows.consent(db, ids, MESSAGES) is None:
            rows.give(db, ConsentRow(ids[0], uuid.uuid4(), MESSAGES, MESSAGE_TERMS, None, at_ms))
            audit.note(db, ids[0], "asked-for-letters", at_ms, person.person_id)


@retried
def tell_no_more(store: Store, person: SignedIn, at_ms: int) -> None:
    """No more letters about messages."""
    with store.write() as db:
        _stop(db, person.person_id, person.person_id, at_ms, MESSAGES)


@retried
def stop(store: Store, person: SignedIn, at_ms: int) -> None:
    """No more reminders."""
    with store.write() as db:
        _stop(db, person.person_id, person.person_id, at_ms)


def look_at_stop(store: Store, code: str) -> None:
    """NotFound for a link that stops nothing."""
    with store.read() as db:
        if handles.find(db, STOP, code) is None:
            raise NotFound(OLD_STOP)


@retried
def stop_by(store: Store, code: str, at_ms: int) -> None:
    """The same by the link in a reminder, whoever has it and however often. NotFound for one that is not to her now."""
    with store.write() as db:
        handle = handles.find(db, STOP, code)
        if handle is None:
            raise NotFound(OLD_STOP)
        _stop(db, handle.person_id, None, at_ms, handle.ref or REMINDERS)


_STOPPED = {REMINDERS: "stopped-reminders", MESSAGES: "stopped-letters"}


def _stop(db: Connection, person_id: int, by_id: int | None, at_ms: int, purpose: str = REMINDERS) -> None:
    ids = _locked(db, person_id)
    if rows.withdraw(db, ids, purpose, at_ms):
        audit.note(db, ids[0], _STOPPED[purpose], at_ms, by_id)
