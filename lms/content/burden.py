"""Lessons that ask much of a learner's evening, of her phone or of her reading: too long, too heavy, too hard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil
from textwrap import shorten

from lms.content.course import ANumber, Asked, Choose, InWords, Lesson, Module, Quiz, Step, Text
from lms.content.folder import Role, path_of, role
from lms.content.library import Library
from lms.content.manuscript import Manuscript
from lms.content.meaning import parts_of
from lms.content.modules import ModuleFile
from lms.content.reading import hardest, passages, reading_age
from lms.content.videos import with_captions
from lms.content.weigh import SECONDS_A_QUESTION, WORDS_A_MINUTE, lesson_minutes

MOST_MINUTES = 8
MOST_BYTES = 100_000
MOST_AGE = 11
GROWN_UP = 18
"""The formula goes on to 40 and more, which says nothing to anyone."""
_LOADED = (Role.PICTURE, Role.CAPTIONS)
"""What comes with a page at once; a video comes only to who presses for it, who is told its size before."""


def warn_of_burdens(library: Library, file: ModuleFile) -> None:
    """Warn of each lesson of a module that is longer than 8 minutes, heavier than 100 kB or hard to read."""
    if file.module is None:
        return
    for lesson, end in _ends(file.ms, file.module):
        typed = "\n".join(file.ms.source.lines[lesson.line - 1 : end - 1])
        _warn_of_length(file.ms, lesson, typed)
        _warn_of_weight(library, file.ms, lesson, end, typed)
    if file.lang.partition("-")[0].lower() == "en":
        for lesson in file.module.lessons:
            _warn_of_reading(file.ms, lesson)
        if file.module.quiz:
            _warn_of_reading(file.ms, file.module.quiz)


def weights_of(library: Library, ms: Manuscript) -> dict[str, int]:
    """What the files of the folder weigh that the pages of a file load."""
    used = with_captions((path_of(link.address) for link in ms.links), library.files)
    costs = sorted(path for path in used if path in library.files and role(path) in _LOADED)
    return {path: len(library.files[path]) for path in costs}


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
    here = (link for link in ms.links if lesson.line <= link.line < end)
    used = with_captions((path_of(link.address) for link in here), library.files)
    costs = sorted(path for path in used if path in library.files and role(path) in _LOADED)
    weights = {path: len(library.files[path]) for path in costs}
    whole = len(typed.encode()) + sum(weights.values())
    if whole > MOST_BYTES:
        each = ", ".join(f"{path} {_kb(weight)}" for path, weight in weights.items()) or "no pictures"
        message = f"this lesson weighs {_kb(whole)}, and 100 kB is much on a phone ({each})."
        ms.faults.warn(lesson.line, "lesson-heavy", message, "Make its pictures smaller, or make two lessons of it.")


def _warn_of_reading(ms: Manuscript, part: Lesson | Quiz) -> None:
    read = passages(_texts(part))
    age = reading_age(read)
    if age is None or age <= MOST_AGE:
        return
    what = "quiz" if isinstance(part, Quiz) else "lesson"
    years = f"of {ceil(age)}" if age <= GROWN_UP else f"over {GROWN_UP}"
    message = f"this {what} reads as if for people {years}; {MOST_AGE} is the most."
    worst = "; ".join(f'line {it.line}, "{_short(it.text)}"' for it in hardest(read))
    instead = f"Shorten these sentences first, or use plainer words: {worst}."
    ms.faults.warn(part.line, "reading-age", message, instead)


def _texts(part: Lesson | Quiz) -> Iterator[Text]:
    """All that a learner may be given to read in a lesson or quiz."""
    yield part.title
    yield part.body
    for step in part.questions if isinstance(part, Quiz) else part.steps:
        yield from (step.title, step.body, *parts_of(step.asked), *_said(step), *step.hints, *step.explains)


def _said(step: Step) -> Iterable[Text]:
    """What is said to answers."""
    asked: Asked | None = step.asked
    if isinstance(asked, Choose):
        return [option.feedback for option in asked.options]
    if isinstance(asked, InWords):
        return [pattern.feedback for pattern in (*asked.answers, *asked.closes)]
    return [near.feedback for near in asked.closes] if isinstance(asked, ANumber) else ()


def _short(sentence: str) -> str:
    return shorten(sentence, 60, placeholder=" ...", break_on_hyphens=False)


def _kb(count: int) -> str:
    return f"{-(-count // 1000)} kB"
