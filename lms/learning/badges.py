"""Which badge an outcome earns.

A badge is earned by finishing a module or the course, once, and is never taken away by later content.
"""

from __future__ import annotations

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
