"""What a name asks and how it says it: its parts, its wording and its meaning.

A step, lesson or quiz in, plain values out, ready for `fingerprint`. Wording is everything shown;
meaning is what an answer is judged by, so that words may be mended without touching a mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.content.course import ANumber, Asked, Choose, InWords, Lesson, Pattern, Quiz, Range, Rating, Step, Text
from lms.content.plain import plain_blocks, plain_text

Wording = list[object]
Meaning = list[object]


def parts_of(asked: Asked | None) -> tuple[Text, ...]:
    """What gets a letter: options or points."""
    if isinstance(asked, Choose):
        return tuple(option.text for option in asked.options)
    return asked.points if isinstance(asked, Rating) else ()


def right_letters(asked: Choose, letters: Sequence[str]) -> list[str]:
    """The letters of the ticked options, in the options' order."""
    return [letter for letter, option in zip(letters, asked.options, strict=True) if option.ticked]


def step_wording(step: Step) -> Wording:
    rest = [[plain_text(hint) for hint in step.hints], [plain_text(explain) for explain in step.explains]]
    return [plain_text(step.title), plain_blocks(step.body), _parts_and_feedback(step.asked), rest]


def page_wording(page: Lesson | Quiz) -> Wording:
    return [plain_text(page.title), plain_blocks(page.body), [], []]


def step_meaning(step: Step, letters: Sequence[str], repeats: str = "") -> Meaning:
    """`repeats`: of a Rate again, the `module/name` of its Rate."""
    return [step.kind.value, _key(step, letters, repeats)]


def page_meaning(page: Lesson | Quiz) -> Meaning:
    """The settings but Optional: nothing is refused over them."""
    if isinstance(page, Lesson):
        return ["lesson", {"skills": sorted(page.skills), "minutes": page.minutes}]
    return ["quiz", {"ask": page.ask, "pass": page.pass_mark, "tries": page.tries}]


def _key(step: Step, letters: Sequence[str], repeats: str) -> list[object]:
    asked = step.asked
    if isinstance(asked, Choose):
        return ["all" if asked.choose_all else "one", sorted(letters), sorted(right_letters(asked, letters))]
    if isinstance(asked, InWords):
        return [sorted(map(_typed, asked.answers))]
    if isinstance(asked, ANumber):
        return [_digits(asked.right.low), _digits(asked.right.high)]
    if isinstance(asked, Rating):
        return [repeats] if repeats else [list(map(plain_text, parts_of(asked))), sorted(step.skills)]
    return []


def _parts_and_feedback(asked: Asked | None) -> list[list[str]]:
    if isinstance(asked, Choose):
        return [[plain_text(option.text), plain_text(option.feedback)] for option in asked.options]
    if isinstance(asked, InWords):
        return [[_typed(value), plain_text(value.feedback)] for value in (*asked.answers, *asked.closes)]
    if isinstance(asked, ANumber):
        return [[_ends(ends), plain_text(ends.feedback)] for ends in (asked.right, *asked.closes)]
    return [[plain_text(part), ""] for part in parts_of(asked)]


def _typed(value: Pattern) -> str:
    """As an author types it: an exact value in backticks."""
    return f"`{value.value}`" if value.exact else value.value


def _ends(ends: Range) -> str:
    return f"{_digits(ends.low)} .. {_digits(ends.high)}"


def _digits(number: Decimal) -> str:
    """The same for 12, 12.0 and 1.2E+1."""
    digits = format(abs(number) if number == 0 else number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
