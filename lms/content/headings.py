"""Headings cut a file into its sections: lessons, steps, the quiz, terms and facts.

The blocks of a file in, sections out, each with its name and kind word taken off the heading's raw
text before anything inside it is read as Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from markdown_it.token import Token

from lms.content.manuscript import Manuscript, Named, first_line
from lms.content.plan import QUIZ, Kind
from lms.content.words import COLON, KIND_WORDS

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_SPACES = " \t\u00a0\u202f\u200e\u200f\u061c"
_NAME_ANYWHERE = re.compile(r"\{\s*#[^{}]*\}?")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_KIND_WORD = re.compile(rf"({KIND_WORDS}){COLON}[ \t]*")
_BOLD_WORD = re.compile(rf"([*_]{{1,3}})({KIND_WORDS})(?:{COLON}\1|\1{COLON})[ \t]*")


@dataclass
class Section:
    """What stands under one heading of level 1, 2 or 3, up to the next."""

    level: int
    title: Token
    kind: Kind | None
    name: str | None
    line: int
    end: int
    """The line of the next heading."""
    misread: bool
    """Its kind word is wrong: nothing under it can be judged."""
    tokens: list[Token] = field(default_factory=list)


def sections(ms: Manuscript, tokens: Iterable[Token]) -> list[Section]:
    """The sections of a file. What stands above its first heading is a section of level 0."""
    found = [Section(0, Token("inline", "", 0, children=[]), None, None, 1, 1, False)]
    heading: Token | None = None
    for token in tokens:
        if token.type == "heading_open" and token.level == 0 and _is_heading(ms, token):
            heading = token
        elif heading and token.type == "inline":
            found[-1].end = first_line(heading)
            found.append(_section(ms, int(heading.tag[1]), token, first_line(heading)))
        elif heading and token.type == "heading_close":
            heading = None
        elif token.level or not token.type.startswith("heading_"):
            found[-1].tokens.append(token)
    found[-1].end = len(ms.source.lines) + 1
    return found


def _is_heading(ms: Manuscript, token: Token) -> bool:
    line = first_line(token)
    if token.markup in ("=", "-"):
        under = token.map[1] if token.map else line
        instead = "Leave a line empty above it; a heading starts with # marks."
        message = f"the {token.markup} below makes the text above it a heading."
        ms.faults.error(under, "heading-underlined", message, instead)
        return False
    if token.tag not in ("h1", "h2", "h3"):
        message = f"there is no heading of {token.tag[1]} marks."
        ms.faults.error(line, "heading-level", message, "Use ## for a lesson and ### for a step.")
        return False
    return True


def _section(ms: Manuscript, level: int, title: Token, line: int) -> Section:
    name = _take_name(ms, title, line) if level > 1 else None
    before = ms.faults.errors
    kind = _take_kind(ms, level, title, line) if level > 1 else None
    section = Section(level, title, kind, name, line, line, misread=kind is None and ms.faults.errors > before)
    leftover = _NAME_ANYWHERE.search(_CODE.sub("", title.content)) if "{" in title.content else None
    if leftover:
        _misplaced_name(ms, level, line, leftover.group())
    elif not title.content.strip():
        instead = "Write what it is called after the marks."
        ms.faults.error(line, "heading-empty", "this heading has no words.", instead)
    _enter_name(ms, section)
    return section


def _take_name(ms: Manuscript, title: Token, line: int) -> str | None:
    above, mark, name = title.content.rstrip(_SPACES).rpartition("{#")
    if not mark or name.find("}") != len(name) - 1:
        return None
    title.content = above.rstrip(_SPACES)
    name = name[:-1]
    if NAME.fullmatch(name):
        return name
    message = f'"{name}" can\'t be a name.'
    instead = "A name is 1 to 40 of a-z, 0-9 and -, a letter first."
    near = name_like(name) or name_like(title.content)
    instead += f" Type {{#{near}}}." if near else ""
    ms.faults.error(line, "name-form", message, instead, ms.source.column(line, "{#"))
    return None


def name_like(words: str) -> str:
    """A name made of words, empty if they have no letters of a name."""
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")[:40].strip("-")


def _misplaced_name(ms: Manuscript, level: int, line: int, typed: str) -> None:
    column = ms.source.column(line, typed)
    if level == 1:
        message, instead = "the title of a file has no name.", "Leave it out; the file's name is in its settings."
    else:
        message, instead = "a name stands last in its heading.", "Write {#name} once, at the end of the line."
    ms.faults.error(line, "name-not-last", message, instead, column)


def _enter_name(ms: Manuscript, section: Section) -> None:
    """Enter a section's name among those of its file. The quiz's is always the same."""
    name, line = section.name, section.line
    column = ms.source.column(line, "{#")
    if section.kind == Kind.QUIZ:
        if name not in (None, QUIZ):
            message = f'the quiz is named "{QUIZ}", not "{name}".'
            ms.faults.error(line, "quiz-name", message, "Type {#quiz}.", column)
        section.name = name = QUIZ
    elif name == QUIZ and not section.misread:
        message = f'only the quiz may be named "{QUIZ}".'
        ms.faults.error(line, "name-quiz", message, "Choose another name.", column)
    elif name in ms.named:
        message = f'the name "{name}" is used twice, first on line {ms.named[name].line}.'
        ms.faults.error(line, "name-twice", message, "Choose another name.", column)
    if name:
        kind = section.kind or (Kind.LESSON if section.level == 2 else Kind.READING)
        ms.named.setdefault(name, Named(line, kind))


def _take_kind(ms: Manuscript, level: int, title: Token, line: int) -> Kind | None:
    bold = _BOLD_WORD.match(title.content)
    if bold and ms.language.kind(bold.group(2)):
        message = f'"{bold.group(2)}:" stands in {bold.group(1)} marks.'
        ms.faults.error(line, "word-bold", message, "Leave the marks out.", ms.source.column(line, bold.group()))
    match = bold or _KIND_WORD.match(title.content)
    if not match or (bold and not ms.language.kind(bold.group(2))):
        return None
    word = match.group(2) if bold else match.group(1)
    kind = ms.language.kind(word)
    if _belongs(ms, level, word, kind, line):
        title.content = title.content[match.end() :]
        return kind
    return None


def _belongs(ms: Manuscript, level: int, word: str, kind: Kind | None, line: int) -> bool:
    if level == 2 and kind not in (None, Kind.QUIZ):
        message = f'"{word}:" is a step, and ## starts a lesson.'
        ms.faults.error(line, "kind-level", message, "Type ### before it.")
    elif level == 3 and kind == Kind.QUIZ:
        ms.faults.error(line, "kind-level", "a quiz is no step of a lesson.", "Type ## before it.")
    elif level == 3 and kind is None:
        kinds = (known.capitalize() for known in ms.language.kinds)
        message = ms.faults.unknown(f'"{word}:" is not a kind of step', word, kinds, ":")
        ms.faults.error(line, "kind-unknown", message, "If it is only a heading, leave out the colon.")
    return kind is not None and (kind == Kind.QUIZ) == (level == 2)
