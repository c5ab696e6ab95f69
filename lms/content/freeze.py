"""Freeze: a checked course becomes a release.

A Course and the record of its names in; a Release, or the Problems that stop it, out. The same
sources give the same bytes on any machine: nothing here looks at a clock, a random number or the
order of a set. With a shelf, pages that were made before are taken from it: see `pressed`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from lms.content.book import COURSE, FACTS, Book, Picture, book_of, picture_of
from lms.content.collector import collector_paused
from lms.content.compiled import contents
from lms.content.course import BadgeSetting, Course, Fact, Lesson, Module, Quiz, Rating, Step, Text
from lms.content.drawings import drawn
from lms.content.fallback import Spoken
from lms.content.holding import hold_against, problems_of
from lms.content.keys import key_of, needs_key
from lms.content.names import rate_place, rates_of
from lms.content.outline import NOTHING, Shown, shown_of, step_plan
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
    StepPlan,
    canonical,
)
from lms.content.pressed import Pressed, Standing, noted
from lms.content.problems import Problem, Severity
from lms.content.release import Act, File, Fragment, Names, Place, Release, Translation, body_to_json
from lms.content.runs import runs_of
from lms.content.sheet import Sheet
from lms.content.strict import raised
from lms.content.weigh import lesson_minutes, quiz_minutes

if TYPE_CHECKING:
    from lms.content.cache import Shelf

HELP = "help"
"""("", "help") is the page of the facts the course names under `help`."""


@dataclass(frozen=True)
class Frozen:
    """A release and what is to be said of it, or what stops it."""

    problems: tuple[Problem, ...]
    make: Callable[[], Release] | None = None

    @cached_property
    def release(self) -> Release | None:
        """Put together when it is first asked for: who checks a course wants only its problems."""
        return self.make() if self.make else None


@collector_paused()
def freeze(course: Course, known: Names = Names(), shelf: Shelf | None = None) -> Frozen:  # noqa: B008 - frozen, empty
    """Make a release of a course; `known` are the names its earlier releases published."""
    reconciled, followed = hold_against(course, known, shelf)
    if reconciled.problems:
        return Frozen(problems_of(course, reconciled, followed))
    press = _Press(course, reconciled.letters)
    press.press(shelf)
    abroad = [_Abroad(press, it) for it in followed.spoken]
    every = {*press.problems, *followed.problems}.union(*(other.problems for other in abroad))
    problems = raised(sorted(every), course.strict)
    if any(problem.severity is Severity.ERROR for problem in problems):
        return Frozen(problems)
    return Frozen(problems, partial(_release, press, abroad, followed.names, reconciled.acts))


@collector_paused()
def _release(press: _Press, abroad: list[_Abroad], names: Names, acts: tuple[Act, ...]) -> Release:
    plan = replace(press.course_plan(), titles={other.lang: other.titles() for other in abroad})
    translations = {other.lang: other.translation() for other in abroad}
    release = Release("", plan, press.pages, press.keys, press.files(), names, acts, translations)
    digest = hashlib.sha256(canonical(contents(release)).encode()).hexdigest()
    return replace(release, hash=digest)


class _Press:
    """Makes the pages and keys of a course while its plan is drawn up."""

    def __init__(self, course: Course, letters: Mapping[Place, tuple[str, ...]], book: Book | None = None) -> None:
        self.course = course
        self.lang = course.lang
        self.letters = letters
        self.book = book or book_of(course)
        self.rates = rates_of(course)
        self.fragments: dict[Place, Fragment] = {}
        self.pages: dict[Place, tuple[Fragment, ...]] = {}
        self.keys: dict[Place, Key] = {}
        self.pictures: set[str] = set()
        self.problems: list[Problem] = []
        self.modules: list[Callable[[], ModulePlan]] = []
        """The plan of each; with it come the pages of one that was pressed before."""

    def press(self, shelf: Shelf | None = None) -> None:
        """Make the pages, but those of modules that the shelf has: they are fetched when somebody wants them."""
        self._welcome(("", ""), COURSE, self.course.title, self.course.welcome)
        self._help()
        self.badge = self._badge(self.course.badge, heading(self.course.title))
        standing = Standing(shelf, self.course, self.book, self.letters) if shelf else None
        for module in self.course.modules:
            before = standing.take(module) if standing else None
            if standing and before:
                self.pictures.update(before.pictures)
                self.problems += before.problems
                self.modules.append(partial(self._fetched, standing, module, before))
            else:
                plan = self._kept(standing, module) if standing else self._module(module)
                self.modules.append(partial(lambda plan: plan, plan))

    def _kept(self, standing: Standing, module: Module) -> ModulePlan:
        """Press a module by itself, with a book that notes what its pages hang on, and keep what comes of it."""
        book = noted(self.book, standing.answers)
        press = _Press(self.course, self.letters, book)
        plan = press._module(module)
        standing.put(module, book.asked, press.pictures, press.problems, plan, press.pages, press.keys)
        self._add(press)
        return plan

    def _fetched(self, standing: Standing, module: Module, before: Pressed) -> ModulePlan:
        """The pages of a module as they were pressed before; pressed once more where they are gone."""
        found = standing.pages(module, before)
        if found is None:
            return self._module(module)
        for name, page in found.pages.items():
            self.pages[module.module, name] = page
            self.fragments.update({(module.module, fragment.name if name else ""): fragment for fragment in page})
        self.keys.update({(module.module, name): key for name, key in found.keys.items()})
        return found.plan

    def _add(self, press: _Press) -> None:
        self.pages |= press.pages
        self.fragments |= press.fragments
        self.keys |= press.keys
        self.pictures |= press.pictures
        self.problems += press.problems

    @cached_property
    def plans(self) -> tuple[ModulePlan, ...]:
        return tuple(plan() for plan in self.modules)

    def course_plan(self) -> CoursePlan:
        course = self.course
        return CoursePlan(
            course=course.course,
            lang=course.lang,
            title=heading(course.title),
            modules=self.plans,
            completed=course.completed,
            engaged=course.engaged,
            badge=self.badge,
            help=course.help,
            reviews={name: self.book.facts[name].review for name in course.help if name in self.book.facts},
            authors=course.authors,
            licence=course.licence,
        )

    def files(self) -> Mapping[str, File]:
        """The files that are used, each once however many names it has."""
        used = {it.hash: it.file for it in reversed(self.book.files()) if it.hash in self.pictures}
        return dict(sorted({**self._drawings(), **used}.items()))

    def _drawings(self) -> dict[str, File]:
        """The pictures of the badges for which there is none in the folder."""
        badges = [("", self.course.badge), *((module.module, module.badge) for module in self.course.modules)]
        bare = [module for module, badge in badges if badge.name is not None and not badge.picture]
        return {picture.hash: picture.file for picture in map(self._drawing, bare)}

    def _drawing(self, module: str) -> Picture:
        return picture_of(f"badge-{module or self.course.course}.svg", drawn(self.course.course, module))

    def _module(self, module: Module) -> ModulePlan:
        self._welcome((module.module, ""), module.file, module.title, module.welcome)
        return ModulePlan(
            module=module.module,
            title=heading(module.title),
            lessons=tuple(self._lesson(module, lesson) for lesson in module.lessons),
            quiz=self._quiz(module, module.quiz) if module.quiz else None,
            badge=self._badge(module.badge, heading(module.title), module.module),
            leave=module.leave,
            care=module.care,
        )

    def _lesson(self, module: Module, lesson: Lesson) -> LessonPlan:
        name = _named(lesson.name)
        sheets: list[Sheet] = []
        fragments = [self._step_page(module, step, sheets) for step in lesson.steps]
        if lesson.body or not lesson.steps:
            fragments.insert(0, self._page((module.module, name), module.file, lesson.title, lesson.body, sheets))
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
        first = self._page((module.module, QUIZ), module.file, quiz.title, quiz.body, [])
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
        name = _named(step.name)
        return step_plan(step, name, self.letters[module.module, name])

    def _step_page(self, module: Module, step: Step, sheets: list[Sheet]) -> Fragment:
        """A step's screen; its key is made beside it, on a sheet of its own."""
        place = module.module, _named(step.name)
        letters = self.letters[place]
        if needs_key(step):
            self._mark(place, module.file, step, sheets)
        asked = step.asked
        if step.kind == Kind.RATE_AGAIN and isinstance(asked, Rating):
            asked = self.rates[rate_place(module.module, asked)]
        return self._page(place, module.file, step.title, step.body, sheets, shown_of(asked, letters))

    def _mark(self, place: Place, file: str, step: Step, sheets: list[Sheet]) -> None:
        aside = self._sheet(file, sheets, aside=True)
        self.keys[place] = key_of(step, self.letters[place], aside)
        self._note(aside)

    def _page(
        self,
        place: Place,
        file: str,
        title: Text,
        body: Text,
        sheets: list[Sheet],
        shown: Shown = NOTHING,
    ) -> Fragment:
        sheet = self._sheet(file, sheets)
        fragment = self.fragments[place] = Fragment(
            name=place[1] or place[0],
            title=sheet.html(title),
            html=sheet.html(body),
            options=tuple((letter, sheet.html(text)) for letter, text in shown.options),
            meanings=tuple((letter, sheet.html(text)) for letter, text in shown.meanings),
            heads=tuple(map(sheet.html, shown.heads)),
            code=shown.code,
            foot=sheet.foot(),
        )
        self._note(sheet)
        return fragment

    def _welcome(self, place: Place, file: str, title: Text, body: Text) -> None:
        self.pages[place] = (self._page(place, file, title, body, []),)

    def _help(self) -> None:
        """The facts for the "get help now" page, each a fragment named as the fact."""
        facts = [self.book.facts[name] for name in self.course.help if name in self.book.facts]
        if facts:
            self.pages["", HELP] = tuple(map(self._fact, facts))

    def _fact(self, fact: Fact) -> Fragment:
        sheet = self._sheet(COURSE, [])
        place = FACTS, fact.name
        fragment = Fragment(fact.name, sheet.html(fact.title), sheet.fact(fact), foot=sheet.foot())
        self.fragments[place] = fragment
        self._note(sheet)
        return fragment

    def _badge(self, badge: BadgeSetting, title: str, module: str = "") -> BadgePlan | None:
        """The picture is her own, or drawn: see `drawings`."""
        if badge.name is None:
            return None
        picture = (self.book.picture(badge.picture) if badge.picture else None) or self._drawing(module)
        self.pictures.add(picture.hash)
        return BadgePlan(badge.name or title, picture.hash)

    def _sheet(self, file: str, sheets: list[Sheet], aside: bool = False) -> Sheet:
        sheet = Sheet(self.book, file, self.lang, aside)
        sheets.append(sheet)
        return sheet

    def _note(self, sheet: Sheet) -> None:
        self.pictures.update(sheet.pictures)
        self.problems += sheet.problems


class _Abroad(_Press):
    """Makes the same pages in another language. What is not translated is taken over from the press at home."""

    def __init__(self, home: _Press, spoken: Spoken) -> None:
        book = replace(home.book, terms=spoken.course.terms, facts=spoken.course.facts)
        super().__init__(spoken.course, home.letters, book)
        self.home = home
        self.lang = spoken.lang
        self.places = spoken.places
        home.course_plan()  # what is not translated is taken over from its pages
        self.press()
        self.plan = self.course_plan()
        home.pictures |= self.pictures

    def translation(self) -> Translation:
        told = {place: page for place, page in self.pages.items() if not all(fragment.lang for fragment in page)}
        return Translation(told, self.keys)

    def titles(self) -> dict[Place, str]:
        """The titles of what is translated."""
        found: dict[Place, str] = {("", ""): self.plan.title}
        found |= {(module.module, ""): module.title for module in self.plan.modules}
        found |= {place: step.title for place, step in self.plan.steps().items()}
        return {place: title for place, title in sorted(found.items()) if place in self.places}

    def _page(
        self,
        place: Place,
        file: str,
        title: Text,
        body: Text,
        sheets: list[Sheet],
        shown: Shown = NOTHING,
    ) -> Fragment:
        if place in self.places:
            return super()._page(place, file, title, body, sheets, shown)
        return replace(self.home.fragments[place], lang=self.home.lang)

    def _mark(self, place: Place, file: str, step: Step, sheets: list[Sheet]) -> None:
        if place in self.places:
            super()._mark(place, file, step, sheets)

    def _fact(self, fact: Fact) -> Fragment:
        if (FACTS, fact.name) in self.places:
            return super()._fact(fact)
        return replace(self.home.fragments[FACTS, fact.name], lang=self.home.lang)


def _named(name: str | None) -> str:
    """A name by now: `reconcile` stops a course in which one is missing."""
    if name is None:
        raise ValueError("a step without a name was let through")
    return name
