"""What a name asks and how it says it: its parts, its wording and its meaning.

A step, lesson or quiz in, plain values out, ready for `fingerprint`. Wording is everything shown;
meaning is what an answer is judged by, so that words may be mended without touching a mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import combinations

from lms.content.course import (
    ANumber,
    Asked,
    Choose,
    Coding,
    Doing,
    Filling,
    InWords,
    Lesson,
    Matching,
    Ordering,
    Pattern,
    Quiz,
    Range,
    Rating,
    Reflecting,
    Step,
    Text,
)
from lms.content.letters import Letters
from lms.content.plain import fingerprint, plain_text
from lms.content.plan import Kind
from lms.content.release import Named

Wording = list[object]
Meaning = list[object]


def parts_of(asked: Asked | None) -> tuple[Text, ...]:
    """What gets a letter by its place: options, points, boxes, left cells."""
    if isinstance(asked, Choose):
        return tuple(option.text for option in asked.options)
    if isinstance(asked, Matching):
        return tuple(row.left for row in asked.rows if plain_text(row.left))
    if isinstance(asked, Doing):
        return asked.boxes
    return asked.points if isinstance(asked, Rating) else ()


def choices_of(asked: Asked | None) -> tuple[Text, ...]:
    """What gets a letter by its fingerprint: items of an Order, meanings, words of gaps; equal ones are one."""
    if isinstance(asked, Ordering):
        return asked.items
    if isinstance(asked, Matching):
        return _distinct([row.meaning for row in asked.rows])
    return _distinct([*asked.gaps, *asked.extras]) if isinstance(asked, Filling) else ()


def _distinct(texts: Sequence[Text]) -> tuple[Text, ...]:
    found: dict[str, Text] = {}
    for text in texts:
        found.setdefault(plain_text(text), text)
    return tuple(found.values())


def right_letters(asked: Choose, letters: Sequence[str]) -> list[str]:
    """The letters of the ticked options, in the options' order."""
    return [letter for letter, option in zip(letters, asked.options, strict=True) if option.ticked]


def pairs_of(asked: Matching, letters: Sequence[str]) -> dict[str, str]:
    """Letter of a left cell -> letter of its meaning."""
    means = _letter_of(asked, letters)
    rows = [row for row in asked.rows if plain_text(row.left)]
    return {letter: means[plain_text(row.meaning)] for letter, row in zip(letters, rows, strict=False)}


def gaps_of(asked: Filling, letters: Sequence[str]) -> list[str]:
    """The letter of each gap, in order."""
    means = _letter_of(asked, letters)
    return [means[plain_text(gap)] for gap in asked.gaps]


def _letter_of(asked: Matching | Filling, letters: Sequence[str]) -> Mapping[str, str]:
    """The letter of each choice, by its plain text."""
    choices = choices_of(asked)
    return {plain_text(it): letter for it, letter in zip(choices, letters[-len(choices) :], strict=True)}


def step_wording(step: Step) -> Wording:
    rest = [[plain_text(hint) for hint in step.hints], [plain_text(explain) for explain in step.explains]]
    if isinstance(step.asked, Doing):
        rest.append([plain_text(it) for it in step.asked.look_for])
    return [plain_text(step.title), _blocks(step), _parts_and_feedback(step.asked), rest]


def page_wording(page: Lesson | Quiz) -> Wording:
    return [plain_text(page.title), list(page.body.blocks), [], []]


def step_meaning(step: Step, letters: Sequence[str], repeats: str = "") -> Meaning:
    """`repeats`: of a Rate again, the `module/name` of its Rate."""
    return [step.kind.value, _key(step, letters, repeats)]


def page_meaning(page: Lesson | Quiz) -> Meaning:
    """The settings but Optional: nothing is refused over them."""
    if isinstance(page, Lesson):
        return ["lesson", {"skills": sorted(page.skills), "minutes": page.minutes}]
    return ["quiz", {"ask": page.ask, "pass": page.pass_mark, "tries": page.tries}]


def _key(step: Step, letters: Sequence[str], repeats: str) -> list[object] | dict[str, object]:
    asked = step.asked
    if isinstance(asked, Choose):
        return ["all" if asked.choose_all else "one", sorted(letters), sorted(right_letters(asked, letters))]
    if isinstance(asked, InWords):
        return [sorted(map(_typed, asked.answers))]
    if isinstance(asked, ANumber):
        return [_digits(asked.right.low), _digits(asked.right.high)]
    if isinstance(asked, Rating):
        return [repeats] if repeats else [list(map(plain_text, parts_of(asked))), sorted(step.skills)]
    if isinstance(asked, Ordering):
        return [list(letters)]
    if isinstance(asked, Matching):
        pairs = pairs_of(asked, letters)
        return [sorted(map(list, pairs.items())), sorted(set(letters) - pairs.keys() - set(pairs.values()))]
    if isinstance(asked, Filling):
        gaps = gaps_of(asked, letters)
        return [gaps, sorted(set(letters) - set(gaps))]
    return _settings(asked)


def _settings(asked: Asked | None) -> list[object] | dict[str, object]:
    """What a step without a key asks for: nothing is refused over it."""
    if isinstance(asked, Doing):
        return {"evidence": sorted(asked.evidence), "sign_off": asked.sign_off}
    if isinstance(asked, Reflecting):
        return {"seen_by": asked.seen_by}
    if isinstance(asked, Coding):
        return {"checks": [asdict(check) for check in asked.checks]}
    return []


def _blocks(step: Step) -> list[str]:
    """What stands above the answer list, the heads of a Match and the answers of a Code too."""
    asked, blocks = step.asked, list(step.body.blocks)
    if isinstance(asked, Matching):
        return [*blocks, *map(plain_text, asked.heads)]
    if isinstance(asked, Coding):
        return [*blocks, *(snippet.answer for snippet in asked.snippets if snippet.answer is not None)]
    return blocks


def _parts_and_feedback(asked: Asked | None) -> list[list[str]]:
    if isinstance(asked, Choose):
        return [[plain_text(option.text), plain_text(option.feedback)] for option in asked.options]
    if isinstance(asked, InWords):
        return [[_typed(value), plain_text(value.feedback)] for value in (*asked.answers, *asked.closes)]
    if isinstance(asked, ANumber):
        return [[_ends(ends), plain_text(ends.feedback)] for ends in (asked.right, *asked.closes)]
    return [[plain_text(part), ""] for part in (*parts_of(asked), *choices_of(asked))]


def _typed(value: Pattern) -> str:
    """As an author types it: an exact value in backticks."""
    return f"`{value.value}`" if value.exact else value.value


def _ends(ends: Range) -> str:
    return f"{_digits(ends.low)} .. {_digits(ends.high)}"


def _digits(number: Decimal) -> str:
    """The same for 12, 12.0 and 1.2E+1."""
    digits = format(abs(number) if number == 0 else number, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


_MOST_TICKS = 14
"""Of more options than this it is not worked out which were ticked: it takes a moment for each doubling."""


def ticked_alike(what: Lesson | Step | Quiz, old: Named, given: Letters) -> bool:
    """Have reworded options the ticks they had? If not, an old answer would be marked by what it never said.

    The record holds no ticks; but its fingerprint of the meaning is that of one way to tick, which can be found.
    """
    asked = what.asked if isinstance(what, Step) else None
    was = sorted(letter for letter in old.letters if letter not in old.gone)
    reworded = {letter for letter in given.shown if letter in was and old.letters[letter] != given.prints[letter]}
    if not isinstance(asked, Choose) or not reworded:
        return True
    if len(was) - len(reworded) > _MOST_TICKS:
        return False
    ticked = reworded & set(right_letters(asked, given.shown))
    others = [letter for letter in was if letter not in reworded]
    return any(
        fingerprint([Kind.QUESTION.value, [sort, was, sorted({*ticked, *more})]]) == old.meaning
        for count in range(len(others) + 1)
        for more in combinations(others, count)
        for sort in ("one", "all")
    )
