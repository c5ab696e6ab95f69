"""Where a learner is in a course: what is done, what comes next.

In: a shape and a state. Out: answers for pages. Nothing here is stored.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from lms.content.plan import QUIZ, LessonPlan, ModulePlan
from lms.learning.progress import Attempt, State
from lms.learning.quiz import draw, shuffled
from lms.learning.shapes import QuizShape, Shape


@dataclass(frozen=True)
class Go:
    """One attempt at a quiz as its learner meets it."""

    number: int
    asked: tuple[int, ...]
    """Numbers of the questions it asks, in order."""
    attempt: Attempt
    quiz: QuizShape
    shape: Shape
    """The release the attempt was begun in: the one it is asked from."""
    seed: int = 0

    def letters(self, no: int) -> tuple[str, ...]:
        """A question's letters in the order she sees them throughout this attempt."""
        return _letters(self.shape, self.seed, no, self.number)

    @property
    def next_no(self) -> int | None:
        """The first question not answered yet."""
        return next((no for no in self.asked if no not in self.attempt.marks), None)

    @property
    def score(self) -> int:
        return sum(self.attempt.marks.values())

    @property
    def passed(self) -> bool:
        return self.attempt.finished and self.score >= self.quiz.pass_mark


@dataclass(frozen=True)
class Where:
    """A learner in one course, by the release she is shown."""

    shape: Shape
    state: State
    seed: int
    begun: bool
    last_at_ms: int | None = None

    def done(self, module: str, name: str) -> bool:
        """Whether a step is done."""
        return self.shape.numbers.get((module, name)) in self.state.done

    def lesson_finished(self, module: str, lesson: str) -> bool:
        return self.shape.numbers.get((module, lesson)) in self.state.lessons

    def module_finished(self, module: str) -> bool:
        return module in self.state.modules

    def quiz_passed(self, module: str) -> bool:
        return self.shape.numbers.get((module, QUIZ)) in self.state.passed

    def best(self, module: str) -> int | None:
        """Her best score at a module's quiz; None before the first finished attempt."""
        return self.state.best.get(self.shape.numbers.get((module, QUIZ), 0))

    def wrong_tries(self, module: str, name: str) -> int:
        """How often she answered a practice question wrongly."""
        return self.state.wrong.get(self.shape.numbers.get((module, name), 0), 0)

    def hints_seen(self, module: str, name: str) -> int:
        return self.state.hints.get(self.shape.numbers.get((module, name), 0), 0)

    def opened(self, module: str, name: str) -> bool:
        return self.shape.numbers.get((module, name)) in self.state.opened

    def lessons_finished(self, module: ModulePlan) -> int:
        return sum(self.lesson_finished(module.module, lesson.name) for lesson in module.lessons)

    def next_step(self, module: str, lesson: LessonPlan) -> str | None:
        """The first step of a lesson that is not done; None when the lesson is finished."""
        if self.lesson_finished(module, lesson.name):
            return None
        undone = (step.name for step in lesson.steps if not step.optional and not self.done(module, step.name))
        return next(undone, lesson.steps[0].name if lesson.steps else lesson.name)

    def next_lesson(self, module: ModulePlan) -> str | None:
        """The first lesson of a module to do next, `quiz` when only that is left, None when all is done."""
        if self.module_finished(module.module):
            return None
        lessons = (x.name for x in module.lessons if not x.optional and not self.lesson_finished(module.module, x.name))
        ahead = next(lessons, None)
        return ahead or (QUIZ if module.quiz and not self.quiz_passed(module.module) else None)

    def carry_on(self) -> tuple[str, str] | None:
        """(module, lesson or `quiz`) to go on with: where she last was, else the first thing left; None at the end."""
        here = self.shape.places.get(self.state.last[1])
        modules = [module for module in self.shape.plan.modules if not module.care or self._been_in(module.module)]
        if here:
            modules.sort(key=lambda module: module.module != here[0])
        for module in modules:
            if ahead := self.next_lesson(module):
                return module.module, self._same_place(here, module) or ahead
        return None

    def _been_in(self, module: str) -> bool:
        """Whether she did anything in a module: one that asks for care is hers to open, and never suggested."""
        seen = self.state.done | self.state.opened
        return any(self.shape.places[no][0] == module for no in seen if no in self.shape.places)

    def _same_place(self, here: tuple[str, str] | None, module: ModulePlan) -> str | None:
        """The lesson she was last in, or the quiz she was taking, if it is of this module and not finished."""
        if not here or here[0] != module.module:
            return None
        lesson = self.shape.lesson_of.get(self.state.last[1])
        if lesson is None:
            return QUIZ if self._taking(module.module) else None
        return None if lesson.no in self.state.lessons else self.shape.places[lesson.no][1]

    def _taking(self, module: str) -> bool:
        """Whether an attempt at a module's quiz is begun and not finished."""
        goes = self.state.attempts.get(self.shape.numbers.get((module, QUIZ), 0), {})
        return any(not attempt.finished for attempt in goes.values())

    def letters(self, no: int) -> tuple[str, ...]:
        """A practice question's letters in the order she sees them."""
        return _letters(self.shape, self.seed, no, 0)


def _letters(shape: Shape, seed: int, no: int, attempt: int) -> tuple[str, ...]:
    step = shape.steps[no]
    return shuffled(seed, attempt, no, step.letters) if step.shuffle else step.letters


def go_of(where: Where, shape: Shape, quiz_no: int, number: int) -> Go | None:
    """An attempt of hers by its number. `shape`: of the release it was begun in."""
    attempt = where.state.attempts.get(quiz_no, {}).get(number)
    module = shape.module_of.get(quiz_no)
    if attempt is None or module is None or module.quiz is None:
        return None
    return Go(number, draw(where.seed, module.quiz, number), attempt, module.quiz, shape, where.seed)


def tries_left(where: Where, quiz: QuizShape) -> int | None:
    """How many more attempts may be begun; None for no limit."""
    if quiz.tries is None:
        return None
    begun = sum(number <= quiz.tries for number in where.state.attempts.get(quiz.no, {}))
    return max(0, quiz.tries - begun)


def next_number(where: Where, quiz: QuizShape) -> int:
    """The number of the attempt to begin next: the lowest not begun, so that a gap costs nobody a try."""
    begun = where.state.attempts.get(quiz.no, {})
    return next(number for number in itertools.count(1) if number not in begun)
