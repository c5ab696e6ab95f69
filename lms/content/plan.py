"""The plan of a release: what there is to learn and what finishes what, without a word of its pages.

Made once when a course is frozen, stored with the release as canonical JSON, and read by every
layer above: the rules of `learning` judge by it and the pages are laid out from it. It holds no
answer: those are `Key`s, which stay on the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

QUIZ = "quiz"
"""The name every quiz has."""


class Kind(StrEnum):
    """What a name of a course stands for. LESSON and QUIZ are containers, the others steps."""

    LESSON = "lesson"
    READING = "reading"
    QUESTION = "question"
    ORDER = "order"
    MATCH = "match"
    GAPS = "gaps"
    CODE = "code"
    REFLECT = "reflect"
    TASK = "task"
    RATE = "rate"
    RATE_AGAIN = "rate-again"
    QUIZ = "quiz"


class Sort(StrEnum):
    """How a Question is answered."""

    ONE = "one"
    ALL = "all"
    WORDS = "words"
    NUMBER = "number"


@dataclass(frozen=True)
class Completion:
    """What completes a course: every module, or any `need` of the modules in `of` (empty: of all)."""

    need: int | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepPlan:
    """One step. `letters`: of its options or points, in the order shown. `sort`: of a Question only."""

    name: str
    kind: Kind
    title: str
    optional: bool = False
    sort: Sort | None = None
    letters: tuple[str, ...] = ()
    shuffle: bool = False
    same_as: str = ""
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class LessonPlan:
    """One lesson. A lesson without steps is read. `nbytes` are what its pages and pictures weigh."""

    name: str
    title: str
    steps: tuple[StepPlan, ...]
    optional: bool = False
    minutes: int = 1
    nbytes: int = 0
    skills: tuple[str, ...] = ()

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names that must be done for the lesson to be finished: its own name if it has no steps."""
        if not self.steps:
            return (self.name,)
        return tuple(step.name for step in self.steps if not step.optional)


@dataclass(frozen=True)
class QuizPlan:
    """`runs` are the names of the questions, cut into as many runs as are asked."""

    title: str
    questions: tuple[StepPlan, ...]
    runs: tuple[tuple[str, ...], ...]
    pass_mark: int
    tries: int | None = None
    minutes: int = 1


@dataclass(frozen=True)
class BadgePlan:
    """A badge a module or course gives: its name and, where an author drew one, its picture's hash."""

    name: str
    picture: str = ""


@dataclass(frozen=True)
class ModulePlan:
    """One module: a finish line of its own."""

    module: str
    title: str
    lessons: tuple[LessonPlan, ...]
    quiz: QuizPlan | None = None
    badge: BadgePlan | None = None
    leave: bool = False
    care: str = ""

    @cached_property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons) + (self.quiz.minutes if self.quiz else 0)

    @cached_property
    def nbytes(self) -> int:
        return sum(lesson.nbytes for lesson in self.lessons)

    def lesson(self, name: str) -> LessonPlan | None:
        return next((lesson for lesson in self.lessons if lesson.name == name), None)


@dataclass(frozen=True)
class CoursePlan:
    """A whole release in its source language."""

    course: str
    lang: str
    title: str
    modules: tuple[ModulePlan, ...]
    completed: Completion = Completion()
    engaged: int = 3
    badge: BadgePlan | None = None
    help: tuple[str, ...] = ()
    authors: str = ""
    licence: str = ""

    def module(self, name: str) -> ModulePlan | None:
        return next((module for module in self.modules if module.module == name), None)

    def steps(self) -> dict[tuple[str, str], StepPlan]:
        """Every name of the release, containers included, by (module, name)."""
        found: dict[tuple[str, str], StepPlan] = {}
        for module in self.modules:
            for lesson in module.lessons:
                found[module.module, lesson.name] = StepPlan(lesson.name, Kind.LESSON, lesson.title, lesson.optional)
                found.update({(module.module, step.name): step for step in lesson.steps})
            if module.quiz:
                found[module.module, QUIZ] = StepPlan(QUIZ, Kind.QUIZ, module.quiz.title)
                found.update({(module.module, step.name): step for step in module.quiz.questions})
        return found


@dataclass(frozen=True)
class KeyPattern:
    """An Answer or Close: see `course.Pattern`. `feedback` is HTML."""

    value: str
    exact: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class KeyRange:
    """A number's ends, included. `feedback` is HTML."""

    low: Decimal
    high: Decimal
    feedback: str = ""


@dataclass(frozen=True)
class Key:
    """What marks a Question, and what may be said after an answer. Never sent before one."""

    right: tuple[str, ...] = ()
    """Letters, of a Question to choose."""
    feedback: Mapping[str, str] = field(default_factory=dict)
    """Letter -> HTML."""
    answers: tuple[KeyPattern, ...] = ()
    closes: tuple[KeyPattern, ...] = ()
    number: KeyRange | None = None
    near: tuple[KeyRange, ...] = ()
    hints: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: object) -> str:
    """JSON that is the same for the same value everywhere: sorted keys, no spaces, UTF-8 as it is."""
    return _CANONICAL.encode(value)
