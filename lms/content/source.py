"""An author's bytes as text and lines, with what can't be seen found.

In: the bytes of one file. Out: a `Source`, or None where they are no text at all. Lines are cut at
`\\n` alone, so that line numbers agree with those of an editor and of the Markdown parser.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from lms.content.faults import Faults
from lms.content.words import LIST_WORDS

MOST_BYTES = 200_000
MOST_LINES = 20_000
LONGEST_SEARCHED = 500
"""In a longer line a word is found where its letters first are."""

# Emoji and Persian need U+200C and U+200D, coloured emoji U+FE0F, the Welsh flag tag characters.
_FLAG = "\U0001f3f4[\U000e0030-\U000e007a]+\U000e007f"
_UNSEEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
INVISIBLE = re.compile(f"{_FLAG}|({_UNSEEN})")
_BEHIND_MARKS = re.compile(r"[ \t]*(?:> ?)*(?:[-*+] +\[[ xX]\] +|\d{1,9}[.)] +)?[^\W\d_]")
"""A line as far as its first letter: what stands behind that makes nothing else of it."""
_NAMES = re.compile(r"\{#([a-z0-9-]{1,40})\}")
_EDGE = "[\u00a0\u202f\u200e\u200f\u061c]"
_HAS_UNSEEN, _HAS_EDGE = re.compile(_UNSEEN), re.compile(_EDGE)
# At the start of a line, behind the marks a line starts with, beside a box, a name or the colon of a Word.
BESIDE_MARK = re.compile(
    rf"^(?:[ \t]*(?:[>#+*|-]|\d{{1,9}}[.)]|\[[ xX]?\]))*[ \t]*({_EDGE})"
    rf"|\[[xX]?({_EDGE})[xX]?\]"
    rf"|({_EDGE})[ \t]*\{{#|\{{#[^}}\n]{{0,60}}?({_EDGE})|\{{#[^}}\n]{{0,60}}\}}[ \t]*({_EDGE})"
    rf"|^[ \t]*(?:\#\#\#|[-+*])[ \t]+{LIST_WORDS} ?(?:({_EDGE})[:：]|[:：] ?({_EDGE}))",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Source:
    """The text of one file. Line numbers count from 1."""

    file: str
    text: str
    lines: list[str]

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    @cached_property
    def characters(self) -> str:
        """Each character of the text once: a few to search instead of all."""
        return "".join(set(self.text))

    @cached_property
    def names(self) -> frozenset[str]:
        """Whatever is typed as a name, wherever it stands."""
        return frozenset(_NAMES.findall(self.text))

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of a character of the text."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def column(self, number: int, needle: str) -> int:
        """Where `needle` starts in a line, a word of its own if it can; 1 if it is not there as typed."""
        line = self.line(number)
        at = line.find(needle)
        if at > 0 and needle[:1].isalnum() and len(line) <= LONGEST_SEARCHED:
            whole = re.search(rf"(?<![\w-]){re.escape(needle)}(?![\w-])", line)
            at = whole.start() if whole else at
        return max(at, 0) + 1


def read(file: str, data: bytes, faults: Faults) -> Source | None:
    """The text of a file. Faults of single characters do not stop it from being read on."""
    if len(data) > MOST_BYTES:
        faults.error(1, "file-too-big", f"the file has {_kb(len(data))}, and 200 kB is the most.", "Split it in two.")
        return None
    text = _decode(data, faults)
    if text is None:
        return None
    lines = text.split("\n")
    if (filled := len(lines) - lines.count("")) > MOST_LINES:
        message = f"the file has {filled:,} lines that are not empty, and {MOST_LINES:,} is the most."
        faults.error(1, "file-too-big", message, "Split it in two.")
        return None
    source = Source(file, text.replace("\0", "\ufffd"), lines)
    if _HAS_UNSEEN.search(source.characters) or "\0" in text:
        _find_invisible(source, text, faults)
    if _HAS_EDGE.search(source.characters):
        _find_beside_marks(source, faults)
    return source


def _decode(data: bytes, faults: Faults) -> str | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8")
        lines = re.split("\r\n?|\n", before)
        instead = 'Save it again with the encoding "UTF-8".'
        faults.error(len(lines), "not-utf-8", "the file is not UTF-8 text.", instead, len(lines[-1]) + 1)
        return None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _find_invisible(source: Source, text: str, faults: Faults) -> None:
    last = 0
    for match in INVISIBLE.finditer(text):
        line, column = source.place(match.start())
        if match.group(1) and line != last:
            last = line
            in_words = _BEHIND_MARKS.match(source.line(line)[: column - 1])
            (faults.in_words if in_words else faults.error)(
                line,
                "invisible-character",
                f"here is a character nobody can see, {_name(match.group(1))}.",
                "Delete it, and type the words around it again.",
                column,
            )


def _find_beside_marks(source: Source, faults: Faults) -> None:
    for match in BESIDE_MARK.finditer(source.text):
        group = match.lastindex or 0
        line, column = source.place(match.start(group))
        faults.error(
            line,
            "invisible-beside-mark",
            f"beside a mark or at the start of the line stands {_name(match.group(group))}.",
            "Delete it, and type an ordinary space if one belongs there.",
            column,
        )


def _name(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def _kb(count: int) -> str:
    return f"{-(-count // 1000)} kB"
