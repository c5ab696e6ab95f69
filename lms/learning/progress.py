"""Progress: the fold over what a learner did.

In: her state so far, one recorded event, the shapes of the releases her events name, the seed of
her draws. Out: the state with the event in it, and the outcomes that follow. Nothing else writes
progress, so it can be rebuilt from events and come out identical.

The order in which events arrive changes nothing that counts, as long as one attempt's own events
keep theirs. Therefore a lesson is finished when any release she has worked in is satisfied by all
she has done: that is what some order of arrival would have given her (docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from lms.learning.events import SIGNING, EventKind
from lms.learning.quiz import draw
from lms.learning.shapes import LessonShape, ModuleShape, QuizShape, Shape

FOLD_VERSION = 4
"""Raised when the fold changes meaning; progress of another version is rebuilt."""

TRIES_BEFORE_ANSWER = 2
"""After how many wrong answers the right one is shown on request (format.md, Completion)."""

KEPT_ATTEMPTS = 5

APART = 1_000
"""How far apart the attempts stand of ids that are one person: more than an attempt's number can be."""

PUBLISHING = frozenset({EventKind.RELEASED, EventKind.REMARKED})
"""What publishing writes into what she did."""

UNCOUNTED = PUBLISHING | SIGNING | {EventKind.RECALLED}
"""What makes no day one on which she learned: that, what others sign off, and questions she is asked again."""


class Recorded(msgspec.Struct, frozen=True):
    """An event as its row holds it: what the fold may look at."""

    kind: EventKind
    step_no: int
    release_id: int
    attempt: int
    mark: int | None
    at_ms: int
    quiz: int = 0
    """Of a remark: the number of the quiz its answer was given in, which may stand elsewhere by now; 0 for practice."""
    whose: int = 0
    """Of which of the ids that are one person: its place among the others, 0 for the one that was kept."""

    @property
    def go(self) -> int:
        """The number of its attempt among those of all her ids: two of them may have begun a second one each."""
        return self.attempt + APART * self.whose


class Attempt(msgspec.Struct, array_like=True):
    """One numbered go at a quiz. The release is that of its first event, whichever that was."""

    release_id: int
    finished: bool = False
    marks: dict[int, int] = {}
    """Question -> mark of the last answer recorded before it was finished."""
    score: int = 0
    """How many were right, once it is finished: kept when its marks are not."""


class State(msgspec.Struct):
    """What a learner's events in one course amount to."""

    releases: set[int] = set()
    done: set[int] = set()
    lessons: set[int] = set()
    modules: set[str] = set()
    course: bool = False
    passed: set[int] = set()
    best: dict[int, int] = {}
    attempts: dict[int, dict[int, Attempt]] = {}
    wrong: dict[int, int] = {}
    """Practice question -> how many wrong answers."""
    revealed: set[int] = set()
    """Practice questions whose answer she asked to be shown; done only after enough wrong ones."""
    hints: dict[int, int] = {}
    opened: set[int] = set()
    signed: set[int] = set()
    """Tasks that were signed off, or that she handed in with nobody there to do so."""
    last: tuple[int, int] = (0, 0)
    """(when, step number) of the latest thing she did."""

    @property
    def score(self) -> int:
        """How many quiz questions she got right, over the best attempt at each quiz."""
        return sum(self.best.values())


@dataclass(frozen=True)
class Outcome:
    """What an event brought about for the first time. `name` is a lesson's number, a module's name or empty."""

    kind: str
    """`started`, `lesson`, `module` or `course`: the kinds of milestones."""
    name: str = ""


@dataclass(frozen=True)
class Folded:
    """Outcomes of one event, and why it does not count where it does not."""

    outcomes: tuple[Outcome, ...] = ()
    why: str = ""


_NOTHING = Folded()


def fold(state: State, event: Recorded, shapes: Mapping[int, Shape], seed: int) -> Folded:
    """Put one event into the state (in place) and return what follows. `shapes` by release id."""
    if event.kind is EventKind.RECALLED:
        return _NOTHING  # it helps her remember, and is nothing she has or has not done
    shape = shapes[event.release_id]
    first = not state.releases
    new_release = event.release_id not in state.releases
    state.releases.add(event.release_id)
    before = _reach(state)
    why = _take(state, event, shape, shapes, seed)
    if event.kind not in PUBLISHING and event.kind not in SIGNING:  # that was not her doing
        state.last = max(state.last, (event.at_ms, event.step_no))
    if not new_release and _reach(state) == before:
        return Folded((), why) if why else _NOTHING
    judged = [shapes[release_id] for release_id in sorted(state.releases)]
    touched = [
        module for it in judged for module in (it.modules if new_release else _holding(it, [event.step_no, event.quiz]))
    ]
    outcomes = (Outcome("started"),) if first else ()
    return Folded((*outcomes, *_judge(state, judged, touched)), why)


def _reach(state: State) -> tuple[int, int, int, int]:
    """What finishes anything only grows: where it has not grown, nothing new is finished."""
    return len(state.done), len(state.opened), len(state.passed), len(state.signed)


def _holding(shape: Shape, numbers: Iterable[int]) -> list[ModuleShape]:
    """The modules of a release that hold any of these lessons, steps or quizzes."""
    return list({it.module: it for no in numbers if (it := shape.module_of.get(no))}.values())


def _take(state: State, event: Recorded, shape: Shape, shapes: Mapping[int, Shape], seed: int) -> str:
    """Enter what the event itself says. Returns why it does not count, or empty."""
    no = event.step_no
    match event.kind:
        case EventKind.OPENED:
            state.opened.add(no)
        case EventKind.TICKED if event.mark == 0:
            return "not-whole"
        case EventKind.DONE | EventKind.REFLECTED | EventKind.RATED | EventKind.TICKED:
            state.done.add(no)
        case EventKind.SIGNED:
            state.signed.add(no)
        case EventKind.REVEALED:
            state.revealed.add(no)
            _show(state, no)
            return "" if no in state.done else "too-early"
        case EventKind.HINTED:
            state.hints[no] = state.hints.get(no, 0) + 1
        case EventKind.ANSWERED if not event.attempt:
            _practise(state, no, bool(event.mark))
        case EventKind.STARTED | EventKind.ANSWERED | EventKind.FINISHED:
            return _attempt(state, event, shape, shapes, seed)
        case EventKind.REMARKED if event.mark:
            _remark(state, event, shapes)
    return ""


def _practise(state: State, no: int, right: bool) -> None:
    if right:
        state.done.add(no)
    else:
        state.wrong[no] = state.wrong.get(no, 0) + 1
        _show(state, no)


def _show(state: State, no: int) -> None:
    """Being shown the answer does a step once she has tried often enough, whichever is known first."""
    if no in state.revealed and state.wrong.get(no, 0) >= TRIES_BEFORE_ANSWER:
        state.done.add(no)


def _attempt(state: State, event: Recorded, shape: Shape, shapes: Mapping[int, Shape], seed: int) -> str:
    quiz = shape.module_of[event.step_no].quiz
    if quiz is None:
        return "not-asked"
    goes = state.attempts.get(quiz.no, {})
    if event.go not in goes and quiz.tries is not None and event.attempt > quiz.tries:
        return "no-try-left"
    goes = state.attempts.setdefault(quiz.no, goes)
    attempt = goes.setdefault(event.go, Attempt(event.release_id))
    if attempt.finished:
        return "late" if event.kind is not EventKind.STARTED else ""
    asked = _quiz(shapes[attempt.release_id], quiz.no)
    if event.kind is EventKind.ANSWERED:
        if event.step_no not in draw(seed, asked, event.attempt):
            return "not-asked"
        attempt.marks[event.step_no] = event.mark or 0
    elif event.kind is EventKind.FINISHED:
        _finish(state, asked, attempt)
        _forget({number: it for number, it in goes.items() if number // APART == event.whose})
    return ""


def _quiz(shape: Shape, no: int) -> QuizShape:
    quiz = shape.module_of[no].quiz
    assert quiz is not None  # noqa: S101 - a number of a quiz leads to a module that has it
    return quiz


def _finish(state: State, quiz: QuizShape, attempt: Attempt) -> None:
    attempt.finished = True
    attempt.score = sum(attempt.marks.values())
    _count(state, quiz, attempt.score)


def _count(state: State, quiz: QuizShape, score: int) -> None:
    state.best[quiz.no] = max(score, state.best.get(quiz.no, 0))
    if score >= quiz.pass_mark:
        state.passed.add(quiz.no)


def _remark(state: State, event: Recorded, shapes: Mapping[int, Shape]) -> None:
    """An answer that counts was right after all (`remark` says which count). Nothing is ever marked down."""
    if not event.attempt:
        state.done.add(event.step_no)
        return
    attempt = state.attempts.get(event.quiz, {}).get(event.go)
    if attempt is None or attempt.marks.get(event.step_no):
        return
    if event.step_no in attempt.marks:  # else it was finished long ago and only its score is kept
        attempt.marks[event.step_no] = 1
    if attempt.finished:
        attempt.score += 1
        _count(state, _quiz(shapes[attempt.release_id], event.quiz), attempt.score)


def _forget(goes: dict[int, Attempt]) -> None:
    """Keep the answers of the highest few finished attempts only: state stays small, in any order of arrival."""
    finished = sorted(number for number, attempt in goes.items() if attempt.finished)
    for number in finished[:-KEPT_ATTEMPTS]:
        goes[number].marks = {}


def _judge(state: State, judged: Sequence[Shape], touched: Sequence[ModuleShape]) -> list[Outcome]:
    """Finish what her releases ask and she has done. What is finished stays so.

    All lessons first, then all modules, then the course: a lesson that one release finishes may be the
    last that another, judged before it, was waiting for, and may have stood in another module there.
    """
    lessons = [lesson.no for module in touched for lesson in _newly(state, module)]
    found = [Outcome("lesson", str(no)) for no in lessons]
    for module in (*touched, *(module for shape in judged for module in _holding(shape, lessons))):
        if module.module not in state.modules and _module_done(state, module):
            state.modules.add(module.module)
            found.append(Outcome("module", module.module))
    if not state.course and any(_course_done(state, shape) for shape in judged):
        state.course = True
        found.append(Outcome("course"))
    return found


def _newly(state: State, module: ModuleShape) -> list[LessonShape]:
    lessons = [it for it in module.lessons if it.no not in state.lessons and lesson_done(state, it)]
    state.lessons.update(lesson.no for lesson in lessons)
    return lessons


def lesson_done(state: State, lesson: LessonShape) -> bool:
    """Whether all its steps that are not optional are done.

    A lesson all of whose steps are optional is finished by the first of them that is opened or done.
    """
    if lesson.required:
        return lesson.required <= state.done
    return not (lesson.numbers.isdisjoint(state.opened) and lesson.numbers.isdisjoint(state.done))


def _module_done(state: State, module: ModuleShape) -> bool:
    lessons = all(lesson.no in state.lessons for lesson in module.lessons if not lesson.optional)
    return lessons and (module.quiz is None or module.quiz.no in state.passed) and module.signs <= state.signed


def _course_done(state: State, shape: Shape) -> bool:
    of = shape.completed.of or tuple(module.module for module in shape.modules)
    need = shape.completed.need or len(of)
    return sum(module in state.modules for module in of) >= need


_READER = msgspec.json.Decoder(State)


def state_to_json(state: State) -> str:
    """Progress as its row holds it: sorted throughout, so that equal states are equal texts."""
    return msgspec.json.encode(msgspec.to_builtins(state, str_keys=True, order="sorted")).decode()


def copy_of(state: State) -> State:
    """A state to try something on."""
    return state_from_json(state_to_json(state))


def state_from_json(text: str) -> State:
    """The inverse of `state_to_json`."""
    return _READER.decode(text)
