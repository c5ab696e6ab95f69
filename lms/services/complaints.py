"""Complaints about what is held about somebody: anybody may make one, it gets a number, what was done about it stays.

The number is the acknowledgement and the way to the answer, since no e-mail is needed here. A person has to have
looked within 30 days (Data (Use and Access) Act 2025). Who has an account makes it as herself, and it is among what
is held about her. Who has none, a guest too, makes it as nobody: what a guest did goes when she does, a complaint
must not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from lms.errors import AllAtOnce, Forbidden, NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.people import Permission
from lms.services import typed
from lms.services.codes import LETTERS
from lms.services.people import CLOSED, SignedIn
from lms.store import audit, site
from lms.store import complaints as rows
from lms.store import people as people_rows
from lms.store.complaints import ComplaintRow, StepRow
from lms.store.gate import Store, retried

SEEN_BY_MS = 30 * DAY_MS
"""By when a person has to have looked."""
LONGEST, LONGEST_REACH = 4_000, 200


@dataclass(frozen=True)
class Step:
    """Something that was done, and what is said about it to whoever complained."""

    at_ms: int
    said: str


@dataclass(frozen=True)
class Complaint:
    """A complaint as whoever has its number sees it: what became of it, and not a word of what it said."""

    number: str
    at_ms: int
    due_ms: int
    """By when a person has to have looked."""
    seen_ms: int | None
    closed_ms: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Whole(Complaint):
    """The same as an administrator sees it. Of one that was erased, or closed long ago, the words are gone."""

    body: str
    reach: str
    name: str
    username: str
    late: bool
    """Whether nobody has looked in time."""

    @property
    def wordless(self) -> bool:
        return not self.body


@retried
def send(store: Store, person: SignedIn | None, complaint_id: UUID, body: str, reach: str, at_ms: int) -> str:
    """Keep a complaint; gives its number. Twice is once. Refused for nothing, for too much, and for what is no text."""
    said, told, checks = "", "", AllAtOnce()
    with checks:
        said = typed.words(body, "body", LONGEST)
        if not said:
            raise Refused("Tell us what went wrong.", "body")
    with checks:
        told = typed.words(reach, "reach", LONGEST_REACH)
    checks.tell()
    number = _number(complaint_id)
    with store.write() as db:
        if rows.by_number(db, number):  # a double tap, or the same form again from who signed in meanwhile
            return number
        whose = person.person_id if person and not person.guest else site.command(db, at_ms)
        people_rows.lock(db, whose)
        if people_rows.person(db, whose) is None:
            raise Forbidden(CLOSED)
        if rows.add(db, ComplaintRow(whose, complaint_id, number, at_ms, said, told, None, None)):
            audit.note(db, whose, "complained", at_ms, whose or None, number)
    return number


def _number(complaint_id: UUID) -> str:
    """Eight letters that follow from the id of its form, so that a double tap is told the same ones."""
    lot = int.from_bytes(hashlib.sha256(b"complaint|" + complaint_id.bytes).digest())
    letters = "".join(LETTERS[lot // len(LETTERS) ** place % len(LETTERS)] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def look(store: Store, number: str) -> Complaint:
    """What became of a complaint, by its number. NotFound for none."""
    with store.read() as db:
        row = rows.by_number(db, plain_number(number))
        if row is None:
            raise NotFound("No complaint has this number. Check it, or tell us again.")
        return Complaint(*_told(row, rows.steps(db, row.person_id)))


def plain_number(typed: str) -> str:
    """A number as it is kept, however it was copied down.

    >>> plain_number(" abcd efgh ")
    'ABCD-EFGH'
    """
    letters = "".join(c for c in typed.upper() if c in LETTERS)[:16]
    return f"{letters[:4]}-{letters[4:]}"


def _told(
    row: ComplaintRow, steps: Iterable[StepRow]
) -> tuple[str, int, int, int | None, int | None, tuple[Step, ...]]:
    about = tuple(Step(it.at_ms, it.said) for it in steps if it.complaint_id == row.complaint_id)
    return row.number, row.at_ms, row.at_ms + SEEN_BY_MS, row.seen_ms, row.closed_ms, about


def waiting(store: Store) -> int:
    """How many are not closed."""
    with store.read() as db:
        return rows.waiting(db)


def every(store: Store, reader: SignedIn, now_ms: int) -> list[Whole]:
    """All of them for who answers them: those not closed first, of these the oldest; then the others, the newest."""
    reader.scope(Permission.COMPLAINT_ANSWER, now_ms)
    with store.read() as db:
        found = list(rows.every(db))
        whose = {person_id: people_rows.person(db, person_id) for person_id in {row.person_id for row in found}}
        steps = {person_id: rows.steps(db, person_id) for person_id in whose}
    made = []
    for row in found:
        her = whose[row.person_id]
        named = (her.display_name, her.username or "") if her else ("", "")
        late = row.seen_ms is None and row.closed_ms is None and now_ms >= row.at_ms + SEEN_BY_MS
        made.append(Whole(*_told(row, steps[row.person_id]), row.body, row.reach, *named, late))
    return sorted(made, key=lambda it: (it.closed_ms is not None, -(it.closed_ms or 0), it.at_ms))


@retried
def answer(store: Store, reader: SignedIn, number: str, step_id: UUID, said: str, *, closes: bool, at_ms: int) -> None:
    """Note what was done about a complaint, in words its owner can read, and perhaps that it is done with.

    Twice is once. NotFound for no such complaint, Refused where nothing is said.
    """
    reader.scope(Permission.COMPLAINT_ANSWER, at_ms)
    words = typed.words(said, "said", LONGEST)
    if not words:
        raise Refused("Say what was done. Whoever complained can read it.", "said")
    with store.write() as db:
        row = rows.by_number(db, plain_number(number))
        if row is None:
            raise NotFound
        for person_id in sorted({row.person_id, reader.person_id}):
            people_rows.lock(db, person_id)
        row = rows.by_number(db, row.number)
        if row is None or not row.body:
            raise NotFound
        if rows.add_step(db, row, step_id, reader.person_id, words, at_ms):
            if closes:
                rows.close(db, row, at_ms)
            done = "closed-complaint" if closes else "answered-complaint"
            audit.note(db, reader.person_id, done, at_ms, reader.person_id, row.number)
