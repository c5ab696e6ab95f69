"""How the problems of a course are told: to a person, to a program, to a code host.

In: problems whose files are named from where the person stands. Out: lines on a stream. The source line a
problem is about is read from its file, if it can be.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from lms.content.problems import Problem, Severity, visible

TEXTS = (".md", ".vtt", ".lock")
WIDEST = 76
"""Cells of a source line that are shown."""
_BOLD, _DIM, _RED, _YELLOW, _PLAIN = "\033[1m", "\033[2m", "\033[31m", "\033[33m", "\033[0m"


def page_of(problem: Problem) -> str:
    """The page that says what a message means, with an example."""
    return f"docs/messages/{problem.code}.md"


def from_here(home: Path, problems: Iterable[Problem]) -> list[Problem]:
    """The same problems with their files named from where the person stands, ready to click."""
    return [replace(problem, file=str(home / problem.file)) for problem in problems]


def stops(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def counted(problems: Iterable[Problem]) -> str:
    """`2 errors, 1 warning`, empty where there are none."""
    counts = Counter(problem.severity for problem in problems)
    return ", ".join(f"{counts[it]} {it}{'' if counts[it] == 1 else 's'}" for it in Severity if counts[it])


# --- for a person -----------------------------------------------------------------------------------


def show(problems: Iterable[Problem], stream: TextIO | None = None) -> None:
    """What is wrong and what to type instead; the line with a mark under the place; the page to read."""
    stream = stream or sys.stdout
    coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    _lines_of.cache_clear()  # a file that is watched has been saved since
    for problem in problems:
        print("\n".join(_told(problem, _painter(coloured))), file=stream)


_Paint = Callable[[str, str], str]


def _painter(coloured: bool) -> _Paint:
    def paint(colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if coloured and text else text

    return paint


def _told(problem: Problem, paint: _Paint) -> list[str]:
    colour = _RED if problem.severity is Severity.ERROR else _YELLOW
    place = paint(_BOLD, f"{problem.file}:{problem.line}:{problem.column}:")
    warning = paint(_YELLOW, "warning: ") if problem.severity is Severity.WARNING else ""
    told = [f"{place} {warning}{problem.message} {problem.instead}".rstrip()]
    source = _source_line(problem)
    if source:
        shown, mark = excerpt(source, problem.column)
        told.append(paint(_DIM, f"{problem.line:>6} | ") + shown)
        told += [paint(_DIM, f"{'':>6} | ") + paint(colour, mark)] if mark else []
    return [*told, f"{'':>9}{paint(_DIM, page_of(problem))}"]


def _source_line(problem: Problem) -> str:
    lines = _lines_of(problem.file) if problem.file.endswith(TEXTS) else ()
    return lines[problem.line - 1] if problem.line <= len(lines) else ""


@lru_cache(maxsize=4)
def _lines_of(file: str) -> Sequence[str]:
    """The lines as the compiler counts them; none of a file that is not there."""
    try:
        text = Path(file).read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError:
        return ()
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def excerpt(line: str, column: int) -> tuple[str, str]:
    """A line as a terminal can show it, and what stands under it: a caret below the place.

    >>> excerpt("- [x] 東京 *", 10)
    ('- [x] 東京 *', '           ^')

    What nobody can see is spelled out. A line with words from right to left is turned round by terminals, each
    in its own way, so no caret can be under the place: the words from there on are repeated instead.
    """
    at = column - 1
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        words = _cut(line[at:], 24)
        return _cut(line, WIDEST), f'at "{words}"' if at and words else ""
    cells = [_cell(letter) for letter in line]
    first = _first_shown([width for _, width in cells], at)
    before = "..." if first else ""
    shown = before + "".join(text for text, _ in cells[first:])
    return _cut(shown, WIDEST), " " * (len(before) + sum(width for _, width in cells[first:at])) + "^"


def _cell(letter: str) -> tuple[str, int]:
    """A character as it is shown, and how many cells of a terminal that takes."""
    if letter == "\t":
        return "    ", 4
    shown = visible(letter)
    if len(shown) > 1:
        return shown, len(shown)
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):  # such a Cf joins others, and terminals show it as nothing
        return letter, 0
    return letter, 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _first_shown(widths: Sequence[int], at: int) -> int:
    """0, or in a long line the first character that leaves the place in sight."""
    if sum(widths[: at + 1]) <= WIDEST * 3 // 4:
        return 0
    first, left = at, WIDEST // 2
    while first and (left := left - widths[first - 1]) >= 0:
        first -= 1
    return first


def _cut(text: str, most: int) -> str:
    """A line that is not too wide, all of it such as can be seen."""
    shown, room = "", most
    for piece, width in map(_cell, text):
        if width > room:
            return f"{shown}..."
        shown, room = shown + piece, room - width
    return shown


# --- for a program ----------------------------------------------------------------------------------


def as_json(problems: Sequence[Problem], stream: TextIO | None = None) -> None:
    """One object; `docs/reference/check.md` says what is in it."""
    counts = Counter(problem.severity for problem in problems)
    whole: Mapping[str, object] = {
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "problems": [asdict(problem) | {"page": page_of(problem)} for problem in problems],
    }
    print(json.dumps(whole, ensure_ascii=False, indent=2), file=stream)


def as_annotations(problems: Sequence[Problem], stream: TextIO | None = None) -> None:
    """One line a problem, such as GitHub shows beside the line it is about."""
    for problem in problems:
        file = os.path.relpath(problem.file) if os.path.isabs(problem.file) else problem.file
        parts = {"file": file, "line": problem.line, "col": problem.column, "title": problem.code}
        properties = ",".join(f"{word}={_property(str(value))}" for word, value in parts.items())
        said = f"{problem.message} {problem.instead}\n{page_of(problem)}"
        print(f"::{problem.severity} {properties}::{_data(said)}", file=stream)


def _data(text: str) -> str:
    """What stands for itself in a workflow command: no percent sign, no end of line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


TELL: Mapping[str, Callable[[Sequence[Problem]], None]] = {
    "text": show,
    "json": as_json,
    "github": as_annotations,
}
"""What `--format` may be, and how it tells."""
