"""glossary.md and facts.md: terms, and facts with their source and the dates they were checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from lms.content.answers import take_answers
from lms.content.blocks import check_blocks
from lms.content.changelines import iso_date
from lms.content.course import Fact, Term
from lms.content.frontmatter import FrontMatter
from lms.content.headings import Section, name_like
from lms.content.inlines import read_inlines
from lms.content.items import Item, inlines_of, of_word
from lms.content.manuscript import Manuscript, one_line, shown
from lms.content.modules import read_sections, read_text
from lms.content.plan import Kind
from lms.content.settings import ENTRIES, Settings
from lms.content.words import FACT_ROW, NATIONS, Word

_SOURCE = re.compile(r"<?(https://[^\s<>]+)>?")


def read_terms(ms: Manuscript, matter: FrontMatter) -> list[Term]:
    """The terms of glossary.md."""
    terms: list[Term] = []
    for section in _entries(ms, matter):
        body = read_text(ms, section)
        if _is_whole(ms, section) and section.name:
            terms.append(Term(section.name, one_line(section.title), body, section.line))
    return terms


def read_translated(ms: Manuscript, matter: FrontMatter) -> list[Term]:
    """The terms or facts of a translation: of a fact only its words, for the rest is its source's."""
    terms: list[Term] = []
    for section in _entries(ms, matter):
        check_blocks(ms, section.tokens)
        held = ms.faults.between(section.line + 1, section.end)
        items = [] if held else take_answers(ms, section, Kind.READING, FACT_ROW)
        read_inlines(ms, [section.title, *section.tokens, *inlines_of(items)])
        if _is_whole(ms, section) and section.name:
            terms.append(Term(section.name, one_line(section.title), shown(section.tokens, section.line), section.line))
    return terms


def read_facts(ms: Manuscript, matter: FrontMatter, today: date | None) -> list[Fact]:
    """The facts of facts.md. `today`: to warn of those due for review."""
    found = [_fact(ms, section, today) for section in _entries(ms, matter)]
    return [fact for fact in found if fact]


def _entries(ms: Manuscript, matter: FrontMatter) -> list[Section]:
    """The `##` sections of a file whose title is only for its author."""
    Settings(ms, matter, ENTRIES)
    above, *below = read_sections(ms, matter.end)
    read_inlines(ms, [section.title for section in below if section.level == 1])
    entries: list[Section] = []
    for section in (above, *below):
        if section.level == 2:
            entries.append(section)
        elif section.level == 3 or (section.level == 1 and section is not below[0]):
            message, instead = "only entries stand in this file.", "Type ## before it."
            ms.faults.error(section.line, "entry-level", message, instead)
        elif any(token.type != "html_block" for token in section.tokens):
            first = next(token.map[0] + 1 for token in section.tokens if token.map)
            message = "text stands above the first entry, where nobody is shown it."
            ms.faults.error(first, "entry-text", message, "Put it under a ## of its own, or in <!-- and -->.")
    return entries


def _is_whole(ms: Manuscript, section: Section) -> bool:
    """Does an entry have a name and something to read? Says so if not."""
    if ms.faults.between(section.line, section.end):
        return False
    if section.name is None:
        instead = f"Add one at its end, such as {{#{name_like(section.title.content) or 'password-manager'}}}."
        ms.faults.error(section.line, "entry-name", "this entry has no name to link to.", instead)
        return False
    if all(token.type == "html_block" for token in section.tokens):
        ms.faults.error(section.line, "nothing-to-read", "there is nothing to read in this entry.", "Write some text.")
        return False
    return True


def _fact(ms: Manuscript, section: Section, today: date | None) -> Fact | None:
    check_blocks(ms, section.tokens)
    held = ms.faults.between(section.line + 1, section.end)
    items = [] if held else take_answers(ms, section, Kind.READING, FACT_ROW)
    read_inlines(ms, [section.title, *section.tokens, *inlines_of(items)])
    if not _is_whole(ms, section) or section.name is None:
        return None
    _needed(ms, section, items)
    source = _source(ms, items)
    checked, review = _day(ms, items, Word.CHECKED), _day(ms, items, Word.REVIEW)
    nations = _nations(ms, items)
    if source is None or checked is None or review is None:
        return None
    if today and checked > today:
        early = of_word(items, Word.CHECKED)[0]
        column = ms.source.column(early.line, early.typed)
        ms.faults.warn(early.line, "date-ahead", f"{checked} is still to come.", "Type the day you checked it.", column)
    late = of_word(items, Word.REVIEW)[0]
    if review <= checked:
        message, column = "the Review is not after the Checked.", ms.source.column(late.line, late.typed)
        ms.faults.error(late.line, "fact-dates", message, "Type a later date.", column)
    elif today and review < today:
        message = f"this fact was to be reviewed by {review}."
        instead = "Read its source again, then change Checked and Review."
        ms.faults.warn(late.line, "fact-review", message, instead, ms.source.column(late.line, late.typed))
    title, body = one_line(section.title), shown(section.tokens, section.line)
    return Fact(section.name, title, body, source, checked, review, nations, section.line)


def _needed(ms: Manuscript, section: Section, items: Sequence[Item]) -> None:
    missing = [word for word in (Word.SOURCE, Word.CHECKED, Word.REVIEW) if not of_word(items, word)]
    if missing:
        message = f"this fact has no {', no '.join(missing)}."
        instead = "End it with - Source:, - Checked: and - Review:."
        ms.faults.error(section.line, "fact-setting", message, instead)


def _one(items: Sequence[Item], word: Word) -> Item | None:
    return next(iter(of_word(items, word)), None)


def _source(ms: Manuscript, items: Sequence[Item]) -> str | None:
    item = _one(items, Word.SOURCE)
    match = _SOURCE.fullmatch(item.typed) if item else None
    if item and not match:
        column = ms.source.column(item.line, item.typed)
        message, instead = "the source of a fact is one address.", "Type it in full, from https:// on."
        ms.faults.error(item.line, "fact-source", message, instead, column)
    return match.group(1) if match else None


def _day(ms: Manuscript, items: Sequence[Item], word: Word) -> date | None:
    item = _one(items, word)
    day = iso_date(item.typed) if item else None
    if item and not day:
        column = ms.source.column(item.line, item.typed)
        message = f'"{item.typed[:40]}" is not a date.'
        ms.faults.error(item.line, "date-form", message, "Type year, month and day: 2026-11-21.", column)
    return day


def _nations(ms: Manuscript, items: Sequence[Item]) -> tuple[str, ...]:
    found: list[str] = []
    for item in of_word(items, Word.NATION):
        for typed in (part.strip() for part in item.typed.split(",")):
            nation = ms.language.value(typed.replace(" ", "-"))
            if nation in NATIONS:
                found.append(nation.value)
                continue
            message = ms.faults.unknown(f'"{typed[:40]}" is not a nation', typed, NATIONS)
            instead = f"There are {', '.join(NATIONS)}."
            ms.faults.error(item.line, "nation-unknown", message, instead, ms.source.column(item.line, typed))
    return tuple(found)
