"""Messages between a learner and staff: her threads, reading one, writing in it, and telling the safeguarding lead.

Nothing that was written is changed or taken away. Each message is kept once, whoever presses twice, and stands in the
record of the learner with who wrote it and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.messages import LONGEST, MOST_A_DAY, WhyNot, why_not
from lms.services import concerns, notices, threads, typed
from lms.services.people import SignedIn, is_adult
from lms.services.threads import Talk
from lms.store import audit, merges, people
from lms.store import messages as rows
from lms.store.gate import Store, retried
from lms.store.messages import MessageRow, ThreadRow
from lms.store.people import PersonRow
from lms.store.ring import names_of

PAGE = 30
"""Messages, or threads, on a page."""
MOST_COUNTED = 20
"""Threads that are looked at to say how many are unread."""
SAID = {
    WhyNot.OVER: N_("Nobody is here to read this any more. So you can’t write here now."),
    WhyNot.ALONE: N_(
        "Two people who work here must be able to read this, and there is only one. Nobody can write yet."
    ),
    WhyNot.FIRST: N_("She has not told us that she is 18 or over. So she writes first, and then you can answer."),
    WhyNot.READS: N_("You can read this. Who writes here is the mentor."),
}


@dataclass(frozen=True)
class Line:
    """A thread in a list. `name`: whose it is; empty on her own list."""

    talk: Talk
    public_id: str
    name: str
    unread: bool
    last_ms: int
    """When anything was last written; 0: never."""


@dataclass(frozen=True)
class Page:
    """A thread as one reader sees it, the newest message first."""

    talk: Talk
    public_id: str
    """The learner's."""
    name: str
    messages: tuple[MessageRow, ...]
    names: dict[int, str]
    """Of who wrote, and is still here."""
    older: bool
    unread: bool
    why_not: WhyNot | None
    leads: tuple[str, ...]
    """Who is told when something is passed on; none: whoever runs the site."""
    mine: tuple[int, ...]
    """The ids of who reads this page."""
    may_take_out: bool = False


# The learner's own.


def mine(store: Store, learner: SignedIn, now_ms: int, zone: ZoneInfo) -> list[Line]:
    """Her threads and those she can open, those with something new first."""
    with store.read() as db:
        talks = threads.of_learner(db, merges.ids_of(db, learner.person_id), now_ms, zone)
        last = rows.newest(db, [it.row for it in talks], learner.ids)
    return _in_order([_line(it, last, it.row.seen_ms) for it in talks if it.opened or it.writes])


def _line(talk: Talk, last: dict[UUID, rows.LastRow], seen_ms: int | None, public_id: str = "", name: str = "") -> Line:
    newest = last.get(talk.row.thread_id, rows.LastRow(0, 0))
    return Line(talk, public_id, name, newest.others_ms > (seen_ms or 0), newest.any_ms)


def _in_order(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda it: (not it.unread, -it.last_ms, it.name.casefold()))


def unread(store: Store, learner: SignedIn) -> int:
    """How many of her threads have something new for her."""
    with store.read() as db:
        return notices.unread_of_learner(db, learner.ids)


def hers(store: Store, learner: SignedIn, thread_id: UUID, now_ms: int, zone: ZoneInfo, skip: int = 0) -> Page:
    """A thread of hers. NotFound for none of hers. Looking at it changes nothing: `read_by_her` says that she has."""
    with store.read() as db:
        talk = threads.one_of_hers(db, learner, thread_id, now_ms, zone)
        person = people.person(db, learner.person_id)
        return _page(db, talk, learner, person, talk.row.seen_ms, skip, now_ms, staff=False)


@retried
def read_by_her(store: Store, learner: SignedIn, thread_id: UUID, now_ms: int, zone: ZoneInfo) -> None:
    """She has read all of a thread of hers. NotFound for none of hers."""
    with store.write() as db:
        talk = threads.one_of_hers(db, learner, thread_id, now_ms, zone)
        if talk.opened:
            rows.see(db, talk.row, now_ms)


# Staff.


def for_staff(store: Store, reader: SignedIn, now_ms: int, zone: ZoneInfo, skip: int = 0) -> tuple[list[Line], bool]:
    """The threads somebody of the staff reads now, those with something new first; and whether there are more."""
    with store.read() as db:
        found = _candidates(db, reader, now_ms, zone)
        found = [*(it for it in found if it[1]), *(it for it in found if not it[1])]
        lines = _lines(db, reader, found[skip : skip + PAGE], now_ms, zone)
    return lines, len(found) > skip + PAGE


def unread_for_staff(store: Store, reader: SignedIn, now_ms: int, zone: ZoneInfo) -> int:
    """How many threads have something new for somebody of the staff; of a great many it stops counting."""
    with store.read() as db:
        new = [it for it in _candidates(db, reader, now_ms, zone) if it[1]][:MOST_COUNTED]
        return len(_lines(db, reader, new, now_ms, zone))


def _candidates(db: Connection, reader: SignedIn, now_ms: int, zone: ZoneInfo) -> list[tuple[ThreadRow, bool, int]]:
    """(thread, whether something is new, when last written) of what she may be able to read, the newest first."""
    near = threads.within(db, reader, now_ms, zone)
    last, seen = rows.newest(db, near, reader.ids), rows.seen_by_staff(db, near, reader.ids)
    empty = rows.LastRow(0, 0)
    found = [
        (it, last.get(it.thread_id, empty).others_ms > seen.get(it.thread_id, 0), last.get(it.thread_id, empty).any_ms)
        for it in near
    ]
    return sorted(found, key=lambda it: (-it[2], it[0].thread_id.bytes))


def _lines(
    db: Connection, reader: SignedIn, some: list[tuple[ThreadRow, bool, int]], now_ms: int, zone: ZoneInfo
) -> list[Line]:
    """Those of them that she reads."""
    made = []
    known: dict[int, list[tuple[PersonRow, Talk]]] = {}
    for row, new, last_ms in some:
        if row.person_id not in known:
            person = people.person(db, row.person_id)
            all_ = threads.all_for_staff(db, reader, person.public_id, now_ms, zone) if person else []
            known[row.person_id] = all_
        for person, talk in known[row.person_id]:
            if talk.row.thread_id == row.thread_id:
                made.append(Line(talk, person.public_id, person.display_name, new, last_ms))
    return made


def of_one(store: Store, reader: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo) -> list[Line]:
    """The threads of a learner that somebody of the staff reads, or could open. None for who is out of reach."""
    with store.read() as db:
        found = threads.all_for_staff(db, reader, public_id, now_ms, zone)
        talks = [talk.row for _person, talk in found]
        last, seen = rows.newest(db, talks, reader.ids), rows.seen_by_staff(db, talks, reader.ids)
    return _in_order(
        [_line(it, last, seen.get(it.row.thread_id), who.public_id, who.display_name) for who, it in found]
    )


def staffs(
    store: Store, reader: SignedIn, public_id: str, thread_id: UUID, now_ms: int, zone: ZoneInfo, skip: int = 0
) -> Page:
    """A thread for who of the staff reads it now. NotFound for anybody else."""
    with store.read() as db:
        person, talk = threads.one_for_staff(db, reader, public_id, thread_id, now_ms, zone)
        seen = rows.seen_by_staff(db, [talk.row], reader.ids).get(talk.row.thread_id)
        return _page(db, talk, reader, person, seen, skip, now_ms, staff=True)


@retried
def read_by_staff(store: Store, reader: SignedIn, public_id: str, thread_id: UUID, now_ms: int, zone: ZoneInfo) -> None:
    """Somebody of the staff has read all of a thread. NotFound for who does not read it now."""
    with store.write() as db:
        _person, talk = threads.one_for_staff(db, reader, public_id, thread_id, now_ms, zone)
        if talk.opened:
            rows.see_as_staff(db, talk.row, reader.person_id, now_ms, now_ms)


# What both see.


def _page(
    db: Connection,
    talk: Talk,
    reader: SignedIn,
    person: PersonRow | None,
    seen_ms: int | None,
    skip: int,
    now_ms: int,
    *,
    staff: bool,
) -> Page:
    if person is None:
        raise NotFound
    found = rows.of_thread(db, talk.row) if talk.opened else []
    shown = tuple(reversed(found))[skip : skip + PAGE]
    return Page(
        talk,
        person.public_id,
        person.display_name,
        shown,
        names_of(db, {it.author_id for it in shown}),
        len(found) > skip + PAGE,
        any(it.author_id not in reader.ids and it.recorded_ms > (seen_ms or 0) for it in found),
        _why_not(talk, reader, person, begun=bool(found), staff=staff),
        concerns.readers(db, talk.row.organisation_id, now_ms),
        reader.ids,
        staff and threads.may_take_out(reader, talk, now_ms),
    )


def _why_not(talk: Talk, reader: SignedIn, person: PersonRow, *, begun: bool, staff: bool) -> WhyNot | None:
    why = why_not(len(talk.readers), len(talk.writes), begun=begun, adult=is_adult(person.wishes), staff=staff)
    return WhyNot.READS if why is None and staff and reader.person_id not in talk.writes else why


@retried
def write(
    store: Store,
    learner: SignedIn,
    thread_id: UUID,
    message_id: UUID,
    said: str,
    at_ms: int,
    zone: ZoneInfo,
    *,
    by_mail: bool,
) -> bool:
    """She writes; False where this form was sent before. `by_mail`: whether this site sends letters.

    NotFound for a thread that is not hers; Refused for no words, for too many, and while nobody can write there.
    """
    body = _body(said)
    with store.write() as db:
        kept = merges.kept_of(db, learner.person_id)
        people.lock(db, kept)
        talk = threads.one_of_hers(db, learner, thread_id, at_ms, zone)
        person = people.person(db, kept)
        return _write(db, talk, learner, person, message_id, body, at_ms, staff=False, by_mail=by_mail)


@retried
def answer(
    store: Store,
    staff: SignedIn,
    public_id: str,
    thread_id: UUID,
    message_id: UUID,
    said: str,
    at_ms: int,
    zone: ZoneInfo,
    *,
    by_mail: bool,
) -> bool:
    """One of the staff writes to a learner, as `write`. NotFound where the thread is not hers to read now."""
    body = _body(said)
    with store.write() as db:
        threads.hold(db, public_id)
        person, talk = threads.one_for_staff(db, staff, public_id, thread_id, at_ms, zone)
        return _write(db, talk, staff, person, message_id, body, at_ms, staff=True, by_mail=by_mail)


def _body(said: str) -> str:
    body = typed.seen(said, "words", LONGEST)
    if not body:
        raise Refused(N_("Write something first."), "words")
    return body


def _write(
    db: Connection,
    talk: Talk,
    by: SignedIn,
    person: PersonRow | None,
    message_id: UUID,
    body: str,
    at_ms: int,
    *,
    staff: bool,
    by_mail: bool,
) -> bool:
    if person is None:
        raise NotFound
    row = talk.row
    before = rows.of_thread(db, row)
    if any(it.message_id == message_id for it in before):
        return False
    why = _why_not(talk, by, person, begun=bool(before), staff=staff)
    if why is WhyNot.READS:
        raise Forbidden
    if why:
        raise Refused(SAID[why], "words")
    if sum(it.author_id in by.ids and it.recorded_ms > at_ms - DAY_MS for it in before) >= MOST_A_DAY:
        raise Refused(N_("That is a lot of messages for one day. Write again tomorrow, or ring."), "words")
    if rows.add(db, row._replace(made_ms=at_ms)) and not talk.opened:
        audit.note(db, row.person_id, "opened-thread", at_ms, by.person_id)
    wake = notices.who_to_tell(db, talk, by) if by_mail else ()
    if not rows.write(db, MessageRow(row.person_id, message_id, row.thread_id, by.person_id, at_ms, at_ms, body)):
        return False
    rows.note_staff(db, row, talk.readers, at_ms)
    if staff:
        rows.see_as_staff(db, row, by.person_id, at_ms, at_ms)
    else:
        rows.see(db, row, at_ms)
    audit.note(db, row.person_id, "wrote-message", at_ms, by.person_id)
    for its_id in sorted(wake):
        notices.tell(db, its_id, message_id, at_ms)
    return True


@retried
def report(
    store: Store,
    by: SignedIn,
    public_id: str,
    thread_id: UUID,
    message_id: UUID | None,
    concern_id: UUID,
    said: str,
    at_ms: int,
    zone: ZoneInfo,
) -> bool:
    """Tell the safeguarding lead about a thread, or a message in it; False where this form did it before.

    `public_id`: the learner's; empty for her own thread. NotFound for what she does not read now.
    """
    body = typed.seen(said, "words", concerns.LONGEST)
    with store.write() as db:
        if public_id:
            _person, talk = threads.one_for_staff(db, by, public_id, thread_id, at_ms, zone)
        else:
            talk = threads.one_of_hers(db, by, thread_id, at_ms, zone)
        row = talk.row
        if not talk.opened or (message_id and all(it.message_id != message_id for it in rows.of_thread(db, row))):
            raise NotFound
        people.lock(db, row.person_id)
        new = concerns.keep(
            db, by, row.person_id, row.organisation_id, concern_id, body, at_ms, row.thread_id, message_id
        )
        if new and message_id:
            rows.report(db, row, message_id, by.person_id, at_ms)
        if new:
            audit.note(db, by.person_id, "reported-message", at_ms, by.person_id, str(message_id or row.thread_id))
    return new
