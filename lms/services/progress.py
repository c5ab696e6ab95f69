"""Where a learner is, for her pages and for those who may see her."""

from __future__ import annotations

from lms.learning.places import Where
from lms.learning.progress import APART, State
from lms.learning.quiz import first_seed
from lms.learning.shapes import Shape
from lms.services import folding
from lms.services.courses import Catalogue, Shelf
from lms.store import merges
from lms.store import progress as rows
from lms.store.gate import Store


def where(store: Store, catalogue: Catalogue, shape: Shape, person_id: int | None) -> Where:
    """A person in a course; for a visitor (None) the beginning. One query."""
    if person_id is None:
        return _where(store, catalogue, shape, None, None)
    with store.read() as db:
        row = rows.progress_of(db, person_id, shape.course_id)
    return _where(store, catalogue, shape, row, person_id)


def everywhere(store: Store, catalogue: Catalogue, shelf: Shelf, person_id: int | None) -> list[Where]:
    """A person in every course that is shown, begun or not; a visitor (None) at the beginning of each. One query."""
    if person_id is None:
        return [_where(store, catalogue, shape, None, None) for shape in shelf.courses.values()]
    with store.read() as db:
        begun = {row.course_id: row for row in rows.all_progress(db, person_id)}
    shapes = shelf.courses.values()
    return [_where(store, catalogue, shape, begun.get(shape.course_id), person_id) for shape in shapes]


def _where(
    store: Store, catalogue: Catalogue, shape: Shape, row: rows.ProgressRow | None, person_id: int | None
) -> Where:
    if row is None:
        seed = 0 if person_id is None else first_seed(person_id, shape.course_id)
        return Where(shape, State(), seed, begun=False)
    state = state_of(store, catalogue, row.person_id, row.course_id, row.state, row.fold_version)
    seeds = _other_seeds(store, row) if _has_others(state) else ()
    return Where(shape, state, row.draw_seed, begun=True, last_at_ms=row.last_at_ms, seeds=seeds)


def _has_others(state: State) -> bool:
    """Whether attempts are among hers that she began under another id."""
    return any(number > APART for goes in state.attempts.values() for number in goes)


def _other_seeds(store: Store, row: rows.ProgressRow) -> tuple[int, ...]:
    with store.read() as db:
        _own, *others = merges.ids_of(db, row.person_id)
        seeds = rows.seeds_of(db, others, row.course_id)
    return tuple(seeds.get(other, 0) for other in others)


def state_of(store: Store, catalogue: Catalogue, person_id: int, course_id: int, kept: str, fold_version: int) -> State:
    """A state as a row of progress keeps it; folded again from events where the fold has changed meaning since."""

    def again() -> State:
        with store.read() as db:
            return folding.refold(db, catalogue, person_id, course_id)

    return folding.state_of(kept, fold_version, again)
