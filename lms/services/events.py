"""Recording what a person did: the event path (docs/reference/data.md, Rules of the event path).

Each event is made ready before anything is locked (`preparing`), then appended and folded into her progress;
what follows from it (words, milestones, the month, badges) happens in the same transaction. Only then is she told.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.content.plan import canonical
from lms.errors import Forbidden
from lms.learning.days import day_bit, day_of, happened, month_of
from lms.learning.events import Event, EventKind, Refusal, read_event
from lms.learning.progress import PUBLISHING, UNCOUNTED, Outcome, State, fold
from lms.learning.quiz import first_seed
from lms.services import union
from lms.services.courses import Catalogue, Shelf
from lms.services.finishing import nothing_left, released_id, released_row
from lms.services.folding import BEGUN, PART, ShapesById, refold, state_of
from lms.services.outbox import Batch, id_of
from lms.services.outcomes import add_milestone, give_earned, progress_row
from lms.services.people import CLOSED
from lms.services.preparing import Now, Prepared, prepare, signed_by_nobody
from lms.store import groups as group_rows
from lms.store import meetings, merges, pairings
from lms.store import people as people_rows
from lms.store.events import Ledger, Standing
from lms.store.gate import Store, retried

_SAY = {
    "late": "This go at the quiz was finished before this answer came.",
    "no-try-left": "There is no go left at this quiz. You can still read every lesson again.",
    "not-asked": "This go at the quiz did not ask this question.",
    "not-whole": "Kept. It is done when every box is ticked and what it asks for is written.",
    "too-early": "Try twice first. Then we show you the answer.",
}


@dataclass(frozen=True)
class Result:
    """What became of one event: `new`, `dup`, `conflict` or `refused`. Only the first two mean sent."""

    event_id: str
    result: str
    why: str = ""
    say: str = ""


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
    store: Store,
    catalogue: Catalogue,
    person_id: int,
    events: Sequence[Event],
    now_ms: int,
    zone: ZoneInfo,
    by_id: int | None = None,
) -> list[Result]:
    """Record events made by a form on this server: their `at_ms` is by our clock. `by_id`: who enters them for her."""
    results = _record(store, catalogue, person_id, list(enumerate(events)), now_ms, now_ms, zone, by_id)
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
    by_id: int | None = None,
) -> dict[int, Result]:
    """Courses in the order of their ids, one transaction each."""
    results: dict[int, Result] = {}
    prepared: list[Prepared] = []
    now = Now(now_ms, day_of(now_ms, zone), zone, by_id)
    shelf = catalogue.shelf(now_ms)
    for order, event in events:
        at_ms = happened(event.at_ms, sent_ms, now_ms)
        try:
            prepared.append(prepare(catalogue, shelf, order, event, at_ms, now))
        except Refusal as refusal:
            results[order] = Result(str(event.event_id), "refused", refusal.why, refusal.say)
    prepared.sort(key=lambda it: (it.shape.course_id, it.order))
    for course_id, mine in itertools.groupby(prepared, key=lambda it: it.shape.course_id):
        results.update(_record_course(store, _Doing(catalogue, shelf, person_id, course_id, list(mine), now)))
    return results


@dataclass(frozen=True)
class _Doing:
    """What one person did in one course, made ready to be recorded."""

    catalogue: Catalogue
    shelf: Shelf
    person_id: int
    course_id: int
    events: Sequence[Prepared]
    now: Now

    def ledger(self, db: Connection) -> Ledger:
        return Ledger(db, self.person_id, self.course_id)


@retried
def _record_course(store: Store, it: _Doing) -> dict[int, Result]:
    """The record transaction: one person, one course, every event of hers or none."""
    with store.write() as db:
        ledger = it.ledger(db)
        _check_here(ledger)
        standing = ledger.lock() or _begin(db, ledger, it.events[0], it.now)
        if standing.fold_version != PART:
            return _take(db, it, ledger, standing)
        db.rollback()
    return _record_part(store, it)


def _record_part(store: Store, it: _Doing) -> dict[int, Result]:
    """What was done under an id that is part of somebody: kept under it, and folded into her progress as well."""
    with store.write() as db:
        ledger = it.ledger(db)
        _check_here(ledger)
        ids = union.lock(db, it.person_id, it.course_id)
        results = _take(db, it, ledger, ledger.lock() or _begin(db, ledger, it.events[0], it.now))
        if any(one.result == "new" for one in results.values()):
            union.fold_together(db, it.catalogue, it.now.zone, ids, it.course_id, it.now.ms)
    return results


def _check_here(ledger: Ledger) -> None:
    """Forbidden for somebody who was erased since this request began: nothing is kept of her again."""
    if not ledger.is_here():
        raise Forbidden(CLOSED)


def _take(db: Connection, it: _Doing, ledger: Ledger, standing: Standing) -> dict[int, Result]:
    """Append the events to a locked row and write what follows."""
    is_alone = partial(_is_alone, db, it.person_id, it.now.day)
    writing = _Writing(ledger, it.catalogue, standing, _state(db, it.catalogue, standing, ledger), is_alone)
    results = {event.order: writing.take(event) for event in it.events}
    if writing.taken:
        writing.take_released(it.shelf, it.now)
        writing.finish(it.shelf, it.now)
    elif not standing.last_seq:
        db.rollback()  # an event known from another course enrols her in none
    return results


def _is_alone(db: Connection, person_id: int, today: int) -> bool:
    """Whether there is nobody who could sign off what she hands in: no mentor, and nobody who runs a group of hers."""
    ids = merges.ids_of(db, merges.kept_of(db, person_id))
    return not meetings.groups_of(db, ids) and not pairings.current(db, ids, today)


def _begin(db: Connection, ledger: Ledger, first: Prepared, now: Now) -> Standing:
    """Enrol her: the facts of that moment, written once, are those a funder counts by.

    Whoever makes her part of somebody holds her row (`merging`), and so does who makes an account of a guest:
    either this is seen then, or that is seen here.
    """
    people_rows.lock(db, ledger.person_id)
    ids = merges.ids_of(db, ledger.person_id)
    group_id, area_id = _group(db, ledger, ids)
    person = people_rows.person(db, ledger.person_id)
    enrolment = {
        "release_id": first.shape.release_id,
        "group_id": group_id,
        "area_id": area_id or (person.area_id if person else None),
        "at_ms": first.recorded.at_ms,
        "recorded_ms": now.ms,
        "counted_ms": None if _is_guest(db, ids[0]) else now.ms,
        "draw_seed": first_seed(ledger.person_id, ledger.course_id),
        "ended_ms": None,
    }
    ledger.begin(enrolment, union.EMPTY, BEGUN if ids[0] == ledger.person_id else PART)
    standing = ledger.lock()
    assert standing is not None  # noqa: S101 - it was made in this transaction or by the one we waited for
    return standing


def _is_guest(db: Connection, person_id: int) -> bool:
    """Whether what somebody does counts in no report, for now."""
    person = people_rows.person(db, person_id)
    return person is not None and person.kind == people_rows.GUEST


def _group(db: Connection, ledger: Ledger, ids: Sequence[int]) -> tuple[int | None, int | None]:
    """(id, area) of the group she learns this course in: of several, the one she joined last."""
    joined = group_rows.groups_of(db, ids)
    learns = group_rows.courses_of_groups(db, [group_id for group_id, _name, _area, _joined in joined])
    for group_id, _name, area_id, _joined in joined:
        if any(course_id == ledger.course_id for course_id, _slug in learns.get(group_id, ())):
            return group_id, area_id
    return None, None


def _state(db: Connection, catalogue: Catalogue, standing: Standing, ledger: Ledger) -> State:
    """Her state so far."""
    key = (ledger.person_id, ledger.course_id)
    return state_of(standing.state, standing.fold_version, lambda: refold(db, catalogue, *key))


class _Writing:
    """The running state of one record transaction."""

    def __init__(
        self, ledger: Ledger, catalogue: Catalogue, standing: Standing, state: State, is_alone: Callable[[], bool]
    ) -> None:
        self.taken: list[Prepared] = []
        """The events that were new, in order."""
        self._ledger = ledger
        self._shapes = ShapesById(catalogue)
        self._before = standing.last_seq
        self._seed = standing.draw_seed
        self._state = state
        self._is_alone = is_alone
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
        if it.raised and not folded.why:
            self.take(it.raised)
        if self._is_handed_in(it) and self._is_alone():
            self.take(signed_by_nobody(it))
        return Result(event_id, "new", folded.why, _SAY.get(folded.why, ""))

    def _is_handed_in(self, it: Prepared) -> bool:
        """Whether a Task waits for somebody from now on."""
        no = it.recorded.step_no
        whole = it.recorded.kind is EventKind.TICKED and it.recorded.mark
        return bool(whole and it.shape.steps[no].sign_off and no not in self._state.signed)

    def take_released(self, shelf: Shelf, now: Now) -> None:
        """An answer to an older release may leave her nothing to do in the one that is shown (`released`)."""
        if self._is_uncounted:
            return
        last, shown = self.taken[-1], shelf.newest[self._ledger.course_id]
        event = nothing_left(self._state, shown, self._shapes, self._seed)
        if event:
            shape = self._shapes[shown.release_id]
            own_id = released_id(shown.course_id, shown.publication_no, self._ledger.person_id)
            own = replace(last.event, event_id=own_id, kind=event.kind, answer=(), evidence="")
            self.take(Prepared(last.order, own, shape, event, released_row(event, shape.plan.lang, now.ms, now.zone)))

    @property
    def _seq(self) -> int:
        return self._before + len(self.taken)

    @property
    def _is_uncounted(self) -> bool:
        """Whether all of it is of the kinds that make no learning day."""
        return all(it.recorded.kind in UNCOUNTED for it in self.taken)

    def finish(self, shelf: Shelf, now: Now) -> None:
        """Write what follows from the new events: one round trip where the driver can."""
        with self._ledger.together():
            for it in self.taken:
                if it.words:
                    self._ledger.add_words(it.event.event_id, it.words, it.seen_by)
            for outcome, it in self._outcomes:
                add_milestone(self._ledger, outcome, it.first, now.zone)
            if not self._is_uncounted:
                self._count_month(now.day)
            self._ledger.save(**progress_row(self._state, self._seq))
        badges = shelf.badges.get(self._ledger.course_id, {})
        for outcome, it in self._outcomes:
            give_earned(self._ledger, badges, outcome, it.first)

    def _count_month(self, today: int) -> None:
        answers = sum(it.is_answer for it in self.taken)
        lessons = sum(outcome.kind == "lesson" and it.recorded.kind not in PUBLISHING for outcome, it in self._outcomes)
        self._ledger.add_month(month_of(today), day_bit(today), answers, lessons)
