"""A fault in a course file: where it is, what is wrong, what to type instead."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_JOINERS = "\u200c\u200d"
"""Persian and emoji need them; nobody should see them."""
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class Severity(StrEnum):
    """An error stops publishing; a warning is shown and does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Problem:
    """One fault. `line` and `column` count from 1; `file` is the path inside the course's folder."""

    file: str
    line: int
    column: int
    code: str
    message: str
    instead: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """`passwords.md:42:1: no choice is right. Mark one with [x].`"""
        return f"{self.file}:{self.line}:{self.column}: {self.message} {self.instead}".rstrip()


def visible(letter: str) -> str:
    """A character of a source line as it can be shown to its author: one that nobody can see is spelled out.

    >>> visible("a"), visible("\\u202e")
    ('a', '⟨U+202E⟩')
    """
    category = unicodedata.category(letter)
    if letter == "\t" or letter in _JOINERS:
        return letter
    unseen = category in _UNSEEN or (category == "Zs" and letter != " ")
    return f"⟨U+{ord(letter):04X}⟩" if unseen else letter
