"""Plans and keys as JSON values, and back: what a release is stored and compiled as.

A part that says nothing is left out of a step and of a key, so that a new part of the format leaves
every earlier release as it is, to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lms.content.plan import (
    QUIZ,
    BadgePlan,
    CodeCheck,
    Completion,
    CoursePlan,
    Key,
    KeyPattern,
    KeyRange,
    Kind,
    LessonPlan,
    Looks,
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
        "order": list(key.order),
        "pairs": dict(key.pairs),
        "gaps": list(key.gaps),
        "hints": list(key.hints),
        "explains": list(key.explains),
        "look_for": list(key.look_for),
        "code": [{"language": language, "answer": text} for language, text in key.code],
        "checks": [_check_to_json(check) for check in key.checks],
    }
    return {part: value for part, value in whole.items() if value}


def keys_to_json(key: Key, translations: Mapping[str, Key]) -> dict[str, Any]:
    """A key and what it is in other languages, as one value; that of the key alone where there is no other."""
    others = {lang: key_to_json(other) for lang, other in translations.items()}
    return key_to_json(key) | ({"translations": others} if others else {})


def key_from_json(value: Mapping[str, Any], lang: str = "") -> Key:
    """The inverse of `key_to_json` and `keys_to_json`: the key in a language, or in the source's where it has none."""
    value = value.get("translations", {}).get(lang, value)
    return Key(
        right=tuple(value.get("right", ())),
        feedback=value.get("feedback", {}),
        answers=tuple(KeyPattern(**p) for p in value.get("answers", ())),
        closes=tuple(KeyPattern(**p) for p in value.get("closes", ())),
        number=_range_from_json(value["number"]) if "number" in value else None,
        near=tuple(_range_from_json(r) for r in value.get("near", ())),
        order=tuple(value.get("order", ())),
        pairs=value.get("pairs", {}),
        gaps=tuple(value.get("gaps", ())),
        hints=tuple(value.get("hints", ())),
        explains=tuple(value.get("explains", ())),
        look_for=tuple(value.get("look_for", ())),
        code=tuple((part["language"], part["answer"]) for part in value.get("code", ())),
        checks=tuple(_check_from_json(check) for check in value.get("checks", ())),
    )


def _check_to_json(check: CodeCheck) -> dict[str, Any]:
    whole = vars(check) | {"looks": check.looks.value, "typing": list(check.typing)}
    return {part: value for part, value in whole.items() if value or part in ("looks", "written")}


def _check_from_json(value: Mapping[str, Any]) -> CodeCheck:
    typing = tuple(value.get("typing", ()))
    return CodeCheck(**{**value, "looks": Looks(value["looks"]), "typing": typing})


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
        **({"titles": _titles_to_json(plan.titles)} if plan.titles else {}),
        **({"reviews": {name: day.isoformat() for name, day in plan.reviews.items()}} if plan.reviews else {}),
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
        titles={lang: _titles_from_json(titles) for lang, titles in value.get("titles", {}).items()},
        reviews={name: date.fromisoformat(day) for name, day in value.get("reviews", {}).items()},
    )


def _titles_to_json(titles: Mapping[str, Mapping[tuple[str, str], str]]) -> dict[str, dict[str, str]]:
    return {lang: {"/".join(place): title for place, title in it.items()} for lang, it in titles.items()}


def _titles_from_json(value: Mapping[str, str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for place, title in value.items():
        module, _, name = place.partition("/")
        found[module, name] = title
    return found


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
        "meanings": list(step.meanings),
        "gaps": step.gaps,
        "evidence": list(step.evidence),
        "sign_off": step.sign_off,
        "seen_by": step.seen_by,
        "languages": list(step.languages),
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
        meanings=tuple(value.get("meanings", ())),
        gaps=value.get("gaps", 0),
        evidence=tuple(value.get("evidence", ())),
        sign_off=value.get("sign_off", ""),
        seen_by=value.get("seen_by", ""),
        languages=tuple(value.get("languages", ())),
    )
