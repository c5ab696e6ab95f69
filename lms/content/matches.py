"""Match: what belongs together. Its table of two columns, taken off what is shown above it.

Equal meanings are one choice for several rows; a row whose left cell is empty is a meaning too many.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from lms.content.course import Matching, Row, Text
from lms.content.headings import Section
from lms.content.items import Item
from lms.content.manuscript import Manuscript, first_line, top_blocks
from lms.content.plain import plain_text, repeated
from lms.content.questions import no_links

COLUMNS = 2
FEWEST = 2


def read_match(ms: Manuscript, section: Section, items: Sequence[Item]) -> Matching | None:  # noqa: ARG001
    """The rows of a Match; None after saying why that can't be told."""
    tables = [block for block in top_blocks(section.tokens) if section.tokens[block[0]].type == "table_open"]
    if not tables:
        instead = "Write one with two columns: what is given on the left, what belongs to it on the right."
        ms.faults.error(section.line, "match-missing", "this Match has no table.", instead)
        return None
    start, end = tables[-1]
    line = first_line(section.tokens[start])
    cells = _cells(section.tokens[start:end])
    if len(tables) > 1:
        message, instead = "a Match has one table.", "Move the other one into a step of its own."
        ms.faults.error(line, "match-tables", message, instead)
    elif len(cells[0]) != COLUMNS:
        message = f"the table of a Match has two columns, and this one has {len(cells[0])}."
        ms.faults.error(line, "match-columns", message, "Give each row two cells, | left | right |.")
    else:
        section.tokens = section.tokens[:start] + section.tokens[end:]
        return _matching(ms, line, cells)
    return None


def _cells(tokens: Sequence[Token]) -> list[list[Text]]:
    """The cells of each row, the heads first."""
    rows: list[list[Text]] = []
    line = 1
    for token in tokens:
        if token.type == "tr_open":
            line = first_line(token)
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(Text((token,), line))
    return rows


def _matching(ms: Manuscript, line: int, cells: Sequence[Sequence[Text]]) -> Matching | None:
    before = ms.faults.errors
    heads, *rows = [Row(left, meaning) for left, meaning in cells]
    given = [row.left for row in rows if plain_text(row.left)]
    no_links(ms, [text for row in rows for text in (row.left, row.meaning)])
    for row in rows:
        if not plain_text(row.meaning):
            message, instead = "the right cell of this row is empty.", "Write one, or delete the row."
            ms.faults.error(row.meaning.line, "match-empty", message, instead)
    spare = {id(row.meaning) for row in rows if plain_text(row.meaning) and not plain_text(row.left)}
    for text, first in repeated(row.meaning for row in rows):
        if id(text) in spare:
            message = f"this meaning is not one too many: it stands on line {first} already."
            ms.faults.error(text.line, "match-meaning-twice", message, "Reword it, or delete its row.")
    for text, first in repeated(given):
        message = f"this left cell is the same as the one on line {first}."
        ms.faults.error(text.line, "match-left-twice", message, "Reword one, or delete its row.")
    if len(rows) < FEWEST or not given:
        message = "there is nothing to match: the table needs two rows or more, with words on the left."
        ms.faults.error(line, "match-rows", message, "Add a row, | left | right |.")
    elif len({plain_text(row.meaning) for row in rows}) < FEWEST:
        message = "there is only one meaning to choose from."
        ms.faults.error(line, "match-one-meaning", message, "Add a row with another; its left cell may be empty.")
    return Matching(tuple(rows), (heads.left, heads.meaning)) if ms.faults.errors == before else None
