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
_SPACE = "[ \u00a0\u202f]"
KIND_WORDS = rf"[^\W\d_]+(?:{_SPACE}{{1,3}}[^\W\d_]+){{0,2}}"
"""Up to three words of letters, as part of a pattern; a word processor may have tied them with no-break spaces."""
LIST_WORDS = rf"[^\W\d_]+(?:(?:{_SPACE}{{1,3}}|[-‐-―])[^\W\d_]+){{0,2}}"
"""The same, which a hyphen may join, or what a word processor makes of one."""


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
    PHOTO = "photo"
    WORDS = "words"
    LINK = "link"
    OR = "or"
    MENTOR = "mentor"
    ONLY_ME = "only me"
    START = "start"
    ANSWER = "answer"
    CHECK = "check"
    EXISTS = "exists"
    TIMES = "times"
    SAYS = "says"
    SOMETHING = "something"
    HAS = "has"
    AFTER_PRESSING = "after pressing"
    PRINTS = "prints"
    TYPING = "typing"
    GIVES = "gives"
    ENGLAND = "england"
    SCOTLAND = "scotland"
    WALES = "wales"
    NORTHERN_IRELAND = "northern-ireland"


NATIONS = (Value.ENGLAND, Value.SCOTLAND, Value.WALES, Value.NORTHERN_IRELAND)

EVIDENCE = (Value.PHOTO, Value.WORDS, Value.LINK)
FENCES = (Value.START, Value.ANSWER, Value.CHECK)
"""What may stand behind the language of code in a Code step."""

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
    Kind.ORDER: frozenset({Word.EXPLAIN, Word.HINT, Word.OPTIONAL}),
    Kind.MATCH: frozenset({Word.EXPLAIN, Word.HINT, Word.OPTIONAL}),
    Kind.GAPS: frozenset({Word.EXPLAIN, Word.EXTRA, Word.HINT, Word.OPTIONAL}),
    Kind.CODE: frozenset({Word.CHECK, Word.EXPLAIN, Word.HINT, Word.OPTIONAL}),
    Kind.REFLECT: frozenset({Word.SEEN_BY, Word.OPTIONAL}),
    Kind.TASK: frozenset({Word.EVIDENCE, Word.LOOK_FOR, Word.OPTIONAL, Word.SIGN_OFF}),
    Kind.RATE: frozenset({Word.SKILLS, Word.OPTIONAL}),
    Kind.RATE_AGAIN: frozenset({Word.SAME_AS, Word.OPTIONAL}),
    Kind.QUIZ: frozenset({Word.ASK, Word.PASS, Word.TRIES}),
}
"""Which words each kind may have."""

IN_A_STEP = frozenset(word for row in ROWS.values() for word in row)
"""Every word of the table: a list with one of them is an answer list."""

OWNED = frozenset({*REPEATED})
"""Words that are a translation's own: all that may be repeated, and nothing that is the same in every language."""

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
    values={**{value.value: value for value in Value}, "time": Value.TIMES},
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

WELSH = Language(
    kinds={
        "cwestiwn": Kind.QUESTION,
        "trefn": Kind.ORDER,
        "paru": Kind.MATCH,
        "bylchau": Kind.GAPS,
        "cod": Kind.CODE,
        "myfyrio": Kind.REFLECT,
        "tasg": Kind.TASK,
        "graddio": Kind.RATE,
        "graddio eto": Kind.RATE_AGAIN,
        "cwis": Kind.QUIZ,
    },
    words={
        "ateb": Word.ANSWER,
        "gofyn": Word.ASK,
        "gwirio": Word.CHECK,
        "gwiriwyd": Word.CHECKED,
        "dewis": Word.CHOOSE,
        "agos": Word.CLOSE,
        "tystiolaeth": Word.EVIDENCE,
        "esboniad": Word.EXPLAIN,
        "ychwanegol": Word.EXTRA,
        "awgrym": Word.HINT,
        "chwilio am": Word.LOOK_FOR,
        "munudau": Word.MINUTES,
        "cenedl": Word.NATION,
        "rhif": Word.NUMBER,
        "dewisol": Word.OPTIONAL,
        "pasio": Word.PASS,
        "adolygu": Word.REVIEW,
        "yr un â": Word.SAME_AS,
        "gwelir gan": Word.SEEN_BY,
        "cymysgu": Word.SHUFFLE,
        "cymeradwyo": Word.SIGN_OFF,
        "sgiliau": Word.SKILLS,
        "ffynhonnell": Word.SOURCE,
        "cynigion": Word.TRIES,
    },
    values={
        "ie": Value.YES,
        "na": Value.NO,
        "pob un": Value.ALL,
        "dim": Value.NONE,
        "addurniadol": Value.DECORATIVE,
        "llun": Value.PHOTO,
        "geiriau": Value.WORDS,
        "dolen": Value.LINK,
        "neu": Value.OR,
        "mentor": Value.MENTOR,
        "dim ond fi": Value.ONLY_ME,
        "dechrau": Value.START,
        "ateb": Value.ANSWER,
        "gwirio": Value.CHECK,
        "yn bodoli": Value.EXISTS,
        "gwaith": Value.TIMES,
        "yn dweud": Value.SAYS,
        "rhywbeth": Value.SOMETHING,
        "gyda": Value.HAS,
        "ar ôl pwyso": Value.AFTER_PRESSING,
        "yn argraffu": Value.PRINTS,
        "yn teipio": Value.TYPING,
        "yn rhoi": Value.GIVES,
        "lloegr": Value.ENGLAND,
        "yr-alban": Value.SCOTLAND,
        "cymru": Value.WALES,
        "gogledd-iwerddon": Value.NORTHERN_IRELAND,
    },
    points=("Ddim eto", "Gyda chymorth", "Ar fy mhen fy hun"),
    vague=frozenset({"cliciwch yma", "darllen mwy", "dolen", "mwy", "pwyswch yma", "rhagor", "y ddolen hon", "yma"}),
)
"""Not yet checked by native speakers: `docs/reference/languages.md` says so too."""

LANGUAGES: Mapping[str, Language] = {"cy": WELSH, "en": ENGLISH}

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def direction(lang: str) -> str:
    """How a language is laid out: `ltr` or `rtl`.

    >>> direction("ur-PK")
    'rtl'
    """
    return "rtl" if lang.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


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


_DASHES = re.compile("[‐-―]")


def _folded(word: str) -> str:
    return re.sub(r"\s+", " ", _DASHES.sub("-", word).strip().lower())
