"""Names: what a course publishes is held against the record of every name it ever published.

A course and the record in; the record after this publication, the letters of each name, and what
must not be published out. Stored answers hang on names, letters and meanings, so whatever would
make an old answer say something else is refused here. It knows nothing of pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.content.changes import Record, act
from lms.content.course import Course, Lesson, Module, Quiz, Rating, Step, Text
from lms.content.letters import Letters, give_letters
from lms.content.meaning import Meaning, page_meaning, page_wording, parts_of, step_meaning, step_wording
from lms.content.plain import fingerprint, plain_text
from lms.content.plan import QUIZ, Kind
from lms.content.problems import Problem
from lms.content.release import Named, Names, Place

_FIXED = (Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.RATE, Kind.RATE_AGAIN)
"""Kinds whose answers are judged or compared by what they mean."""

_RATES = (Kind.RATE, Kind.RATE_AGAIN)

_NEW_NAME = "Give it a new name and add a line to `changes`: the date, then `removed {name}`."


@dataclass(frozen=True)
class Reconciled:
    """`letters`: of each step with options or points, in the order shown."""

    names: Names
    letters: Mapping[Place, tuple[str, ...]]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Thing:
    """A name of a published module and what stands under it."""

    module: Module
    what: Lesson | Step | Quiz
    name: str | None

    @property
    def place(self) -> Place:
        return self.module.module, self.name or ""

    @property
    def kind(self) -> Kind:
        if isinstance(self.what, Step):
            return self.what.kind
        return Kind.LESSON if isinstance(self.what, Lesson) else Kind.QUIZ

    def problem(self, code: str, message: str, instead: str) -> Problem:
        return Problem(self.module.file, self.what.line, 1, code, message, instead)


def reconcile(course: Course, known: Names) -> Reconciled:
    """Hold a course against the record: what is new, kept, moved, and what may not be."""
    register = _Register(course, act(course, known))
    things = list(_things(course))
    for thing in things:
        if thing.name is None:
            register.problems.append(_nameless(thing))
        elif not register.is_taken(thing):
            register.enter(thing)
    register.find_the_gone()
    return register.reconciled()


class _Register:
    """The names of this publication, as they are entered one by one."""

    def __init__(self, course: Course, record: Record) -> None:
        self.course = course
        self.record = record
        self.problems = list(record.problems)
        self.named: dict[Place, Named] = {}
        self.letters: dict[Place, tuple[str, ...]] = {}
        self.taken: set[Place] = set()
        self.rates = rates_of(course)

    def is_taken(self, thing: _Thing) -> bool:
        """Did this name belong to something else that was removed or renamed? It is never used again."""
        old = self.record.named.get(thing.place)
        if old and old.removed:
            message = f'"{thing.name}" was published before and removed; a name is never used again.'
        elif now := self.record.earlier.get(thing.place):
            message = f'"{thing.name}" is the earlier name of "{"/".join(now)}"; a name is never used again.'
        else:
            return False
        self.taken.add(thing.place)
        self.problems.append(thing.problem("name-used", message, "Choose a new name."))
        return True

    def enter(self, thing: _Thing) -> None:
        """Keep what is remembered of a name, or say why it can't be."""
        old = self.record.named.get(thing.place)
        given = give_letters(self._parts(thing), _letters_of(old))
        if old and old.kind != thing.kind:
            message = f'"{thing.name}" was published as a {old.kind} and is a {thing.kind} now.'
            self._refuse(thing, "name-kind", message, _NEW_NAME)
        elif thing.kind == Kind.RATE_AGAIN and not self._parts(thing):
            message = f'"{thing.name}" repeats a Rate that is not published.'
            self._refuse(thing, "rate-unpublished", message, "Name a Rate of a module that is in `order`.")
        elif given is None and thing.kind in _RATES:
            self._refuse(thing, "name-meaning", *_changed_meaning(thing))
        elif given is None:
            message = f'too much changed at once in "{thing.name}" to tell which option became which.'
            self._refuse(thing, "letters-unclear", message, "Reword them in two goes, publishing after each.")
        else:
            self._keep(thing, old, given)

    def _keep(self, thing: _Thing, old: Named | None, given: Letters) -> None:
        meanings = [fingerprint(meaning) for meaning in self._meanings(thing, given)]
        if old and old.meaning not in meanings and thing.kind in _FIXED:
            self._refuse(thing, "name-meaning", *_changed_meaning(thing))
            return
        prints = self._steps_of(thing.what) if isinstance(thing.what, Lesson) else given.prints
        wording = step_wording(thing.what) if isinstance(thing.what, Step) else page_wording(thing.what)
        self.letters[thing.place] = given.shown
        self.named[thing.place] = Named(thing.kind.value, meanings[0], fingerprint(wording), prints, given.gone)

    def _refuse(self, thing: _Thing, code: str, message: str, instead: str) -> None:
        self.taken.add(thing.place)
        self.problems.append(thing.problem(code, message, instead.format(name=thing.name)))

    def _parts(self, thing: _Thing) -> list[str]:
        if not isinstance(thing.what, Step):
            return []
        asked = thing.what.asked
        if thing.kind == Kind.RATE_AGAIN and isinstance(asked, Rating):
            asked = self.rates.get(rate_place(thing.module.module, asked))
        return [plain_text(part) for part in parts_of(asked)]

    def _steps_of(self, lesson: Lesson) -> dict[str, str]:
        """A lesson's parts are its steps: by them a later line about the lesson covers them too."""
        return {step.name: fingerprint(plain_text(step.title)) for step in lesson.steps if step.name}

    def _meanings(self, thing: _Thing, given: Letters) -> Iterator[Meaning]:
        """The meaning now, then what it was called while a Rate it repeats had its earlier names."""
        if not isinstance(thing.what, Step):
            yield page_meaning(thing.what)
            return
        for repeats in self._repeated(thing.module.module, thing.what):
            yield step_meaning(thing.what, given.shown, repeats)

    def _repeated(self, module: str, step: Step) -> list[str]:
        if step.kind != Kind.RATE_AGAIN or not isinstance(step.asked, Rating):
            return [""]
        rate = rate_place(module, step.asked)
        earlier = sorted(was for was, now in self.record.earlier.items() if now == rate)
        return ["/".join(place) for place in (rate, *earlier)]

    def find_the_gone(self) -> None:
        """A name that was published, in a module that still is, must still be there or have its line.

        Where a line could not act this would only say so twice.
        """
        if self.record.problems:
            return
        files = {module.module: module.file for module in self.course.modules}
        for place, old in sorted(self.record.named.items()):
            if place[0] in files and not old.removed and place not in self.named and place not in self.taken:
                message = f'"{place[1]}" ({old.kind}) was published and is gone.'
                self.problems.append(Problem(files[place[0]], 1, 1, "name-gone", message, self._what_became(place)))

    def _what_became(self, place: Place) -> str:
        old = self.record.named[place]
        new = [it for it in self.named if it not in self.record.named and self._is_like(old, self.named[it])]
        line = f"removed {place[1]}"
        if len(new) == 1:
            module, name = new[0]
            line = f"renamed {place[1]} to {name}" if module == place[0] else f"moved {place[1]} to {module}"
        return f"Put it back, or add a line to `changes`: the date, then `{line}`."

    @staticmethod
    def _is_like(old: Named, new: Named) -> bool:
        return (old.kind, old.wording) == (new.kind, new.wording)

    def reconciled(self) -> Reconciled:
        named = self.record.named | self.named
        names = Names(dict(sorted(named.items())), dict(sorted(self.record.earlier.items())), tuple(self.record.done))
        return Reconciled(names, self.letters, tuple(self.problems))


def rate_place(module: str, asked: Rating) -> Place:
    """Where the Rate stands that a Rate again repeats: `name`, or `module/name`."""
    other, _, name = asked.same_as.rpartition("/")
    return other or module, name


def rates_of(course: Course) -> dict[Place, Rating]:
    """The published Rates, for those that repeat them: a Rate again has the points and letters of its Rate."""
    steps = ((module, step) for module in course.modules for lesson in module.lessons for step in lesson.steps)
    return {
        (module.module, step.name): step.asked
        for module, step in steps
        if step.kind == Kind.RATE and step.name and isinstance(step.asked, Rating)
    }


def _things(course: Course) -> Iterator[_Thing]:
    for module in course.modules:
        for lesson in module.lessons:
            yield _Thing(module, lesson, lesson.name)
            yield from (_Thing(module, step, step.name) for step in lesson.steps)
        if module.quiz:
            yield _Thing(module, module.quiz, QUIZ)
            yield from (_Thing(module, question, question.name) for question in module.quiz.questions)


def _letters_of(old: Named | None) -> Letters | None:
    if old is None or old.kind == Kind.LESSON:
        return None
    shown = tuple(letter for letter in old.letters if letter not in old.gone)
    return Letters(shown, old.letters, old.gone)


def _nameless(thing: _Thing) -> Problem:
    title = thing.what.title
    message = f'"{plain_text(title)}" has no name yet; only a draft can do without.'
    return thing.problem("name-missing", message, f"End the heading with a name, such as {{#{_slug(title)}}}.")


def _slug(title: Text) -> str:
    """A name made from a title: `Why length matters` gives `why-length-matters`."""
    words = re.findall(r"[a-z0-9]+", plain_text(title).lower())
    return re.sub("^[^a-z]+", "", "-".join(words))[:40].strip("-") or "step-1"


def _changed_meaning(thing: _Thing) -> tuple[str, str]:
    if thing.kind in _RATES:
        return f'the points or skills of "{thing.name}" changed, and earlier ratings could not be compared.', _NEW_NAME
    message = f'what is right in "{thing.name}" changed since it was published; `remarked` is not supported yet.'
    return message, "Publish it under a new name and add a line to `changes`: the date, then `removed {name}`."
