"""What a publication finishes: whoever it leaves with nothing left to do has finished, without doing anything.

In: a course that was published. Each of its learners is looked at in key order, and only where the new
release brings an outcome is a `released` event appended, in a transaction of her own (docs/reference/data.md,
rule 6). The event's id comes from the publication and the person, so a pass that was killed is run again
and comes to the same. No month is counted: a person was not active because something was published.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.days import day_of
from lms.learning.events import EventKind
from lms.learning.progress import Outcome, Recorded, State, fold
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue
from lms.services.folding import ShapesById, refold, state_of
from lms.services.outcomes import add_milestone, give_earned, progress_row
from lms.store import courses as course_rows
from lms.store import people as people_rows
from lms.store import progress as rows
from lms.store.events import Ledger
from lms.store.gate import Store, retried

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms released")


def record_released(
    store: Store, course_id: int, zone: ZoneInfo, now_ms: int, step: Callable[[int], None] = lambda _: None
) -> Mapping[str, int]:
    """Record what the newest publication of a course finishes; how many learners finished each kind of thing.

    The kinds are those of outcomes: `lesson`, `module`, `course`. `step` is told how many learners are done.
    """
    shown = _shown(store, course_id, zone, now_ms)
    finished: Counter[str] = Counter()
    with store.read() as db:
        for done, row in enumerate(rows.progress_in(db, course_id), start=1):
            if shown.outcomes(shown.state(db, row), row.draw_seed):
                finished.update(_record(store, shown, row.person_id))
            step(done)
    return finished


@dataclass(frozen=True)
class _Shown:
    """A publication, and what is needed to judge its learners by it."""

    course_id: int
    publication_no: int
    from_ms: int
    shape: Shape
    badges: Mapping[str, tuple[int, int]]
    catalogue: Catalogue
    shapes: ShapesById
    zone: ZoneInfo
    now_ms: int

    def event_id(self, person_id: int) -> uuid.UUID:
        publication = uuid.uuid5(_SPACE, f"{self.course_id} {self.publication_no}")
        return uuid.uuid5(publication, str(person_id))

    def event(self, state: State) -> Recorded:
        """Never before the last thing she did: only then was there nothing left."""
        at_ms = max(self.from_ms, state.last[0])
        return Recorded(EventKind.RELEASED, 0, self.shape.release_id, 0, None, at_ms)

    def state(self, db: Connection, row: rows.ProgressRow) -> State:
        """Her state so far."""
        key = (row.person_id, row.course_id)
        return state_of(row.state, row.fold_version, lambda: refold(db, self.catalogue, *key, row.draw_seed))

    def outcomes(self, state: State, seed: int) -> tuple[Outcome, ...]:
        """What the release brings about, entered in the state. Nothing for her who has done nothing."""
        return fold(state, self.event(state), self.shapes, seed).outcomes if state.releases else ()


def _shown(store: Store, course_id: int, zone: ZoneInfo, now_ms: int) -> _Shown:
    """Looked up anew: a catalogue at hand may be a second old."""
    catalogue = Catalogue(store)
    with store.read() as db:
        newest = next(it for it in course_rows.newest_publications(db) if it.course_id == course_id)
        badges = course_rows.badges_of(db, course_id)
    shape = catalogue.release(newest.release_id)
    number, from_ms = newest.publication_no, newest.from_ms
    return _Shown(course_id, number, from_ms, shape, badges, catalogue, ShapesById(catalogue), zone, now_ms)


@retried
def _record(store: Store, shown: _Shown, person_id: int) -> set[str]:
    """Look once more under her lock, and write it. The kinds of what she finished."""
    with store.write() as db:
        ledger = Ledger(db, person_id, shown.course_id)
        standing = ledger.lock()
        row = rows.progress_of(db, person_id, shown.course_id)
        if standing is None or row is None or people_rows.person(db, person_id) is None:
            return set()  # what is left of someone who was erased changes no more
        state = shown.state(db, row)
        event = shown.event(state)
        outcomes = shown.outcomes(state, row.draw_seed)
        if not outcomes or not ledger.add(shown.event_id(person_id), row.last_seq + 1, _row(shown, event)):
            return set()
        first = rows.First(event.at_ms, shown.now_ms, event.release_id)
        with ledger.together():
            for outcome in outcomes:
                add_milestone(ledger, outcome, first, shown.zone)
            ledger.save(**progress_row(state, row.last_seq + 1))
        for outcome in outcomes:
            give_earned(ledger, shown.badges, outcome, first)
    return {outcome.kind for outcome in outcomes}


def _row(shown: _Shown, event: Recorded) -> dict[str, Any]:
    return {
        "kind": event.kind.value,
        "step_no": None,
        "release_id": event.release_id,
        "attempt_no": 0,
        "lang": shown.shape.plan.lang[:16],
        "choice": None,
        "mark": None,
        "at_ms": event.at_ms,
        "recorded_ms": shown.now_ms,
        "day": day_of(event.at_ms, shown.zone),
        "by_id": None,
        "body_hash": None,
    }
