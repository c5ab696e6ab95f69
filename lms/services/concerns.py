"""Passing a worry to the safeguarding lead: who passed it and when is stamped, and what was done about it is noted.

Everybody can, about herself or somebody she sees. It goes to the safeguarding leads of the organisation through which
she is seen; where there is none, to those who look after the whole site. Nobody else reads it: who passed it on sees
that it was taken up, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import N_, NotFound, Refused
from lms.learning.people import Permission, scope_of
from lms.services import pairings, typed
from lms.services.codes import visible_people
from lms.services.people import SignedIn
from lms.store import audit, meetings, merges, people, programmes
from lms.store import concerns as rows
from lms.store import pairings as pairing_rows
from lms.store.concerns import ConcernRow, StepRow
from lms.store.gate import Store, retried
from lms.store.people import PersonRow
from lms.store.ring import names_of

LONGEST = 4_000
_BY = (Permission.GROUP_READ, Permission.PERSON_READ)
"""What lets staff see somebody, and so pass on a worry about her."""


@dataclass(frozen=True)
class About:
    """Whom a worry is about. `public_id` empty: about oneself. `readers`: the leads who read it; empty: the site's."""

    public_id: str
    name: str
    readers: tuple[str, ...]
    passed: tuple[tuple[int, int | None], ...]
    """(when, when it was taken up) of what this person passed on before."""


def about(store: Store, by: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo) -> About:
    """What the form shows. NotFound for somebody she does not see."""
    with store.read() as db:
        person, organisation_id = _seen(db, by, public_id, now_ms, zone)
        return About(
            "" if person.person_id in by.ids else person.public_id,
            person.display_name,
            readers(db, organisation_id, now_ms),
            tuple(rows.passed_by(db, by.ids)),
        )


def readers(db: Connection, organisation_id: int | None, now_ms: int) -> tuple[str, ...]:
    """The names of the leads who read what is passed on in an organisation; none: it goes to those of the site."""
    its = programmes.programmes_of(db, [organisation_id]) if organisation_id else ()
    return tuple(rows.readers(db, organisation_id, its, now_ms))


@retried
def pass_on(
    store: Store, by: SignedIn, public_id: str, concern_id: UUID, said: str, at_ms: int, zone: ZoneInfo
) -> bool:
    """Pass a worry on; False where this form did it before. `said` may be empty: somebody may be in a hurry.

    NotFound for somebody she does not see; Refused for words that can't be kept.
    """
    body = typed.words(said, "words", LONGEST)
    with store.write() as db:
        person, organisation_id = _seen(db, by, public_id, at_ms, zone)
        return keep(db, by, person.person_id, organisation_id, concern_id, body, at_ms)


def keep(
    db: Connection,
    by: SignedIn,
    person_id: int,
    organisation_id: int | None,
    concern_id: UUID,
    body: str,
    at_ms: int,
    thread_id: UUID | None = None,
    message_id: UUID | None = None,
) -> bool:
    """Keep a worry about somebody whom the caller has shown to be seen; False where this form did it before."""
    kept = merges.kept_of(db, person_id)
    people.lock(db, kept)
    row = ConcernRow(
        person_id=kept,
        concern_id=concern_id,
        organisation_id=organisation_id,
        by_id=by.person_id,
        at_ms=at_ms,
        recorded_ms=at_ms,
        body=body,
        taken_ms=None,
        taken_by=None,
        closed_ms=None,
        thread_id=thread_id,
        message_id=message_id,
    )
    new = rows.add(db, row)
    if new:  # in the record of who did it alone: hers is read by people who are not to know
        audit.note(db, by.person_id, "passed-concern", at_ms, by.person_id)
    return new


def _seen(db: Connection, by: SignedIn, public_id: str, now_ms: int, zone: ZoneInfo) -> tuple[PersonRow, int | None]:
    """Whom a public id names, if she is seen by her mentor or by staff, or is oneself; and by which organisation."""
    if public_id in ("", by.public_id):
        person = people.person(db, by.person_id)
        if person is None:
            raise NotFound
        return person, _own(db, by.ids)
    for mine in pairings.mine_now(db, by, now_ms, zone):
        person = people.person(db, mine.person_id)
        if person is not None and person.public_id == public_id:
            return person, mine.organisation_id
    for permission in _BY:
        scope = scope_of(by.roles, permission, now_ms)
        person = people.by_public_id(db, visible_people(db, scope, 0), public_id) if scope else None
        if person is not None:
            ids = merges.ids_of(db, merges.kept_of(db, person.person_id))
            here = set(people.groups_in(db, scope)).intersection(meetings.groups_of(db, ids))
            return person, next(iter(pairing_rows.organisations_of(db, here)), None)
    raise NotFound


def _own(db: Connection, ids: tuple[int, ...]) -> int | None:
    """The organisation of one's first group, else of one's last mentor, else none."""
    first = pairing_rows.organisations_of(db, meetings.groups_of(db, ids))
    paired = [row.organisation_id for row in pairing_rows.of_learners(db, ids)]
    return next(iter([*first, *reversed(paired)]), None)


@dataclass(frozen=True)
class Listed:
    """A concern in a list."""

    public_id: str
    name: str
    row: ConcernRow


def listed(store: Store, reader: SignedIn, now_ms: int, *, closed: bool = False) -> list[Listed]:
    """The concerns a reader may read, the newest first. Forbidden for who reads none."""
    with store.read() as db:
        found = [it for it in rows.listed(db, _organisations(db, reader, now_ms), closed) if _may_read(reader, it)]
        known = {row.person_id: people.person(db, row.person_id) for row in found}
    return [Listed(who.public_id, who.display_name, row) for row in found if (who := known[row.person_id])]


def _organisations(db: Connection, reader: SignedIn, now_ms: int) -> set[int] | None:
    """Those whose concerns she reads; None: all, also those of none."""
    scope = reader.scope(Permission.CONCERN_READ, now_ms)
    if scope.everywhere:
        return None
    partners = (its_id for programme_id in scope.programmes for its_id in programmes.partners(db, programme_id))
    return {*scope.organisations, *partners}


@dataclass(frozen=True)
class Concern:
    """One concern, for who may read it. Names are empty for who is no longer here."""

    public_id: str
    name: str
    row: ConcernRow
    by: str
    taken_by: str
    steps: tuple[tuple[StepRow, str], ...]


def one(store: Store, reader: SignedIn, public_id: str, concern_id: UUID, now_ms: int) -> Concern:
    """A concern with what was done about it. NotFound where it is not hers to read."""
    with store.read() as db:
        person, row = to_read(db, reader, public_id, concern_id, now_ms)
        steps = rows.steps(db, row)
        names = names_of(db, {its for its in (row.by_id, row.taken_by, *(it.by_id for it in steps)) if its is not None})
    done = tuple((it, names.get(it.by_id or 0, "")) for it in steps)
    who = names.get(row.by_id or 0, ""), names.get(row.taken_by or 0, "")
    return Concern(person.public_id, person.display_name, row, *who, done)


def to_read(
    db: Connection, reader: SignedIn, public_id: str, concern_id: UUID, now_ms: int
) -> tuple[PersonRow, ConcernRow]:
    """Whom a concern is about, and the concern. NotFound where it is not the reader's to read."""
    organisations = _organisations(db, reader, now_ms)
    person = people.by_public_id(db, people.EVERYBODY, public_id)
    row = rows.one(db, merges.ids_of(db, person.person_id), concern_id) if person else None
    if person is None or row is None or not _may_read(reader, row):
        raise NotFound
    if organisations is not None and row.organisation_id not in organisations:
        raise NotFound
    return person, row


def _may_read(reader: SignedIn, row: ConcernRow) -> bool:
    """A lead does not read what somebody else passed on about her."""
    return row.person_id not in reader.ids or row.by_id in reader.ids


@retried
def take(store: Store, reader: SignedIn, public_id: str, concern_id: UUID, at_ms: int) -> None:
    """Take a concern up: who passed it on sees that. Refused where somebody else has."""
    with store.write() as db:
        _person, row = to_read(db, reader, public_id, concern_id, at_ms)
        if rows.take(db, row, reader.person_id, at_ms):
            audit.note(db, reader.person_id, "took-concern", at_ms, reader.person_id)
        elif row.taken_by not in reader.ids:
            raise Refused(N_("Somebody took this up just now. Load the page again to see who."))


@retried
def note(
    store: Store,
    reader: SignedIn,
    public_id: str,
    concern_id: UUID,
    step_id: UUID,
    said: str,
    at_ms: int,
    *,
    closes: bool = False,
) -> None:
    """Note what was done, and close it if that was all; twice is once. Refused for nothing written, or once closed."""
    done = typed.words(said, "words", LONGEST)
    if not done:
        raise Refused(N_("Write what was done."), "words")
    with store.write() as db:
        _person, row = to_read(db, reader, public_id, concern_id, at_ms)
        if any(it.step_id == step_id for it in rows.steps(db, row)):
            return
        if row.closed_ms is not None:
            raise Refused(N_("This is closed. Pass it on again if there is something new."))
        rows.take(db, row, reader.person_id, at_ms)
        rows.add_step(db, row, StepRow(step_id, at_ms, reader.person_id, done))
        if closes:
            rows.close(db, row, at_ms)
            audit.note(db, reader.person_id, "closed-concern", at_ms, reader.person_id)
