"""Reading age: how old one has to be to read a lesson with ease, and the sentences that make it so.

Texts in; an age, and the sentences that weigh most, out. The formula is Flesch and Kincaid's grade
(Kincaid, Fishburne, Rogers and Chissom, 1975), and five years: a grade is a year of school, and the
first starts at six. It is made for English alone. `docs/decisions/0006-reading-age.md` says why this
one, and what was measured.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from markdown_it.token import Token

from lms.content.course import Text

FEWEST_WORDS = 40
"""In a shorter text one sentence moves the age by years: nothing can be said of it."""
FEWEST_IN_FRAGMENT = 6
"""Fewer words without an end mark are a heading, a cell or a label, and no sentence."""

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][a-z]+)*")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])")
_MARKS = (".", "!", "?", "…", ":")
_BEHIND_MARKS = "\"'”’)] \n"
_BETWEEN = "\0"
"""Stands between passages while they are counted; no text has it, and no sentence goes over it."""

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?<=[^aeiouy])(?<![^aeiouyl]l)e$"
    r"|(?<=[^aeiouytd])(?<![^aeiouyl]l)ed$"
    r"|(?<=[^aeiouysxzcg])(?<![^aeiouyl]l)(?<![cs]h)es$"
    r"|(?<=[^aeiouy])e(?=(?:ly|less|ness|ment|ful|where|thing|body|times|book)s?$)"
)
_MORE = re.compile(
    r"(?:[aeoy]|(?<!q)u)ing|i(?:um|et|ate|est|os?$|as?$|ers?$)|(?<![gq])ua|ideo|idea|area|eo$|crea(?=t)|real(?=i)|sm$"
)
"""Vowels side by side that are said apart, and a last `sm`, which is said with one more."""


class Passage(NamedTuple):
    """A title, paragraph, item or cell that is one or more sentences, and the line it starts on."""

    line: int
    text: str


@dataclass(frozen=True)
class Sentence:
    """One sentence, where it starts, and what the formula counts of it."""

    line: int
    text: str
    words: int
    syllables: int


def passages(texts: Iterable[Text]) -> list[Passage]:
    """What there is to read in some texts, in order; code, pictures and fragments are left out."""
    found: list[Passage] = []
    for text in texts:
        for token in text.tokens:
            if token.type == "inline" and _is_whole(words := _shown(token)):
                found.append(Passage(token.map[0] + 1 if token.map else text.line, words))
    return found


def reading_age(read: Sequence[Passage]) -> float | None:
    """The age these passages ask for together, to one place; None where there are too few words to say."""
    whole = _BETWEEN.join([it.text for it in read])
    words = _WORD.findall(whole)
    if len(words) < FEWEST_WORDS:
        return None
    return round(_age(len(words), len(read) + len(_END.findall(whole)), _syllables_of(words)), 1)


def age_alone(words: str) -> float | None:
    """The age that words ask for which stand alone, such as a hint in a form; None of a label, too short to say."""
    found = _WORD.findall(words)
    if len(found) < FEWEST_IN_FRAGMENT:
        return None
    return round(_age(len(found), 1 + len(_END.findall(words)), _syllables_of(found)), 1)


def hardest(read: Sequence[Passage], most: int = 3) -> list[Sentence]:
    """The sentences without which the rest would be easiest, in the order of the text."""
    every = [sentence for passage in read for sentence in _sentences(passage)]
    words, said = sum(it.words for it in every), sum(it.syllables for it in every)

    def age_without(it: Sentence) -> float:
        left = words - it.words
        return _age(left, len(every) - 1, said - it.syllables) if left else 0.0

    worst = sorted(range(len(every)), key=lambda at: age_without(every[at]))[:most]
    return [every[at] for at in sorted(worst)]


@lru_cache(maxsize=50_000)
def syllables(word: str) -> int:
    """About how many syllables a word has. Letters without a vowel between them are said one by one.

    >>> [syllables(word) for word in ("make", "maker", "maked", "table", "video", "UK", "NCSC")]
    [1, 2, 1, 2, 3, 1, 4]
    """
    low = word.lower().replace("'", "").replace("’", "")
    groups = len(_VOWELS.findall(low))
    if not groups:
        return len(low) if word.isupper() else 1
    return max(groups - len(_SILENT.findall(low)), 1) + len(_MORE.findall(low))


def _syllables_of(words: Iterable[str]) -> int:
    """Of all of them: each word is looked at once, however often it stands there."""
    return sum(syllables(word) * times for word, times in Counter(words).items())


def _age(words: int, count: int, syllables_in_all: int) -> float:
    return 0.39 * words / count + 11.8 * syllables_in_all / words - 15.59 + 5


def _shown(token: Token) -> str:
    children = token.children or ()
    if len(children) == 1 and children[0].type == "text":  # most blocks hold no mark
        return children[0].content
    return "".join(map(_piece, children))


def _piece(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    return child.content if child.type in ("text", "text_special") else ""


def _is_whole(words: str) -> bool:
    return words.count(" ") >= FEWEST_IN_FRAGMENT - 1 or words.rstrip(_BEHIND_MARKS).endswith(_MARKS)


def _sentences(passage: Passage) -> Iterator[Sentence]:
    at = 0
    for end in (*(match.end() for match in _END.finditer(passage.text)), len(passage.text)):
        words = _WORD.findall(passage.text, at, end)
        line = passage.line + passage.text.count("\n", 0, at)
        yield Sentence(line, " ".join(passage.text[at:end].split()), len(words), sum(map(syllables, words)))
        at = end
