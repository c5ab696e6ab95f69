"""Keys: what marks a step, and what may be said once it has been answered.

A step, its letters and an aside sheet in, a `Key` out. Keys stay on the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms.content.course import (
    ANumber,
    Asked,
    Choose,
    Coding,
    Doing,
    Filling,
    InWords,
    Matching,
    Ordering,
    Pattern,
    Range,
    Step,
)
from lms.content.meaning import gaps_of, pairs_of, right_letters
from lms.content.plan import Key, KeyPattern, KeyRange, Kind
from lms.content.sheet import Sheet

_KEYED = (Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.CODE)


def needs_key(step: Step) -> bool:
    """Is there anything of it that a learner may not see before she has answered, or ever?"""
    return step.kind in _KEYED or (isinstance(step.asked, Doing) and bool(step.asked.look_for))


def key_of(step: Step, letters: Sequence[str], aside: Sheet) -> Key:
    """What marks a step, and what is said after an answer."""
    hints = tuple(aside.apart(hint) for hint in step.hints)
    explains = tuple(aside.apart(explain) for explain in step.explains)
    return replace(_marks(step.asked, letters, aside), hints=hints, explains=explains)


def _marks(asked: Asked | None, letters: Sequence[str], aside: Sheet) -> Key:
    if isinstance(asked, Ordering):
        return Key(order=tuple(letters))
    if isinstance(asked, Matching):
        return Key(pairs=pairs_of(asked, letters))
    if isinstance(asked, Filling):
        return Key(gaps=tuple(gaps_of(asked, letters)))
    if isinstance(asked, Coding):
        code = tuple((it.language, it.answer) for it in asked.snippets if it.answer is not None)
        return Key(code=code, checks=asked.checks)
    if isinstance(asked, Doing):
        return Key(look_for=tuple(aside.apart(it) for it in asked.look_for))
    return _marks_question(asked, letters, aside)


def _marks_question(asked: Asked | None, letters: Sequence[str], aside: Sheet) -> Key:
    if isinstance(asked, Choose):
        said = {letter: aside.apart(it.feedback) for letter, it in zip(letters, asked.options, strict=True)}
        return Key(tuple(right_letters(asked, letters)), {letter: html for letter, html in said.items() if html})
    if isinstance(asked, InWords):
        answers = tuple(_pattern(value, aside) for value in asked.answers)
        return Key(answers=answers, closes=tuple(_pattern(value, aside) for value in asked.closes))
    if isinstance(asked, ANumber):
        return Key(number=_range(asked.right, aside), near=tuple(_range(ends, aside) for ends in asked.closes))
    raise ValueError("a step that is answered asks nothing")


def _pattern(value: Pattern, aside: Sheet) -> KeyPattern:
    return KeyPattern(value.value, value.exact, aside.apart(value.feedback))


def _range(ends: Range, aside: Sheet) -> KeyRange:
    return KeyRange(ends.low, ends.high, aside.apart(ends.feedback))
