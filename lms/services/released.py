"""What a publication finishes: whoever it leaves with nothing left to do has finished, without doing anything.

A job that a publication asks for in its own transaction. Each learner of the course is looked at in key order,
and only where the release brings an outcome is a `released` event appended, in a transaction of her own
(docs/reference/data.md, rule 6). The event's id comes from the publication and the person, so a pass that was
killed is gone on with, and comes to the same. No month is counted: a person was not active because something
was published. `lms publish` does the job itself, to say what it came to; if it is stopped, a worker goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from lms.learning.progress import Outcome, Recorded, State, fold
from lms.learning.shapes import Shape
from lms.services import jobs
from lms.services.finishing import released, released_id, released_row
from lms.services.folding import PART, ShapesById, refold, state_of
from lms.services.jobs import At, Tools
from lms.services.outcomes import Badges, settle
from lms.store import courses as course_rows
from lms.store import people as people_rows
from lms.store import progress as rows
from lms.store.events import Ledger
from lms.store.gate import retried
from lms.store.remark import publication

KIND = "released"
OWN_MS = 5_000
"""How long whoever publishes has to begin it himself, before a worker does."""
PAGE = 100
"""Learners read at once."""


def enqueue(db: Connection, course_id: int, publication_no: int, at_ms: int) -> UUID:
    """Ask for it in the transaction of the publication."""
    return jobs.enqueue(db, KIND, _args(course_id, publication_no), at_ms + OWN_MS)


def run(tools: Tools, args: Mapping[str, Any], at_key: str) -> Iterator[At]:
    """Do it: a step for each learner of the course."""
    for person_id, finished in _each(tools, args, at_key):
        yield At(str(person_id), int(bool(finished)))


@dataclass(frozen=True)
class Passed:
    """How many learners finished each kind of thing: `lesson`, `module`, `course`. `failure`: what stopped it."""

    finished: Mapping[str, int]
    failure: str = ""


def record_released(
    tools: Tools, course_id: int, publication_no: int, step: Callable[[int], None] = lambda _: None
) -> Passed:
    """Do the job of a publication here and now. `step` is told how many learners are done."""
    finished: Counter[str] = Counter()

    def watched(tools: Tools, args: Mapping[str, Any], at_key: str) -> Iterator[At]:
        for done, (person_id, hers) in enumerate(_each(tools, args, at_key), start=1):
            finished.update(hers)
            step(done)
            yield At(str(person_id), int(bool(hers)))

    job = jobs.run_now(tools, KIND, _args(course_id, publication_no), watched)
    return Passed(finished, job.result.failure if job and job.failed else "")


def _args(course_id: int, publication_no: int) -> dict[str, int]:
    return {"course": course_id, "publication": publication_no}


def _each(tools: Tools, args: Mapping[str, Any], at_key: str) -> Iterator[tuple[int, Collection[str]]]:
    """Every learner and the kinds of what she finished. Nothing is held open while someone looks at her."""
    shown = _shown(tools, args["course"], args["publication"])
    after = int(at_key or -1)
    while shown is not None and (learners := _learners(shown, after)):
        for row in learners:
            yield row.person_id, _record(shown, row.person_id) if shown.is_due(row) else ()
        after = learners[-1].person_id


@dataclass(frozen=True)
class _Shown:
    """A publication, and what is needed to judge its learners by it."""

    tools: Tools
    course_id: int
    publication_no: int
    from_ms: int
    shape: Shape
    badges: Badges
    shapes: ShapesById

    def event(self, state: State) -> Recorded:
        return released(self.shape, self.from_ms, state)

    def state(self, db: Connection, row: rows.ProgressRow) -> State:
        """Her state so far."""
        key = (row.person_id, row.course_id)
        return state_of(row.state, row.fold_version, lambda: refold(db, self.tools.catalogue, *key))

    def outcomes(self, state: State, seed: int) -> tuple[Outcome, ...]:
        """What the release brings about, entered in the state. Nothing for her who has done nothing."""
        return fold(state, self.event(state), self.shapes, seed).outcomes if state.releases else ()

    def is_due(self, row: rows.ProgressRow) -> bool:
        """Whether it brings her anything: most learners are left at that, without a lock."""
        if row.fold_version == PART:
            return False
        with self.tools.store.read() as db:
            state = self.state(db, row)
        return bool(self.outcomes(state, row.draw_seed))


def _shown(tools: Tools, course_id: int, publication_no: int) -> _Shown | None:
    with tools.store.read() as db:
        found = publication(db, course_id, publication_no)
        badges = course_rows.badges_of(db, course_id)
    if found is None:
        return None
    shape, shapes = tools.catalogue.release(found.release_id), ShapesById(tools.catalogue)
    return _Shown(tools, course_id, publication_no, found.from_ms, shape, badges, shapes)


def _learners(shown: _Shown, after: int) -> list[rows.ProgressRow]:
    with shown.tools.store.read() as db:
        return rows.progress_after(db, shown.course_id, after, PAGE)


@retried
def _record(shown: _Shown, person_id: int) -> set[str]:
    """Look once more under her lock, and write it. The kinds of what she finished."""
    with shown.tools.store.write() as db:
        ledger = Ledger(db, person_id, shown.course_id)
        standing = ledger.lock()
        row = rows.progress_of(db, person_id, shown.course_id)
        if standing is None or row is None or row.fold_version == PART or people_rows.person(db, person_id) is None:
            return (
                set()
            )  # what is left of someone who was erased changes no more, and a part is looked at with the whole
        state, now_ms = shown.state(db, row), shown.tools.clock()
        event = shown.event(state)
        outcomes = shown.outcomes(state, row.draw_seed)
        own_id = released_id(shown.course_id, shown.publication_no, person_id)
        new = released_row(event, shown.shape.plan.lang, now_ms, shown.tools.zone)
        if not outcomes or not ledger.add(own_id, row.last_seq + 1, new):
            return set()
        brought = [(outcome, event) for outcome in outcomes]
        settle(ledger, shown.badges, state, row.last_seq + 1, brought, now_ms, shown.tools.zone)
    return {outcome.kind for outcome in outcomes}
