"""Gaps: words left out of a text, each picked from the words of all gaps and those too many.

The parser has made a token `gap` of each `[[words]]`; here it is judged where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from lms.content.course import Filling, Text
from lms.content.headings import Section
from lms.content.items import Item, of_word
from lms.content.manuscript import Manuscript, first_line
from lms.content.markdown import GAP, is_plain_words, words_of
from lms.content.plain import plain_text, repeated
from lms.content.shown import plain
from lms.content.words import Word

FEWEST = 2
_CODE = ("fence", "code_inline")
_SINGLE = re.compile(r"\[[^\W\d_][^\[\]]{0,39}\](?![(:])")
"""Words in single brackets."""


def read_gaps(ms: Manuscript, section: Section, items: Sequence[Item]) -> Filling | None:
    """The gaps of a text and the words too many; None after saying why they can't be filled."""
    before = ms.faults.errors
    gaps = _gaps(ms, section.tokens)
    extras = [Text((words_of(item.typed),), item.line) for item in of_word(items, Word.EXTRA)]
    for extra in extras:
        _plain(ms, plain_text(extra), extra.line, ms.source.column(extra.line, plain_text(extra)))
    _no_equals(ms, gaps, extras)
    if ms.faults.errors > before:
        return None
    if not gaps:
        instead = "Put the words to fill in into double brackets: Use [[three]] words."
        ms.faults.error(section.line, "gaps-missing", "there is no gap in this step.", instead)
    elif len({plain_text(text) for text in (*gaps, *extras)}) < FEWEST:
        message, instead = "there is only one word to choose from.", "Add - Extra: with a wrong one."
        ms.faults.error(section.line, "gaps-one-word", message, instead)
    return Filling(tuple(gaps), tuple(extras)) if ms.faults.errors == before else None


def _gaps(ms: Manuscript, tokens: Sequence[Token]) -> list[Text]:
    """Every gap, in order, where it may stand and can be read."""
    found: list[Text] = []
    place = (1, 0)
    opened: Token | None = None
    for block, typed, where in _marks(tokens):
        place = _place(ms, block, typed, place)
        line, column = place
        if where == "unreadable" and typed == "]]" and block is opened:  # the end of what has been told of
            continue
        if where == "single":
            _single(ms, block, typed)
            continue
        opened = block if typed == "[[" else opened
        if where == "unreadable":
            instead = "Write the words between [[ and ]], on one line and without other marks."
            ms.faults.error(line, "gap-form", "this gap can't be read.", instead, column)
        elif where:
            instead = "Put the gap into a paragraph, a list or a quote."
            ms.faults.error(line, "gap-place", f"a gap can't stand in {where}.", instead, column)
        elif _plain(ms, typed[2:-2], line, column):
            found.append(Text((words_of(typed[2:-2]),), line))
    return found


def _single(ms: Manuscript, block: Token, typed: str) -> None:
    """`[three]`: a gap, but for one bracket at each end. With a backslash before it, it is meant."""
    first, end = block.map or (0, 0)
    line = next((line for line in range(first + 1, end + 1) if typed in ms.source.line(line)), 0)
    if line:
        instead = f"Type [{typed}], or put it in backticks if it shall be shown as it is."
        ms.faults.error(line, "gap-form", f'"{typed}" is no gap.', instead, ms.source.column(line, typed))


def _marks(tokens: Sequence[Token]) -> Iterator[tuple[Token, str, str]]:
    """The block of each gap, how it is typed, and what is wrong with its place: nothing, as a rule."""
    in_cell = False
    for token in tokens:
        if token.type in ("td_open", "th_open", "td_close", "th_close"):
            in_cell = token.nesting == 1
        for child in (token, *(token.children or ())):
            for typed, where in _in_piece(child):
                yield token, typed, "a table" if in_cell else where
        yield from ((token, typed, "a link") for typed in _linked(token.children or ()))


def _in_piece(child: Token) -> Iterator[tuple[str, str]]:
    if child.type in _CODE:
        yield from ((gap.group(), "code") for gap in GAP.finditer(child.content))
    elif child.type == "gap":
        yield f"[[{child.content}]]", ""
    elif child.type == "text" and ("[[" in child.content or "]]" in child.content):
        yield "[[" if "[[" in child.content else "]]", "unreadable"
    elif child.type == "text" and "[" in child.content:
        yield from ((it.group(), "single") for it in _SINGLE.finditer(child.content))
    elif child.type == "image":
        for inner in child.children or ():
            found = ((typed, where or "the description of a picture") for typed, where in _in_piece(inner))
            yield from ((typed, where) for typed, where in found if where != "single")


def _linked(children: Sequence[Token]) -> Iterator[str]:
    depth = 0
    for child in children:
        depth += (child.type == "link_open") - (child.type == "link_close")
        if depth and child.type == "gap":
            yield f"[[{child.content}]]"


def _place(ms: Manuscript, block: Token, typed: str, after: tuple[int, int]) -> tuple[int, int]:
    """Where a gap stands: behind the one before it."""
    first = first_line(block)
    for line in range(max(first, after[0]), (block.map or (0, first))[1] + 1):
        at = ms.source.line(line).find(typed, after[1] if line == after[0] else 0)
        if at >= 0:
            return line, at + 1
    return max(first, after[0]), 1


def _plain(ms: Manuscript, words: str, line: int, column: int) -> bool:
    if plain(words) and is_plain_words(words):
        return True
    message = f'"{words[:40]}" is not plain words.' if plain(words) else "a gap without words."
    instead = "Leave bold, code, links and other marks out; they may stand around a gap."
    instead = instead if plain(words) else "Write the words that are filled in between [[ and ]]."
    ms.faults.error(line, "gap-words", message, instead, column)
    return False


def _no_equals(ms: Manuscript, gaps: Sequence[Text], extras: Sequence[Text]) -> None:
    """Gaps may have the same words; an Extra that is one of them is a wrong word that is right."""
    seen = {plain_text(gap): gap.line for gap in reversed(gaps)}
    for extra in extras:
        if plain_text(extra) in seen:
            message = f"this word fills the gap on line {seen[plain_text(extra)]}."
            ms.faults.error(extra.line, "extra-equal", message, "Choose a word that fits nowhere.")
    for extra, first in repeated(extras):
        message = f"this word is the same as the one on line {first}."
        ms.faults.error(extra.line, "extra-equal", message, "Reword one, or delete it.")
