"""Freeze: a checked course becomes a release.

A Course and the record of its names in; a Release, or the Problems that stop it, out. The same
sources give the same bytes on any machine: nothing here looks at a clock, a random number or the
order of a set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.content.book import COURSE, Book, book_of
from lms.content.collector import collector_paused
from lms.content.compiled import contents
from lms.content.course import ANumber, BadgeSetting, Choose, Course, InWords, Lesson, Module, Quiz, Rating, Step, Text
from lms.content.keys import key_of
from lms.content.meaning import parts_of
from lms.content.names import Reconciled, rate_place, rates_of, reconcile
from lms.content.plain import heading
from lms.content.plan import (
    QUIZ,
    BadgePlan,
    CoursePlan,
    Key,
    Kind,
    LessonPlan,
    ModulePlan,
    QuizPlan,
    Sort,
    StepPlan,
    canonical,
)
from lms.content.problems import Problem
from lms.content.release import File, Fragment, Names, Place, Release, body_to_json
from lms.content.runs import runs_of
from lms.content.sheet import Sheet
from lms.content.weigh import lesson_minutes, quiz_minutes

HELP = "help"
"""("", "help") is the page of the facts the course names under `help`."""


@dataclass(frozen=True)
class Frozen:
    """A release, or what stops it."""

    release: Release | None
    problems: tuple[Problem, ...]


@collector_paused()
def freeze(course: Course, known: Names = Names()) -> Frozen:  # noqa: B008 - frozen and empty
    """Make a release of a course; `known` are the names its earlier releases published."""
    reconciled = reconcile(course, known)
    if reconciled.problems:
        return Frozen(None, tuple(sorted(reconciled.problems)))
    press = _Press(course, reconciled)
    plan = press.course_plan()
    if press.problems:
        return Frozen(None, tuple(sorted(set(press.problems))))
    files = press.files()
    whole = canonical(contents(plan, press.pages, press.keys, files))
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return Frozen(Release(digest, plan, press.pages, press.keys, files, reconciled.names), ())


class _Press:
    """Makes the pages and keys of a course while its plan is drawn up."""

    def __init__(self, course: Course, reconciled: Reconciled) -> None:
        self.course = course
        self.letters = reconciled.letters
        self.book: Book = book_of(course)
        self.rates = rates_of(course)
        self.pages: dict[Place, tuple[Fragment, ...]] = {}
        self.keys: dict[Place, Key] = {}
        self.pictures: set[str] = set()
        self.problems: list[Problem] = []

    def course_plan(self) -> CoursePlan:
        course = self.course
        self._welcome(("", ""), COURSE, course.title, course.welcome)
        self._help()
        return CoursePlan(
            course=course.course,
            lang=course.lang,
            title=heading(course.title),
            modules=tuple(self._module(module) for module in course.modules),
            completed=course.completed,
            engaged=course.engaged,
            badge=self._badge(course.badge, heading(course.title)),
            help=course.help,
            authors=course.authors,
            licence=course.licence,
        )

    def files(self) -> Mapping[str, File]:
        """The files that are used, each once however many names it has."""
        pictures = sorted(self.book.pictures.values(), key=lambda picture: picture.file.path)
        used = {it.hash: it.file for it in reversed(pictures) if it.hash in self.pictures}
        return dict(sorted(used.items()))

    def _module(self, module: Module) -> ModulePlan:
        self._welcome((module.module, ""), module.file, module.title, module.welcome)
        return ModulePlan(
            module=module.module,
            title=heading(module.title),
            lessons=tuple(self._lesson(module, lesson) for lesson in module.lessons),
            quiz=self._quiz(module, module.quiz) if module.quiz else None,
            badge=self._badge(module.badge, heading(module.title)),
            leave=module.leave,
            care=module.care,
        )

    def _lesson(self, module: Module, lesson: Lesson) -> LessonPlan:
        name = _named(lesson.name)
        sheets: list[Sheet] = []
        fragments = [self._step_page(module, step, sheets) for step in lesson.steps]
        if lesson.body or not lesson.steps:
            fragments.insert(0, self._page(name, module.file, lesson.title, lesson.body, sheets))
        page = self.pages[module.module, name] = tuple(fragments)
        pictures = {picture: size for sheet in sheets for picture, size in sheet.pictures.items()}
        return LessonPlan(
            name=name,
            title=heading(lesson.title),
            steps=tuple(self._step(module, step) for step in lesson.steps),
            optional=lesson.optional,
            minutes=lesson_minutes(lesson),
            nbytes=len(body_to_json(page).encode()) + sum(pictures.values()),
            skills=lesson.skills,
        )

    def _quiz(self, module: Module, quiz: Quiz) -> QuizPlan:
        first = self._page(QUIZ, module.file, quiz.title, quiz.body, [])
        questions = [self._step_page(module, question, []) for question in quiz.questions]
        self.pages[module.module, QUIZ] = (first, *questions)
        return QuizPlan(
            title=heading(quiz.title),
            questions=tuple(self._step(module, question) for question in quiz.questions),
            runs=runs_of([question.name for question in questions], quiz.ask),
            pass_mark=quiz.pass_mark,
            tries=quiz.tries,
            minutes=quiz_minutes(quiz),
        )

    def _step(self, module: Module, step: Step) -> StepPlan:
        asked = step.asked
        return StepPlan(
            name=_named(step.name),
            kind=step.kind,
            title=heading(step.title),
            optional=step.optional,
            sort=_sort(step),
            letters=self.letters[module.module, _named(step.name)],
            shuffle=isinstance(asked, Choose) and asked.shuffle,
            same_as=asked.same_as if isinstance(asked, Rating) else "",
            skills=step.skills,
        )

    def _step_page(self, module: Module, step: Step, sheets: list[Sheet]) -> Fragment:
        """A step's screen; the key of a Question is made beside it, on a sheet of its own."""
        name = _named(step.name)
        letters = self.letters[module.module, name]
        if step.kind == Kind.QUESTION:
            aside = self._sheet(module.file, sheets, aside=True)
            self.keys[module.module, name] = key_of(step, letters, aside)
            self._note(aside)
        return self._page(name, module.file, step.title, step.body, sheets, self._options(module, step, letters))

    def _options(self, module: Module, step: Step, letters: Iterable[str]) -> list[tuple[str, Text]]:
        asked = step.asked
        if step.kind == Kind.RATE_AGAIN and isinstance(asked, Rating):
            asked = self.rates[rate_place(module.module, asked)]
        return list(zip(letters, parts_of(asked), strict=True))

    def _page(
        self,
        name: str,
        file: str,
        title: Text,
        body: Text,
        sheets: list[Sheet],
        options: Iterable[tuple[str, Text]] = (),
    ) -> Fragment:
        sheet = self._sheet(file, sheets)
        fragment = Fragment(
            name=name,
            title=sheet.html(title),
            html=sheet.html(body),
            options=tuple((letter, sheet.html(text)) for letter, text in options),
            foot=sheet.foot(),
        )
        self._note(sheet)
        return fragment

    def _welcome(self, place: Place, file: str, title: Text, body: Text) -> None:
        self.pages[place] = (self._page(place[0], file, title, body, []),)

    def _help(self) -> None:
        """The facts for the "get help now" page, each a fragment named as the fact."""
        facts = [self.book.facts[name] for name in self.course.help if name in self.book.facts]
        fragments = []
        for fact in facts:
            sheet = self._sheet(COURSE, [])
            fragments.append(Fragment(fact.name, sheet.html(fact.title), sheet.fact(fact), foot=sheet.foot()))
            self._note(sheet)
        if fragments:
            self.pages["", HELP] = tuple(fragments)

    def _badge(self, badge: BadgeSetting, title: str) -> BadgePlan | None:
        if badge.name is None:
            return None
        picture = self.book.picture(badge.picture) if badge.picture else None
        if picture:
            self.pictures.add(picture.hash)
        return BadgePlan(badge.name or title, picture.hash if picture else "")

    def _sheet(self, file: str, sheets: list[Sheet], aside: bool = False) -> Sheet:
        sheet = Sheet(self.book, file, self.course.lang, aside)
        sheets.append(sheet)
        return sheet

    def _note(self, sheet: Sheet) -> None:
        self.pictures.update(sheet.pictures)
        self.problems += sheet.problems


def _named(name: str | None) -> str:
    """A name by now: `reconcile` stops a course in which one is missing."""
    if name is None:
        raise ValueError("a step without a name was let through")
    return name


def _sort(step: Step) -> Sort | None:
    asked = step.asked
    if isinstance(asked, Choose):
        return Sort.ALL if asked.choose_all else Sort.ONE
    if isinstance(asked, InWords):
        return Sort.WORDS
    return Sort.NUMBER if isinstance(asked, ANumber) else None
