"""Plans and keys as the JSON they are stored as, and back.

In: a `CoursePlan` or a `Key`; out: JSON values, written as text by `plan.canonical`. What stands in a
database was written by an older version of this file: a part added later must be read as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lms.content.plan import (
    QUIZ,
    BadgePlan,
    Completion,
    CoursePlan,
    Key,
    KeyPattern,
    KeyRange,
    Kind,
    LessonPlan,
    ModulePlan,
    QuizPlan,
    Sort,
    StepPlan,
)


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
