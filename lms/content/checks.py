"""Checks: what a learner's code must do, in words: `` `h1` says "Hello" ``.

The value of a Check in, a `CodeCheck` out. Selectors and code stand in backticks, what is said or typed
in quotation marks; the words between them are of a closed list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lms.content.items import Item
from lms.content.manuscript import Manuscript
from lms.content.plan import CodeCheck, Looks
from lms.content.words import Language, Value

_PIECE = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`)(?P<inner>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?P<said>\"[^\"]*\"|[“„][^“”„]*[“”]|«[^»]*»)|(?P<number>\d{1,4}(?![\w-]))|(?P<comma>[,،、])|(?P<word>[\w#.-]+)"
    r"|(?P<other>\S)"
)
_WORDS = (
    *(Value.EXISTS, Value.TIMES, Value.SAYS, Value.SOMETHING, Value.HAS, Value.AFTER_PRESSING),
    *(Value.PRINTS, Value.TYPING, Value.GIVES),
)
MOST_LETTERS = 1000
_LONGEST = 3
"""A word of the list may be of so many words: `after pressing`."""
_INSTEAD = (
    'Type it like one of these: `h1` says "Hello"; `li` exists 3 times; `h1` has `color` `red`; prints "Hi"; '
    '`greet("Sam")` gives `"Hi Sam"`.'
)


class _UnreadableError(Exception):
    """What is wrong with a Check; `word` where it is one of no list."""

    def __init__(self, message: str, word: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.word = word


@dataclass(frozen=True)
class _Piece:
    what: str
    """`code`, `said`, `number`, `comma`, or `word`."""
    text: str


def read_check(ms: Manuscript, item: Item) -> CodeCheck | None:
    """One Check; None after saying what of it can't be read."""
    typed = item.typed
    if len(typed) > MOST_LETTERS:
        message = f"this Check is longer than {MOST_LETTERS} letters."
        ms.faults.error(item.line, "check-long", message, "Say it in fewer, or in two.")
        return None
    try:
        return replace(_Reader(_pieces(ms.language, typed)).check(), written=typed)
    except _UnreadableError as fault:
        message = fault.message
        if fault.word and _is_sentence(ms.language, typed):
            message = "this Check is not in a form that can be read."
        elif fault.word:
            message = ms.faults.unknown(f'"{fault.word[:40]}" is not a word of a Check', fault.word, _WORDS)
        column = ms.source.column(item.line, fault.word or typed)
        ms.faults.error(item.line, "check-form", message, _INSTEAD, column)
    return None


def _is_sentence(language: Language, typed: str) -> bool:
    """Are two words or more of no list? Then it is not one that is only misspelt."""
    known = {part for words, value in language.values.items() if value in _WORDS for part in words.split()}
    words = [match.group().lower() for match in _PIECE.finditer(typed) if match.lastgroup == "word"]
    return sum(word not in known for word in words) > 1


def _pieces(language: Language, typed: str) -> list[_Piece]:
    matches = list(_PIECE.finditer(typed))
    found: list[_Piece] = []
    while matches:
        match = matches[0]
        what = match.lastgroup or ""
        if what in ("word", "other"):
            count, value = _word(language, typed, matches)
            found.append(_Piece("word", value))
            matches = matches[count:]
            continue
        text = match["inner"].strip() if what == "code" else match.group()
        found.append(_Piece(what, text[1:-1] if what == "said" else text))
        matches = matches[1:]
    return found


def _word(language: Language, typed: str, matches: list[re.Match[str]]) -> tuple[int, str]:
    """How many of the next pieces are one word of the list, and which."""
    for count in range(min(_LONGEST, len(matches)), 0, -1):
        value = language.value(typed[matches[0].start() : matches[count - 1].end()])
        if value in _WORDS:
            return count, value
    raise _UnreadableError("", matches[0].group())


class _Reader:
    """Takes piece after piece; what does not come as it should stops it."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self.pieces = pieces

    def check(self) -> CodeCheck:
        check = self._whole()
        if self.pieces:
            raise _UnreadableError("something stands behind this Check that does not belong to it.")
        return check

    def _whole(self) -> CodeCheck:
        if self._takes(Value.AFTER_PRESSING):
            pressing = self._take("code", "what is pressed, in backticks")
            self._takes(",")
            return replace(self._about(), pressing=pressing)
        if self._takes(Value.TYPING):
            lines = [self._take("said", "what is typed, in quotation marks")]
            while self._takes(","):
                lines.append(self._take("said", "what is typed, in quotation marks"))
            self._needs(Value.PRINTS)
            return replace(self._prints(), typing=tuple(lines))
        if self._takes(Value.PRINTS):
            return self._prints()
        return self._about(gives=True)

    def _about(self, gives: bool = False) -> CodeCheck:
        at = self._take("code", "a selector or code, in backticks")
        if self._takes(Value.EXISTS):
            return CodeCheck(Looks.EXISTS, "", at, times=self._times())
        if self._takes(Value.SAYS):
            value, exact = ("", False) if self._takes(Value.SOMETHING) else self._said()
            return CodeCheck(Looks.SAYS, "", at, value, exact)
        if self._takes(Value.HAS):
            name = self._take("code", "a property, in backticks")
            return CodeCheck(Looks.HAS, "", at, self._take("code", "its value, in backticks"), property=name)
        if gives and self._takes(Value.GIVES):
            return CodeCheck(Looks.GIVES, "", at, self._take("code", "what it gives, in backticks"))
        raise _UnreadableError("this Check does not say what to look for.")

    def _prints(self) -> CodeCheck:
        value, exact = self._said()
        return CodeCheck(Looks.PRINTS, "", value=value, exact=exact)

    def _times(self) -> int:
        if not (self.pieces and self.pieces[0].what == "number"):
            return 1
        times = int(self.pieces.pop(0).text)
        self._needs(Value.TIMES)
        if not times:
            raise _UnreadableError("a Check counts from 1.")
        return times

    def _said(self) -> tuple[str, bool]:
        exact = bool(self.pieces) and self.pieces[0].what == "code"
        value = self._take("code" if exact else "said", "what is said, in quotation marks")
        if not value.strip():
            raise _UnreadableError("there is nothing between the quotation marks of this Check.")
        return value, exact

    def _takes(self, word: str) -> bool:
        """Take a word, or a comma, if it comes next."""
        if not self.pieces or self.pieces[0].what not in ("word", "comma"):
            return False
        taken = word == "," if self.pieces[0].what == "comma" else self.pieces[0].text == word
        if taken:
            self.pieces.pop(0)
        return taken

    def _needs(self, word: str) -> None:
        if not self._takes(word):
            raise _UnreadableError(f'this Check lacks "{word}".')

    def _take(self, what: str, missing: str) -> str:
        if not self.pieces or self.pieces[0].what != what:
            raise _UnreadableError(f"this Check lacks {missing}.")
        return self.pieces.pop(0).text
