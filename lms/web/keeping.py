"""A module as a phone keeps it: every screen of it made beforehand, for nobody, with nothing of anybody in it.

In: a release, a language, a module. Out: JSON, and what it weighs. The screens are those of the pages, by the same
templates. What marks a practice question is in it, as the pages tell that to whoever asks; what marks the quiz never.
The form is described in `docs/reference/keep.md`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Response

from lms.content.drawings import line_of
from lms.content.plan import QUIZ, Key, Kind, ModulePlan, QuizPlan, Sort, StepPlan
from lms.content.planjson import key_to_json
from lms.content.words import direction
from lms.learning.answers import ASKED, PARTED, needs_evidence
from lms.learning.marking import Mark, mark, right_of
from lms.learning.places import Go
from lms.learning.progress import Attempt
from lms.learning.shapes import Shape
from lms.services import quiz as quizzes
from lms.services.courses import Catalogue
from lms.services.practice import Said
from lms.web import answers, bodies, courses, languages, lessons, questions, quiz
from lms.web.questions import Talk
from lms.web.signed import be_nobody
from lms.web.site import site, store

_MARKS = frozenset({"right", "feedback", "answers", "closes", "number", "near", "order", "pairs", "gaps"})
"""What of a key `mark.js` reads."""
_SAID = ("feedback", "answers", "closes", "number", "near")
_MAIN = re.compile(r'<main id="main">\n?(.*?)</main>', re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_PICTURE = re.compile(r'<img src="(/files/[0-9a-f]{64})"')

Json = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """A module for a phone. `nbytes`: of all there is to fetch, as it travels."""

    body: bytes
    nbytes: int


def kept(shape: Shape, lang: str, module: ModulePlan) -> Kept:
    """A module of a release in a language; the rest of this request is nobody's."""
    be_nobody()
    languages.read_in(lang)
    return _kept(site().catalogue, shape.release_id, lang, module.module)


@lru_cache(maxsize=64)
def _kept(catalogue: Catalogue, release_id: int, lang: str, module: str) -> Kept:
    """Made once by each process: neither a release nor a template changes while it runs."""
    shape = catalogue.release(release_id)
    plan = courses.module_of(shape.plan, module)
    screens = {it.name: list(_screens(shape, plan, it.name)) for it in plan.lessons}
    made: Json = {
        "course": shape.plan.course,
        "module": module,
        "release": shape.hash,
        "lang": lang,
        "page": languages.page_of(shape.plan),
        "dir": direction(languages.page_of(shape.plan)),
        "line": line_of(shape.plan.course),
        "leave": plan.leave,
        "title": languages.plain_title(shape.plan, plan.title, module),
        "front": _front(shape, plan),
        "lessons": [
            {"name": it.name, "title": languages.plain_title(shape.plan, it.title, module, it.name),
             "required": list(it.required), "optional": it.optional, "screens": screens[it.name]}
            for it in plan.lessons
        ],
        "quiz": _quiz(shape, plan, plan.quiz) if plan.quiz else None,
    }  # fmt: skip
    text = json.dumps(made, ensure_ascii=False)
    made["files"] = sorted(set(_PICTURE.findall(text.replace('\\"', '"'))))
    body = json.dumps(made, ensure_ascii=False).encode()
    pictures = sum((store().files / path.rpartition("/")[2]).stat().st_size for path in made["files"])
    return Kept(body, len(gzip.compress(body, 6, mtime=0)) + pictures)


def _cut(answer: Response) -> Json:
    """What a page shows, without its frame."""
    whole = answer.get_data(as_text=True)
    title, main = _TITLE.search(whole), _MAIN.search(whole)
    return {"title": title[1] if title else "", "html": main[1] if main else ""}


def _front(shape: Shape, plan: ModulePlan) -> Json:
    """The module's own page."""
    return _cut(courses.module(course=shape.plan.course, module=plan.module))


def _screens(shape: Shape, plan: ModulePlan, name: str) -> Iterator[Json]:
    it = lessons.lesson_of(shape, plan.module, name)
    for at, screen in enumerate(it.screens):
        step = it.steps[screen.name]
        made = _asked if step.kind in ASKED else _told
        yield {"name": step.name, "kind": step.kind, **made(it, at, step)}


def _told(it: lessons.Lesson, at: int, step: StepPlan) -> Json:
    """A screen that asks nothing with a right answer; of a Task, when it is whole."""
    whole = {"boxes": len(step.letters), "writes": needs_evidence(step)} if step.kind is Kind.TASK else {}
    return {**_cut(lessons.show(it, at, Talk())), **whole}


def _asked(it: lessons.Lesson, at: int, step: StepPlan) -> Json:
    """A practice question: as it is asked, once it is right, and once it is shown; and what it takes to mark it."""
    key = site().catalogue.key(it.shape, it.shape.numbers[it.module.module, step.name], it.lang)
    hints = bodies.hints(key)
    right = questions.answered(_right(step, key), step)
    shown = questions.shown(key, step, it.screens[at])
    return {
        **_cut(lessons.show(it, at, Talk(hints_left=len(hints)))),
        "right": _cut(lessons.show(it, at, right)),
        "shown": _cut(lessons.show(it, at, shown)),
        "sort": step.sort or "",
        "hints": hints,
        "more": _more(step, key),
        "key": _marks(key),
    }


def _right(step: StepPlan, key: Key) -> Said:
    """A right answer: the one there is of letters, any of those that are typed."""
    if step.sort in (Sort.WORDS, Sort.NUMBER):
        return Said("", Mark(right=True), key)
    right = right_of(step, key)
    return Said(right, mark(step, key, right), key)


def _more(step: StepPlan, key: Key) -> list[str]:
    """What is said of an answer with so many of its parts right; of one to choose several from, where it is a start."""
    if step.kind in PARTED:
        of = len(right_of(step, key))
        return [str(answers.parts_right(step, (good, of))) for good in range(of)]
    return [str(questions.PARTLY)] if step.sort is Sort.ALL else []


def _marks(key: Key) -> Json:
    """What marks practice, and what is said to it as a page says it."""
    found = {part: value for part, value in key_to_json(key).items() if part in _MARKS}
    return {part: _drawn(value) if part in _SAID else value for part, value in found.items()}


def _drawn(value: Any) -> Any:
    if isinstance(value, list):
        return [_drawn(it) for it in value]
    if "feedback" in value:
        return {**value, "feedback": bodies.said(value["feedback"])}
    return {letter: bodies.said(html) for letter, html in value.items()}


def _quiz(shape: Shape, plan: ModulePlan, its: QuizPlan) -> Json:
    """The quiz without anything that says what is right. Which questions are asked is told to each learner apart."""
    view = quizzes.see(store(), site().catalogue, shape, plan.module, 0)
    runs = view.quiz.runs

    def at(asked: tuple[int, ...], name: str, marks: dict[int, int]) -> Json:
        go = Go(1, asked, Attempt(shape.release_id, marks=marks), view.quiz, shape)
        return _cut(quiz.running(view, go, name))

    first = tuple(run[0] for run in runs)
    asked = {
        shape.places[no][1]: (*first[:place], no, *first[place + 1 :]) for place, run in enumerate(runs) for no in run
    }
    return {
        "title": languages.plain_title(shape.plan, its.title, plan.module, QUIZ),
        "start": _cut(quiz.start(view)),
        "ready": at(first, "", dict.fromkeys(first, 0)),
        "questions": {name: at(whole, name, {}) for name, whole in asked.items()},
    }
