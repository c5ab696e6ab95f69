"""A fault in a course file: where it is, what is wrong, what to type instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
