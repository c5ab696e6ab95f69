"""Names: what a course publishes is held against the record of every name it ever published.

A course and the record in; the record after this publication, the letters of each name, and what
must not be published out. Stored answers hang on names, letters and meanings, so whatever would
make an old answer say something else is refused here. It knows nothing of pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from lms.content.changes import MARKED, Record, act
from lms.content.course import Course, Lesson, Module, Quiz, Rating, Step, Text
from lms.content.departed import departed
from lms.content.headings import name_like
from lms.content.letters import Letters, give_letters
from lms.content.lock import JUDGED
from lms.content.meaning import (
    Meaning,
    Wording,
    choices_of,
    page_meaning,
    page_wording,
    parts_of,
    step_meaning,
    step_wording,
    ticked_alike,
)
from lms.content.plain import fingerprint, plain_text
from lms.content.plan import QUIZ, Kind
from lms.content.pressed import Judged, Judgements
from lms.content.problems import Problem
from lms.content.release import Act, Made, Named, Names, Place

if TYPE_CHECKING:
    from lms.content.cache import Shelf

_RATES = (Kind.RATE, Kind.RATE_AGAIN)

_NEW_NAME = "Give it a new name, such as {{#{free}}}, and add a line to `changes`: the date, then `removed {name}`."


@dataclass(frozen=True)
class Reconciled:
    """`letters`: of each step that has any, its parts' first and then its choices', in the author's order."""

    names: Names
    letters: Mapping[Place, tuple[str, ...]]
    problems: tuple[Problem, ...]
    acts: tuple[Act, ...] = ()
    """What lines of `changes` did just now."""
    held: frozenset[Place] = frozenset()
    """Names that are not what they were published as: of these nothing more is said."""


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


def reconcile(course: Course, known: Names, shelf: Shelf | None = None) -> Reconciled:
    """Hold a course against the record: what is new, kept, moved, and what may not be."""
    record = act(course, known)
    register, judgements = _Register(course, record), Judgements(shelf, record)
    for module in course.modules:
        before = judgements.take(module)
        if before:
            register.enter_again(module, before)
        elif register.enter_all(module):
            judgements.put(module, register.named, register.letters)
    register.problems += departed(course, record, register.named, register.taken)
    return register.reconciled()


class _Register:
    """The names of this publication, as they are entered one by one."""

    def __init__(self, course: Course, record: Record) -> None:
        self.unread = course.unread
        self.record = record
        self.problems = list(record.problems)
        self.named: dict[Place, Named] = {}
        self.letters: dict[Place, tuple[str, ...]] = {}
        self.taken: set[Place] = set()
        self.rates = rates_of(course)
        self.corrected, self.remarked, self.reopened = map(record.touched, ("corrected", "remarked", "reopened"))

    def enter_all(self, module: Module) -> bool:
        """Judge every name of a module. Was there nothing wrong, and nothing left open?"""
        before = len(self.problems), len(self.taken)
        for thing in _things(module):
            if thing.name is None:
                self.problems.append(self._nameless(thing))
                self.taken.add(thing.place)
            elif not self.is_taken(thing):
                self.enter(thing)
        return before == (len(self.problems), len(self.taken))

    def _nameless(self, thing: _Thing) -> Problem:
        """A published name that its words had, where it is gone, is the one to type: nothing else is said of that."""
        title = thing.what.title
        lost = self._lost(thing)
        if lost:
            self.taken.add(lost)
            message = f'"{plain_text(title)}" was published as "{lost[1]}", and its heading has no name any more.'
            return thing.problem("name-missing", message, f"End the heading with {{#{lost[1]}}}.")
        message = f'"{plain_text(title)}" has no name yet; only a draft can do without.'
        name = self.record.offer((thing.module.module, _slug(title)))
        return thing.problem("name-missing", message, f"End the heading with a name, such as {{#{name}}}.")

    def _lost(self, thing: _Thing) -> Place | None:
        """What these words were published as, if no heading has that name."""
        wording = fingerprint(wording_of(thing.what))
        gone = [
            place
            for place, old in self.record.named.items()
            if place[0] == thing.module.module and (old.kind, old.wording) == (thing.kind, wording) and not old.removed
        ]
        here = {*self.record.present, *self.record.inside, *self.taken}
        return next((it for it in gone if it not in here and it[1] not in self.unread.names), None)

    def enter_again(self, module: Module, before: Judged) -> None:
        """Keep the names of a module as they were judged before, against the same record."""
        self.named |= {(module.module, name): self.record.named[module.module, name] for name in before.same}
        self.named |= {(module.module, name): it for name, it in before.named.items()}
        self.letters |= {(module.module, name): it for name, it in before.letters.items()}

    def is_taken(self, thing: _Thing) -> bool:
        """Did this name belong to something else that was removed or renamed? It is never used again."""
        old = self.record.named.get(thing.place)
        if self._line_against(thing, old):
            return True
        if old and old.removed:
            message = f'"{thing.name}" was published before and removed; a name is never used again.'
        elif now := self.record.earlier.get(thing.place):
            message = f'"{thing.name}" is the earlier name of "{"/".join(now)}"; a name is never used again.'
            if self.unread.may_be(now[0]):  # a line in that file may bring it back
                message = ""
        elif thing.place in self.record.refused:  # told at its line: what stands under it would only say so twice
            message = ""
        else:
            return False
        self.taken.add(thing.place)
        if message and thing.place not in self.record.refused:
            instead = f"Choose a new name. Type {{#{self.record.free(thing.place)}}}."
            if thing.name == QUIZ:  # it has no other name
                instead = "Give the new quiz a module of its own."
            self.problems.append(thing.problem("name-used", message, instead))
        return True

    def _line_against(self, thing: _Thing, old: Named | None) -> bool:
        """Does a line that acts just now say that a heading has another name, or none any more? Says so."""
        now = self.record.earlier.get(thing.place)
        if thing.place in self.record.refused:
            return False
        if old and old.removed and thing.place in self.record.touched("removed"):
            message = f'a line of `changes` says that "{thing.name}" is removed, and here it stands.'
            instead = "Take it out with all that is under it, or delete the line."
        elif (
            now
            and now in self.record.touched("renamed")
            and now not in self.record.present
            and now[0] == thing.place[0]
        ):
            message = f'a line of `changes` says that "{thing.name}" is "{now[1]}" now.'
            instead = f"Type {{#{now[1]}}}, or delete the line."
            self.taken.add(now)
        else:
            return False
        self.taken.add(thing.place)
        self.problems.append(thing.problem("name-used", message, instead))
        return True

    def enter(self, thing: _Thing) -> None:
        """Keep what is remembered of a name, or say why it can't be."""
        old = self.record.named.get(thing.place)
        if self._repeats_unread(thing):
            self.taken.add(thing.place)
            return
        given = give_letters(self._parts(thing), _letters_of(old), _choices(thing))
        if old and old.kind != thing.kind:
            message = f'"{thing.name}" was published as {_a(old.kind)} and is {_a(thing.kind)} now.'
            self._refuse(thing, "name-kind", message, _NEW_NAME)
        elif thing.kind == Kind.RATE_AGAIN and not self._parts(thing):
            message = f'"{thing.name}" repeats a Rate that is not published.'
            self._refuse(thing, "rate-unpublished", message, "Name a Rate of a module that is in `order`.")
        elif given is None and thing.kind in _RATES:
            self._refuse(thing, "name-meaning", *_changed_meaning(thing))
        elif given is None:
            self._refuse(thing, "letters-unclear", *_unclear(thing))
        else:
            self._judge_meaning(thing, old, given)

    def _repeats_unread(self, thing: _Thing) -> bool:
        """Does it repeat a Rate whose file has faults? Its points are not known."""
        asked = thing.what.asked if isinstance(thing.what, Step) else None
        if not isinstance(asked, Rating) or not asked.same_as:
            return False
        return self.unread.may_be(rate_place(thing.module.module, asked)[0])

    def _judge_meaning(self, thing: _Thing, old: Named | None, given: Letters) -> None:
        """What is right may only change with its line, and then no letter may have changed its text and its tick."""
        meanings = [fingerprint(meaning) for meaning in self._meanings(thing, given)]
        same = old is None or old.meaning in meanings or thing.kind not in JUDGED
        if same or (thing.kind in MARKED and thing.place in self.reopened):
            self._keep(thing, old, given, meanings[0])
        elif old and thing.kind not in _RATES and not ticked_alike(thing.what, old, given):
            self._refuse(thing, "letters-unclear", *_unclear(thing))
        elif thing.kind in _RATES or thing.place not in self.remarked:
            self._refuse(thing, "name-meaning", *_changed_meaning(thing, self._has_lines(thing)))
        else:
            self._keep(thing, old, given, meanings[0])

    def _has_lines(self, thing: _Thing) -> bool:
        """Is there a line about it already? It acts once."""
        about = [change.verb for change in thing.module.changes if change.name == thing.name]
        return "remarked" in about or "reopened" in about

    def _keep(self, thing: _Thing, old: Named | None, given: Letters, meaning: str) -> None:
        prints = self._steps_of(thing.what) if isinstance(thing.what, Lesson) else given.prints
        wording = fingerprint(wording_of(thing.what))
        self.letters[thing.place] = given.shown
        self.named[thing.place] = Named(
            kind=thing.kind.value,
            meaning=meaning,
            wording=wording,
            letters=prints,
            gone=given.gone,
            choices=tuple(letter for letter in prints if letter in given.choices),
            since=old.since if old else "",
            reopened=old.reopened if old else 0,
            translations=self._translations(thing.place, old, given, (wording, meaning)),
        )

    def _translations(
        self, place: Place, old: Named | None, given: Letters, prints: tuple[str, str]
    ) -> Mapping[str, Made]:
        """Those of a corrected name that had followed its last words count as made from the new ones.

        Not where its parts have changed places: a translation's are known by theirs.
        """
        if old is None or place not in self.corrected:
            return old.translations if old else {}
        was = [letter for letter in old.letters if letter not in old.gone]
        in_place = old.kind == Kind.LESSON or was == [letter for letter in given.prints if letter not in given.gone]
        if not in_place and old.wording != prints[0]:
            return old.translations
        followed = {lang for lang, made in old.translations.items() if made.followed(old.wording, old.meaning)}
        made = old.translations.items()
        return {lang: Made(it.wording, *prints) if lang in followed else it for lang, it in made}

    def _refuse(self, thing: _Thing, code: str, message: str, instead: str) -> None:
        self.taken.add(thing.place)
        instead = instead.format(name=thing.name, free=self.record.free(thing.place))
        self.problems.append(thing.problem(code, message, instead))

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

    def reconciled(self) -> Reconciled:
        named = self.record.named | self.named
        names = Names(dict(sorted(named.items())), dict(sorted(self.record.earlier.items())), tuple(self.record.done))
        names = replace(names, texts=self.record.texts)
        acts = self.record.finished_acts()
        return Reconciled(names, self.letters, tuple(self.problems), acts, frozenset(self.taken))


def wordings(course: Course) -> dict[Place, str]:
    """What each name of a course says now, as a fingerprint."""
    return {it.place: fingerprint(wording_of(it.what)) for module in course.modules for it in _things(module)}


def wording_of(what: Lesson | Step | Quiz) -> Wording:
    """Everything a name shows."""
    return step_wording(what) if isinstance(what, Step) else page_wording(what)


def dated(names: Names, day: date) -> Names:
    """The record with the day on the names that are published for the first time."""
    since = day.isoformat()
    named = {place: it if it.since else replace(it, since=since) for place, it in names.named.items()}
    return replace(names, named=named)


def rate_place(module: str, asked: Rating) -> Place:
    """Where the Rate stands that a Rate again repeats: `name`, or `module/name`."""
    other, _, name = asked.same_as.rpartition("/")
    return other or module, name


def rates_of(course: Course) -> dict[Place, Rating]:
    """The published Rates, for those that repeat them: a Rate again has the points and letters of its Rate."""
    return {(module.module, name): rate for module in course.modules for name, rate in module.roll.rates.items()}


def _things(module: Module) -> Iterator[_Thing]:
    for lesson in module.lessons:
        yield _Thing(module, lesson, lesson.name)
        yield from (_Thing(module, step, step.name) for step in lesson.steps)
    if module.quiz:
        yield _Thing(module, module.quiz, QUIZ)
        yield from (_Thing(module, question, question.name) for question in module.quiz.questions)


def _choices(thing: _Thing) -> list[str]:
    return [plain_text(it) for it in choices_of(thing.what.asked)] if isinstance(thing.what, Step) else []


def _letters_of(old: Named | None) -> Letters | None:
    if old is None or old.kind == Kind.LESSON:
        return None
    shown = tuple(letter for letter in old.letters if letter not in old.gone)
    return Letters(shown, old.letters, old.gone, frozenset(old.choices))


def _slug(title: Text) -> str:
    """A name made from a title: `Why length matters` gives `why-length-matters`."""
    return name_like(plain_text(title)) or "step-1"


def _a(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind.replace('-', ' ')}"


def _changed_meaning(thing: _Thing, has_lines: bool = False) -> tuple[str, str]:
    if thing.kind in _RATES:
        return f'the points or skills of "{thing.name}" changed, and earlier ratings could not be compared.', _NEW_NAME
    message = f'what is right in "{thing.name}" changed since it was published.'
    line = "a new line to `changes` with another date, since each acts once" if has_lines else "a line to `changes`"
    verbs = "`remarked {name}` to mark its answers again, or `reopened {name}` to ask it again"
    return message, f"Add {line}: the date, then {verbs}."


def _unclear(thing: _Thing) -> tuple[str, str]:
    message = f'too much changed at once in "{thing.name}" to tell which option became which.'
    line = "a line to `changes`: the date, then `reopened {name}`"
    return message, f"Reword them in two goes, publishing after each, or add {line}."
