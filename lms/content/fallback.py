"""A course in another language: what its translations still say, and what falls back to the source's words.

A course and the record of its names in; for each language the course as it is read there, which of its
texts are translated, and the record of what they were made from, out. A translation that has not changed
since its source did is not shown: editing the source never stops anything, and never misleads anyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace

from lms.content.counterparts import Beside, Named, counterpart, has_text, near_names, translated_wording
from lms.content.course import Course, Fact, Lesson, Module, Quiz, Rating, Step, Term, Text, Translated
from lms.content.faults import Faults
from lms.content.folder import COURSE, FACTS, GLOSSARY, translation_path
from lms.content.names import rate_place
from lms.content.nearest import listed
from lms.content.plain import fingerprint, plain_text
from lms.content.plan import QUIZ, Kind
from lms.content.problems import Problem, Severity
from lms.content.release import Made, Names, Place

_MEANING_ELSEWHERE = (Kind.LESSON, Kind.QUIZ, Kind.RATE_AGAIN)
"""What these mean is told beside their words, in every language: minutes, how many must be right, a Rate's points."""
_Prints = tuple[str, str]
"""The fingerprints of a wording and of a meaning."""


@dataclass(frozen=True)
class Spoken:
    """A course in one language. `places`: what of it is translated; all else is in the source language."""

    lang: str
    course: Course
    places: frozenset[Place]


@dataclass(frozen=True)
class Followed:
    """What came of holding every translation against its source."""

    spoken: tuple[Spoken, ...]
    names: Names
    problems: tuple[Problem, ...]


def follow(course: Course, names: Names, held: Set[Place] = frozenset(), behind: Set[str] = frozenset()) -> Followed:
    """Hold the translations of a course against it; `names` is the record as of this publication.

    Where something is wrong already: nothing is said of the names that are `held`, nor is it warned of how much a
    translation lacks of the files that are `behind`.
    """
    spoken: list[Spoken] = []
    problems: list[Problem] = []
    for lang, said in course.translations.items():
        reading = _Reading(course, names, said, held)
        reading.read()
        spoken.append(Spoken(lang, reading.course_now(), frozenset(reading.found)))
        names = reading.names_now()
        problems += reading.problems(behind)
    return Followed(tuple(spoken), names, tuple(problems))


@dataclass
class _Tally:
    """What of a file is not shown in its translation."""

    total: int = 0
    stale: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def sentence(self, source_lang: str) -> str:
        behind = [f"changed since: {listed(self.stale)}"] if self.stale else []
        behind += [f"not translated: {listed(self.missing)}"] if self.missing else []
        count = len(self.stale) + len(self.missing)
        return f'learners read {count} of {self.total} texts in "{source_lang}"; {"; ".join(behind)}.'


class _Reading:
    """One language while it is held against the source."""

    def __init__(self, course: Course, names: Names, said: Translated, held: Set[Place]) -> None:
        self.course = course
        self.names = names
        self.said = said
        self.lang = said.lang
        self.files = {module.module: module.file for module in (*course.modules, *course.drafts)}
        self.held = held
        self.items = {place: what for place, what in _items(course.modules) if place not in held}
        self.drafts = dict(_items(course.drafts))
        self.declared = dict(_declared(course))
        self.faults: dict[str, Faults] = {}
        self.found: dict[Place, Named | Term | None] = {}
        """What is shown translated: None for a title and welcome, which stand in `said`."""
        self.stale: set[Place] = set()
        self.entered: dict[Place, str] = {}
        self.made: dict[Place, Made] = {}
        self.texts: dict[Place, Made] = {}

    def read(self) -> None:
        for module in (it for name, it in self.said.modules.items() if name in self.files):
            for _, what in sorted(_named_in(module), key=lambda it: (module.module, it[0]) not in self.items):
                self._enter(module, what)
        self._read_welcomes()
        self._read_entries(GLOSSARY, self.course.terms, self.said.terms)
        self._read_entries(FACTS, self.course.facts, self.said.facts)
        self._leave_rates_again()

    # --- steps, lessons and the quiz ---

    def _enter(self, module: Module, what: Named) -> None:
        typed = (module.module, _name(what))
        place = self._now(typed)
        if place in self.held:
            return
        if place in self.entered:
            message = f'"{typed[1]}" is "{place[1]}" now, which {self.entered[place]} translates already.'
            self._faults(module.file).error(what.line, "translation-twice", message, "Delete one of the two.")
            return
        if place in self.items:
            self.entered[place] = module.file
            self._judge(place, what, self._beside(module.file, place))
        elif place in self.drafts:
            if place not in self.names.named:  # once published, it is only retired
                counterpart(self.drafts[place], what, self._beside(module.file, place))
        elif place not in self.names.named and typed not in self.declared:
            here = sorted(name for its, name in {**self.items, **self.drafts} if its == module.module)
            source = self.files.get(module.module, module.file)
            near_names(self._faults(module.file), what.line, typed[1], here, source)

    def _now(self, place: Place) -> Place:
        """What a name is called now, by the record or by the lines of `changes`."""
        seen: set[Place] = set()
        while place not in self.items and place not in seen:
            seen.add(place)
            place = self.names.earlier.get(place) or self.declared.get(place) or place
        return place

    def _judge(self, place: Place, theirs: Named, beside: Beside) -> None:
        named = self.names.named[place]
        made = _made(named.translations.get(self.lang), translated_wording(theirs), (named.wording, named.meaning))
        if named.kind in _MEANING_ELSEWHERE and made.source_wording == named.wording:
            made = replace(made, source_meaning=named.meaning)
        self.made[place] = made
        if not made.followed(named.wording, named.meaning):
            self.stale.add(place)
        elif found := counterpart(self.items[place], theirs, beside):
            self.found[place] = found

    def _leave_rates_again(self) -> None:
        """The points of a Rate again are those of its Rate: it can't be read where they are not translated."""
        for place, what in list(self.found.items()):
            asked = what.asked if isinstance(what, Step) else None
            if isinstance(asked, Rating) and asked.same_as and rate_place(place[0], asked) not in self.found:
                del self.found[place]

    # --- titles, welcomes, terms and facts ---

    def _read_welcomes(self) -> None:
        it = self.said.course
        if it and COURSE not in self.course.unread.files:
            source = self.course.title, self.course.welcome
            self._judge_welcome(("", ""), source, (it.title, it.body), it.file, COURSE)
        for module in self.course.modules:
            if its := self.said.modules.get(module.module):
                source = module.title, module.welcome
                self._judge_welcome((module.module, ""), source, (its.title, its.welcome), its.file, module.file)

    def _judge_welcome(
        self, place: Place, source: tuple[Text, Text], theirs: tuple[Text, Text], file: str, beside: str
    ) -> None:
        if not self._follows(place, _said(*source), [], _said(*theirs)):
            return
        if has_text(source[1], theirs[1], theirs[0].line, self._beside_file(file, beside)):
            self.found[place] = None

    def _read_entries(
        self, file: str, source: Mapping[str, Term] | Mapping[str, Fact], said: Mapping[str, Term]
    ) -> None:
        path = self.said.files.get(file, file)
        if file in self.course.unread.files:
            return
        for name, theirs in said.items():
            place, its = (file, name), source.get(name)
            if its is None:
                if self.lang not in self.names.texts.get(place, {}):
                    near_names(self._faults(path), theirs.line, name, sorted(source), file)
                continue
            nations = list(its.nations) if isinstance(its, Fact) else []
            if self._follows(place, _said(its.title, its.body), nations, _said(theirs.title, theirs.body)):
                self.found[place] = theirs

    def _follows(self, place: Place, source: object, meaning: object, theirs: object) -> bool:
        prints = fingerprint(source), fingerprint(meaning)
        made = self.texts[place] = _made(self.names.texts.get(place, {}).get(self.lang), theirs, prints)
        if not made.followed(*prints):
            self.stale.add(place)
        return place not in self.stale

    # --- what comes of it ---

    def course_now(self) -> Course:
        """The course as it is read in this language."""
        course, said = self.course, self.said.course
        if said and ("", "") in self.found:
            course = replace(course, title=said.title, welcome=said.body)
        terms = {name: self._term(term) for name, term in course.terms.items()}
        facts = {name: self._fact(fact) for name, fact in course.facts.items()}
        return replace(course, modules=tuple(map(self._module, course.modules)), terms=terms, facts=facts)

    def _term(self, term: Term) -> Term:
        theirs = self.found.get((GLOSSARY, term.name))
        return theirs if isinstance(theirs, Term) else replace(term, lang=self.course.lang)

    def _fact(self, fact: Fact) -> Fact:
        theirs = self.found.get((FACTS, fact.name))
        if isinstance(theirs, Term):
            return replace(fact, title=theirs.title, body=theirs.body)
        return replace(fact, lang=self.course.lang)

    def _module(self, module: Module) -> Module:
        said = self.said.modules.get(module.module)
        if said and (module.module, "") in self.found:
            module = replace(module, title=said.title, welcome=said.welcome)
        return replace(
            module,
            file=said.file if said else module.file,
            lessons=tuple(self._lesson(module.module, lesson) for lesson in module.lessons),
            quiz=self._quiz(module.module, module.quiz) if module.quiz else None,
        )

    def _lesson(self, module: str, lesson: Lesson) -> Lesson:
        found = self.found.get((module, lesson.name or ""))
        lesson = found if isinstance(found, Lesson) else lesson
        return replace(lesson, steps=self._steps(module, lesson.steps))

    def _quiz(self, module: str, quiz: Quiz) -> Quiz:
        found = self.found.get((module, QUIZ))
        quiz = found if isinstance(found, Quiz) else quiz
        return replace(quiz, questions=self._steps(module, quiz.questions))

    def _steps(self, module: str, steps: Iterable[Step]) -> tuple[Step, ...]:
        found = ((self.found.get((module, step.name or "")), step) for step in steps)
        return tuple(theirs if isinstance(theirs, Step) else step for theirs, step in found)

    def names_now(self) -> Names:
        """The record with what each translation was made from."""
        named = dict(self.names.named)
        for place, made in self.made.items():
            named[place] = replace(named[place], translations={**named[place].translations, self.lang: made})
        texts = dict(self.names.texts)
        for place, made in self.texts.items():
            texts[place] = {**texts.get(place, {}), self.lang: made}
        return replace(self.names, named=named, texts=dict(sorted(texts.items())))

    def problems(self, behind: Set[str]) -> Iterator[Problem]:
        """What stops the course, and how much of it is not shown in this language."""
        for faults in self.faults.values():
            yield from faults.problems
        for source, places in self._by_file():
            if source in behind or self._is_unread(source, places[0][0]):
                continue
            file = next(iter(sorted(self._translations_of(source))), "")
            tally = self._tally(places)
            if not file:
                message = f"there is no {translation_path(source, self.lang)}: "
                message += f'in "{self.lang}" all of this is shown in "{self.course.lang}".'
                yield _warning(source, "translation-missing", message, "Write it, or leave it for later.")
            elif (tally.stale or tally.missing) and not self._faults(file).errors:
                instead = "Translate what is named."
                if tally.stale:
                    instead += f" If its words still say the same, add a line to `changes` in {source}: the date, then "
                    instead += "`corrected` and the name."
                yield _warning(file, "translation-behind", tally.sentence(self.course.lang), instead)

    def _is_unread(self, source: str, module: str) -> bool:
        """Has a file of the two faults of its own?"""
        unread, lang = self.course.unread, self.lang.lower()
        its = (lang, source) in unread.translations or (lang, module or self.course.course) in unread.translations
        return its or source in unread.files

    def _by_file(self) -> Iterator[tuple[str, list[Place]]]:
        yield COURSE, [("", "")]
        for module in self.course.modules:
            inside = [place for place in self.items if place[0] == module.module]
            yield module.file, [(module.module, ""), *inside]
        for file, entries in ((GLOSSARY, self.course.terms), (FACTS, self.course.facts)):
            if entries:
                yield file, [(file, name) for name in entries]

    def _translations_of(self, source: str) -> Iterator[str]:
        if source in self.said.files:
            yield self.said.files[source]
        yield from (it.file for it in self.said.modules.values() if self.files.get(it.module) == source)

    def _tally(self, places: list[Place]) -> _Tally:
        tally = _Tally(len(places))
        for place in places:
            if place not in self.found:
                (tally.stale if place in self.stale else tally.missing).append(place[1] or "the welcome")
        return tally

    def _beside(self, file: str, place: Place) -> Beside:
        return self._beside_file(file, self.files[place[0]])

    def _beside_file(self, file: str, source: str) -> Beside:
        return Beside(source, self.course.lang, self.lang, self._faults(file))

    def _faults(self, file: str) -> Faults:
        return self.faults.setdefault(file, Faults(file))


def _made(old: Made | None, wording: object, source: _Prints) -> Made:
    """What a translation was made from: the source as it was when the translation last changed."""
    now = fingerprint(wording)
    return old if old and old.wording == now else Made(now, *source)


def _said(title: Text, body: Text) -> object:
    return [plain_text(title), list(body.blocks)]


def _name(what: Named) -> str:
    return QUIZ if isinstance(what, Quiz) else what.name or ""


def _named_in(module: Module) -> Iterator[tuple[str, Named]]:
    for lesson in module.lessons:
        yield lesson.name or "", lesson
        yield from ((step.name or "", step) for step in lesson.steps)
    if module.quiz:
        yield QUIZ, module.quiz
        yield from ((step.name or "", step) for step in module.quiz.questions)


def _items(modules: Iterable[Module]) -> Iterator[tuple[Place, Named]]:
    return (((module.module, name), what) for module in modules for name, what in _named_in(module))


def _declared(course: Course) -> Iterator[tuple[Place, Place]]:
    """What lines of `changes` say became of names, acted or not: a name in one was the source's once."""
    for module in (*course.modules, *course.drafts):
        for change in module.changes:
            place = (module.module, change.name)
            if change.verb == "renamed":
                yield place, (module.module, change.to)
            elif change.verb == "moved":
                yield place, (change.to, change.name)
            elif change.verb == "removed":
                yield place, place


def _warning(file: str, code: str, message: str, instead: str) -> Problem:
    return Problem(file, 1, 1, code, message, instead, Severity.WARNING)
