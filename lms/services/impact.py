"""What a publication would mean for learners, before it is published.

What is prepared in; out, for each line of `changes` that would act, each change that needs none and each module
that would be hidden, how many learners are half-way, how many have finished what it is about, and how many would
lose anything; for each file of a translation, which steps it no longer translates; and how much of each language
there is. Learners' progress is read once, in pages by key, whatever the number of changes; nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import msgspec

from lms.content.languages import english_name
from lms.content.nearest import listed
from lms.content.plan import QUIZ, CoursePlan, Kind
from lms.content.planjson import plan_from_json
from lms.content.release import Act, Named, Place, Release, names_from_json
from lms.services.numbering import Numbering, number_names
from lms.services.publishing import Prepared
from lms.services.reworked import reworked
from lms.store import courses as rows
from lms.store import events as event_rows
from lms.store import progress as progress_rows
from lms.store.gate import Store

_COMES = {
    "renamed": "Their progress follows.",
    "moved": "Their progress follows.",
    "removed": "It stays in their record, marked retired, and stops counting.",
    "corrected": "Translations stay in use.",
    "remarked": "Their answers are marked again in a moment, none below a pass.",
    "reopened": "They are asked again; what they finished, passed or earned stays.",
}
_COMPLETED = "Who has done enough by it finishes the course; who has finished it stays so."
_HIDDEN = "It is hidden from newcomers; what was earned stays."
_IDLE = "Nothing was published here under this name, so this line does nothing."


@dataclass(frozen=True)
class Effect:
    """One change, and how many learners it meets where."""

    what: str
    """`passwords.md: 2026-11-21 remarked q-length`"""
    half_way: int
    finished: int
    comes: str
    """What happens to them."""
    lose: int = 0
    """How many have done something that would hang on nothing, or on another kind of step."""

    def __str__(self) -> str:
        counts = f"{self.half_way:,} half-way, {self.finished:,} finished; {self.lose:,} lose anything"
        return f"{self.what}: {self.comes}" if self.comes == _IDLE else f"{self.what}: {counts}. {self.comes}"


@dataclass(frozen=True)
class FallBack:
    """Names that were shown in another language, and are in the source's until their translation follows."""

    file: str
    """What to edit."""
    lang: str
    source: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        count = len(self.names)
        fall = "step falls" if count == 1 else "steps fall"
        lang, source = english_name(self.lang), english_name(self.source)
        return f"{self.file}: {count:,} {lang} {fall} back to {source}: {listed(self.names)}."


@dataclass(frozen=True)
class Spoken:
    """How much of a course there is in another language."""

    lang: str
    source: str
    translated: int
    texts: int

    def __str__(self) -> str:
        lang, source = english_name(self.lang), english_name(self.source)
        done = f"{self.translated:,} of {self.texts:,} texts are translated"
        return f"{lang}: {done}; the others are read in {source}. `lms check` lists them."


@dataclass(frozen=True)
class Impact:
    """`learners`: how many have begun the course."""

    learners: int
    effects: tuple[Effect, ...]
    added: int
    """Steps and lessons that are new: asked of nobody who has finished what they stand in."""
    fall_back: tuple[FallBack, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    """The languages in which something is missing."""


class _Progress(msgspec.Struct):
    """What is looked at of a learner's progress, whichever version of the fold wrote it."""

    done: frozenset[int] = frozenset()
    lessons: frozenset[int] = frozenset()
    modules: frozenset[str] = frozenset()
    passed: frozenset[int] = frozenset()
    opened: frozenset[int] = frozenset()
    wrong: dict[int, int] = {}
    hints: dict[int, int] = {}
    revealed: frozenset[int] = frozenset()
    attempts: dict[int, dict[str, list[object]]] = {}
    course: bool = False

    def touched(self) -> set[int]:
        """Everything she has begun, done or not."""
        answered = (go[2] for goes in self.attempts.values() for go in goes.values() if isinstance(go[2], dict))
        asked = (int(no) for marks in answered for no in marks)
        steps = (self.done, self.opened, self.wrong, self.hints, self.revealed)
        return set().union(*steps, self.lessons, self.attempts, asked)


_DECODER = msgspec.json.Decoder(_Progress, strict=False)


@dataclass(frozen=True)
class _Watched:
    """What a change is about: by which numbers it is begun, and by which of them it is finished."""

    numbers: frozenset[int]
    finish: Callable[[_Progress], bool]


@dataclass
class _Count:
    """How many learners were met so far."""

    what: str
    comes: str
    watched: _Watched | None
    half_way: int = 0
    finished: int = 0
    lose: int = 0

    def look(self, learner: _Progress, touched: set[int], kept: Set[int]) -> None:
        if self.watched is None:
            return
        mine = self.watched.numbers & touched
        if self.watched.finish(learner):
            self.finished += 1
        elif mine:
            self.half_way += 1
        self.lose += not mine <= kept

    def effect(self) -> Effect:
        return Effect(self.what, self.half_way, self.finished, self.comes, self.lose)


def impact_of(store: Store, prepared: Prepared, step: Callable[[int], None] = lambda _: None) -> Impact:
    """Count them. `step` is told how many learners have been looked at. NamesLost where work would hang on nothing."""
    if prepared.release is None:
        return Impact(0, (), 0)
    spoken = tuple(_spoken(prepared.release.plan))
    if prepared.before is None:
        return Impact(0, tuple(_idle(prepared.release.acts)), 0, (), spoken)
    course_id = prepared.before.course_id
    with store.read() as db:
        known = rows.numbers(db, course_id)
    numbering = number_names(known, prepared.release)
    manifest = json.loads(prepared.before.manifest)
    scene = _Scene(plan_from_json(manifest["plan"]), names_from_json(manifest["names"]).named, known)
    earlier = {now: was for was, now in prepared.release.names.earlier.items() if was in scene.named}
    counts = list(_counts(prepared, prepared.release, scene, earlier))
    learners = _look_at_all(store, course_id, counts, scene, _kept(numbering, prepared.release, scene), step)
    added = sum(place not in known and place not in earlier for place in numbering.numbers)
    fallen = tuple(_fall_back(prepared, scene.plan, earlier))
    return Impact(learners, tuple(it.effect() for it in counts), added, fallen, spoken)


def _counts(prepared: Prepared, release: Release, scene: _Scene, earlier: Mapping[Place, Place]) -> Iterator[_Count]:
    """What is to be counted: of each line, of each change that has none, of each module that is hidden."""
    yield from (_count_of(act, scene, earlier) for act in release.acts)
    for it in reworked(scene.plan, scene.named, release, earlier):
        places = [earlier.get(place, place) for place in it.places]
        yield _Count(f"{prepared.files[it.module]}: {it.what}", it.comes, scene.watched_each(places))
    if scene.plan.completed != release.plan.completed:
        everything = _Watched(frozenset(scene.numbers.values()), lambda learner: learner.course)
        yield _Count("course.md: `completed` asks for something else", _COMPLETED, everything)
    yield from (_hidden(module, scene) for module in _hidden_modules(scene.plan, release.plan))


def _idle(acts: Iterable[Act]) -> Iterator[Effect]:
    """The lines of a course that is new here and that nothing is known of: they are about nothing."""
    return (Effect(f"{act.file}: {act.line}", 0, 0, _IDLE) for act in acts if not act.places)


def _spoken(plan: CoursePlan) -> Iterator[Spoken]:
    places = {("", ""), *((module.module, "") for module in plan.modules), *plan.steps()}
    for lang, titles in plan.titles.items():
        if missing := places - titles.keys():
            yield Spoken(lang, plan.lang, len(places) - len(missing), len(places))


def _kept(numbering: Numbering, release: Release, scene: _Scene) -> frozenset[int]:
    """The numbers that stand for what they stood for, or were retired: what was done under them is not lost."""
    kinds = {scene.numbers[place]: it.kind for place, it in scene.named.items() if place in scene.numbers}
    named = release.names.named
    same = {
        no
        for place, no in numbering.numbers.items()
        if place in named and kinds.get(no, named[place].kind) == named[place].kind
    }
    return numbering.retired | same


def _look_at_all(
    store: Store,
    course_id: int,
    counts: Sequence[_Count],
    scene: _Scene,
    kept: Set[int],
    step: Callable[[int], None],
) -> int:
    """Look at every learner; how many there are."""
    learners = 0
    tasks = scene.tasks() & frozenset().union(*(it.watched.numbers for it in counts if it.watched))
    with store.read() as db:
        for page in progress_rows.states_of(db, course_id):
            ticked = event_rows.ticked_in_part(db, course_id, tasks, page[0][0], page[-1][0]) if tasks else {}
            for person_id, state in page:
                learners += 1
                if counts:
                    _look(counts, state, ticked.get(person_id, frozenset()), kept)
                step(learners)
    return learners


def _fall_back(prepared: Prepared, old: CoursePlan, earlier: Mapping[Place, Place]) -> Iterator[FallBack]:
    """Module by module, what each language loses; a name is found under the one it had."""
    assert prepared.release is not None  # noqa: S101 - the caller has looked
    new = prepared.release.plan
    lost: dict[tuple[str, str], list[str]] = {}
    for lang, was in old.titles.items():
        now = new.titles.get(lang, {})
        for place in new.steps():
            if place not in now and earlier.get(place, place) in was:
                lost.setdefault((lang, place[0]), []).append(place[1])
    for (lang, module), names in lost.items():
        yield FallBack(prepared.translations[lang, module], lang, new.lang, tuple(names))


def _look(counts: Iterable[_Count], state: str, ticked: Set[int], kept: Set[int]) -> None:
    learner = _DECODER.decode(state)
    touched = learner.touched() | ticked
    for count in counts:
        count.look(learner, touched, kept)


@dataclass(frozen=True)
class _Scene:
    """What was published last, and the numbers of its names."""

    plan: CoursePlan
    named: Mapping[Place, Named]
    numbers: Mapping[Place, int]

    def watched(self, places: Iterable[Place]) -> _Watched | None:
        """The first of the places is what is finished; of several steps, all must be."""
        known = [place for place in places if place in self.numbers]
        if not known:
            return None
        numbers = frozenset(no for place in known for no in self._of(place))
        return _Watched(numbers, self._finish(known))

    def watched_each(self, places: Iterable[Place]) -> _Watched:
        """Several names: what is finished is each of them, a lesson as a lesson."""
        known = [place for place in places if place in self.numbers]
        finish = [self._finish([place]) for place in known]
        numbers = frozenset(no for place in known for no in self._of(place))
        return _Watched(numbers, lambda learner: all(it(learner) for it in finish))

    def tasks(self) -> frozenset[int]:
        """The numbers of Tasks: these are begun bit by bit."""
        tasks = (place for place, it in self.named.items() if it.kind == Kind.TASK and place in self.numbers)
        return frozenset(self.numbers[place] for place in tasks)

    def _of(self, place: Place) -> Iterator[int]:
        """A name's own number and, of a lesson or quiz, those of what stands in it."""
        yield self.numbers[place]
        module = self.plan.module(place[0])
        lesson = module.lesson(place[1]) if module else None
        steps = lesson.steps if lesson else module.quiz.questions if module and module.quiz and place[1] == QUIZ else ()
        yield from (self.numbers[place[0], step.name] for step in steps)

    def _finish(self, places: list[Place]) -> Callable[[_Progress], bool]:
        first, no = places[0], self.numbers[places[0]]
        kind = self.named[first].kind if first in self.named else ""
        if kind == Kind.LESSON:
            return lambda learner: no in learner.lessons
        quiz = self.numbers.get((first[0], QUIZ)) if kind == Kind.QUIZ or self._in_quiz(first) else None
        if quiz is not None:
            return lambda learner: quiz in learner.passed
        numbers = frozenset(self.numbers[place] for place in places)
        return lambda learner: numbers <= learner.done

    def _in_quiz(self, place: Place) -> bool:
        module = self.plan.module(place[0])
        return bool(module and module.quiz and any(it.name == place[1] for it in module.quiz.questions))


def _count_of(act: Act, scene: _Scene, earlier: Mapping[Place, Place]) -> _Count:
    what = f"{act.file}: {act.line}"
    watched = scene.watched(earlier.get(place, place) for place in act.places)
    return _Count(what, _COMES[act.verb] if watched else _IDLE, watched)


def _hidden_modules(old: CoursePlan, new: CoursePlan) -> list[str]:
    shown = {module.module for module in new.modules}
    return [module.module for module in old.modules if module.module not in shown]


def _hidden(module: str, scene: _Scene) -> _Count:
    numbers = frozenset(no for (its, _), no in scene.numbers.items() if its == module)
    watched = _Watched(numbers, lambda learner: module in learner.modules)
    return _Count(f"course.md: {module} is taken out of `order`", _HIDDEN, watched)
