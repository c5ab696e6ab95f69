"""Lessons that ask much of a learner's evening or of her phone: too long, or too heavy."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from lms.content.course import Lesson, Module
from lms.content.library import Library
from lms.content.manuscript import Manuscript
from lms.content.modules import ModuleFile
from lms.content.weigh import SECONDS_A_QUESTION, WORDS_A_MINUTE, lesson_minutes

MOST_MINUTES = 8
MOST_BYTES = 100_000


def warn_of_burdens(library: Library, file: ModuleFile) -> None:
    """Warn of each lesson of a module that is longer than 8 minutes or heavier than 100 kB."""
    if file.module is None:
        return
    for lesson, end in _ends(file.ms, file.module):
        typed = "\n".join(file.ms.source.lines[lesson.line - 1 : end - 1])
        _warn_of_length(file.ms, lesson, typed)
        _warn_of_weight(library, file.ms, lesson, end, typed)


def _ends(ms: Manuscript, module: Module) -> list[tuple[Lesson, int]]:
    """Each lesson, and the line after its last."""
    last = module.quiz.line if module.quiz else len(ms.source.lines) + 1
    starts = [lesson.line for lesson in module.lessons] + [last]
    return list(zip(module.lessons, starts[1:], strict=True))


def _warn_of_length(ms: Manuscript, lesson: Lesson, typed: str) -> None:
    # All words of the source are more than are shown: most lessons need no closer look.
    at_most = len(typed.split()) / WORDS_A_MINUTE + len(lesson.steps) * SECONDS_A_QUESTION / 60
    if lesson.minutes is None and at_most <= MOST_MINUTES:
        return
    minutes = lesson_minutes(lesson)
    if minutes > MOST_MINUTES:
        message = f"this lesson takes {minutes} minutes; {MOST_MINUTES} fit into a break."
        ms.faults.warn(lesson.line, "lesson-long", message, "Make two lessons of it.")


def _warn_of_weight(library: Library, ms: Manuscript, lesson: Lesson, end: int, typed: str) -> None:
    used = {
        posixpath.normpath(unquote(link.address))
        for link in ms.links
        if link.picture and lesson.line <= link.line < end
    }
    weights = {path: len(library.files[path]) for path in sorted(used) if path in library.files}
    whole = len(typed.encode()) + sum(weights.values())
    if whole > MOST_BYTES:
        each = ", ".join(f"{path} {_kb(weight)}" for path, weight in weights.items()) or "no pictures"
        message = f"this lesson weighs {_kb(whole)}, and 100 kB is much on a phone ({each})."
        ms.faults.warn(lesson.line, "lesson-heavy", message, "Make its pictures smaller, or make two lessons of it.")


def _kb(count: int) -> str:
    return f"{-(-count // 1000)} kB"
