"""Questions: their answer lists read as options, as words to type, or as a number.

The items of an answer list in; what is asked, and everything the format refuses of it, out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from lms.content.boxes import behind_box, box_column
from lms.content.course import ANumber, Asked, Choose, InWords, Option, Pattern, Range, Text
from lms.content.headings import Section
from lms.content.items import Item, of_word
from lms.content.manuscript import Manuscript, one_line, shown
from lms.content.plain import plain_text, repeated
from lms.content.words import Value, Word

_NUMBER = r"(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)"
NUMBER_OR_ENDS = re.compile(rf"{_NUMBER}(?: *\.\. *{_NUMBER})?")
_ENDS = re.compile(r"([0-9]{1,15}(?:\.[0-9]+)?)[ \t]*(?:[-‐-―−…~]|\.{3,4}|to)[ \t]*([0-9]{1,15}(?:\.[0-9]+)?)")
_SINGLE = re.compile(r"([-‐-―−]?)([0-9]{1,15}(?:\.[0-9]+)?)(?: ?[^\W\d_]{1,12})?")
"""A number behind a minus of a word processor, or before a unit."""
_EXACT = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1")
_OF_THE_ABOVE = re.compile(r"\b(all|any|both|either|neither|none|one|some) of the (above|below|others?)\b", re.I)
_TAG = re.compile(r"<[A-Za-z/!?]")


def read_question(ms: Manuscript, section: Section, items: Sequence[Item]) -> Asked | None:
    """What a Question asks; None after saying why that can't be told."""
    boxes = [item for item in items if item.word is None]
    sorts = [sort for sort in (boxes, of_word(items, Word.ANSWER), of_word(items, Word.NUMBER)) if sort]
    if not sorts and not ms.translates:
        instead = "Add a list of answers, each - [ ] or - [x]; or - Answer: or - Number:."
        ms.faults.error(section.line, "no-answers", "this Question has no answers.", instead)
        return None
    if len(sorts) > 1:
        second = sorted(sort[0].line for sort in sorts)[1]
        message = "answers of two sorts stand in one Question."
        ms.faults.error(second, "answers-mixed", message, "Use boxes, or Answer:, or Number:; not two of them.")
        return None
    before = ms.faults.errors
    asked = _choose(ms, items, boxes) if boxes else _typed(ms, items)
    return asked if ms.faults.errors == before else None


def _typed(ms: Manuscript, items: Sequence[Item]) -> InWords | ANumber | None:
    _only_with(ms, items, (Word.CHOOSE, Word.SHUFFLE), "boxes")
    closes = of_word(items, Word.CLOSE)
    for close in closes:
        if not close.feedback:
            message, instead = "this Close has no feedback.", "Put it below, indented by two spaces, behind >."
            ms.faults.error(close.line, "close-without-feedback", message, instead)
    numbers = of_word(items, Word.NUMBER)
    if numbers:
        ranges = [_range(ms, item) for item in (*numbers, *closes)]
        found = [ends for ends in ranges if ends]
        return ANumber(found[0], tuple(found[1:])) if found else None
    answers = [_pattern(ms, item) for item in of_word(items, Word.ANSWER)]
    return InWords(tuple(answers), tuple(_pattern(ms, item) for item in closes))


def _choose(ms: Manuscript, items: Sequence[Item], boxes: Sequence[Item]) -> Choose:
    _only_with(ms, items, (Word.CLOSE,), "Answer: or Number:")
    options = tuple(
        Option(one_line(box.first[1]), box.ticked, shown(box.feedback, box.line), box.line) for box in boxes
    )
    ticks = sum(option.ticked for option in options)
    shuffle = value(ms, items, Word.SHUFFLE, (Value.YES, Value.NO)) != Value.NO
    choose_all = value(ms, items, Word.CHOOSE, (Value.ALL,)) == Value.ALL or ticks > 1
    no_links(ms, [option.text for option in options])
    _no_equals(ms, options)
    if not ms.translates:  # which are right, and shuffled, its source says
        _check_ticks(ms, options, ticks)
        if shuffle:
            _no_of_the_above(ms, options)
    return Choose(options, choose_all, shuffle)


def _check_ticks(ms: Manuscript, options: Sequence[Option], ticks: int) -> None:
    line = options[0].line
    if len(options) < 2:
        ms.faults.error(line, "one-option", "there is only one answer to choose from.", "Add another, - [ ].")
    elif not ticks:
        ms.faults.error(line, "no-right-option", "no choice is right.", "Mark one with [x].")
    elif ticks == len(options):
        ms.faults.error(line, "all-options-right", "every choice is right.", "Add a wrong one, - [ ].")


def no_links(ms: Manuscript, texts: Sequence[Text]) -> None:
    """What is pressed to choose it can't lead elsewhere too."""
    for text in texts:
        if any(child.type == "link_open" for token in text.tokens for child in token.children or ()):
            message = "an answer holds words, code and pictures, but no link."
            ms.faults.error(text.line, "answer-link", message, "Move the link into the text above the answers.")


def _no_equals(ms: Manuscript, options: Sequence[Option]) -> None:
    for option in options:
        if not plain_text(option.text):
            instead = "Write the answer behind it, or delete it."
            ms.faults.error(option.line, "box-empty", "a box without words.", instead, box_column(ms, option.line))
    for text, first in repeated(option.text for option in options if plain_text(option.text)):
        message = f"this answer is the same as the one on line {first}."
        ms.faults.error(text.line, "options-equal", message, "Reword one, or delete it.", behind_box(ms, text.line))


def _no_of_the_above(ms: Manuscript, options: Sequence[Option]) -> None:
    for option in options:
        match = _OF_THE_ABOVE.search(plain_text(option.text))
        if match:
            message = f'"{match.group()}" makes no sense where answers are shuffled.'
            instead = "Tick each right answer instead, or add - Shuffle: no."
            ms.faults.error(option.line, "of-the-above", message, instead)


def _only_with(ms: Manuscript, items: Sequence[Item], words: Sequence[Word], needed: str) -> None:
    for item in items:
        if item.word in words:
            message = f'"{item.word}:" has no meaning here: it goes with {needed}.'
            ms.faults.error(item.line, "word-without-use", message, "Leave it out.")


def _pattern(ms: Manuscript, item: Item) -> Pattern:
    exact = _EXACT.fullmatch(item.typed)
    typed = item.typed
    if exact:
        inner = exact.group(2)
        padded = len(inner) > 2 and inner[0] == inner[-1] == " " and inner.strip()
        typed = inner[1:-1] if padded else inner
    elif _TAG.search(typed):
        message = f'"{typed[:40]}" is raw HTML.'
        ms.faults.error(item.line, "raw-html", message, "Put the whole value in backticks.")
    elif item.word == Word.ANSWER and "*" in typed and not typed.strip("* .,;:!?…"):
        message = "an Answer that is only * takes anything as right."
        ms.faults.error(item.line, "answer-anything", message, "Write the words that must be there.")
    return Pattern(typed, bool(exact), shown(item.feedback, item.line))


def _range(ms: Manuscript, item: Item) -> Range | None:
    match = NUMBER_OR_ENDS.fullmatch(item.typed.strip())
    column = ms.source.column(item.line, item.typed)
    if not match:
        message = f'"{item.typed[:40]}" is not a number.'
        near = _number_like(item.typed)
        instead = "Type it in digits, 12 or 2.5, or as two ends, 10 .. 14; no unit, no comma."
        instead = f"Type {near}; no unit, no comma." if near else instead
        ms.faults.error(item.line, "number-form", message, instead, column)
        return None
    low = Decimal(match.group(1))
    high = Decimal(match.group(2) or match.group(1))
    if low > high:
        message, instead = f"{low} is more than {high}.", f"Type {high} .. {low}."
        column += match.start(2) if column > 1 else 0
        ms.faults.error(item.line, "number-ends", message, instead, column)
    return Range(low, high, shown(item.feedback, item.line))


def _number_like(typed: str) -> str:
    """A number or two ends as they are typed here, where it is plain what was meant; else nothing."""
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", typed.strip(" \t£$€%")).replace(",", ".")
    if ends := _ENDS.fullmatch(plain):
        return f"{ends[1]} .. {ends[2]}"
    single = _SINGLE.fullmatch(plain)
    return f"{single[1] and '-'}{single[2]}" if single else ""


def value(ms: Manuscript, items: Sequence[Item], word: Word, allowed: Sequence[Value]) -> Value | None:
    """The value of a setting that is one of a closed list; None if it is absent or wrong."""
    for item in of_word(items, word):
        found = ms.language.value(item.typed)
        if found in allowed:
            return found
        message = ms.faults.unknown(f'"{item.typed[:40]}" is not a value of "{word}:"', item.typed, allowed)
        column = ms.source.column(item.line, item.typed)
        ms.faults.error(item.line, "setting-value", message, f"Type {' or '.join(allowed)}.", column)
    return None


def count(ms: Manuscript, items: Sequence[Item], word: Word) -> int | None:
    """The value of a setting that is a number of things; None if it is absent or wrong."""
    for item in of_word(items, word):
        if re.fullmatch(r"[1-9][0-9]{0,3}", item.typed):
            return int(item.typed)
        message = f'"{item.typed[:40]}" is not a value of "{word}:".'
        column = ms.source.column(item.line, item.typed)
        ms.faults.error(item.line, "setting-value", message, "Type a whole number, 1 or more.", column)
    return None
