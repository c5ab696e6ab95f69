"""What fits into a few minutes: the rest of a lesson, a short one, or a little practice.

In: where a learner is in each course. Out: what to do now, and why that. Nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.learning.answers import ASKED
from lms.learning.places import Where, share_of

FEW = 5


class Why(StrEnum):
    """Why a thing was chosen."""

    REST = "rest"
    """What is left of the lesson or quiz she is in fits."""
    SHORT = "short"
    """The next thing of a course she has begun fits."""
    PRACTICE = "practice"
    """Nothing new fits, but questions of a lesson she has finished do."""
    FIRST = "first"
    """So does the first lesson of a course she has not begun."""
    LONGER = "longer"
    """Nothing fits. She can stop in the middle of the next thing."""


@dataclass(frozen=True)
class Fit:
    """What to do now. `name`: of a lesson, or `quiz`; `step`: where practice begins, of `questions` in all."""

    where: Where
    module: str
    name: str
    minutes: int
    why: Why
    step: str = ""
    questions: int = 0


def latest_first(wheres: Iterable[Where]) -> list[Where]:
    """The course she was last in first, then the others she has begun, then the rest in their own order."""
    return sorted(wheres, key=lambda it: (not it.begun, -(it.last_at_ms or 0)))


def fitting(wheres: Sequence[Where], most: int = FEW) -> Fit | None:
    """What fits into so many minutes, from courses in the order of `latest_first`; None where nothing is left."""
    ahead = [fit for where in wheres if (fit := _ahead(where))]
    begun = (fit for fit in ahead if fit.minutes <= most and fit.where.begun)
    return (
        next(begun, None)
        or _practice(wheres, most)
        or next((fit for fit in ahead if fit.minutes <= most), None)
        or next((Fit(it.where, it.module, it.name, it.minutes, Why.LONGER) for it in ahead), None)
    )


def _ahead(where: Where) -> Fit | None:
    here = where.carry_on()
    if here is None:
        return None
    why = Why.FIRST if not where.begun else Why.REST if where.in_the_middle(*here) else Why.SHORT
    return Fit(where, *here, where.minutes_left(*here), why)


def _practice(wheres: Sequence[Where], most: int) -> Fit | None:
    """Questions of a finished lesson: of the course she was last in, and of the lesson she found hardest there."""
    for where in wheres:
        found = [(fit, wrong) for fit, wrong in _questions(where) if fit.minutes <= most]
        if found:
            return max(found, key=lambda it: it[1])[0]
    return None


def _questions(where: Where) -> Iterator[tuple[Fit, int]]:
    """The questions of each finished lesson, and how often she was wrong there. What asks for care is not suggested."""
    for module in where.shape.plan.modules:
        for lesson in () if module.care else module.lessons:
            asked = [step.name for step in lesson.steps if step.kind in ASKED]
            if asked and where.lesson_finished(module.module, lesson.name):
                minutes = share_of(lesson.minutes, len(asked), len(lesson.steps))
                fit = Fit(where, module.module, lesson.name, minutes, Why.PRACTICE, asked[0], len(asked))
                yield fit, sum(where.wrong_tries(module.module, name) for name in asked)
