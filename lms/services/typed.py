"""What somebody typed into a large field, as it is kept."""

from __future__ import annotations

from lms.errors import Refused
from lms.learning.events import is_text
from lms.learning.messages import plain


def words(typed: str, field: str, most: int) -> str:
    """Without what is around it, its lines ended one way; empty for nothing.

    Refused, beside the field, for letters no database keeps and for more than `most` of them.
    """
    text = typed.replace("\r\n", "\n").strip()
    if not is_text(text):
        raise Refused("Some of those letters can't be kept. Type it again without them.", field)
    if len(text) > most:
        raise Refused("Use at most {most} letters. Say the most important thing first.", field, most=most)
    return text


def seen(typed: str, field: str, most: int) -> str:
    """The same without what can't be seen or turns a line round: for words that somebody else is to read."""
    return words(plain(typed) if is_text(typed) else typed, field, most)


def line(typed: str, field: str, most: int) -> str:
    """The same in one line."""
    return words(" ".join(typed.split()), field, most)
