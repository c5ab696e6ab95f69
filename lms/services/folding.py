"""A learner's state in a course: as her row keeps it or, where the fold has changed meaning since, from her events."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from lms.learning.progress import FOLD_VERSION, State, fold, state_from_json
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue
from lms.store.events import recorded_events

BEGUN = 0
"""The fold's version in a row that was just made: nothing has been folded into it."""


def state_of(kept: str, fold_version: int, again: Callable[[], State]) -> State:
    """The state a row keeps; what `again` folds where the row is of another version of the fold."""
    return state_from_json(kept) if fold_version in (FOLD_VERSION, BEGUN) else again()


def refold(db: Connection, catalogue: Catalogue, person_id: int, course_id: int, seed: int) -> State:
    """What a learner's events in a course come to, from nothing."""
    state, shapes = State(), ShapesById(catalogue)
    for entry in recorded_events(db, person_id, course_id):
        fold(state, entry.event, shapes, seed)
    return state


class ShapesById(dict[int, Shape]):
    """Shapes by release id, fetched when asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def __missing__(self, release_id: int) -> Shape:
        self[release_id] = self._catalogue.release(release_id)
        return self[release_id]
