"""The lines of a text file, however it was saved, read a piece at a time.

In: bytes as a spreadsheet or an old editor wrote them. Out: its lines, without their ends. What is held at once does
not grow with the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from lms.errors import N_, Refused
from lms.learning.events import is_text

MOST_BYTES = 4_000_000
"""Of a file: 5,000 names as long as may be, in letters of four bytes, with a user name each, and more beside."""
LONGEST_LINE = 100_000
"""Letters. What is longer was never a line."""
_PIECE = 1 << 14
_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def lines_of(file: BinaryIO) -> Iterator[str]:
    """The lines from where a file stands. Refused at once where it is no text or too long.

    The file is gone through twice: first only to see how it was saved.
    """
    coding = _coding(file)
    return _lines(file, coding)


def _lines(file: BinaryIO, coding: str) -> Iterator[str]:
    held, number, first = "", 0, True
    for piece in _decoded(file, coding):
        held += piece.removeprefix("\ufeff") if first else piece
        first = False
        whole = held.splitlines(keepends=True)
        held = whole.pop() if whole else ""  # it may go on, or its end may
        if len(held) > LONGEST_LINE:
            told = N_("Row {row} is far too long. Look at it, and send the list again.")
            raise Refused(told, "roster", row=number + 1)
        lines = "".join(whole).splitlines()
        number += len(lines)
        yield from lines
    yield from held.splitlines()


def _decoded(file: BinaryIO, coding: str) -> Iterator[str]:
    """A file as text, in pieces. UnicodeDecodeError where it was saved in another way."""
    decoder = codecs.getincrementaldecoder(coding)()
    while sent := file.read(_PIECE):
        yield decoder.decode(sent)
    yield decoder.decode(b"", True)


def _coding(file: BinaryIO) -> str:
    """How a file was saved; it stands where it stood."""
    begins = file.tell()
    head, length = _look(file)
    if length > MOST_BYTES:
        raise Refused(N_("This is too big. Send at most 5,000 rows, with names alone."), "roster")
    if head.startswith(_BOOKS):
        raise Refused(N_("This is not a plain list. In your spreadsheet, choose Save as, then CSV."), "roster")
    for coding in _codings(head):
        file.seek(begins)
        try:
            if all(map(is_text, _decoded(file, coding))):
                break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(N_("We can't read the letters in this file. Save it as CSV UTF-8 and send it again."), "roster")
    file.seek(begins)
    return coding


def _look(file: BinaryIO) -> tuple[bytes, int]:
    """How it begins, and how long it is from where it stands."""
    begins = file.tell()
    length = file.seek(0, 2) - begins
    file.seek(begins)
    return file.read(200), length


def _codings(head: bytes) -> tuple[str, ...]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in head:
        return ("utf-16-be", "utf-16-le") if head[:1] == b"\0" else ("utf-16-le", "utf-16-be")
    return "utf-8-sig", "cp1252"


def text_of(file: BinaryIO) -> str:
    """A short file whole, its lines as a text field holds them. Refused as `lines_of`."""
    return "\n".join(lines_of(file))
