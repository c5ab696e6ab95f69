"""Recall: the one or two questions a lesson opens with, from lessons she finished 1, 3 and 7 learning days ago.

In: where she is in a course, on which days she learned there and what she finished on them. Out: the numbers of the
questions that are due. A learning day is one on which she did something in the course. Every lesson is treated alike:
it is asked about three times, and neither a right answer nor a wrong one nor a skip changes when. Nothing here is
stored, and nothing of it counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms.content.plan import Kind, ModulePlan
from lms.learning.places import Where

GAPS = (1, 3, 7)
"""How many learning days ago a lesson was finished that is asked about."""
MOST = 2
"""Questions in a course on one day."""


@dataclass(frozen=True)
class Past:
    """What she did in a course, as far as it says what is due."""

    finished: Mapping[int, int]
    """Lesson -> the day she finished it."""
    days: Sequence[int]
    """Days on which she did something, in any order."""
    asked: Mapping[int, bool] = field(default_factory=dict)
    """Question asked again today -> whether she answered it: False where she skipped it."""


def due(where: Where, past: Past, today: int, module: str, lesson: str) -> tuple[int, ...]:
    """The questions to ask before a lesson is opened, in their order. None once she skipped one today."""
    if not all(past.asked.values()):
        return ()
    picked = _picked(where, past, today, module, lesson)
    left = [no for no in picked if no not in past.asked]
    return tuple(left[: max(0, MOST - len(past.asked))])


def _picked(where: Where, past: Past, today: int, module: str, lesson: str) -> list[int]:
    """Of two of the gaps a lesson each, and of that a question, by lot: the same all day, whatever she does on it."""
    opened = where.shape.plan.module(module)
    own = where.shape.numbers.get((module, lesson))
    found: list[int] = []
    for lessons in _lessons(past, today):
        asks = {no: its for no in lessons if no != own and (its := questions(where, no, opened))}
        if asks:
            found.append(_lot(where, today, asks[_lot(where, today, asks)]))
    return sorted(found, key=lambda no: _key(where, today, no))[:MOST]


def _lessons(past: Past, today: int) -> list[list[int]]:
    """For each gap the lessons she finished so many learning days ago. Today is none of them."""
    before = sorted({day for day in past.days if day < today}, reverse=True)
    days = [before[gap - 1] for gap in GAPS if gap <= len(before)]
    return [[no for no, day in past.finished.items() if day == its] for its in days]


def questions(where: Where, lesson_no: int, opened: ModulePlan | None) -> tuple[int, ...]:
    """What of a lesson can be asked again in a module: questions of its practice that she has done.

    So never one she has not met, nor one of a quiz. What asks for care is asked nowhere else, and what can be left at
    once only where the page can be.
    """
    shape = where.shape
    name, its_name = shape.places.get(lesson_no, ("", ""))
    module = shape.plan.module(name)
    lesson = module.lesson(its_name) if module else None
    if module is None or lesson is None or opened is None or lesson_no not in where.state.lessons:
        return ()
    if (module.care and module.module != opened.module) or (module.leave and not opened.leave):
        return ()
    numbers = (shape.numbers[name, step.name] for step in lesson.steps if step.kind is Kind.QUESTION)
    return tuple(no for no in numbers if no in where.state.done)


def _lot(where: Where, today: int, numbers: Iterable[int]) -> int:
    return min(numbers, key=lambda no: _key(where, today, no))


def _key(where: Where, today: int, no: int) -> bytes:
    return hashlib.sha256(f"{where.seed}|recall|{today}|{no}".encode()).digest()
