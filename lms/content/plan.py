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
from typing import Any

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


def key_to_json(key: Key) -> dict[str, Any]:
    """A key as JSON values; empty parts are left out."""
    whole: dict[str, Any] = {
        "right": list(key.right),
        "feedback": dict(key.feedback),
        "answers": [_pattern_to_json(p) for p in key.answers],
        "closes": [_pattern_to_json(p) for p in key.closes],
        "number": _range_to_json(key.number) if key.number else None,
        "near": [_range_to_json(r) for r in key.near],
        "hints": list(key.hints),
        "explains": list(key.explains),
    }
    return {part: value for part, value in whole.items() if value}


def key_from_json(value: Mapping[str, Any]) -> Key:
    """The inverse of `key_to_json`."""
    return Key(
        right=tuple(value.get("right", ())),
        feedback=value.get("feedback", {}),
        answers=tuple(KeyPattern(**p) for p in value.get("answers", ())),
        closes=tuple(KeyPattern(**p) for p in value.get("closes", ())),
        number=_range_from_json(value["number"]) if "number" in value else None,
        near=tuple(_range_from_json(r) for r in value.get("near", ())),
        hints=tuple(value.get("hints", ())),
        explains=tuple(value.get("explains", ())),
    )


def _pattern_to_json(pattern: KeyPattern) -> dict[str, Any]:
    return {"value": pattern.value, "exact": pattern.exact, "feedback": pattern.feedback}


def _range_to_json(numbers: KeyRange) -> dict[str, Any]:
    return {"low": str(numbers.low), "high": str(numbers.high), "feedback": numbers.feedback}


def _range_from_json(value: Mapping[str, Any]) -> KeyRange:
    return KeyRange(Decimal(value["low"]), Decimal(value["high"]), value["feedback"])


def plan_to_json(plan: CoursePlan) -> dict[str, Any]:
    """A plan as JSON values, in the shape `docs/reference` describes."""
    return {
        "course": plan.course,
        "lang": plan.lang,
        "title": plan.title,
        "completed": {"need": plan.completed.need, "of": list(plan.completed.of)},
        "engaged": plan.engaged,
        "badge": _badge_to_json(plan.badge),
        "help": list(plan.help),
        "authors": plan.authors,
        "licence": plan.licence,
        "modules": [_module_to_json(module) for module in plan.modules],
    }


def plan_from_json(value: Mapping[str, Any]) -> CoursePlan:
    """The inverse of `plan_to_json`; parts it does not know are passed over."""
    return CoursePlan(
        course=value["course"],
        lang=value["lang"],
        title=value["title"],
        modules=tuple(_module_from_json(module) for module in value["modules"]),
        completed=Completion(value["completed"]["need"], tuple(value["completed"]["of"])),
        engaged=value["engaged"],
        badge=_badge_from_json(value["badge"]),
        help=tuple(value["help"]),
        authors=value["authors"],
        licence=value["licence"],
    )


def _badge_to_json(badge: BadgePlan | None) -> dict[str, str] | None:
    return {"name": badge.name, "picture": badge.picture} if badge else None


def _badge_from_json(value: Mapping[str, str] | None) -> BadgePlan | None:
    return BadgePlan(value["name"], value["picture"]) if value else None


def _module_to_json(module: ModulePlan) -> dict[str, Any]:
    return {
        "module": module.module,
        "title": module.title,
        "badge": _badge_to_json(module.badge),
        "leave": module.leave,
        "care": module.care,
        "lessons": [_lesson_to_json(lesson) for lesson in module.lessons],
        "quiz": _quiz_to_json(module.quiz) if module.quiz else None,
    }


def _module_from_json(value: Mapping[str, Any]) -> ModulePlan:
    return ModulePlan(
        module=value["module"],
        title=value["title"],
        lessons=tuple(_lesson_from_json(lesson) for lesson in value["lessons"]),
        quiz=_quiz_from_json(value["quiz"]) if value["quiz"] else None,
        badge=_badge_from_json(value["badge"]),
        leave=value["leave"],
        care=value["care"],
    )


def _lesson_to_json(lesson: LessonPlan) -> dict[str, Any]:
    return {
        "name": lesson.name,
        "title": lesson.title,
        "optional": lesson.optional,
        "minutes": lesson.minutes,
        "bytes": lesson.nbytes,
        "skills": list(lesson.skills),
        "steps": [_step_to_json(step) for step in lesson.steps],
    }


def _lesson_from_json(value: Mapping[str, Any]) -> LessonPlan:
    return LessonPlan(
        name=value["name"],
        title=value["title"],
        steps=tuple(_step_from_json(step) for step in value["steps"]),
        optional=value["optional"],
        minutes=value["minutes"],
        nbytes=value["bytes"],
        skills=tuple(value["skills"]),
    )


def _quiz_to_json(quiz: QuizPlan) -> dict[str, Any]:
    return {
        "name": QUIZ,
        "title": quiz.title,
        "pass": quiz.pass_mark,
        "tries": quiz.tries,
        "minutes": quiz.minutes,
        "runs": [list(run) for run in quiz.runs],
        "questions": [_step_to_json(step) for step in quiz.questions],
    }


def _quiz_from_json(value: Mapping[str, Any]) -> QuizPlan:
    return QuizPlan(
        title=value["title"],
        questions=tuple(_step_from_json(step) for step in value["questions"]),
        runs=tuple(tuple(run) for run in value["runs"]),
        pass_mark=value["pass"],
        tries=value["tries"],
        minutes=value["minutes"],
    )


def _step_to_json(step: StepPlan) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "name": step.name,
        "kind": step.kind.value,
        "title": step.title,
        "optional": step.optional,
        "sort": step.sort.value if step.sort else None,
        "letters": list(step.letters),
        "shuffle": step.shuffle,
        "same_as": step.same_as,
        "skills": list(step.skills),
    }
    return {part: value for part, value in whole.items() if value or part in ("name", "kind", "title")}


def _step_from_json(value: Mapping[str, Any]) -> StepPlan:
    return StepPlan(
        name=value["name"],
        kind=Kind(value["kind"]),
        title=value["title"],
        optional=value.get("optional", False),
        sort=Sort(value["sort"]) if "sort" in value else None,
        letters=tuple(value.get("letters", ())),
        shuffle=value.get("shuffle", False),
        same_as=value.get("same_as", ""),
        skills=tuple(value.get("skills", ())),
    )
