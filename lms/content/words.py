"""The words that mean something in a course file: closed lists, a table per language.

English words work in a file of any language, and no word means two things.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.content.plan import Kind

COLON = "[ \t]?[:：]"
"""What ends a kind word or list word, as part of a pattern: `:`, ` :` or `：`."""
KIND_WORDS = r"[^\W\d_]+(?: [^\W\d_]+){0,2}"
"""Up to three words of letters, as part of a pattern."""
LIST_WORDS = r"[^\W\d_]+(?:[ -][^\W\d_]+){0,2}"
"""The same, which a hyphen may join."""


class Word(StrEnum):
    """What may stand before the colon of an item of an answer list."""

    ANSWER = "Answer"
    ASK = "Ask"
    CHECK = "Check"
    CHECKED = "Checked"
    CHOOSE = "Choose"
    CLOSE = "Close"
    EVIDENCE = "Evidence"
    EXPLAIN = "Explain"
    EXTRA = "Extra"
    HINT = "Hint"
    LOOK_FOR = "Look for"
    MINUTES = "Minutes"
    NATION = "Nation"
    NUMBER = "Number"
    OPTIONAL = "Optional"
    PASS = "Pass"  # noqa: S105 - how many answers must be right
    REVIEW = "Review"
    SAME_AS = "Same as"
    SEEN_BY = "Seen by"
    SHUFFLE = "Shuffle"
    SIGN_OFF = "Sign-off"
    SKILLS = "Skills"
    SOURCE = "Source"
    TRIES = "Tries"


class Value(StrEnum):
    """Values that are words of a closed list."""

    YES = "yes"
    NO = "no"
    ALL = "all"
    NONE = "none"
    DECORATIVE = "decorative"
    ENGLAND = "england"
    SCOTLAND = "scotland"
    WALES = "wales"
    NORTHERN_IRELAND = "northern-ireland"


NATIONS = (Value.ENGLAND, Value.SCOTLAND, Value.WALES, Value.NORTHERN_IRELAND)

NOT_YET = frozenset({Kind.ORDER, Kind.MATCH, Kind.GAPS, Kind.CODE, Kind.REFLECT, Kind.TASK})
"""Kinds of step this version refuses as not supported yet."""

REPEATED = frozenset({Word.HINT, Word.EXPLAIN, Word.ANSWER, Word.CLOSE, Word.EXTRA, Word.CHECK, Word.LOOK_FOR})
"""Words that may stand more than once in one answer list."""

IN_BLOCKS = frozenset({Word.HINT, Word.EXPLAIN, Word.LOOK_FOR})
"""Words whose value may go on in paragraphs, lists, pictures and code below it."""

WITH_FEEDBACK = frozenset({Word.ANSWER, Word.CLOSE})
"""Words under which a quote may stand, their feedback."""

ROWS: Mapping[Kind, frozenset[Word]] = {
    Kind.LESSON: frozenset({Word.SKILLS, Word.MINUTES, Word.OPTIONAL}),
    Kind.READING: frozenset({Word.OPTIONAL}),
    Kind.QUESTION: frozenset(
        {Word.ANSWER, Word.CHOOSE, Word.CLOSE, Word.EXPLAIN, Word.HINT, Word.NUMBER, Word.OPTIONAL, Word.SHUFFLE}
    ),
    Kind.RATE: frozenset({Word.SKILLS, Word.OPTIONAL}),
    Kind.RATE_AGAIN: frozenset({Word.SAME_AS, Word.OPTIONAL}),
    Kind.QUIZ: frozenset({Word.ASK, Word.PASS, Word.TRIES}),
}
"""Which words each kind may have."""

FACT_ROW = frozenset({Word.SOURCE, Word.CHECKED, Word.REVIEW, Word.NATION})


@dataclass(frozen=True)
class Language:
    """The words of one language, each in lower case."""

    kinds: Mapping[str, Kind]
    words: Mapping[str, Word]
    values: Mapping[str, Value]
    points: tuple[str, ...]
    """What a Rate without a list has, from least to most."""
    vague: frozenset[str]
    """Link text that says nothing where it stands alone."""

    def kind(self, word: str) -> Kind | None:
        return self.kinds.get(_folded(word))

    def word(self, word: str) -> Word | None:
        return self.words.get(_folded(word))

    def value(self, word: str) -> Value | None:
        return self.values.get(_folded(word))


ENGLISH = Language(
    kinds={
        "question": Kind.QUESTION,
        "order": Kind.ORDER,
        "match": Kind.MATCH,
        "gaps": Kind.GAPS,
        "code": Kind.CODE,
        "reflect": Kind.REFLECT,
        "task": Kind.TASK,
        "rate": Kind.RATE,
        "rate again": Kind.RATE_AGAIN,
        "quiz": Kind.QUIZ,
    },
    words={word.value.lower(): word for word in Word},
    values={value.value: value for value in Value},
    points=("Not yet", "With help", "On my own"),
    vague=frozenset(
        {
            "click",
            "click here",
            "click this",
            "here",
            "link",
            "more",
            "press here",
            "read more",
            "see here",
            "tap here",
            "tap this",
            "this",
            "this link",
            "this page",
            "this website",
        }
    ),
)

LANGUAGES: Mapping[str, Language] = {"en": ENGLISH}


def language(lang: str) -> Language:
    """The words of a language, English ones included; only English ones where it has no table yet."""
    own = LANGUAGES.get(lang.split("-")[0].lower(), ENGLISH)
    return Language(
        {**ENGLISH.kinds, **own.kinds},
        {**ENGLISH.words, **own.words},
        {**ENGLISH.values, **own.values},
        own.points,
        ENGLISH.vague | own.vague,
    )


def _folded(word: str) -> str:
    return re.sub(r"\s+", " ", word.strip().lower())
