"""What she can do now: the skills of the lessons she finished, and where she placed herself.

In: where she is in each course, and what she chose at each Rate. Out: skills with the lessons they come from, and
Rates with what she chose before and after. Nothing here is a score: no numbers, and nobody is compared with anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lms.content.plan import Kind, LessonPlan, ModulePlan, StepPlan
from lms.learning.places import Where
from lms.learning.shapes import Shape


class Able(StrEnum):
    """Where she stands with a skill, by her own word; LEARNED where she has only finished lessons about it."""

    ALONE = "alone"
    HELPED = "helped"
    LEARNED = "learned"
    NOT_YET = "not-yet"


class Change(StrEnum):
    """What she chose at a Rate again, beside what she chose at its Rate."""

    MORE = "more"
    SAME = "same"
    LESS = "less"


@dataclass(frozen=True)
class Rating:
    """What she chose last at a Rate or a Rate again."""

    course_id: int
    step_no: int
    letter: str


@dataclass(frozen=True)
class Pair:
    """A Rate again that she answered, as she did the Rate it repeats. Letters are those of the Rate again."""

    where: Where
    module: ModulePlan
    lesson: LessonPlan
    again: StepPlan
    before: str
    now: str

    @property
    def change(self) -> Change:
        return change(self.again.letters, self.before, self.now)


@dataclass(frozen=True)
class Ability:
    """A skill, `framework/code`, and the lessons about it that she finished."""

    skill: str
    able: Able
    lessons: tuple[tuple[Where, ModulePlan, LessonPlan], ...]


def change(points: Sequence[str], before: str, now: str) -> Change:
    """Points go from least to most."""
    moved = points.index(now) - points.index(before)
    return Change.SAME if not moved else Change.MORE if moved > 0 else Change.LESS


def able(points: Sequence[str], letter: str) -> Able:
    """What a point says: only the last counts as able, and only the first as not yet."""
    if letter == points[-1]:
        return Able.ALONE
    return Able.NOT_YET if letter == points[0] else Able.HELPED


def first_of(shape: Shape, step_no: int) -> int | None:
    """The Rate that a Rate again repeats; None where the release does not have it, and for any other step."""
    owner, _, name = shape.steps[step_no].same_as.rpartition("/")
    return shape.numbers.get((owner or shape.places[step_no][0], name))


def point_before(shape: Shape, step_no: int, letter: str) -> str:
    """The point of a Rate again that stands where a letter stands at its Rate; empty for none."""
    first = first_of(shape, step_no)
    points = shape.steps[first].letters if first else ()
    return dict(zip(points, shape.steps[step_no].letters, strict=False)).get(letter, "")


@dataclass(frozen=True)
class Skills:
    """All that she learned and said. `ratings`: the oldest first."""

    wheres: Sequence[Where]
    ratings: Sequence[Rating]

    @cached_property
    def chosen(self) -> Mapping[tuple[int, int], str]:
        return {(it.course_id, it.step_no): it.letter for it in self.ratings}

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every Rate that she answered twice, in the order of the courses."""
        again = ((*its, step) for its in self._lessons() for step in its[2].steps if step.kind is Kind.RATE_AGAIN)
        return tuple(pair for its in again if (pair := self._pair(*its)))

    def _pair(self, where: Where, module: ModulePlan, lesson: LessonPlan, step: StepPlan) -> Pair | None:
        shape, no = where.shape, where.shape.numbers[module.module, step.name]
        now = self.chosen.get((shape.course_id, no), "")
        before = point_before(shape, no, self.chosen.get((shape.course_id, first_of(shape, no) or 0), ""))
        known = before in step.letters and now in step.letters
        return Pair(where, module, lesson, step, before, now) if known else None

    @cached_property
    def abilities(self) -> tuple[Ability, ...]:
        """The skills she can do with or without help by her own word, or has finished lessons about."""
        lessons: dict[str, list[tuple[Where, ModulePlan, LessonPlan]]] = {}
        for where, module, lesson in self._lessons():
            if where.lesson_finished(module.module, lesson.name):
                for skill in lesson.skills:
                    lessons.setdefault(skill, []).append((where, module, lesson))
        said = self._said()
        found = [(skill, self._able(said.get(skill), skill in lessons)) for skill in {**lessons, **said}]
        return tuple(Ability(skill, its, tuple(lessons.get(skill, ()))) for skill, its in found if its)

    def _able(self, said: tuple[Able, bool] | None, has_learned: bool) -> Able | None:
        """What she said before she learned is not the last word, unless she could already."""
        if said is None:
            return Able.LEARNED
        its, again = said
        if has_learned:
            return its if again or its is Able.ALONE else Able.LEARNED
        return its if its is not Able.NOT_YET else None

    def _said(self) -> dict[str, tuple[Able, bool]]:
        """Skill -> what she said last, and whether that was at a Rate again: its word goes before that of a Rate."""
        shapes = {where.shape.course_id: where.shape for where in self.wheres}
        found: dict[str, tuple[Able, bool]] = {}
        for it in self.ratings:
            shape = shapes.get(it.course_id)
            step = shape.steps.get(it.step_no) if shape else None
            if shape is None or step is None or it.letter not in step.letters:
                continue
            again = step.kind is Kind.RATE_AGAIN
            first = shape.steps.get(first_of(shape, it.step_no) or 0) if again else step
            for skill in first.skills if first else ():
                if again or not found.get(skill, (None, False))[1]:
                    found[skill] = able(step.letters, it.letter), again
        return found

    def _lessons(self) -> Iterator[tuple[Where, ModulePlan, LessonPlan]]:
        for where in self.wheres:
            for module in where.shape.plan.modules:
                for lesson in module.lessons:
                    yield where, module, lesson
