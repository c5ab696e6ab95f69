"""Collecting what is wrong with one file: nothing stops at the first fault.

A step whose source is already known to be wrong is not judged further (`between`), so that one
slip of the author gives one message and not five.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import replace

from lms.content.nearest import nearest
from lms.content.problems import Problem, Severity

MOST_SUGGESTIONS = 100
"""Looking for the nearest word costs time; after so many the file is not a slip of the pen."""


class Faults:
    """The problems of one file, in the order they are found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._error_lines: list[int] = []
        self._suggested = 0

    def error(self, line: int, code: str, message: str, instead: str, column: int = 1) -> None:
        self._note(Problem(self.file, line, column, code, message, instead))
        insort(self._error_lines, line)

    def warn(self, line: int, code: str, message: str, instead: str, column: int = 1) -> None:
        self._note(Problem(self.file, line, column, code, message, instead, Severity.WARNING))

    def _note(self, problem: Problem) -> None:
        """A problem is one line, whatever the words in it were: it is shown in terminals."""
        if not (problem.message + problem.instead).isprintable():
            problem = replace(problem, message=_one_line(problem.message), instead=_one_line(problem.instead))
        self.problems.append(problem)

    def not_yet(self, line: int, what: str, column: int = 1) -> None:
        """Something of the course format that this version can't do."""
        self.error(line, "not-supported", f"{what} is not supported yet.", "Leave it out for now.", column)

    @property
    def errors(self) -> int:
        return len(self._error_lines)

    def between(self, first: int, end: int) -> bool:
        """Is there an error on a line from `first` up to, not including, `end`?"""
        at = bisect_left(self._error_lines, first)
        return at < len(self._error_lines) and self._error_lines[at] < end

    def unknown(self, statement: str, word: str, words: Iterable[str], mark: str = "") -> str:
        """The statement as a sentence, with `; did you mean "Match:"?` where a right word is near."""
        self._suggested += 1
        near = nearest(word, words) if self._suggested <= MOST_SUGGESTIONS else ""
        return f'{statement}; did you mean "{near}{mark}"?' if near else f"{statement}."


def _one_line(words: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(words.split()))
