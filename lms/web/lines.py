"""The line of each course: its ink, its drawing and the thing on its badge go by one name.

A course this site does not know gets the first line; no course is ever told by its colour alone.
"""

from __future__ import annotations

PINE = "coding"
LINES = {"coding-basics": PINE, "online-safety": "safety", "social-media": "social"}


def line_of(course: str) -> str:
    """The name of a course's line: `data-line` in the style sheet, `art/<line>.svg`."""
    return LINES.get(course, PINE)
