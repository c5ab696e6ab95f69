"""Why settings can't be read: the slips authors make, looked for in the lines as they typed them.

The lines of a file's settings in, the first slip out. It is asked only where YAML has given up, whose own
words say nothing to who never heard of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = "[a-z]+(?:-[a-z]+)*"
_INDENTED = re.compile(rf"[ \t]+{_WORD}[ \t]*:(?:[ \t]|$)")
_NO_SPACE = re.compile(rf"({_WORD}):([^\s:].*)")
_VALUE = re.compile(rf"(?:{_WORD}[ \t]*:|[ \t]*-)[ \t]+(\S.*)")
_NO_COLON = re.compile(r"[^\s:#\"'-][^:]*")
_WIDE = re.compile(rf"({_WORD})[ \t]*(?:：[ \t\u00a0\u202f]*|:[ \t]*[\u00a0\u202f][ \t]*)(\S.{{0,39}})?", re.IGNORECASE)
_DATED = re.compile(r"[ \t]*- +([0-9]{4}-[0-9]{2}-[0-9]{2}):[ \t]+(\S.{0,60})")
_SPECIAL, _KEPT = "&*!", "@`%|>[]{},?"
"""With these YAML starts something else than a value."""


@dataclass(frozen=True)
class Slip:
    """What is wrong with a line of the settings, and what to type instead."""

    line: int
    column: int
    code: str
    message: str
    instead: str


def find_slip(lines: Sequence[str], last: int) -> Slip | None:
    """The first slip from line 2 of a file up to line `last`, where the reading stopped."""
    for number in range(2, min(last, len(lines)) + 1):
        line = lines[number - 1]
        slip = _of_line(line, number) or _of_value(lines, number)
        if slip:
            return slip
        if "\t" in line:
            return _unreadable(number, line.index("\t") + 1, "here is a tab.", "Type a space instead.")
    return None


def special(line: int, column: int, marks: str = "&, * or !") -> Slip:
    """A value that starts with a mark that has a meaning of its own."""
    message = f"a value can't start with {marks}."
    return Slip(line, column, "setting-special", message, 'Put the value in double quotes: "...".')


def _of_line(line: str, number: int) -> Slip | None:
    if _INDENTED.match(line):
        column = len(line) - len(line.lstrip()) + 1
        return Slip(number, column, "setting-indented", "this setting is indented.", "Start the line at the left.")
    if match := _NO_SPACE.fullmatch(line.rstrip()):
        word, value = match.groups()
        instead = f"Type {word}: {value if len(value) <= 40 else '...'}."
        return _unreadable(number, match.end(1) + 1, "no space stands behind the colon.", instead)
    if match := _WIDE.match(line):
        message, instead = (
            "the mark behind this word is no plain colon and space.",
            f"Type {match[1].lower()}: {match[2]}",
        )
        return _unreadable(number, match.end(1) + 1, message, instead.strip() + ".")
    if match := _DATED.match(line):
        message, instead = "a line of changes has no colon behind its date.", f"Type {match[1]} {match[2]}"
        return Slip(number, match.end(1) + 1, "setting-colon", message, instead.strip() + ".")
    if _NO_COLON.fullmatch(line):
        return _unreadable(number, 1, "this line has no colon.", "Write it as word: value.")
    return None


def _of_value(lines: Sequence[str], number: int) -> Slip | None:
    match = _VALUE.match(lines[number - 1])
    if not match:
        return None
    value, column = match[1].rstrip(), match.start(1) + 1
    if value[0] in _SPECIAL:
        return special(number, column)
    if value[0] in "\"'" and not _is_closed(lines, number, value):
        message = "this value starts with a quotation mark that is never closed."
        return _unreadable(number, column, message, "Put one at its end.")
    if value[0] in _KEPT and not (value[0] in "|>" and len(value) <= 2) and not (value[0] == "[" and "]" in value):
        return special(number, column, value[0])
    return None


def _is_closed(lines: Sequence[str], number: int, value: str) -> bool:
    """Has a value in quotation marks its second one? It may go on in indented lines."""
    mark = value[0]
    if mark in value[1:].replace(f"\\{mark}", ""):
        return True
    for line in lines[number:]:
        if not line.startswith((" ", "\t")):
            return False
        if line.rstrip().endswith(mark):
            return True
    return False


def _unreadable(line: int, column: int, message: str, instead: str) -> Slip:
    return Slip(line, column, "settings-unreadable", message, instead)
