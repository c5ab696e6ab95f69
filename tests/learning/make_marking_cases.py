"""Makes `cases/marking.json` out of the rule: what `lms/web/static/js/mark.js` is held to.

`python -m tests.learning.make_marking_cases` writes it anew. The same seed makes the same cases; raise it
for others. Letters are those of Unicode 3.2, which every browser and every Python knows.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from lms.content.plan import Key, KeyPattern, KeyRange, Kind, Sort, StepPlan, canonical
from lms.content.planjson import key_to_json
from lms.learning.answers import Answer
from lms.learning.marking import mark, readings
from tests.learning.plans import question, step

FILE = Path(__file__).parent / "cases" / "marking.json"
SEED = 2026
OF_EACH = 70
"""Questions of each kind; each is answered several times."""

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Asked:
    """A question, what marks it, and what is answered to it."""

    step: StepPlan
    key: Key
    answers: tuple[Answer, ...]


# Letters


def _choices(draw: Draw, sort: Sort) -> Asked:
    letters = "abcdef"[: draw(st.integers(2, 6))]
    most = 1 if sort is Sort.ONE else len(letters)
    some = st.lists(st.sampled_from(letters), min_size=1, max_size=most, unique=True).map(tuple)
    right = draw(some)
    said = {letter: f"<p>{letter}</p>" for letter in draw(st.sets(st.sampled_from(letters)))}
    answers = (right, tuple(reversed(right)), *draw(st.lists(some, min_size=3, max_size=8)))
    return Asked(question("q", sort, letters), Key(right=tuple(sorted(right)), feedback=said), answers)


def _order(draw: Draw) -> Asked:
    right = draw(st.permutations("abcdef"[: draw(st.integers(2, 6))]).map(tuple))
    answers = (right, right[:-1], *draw(st.lists(st.permutations(right).map(tuple), min_size=3, max_size=8)))
    return Asked(step("q", Kind.ORDER, letters=tuple(sorted(right))), Key(order=right), answers)


def _match(draw: Draw) -> Asked:
    left, meanings = "abcd"[: draw(st.integers(2, 4))], "uvwxyz"[: draw(st.integers(2, 6))]
    pairs = st.fixed_dictionaries({letter: st.sampled_from(meanings) for letter in left})
    right = draw(pairs)
    answers = (right, *draw(st.lists(pairs, min_size=3, max_size=8)))
    return Asked(step("q", Kind.MATCH, letters=tuple(left), meanings=tuple(meanings)), Key(pairs=right), answers)


def _gaps(draw: Draw) -> Asked:
    letters, gaps = "abcd"[: draw(st.integers(2, 4))], draw(st.integers(1, 5))
    filled = st.lists(st.sampled_from(letters), min_size=gaps, max_size=gaps).map(tuple)
    right = draw(filled)
    answers = (right, (*right, "a"), *draw(st.lists(filled, min_size=3, max_size=8)))
    return Asked(step("q", Kind.GAPS, letters=tuple(letters), gaps=gaps), Key(gaps=right), answers)


# Words

_SPACES = " \t\n\r\x0b\x0c\x1c\x1f\x85\u00a0\u1680\u2003\u2009\u2028\u202f\u205f\u3000\ufeff\u200b"
_ENDS = ".,;:!?…؟،؛۔।。！？"
_QUOTES = "'‘’‚‛‹›`´′\"“”„‟″«»-‐‑‒–—―−"
_ODD = (
    "ıIİißẞſKÅΣςσΐᾳǄǅǆŉﬁﬃÿŸŵŶâïŁłꭰᎠᏸøæþ\u0301\u0345\u0323\u1fef\u212b\u0130\u0307각ㅏ\u1100\u1161ابتةىيكآأ\u0653\u200d"
)
_CASED = st.sampled_from(_ODD) | st.sampled_from("abcXYZ 12*") | st.sampled_from(_SPACES + _ENDS + _QUOTES)
ANY_LETTER = st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\0").filter(
    lambda letter: unicodedata.ucd_3_2_0.category(letter) != "Cn"
)
_WORD = st.sampled_from(
    [
        "phish",
        "Straße",
        "ysgol gynradd",
        "tŷ",
        "hameçonnage",
        "كلمة السر",
        "it's",
        "two-step",
        "ΟΔΟΣ",
        "İstanbul",
        "<p>",
        "ΐδιος",
        "ǰura",
    ]
)
_PIECE = _WORD | st.text(_CASED, min_size=1, max_size=4) | st.text(ANY_LETTER, min_size=1, max_size=2)


@st.composite
def _written(draw: Draw) -> str:
    """What an author writes: pieces of words with stars and spaces between; or little but stars."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.text("ab*", min_size=2, max_size=8))
    between = draw(st.sampled_from(["", " ", "*", "-"]))
    return between.join(draw(st.lists(_PIECE, min_size=1, max_size=3))) + draw(st.sampled_from(["", "", "*", "."]))


_CHANGES: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    str.title,
    str.swapcase,
    lambda words: unicodedata.normalize("NFD", words),
    lambda words: unicodedata.normalize("NFC", words),
    lambda words: words.replace(" ", "\u00a0 "),
    lambda words: words.translate({ord("'"): "’", ord('"'): "«", ord("-"): "–"}),
    lambda words: words[1:] or words,
    lambda words: words * 2,
)


def _typed(draw: Draw, written: str) -> str:
    """What a learner types who knows it, more or less: other letters, accents, quotes, spaces, ends."""
    filling = st.text("ab", max_size=2) if set(written) <= set("ab*") else st.text(_CASED, max_size=3)
    words = "".join(draw(filling) if sign == "*" else sign for sign in written)
    for change in draw(st.lists(st.sampled_from(_CHANGES), max_size=2)):
        words = change(words)
    before, after = draw(st.text(_SPACES, max_size=1)), draw(st.text(_SPACES + _ENDS, max_size=2))
    return before + words + after


def _words(draw: Draw) -> Asked:
    patterns = [
        KeyPattern(written, draw(st.sampled_from([False, False, True])), f"<p>{number}</p>")
        for number, written in enumerate(draw(st.lists(_written(), min_size=1, max_size=4)))
    ]
    typed = [_typed(draw, it.value) for it in patterns for _ in range(2)]
    typed += draw(st.lists(st.text(_CASED, min_size=1, max_size=6) | st.text(ANY_LETTER, max_size=4), max_size=3))
    typed += draw(st.lists(st.text("ab", min_size=1, max_size=4), max_size=3))
    cut = draw(st.integers(1, len(patterns)))
    key = Key(answers=tuple(patterns[:cut]), closes=tuple(patterns[cut:]))
    return Asked(question("q", Sort.WORDS), key, tuple(it for it in typed if it.strip()))


# Numbers

_NUMBER = st.decimals(-2000, 2000, places=0) | st.decimals(-20, 20, places=3) | st.decimals(0, 10**7, places=1)
_DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿"]
_FORMS = [
    "{:f}",
    "{:,f}",
    "{:+f}",
    "£{:f}",
    "-£{:f}",
    "{:f} kg",
    "about {:,f}!",
    "x{:f}",
    "- {:f}",
    "{:f}²",
    "No.{:f}",
    "{:f}-1",
]
_POINTS = [
    {},
    {",": ".", ".": ","},
    {",": " "},
    {",": "\u202f", ".": ","},
    {",": "’"},
    {",": "٬", ".": "٫"},
    {"-": "−"},
]
_SIGNS = "0123456789.,'-+−–٫٬،’ \u00a0\u2009\u202f£€~_²½xé\u0301٣"


@st.composite
def _number_typed(draw: Draw, about: Decimal) -> str:
    number = draw(st.sampled_from([about, about, -about, about + 1, about / 10, about * 1000]))
    typed = draw(st.sampled_from(_FORMS)).format(number)
    typed = typed.translate({ord(sign): other for sign, other in draw(st.sampled_from(_POINTS)).items()})
    return typed.translate(dict(zip(map(ord, "0123456789"), draw(st.sampled_from(_DIGITS)), strict=True)))


@st.composite
def _ends(draw: Draw) -> tuple[Decimal, Decimal]:
    low = draw(_NUMBER)
    return low, draw(st.sampled_from([low, low + 1, low + Decimal("0.25")]))


def _numbers(draw: Draw) -> Asked:
    thousands = st.from_regex("[01]{1,3},[02]{3}[.,]?", fullmatch=True)
    odd = draw(st.lists(thousands | st.text("012.,' -", min_size=2, max_size=9), min_size=2, max_size=4))
    meant = [(number, number) for typed in odd for number in readings(typed)]  # what a wrong reading would miss
    ends = [*draw(st.lists(_ends(), min_size=1, max_size=3)), *meant]
    ranges = [KeyRange(low, high, f"<p>{at}</p>") for at, (low, high) in enumerate(draw(st.permutations(ends)))]
    typed = odd + [draw(_number_typed(it.high)) for it in ranges[:3] for _ in range(2)]
    typed += draw(st.lists(st.text(_SIGNS, min_size=1, max_size=9) | st.text(ANY_LETTER, max_size=4), max_size=4))
    key = Key(number=ranges[0], near=tuple(ranges[1:]))
    return Asked(question("q", Sort.NUMBER), key, tuple(it for it in typed if it.strip()))


KINDS: dict[str, st.SearchStrategy[Asked]] = {
    "one": st.composite(lambda draw: _choices(draw, Sort.ONE))(),
    "all": st.composite(lambda draw: _choices(draw, Sort.ALL))(),
    "order": st.composite(_order)(),
    "match": st.composite(_match)(),
    "gaps": st.composite(_gaps)(),
    "words": st.composite(_words)(),
    "number": st.composite(_numbers)(),
}


# What is easily marked otherwise, written out: no seed may miss it.

_TRAPS_IN_WORDS = {
    "ab*ba": ["aba", "abba"],
    "a*a": ["a", "aa"],
    "a*b*b": ["ab", "abb"],
    "a*bc*bc*d": ["abcd", "abcbcd"],
    "?": ["?", "!", "…"],
    "yes!": ["Yes.", "yes !?"],
    "ı": ["I", "i", "ı"],
    "ẞ": ["ss", "SS", "ß"],
    "ος": ["ΟΣ", "οσ"],
    "ΐδιος": ["ΐδιος".upper(), unicodedata.normalize("NFD", "ΐδιος")],
}
_TRAPS_IN_NUMBERS = {
    "0.123": ["0,123", "0.123", "123"],
    "1234": ["1,234", "1,234.", "1 234,0", "1.234", "1,2,34"],
    "1.2": ["1,2.", "1,2", "1.2.", "1,,2"],
    "5": ["covid-5", "x.5", "- 5", "+ 5", "-+5", "5-", "1.2,3.4,5"],
    "-0.5": ["-.5", "-£,5", "0-.5", "x-.5", "−٫٥"],
}


def traps() -> Iterator[Asked]:
    for written, typed in _TRAPS_IN_WORDS.items():
        yield Asked(question("q", Sort.WORDS), Key(answers=(KeyPattern(written),)), tuple(typed))
    for number, typed in _TRAPS_IN_NUMBERS.items():
        key = Key(number=KeyRange(Decimal(number), Decimal(number)))
        yield Asked(question("q", Sort.NUMBER), key, tuple(typed))


# The file


def step_json(plan: StepPlan) -> dict[str, str]:
    """As much of a step as marks it, as the JSON of a release has it."""
    return {"kind": plan.kind.value} | ({"sort": plan.sort.value} if plan.sort else {})


def case(asked: Asked) -> dict[str, Any]:
    """A question with each answer and its mark: `[answer, right, [[letter, feedback], ...], parts]`."""
    return {
        "step": step_json(asked.step),
        "key": key_to_json(asked.key),
        "answers": [*map(_marked(asked), asked.answers)],
    }


def _marked(asked: Asked) -> Callable[[Answer], list[Any]]:
    def marked(answer: Answer) -> list[Any]:
        given = mark(asked.step, asked.key, answer)
        return [answer, given.right, given.feedback, given.parts]

    return marked


def made() -> Iterator[Asked]:
    """The cases of the file, kind by kind."""
    yield from traps()
    for kind, strategy in KINDS.items():
        yield from _drawn(strategy, OF_EACH * (4 if kind in ("words", "number") else 1))


def _drawn(strategy: st.SearchStrategy[Asked], how_many: int) -> list[Asked]:
    found: list[Asked] = []

    @seed(SEED)
    @settings(max_examples=how_many, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(asked: Asked) -> None:
        found.append(asked)

    collect()
    return found


def maker() -> str:
    """Tells whether this file has changed since the cases were made."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def main() -> None:
    """A line for each question, so that a change shows as what it is."""
    lines = dict.fromkeys(canonical(case(asked)) for asked in made() if asked.answers)
    head = json.dumps({"maker": maker()})
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("[\n" + ",\n".join([head, *lines]) + "\n]\n", "utf-8")


if __name__ == "__main__":
    main()
