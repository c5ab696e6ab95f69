"""Learning done without pages, through the services: for tests that begin where it is done already."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from lms.content.plan import Key, Kind, StepPlan
from lms.learning.answers import Answer
from lms.learning.events import EventKind
from lms.services import practice, quiz
from lms.services.courses import Catalogue
from lms.services.stores import Store
from lms.store.tables import events, milestones

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
    for lesson in plan.lessons:
        finish_lesson(store, catalogue, person_id, course, module, lesson.name, at_ms)
    begin_quiz(store, catalogue, person_id, course, module, at_ms)
    go = quiz.see(store, catalogue, shape, module, person_id).go
    assert go is not None
    for no in go.asked:
        given = right(catalogue.key(shape, no))
        quiz.answer(store, catalogue, go, no, given, uuid.uuid4(), person_id, at_ms, LONDON)
    quiz.finish(store, catalogue, go, person_id, at_ms, LONDON)


def finish_lesson(
    store: Store, catalogue: Catalogue, person_id: int, course: str, module: str, lesson: str, at_ms: int
) -> None:
    """Do every step of a lesson; a lesson without steps is read."""
    shape = catalogue.shelf(at_ms).course(course)
    plan = next(it for its in shape.plan.modules if its.module == module for it in its.lessons if it.name == lesson)
    for step in plan.steps or (StepPlan(lesson, Kind.LESSON, plan.title),):
        kind, answer = EventKind.DONE, ()
        if step.kind is Kind.QUESTION:
            kind, answer = EventKind.ANSWERED, right(catalogue.key(shape, shape.numbers[module, step.name]))
        elif step.kind in (Kind.RATE, Kind.RATE_AGAIN):
            kind, answer = EventKind.RATED, step.letters[:1]
        practice.act(
            store, catalogue, shape, module, step.name, kind, answer, uuid.uuid4(), person_id, at_ms, LONDON
        )  # fmt: skip


def on_an_earlier_day(store: Store, person_id: int, days: int) -> None:
    """All that somebody has done so far was so many days before it was."""
    with store.write() as db:
        for table in (events, milestones):
            for (day,) in db.execute(select(table.c.day).where(table.c.person_id == person_id).distinct()).all():
                before = datetime.strptime(str(day), "%Y%m%d").replace(tzinfo=LONDON) - timedelta(days)
                its = (table.c.person_id == person_id) & (table.c.day == day)
                db.execute(update(table).where(its).values(day=-int(f"{before:%Y%m%d}")))
            db.execute(update(table).where(table.c.person_id == person_id).values(day=-table.c.day))


def begin_quiz(store: Store, catalogue: Catalogue, person_id: int, course: str, module: str, at_ms: int) -> None:
    """Start the first attempt and answer nothing yet."""
    shape = catalogue.shelf(at_ms).course(course)
    quiz.start(store, catalogue, shape, module, person_id, 1, at_ms, LONDON)
