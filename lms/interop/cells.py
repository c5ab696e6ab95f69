"""Rows as CSV that a spreadsheet can open without running anything.

In: rows of texts and whole numbers. Out: UTF-8, commas, one line a row, no line breaks inside.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

Cell = str | int

ROWS_AT_ONCE = 1_000
"""Rows held in memory while a file is written."""

_STARTS_FORMULA = frozenset("=+-@|%＝＋－＠｜％")
"""What makes a spreadsheet compute a cell or run a command, in the wide forms of other keyboards too."""


def safe(cell: str) -> str:
    """A text that a spreadsheet shows as it is: one that could start a formula gets an apostrophe in front.

    >>> safe("-2+3")
    "'-2+3"
    """
    if cell[:1].isalnum() and cell.isprintable():
        return cell
    text = cell if cell.isprintable() else _printable(cell)
    return "'" + text if text.lstrip()[:1] in _STARTS_FORMULA else text


def _printable(cell: str) -> str:
    """Line breaks and what can't be seen become spaces: they could hide a formula from us and not from a reader."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in cell).split())


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A whole CSV file, some lines at a time."""
    ahead = iter(rows)
    yield _lines([header])
    while some := list(islice(ahead, ROWS_AT_ONCE)):
        yield _lines([[safe(cell) if isinstance(cell, str) else cell for cell in row] for row in some])


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
