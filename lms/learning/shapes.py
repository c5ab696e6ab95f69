"""A release as the rules see it: its plan, with the permanent number of every name.

In: a `CoursePlan` and the numbers the site gave its names. Out: a `Shape`, made once for a release
and kept. Events, progress and milestones hold numbers alone, so a renamed step stays the same step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.content.plan import QUIZ, Completion, CoursePlan, LessonPlan, ModulePlan, QuizPlan, StepPlan

Place = tuple[str, str]


@dataclass(frozen=True)
class LessonShape:
    """A lesson by numbers: finished when every number of `required` is done."""

    no: int
    required: frozenset[int]
    optional: bool
    numbers: frozenset[int]
    """Its own and those of its steps, optional ones too."""


@dataclass(frozen=True)
class QuizShape:
    """A quiz by numbers. `runs`: one question is drawn from each, in order."""

    no: int
    runs: tuple[tuple[int, ...], ...]
    pass_mark: int
    tries: int | None


@dataclass(frozen=True)
class ModuleShape:
    """A module by numbers."""

    module: str
    lessons: tuple[LessonShape, ...]
    quiz: QuizShape | None
    signs: frozenset[int] = frozenset()
    """The Tasks it waits for until they are signed off."""


@dataclass(frozen=True)
class Shape:
    """One release of one course."""

    release_id: int
    course_id: int
    hash: str
    plan: CoursePlan
    modules: tuple[ModuleShape, ...]
    completed: Completion
    numbers: Mapping[Place, int]
    """(module, name) -> number, containers included."""
    places: Mapping[int, Place]
    steps: Mapping[int, StepPlan]
    module_of: Mapping[int, ModuleShape]
    lesson_of: Mapping[int, LessonShape]
    """Of the steps of lessons, and of lessons themselves."""

    def quiz(self, module: str) -> QuizShape | None:
        return next((m.quiz for m in self.modules if m.module == module), None)

    def in_quiz(self, no: int) -> bool:
        """Whether a number is a question of a quiz, or the quiz itself."""
        return no not in self.lesson_of


def shape_of(plan: CoursePlan, numbers: Mapping[Place, int], release_id: int, course_id: int, hash_: str) -> Shape:
    """Lay a plan out by the numbers of its names. Every name of the plan must have one."""
    steps = {numbers[place]: step for place, step in plan.steps().items()}
    modules = tuple(_module(module, numbers) for module in plan.modules)
    by_name = {module.module: module for module in modules}
    places = {numbers[place]: place for place in plan.steps()}
    lessons: dict[int, LessonShape] = {}
    for module in plan.modules:
        for lesson, shape in zip(module.lessons, by_name[module.module].lessons, strict=True):
            lessons[shape.no] = shape
            lessons.update({numbers[module.module, step.name]: shape for step in lesson.steps})
    return Shape(
        release_id=release_id,
        course_id=course_id,
        hash=hash_,
        plan=plan,
        modules=modules,
        completed=plan.completed,
        numbers={place: no for no, place in places.items()},
        places=places,
        steps=steps,
        module_of={no: by_name[place[0]] for no, place in places.items()},
        lesson_of=lessons,
    )


def _module(module: ModulePlan, numbers: Mapping[Place, int]) -> ModuleShape:
    return ModuleShape(
        module=module.module,
        lessons=tuple(_lesson(module.module, lesson, numbers) for lesson in module.lessons),
        quiz=_quiz(module.module, module.quiz, numbers) if module.quiz else None,
        signs=frozenset(_signs(module, numbers)),
    )


def _signs(module: ModulePlan, numbers: Mapping[Place, int]) -> Iterator[int]:
    """A Task that is optional, or in a lesson that is, keeps nothing waiting."""
    for lesson in module.lessons:
        if not lesson.optional:
            yield from (numbers[module.module, it.name] for it in lesson.steps if it.sign_off and not it.optional)


def _lesson(module: str, lesson: LessonPlan, numbers: Mapping[Place, int]) -> LessonShape:
    required = frozenset(numbers[module, name] for name in lesson.required)
    its = frozenset(numbers[module, name] for name in (lesson.name, *(step.name for step in lesson.steps)))
    return LessonShape(numbers[module, lesson.name], required, lesson.optional, its)


def _quiz(module: str, quiz: QuizPlan, numbers: Mapping[Place, int]) -> QuizShape:
    runs = tuple(tuple(numbers[module, name] for name in run) for run in quiz.runs)
    return QuizShape(numbers[module, QUIZ], runs, quiz.pass_mark, quiz.tries)
