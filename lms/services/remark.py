"""Marking stored answers again, after a publication that says what is right in a step was not.

In: a publication and the numbers of the steps it declares `remarked`. Every stored answer to one of them,
of a release shown earlier, that was marked wrong is marked by the key published then, in the language it was
given in; one that is right by it,
and counts, gets a `remarked` event in its learner's own stream (docs/reference/data.md, rule 6). One
learner is one transaction. The event's id comes from the publication and the answer, so a job that was
killed is run again and comes to the same. Words that were erased and letters that are gone keep their mark.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from lms.learning.progress import Outcome, Recorded, State, fold
from lms.learning.remark import answer_as_stored, counted, remark_id, rises
from lms.learning.shapes import Shape
from lms.services import jobs, union
from lms.services.courses import REMARK
from lms.services.finishing import nothing_left, released_id, released_row
from lms.services.folding import ShapesById
from lms.services.jobs import At, Tools
from lms.services.outcomes import settle
from lms.services.raising import remarked, row_of
from lms.store import courses as course_rows
from lms.store import people as people_rows
from lms.store import remark as rows
from lms.store.events import Ledger, Standing, recorded_events
from lms.store.gate import retried
from lms.store.remark import AnswerRow

SETTLED_MS = 20_000
"""How long after the publication it begins: by then no request that had not heard of it is still under way."""
PAGE = 100
"""Learners looked at in one step."""


def enqueue(db: Connection, course_id: int, publication_no: int, steps: Collection[int], at_ms: int) -> UUID:
    """Ask for it in the transaction of the publication. `steps`: the permanent numbers of the steps named.

    Answers recorded by requests that already know the publication are raised as they come (`raising`).
    """
    args = {"course": course_id, "publication": publication_no, "steps": sorted(steps)}
    return jobs.enqueue(db, REMARK, args, at_ms + SETTLED_MS)


def run(tools: Tools, args: Mapping[str, Any], at_key: str) -> Iterator[At]:
    """Do it: a step for each learner whose marks may rise, and one for each page of learners."""
    it = _published(tools, args["course"], args["publication"], args["steps"])
    after = int(at_key or -1)
    while it is not None and (learners := _learners(it, after)):
        for person_id, answers in itertools.groupby(_rising(it, learners), key=lambda answer: answer.person_id):
            yield At(str(person_id), _remark(it, person_id, list(answers)))
        after = learners[-1]
        yield At(str(after))


@dataclass(frozen=True)
class _Remark:
    """A publication, and what is needed to mark by it."""

    tools: Tools
    course_id: int
    publication_no: int
    from_ms: int
    before: frozenset[int]
    """The releases whose answers it is about: those shown earlier."""
    shape: Shape
    shapes: ShapesById
    steps: tuple[int, ...]


def _published(tools: Tools, course_id: int, publication_no: int, steps: Sequence[int]) -> _Remark | None:
    with tools.store.read() as db:
        found = rows.publication(db, course_id, publication_no)
    if found is None:
        return None
    shape, shapes = tools.catalogue.release(found.release_id), ShapesById(tools.catalogue)
    there = tuple(no for no in steps if no in shape.steps)
    return _Remark(tools, course_id, publication_no, found.from_ms, found.before, shape, shapes, there)


def _learners(it: _Remark, after: int) -> list[int]:
    with it.tools.store.read() as db:
        return rows.learners_after(db, it.course_id, after, PAGE)


def _rising(it: _Remark, learners: Sequence[int]) -> list[AnswerRow]:
    """The answers of these learners that are right by the new key, whether they count or not; by learner."""
    with it.tools.store.read() as db:
        wrong = rows.wrong_answers(db, it.course_id, learners, it.steps)
        return [answer for answer in wrong if answer.release_id in it.before and _rises(it, answer)]


def _rises(it: _Remark, row: AnswerRow) -> bool:
    answer = answer_as_stored(row.choice, row.words)
    key = it.tools.catalogue.key(it.shape, row.step_no, row.lang)
    return answer is not None and rises(it.shape.steps[row.step_no], key, answer)


@retried
def _remark(it: _Remark, person_id: int, answers: Sequence[AnswerRow]) -> int:
    """Look under her lock which of the answers count, and record that they are right. How many there were."""
    with it.tools.store.write() as db:
        ids, ledger = union.lock(db, person_id, it.course_id), Ledger(db, person_id, it.course_id)
        standing = ledger.lock()
        if standing is None or people_rows.person(db, person_id) is None:
            return 0  # what is left of someone who was erased changes no more
        entries = ((entry.seq, entry.event) for entry in recorded_events(db, person_id, it.course_id))
        found = counted(entries, it.shapes, standing.draw_seed)
        known = rows.raised_answers(db, person_id, it.course_id)
        raised = [row for row in answers if row.seq in found.answers and row.event_id not in known]
        if not raised:
            return 0
        hers, now_ms = _Stream(ledger, found.state, it.shapes, standing), it.tools.clock()
        badges = course_rows.badges_of(db, it.course_id)
        shown = next(newest for newest in course_rows.newest_publications(db) if newest.course_id == it.course_id)
        for row in raised:
            event = _event(it, row, found.state, found.answers[row.seq])
            own_id = remark_id(it.course_id, it.publication_no, row.event_id)
            hers.add(own_id, event, row_of(event, row.event_id, row.lang, now_ms, it.tools.zone))
        if ended := nothing_left(found.state, shown, it.shapes, standing.draw_seed):
            own_id = released_id(it.course_id, shown.publication_no, person_id)
            lang = it.shapes[shown.release_id].plan.lang
            hers.add(own_id, ended, released_row(ended, lang, now_ms, it.tools.zone))
        settle(ledger, badges, found.state, hers.last_seq, hers.outcomes, now_ms, it.tools.zone)
        if len(ids) > 1:
            union.fold_together(db, it.tools.catalogue, it.tools.zone, ids, it.course_id, now_ms)
    return len(raised)


class _Stream:
    """What she did, as it is added to."""

    def __init__(self, ledger: Ledger, state: State, shapes: ShapesById, standing: Standing) -> None:
        self.ledger, self.state, self.shapes = ledger, state, shapes
        self.last_seq, self.seed = standing.last_seq, standing.draw_seed
        self.outcomes: list[tuple[Outcome, Recorded]] = []

    def add(self, own_id: UUID, event: Recorded, row: dict[str, Any]) -> None:
        if self.ledger.add(own_id, self.last_seq + 1, row):
            self.last_seq += 1
            brought = fold(self.state, event, self.shapes, self.seed).outcomes
            self.outcomes += [(outcome, event) for outcome in brought]


def _event(it: _Remark, row: AnswerRow, state: State, quiz: int) -> Recorded:
    """Never before the last thing she did: what it finishes was not finished then."""
    at_ms = max(it.from_ms, state.last[0])
    return remarked(it.shape, row.step_no, row.attempt_no, at_ms, quiz)
