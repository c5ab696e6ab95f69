"""Reading a whole thread from outside, and taking it out as a file: each time it stands in the record of who did.

Who may: a safeguarding lead, of the thread that a worry came from which she took up; and who leads the organisation,
of a thread that she reads anyway.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, Forbidden, NotFound, Refused
from lms.interop.cells import csv_chunks
from lms.services import concerns, threads
from lms.services.people import SignedIn
from lms.store import audit, merges
from lms.store import messages as rows
from lms.store.concerns import ConcernRow
from lms.store.gate import Store, retried
from lms.store.messages import MessageRow, ThreadRow
from lms.store.ring import names_of

_HEADER = ("written", "by", "learner", "words")
_HEADER_OF_LEAD = (*_HEADER, "reported")


@dataclass(frozen=True)
class Whole:
    """All of a thread, the oldest message first."""

    name: str
    messages: tuple[MessageRow, ...]
    names: dict[int, str]
    """Of who wrote, and is still here."""
    about: UUID | None
    """The message that was reported; None: the thread."""


@retried
def by_lead(store: Store, lead: SignedIn, public_id: str, concern_id: UUID, at_ms: int) -> Whole:
    """The thread a worry came from, for the lead who took it up. NotFound where it came from none, or is not hers."""
    with store.write() as db:
        name, row, thread = _of_concern(db, lead, public_id, concern_id, at_ms)
        audit.note(db, lead.person_id, "read-thread", at_ms, lead.person_id, str(thread.thread_id))
        return _whole(db, name, thread, row.message_id)


@retried
def file_by_lead(store: Store, lead: SignedIn, public_id: str, concern_id: UUID, at_ms: int) -> bytes:
    """The same as a file."""
    with store.write() as db:
        name, _row, thread = _of_concern(db, lead, public_id, concern_id, at_ms)
        return _file(db, lead, name, thread, at_ms, of_lead=True)


@retried
def file_by_head(store: Store, head: SignedIn, public_id: str, thread_id: UUID, at_ms: int, zone: ZoneInfo) -> bytes:
    """A thread as a file, for who leads the organisation. Forbidden for others who read it, NotFound for the rest."""
    with store.write() as db:
        person, talk = threads.one_for_staff(db, head, public_id, thread_id, at_ms, zone)
        if not talk.opened:
            raise NotFound
        if not threads.may_take_out(head, talk, at_ms):
            raise Forbidden
        return _file(db, head, person.display_name, talk.row, at_ms, of_lead=False)


def _of_concern(
    db: Connection, lead: SignedIn, public_id: str, concern_id: UUID, at_ms: int
) -> tuple[str, ConcernRow, ThreadRow]:
    person, row = concerns.to_read(db, lead, public_id, concern_id, at_ms)
    ids = merges.ids_of(db, person.person_id)
    thread = next((it for it in rows.of_learner(db, ids) if it.thread_id == row.thread_id), None)
    if thread is None:
        raise NotFound
    if row.taken_by not in lead.ids:
        raise Refused(N_("Take this up first. Then you can read the messages it came from."))
    return person.display_name, row, thread


def _whole(db: Connection, name: str, thread: ThreadRow, about: UUID | None) -> Whole:
    found = rows.of_thread(db, thread)
    return Whole(name, tuple(found), names_of(db, {it.author_id for it in found}), about)


def _file(db: Connection, by: SignedIn, name: str, thread: ThreadRow, at_ms: int, *, of_lead: bool) -> bytes:
    """What was reported stands in the lead's alone: who leads an organisation may be whom it is about."""
    audit.note(db, by.person_id, "exported-thread", at_ms, by.person_id, str(thread.thread_id))
    whole = _whole(db, name, thread, None)
    header = _HEADER_OF_LEAD if of_lead else _HEADER
    lines = (
        (_instant(it.recorded_ms), whole.names.get(it.author_id, ""), name, it.body, "yes" if it.reported_ms else "")
        for it in whole.messages
    )
    return BOM_UTF8 + b"".join(csv_chunks(header, (line[: len(header)] for line in lines)))


def _instant(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
