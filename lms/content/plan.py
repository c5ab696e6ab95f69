"""The plan of a release: what there is to learn and what finishes what, without a word of its pages.

Made once when a course is frozen, stored with the release as canonical JSON, and read by every
layer above: the rules of `learning` judge by it and the pages are laid out from it. It holds no
answer: those are `Key`s, which stay on the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import msgspec

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
    """One step. It says nothing of what is right: what is put in order or chosen from stands in its letters' order."""

    name: str
    kind: Kind
    title: str
    optional: bool = False
    sort: Sort | None = None
    """Of a Question only."""
    letters: tuple[str, ...] = ()
    """Of its options, points, boxes or left cells, in the order shown; of an Order's items and Gaps' words, sorted."""
    shuffle: bool = False
    same_as: str = ""
    skills: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()
    """Of a Match: the letters of all there is to choose from for each left cell, sorted."""
    gaps: int = 0
    """How many there are to fill, each with one of `letters`."""
    evidence: tuple[str, ...] = ()
    """Of a Task: `photo`, `words`, `link`; any one of them will do."""
    sign_off: str = ""
    """Of a Task: `mentor`, or empty."""
    seen_by: str = ""
    """Of a Reflect: `only me` or `mentor`."""
    languages: tuple[str, ...] = ()
    """Of a Code: those of html, css, js, python it uses."""


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
    """A badge a module or course gives: its name, and the hash of its picture: empty only in an old release."""

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
    titles: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    """Of each language the course is translated into: (module, name) -> the title of what is translated; ("", "") is
    the course, (module, "") a module. What is missing has its title in the source language."""
    reviews: Mapping[str, date] = field(default_factory=dict)
    """Of each fact for "Get help now": the day by which a person is to have checked it again."""

    def overdue(self, today: date) -> tuple[str, ...]:
        """The facts for "Get help now" whose day is past, in the order of their names."""
        return tuple(sorted(name for name, day in self.reviews.items() if day < today))

    @property
    def langs(self) -> tuple[str, ...]:
        """The languages the course can be learned in, its own first."""
        return (self.lang, *self.titles)

    def title_in(self, lang: str, module: str = "", name: str = "") -> str:
        """The translated title of the course, a module or a name; empty where it is as in the source language."""
        return self.titles.get(lang, {}).get((module, name), "")

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


class Looks(StrEnum):
    """What a Check of a Code step looks at."""

    EXISTS = "exists"
    SAYS = "says"
    HAS = "has"
    PRINTS = "prints"
    GIVES = "gives"
    RUNS = "runs"


@dataclass(frozen=True)
class CodeCheck:
    """One Check of a Code step, taken apart; `written` is the whole of it as its author typed it.

    `` after pressing `button`, `p` says "Hi" `` has the `at` p, the `value` Hi and the `pressing` button.
    """

    looks: Looks
    written: str
    at: str = ""
    """A selector; of GIVES, what is worked out."""
    value: str = ""
    """What is said, printed, given, or the property's value; empty: anything. Of RUNS, code that must run well."""
    exact: bool = False
    """The value is meant to the letter: `*` is a star."""
    property: str = ""
    times: int = 1
    """How often it exists, or more."""
    pressing: str = ""
    """The selector of what is pressed first."""
    typing: tuple[str, ...] = ()
    """The lines typed to it."""


@dataclass(frozen=True)
class Key:
    """What marks a step, and what may be said after an answer. Never sent before one."""

    right: tuple[str, ...] = ()
    """Letters, of a Question to choose."""
    feedback: Mapping[str, str] = field(default_factory=dict)
    """Letter -> HTML."""
    answers: tuple[KeyPattern, ...] = ()
    closes: tuple[KeyPattern, ...] = ()
    number: KeyRange | None = None
    near: tuple[KeyRange, ...] = ()
    order: tuple[str, ...] = ()
    """The letters of an Order, as they should stand."""
    pairs: Mapping[str, str] = field(default_factory=dict)
    """Of a Match: letter of a left cell -> letter of its meaning."""
    gaps: tuple[str, ...] = ()
    """The letter of each gap, in order."""
    hints: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    look_for: tuple[str, ...] = ()
    """HTML, for whoever signs a Task off."""
    code: tuple[tuple[str, str], ...] = ()
    """(language, text) of a Code's answers; a language that is not here stays as it was at the start."""
    checks: tuple[CodeCheck, ...] = ()


_QUICK = msgspec.json.Encoder(order="deterministic")
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: object) -> str:
    """JSON that is the same for the same value everywhere: sorted keys, no spaces, UTF-8 as it is."""
    try:
        return _QUICK.encode(value).decode()
    except UnicodeEncodeError:  # half a character, which a phone may send: who keeps the text refuses it, not this
        return _CANONICAL.encode(value)
