"""Taking a quiz: beginning an attempt, answering, finishing, and seeing how it went.

Each act is an event like any other; here they are made from a form and shown again to a page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.content.plan import QUIZ
from lms.errors import NotFound, Refused
from lms.learning.events import Answer, Event, EventKind
from lms.learning.marking import Mark, mark
from lms.learning.places import Go, Where, go_of, next_number, tries_left
from lms.learning.shapes import QuizShape, Shape
from lms.services.courses import Catalogue
from lms.services.events import Result, form_id, record
from lms.services.progress import where
from lms.store import events as rows
from lms.store.gate import Store


@dataclass(frozen=True)
class QuizView:
    """A learner at a quiz. `go`: the attempt that is running, else the last one finished, else None."""

    where: Where
    module: str
    quiz: QuizShape
    go: Go | None
    left: int | None
    """Attempts left to begin; None for no limit."""
    next_number: int

    @property
    def running(self) -> bool:
        return self.go is not None and not self.go.attempt.finished


def see(store: Store, catalogue: Catalogue, shape: Shape, module: str, person_id: int | None) -> QuizView:
    """A learner at a module's quiz; NotFound if the module has none."""
    quiz = shape.quiz(module)
    if quiz is None:
        raise NotFound
    place = where(store, catalogue, shape, person_id)
    goes = place.state.attempts.get(quiz.no, {})
    running = [number for number, attempt in goes.items() if not attempt.finished]
    following = next_number(place, quiz)
    # Of those that are over, the last before the next: a number far off, whoever sent it, hides no later one.
    number = min(running) if running else following - 1 or max(goes, default=0)
    begun_in = catalogue.release(goes[number].release_id) if number else shape
    return QuizView(place, module, quiz, go_of(place, begun_in, quiz.no, number), tries_left(place, quiz), following)


def start(
    store: Store,
    catalogue: Catalogue,
    shape: Shape,
    module: str,
    person_id: int,
    number: int,
    now_ms: int,
    zone: ZoneInfo,
) -> Result:
    """Begin an attempt by its number. Beginning it twice, or from two phones, is one beginning."""
    key = UUID(int=(person_id << 64) | (shape.course_id << 32) | number)
    event = _event(shape, module, QUIZ, EventKind.STARTED, form_id(key, [module, "start", shape.hash]), number, now_ms)
    return _recorded(store, catalogue, person_id, event, now_ms, zone)


def answer(
    store: Store,
    catalogue: Catalogue,
    go: Go,
    no: int,
    given: Answer,
    event_id: UUID,
    person_id: int,
    now_ms: int,
    zone: ZoneInfo,
) -> Result:
    """Answer a question of an attempt; the last answer before finishing counts."""
    module, name = go.shape.places[no]
    own_id = form_id(event_id, given)
    event = _event(go.shape, module, name, EventKind.ANSWERED, own_id, go.number, now_ms, given)
    return _recorded(store, catalogue, person_id, event, now_ms, zone)


def finish(store: Store, catalogue: Catalogue, go: Go, person_id: int, now_ms: int, zone: ZoneInfo) -> Result:
    """End an attempt: it is counted as it stands."""
    module, _ = go.shape.places[go.quiz.no]
    key = UUID(int=(person_id << 64) | (go.shape.course_id << 32) | go.number)
    event = _event(
        go.shape, module, QUIZ, EventKind.FINISHED, form_id(key, [module, "finish", go.shape.hash]), go.number, now_ms
    )
    return _recorded(store, catalogue, person_id, event, now_ms, zone)


def _event(
    shape: Shape,
    module: str,
    name: str,
    kind: EventKind,
    event_id: UUID,
    number: int,
    now_ms: int,
    given: Answer = (),
) -> Event:
    plan = shape.plan
    return Event(event_id, plan.course, shape.hash, module, name, kind, plan.lang, now_ms, number, given)


def _recorded(store: Store, catalogue: Catalogue, person_id: int, event: Event, now_ms: int, zone: ZoneInfo) -> Result:
    result = record(store, catalogue, person_id, [event], now_ms, zone)[0]
    if result.result in ("refused", "conflict"):
        raise Refused(result.say, "answer")
    return result


@dataclass(frozen=True)
class Counted:
    """The answer that counted for a question of an attempt, and what is said to it."""

    answer: Answer
    mark: Mark


def told(store: Store, catalogue: Catalogue, go: Go, person_id: int) -> dict[int, Counted]:
    """What is said, when an attempt is over, to the answer that counted for each question she answered."""
    counted: dict[int, Answer] = {}
    with store.read() as db:
        found = rows.attempt_answers(db, person_id, go.shape.course_id, go.number)
    for kind, no, choice, words in found:
        if no == go.quiz.no and kind == EventKind.FINISHED:
            break
        if no in go.asked and kind == EventKind.ANSWERED:
            counted[no] = tuple(json.loads(choice)) if choice else (words or "")
    return {
        no: Counted(answer, mark(go.shape.steps[no], catalogue.key(go.shape, no), answer))
        for no, answer in counted.items()
    }
