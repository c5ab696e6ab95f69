"""Where a learner is, for her pages and for those who may see her."""

from __future__ import annotations

from lms.learning.places import Where
from lms.learning.progress import State
from lms.learning.shapes import Shape
from lms.services import folding
from lms.services.courses import Catalogue, Shelf
from lms.store import progress as rows
from lms.store.gate import Store


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

    def again() -> State:
        with store.read() as db:
            row = rows.progress_of(db, person_id, course_id)
            return folding.refold(db, catalogue, person_id, course_id, row.draw_seed) if row else State()

    return folding.state_of(kept, fold_version, again)
