"""Answer lists: the boxes and settings a lesson, step, quiz or fact ends with.

A section's blocks in; what the learner is shown, and the items of its answer list, out. What each
item may mean is for `steps` and `questions` to say.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from markdown_it.token import Token

from lms.content.boxes import (
    NO_BOX,
    WITH_BOXES,
    box_outside,
    has_boxes,
    no_numbered_boxes,
    not_a_box,
    refuse_boxes,
)
from lms.content.headings import Section
from lms.content.items import BOLD_WORD, WORD, Item, a_kind, read_item
from lms.content.manuscript import Manuscript, children, first_line, top_blocks
from lms.content.nearest import nearest
from lms.content.plan import Kind
from lms.content.words import IN_A_STEP, OWNED, REPEATED, ROWS, Word

_TELLING = frozenset(
    {
        *(Word.ANSWER, Word.EVIDENCE, Word.EXPLAIN, Word.EXTRA, Word.HINT, Word.LOOK_FOR, Word.MINUTES, Word.NUMBER),
        *(Word.PASS, Word.SAME_AS, Word.SEEN_BY, Word.SHUFFLE, Word.SIGN_OFF, Word.SKILLS, Word.TRIES),
    }
)
"""Where a whole list is settings, one of these tells that no text was meant; `Check:` and `Ask:` may start a tip."""


def take_answers(ms: Manuscript, section: Section, kind: Kind, row: Set[Word] = frozenset()) -> list[Item]:
    """Take the answer list off a section's blocks, which then hold only what is shown."""
    row = row or ROWS[kind]
    blocks = top_blocks(section.tokens)
    at = _find_list(ms, section, blocks, kind, row)
    if at is None:
        refuse_boxes(ms, section.tokens, kind)
        return []
    start, _ = blocks[at]
    _only_notes_after(ms, section, blocks[at + 1 :])
    _no_list_before(ms, section.tokens, blocks[:at], kind)
    starts = children(section.tokens, start)
    if kind not in WITH_BOXES:
        starts = _without_plain(ms, section.tokens, starts)
    items = [read_item(ms, section.tokens[first:last], kind, row) for first, last in starts]
    section.tokens = section.tokens[:start]
    no_numbered_boxes(ms, section.tokens)
    found = [item for item in items if item]
    _no_repeats(ms, found)
    if kind not in WITH_BOXES:
        _no_boxes(ms, found)
    if ms.translates:
        _only_owned(ms, found)
    return found


def _without_plain(ms: Manuscript, tokens: Sequence[Token], starts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Items of text above settings are another list that runs on: the first of them alone is told."""
    plain = [it for it in starts if _glance(ms, tokens, it[0]) == (None, False) and not _is_worded(tokens, it[0])]
    held_back = set(plain[1:])
    return [it for it in starts if it not in held_back]


def _is_worded(tokens: Sequence[Token], start: int) -> bool:
    words = _words_of(tokens, start)
    return bool(WORD.match(words) or BOLD_WORD.match(words) or NO_BOX.match(words))


def _words_of(tokens: Sequence[Token], start: int) -> str:
    """What an item starts with, as typed, but for a true box."""
    return tokens[start + 2].content if tokens[start + 1].type == "paragraph_open" else ""


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
        taken = any(box or word in IN_A_STEP for word, box in found) or (kind == Kind.TASK and has_boxes(tokens))
    if not taken:
        _refuse_misplaced(ms, section, blocks, lists, kind, row)
    return lists[-1] if taken else None


def _refuse_misplaced(
    ms: Manuscript, section: Section, blocks: list[tuple[int, int]], lists: list[int], kind: Kind, row: Set[Word]
) -> None:
    """Settings that learners would be shown as text: misspelt, of another kind, or with text below them."""
    tokens, last = section.tokens, blocks[lists[-1]][0]
    words = [_glance(ms, tokens, start)[0] for start, _ in children(tokens, last)]
    above = [at for at in lists[:-1] if _is_of(ms, tokens, blocks[at][0], row)]
    telling = next((word for word in words if word in _TELLING), None)
    if kind in (Kind.LESSON, Kind.READING) and telling and all(words):
        instead = f"{_instead_of_text(telling, section.level)}; if it is only text, leave out the colon."
        message = f'"{telling}:" does not belong to {a_kind(kind)}.'
        ms.faults.error(first_line(tokens[last]), "word-place", message, instead)
    elif above:
        _after(ms, first_line(tokens[blocks[above[0] + 1][0]]))
    elif kind != Kind.READING:
        _refuse_misspelt(ms, tokens, last, row)


def _instead_of_text(word: Word, level: int) -> str:
    """Where a word belongs that learners would be shown."""
    if word in ROWS[Kind.LESSON]:
        return "Move it under the ## of its lesson"
    kinds = [kind for kind, its in ROWS.items() if word in its and (kind == Kind.QUIZ) == (level == 2)]
    said = " or ".join(f"{kind.replace('-', ' ').capitalize()}:" for kind in kinds)
    return f"Start the heading with {said}" if said else "Move it to its step"


def _is_of(ms: Manuscript, tokens: Sequence[Token], at: int, row: Set[Word]) -> bool:
    """Is every item of this list a word of the row?"""
    return all(_glance(ms, tokens, start)[0] in row for start, _ in children(tokens, at))


def _refuse_misspelt(ms: Manuscript, tokens: Sequence[Token], at: int, row: Set[Word]) -> None:
    """A list of `Word:` alone, one of them nearly right, is not meant to be shown."""
    starts = [start for start, _ in children(tokens, at)]
    typed = [WORD.match(tokens[start + 2].content if start + 2 < len(tokens) else "") for start in starts]
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
    content = _words_of(tokens, start)
    match = WORD.match(content) or BOLD_WORD.match(content)
    word = ms.language.word(match.group(match.lastindex or 1)) if match else None
    return word, content in ("[ ]", "[x]", "[X]")


def _no_boxes(ms: Manuscript, items: Sequence[Item]) -> None:
    box = next((item for item in items if item.word is None), None)
    if box:
        box_outside(ms, box.line)


def _only_owned(ms: Manuscript, items: Sequence[Item]) -> None:
    """A translation leaves out what is the same in every language."""
    for item in items:
        if item.word and item.word not in OWNED:
            message = f'"{item.word}:" does not belong in a translation: it is what it is in the file this translates.'
            line = ms.source.line(item.line)
            column = len(line) - len(line.lstrip(" -*+")) + 1
            ms.faults.error(item.line, "translation-word", message, "Delete this line.", column)


def _only_notes_after(ms: Manuscript, section: Section, blocks: list[tuple[int, int]]) -> None:
    for start, _ in blocks:
        token = section.tokens[start]
        if token.type == "html_block":
            continue
        if token.type == "blockquote_open":
            _feedback_not_indented(ms, token)
        else:
            _after(ms, first_line(token))
        return


def _after(ms: Manuscript, line: int) -> None:
    message = "this stands below the answer list."
    instead = "Move it above the list, or indent it by two spaces if it belongs to the item above."
    ms.faults.error(line, "after-answers", message, instead)


def _no_list_before(ms: Manuscript, tokens: Sequence[Token], blocks: list[tuple[int, int]], kind: Kind) -> None:
    """Boxes above the answer list, and what is nearly one, mean that something has broken it in two."""
    for at, (start, _) in enumerate(blocks):
        if tokens[start].type != "bullet_list_open":
            continue
        items = [item for item, _ in children(tokens, start)]
        near = kind in WITH_BOXES and _refuse_near_boxes(ms, tokens, items)
        if not near and not any(word or box for word, box in (_glance(ms, tokens, item) for item in items)):
            continue
        between = tokens[blocks[at + 1][0]] if at + 1 < len(blocks) else None
        if between and between.type == "blockquote_open":
            _feedback_not_indented(ms, between)
        elif between and between.type != "bullet_list_open":
            message = "this breaks the answer list in two."
            instead = "Move it above the list, or indent it by two spaces if it belongs to the item above."
            ms.faults.error(first_line(between), "list-broken", message, instead)


def _refuse_near_boxes(ms: Manuscript, tokens: Sequence[Token], items: Sequence[int]) -> bool:
    """Is an item nearly a box? Says so of each that is."""
    found = [(item, match) for item in items if (match := NO_BOX.match(_words_of(tokens, item)))]
    for item, match in found:
        not_a_box(ms, first_line(tokens[item]), match.group())
    return bool(found)


def _feedback_not_indented(ms: Manuscript, token: Token) -> None:
    message = "feedback stands beside the list, not under its answer."
    ms.faults.error(first_line(token), "feedback-not-indented", message, "Indent it by two spaces, before the >.")


def _no_repeats(ms: Manuscript, items: Sequence[Item]) -> None:
    seen: dict[Word, int] = {}
    for item in items:
        if item.word is None or item.word in REPEATED:
            continue
        if item.word in seen:
            message = f'"{item.word}:" stands twice, first on line {seen[item.word]}.'
            ms.faults.error(item.line, "setting-repeated", message, "Leave one of them out.")
        seen.setdefault(item.word, item.line)
