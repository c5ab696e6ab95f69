"""Whether an answer is right, and what to say about it.

In: a question's plan, its key and an answer. Out: a `Mark`. This is the rule: practice without a connection is marked
on the phone by `static/js/mark.js`, which is held to it by `tests/learning/cases/marking.json`. A quiz never is.
The rules are those of `format.md`, The steps, 4 to 7.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from lms.content.likeness import matches
from lms.content.plan import Key, KeyRange, Kind, Sort, StepPlan
from lms.learning.answers import PARTED, Answer


@dataclass(frozen=True)
class Mark:
    """`right`, and the HTML said about what was chosen: (letter or empty, feedback), in order."""

    right: bool
    feedback: tuple[tuple[str, str], ...] = ()
    parts: tuple[int, int] | None = None
    """Of an Order, Match or Gaps: how many parts are right, of how many. Which they are is not said."""


def mark(step: StepPlan, key: Key, answer: Answer) -> Mark:
    """Mark an answer whose form has been checked by `events.check`."""
    if step.kind in PARTED:
        return _mark_parts(right_of(step, key), answer)
    if isinstance(answer, str):
        return _mark_number(key, answer) if step.sort is Sort.NUMBER else _mark_words(key, answer)
    said = tuple((letter, key.feedback[letter]) for letter in answer if letter in key.feedback)
    return Mark(set(answer) == set(key.right), said)


def mark_told(step: StepPlan, key: Key, told: Key, answer: Answer) -> Mark:
    """Mark an answer by the key of the language it was given in; `told` is that of the language she reads now.

    What is said comes from the second alone, and nothing where it would contradict the mark.
    """
    marked, said = mark(step, key, answer), mark(step, told, answer)
    return replace(marked, feedback=said.feedback if said.right == marked.right else ())


def right_of(step: StepPlan, key: Key) -> Answer:
    """The right answer of a step that is answered by letters."""
    match step.kind:
        case Kind.ORDER:
            return key.order
        case Kind.MATCH:
            return key.pairs
        case Kind.GAPS:
            return key.gaps
        case _:
            return key.right


def _mark_parts(right: Answer, answer: Answer) -> Mark:
    """Right when each part is: every place of an Order, every pair of a Match, every gap."""
    wanted, given = _parts(right), dict(_parts(answer))
    good = sum(given.get(place) == what for place, what in wanted)
    return Mark(good == len(wanted) == len(given), (), (good, len(wanted)))


def _parts(answer: Answer) -> list[tuple[object, str]]:
    pairs: Iterable[tuple[object, str]] = answer.items() if isinstance(answer, Mapping) else enumerate(answer)
    return list(pairs)


def _mark_words(key: Key, typed: str) -> Mark:
    if any(matches(pattern, typed) for pattern in key.answers):
        return Mark(True)
    close = next((pattern for pattern in key.closes if matches(pattern, typed)), None)
    return Mark(False, (("", close.feedback),) if close else ())


def _mark_number(key: Key, typed: str) -> Mark:
    numbers = readings(typed)
    if key.number and any(_within(key.number, number) for number in numbers):
        return Mark(True)
    near = next((r for r in key.near if any(_within(r, number) for number in numbers)), None)
    return Mark(False, (("", near.feedback),) if near else ())


def _within(ends: KeyRange, number: Decimal) -> bool:
    return ends.low <= number <= ends.high


_NUMBER = re.compile(
    r"((?:^[-+] ?|(?<!\w)[-+])(?:[^\w\s.,'+-] ?)?)?"  # a sign, perhaps before a currency's: -£5
    r"(\d[\d.,' ]*|(?<!\w)[.,]\d+)"
)


def readings(typed: str) -> tuple[Decimal, ...]:
    """Every number typed words can be read as: none, one, or two where a comma can be read two ways.

    Any digits, a decimal comma or point, thousands apart by comma, point or space, a currency sign
    before, a unit behind.
    """
    found = _NUMBER.findall(_latin(typed))
    if len(found) != 1:
        return ()
    sign, digits = found[0]
    text = sign[:1] + digits.replace(" ", "").replace("'", "").rstrip(".,")
    return tuple(dict.fromkeys(number for number in map(_decimal, _spellings(text)) if number is not None))


_SIGNS = str.maketrans("−–٫٬،’\u00a0\u2009\u202f", "--.,,'   ")


def _latin(typed: str) -> str:
    """The same words with Latin digits, plain minus signs, points and spaces."""
    signs = typed.strip().translate(_SIGNS)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in signs)


def _spellings(text: str) -> tuple[str, ...]:
    """The ways its points and commas can be meant, as Python writes numbers."""
    commas, points = text.count(","), text.count(".")
    if commas and points:  # the last of the two kinds is the decimal sign
        decimal = max(",.", key=text.rfind)
        grouping = "," if decimal == "." else "."
        return (text.replace(grouping, "").replace(decimal, "."),) if text.count(decimal) == 1 else ()
    sign = "," if commas else "."
    if commas + points > 1:
        return (text.replace(sign, ""),)
    if commas == 1 and re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", text):
        return (text.replace(",", ""), text.replace(",", "."))
    return (text.replace(",", "."),)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
