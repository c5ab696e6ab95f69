"""Answer lists: the boxes and settings a lesson, step, quiz or fact ends with.

A section's blocks in; what the learner is shown, and the items of its answer list, out. What each
item may mean is for `steps` and `questions` to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from markdown_it.token import Token

from lms.content.course import Text
from lms.content.headings import Section
from lms.content.manuscript import Manuscript, children, first_line, shown, top_blocks
from lms.content.nearest import nearest
from lms.content.plan import Kind
from lms.content.words import COLON, IN_BLOCKS, LIST_WORDS, REPEATED, ROWS, WITH_FEEDBACK, Word

_WORD = re.compile(rf"({LIST_WORDS}){COLON}[ \t]*")
_BOLD_WORD = re.compile(rf"([*_]{{1,3}})({LIST_WORDS})(?:{COLON}\1|\1{COLON})")
_NO_BOX = re.compile(r"\[\]|\([xX ]?\)|\[[ ]?[*xX✓✔✗vV][ ]?\](?![(\[])|\[ {2,}\]|[☐☑☒✓✔]")
_NAMES = {Kind.READING: "a step to read", Kind.RATE_AGAIN: "a Rate again", Kind.LESSON: "a lesson", Kind.QUIZ: "a quiz"}
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


def take_answers(ms: Manuscript, section: Section, kind: Kind, row: Set[Word] = frozenset()) -> list[Item]:
    """Take the answer list off a section's blocks, which then hold only what is shown."""
    row = row or ROWS[kind]
    blocks = top_blocks(section.tokens)
    at = _find_list(ms, section, blocks, kind, row)
    if at is None:
        refuse_boxes(ms, section.tokens)
        return []
    start, _ = blocks[at]
    _only_notes_after(ms, section, blocks[at + 1 :])
    _no_list_before(ms, section.tokens, blocks[:at])
    starts = children(section.tokens, start)
    items = [_item(ms, section.tokens[first:last], kind, row) for first, last in starts]
    section.tokens = section.tokens[:start]
    found = [item for item in items if item]
    _no_repeats(ms, found)
    if kind != Kind.QUESTION:
        _no_boxes(ms, found)
    return found


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


def _find_list(
    ms: Manuscript, section: Section, blocks: list[tuple[int, int]], kind: Kind, row: Set[Word]
) -> int | None:
    """The place among the blocks of the last bullet list, if it is one of answers."""
    tokens = section.tokens
    lists = [at for at, (start, _) in enumerate(blocks) if tokens[start].type == "bullet_list_open"]
    if not lists:
        return None
    found = [_glance(ms, tokens, start) for start, _ in children(tokens, blocks[lists[-1]][0])]
    if kind == Kind.QUESTION:
        taken = True
    elif kind in (Kind.LESSON, Kind.READING):
        taken = any(word in row for word, _ in found)
    else:
        taken = any(box or word for word, box in found)
    if not taken and kind != Kind.READING:
        _refuse_misspelt(ms, tokens, blocks[lists[-1]][0], row)
    return lists[-1] if taken else None


def _refuse_misspelt(ms: Manuscript, tokens: Sequence[Token], at: int, row: Set[Word]) -> None:
    """A list of `Word:` alone, one of them nearly right, is not meant to be shown."""
    starts = [start for start, _ in children(tokens, at)]
    typed = [_WORD.match(tokens[start + 2].content if start + 2 < len(tokens) else "") for start in starts]
    words = [match.group(1) for match in typed if match]
    for start, word in zip(starts, words, strict=False) if len(words) == len(starts) else ():
        near = nearest(word, row - {Word.OPTIONAL}, cutoff=0.8)
        if near:
            line = first_line(tokens[start])
            message = f'"{word}:" is not a setting; did you mean "{near}:"?'
            instead = "If it is only text, leave out the colon."
            ms.faults.error(line, "word-unknown", message, instead, ms.source.column(line, word))
            return


def _glance(ms: Manuscript, tokens: Sequence[Token], start: int) -> tuple[Word | None, bool]:
    """Which word an item starts with, and whether it is a box."""
    if "checked" in tokens[start].meta:
        return None, True
    content = tokens[start + 2].content if tokens[start + 1].type == "paragraph_open" else ""
    match = _WORD.match(content) or _BOLD_WORD.match(content)
    word = ms.language.word(match.group(match.lastindex or 1)) if match else None
    return word, content in ("[ ]", "[x]", "[X]")


def refuse_boxes(ms: Manuscript, tokens: Sequence[Token]) -> None:
    """A box in a list that is only text is refused."""
    box = next((token for token in tokens if "checked" in token.meta), None)
    if box:
        _box_outside(ms, first_line(box))


def _no_boxes(ms: Manuscript, items: Sequence[Item]) -> None:
    box = next((item for item in items if item.word is None), None)
    if box:
        _box_outside(ms, box.line)


def _box_outside(ms: Manuscript, line: int) -> None:
    instead = "Start the step's heading with Question: or leave the box out."
    ms.faults.error(line, "box-outside", "a box stands outside a Question.", instead)


def _only_notes_after(ms: Manuscript, section: Section, blocks: list[tuple[int, int]]) -> None:
    for start, _ in blocks:
        token = section.tokens[start]
        if token.type == "html_block":
            continue
        if token.type == "blockquote_open":
            _feedback_not_indented(ms, token)
        else:
            message = "this stands below the answer list."
            instead = "Move it above the list, or indent it by two spaces if it belongs to the item above."
            ms.faults.error(first_line(token), "after-answers", message, instead)
        return


def _no_list_before(ms: Manuscript, tokens: Sequence[Token], blocks: list[tuple[int, int]]) -> None:
    """Boxes above the answer list mean that something has broken it in two."""
    for at, (start, _) in enumerate(blocks):
        if tokens[start].type != "bullet_list_open":
            continue
        if not any(word or box for word, box in (_glance(ms, tokens, item) for item, _ in children(tokens, start))):
            continue
        between = tokens[blocks[at + 1][0]] if at + 1 < len(blocks) else None
        if between and between.type == "blockquote_open":
            _feedback_not_indented(ms, between)
        elif between and between.type != "bullet_list_open":
            message = "this breaks the answer list in two."
            instead = "Move it above the list, or indent it by two spaces if it belongs to the item above."
            ms.faults.error(first_line(between), "list-broken", message, instead)


def _feedback_not_indented(ms: Manuscript, token: Token) -> None:
    message = "feedback stands beside the list, not under its answer."
    ms.faults.error(first_line(token), "feedback-not-indented", message, "Indent it by two spaces, before the >.")


def _item(ms: Manuscript, tokens: Sequence[Token], kind: Kind, row: Set[Word]) -> Item | None:
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
        ms.faults.error(line, "answer-mark", message, "Put the mark, or all of it, in backticks.")


def _empty(ms: Manuscript, line: int, box: bool = True) -> None:
    message, code = ("a box without words.", "box-empty") if box else ("an item without words.", "item-empty")
    ms.faults.error(line, code, message, "Write the answer behind it, or delete it.")


def _word(ms: Manuscript, words: Token, kind: Kind, row: Set[Word], line: int) -> Word | None:
    """The word an item starts with, which is then taken off it; None after saying what is wrong."""
    content = words.content
    match = _WORD.match(content)
    word = ms.language.word(match.group(1)) if match else None
    if word in row and match:
        words.content = content[match.end() :]
        return word
    bold = _BOLD_WORD.match(content)
    if content in ("[ ]", "[x]", "[X]"):
        _empty(ms, line)
    elif _NO_BOX.match(content):
        message = "this is not a box."
        ms.faults.error(line, "box-form", message, "Type [ ] with a space in it, or [x], and a space behind it.")
    elif bold and ms.language.word(bold.group(2)):
        message = f'"{bold.group(2)}:" stands in {bold.group(1)} marks.'
        ms.faults.error(line, "word-bold", message, "Leave the marks out.", ms.source.column(line, bold.group()))
    else:
        _not_in_row(ms, match.group(1) if match else "", word, kind, row, line)
    return None


def _not_in_row(ms: Manuscript, typed: str, word: Word | None, kind: Kind, row: Set[Word], line: int) -> None:
    where = "a fact" if Word.SOURCE in row else _a(kind)
    column = ms.source.column(line, typed) if typed else 1
    if word:
        has = ", ".join(sorted(row))
        ms.faults.error(line, "word-place", f'"{word}:" does not belong to {where}.', f"It may have {has}.", column)
    elif typed:
        message = ms.faults.unknown(f'"{typed}:" is not a setting of {where}', typed, row, ":")
        instead = "If it is an answer, put [ ] before it." if kind == Kind.QUESTION else "Leave it out."
        ms.faults.error(line, "word-unknown", message, instead, column)
    else:
        message = "this item of the answer list is neither a box nor a setting."
        instead = "Put [ ] before an answer; put a line of text between this list and another."
        ms.faults.error(line, "item-plain", message, instead)


def _a(kind: Kind) -> str:
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
        ms.faults.error(item.line + 1, "setting-lines", message, "Put it all on one line.")


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


def _no_repeats(ms: Manuscript, items: Sequence[Item]) -> None:
    seen: dict[Word, int] = {}
    for item in items:
        if item.word is None or item.word in REPEATED:
            continue
        if item.word in seen:
            message = f'"{item.word}:" stands twice, first on line {seen[item.word]}.'
            ms.faults.error(item.line, "setting-repeated", message, "Leave one of them out.")
        seen.setdefault(item.word, item.line)
