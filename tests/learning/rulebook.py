"""What progress should be, worked out at a stroke from all events: no order, no running state.

The same rules as the fold's, written a second time and the slow way, so that the two check each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile

from lms.learning.events import EventKind
from lms.learning.progress import Recorded
from lms.learning.quiz import draw
from lms.learning.shapes import ModuleShape, Shape
from tests.learning.histories import History, quiz_of

_DOES = {EventKind.DONE, EventKind.REFLECTED, EventKind.RATED}


def by_the_book(history: History) -> dict[str, object]:
    """The parts of progress that are certified, as its row holds them."""
    worked_in = {event.release_id for event in history.events if event.kind is not EventKind.RECALLED}
    shapes = [history.shapes[release_id] for release_id in worked_in]
    asked = [module for shape in shapes for module in shape.modules]
    done = {event.step_no for event in history.events if _does_a_step(event)} | _shown(history)
    opened = {event.step_no for event in history.events if event.kind is EventKind.OPENED}
    goes = list(_goes(history))
    passed = {quiz_no for quiz_no, _, enough in goes if enough}
    signed = {event.step_no for event in history.events if event.kind is EventKind.SIGNED}
    lessons = _lessons(asked, done, opened)
    modules = {module.module for module in asked if _is_finished(module, lessons, passed) and module.signs <= signed}
    return {
        "done": sorted(done),
        "passed": sorted(passed),
        "best": {str(no): max(score for quiz_no, score, _ in goes if quiz_no == no) for no, _, _ in goes},
        "lessons": sorted(lessons),
        "modules": sorted(modules),
        "course": any(_is_completed(shape, modules) for shape in shapes),
    }


def _does_a_step(event: Recorded) -> bool:
    if event.kind is EventKind.TICKED:
        return event.mark == 1
    return event.kind in _DOES or (_is_practice(event, EventKind.REMARKED) and event.mark == 1)


def _shown(history: History) -> set[int]:
    """Questions whose answer she asked for and had tried twice, before or after."""
    wrong = Counter(event.step_no for event in history.events if _is_practice(event) and event.mark == 0)
    return {event.step_no for event in history.events if event.kind is EventKind.REVEALED and wrong[event.step_no] >= 2}


def _is_practice(event: Recorded, *other: EventKind) -> bool:
    return event.kind in (EventKind.ANSWERED, *other) and not event.attempt


def too_early(history: History, order: Sequence[int]) -> set[int]:
    """The ids of those who asked for an answer before two wrong ones, or a right one, were known."""
    wrong, done, found = Counter[int](), set[int](), set[int]()
    for its_id in dict.fromkeys(order):
        event = history.events[its_id]
        if _is_practice(event):
            wrong[event.step_no] += not event.mark
            done |= {event.step_no} if event.mark else set()
        elif _is_practice(event, EventKind.REMARKED):
            done |= {event.step_no} if event.mark else set()
        elif event.kind is EventKind.REVEALED and event.step_no not in done and wrong[event.step_no] < 2:
            found.add(its_id)
    return found


def _lessons(asked: list[ModuleShape], done: set[int], opened: set[int]) -> set[int]:
    every = [lesson for module in asked for lesson in module.lessons]
    without = {it.no for it in every if not it.required and it.numbers & (done | opened)}
    return without | {it.no for it in every if it.required and it.required <= done}


def _is_finished(module: ModuleShape, lessons: set[int], passed: set[int]) -> bool:
    needed = {lesson.no for lesson in module.lessons if not lesson.optional}
    return needed <= lessons and (module.quiz is None or module.quiz.no in passed)


def _is_completed(shape: Shape, modules: set[str]) -> bool:
    of = set(shape.completed.of or [module.module for module in shape.modules])
    return len(modules & of) >= (shape.completed.need or len(of))


def _goes(history: History) -> Iterator[tuple[int, int, bool]]:
    """(quiz, score, whether that is enough) of each attempt that counts and was handed in."""
    for stream in {stream for stream in history.streams if stream[0] == "go"}:
        _, quiz_no, number = stream
        its = [event for event, own in zip(history.events, history.streams, strict=True) if own == stream]
        its = list(dropwhile(lambda event: _above_the_tries(history, event, number), its))  # noqa: B023
        if not any(event.kind is EventKind.FINISHED for event in its):
            continue
        quiz = quiz_of(history.shapes[its[0].release_id], quiz_no)
        marks = _marks(its)
        score = sum(marks.get(no) or 0 for no in draw(history.seed, quiz, number))
        yield quiz_no, score, score >= quiz.pass_mark


def _marks(its: list[Recorded]) -> dict[int, int | None]:
    """Question -> the mark that counts: of the last answer before the end, and whatever raised it, then or later."""
    before = len(list(takewhile(lambda event: event.kind is not EventKind.FINISHED, its)))
    marks: dict[int, int | None] = {}
    for place, event in enumerate(its):
        if event.kind is EventKind.REMARKED or (event.kind is EventKind.ANSWERED and place < before):
            marks[event.step_no] = event.mark
    return marks


def _above_the_tries(history: History, event: Recorded, number: int) -> bool:
    tries = quiz_of(history.shapes[event.release_id], event.step_no).tries
    return tries is not None and number > tries
