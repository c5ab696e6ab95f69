"""Where a learner is, for her pages and for those who may see her; and rebuilding it all from events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.days import day_of
from lms.learning.places import Where
from lms.learning.progress import FOLD_VERSION, State, fold, state_from_json, state_to_json
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue, Shelf
from lms.services.events import ShapesById, refold
from lms.store import progress as rows
from lms.store.events import Entry, Ledger, recorded_events
from lms.store.gate import Store, retried


def where(store: Store, catalogue: Catalogue, shape: Shape, person_id: int | None) -> Where:
    """A person in a course; for a visitor (None) the beginning. One query."""
    if person_id is None:
        return Where(shape, State(), 0, begun=False)
    with store.read() as db:
        row = rows.progress_of(db, person_id, shape.course_id)
    return _where(store, catalogue, shape, row)


def everywhere(store: Store, catalogue: Catalogue, shelf: Shelf, person_id: int) -> list[Where]:
    """A person in every course that is shown, begun or not. One query."""
    with store.read() as db:
        begun = {row.course_id: row for row in rows.all_progress(db, person_id)}
    return [_where(store, catalogue, shape, begun.get(shape.course_id)) for shape in shelf.courses.values()]


def _where(store: Store, catalogue: Catalogue, shape: Shape, row: rows.ProgressRow | None) -> Where:
    if row is None:
        return Where(shape, State(), 0, begun=False)
    state = state_of(store, catalogue, row.person_id, row.course_id, row.state, row.fold_version)
    return Where(shape, state, row.draw_seed, begun=True, last_at_ms=row.last_at_ms)


def state_of(store: Store, catalogue: Catalogue, person_id: int, course_id: int, kept: str, fold_version: int) -> State:
    """A state as a row of progress keeps it; folded again from events where the fold has changed meaning since."""
    if fold_version == FOLD_VERSION:
        return state_from_json(kept)
    with store.read() as db:
        row = rows.progress_of(db, person_id, course_id)
        return refold(db, catalogue, person_id, course_id, row.draw_seed) if row else State()


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild found: how many learners in a course, how many events, and where they differed."""

    learners: int
    events: int
    differences: tuple[str, ...]


def rebuild(
    store: Store,
    catalogue: Catalogue,
    zone: ZoneInfo,
    check_only: bool = False,
    step: Callable[[int], None] = lambda _: None,
) -> Rebuilt:
    """Fold everybody's events again and put right what differs (with `check_only`, only say so).

    One person and course at a time, each in its own transaction: memory stays the same for any
    number of people, and learners go on learning meanwhile. Progress that an older version of the
    fold made is put right without a word.
    """
    learners, events, differences = 0, 0, []
    shapes = ShapesById(catalogue)
    with store.read() as db:
        for row in rows.every_progress(db):
            learners += 1
            if row.fold_version == FOLD_VERSION:
                folded = _fold_again(db, shapes, row)
                wrong = _difference(db, row, folded) and _still_wrong(store, shapes, row)
                if wrong and not check_only:
                    _put_right(store, shapes, zone, row)
                differences += wrong
            else:
                folded = _fold_again(db, shapes, row) if check_only else _put_right(store, shapes, zone, row)
            events += folded.count
            step(learners)
    return Rebuilt(learners, events, tuple(differences))


@dataclass(frozen=True)
class _Folded:
    """What a learner's events in a course come to."""

    state: State
    count: int
    last_seq: int
    first_times: dict[tuple[str, str], Entry]

    def columns(self) -> dict[str, Any]:
        """Her row of progress, as it should be."""
        return {
            "last_seq": self.last_seq,
            "fold_version": FOLD_VERSION,
            "done_count": len(self.state.done),
            "score": self.state.score,
            "last_at_ms": self.state.last[0],
            "state": state_to_json(self.state),
        }


def _fold_again(db: Connection, shapes: ShapesById, row: rows.ProgressRow) -> _Folded:
    state, count, last_seq = State(), 0, 0
    first_times: dict[tuple[str, str], Entry] = {}
    for entry in recorded_events(db, row.person_id, row.course_id):
        count, last_seq = count + 1, entry.seq
        for outcome in fold(state, entry.event, shapes, row.draw_seed).outcomes:
            first_times.setdefault((outcome.kind, outcome.name), entry)
    return _Folded(state, count, last_seq, first_times)


def _difference(db: Connection, row: rows.ProgressRow, folded: _Folded) -> list[str]:
    said = f"person {row.person_id}, course {row.course_id}"
    wrong = [column for column, value in folded.columns().items() if getattr(row, column) != value]
    found = [f"{said}: progress differs from events ({', '.join(wrong)})"] if wrong else []
    missing = set(folded.first_times) - rows.milestones_of(db, row.person_id, row.course_id)
    return found + [f"{said}: milestone {kind} {name} is missing" for kind, name in sorted(missing)]


def _still_wrong(store: Store, shapes: ShapesById, row: rows.ProgressRow) -> list[str]:
    """Look once more, at one instant: she may have gone on between the reading of her progress and her events."""
    with store.read(snapshot=True) as db:
        now = rows.progress_of(db, row.person_id, row.course_id)
        return _difference(db, now, _fold_again(db, shapes, now)) if now else []


@retried
def _put_right(store: Store, shapes: ShapesById, zone: ZoneInfo, row: rows.ProgressRow) -> _Folded:
    """Fold once more under the lock, since she may have gone on meanwhile, and write it."""
    with store.write() as db:
        ledger = Ledger(db, row.person_id, row.course_id)
        standing, folded = ledger.lock(), _fold_again(db, shapes, row)
        if standing is None:  # erased meanwhile
            return folded
        for (kind, name), entry in folded.first_times.items():
            at_ms = entry.event.at_ms
            first = {"at_ms": at_ms, "day": day_of(at_ms, zone), "recorded_ms": entry.recorded_ms}
            ledger.add_milestone(kind, name, {**first, "release_id": entry.event.release_id})
        ledger.save(**folded.columns())
    return folded
