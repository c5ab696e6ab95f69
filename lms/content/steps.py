"""Steps: what stands under a `###`, read by its kind.

A section in, a `Step` out; None where it has faults, and then nothing that only follows from them
is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from lms.content.answers import take_answers
from lms.content.blocks import check_blocks
from lms.content.code import read_code
from lms.content.course import Asked, Rating, Step, Text
from lms.content.gaps import read_gaps
from lms.content.headings import Section, free_name, name_like
from lms.content.inlines import read_inlines
from lms.content.items import Item, in_blocks, inlines_of, of_word
from lms.content.manuscript import Manuscript, Repeat, first_line, one_line, shown, top_blocks
from lms.content.matches import read_match
from lms.content.orders import read_order
from lms.content.plan import Kind
from lms.content.questions import read_question, value
from lms.content.rates import take_points
from lms.content.skills import check_skill
from lms.content.tasks import read_reflect, read_task
from lms.content.words import Value, Word

_SKILL = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
_REPEATED_RATE = re.compile(r"(?:[a-z][a-z0-9-]{0,39}/)?[a-z][a-z0-9-]{0,39}")
IN_QUIZ = (Kind.QUESTION, Kind.ORDER, Kind.MATCH, Kind.GAPS)


def read_step(ms: Manuscript, section: Section, in_quiz: bool = False) -> Step | None:
    """One step of a lesson, or one question of the quiz."""
    since = len(ms.faults.problems)
    step = _read(ms, section, in_quiz)
    if step is None:  # lines that were meant as a list or a table are short
        ms.faults.hold_back("lines-run-together", since)
    return step


def _read(ms: Manuscript, section: Section, in_quiz: bool) -> Step | None:
    kind = section.kind or Kind.READING
    if in_quiz and kind not in IN_QUIZ and not section.misread:
        message = "a quiz has only what can be marked: Question, Order, Match and Gaps."
        instead = "Move this step into a lesson"
        instead += ", or start its heading with Question:." if kind == Kind.READING else "."
        ms.faults.error(section.line, "quiz-kind", message, instead)
        return None
    items = read_section(ms, section, kind)
    if items is None:
        return None
    warn_nameless(ms, section)
    return _step(ms, section, kind, items, in_quiz)


def read_section(ms: Manuscript, section: Section, kind: Kind) -> list[Item] | None:
    """Check what stands under a heading and take its answer list off; None if that can't be judged."""
    check_blocks(ms, section.tokens, in_code=kind == Kind.CODE)
    spoilt = ms.faults.between if kind == Kind.CODE else ms.faults.breaks
    if section.misread or spoilt(section.line + 1, section.end):
        _read_above_lists(ms, section)
        return None
    items = take_answers(ms, section, kind)
    held = spoilt(section.line + 1, section.end)
    if kind == Kind.GAPS:
        read_inlines(ms, [section.title])
        read_inlines(ms, section.tokens, gaps=True)
        read_inlines(ms, inlines_of(items))
    else:
        read_inlines(ms, [section.title, *section.tokens, *inlines_of(items)])
    return None if held else items


def _read_above_lists(ms: Manuscript, section: Section) -> None:
    """The links of a step that has faults are still looked at, but not what may be an answer list."""
    for start, end in top_blocks(section.tokens):
        if section.tokens[start].type != "bullet_list_open":
            read_inlines(ms, section.tokens[start:end])
    read_inlines(ms, [section.title])


def _step(ms: Manuscript, section: Section, kind: Kind, items: Sequence[Item], in_quiz: bool) -> Step | None:
    before = ms.faults.errors
    asked = _asked(ms, section, kind, items)
    body = shown(section.tokens, section.line)
    if kind == Kind.READING and not body:
        ms.faults.error(section.line, "nothing-to-read", "there is nothing to read in this step.", "Write some text.")
    step = Step(
        name=section.name,
        kind=kind,
        title=one_line(section.title),
        body=body,
        asked=asked,
        optional=_optional(ms, items, in_quiz),
        hints=in_blocks(items, Word.HINT),
        explains=in_blocks(items, Word.EXPLAIN),
        skills=skills(ms, items, most=1 if kind == Kind.RATE else 0),
        line=section.line,
    )
    return step if ms.faults.errors == before else None


def _asked(ms: Manuscript, section: Section, kind: Kind, items: Sequence[Item]) -> Asked | None:
    read = _READERS.get(kind)
    return read(ms, section, items) if read else None


def _rate(ms: Manuscript, section: Section, items: Sequence[Item]) -> Rating:  # noqa: ARG001
    return Rating(take_points(ms, section))


def _rate_again(ms: Manuscript, section: Section, items: Sequence[Item]) -> Rating | None:
    for item in of_word(items, Word.SAME_AS):
        if not _REPEATED_RATE.fullmatch(item.typed):
            message = f'"{item.typed[:40]}" is not the name of a Rate.'
            column = ms.source.column(item.line, item.typed)
            near = "" if "/" in item.typed or " " in item.typed else name_like(item.typed)
            instead = f"Type its name, or module/name{f': {near}' if near else ''}."
            ms.faults.error(item.line, "same-as-form", message, instead, column)
            return None
        ms.repeats.append(Repeat(item.line, ms.source.column(item.line, item.typed), item.typed))
        return Rating((), item.typed)
    if ms.translates:
        return Rating(())  # the Rate its source repeats
    instead = "Add - Same as: with the name of the Rate it repeats."
    ms.faults.error(section.line, "same-as-missing", "this does not say which Rate it repeats.", instead)
    return None


_READERS: Mapping[Kind, Callable[[Manuscript, Section, Sequence[Item]], Asked | None]] = {
    Kind.QUESTION: read_question,
    Kind.ORDER: read_order,
    Kind.MATCH: read_match,
    Kind.GAPS: read_gaps,
    Kind.CODE: read_code,
    Kind.REFLECT: read_reflect,
    Kind.TASK: read_task,
    Kind.RATE: _rate,
    Kind.RATE_AGAIN: _rate_again,
}
"""Each takes off the section what is not shown as text."""


def _optional(ms: Manuscript, items: Sequence[Item], in_quiz: bool) -> bool:
    if in_quiz and (item := next(iter(of_word(items, Word.OPTIONAL)), None)):
        message = "a question of the quiz can't be optional."
        ms.faults.error(item.line, "word-without-use", message, "Leave this out.")
    return value(ms, items, Word.OPTIONAL, (Value.YES, Value.NO)) == Value.YES


def skills(ms: Manuscript, items: Sequence[Item], most: int = 0) -> tuple[str, ...]:
    """The skills a lesson or Rate names, each `framework/code`."""
    found: list[str] = []
    for item in of_word(items, Word.SKILLS):
        for skill in (part.strip() for part in item.typed.split(",")):
            if not _SKILL.fullmatch(skill):
                message = f'"{skill[:40]}" is not a skill.'
                instead = "Type framework/code, such as eds-2022/F7, with commas between them."
                ms.faults.error(item.line, "skill-form", message, instead, ms.source.column(item.line, skill))
            elif check_skill(ms.faults, item.line, ms.source.column(item.line, skill), skill) and skill not in found:
                found.append(skill)
        if most and len(found) > most:
            message = "a Rate measures one skill."
            ms.faults.error(item.line, "rate-skills", message, "Leave one skill; write a Rate for each other.")
    return tuple(found)


def warn_nameless(ms: Manuscript, section: Section) -> None:
    if section.name is None and not ms.faults.between(section.line, section.line + 1):
        if ms.translates:
            message = "this heading has no name, and nothing says what it translates."
            instead = "End it with the name in the file this translates, in {# }."
            ms.faults.error(section.line, "translation-nameless", message, instead)
            return
        message = "this heading has no name yet; it needs one before it is published."
        name = free_name(ms, name_like(section.title.content) or "why-it-matters")
        ms.faults.warn(section.line, "name-missing", message, f"Add one at its end, such as {{#{name}}}.")


def whole_body(section: Section) -> Text:
    return shown(section.tokens, first_line(section.title))
