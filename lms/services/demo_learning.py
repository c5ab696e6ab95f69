"""How made-up people learn: lesson by lesson over weeks, some answers wrong, quizzes until they are passed.

Everything is recorded as real learning is. Ids come from the demo's own name space, so that made again it is made once.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.content.plan import Key, Kind, ModulePlan, Sort, StepPlan
from lms.learning.answers import ASKED, PARTED, Answer
from lms.learning.days import DAY_MS
from lms.learning.events import Event, EventKind
from lms.learning.marking import right_of
from lms.learning.shapes import Shape
from lms.services import quiz
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.store.gate import Store

SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms demo")


@dataclass(frozen=True)
class Learner:
    """Who a made-up learner is and how she goes about it."""

    person_id: int
    group: int
    course: int
    joined_ms: int
    will: float
    """How much of the way she goes, 0 to 1."""
    care: float
    """How often her first answer is right."""
    pace: int = 24
    """In fewer days than these she comes back for the next lesson."""


def learn(
    store: Store, catalogue: Catalogue, dice: random.Random, learner: Learner, zone: ZoneInfo, now_ms: int
) -> None:
    """Her learning, lesson by lesson, a few days apart, until her will or the time runs out."""
    shapes = list(catalogue.shelf(now_ms).courses.values())
    shape = shapes[learner.course % len(shapes)]
    lessons = [(module, lesson.name) for module in shape.plan.modules for lesson in module.lessons]
    at_ms = learner.joined_ms
    for number, (module, lesson) in enumerate(lessons[: round(learner.will * len(lessons))]):
        at_ms += dice.randrange(1, learner.pace) * DAY_MS + dice.randrange(3 * 3_600_000)
        late_ms = dice.choice((0, 0, 0, dice.randrange(3 * DAY_MS)))
        if at_ms + late_ms >= now_ms:
            return
        events = list(_lesson(catalogue, dice, learner, shape, module, lesson, at_ms))
        record(store, catalogue, learner.person_id, events, at_ms + late_ms, zone)
        last_of_module = number + 1 == len(lessons) or lessons[number + 1][0] is not module
        if last_of_module and module.quiz and at_ms + late_ms + 600_000 < now_ms:
            at_ms += late_ms + 300_000
            _take_quiz(store, catalogue, dice, learner, shape, module.module, at_ms, zone)


def _lesson(
    catalogue: Catalogue,
    dice: random.Random,
    learner: Learner,
    shape: Shape,
    module: ModulePlan,
    lesson: str,
    at_ms: int,
) -> Iterator[Event]:
    """The events of one lesson, a minute a step."""
    plan = module.lesson(lesson)
    opened = f"{learner.person_id} {module.module} {lesson} opened"
    yield _event(shape, module.module, lesson, EventKind.OPENED, (), opened, at_ms)
    for minute, step in enumerate(plan.steps if plan else (), start=1):
        key = catalogue.key(shape, shape.numbers[module.module, step.name])
        for order, (kind, answer) in enumerate(_acts(dice, learner, step, key)):
            what = f"{learner.person_id} {module.module} {step.name} {order}"
            yield _event(shape, module.module, step.name, kind, answer, what, at_ms + minute * 60_000 + order * 9_000)


def _event(shape: Shape, module: str, name: str, kind: EventKind, answer: Answer, what: str, at_ms: int) -> Event:
    plan = shape.plan
    own_id = uuid.uuid5(SPACE, what)
    return Event(own_id, plan.course, shape.hash, module, name, kind, plan.lang, at_ms, 0, answer)


def _acts(dice: random.Random, learner: Learner, step: StepPlan, key: Key) -> list[tuple[EventKind, Answer]]:
    if step.kind in ASKED:
        wrong = [] if dice.random() < learner.care else [(EventKind.ANSWERED, _wrong(step, key))]
        return [*wrong, (EventKind.ANSWERED, _right(step, key))]
    match step.kind:
        case Kind.RATE | Kind.RATE_AGAIN:
            return [(EventKind.RATED, (dice.choice(step.letters),))]
        case Kind.TASK:
            return [(EventKind.TICKED, step.letters)]
        case Kind.CODE:
            return [(EventKind.OPENED, ())]
        case _:
            return [(EventKind.DONE, ())]


def _right(step: StepPlan, key: Key) -> Answer:
    if step.sort in (Sort.WORDS, Sort.NUMBER):
        return str(key.number.low) if key.number else key.answers[0].value.replace("*", "")
    return right_of(step, key)


def _wrong(step: StepPlan, key: Key) -> Answer:
    if step.sort in (Sort.WORDS, Sort.NUMBER):
        return "not sure"
    if step.kind not in PARTED:
        return (step.letters[-1],)
    if step.kind is Kind.MATCH:
        return dict.fromkeys(step.letters, step.meanings[-1])
    return tuple(reversed(key.order)) if step.kind is Kind.ORDER else (step.letters[-1],) * step.gaps


def _take_quiz(
    store: Store,
    catalogue: Catalogue,
    dice: random.Random,
    learner: Learner,
    shape: Shape,
    module: str,
    at_ms: int,
    zone: ZoneInfo,
) -> None:
    """Take a quiz until it is passed, three times at most."""
    for number in range(1, 4):
        quiz.start(store, catalogue, shape, module, learner.person_id, number, at_ms, zone)
        view = quiz.see(store, catalogue, shape, module, learner.person_id)
        if view.where.quiz_passed(module) or view.go is None:
            return
        for no in view.go.asked:
            key, step = catalogue.key(shape, no), shape.steps[no]
            given = _right(step, key) if dice.random() < learner.care + 0.1 * number else _wrong(step, key)
            own_id = UUID(int=uuid.uuid5(SPACE, f"{learner.person_id} {no} {number}").int)
            quiz.answer(store, catalogue, view.go, no, given, own_id, learner.person_id, at_ms, zone)
        quiz.finish(store, catalogue, view.go, learner.person_id, at_ms, zone)
