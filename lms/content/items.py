"""One item of an answer list: a box or a setting, what is typed behind it, and what stands under it.

The tokens of a list item in; an `Item` out, or None after saying why it is none. Which items a list may have is
for `answers` to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from markdown_it.token import Token

from lms.content.boxes import NO_BOX, behind_box, box_column, not_a_box
from lms.content.course import Text
from lms.content.faults import did_you_mean
from lms.content.manuscript import Manuscript, first_line, shown, top_blocks
from lms.content.plan import Kind
from lms.content.words import COLON, IN_BLOCKS, LIST_WORDS, WITH_FEEDBACK, Word

WORD = re.compile(rf"({LIST_WORDS}){COLON}[ \t]*")
BOLD_WORD = re.compile(rf"([*_]{{1,3}})({LIST_WORDS})(?:{COLON}\1|\1{COLON})")
_NAMES = {
    Kind.READING: "a step to read",
    Kind.RATE_AGAIN: "a Rate again",
    Kind.ORDER: "an Order",
    Kind.GAPS: "Gaps",
    Kind.CODE: "a Code step",
    Kind.LESSON: "a lesson",
    Kind.QUIZ: "a quiz",
}
_NUMBERED = frozenset({Kind.ORDER, Kind.RATE})
"""What is put in order or chosen from stands in a numbered list."""
_FEEDBACK = frozenset({"paragraph_open", "bullet_list_open", "ordered_list_open", "fence"})


@dataclass
class Item:
    """One item: a box if `word` is None. `first` is its paragraph with the word taken off."""

    word: Word | None
    ticked: bool
    typed: str
    """The paragraph as typed, behind the box or the word."""
    first: list[Token]
    feedback: list[Token]
    blocks: list[Token]
    """What goes on below a Hint or Explain."""
    line: int


def inlines_of(items: Sequence[Item]) -> list[Token]:
    """The tokens of the items that are shown as Markdown."""
    marked = [item for item in items if item.word is None or item.word in IN_BLOCKS]
    firsts = [token for item in marked for token in item.first]
    return firsts + [token for item in items for token in (*item.feedback, *item.blocks)]


def in_blocks(items: Sequence[Item], word: Word) -> tuple[Text, ...]:
    """The values of Hint, Explain or Look for, one after the other."""
    return tuple(shown((*item.first, *item.blocks), item.line) for item in items if item.word == word)


def of_word(items: Sequence[Item], word: Word) -> list[Item]:
    return [item for item in items if item.word == word]


def read_item(ms: Manuscript, tokens: Sequence[Token], kind: Kind, row: Set[Word]) -> Item | None:
    """Read one item; `row` are the words it may start with."""
    opening, inner = tokens[0], list(tokens[1:-1])
    line = first_line(opening)
    box = "checked" in opening.meta
    if not inner or inner[0].type != "paragraph_open":
        _no_paragraph(ms, inner, line, box)
        return None
    paragraph, below = inner[:3], inner[3:]
    words = paragraph[1]
    if box:
        return _parted(ms, Item(None, opening.meta["checked"], words.content, paragraph, [], [], line), below)
    word = _word(ms, words, kind, row, line)
    if word is None:
        return None
    typed = words.content
    item = Item(word, False, typed, paragraph if typed else [], [], [], line)
    if not typed and not (below and word in IN_BLOCKS):
        ms.faults.error(line, "setting-empty", f'nothing stands behind "{word}:".', "Write its value on the same line.")
        return None
    return _parted(ms, item, below)


def _no_paragraph(ms: Manuscript, inner: Sequence[Token], line: int, box: bool) -> None:
    if not inner:
        _empty(ms, line, box)
    else:
        message = "this answer starts with a mark that makes it something else."
        ms.faults.error(line, "answer-mark", message, "Put the mark, or all of it, in backticks.", behind_box(ms, line))


def _empty(ms: Manuscript, line: int, box: bool = True) -> None:
    message, code = ("a box without words.", "box-empty") if box else ("an item without words.", "item-empty")
    column = box_column(ms, line) if box else 1
    ms.faults.error(line, code, message, "Write the answer behind it, or delete it.", column)


def _word(ms: Manuscript, words: Token, kind: Kind, row: Set[Word], line: int) -> Word | None:
    """The word an item starts with, which is then taken off it; None after saying what is wrong."""
    content = words.content
    match = WORD.match(content)
    word = ms.language.word(match.group(1)) if match else None
    if word in row and match:
        words.content = content[match.end() :]
        return word
    bold = BOLD_WORD.match(content)
    if content in ("[ ]", "[x]", "[X]"):
        _empty(ms, line)
    elif no_box := NO_BOX.match(content):
        not_a_box(ms, line, no_box.group())
    elif bold and ms.language.word(bold.group(2)):
        message = f'"{bold.group(2)}:" stands in {bold.group(1)} marks.'
        ms.faults.error(line, "word-bold", message, f"Type {bold.group(2)}:.", ms.source.column(line, bold.group()))
    else:
        _not_in_row(ms, match.group(1) if match else "", word, kind, row, line)
    return None


def _not_in_row(ms: Manuscript, typed: str, word: Word | None, kind: Kind, row: Set[Word], line: int) -> None:
    where = "a fact" if Word.SOURCE in row else a_kind(kind)
    column = ms.source.column(line, typed) if typed else 1
    if word:
        has = ", ".join(sorted(row))
        ms.faults.error(line, "word-place", f'"{word}:" does not belong to {where}.', f"It may have {has}.", column)
    elif typed:
        near = ms.faults.near(typed, row)
        message = did_you_mean(f'"{typed}:" is not a setting of {where}', near, ":")
        instead = f"Type {near}:." if near else "Leave it out."
        instead = "If it is an answer, put [ ] before it." if kind == Kind.QUESTION else instead
        ms.faults.error(line, "word-unknown", message, instead, column)
    else:
        message = "this item of the answer list is neither a box nor a setting."
        instead = "Put [ ] before an answer; put a line of text between this list and another."
        if kind in _NUMBERED:
            message = "in the list of settings this is none."
            instead = "Number the items of the list that is asked about, 1. 2. 3., above it."
        ms.faults.error(line, "item-plain", message, instead)


def a_kind(kind: Kind) -> str:
    return _NAMES.get(kind, f"a {kind.value.capitalize()}")


def _parted(ms: Manuscript, item: Item, below: list[Token]) -> Item:
    """What stands under an item is its feedback, or goes on with it, or is refused."""
    if not below:
        _one_line(ms, item)
        return item
    first = below[0]
    if item.word in IN_BLOCKS:
        _only(ms, below)
        item.blocks = below
    elif item.word is None or item.word in WITH_FEEDBACK:
        _one_line(ms, item)
        item.feedback = _feedback(ms, below)
    else:
        message = f'"{item.word}:" is one line, and nothing stands under it.'
        ms.faults.error(first_line(first), "setting-lines", message, "Delete this.")
    return item


def _one_line(ms: Manuscript, item: Item) -> None:
    if item.word and item.word not in IN_BLOCKS and "\n" in item.typed:
        message = f'the value of "{item.word}:" is one line.'
        instead = "Put it all on one line"
        instead += "; start this one with > if it is feedback." if item.word in WITH_FEEDBACK else "."
        ms.faults.error(item.line + 1, "setting-lines", message, instead)


def _feedback(ms: Manuscript, below: list[Token]) -> list[Token]:
    blocks = top_blocks(below)
    first = below[0]
    extra = below[blocks[1][0]] if len(blocks) > 1 else None
    if first.type == "alert_open":
        message = "feedback is no callout."
        ms.faults.error(first_line(first), "feedback-callout", message, "Leave the [!...] line out.")
    elif first.type != "blockquote_open":
        message = "an answer is one paragraph, with one quote under it as feedback."
        ms.faults.error(first_line(first), "answer-blocks", message, "Start the line with > if it is feedback.")
    elif extra:
        message = "an answer has one quote under it, and nothing else."
        ms.faults.error(first_line(extra), "answer-blocks", message, "Join them: start the lines between with >, too.")
    else:
        inner = below[1:-1]
        if not inner:
            ms.faults.error(first_line(first), "feedback-empty", "feedback without words.", "Write it behind the >.")
        _only(ms, inner)
        return inner
    return []


def _only(ms: Manuscript, tokens: list[Token]) -> None:
    for start, _ in top_blocks(tokens):
        if tokens[start].type not in _FEEDBACK:
            message = "only paragraphs, lists, pictures and code may stand here."
            ms.faults.error(first_line(tokens[start]), "feedback-blocks", message, "Move it into the text of the step.")
