"""A learner's state in a course: as her row keeps it or, where the fold has changed meaning since, from her events.

Of somebody who has several ids (`merging`) it is the fold over the events of all of them, in the order in which
they were recorded, and stands in the row of the id that was kept. Those of the others say `PART` in place of the
fold's version: what they hold is the fold over their own events, and whoever writes it writes hers too.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection

from lms.learning.progress import FOLD_VERSION, Outcome, State, fold, state_from_json
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue
from lms.store import merges
from lms.store.events import Entry, recorded_events
from lms.store.progress import seeds_of

BEGUN = 0
"""The fold's version in a row that was just made: nothing has been folded into it."""
PART = -1
"""In place of the fold's version: the row's person is part of another."""


def state_of(kept: str, fold_version: int, again: Callable[[], State]) -> State:
    """The state a row keeps; what `again` folds where the row is of another version of the fold."""
    return state_from_json(kept) if fold_version in (FOLD_VERSION, BEGUN) else again()


def refold(db: Connection, catalogue: Catalogue, person_id: int, course_id: int) -> State:
    """What a learner's row should hold in a course, from nothing."""
    return fold_ids(db, catalogue, ids_folded(db, person_id), course_id)[0]


def ids_folded(db: Connection, person_id: int) -> tuple[int, ...]:
    """Whose events stand in the row of an id: those of all her ids in that of the kept one, else its own."""
    ids = merges.ids_of(db, person_id)
    return ids if ids[0] == person_id else (person_id,)


def fold_ids(
    db: Connection, catalogue: Catalogue, ids: Sequence[int], course_id: int
) -> tuple[State, dict[Outcome, Entry]]:
    """What the events of some ids come to as those of one person, and which of them brought what about first."""
    state, shapes, firsts = State(), ShapesById(catalogue), dict[Outcome, Entry]()
    for entry, seed in entries_of(db, ids, course_id):
        for outcome in fold(state, entry.event, shapes, seed).outcomes:
            firsts.setdefault(outcome, entry)
    return state, firsts


def entries_of(db: Connection, ids: Sequence[int], course_id: int) -> Iterator[tuple[Entry, int]]:
    """(event, seed of its id's draws) of everything done under some ids, in the order in which it was recorded.

    What was done under one id keeps its own order, even if the clock went back.
    """
    seeds = seeds_of(db, ids, course_id)
    streams = [_stream(db, person_id, course_id, whose, seeds.get(person_id, 0)) for whose, person_id in enumerate(ids)]
    for _, entry, seed in streams[0] if len(ids) == 1 else heapq.merge(*streams, key=lambda it: it[0]):
        yield entry, seed


def _stream(
    db: Connection, person_id: int, course_id: int, whose: int, seed: int
) -> Iterator[tuple[tuple[int, int, int], Entry, int]]:
    latest = 0
    for entry in recorded_events(db, person_id, course_id, whose):
        latest = max(latest, entry.recorded_ms)
        yield (latest, person_id, entry.seq), entry, seed


class ShapesById(dict[int, Shape]):
    """Shapes by release id, fetched when asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def __missing__(self, release_id: int) -> Shape:
        self[release_id] = self._catalogue.release(release_id)
        return self[release_id]
