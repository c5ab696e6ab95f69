"""Where a learner is in a course: what is done, what comes next.

In: a shape and a state. Out: answers for pages. Nothing here is stored.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from lms.content.plan import QUIZ, Key, Kind, LessonPlan, ModulePlan
from lms.learning.progress import APART, Attempt, State
from lms.learning.quiz import draw, mixed, shuffled
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

    @property
    def module(self) -> str:
        """The module it is of in that release: a quiz may have moved since."""
        return self.shape.places[self.quiz.no][0]

    def letters(self, no: int, key: Key) -> tuple[str, ...]:
        """A question's letters in the order she sees them throughout this attempt."""
        return _letters(self.shape, self.seed, no, self.number % APART, key)

    def meanings(self, no: int) -> tuple[str, ...]:
        """The meanings of a Match, in the order she sees them."""
        return shuffled(self.seed, self.number % APART, no, self.shape.steps[no].meanings)

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
    seeds: tuple[int, ...] = ()
    """By which the attempts were drawn that she began under her other ids, in the order of those."""

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
        """What of a module to go on with: the lesson she was last in, or the quiz she is taking, else the first lesson
        left, `quiz` when only that is left, None when all is done."""
        if self.module_finished(module.module):
            return None
        lessons = (x.name for x in module.lessons if not x.optional and not self.lesson_finished(module.module, x.name))
        left = next(lessons, None) or (QUIZ if module.quiz and not self.quiz_passed(module.module) else None)
        return left and (self._same_place(module) or left)

    def carry_on(self) -> tuple[str, str] | None:
        """(module, lesson or `quiz`) to go on with: in the module she last was in, else in the first with anything
        left; None at the end."""
        here = self.shape.places.get(self.state.last[1])
        modules = [module for module in self.shape.plan.modules if not module.care or self._been_in(module.module)]
        if here:
            modules.sort(key=lambda module: module.module != here[0])
        for module in modules:
            if ahead := self.next_lesson(module):
                return module.module, ahead
        return None

    def in_the_middle(self, module: str, name: str) -> bool:
        """Whether something of a lesson is done and something left, or an attempt at the quiz is running."""
        lesson = self._lesson(module, name)
        if lesson is None:
            return self._taking(module)
        return any(self.done(module, it) for it in lesson.required) and not self.lesson_finished(module, name)

    def minutes_left(self, module: str, name: str) -> int:
        """Of a lesson, or of `quiz`: its minutes, less the share that is done; rounded up, and never none."""
        lesson = self._lesson(module, name)
        if lesson is None:
            return self._quiz_minutes_left(module)
        left = sum(not self.done(module, it) for it in lesson.required)
        return share_of(lesson.minutes, left or 1, max(1, len(lesson.required)))

    def _quiz_minutes_left(self, module: str) -> int:
        plan = self.shape.plan.module(module)
        if plan is None or plan.quiz is None:
            return 1
        goes = self.state.attempts.get(self.shape.numbers.get((module, QUIZ), 0), {}).values()
        answered = max((len(go.marks) for go in goes if not go.finished), default=0)
        asked = max(1, len(plan.quiz.runs))
        return share_of(plan.quiz.minutes, max(1, asked - answered), asked)

    def _lesson(self, module: str, name: str) -> LessonPlan | None:
        plan = self.shape.plan.module(module)
        return plan.lesson(name) if plan else None

    def _been_in(self, module: str) -> bool:
        """Whether she did anything in a module: one that asks for care is hers to open, and never suggested."""
        seen = self.state.done | self.state.opened
        return any(self.shape.places[no][0] == module for no in seen if no in self.shape.places)

    def _same_place(self, module: ModulePlan) -> str | None:
        """The lesson she was last in, or the quiz she was taking, if it is of this module and not finished."""
        here = self.shape.places.get(self.state.last[1])
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

    def letters(self, no: int, key: Key) -> tuple[str, ...]:
        """A practice question's letters in the order she sees them."""
        return _letters(self.shape, self.seed, no, 0, key)

    def meanings(self, no: int) -> tuple[str, ...]:
        """The meanings of a Match, in the order she sees them."""
        return shuffled(self.seed, 0, no, self.shape.steps[no].meanings)


def share_of(minutes: int, some: int, whole: int) -> int:
    """The minutes that some of the parts of a whole take: rounded up, and never none.

    >>> share_of(5, 1, 3)
    2
    """
    return max(1, -(-minutes * some // whole))


def _letters(shape: Shape, seed: int, no: int, attempt: int, key: Key) -> tuple[str, ...]:
    """What is put in order or filled in is always shuffled; what is chosen from, unless its author says not to."""
    step = shape.steps[no]
    if step.kind is Kind.ORDER:
        return mixed(seed, attempt, no, step.letters, key.order)
    return shuffled(seed, attempt, no, step.letters) if step.shuffle or step.kind is Kind.GAPS else step.letters


def go_of(where: Where, shape: Shape, quiz_no: int, number: int) -> Go | None:
    """An attempt of hers by its number. `shape`: of the release it was begun in."""
    attempt = where.state.attempts.get(quiz_no, {}).get(number)
    module = shape.module_of.get(quiz_no)
    seeds = where.seed, *where.seeds
    if attempt is None or module is None or module.quiz is None or number // APART >= len(seeds):
        return None
    seed = seeds[number // APART]
    return Go(number, draw(seed, module.quiz, number % APART), attempt, module.quiz, shape, seed)


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
