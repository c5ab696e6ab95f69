"""Collecting what is wrong with one file: nothing stops at the first fault.

A step whose source is already known to be wrong is not judged further (`breaks`), so that one
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
        self._in_words: set[int] = set()
        self.suggested = 0

    def error(self, line: int, code: str, message: str, instead: str, column: int = 1) -> None:
        self._note(Problem(self.file, line, column, code, message, instead))
        insort(self._error_lines, line)
        self._in_words.discard(line)

    def in_words(self, line: int, code: str, message: str, instead: str, column: int) -> None:
        """An error in the words of a line, which it is no less a paragraph or an answer for."""
        alone = not self.between(line, line + 1)
        self.error(line, code, message, instead, column)
        if alone:
            self._in_words.add(line)

    def warn(self, line: int, code: str, message: str, instead: str, column: int = 1) -> None:
        self._note(Problem(self.file, line, column, code, message, instead, Severity.WARNING))

    def again(self, problems: Iterable[Problem]) -> None:
        """Note what was found in this file before."""
        for problem in problems:
            self.problems.append(problem)
            if problem.severity is Severity.ERROR:
                insort(self._error_lines, problem.line)

    def hold_back(self, code: str, since: int) -> None:
        """Forget the warnings of one sort from problem number `since` on."""
        self.problems[since:] = [it for it in self.problems[since:] if it.code != code]

    def _note(self, problem: Problem) -> None:
        """A problem is one line, whatever the words in it were: it is shown in terminals."""
        if not (problem.message + problem.instead).isprintable():
            problem = replace(problem, message=_one_line(problem.message), instead=_one_line(problem.instead))
        self.problems.append(problem)

    @property
    def errors(self) -> int:
        return len(self._error_lines)

    def between(self, first: int, end: int) -> bool:
        """Is there an error on a line from `first` up to, not including, `end`?"""
        at = bisect_left(self._error_lines, first)
        return at < len(self._error_lines) and self._error_lines[at] < end

    def breaks(self, first: int, end: int) -> bool:
        """Is there an error on one of these lines that may have made something else of what stands there?"""
        at, last = bisect_left(self._error_lines, first), bisect_left(self._error_lines, end)
        return any(line not in self._in_words for line in self._error_lines[at:last])

    def unknown(self, statement: str, word: str, words: Iterable[str], mark: str = "") -> str:
        """The statement as a sentence, with `; did you mean "Match:"?` where a right word is near."""
        return did_you_mean(statement, self.near(word, words), mark)

    def near(self, word: str, words: Iterable[str]) -> str:
        """The nearest right word, empty if none is near."""
        self.suggested += 1
        return nearest(word, words) if self.suggested <= MOST_SUGGESTIONS else ""


def did_you_mean(statement: str, near: str, mark: str = "") -> str:
    """A statement as a sentence, which asks whether the `near` word was meant, if there is one."""
    return f'{statement}; did you mean "{near}{mark}"?' if near else f"{statement}."


def _one_line(words: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(words.split()))
