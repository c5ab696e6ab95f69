"""Small releases, written in one line each, and what their learners do there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from lms.content.plan import (
    QUIZ,
    Completion,
    CoursePlan,
    Kind,
    LessonPlan,
    ModulePlan,
    QuizPlan,
    Sort,
    StepPlan,
)
from lms.content.runs import runs_of
from lms.learning.answers import Answer
from lms.learning.events import Event, EventKind
from lms.learning.places import Where
from lms.learning.progress import Folded, Recorded, State, fold
from lms.learning.shapes import Shape, shape_of

SEED = 20_261_122
"""The seed of Lena's draws."""


def step(name: str, kind: Kind = Kind.READING, **more: Any) -> StepPlan:
    return StepPlan(name, kind, name.title(), **more)


def question(name: str, sort: Sort = Sort.ONE, letters: str = "abc", **more: Any) -> StepPlan:
    asked = tuple(letters) if sort in (Sort.ONE, Sort.ALL) else ()
    return step(name, Kind.QUESTION, sort=sort, letters=asked, **more)


def lesson(name: str, *steps: StepPlan | str, **more: Any) -> LessonPlan:
    """A step given by its name alone is one to read."""
    return LessonPlan(name, name.title(), tuple(step(it) if isinstance(it, str) else it for it in steps), **more)


def quiz(*questions: StepPlan | str, ask: int | None = None, pass_mark: int = 1, tries: int | None = None) -> QuizPlan:
    """A question given by its name alone is one to choose."""
    asked = tuple(question(it) if isinstance(it, str) else it for it in questions)
    runs = runs_of([it.name for it in asked], ask or len(asked))
    return QuizPlan("Check yourself", asked, runs, pass_mark, tries)


def module(name: str, *lessons: LessonPlan, quiz: QuizPlan | None = None) -> ModulePlan:
    return ModulePlan(name, name.title(), lessons, quiz)


def course(*modules: ModulePlan, need: int | None = None, of: Iterable[str] = ()) -> CoursePlan:
    return CoursePlan("online-safety", "en", "Staying safe online", modules, Completion(need, tuple(of)))


def shaped(plan: CoursePlan, release_id: int = 1, known: Mapping[tuple[str, str], int] | None = None) -> Shape:
    """A release with its numbers: those of `known`, and the next free ones for names that are new."""
    numbers = dict(known or {})
    for place in plan.steps():
        numbers.setdefault(place, max(numbers.values(), default=0) + 1)
    return shape_of(plan, numbers, release_id, 1, f"{release_id:064x}")


def release(*modules: ModulePlan, need: int | None = None, of: Iterable[str] = ()) -> Shape:
    return shaped(course(*modules, need=need, of=of))


class Learner:
    """A learner in one course. She does things by name; the fold says what follows."""

    def __init__(self, *shapes: Shape, seed: int = SEED) -> None:
        self.shapes = {shape.release_id: shape for shape in shapes}
        self.shape = shapes[0]
        """The release she works in now."""
        self.seed = seed
        self.state = State()
        self.clock = 0

    def did(
        self, kind: EventKind, place: str, attempt: int = 0, right: bool | None = None, at_ms: int | None = None
    ) -> Folded:
        """`place` is `module/name`."""
        self.clock += 1
        when = self.clock if at_ms is None else at_ms
        mark = None if right is None else int(right)
        recorded = Recorded(kind, self.no(place), self.shape.release_id, attempt, mark, when)
        return fold(self.state, recorded, self.shapes, self.seed)

    def read(self, *places: str) -> list[Folded]:
        return [self.did(EventKind.DONE, place) for place in places]

    def takes(self, module: str, attempt: int, marks: Mapping[str, bool]) -> Folded:
        """A whole attempt at a quiz, from starting it to handing it in."""
        self.did(EventKind.STARTED, f"{module}/{QUIZ}", attempt)
        for name, right in marks.items():
            self.did(EventKind.ANSWERED, f"{module}/{name}", attempt, right)
        return self.did(EventKind.FINISHED, f"{module}/{QUIZ}", attempt)

    def no(self, place: str) -> int:
        module, name = place.split("/")
        return self.shape.numbers[module, name]

    def where(self) -> Where:
        return Where(self.shape, self.state, self.seed, begun=bool(self.state.releases))


def names(*folded: Folded) -> set[tuple[str, str]]:
    """What followed, as (kind, name)."""
    return {(outcome.kind, outcome.name) for it in folded for outcome in it.outcomes}


def sent(shape: Shape, kind: EventKind, place: str, attempt: int = 0, answer: Answer = ()) -> Event:
    """An event as a phone sends it."""
    module, name = place.split("/")
    return Event(UUID(int=1), shape.plan.course, shape.hash, module, name, kind, "en", 0, attempt, answer)
