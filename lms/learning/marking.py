"""Whether an answer is right, and what to say about it.

In: a question's plan, its key and an answer. Out: a `Mark`. No answer is ever marked on a phone.
The rules are those of `format.md`, The steps, 4 to 6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lms.content.plan import Key, KeyPattern, KeyRange, Sort, StepPlan
from lms.learning.events import Answer


@dataclass(frozen=True)
class Mark:
    """`right`, and the HTML said about what was chosen: (letter or empty, feedback), in order."""

    right: bool
    feedback: tuple[tuple[str, str], ...] = ()


def mark(step: StepPlan, key: Key, answer: Answer) -> Mark:
    """Mark an answer whose form has been checked by `events.check`."""
    if isinstance(answer, str):
        return _mark_number(key, answer) if step.sort is Sort.NUMBER else _mark_words(key, answer)
    said = tuple((letter, key.feedback[letter]) for letter in answer if letter in key.feedback)
    return Mark(set(answer) == set(key.right), said)


def _mark_words(key: Key, typed: str) -> Mark:
    if any(matches(pattern, typed) for pattern in key.answers):
        return Mark(True)
    close = next((pattern for pattern in key.closes if matches(pattern, typed)), None)
    return Mark(False, (("", close.feedback),) if close else ())


def matches(pattern: KeyPattern, typed: str) -> bool:
    """Whether typed words are those of a pattern; `*` is any run of characters, unless it is exact."""
    if pattern.exact:
        return _composed(typed) == _composed(pattern.value)
    words, said = plain(pattern.value), plain(typed)
    return _fits(words.split("*"), said)


def _composed(words: str) -> str:
    """One spelling of letters that look the same: phones type é as one character or as two."""
    return unicodedata.normalize("NFC", words.strip())


def _fits(parts: Sequence[str], said: str) -> bool:
    """Match the texts between stars one after another, leftmost first: linear, whatever an author wrote."""
    first, *rest = parts
    if not rest:
        return first == said
    *middle, last = rest
    if not said.startswith(first) or not said.endswith(last) or len(said) < len(first) + len(last):
        return False
    at, end = len(first), len(said) - len(last)
    for part in middle:
        found = said.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


_ALIKE = {"'": "‘’‚‛‹›`´′", '"': "“”„‟″«»", "-": "‐‑‒–—―−"}
_QUOTES = {ord(other): sign for sign, others in _ALIKE.items() for other in others}
_END = ".,;:!?…؟،؛۔।。！？"


def plain(words: str) -> str:
    """Words as they are compared: case, end punctuation, kind of quotes and dashes, spaces set aside.

    What is nothing but punctuation is kept: a question may ask for a sign.
    Accents count: `cafe` is not `café`, however either was typed.
    """
    folded = _composed(words).translate(_QUOTES).casefold()
    spaced = " ".join(_composed(folded).split())
    return spaced.rstrip(_END + " ") or spaced


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
