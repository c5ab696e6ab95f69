"""Recording what a person did: the event path (docs/reference/data.md, Rules of the event path).

Each event is checked and marked against the release she saw, written out as a row before anything is
locked, then appended and folded into her progress; what follows from it (words, milestones, the month,
badges) happens in the same transaction. Only then is she told.
"""

from __future__ import annotations

import itertools
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from lms.content.plan import canonical
from lms.learning.days import day_bit, day_of, happened, month_of
from lms.learning.events import MOST_WORDS, Event, EventKind, Refusal, check, is_text, read_event
from lms.learning.marking import mark
from lms.learning.progress import Outcome, Recorded, State, fold, state_to_json
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue, Shelf
from lms.services.folding import ShapesById, refold, state_of
from lms.services.outbox import BadEnvelope, Batch, id_of, read_batch
from lms.services.outcomes import add_milestone, give_earned, progress_row
from lms.store import groups as group_rows
from lms.store import people as people_rows
from lms.store.events import Ledger, Standing
from lms.store.gate import Store, retried
from lms.store.progress import First

__all__ = [
    "COUNTED",
    "BadEnvelope",
    "Batch",
    "Result",
    "form_id",
    "read_batch",
    "record",
    "record_batch",
]

_EMPTY = state_to_json(State())
COUNTED = frozenset({EventKind.ANSWERED, EventKind.RATED, EventKind.REFLECTED})
"""What counts among a month's answers."""
_SAY = {
    "late": "This go at the quiz was finished before this answer came.",
    "no-try-left": "There is no go left at this quiz. You can still read every lesson again.",
    "not-asked": "This go at the quiz did not ask this question.",
    "too-early": "Try twice first. Then we show you the answer.",
}


@dataclass(frozen=True)
class Result:
    """What became of one event: `new`, `dup`, `conflict` or `refused`. Only the first two mean sent."""

    event_id: str
    result: str
    why: str = ""
    say: str = ""


@dataclass(frozen=True)
class Prepared:
    """An event ready to be recorded. `order`: its place in the batch."""

    order: int
    event: Event
    shape: Shape
    recorded: Recorded
    """What the fold may look at."""
    row: dict[str, Any]
    """Its columns, but for the key and the number in its course."""

    @property
    def words(self) -> str:
        """What she typed; empty where she chose."""
        return self.event.answer if isinstance(self.event.answer, str) else ""

    @property
    def first(self) -> First:
        """Of what it brings about for the first time."""
        return First(self.recorded.at_ms, self.row["recorded_ms"], self.recorded.release_id)

    @property
    def is_answer(self) -> bool:
        """Whether it counts among a month's answers."""
        return self.event.kind in COUNTED


def record_batch(
    store: Store, catalogue: Catalogue, person_id: int, batch: Batch, now_ms: int, zone: ZoneInfo
) -> list[Result]:
    """Record a batch; one result an event, in the order sent. A bad one is refused alone."""
    results: dict[int, Result] = {}
    read: list[tuple[int, Event]] = []
    for order, raw in enumerate(batch.events):
        try:
            read.append((order, read_event(raw)))
        except Refusal as refusal:
            results[order] = Result(id_of(raw), "refused", refusal.why, refusal.say)
    results.update(_record(store, catalogue, person_id, read, batch.sent_ms, now_ms, zone))
    return [results[order] for order in range(len(batch.events))]


def record(
    store: Store, catalogue: Catalogue, person_id: int, events: Sequence[Event], now_ms: int, zone: ZoneInfo
) -> list[Result]:
    """Record events made by a form on this server: their `at_ms` is now."""
    results = _record(store, catalogue, person_id, list(enumerate(events)), now_ms, now_ms, zone)
    return [results[order] for order in range(len(events))]


def form_id(event_id: UUID, answer: object) -> UUID:
    """The id of what a form says: a double tap is one event, Back with another choice a second one."""
    said = canonical(answer).encode(errors="replace")  # what is no text is refused later
    return uuid.uuid5(event_id, said.decode())


def _record(
    store: Store,
    catalogue: Catalogue,
    person_id: int,
    events: Sequence[tuple[int, Event]],
    sent_ms: int,
    now_ms: int,
    zone: ZoneInfo,
) -> dict[int, Result]:
    """Courses in the order of their ids, one transaction each."""
    results: dict[int, Result] = {}
    prepared: list[Prepared] = []
    now = _Now(now_ms, day_of(now_ms, zone), zone)
    shelf = catalogue.shelf(now_ms)
    for order, event in events:
        at_ms = happened(event.at_ms, sent_ms, now_ms)
        try:
            prepared.append(_prepare(catalogue, shelf, order, event, at_ms, now))
        except Refusal as refusal:
            results[order] = Result(str(event.event_id), "refused", refusal.why, refusal.say)
    prepared.sort(key=lambda it: (it.shape.course_id, it.order))
    for course_id, mine in itertools.groupby(prepared, key=lambda it: it.shape.course_id):
        results.update(_record_course(store, catalogue, shelf, person_id, course_id, list(mine), now))
    return results


@dataclass(frozen=True)
class _Now:
    """The instant of recording, and the day it is on this site."""

    ms: int
    day: int
    zone: ZoneInfo

    def day_of(self, at_ms: int) -> int:
        return self.day if at_ms == self.ms else day_of(at_ms, self.zone)


def _prepare(catalogue: Catalogue, shelf: Shelf, order: int, event: Event, at_ms: int, now: _Now) -> Prepared:
    """Check and mark an event. Refusal where it is about nothing we have, or says what can't be kept."""
    _check_words(event)
    shape = _shape(catalogue, shelf, event)
    no = check(event, shape)
    right = None
    if event.kind is EventKind.ANSWERED:
        right = int(mark(shape.steps[no], catalogue.key(shape, no), event.answer).right)
    recorded = Recorded(event.kind, no, shape.release_id, event.attempt, right, at_ms)
    return Prepared(order, event, shape, recorded, _row(event, recorded, now))


def _check_words(event: Event) -> None:
    """A form's words, as `read_event` has checked a phone's."""
    if not isinstance(event.answer, str):
        return
    if len(event.answer) > MOST_WORDS:
        raise Refusal("too-long", f"That is too long to keep. Use at most {MOST_WORDS} letters.")
    if not is_text(event.answer):
        raise Refusal("bad-text", "Some of those letters can't be kept. Type it again without them.")


def _shape(catalogue: Catalogue, shelf: Shelf, event: Event) -> Shape:
    current = shelf.courses.get(event.course)
    if current is None:
        raise Refusal("no-such-course", "We do not have this course.")
    shape = current if event.release == current.hash else catalogue.release_by_hash(current.course_id, event.release)
    if shape is None:
        raise Refusal("no-such-release", "This lesson is too old or was never published here.")
    return shape


def _row(event: Event, recorded: Recorded, now: _Now) -> dict[str, Any]:
    letters = None if isinstance(event.answer, str) else event.answer
    return {
        "kind": event.kind.value,
        "step_no": recorded.step_no,
        "release_id": recorded.release_id,
        "attempt_no": event.attempt,
        "lang": event.lang[:16],
        "choice": msgspec.json.encode(letters).decode() if letters else None,
        "mark": recorded.mark,
        "at_ms": recorded.at_ms,
        "recorded_ms": now.ms,
        "day": now.day_of(recorded.at_ms),
        "by_id": None,
        "body_hash": event.body_hash,
    }


@retried
def _record_course(
    store: Store,
    catalogue: Catalogue,
    shelf: Shelf,
    person_id: int,
    course_id: int,
    events: Sequence[Prepared],
    now: _Now,
) -> dict[int, Result]:
    """The record transaction: one person, one course, every event of hers or none."""
    with store.write() as db:
        ledger = Ledger(db, person_id, course_id)
        standing = ledger.lock() or _begin(db, ledger, events[0], now)
        writing = _Writing(ledger, catalogue, standing, _state(db, catalogue, standing, ledger))
        results = {it.order: writing.take(it) for it in events}
        if writing.taken:
            writing.finish(shelf, now)
        elif not standing.last_seq:
            db.rollback()  # an event known from another course enrols her in none
    return results


def _begin(db: Connection, ledger: Ledger, first: Prepared, now: _Now) -> Standing:
    """Enrol her: the facts of that moment, written once, are those a funder counts by."""
    group_id, area_id = _group(db, ledger)
    person = people_rows.person(db, ledger.person_id)
    enrolment = {
        "release_id": first.shape.release_id,
        "group_id": group_id,
        "area_id": area_id or (person.area_id if person else None),
        "at_ms": first.recorded.at_ms,
        "recorded_ms": now.ms,
        "draw_seed": secrets.randbits(62),
        "ended_ms": None,
    }
    ledger.begin(enrolment, _EMPTY)
    standing = ledger.lock()
    assert standing is not None  # noqa: S101 - it was made in this transaction or by the one we waited for
    return standing


def _group(db: Connection, ledger: Ledger) -> tuple[int | None, int | None]:
    """(id, area) of the group she learns this course in: of several, the one she joined last."""
    joined = group_rows.groups_of(db, ledger.person_id)
    learns = group_rows.courses_of_groups(db, [group_id for group_id, _name, _area, _joined in joined])
    for group_id, _name, area_id, _joined in joined:
        if any(course_id == ledger.course_id for course_id, _slug in learns.get(group_id, ())):
            return group_id, area_id
    return None, None


def _state(db: Connection, catalogue: Catalogue, standing: Standing, ledger: Ledger) -> State:
    """Her state so far."""
    key = (ledger.person_id, ledger.course_id)
    return state_of(standing.state, standing.fold_version, lambda: refold(db, catalogue, *key, standing.draw_seed))


class _Writing:
    """The running state of one record transaction."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, standing: Standing, state: State) -> None:
        self.taken: list[Prepared] = []
        """The events that were new, in order."""
        self._ledger = ledger
        self._shapes = ShapesById(catalogue)
        self._before = standing.last_seq
        self._seed = standing.draw_seed
        self._state = state
        self._outcomes: list[tuple[Outcome, Prepared]] = []

    def take(self, it: Prepared) -> Result:
        """Append one event and fold it, or say that it was known."""
        event_id = str(it.event.event_id)
        if not self._ledger.add(it.event.event_id, self._seq + 1, it.row):
            known = self._ledger.body_hash(it.event.event_id)
            if known is None or known == it.row["body_hash"]:
                return Result(event_id, "dup")
            return Result(event_id, "conflict", "other-body", "This answer was changed after it was sent.")
        self.taken.append(it)
        folded = fold(self._state, it.recorded, self._shapes, self._seed)
        self._outcomes += [(outcome, it) for outcome in folded.outcomes]
        return Result(event_id, "new", folded.why, _SAY.get(folded.why, ""))

    @property
    def _seq(self) -> int:
        return self._before + len(self.taken)

    def finish(self, shelf: Shelf, now: _Now) -> None:
        """Write what follows from the new events: one round trip where the driver can."""
        with self._ledger.together():
            for it in self.taken:
                if it.words:
                    self._ledger.add_words(it.event.event_id, it.words, "me")
            for outcome, it in self._outcomes:
                add_milestone(self._ledger, outcome, it.first, now.zone)
            self._count_month(now.day)
            self._ledger.save(**progress_row(self._state, self._seq))
        badges = shelf.badges.get(self._ledger.course_id, {})
        for outcome, it in self._outcomes:
            give_earned(self._ledger, badges, outcome, it.first)

    def _count_month(self, today: int) -> None:
        answers = sum(it.is_answer for it in self.taken)
        lessons = sum(outcome.kind == "lesson" for outcome, _ in self._outcomes)
        self._ledger.add_month(month_of(today), day_bit(today), answers, lessons)
