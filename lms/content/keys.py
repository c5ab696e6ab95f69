"""Keys: what marks a Question, and what may be said once it has been answered.

A step, its letters and an aside sheet in, a `Key` out. Keys stay on the server.
"""

from __future__ import annotations

from lms.content.course import ANumber, Choose, InWords, Pattern, Range, Step
from lms.content.meaning import right_letters
from lms.content.plan import Key, KeyPattern, KeyRange
from lms.content.sheet import Sheet


def key_of(step: Step, letters: tuple[str, ...], aside: Sheet) -> Key:
    """What marks a Question, and what is said after an answer."""
    hints = tuple(aside.apart(hint) for hint in step.hints)
    explains = tuple(aside.apart(explain) for explain in step.explains)
    asked = step.asked
    if isinstance(asked, Choose):
        said = {letter: aside.apart(it.feedback) for letter, it in zip(letters, asked.options, strict=True)}
        feedback = {letter: html for letter, html in said.items() if html}
        return Key(tuple(right_letters(asked, letters)), feedback, hints=hints, explains=explains)
    if isinstance(asked, InWords):
        answers = tuple(_pattern(value, aside) for value in asked.answers)
        closes = tuple(_pattern(value, aside) for value in asked.closes)
        return Key(answers=answers, closes=closes, hints=hints, explains=explains)
    if isinstance(asked, ANumber):
        near = tuple(_range(ends, aside) for ends in asked.closes)
        return Key(number=_range(asked.right, aside), near=near, hints=hints, explains=explains)
    raise ValueError(f"a Question asks nothing: {step.name}")


def _pattern(value: Pattern, aside: Sheet) -> KeyPattern:
    return KeyPattern(value.value, value.exact, aside.apart(value.feedback))


def _range(ends: Range, aside: Sheet) -> KeyRange:
    return KeyRange(ends.low, ends.high, aside.apart(ends.feedback))
