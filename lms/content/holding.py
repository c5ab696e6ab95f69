"""A course held against what was published of it, and its translations against it.

A course, or what is sound of one, and the record of names in; what came of it, or what stands against it, out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms.content.collector import collector_paused
from lms.content.course import Course
from lms.content.fallback import Followed, follow
from lms.content.names import Reconciled, reconcile
from lms.content.problems import Problem
from lms.content.release import Names
from lms.content.strict import raised

if TYPE_CHECKING:
    from lms.content.cache import Shelf


@collector_paused()
def held_against(course: Course, known: Names, shelf: Shelf | None = None) -> tuple[Problem, ...]:
    """What stands against the sound part of a course that can't be frozen: its names, and its translations."""
    return problems_of(course, *hold_against(course, known, shelf))


def hold_against(course: Course, known: Names, shelf: Shelf | None) -> tuple[Reconciled, Followed]:
    """The names, then the translations of those without a fault."""
    reconciled = reconcile(course, known, shelf)
    behind = {problem.file for problem in reconciled.problems}
    return reconciled, follow(course, reconciled.names, reconciled.held, behind)


def problems_of(course: Course, reconciled: Reconciled, followed: Followed) -> tuple[Problem, ...]:
    """In order, those the course is strict about as errors."""
    return raised(sorted({*reconciled.problems, *followed.problems}), course.strict)
