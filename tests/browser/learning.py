"""Learning done without pages, through the services: for tests that begin where it is done already."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from lms.content.plan import Key, Kind
from lms.learning.events import Answer, EventKind
from lms.services import practice, quiz
from lms.services.courses import Catalogue
from lms.services.stores import Store

LONDON = ZoneInfo("Europe/London")


def right(key: Key) -> Answer:
    """An answer that is marked right."""
    if key.right:
        return key.right
    return str(key.number.low) if key.number else key.answers[0].value.replace("*", "")


def finish_module(store: Store, catalogue: Catalogue, person_id: int, course: str, module: str, at_ms: int) -> None:
    """Do every step of a module and pass its quiz: a badge follows."""
    shape = catalogue.shelf(at_ms).course(course)
    plan = shape.plan.module(module)
    assert plan is not None
    for step in (step for lesson in plan.lessons for step in lesson.steps):
        kind, answer = EventKind.DONE, ()
        if step.kind is Kind.QUESTION:
            kind, answer = EventKind.ANSWERED, right(catalogue.key(shape, shape.numbers[module, step.name]))
        elif step.kind in (Kind.RATE, Kind.RATE_AGAIN):
            kind, answer = EventKind.RATED, step.letters[:1]
        practice.act(
            store, catalogue, shape, module, step.name, kind, answer, uuid.uuid4(), person_id, at_ms, LONDON
        )  # fmt: skip
    begin_quiz(store, catalogue, person_id, course, module, at_ms)
    go = quiz.see(store, catalogue, shape, module, person_id).go
    assert go is not None
    for no in go.asked:
        given = right(catalogue.key(shape, no))
        quiz.answer(store, catalogue, go, no, given, uuid.uuid4(), person_id, at_ms, LONDON)
    quiz.finish(store, catalogue, go, person_id, at_ms, LONDON)


def begin_quiz(store: Store, catalogue: Catalogue, person_id: int, course: str, module: str, at_ms: int) -> None:
    """Start the first attempt and answer nothing yet."""
    shape = catalogue.shelf(at_ms).course(course)
    quiz.start(store, catalogue, shape, module, person_id, 1, at_ms, LONDON)
