"""Boxes: where they may stand, and what is nearly one.

The tokens of a section in; faults, and places in its lines, out. A box that is not read as one would be
shown to learners as brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from lms.content.manuscript import Manuscript, first_line
from lms.content.plan import Kind

_SQUARE = r"\[\]|\[ *(?:[^\w\s\[\]]|[xXvVyYхХ]| ) *\](?![(\[])|[☐☑☒✓✔]"
NO_BOX = re.compile(rf"\([xX ]?\)|{_SQUARE}")
_LIKE_A_BOX = re.compile(_SQUARE)
"""In a list that is only text round brackets are just that."""
_BOX = re.compile(r"\[[ xX]\][ \t]*")
WITH_BOXES = (Kind.QUESTION, Kind.TASK)


def refuse_boxes(ms: Manuscript, tokens: Sequence[Token], kind: Kind = Kind.READING) -> None:
    """A box in a list that is only text is refused, and what is like one."""
    box = next((token for token in tokens if "checked" in token.meta), None)
    box = box or next((token for token, words in _starts(tokens) if _LIKE_A_BOX.match(words)), None)
    if box and kind in WITH_BOXES:
        _numbered_box(ms, first_line(box))
    elif box:
        box_outside(ms, first_line(box))


def no_numbered_boxes(ms: Manuscript, tokens: Sequence[Token]) -> None:
    """Above an answer list, boxes in bullet lists have broken it in two, which is told as such."""
    box = next((token for token in tokens if "checked" in token.meta and token.markup in (".", ")")), None)
    if box:
        _numbered_box(ms, first_line(box))


def _numbered_box(ms: Manuscript, line: int) -> None:
    instead = "Start the line with a hyphen instead, - [ ] or - [x]."
    ms.faults.error(line, "box-form", "a number stands before this box.", instead)


def not_a_box(ms: Manuscript, line: int, typed: str) -> None:
    instead = "Type [ ] with a space in it, or [x], and a space behind it."
    ms.faults.error(line, "box-form", "this is not a box.", instead, ms.source.column(line, typed))


def box_outside(ms: Manuscript, line: int) -> None:
    instead = "Start the step's heading with Question: or Task:, or leave the box out."
    ms.faults.error(line, "box-outside", "a box stands outside a Question or a Task.", instead)


def has_boxes(tokens: Sequence[Token]) -> bool:
    return any(NO_BOX.match(content) for _, content in _starts(tokens))


def _starts(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Each list item that starts with words, and the words."""
    for token, paragraph, words in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "list_item_open" and paragraph.type == "paragraph_open":
            yield token, words.content


def box_column(ms: Manuscript, line: int) -> int:
    """Where the box of a line stands."""
    match = _BOX.search(ms.source.line(line))
    return match.start() + 1 if match else 1


def behind_box(ms: Manuscript, line: int) -> int:
    """Where the words behind the box of a line start."""
    match = _BOX.search(ms.source.line(line))
    return match.end() + 1 if match else 1
