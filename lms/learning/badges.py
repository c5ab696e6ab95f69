"""Which badge an outcome earns, and what a badge says.

A badge is earned by finishing a module or the course, once, and is never taken away by later content.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms.content.plan import BadgePlan, CoursePlan, ModulePlan, canonical
from lms.learning.progress import Outcome

COURSE = ""
"""Stands for the course itself where a module's name is asked for."""

SIGNS = "signs"
"""In the rule of a badge for which somebody has to sign something off."""
LONGEST_NAME = 200
"""Letters of a badge's name; a heading without a `badge:` of its own can be longer."""


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
    taught = (module,) if module else plan.modules
    rule = {"finish": name or plan.course, "kind": "module" if name else "course"}
    skills = {skill for it in taught for lesson in it.lessons for skill in lesson.skills}
    return {
        "name": _short(badge.name),
        "rule": canonical(rule | ({SIGNS: True} if any(map(_is_signed, taught)) else {})),
        "picture_hash": badge.picture,
        "criteria": f'Finished the module "{module.title}".' if module else f'Finished the course "{plan.title}".',
        "skills": canonical(sorted(skills)),
    }


def _is_signed(module: ModulePlan) -> bool:
    """Whether something in it is to be signed off."""
    return any(step.sign_off for lesson in module.lessons for step in lesson.steps)


def waits_for_sign_off(rule: str) -> bool:
    """Whether the rule of a badge's version asks for something that somebody signs off."""
    return f'"{SIGNS}"' in rule


def badge_about(plan: CoursePlan, name: str) -> dict[str, str]:
    """What a version also keeps, so that a badge can be read when its course is gone; no new version comes of it."""
    module = plan.module(name) if name else None
    if module:
        title = module.title
        description = f'A module of the course "{plan.title}": {_listed(it.title for it in module.lessons)}.'
    else:
        title, description = plan.title, f"A course: {_listed(it.title for it in plan.modules)}."
    return {"title": title, "description": description, "lang": plan.lang}


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _listed(titles: Iterable[str]) -> str:
    return "; ".join(titles)
