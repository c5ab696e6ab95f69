"""Which badge an outcome earns, and what a badge says.

A badge is earned by finishing a module or the course, once, and is never taken away by later content.
"""

from __future__ import annotations

from lms.content.plan import BadgePlan, CoursePlan, canonical
from lms.learning.progress import Outcome

COURSE = ""
"""Stands for the course itself where a module's name is asked for."""


def earned_by(outcome: Outcome) -> str | None:
    """The module whose badge an outcome earns, COURSE for the course's, None for no badge."""
    match outcome.kind:
        case "module":
            return outcome.name
        case "course":
            return COURSE
        case _:
            return None


def badge_of(plan: CoursePlan, module: str) -> BadgePlan | None:
    """The badge a release gives for a module, or for the course (COURSE). None for no badge."""
    if module == COURSE:
        return plan.badge
    found = plan.module(module)
    return found.badge if found else None


def badge_says(plan: CoursePlan, name: str, badge: BadgePlan) -> dict[str, str]:
    """What a badge of a release says for ever to those who earn it then, as its version's columns hold it."""
    module = plan.module(name) if name else None
    skills = {skill for lesson in module.lessons for skill in lesson.skills} if module else set()
    return {
        "name": badge.name,
        "rule": canonical({"finish": name or plan.course, "kind": "module" if name else "course"}),
        "picture_hash": badge.picture,
        "criteria": f'Finished the module "{module.title}".' if module else f'Finished the course "{plan.title}".',
        "skills": canonical(sorted(skills)),
    }
