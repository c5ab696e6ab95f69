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

from lms.content.faults import did_you_mean
from lms.content.manuscript import Manuscript, Named, first_line
from lms.content.plan import QUIZ, Kind
from lms.content.words import COLON, KIND_WORDS

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_SPACES = " \t\u00a0\u202f\u200e\u200f\u061c"
_NAME_AS_TYPED = re.compile(r"[{｛][ \t\u00a0]*([#＃]?)([^{}｛｝\n]*)[}｝]")
"""As phones, word processors and tired people type `{#name}`."""
_NAME_ANYWHERE = re.compile(r"\{\s*#[^{}]*\}?")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_KIND_WORD = re.compile(rf"({KIND_WORDS}){COLON}[ \t]*")
_HYPHENED = re.compile(rf"([^\W\d_]+[-‐-―][^\W\d_]+){COLON}")
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
    robbed: bool = False
    """The heading below has too few marks, so that its step stands elsewhere."""


def sections(ms: Manuscript, tokens: Iterable[Token]) -> list[Section]:
    """The sections of a file. What stands above its first heading is a section of level 0."""
    found = [Section(0, Token("inline", "", 0, children=[]), None, None, 1, 1, False)]
    heading: Token | None = None
    for token in tokens:
        if token.type == "heading_open" and token.level == 0 and _is_heading(ms, token):
            heading = token
        elif heading and token.type == "inline":
            found[-1].end = first_line(heading)
            section = _section(ms, int(heading.tag[1]), token, first_line(heading))
            if section.level > 1 or all(it.level != 1 for it in found):  # of a second title that alone is told
                _check_words(ms, section)
            found[-1].robbed = section.level == 1 or (section.level == 2 and section.misread)
            found.append(section)
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
    _enter_name(ms, section)
    return section


def _check_words(ms: Manuscript, section: Section) -> None:
    """A heading has words, and a name in the midst of them is none."""
    level, title, line = section.level, section.title, section.line
    leftover = _NAME_ANYWHERE.search(_CODE.sub("", title.content)) if "{" in title.content else None
    if leftover:
        _misplaced_name(ms, level, line, leftover.group())
    elif not title.content.strip():
        instead = "Write what it is called after the marks."
        ms.faults.error(line, "heading-empty", "this heading has no words.", instead)


def _take_name(ms: Manuscript, title: Token, line: int) -> str | None:
    typed = title.content.rstrip(_SPACES)
    at = max(typed.rfind("{"), typed.rfind("｛"))
    match = _NAME_AS_TYPED.fullmatch(typed[at:]) if at >= 0 else None
    if match is None or not (match[1] or NAME.fullmatch(match[2].lower())):
        return None
    title.content = typed[:at].rstrip(_SPACES)
    if NAME.fullmatch(match[2]) and match[0] == f"{{#{match[2]}}}":
        return match[2]
    if not ms.faults.between(line, line + 1):  # a character nobody can see has been found in it
        shown = match[2] if match[0] == f"{{#{match[2]}}}" else match[0]
        message = f'"{shown}" can\'t be a name.'
        instead = "A name is 1 to 40 of a-z, 0-9 and -, a letter first."
        near = name_like(match[2]) or name_like(_KIND_WORD.sub("", title.content, count=1))
        instead += f" Type {{#{free_name(ms, near)}}}." if near else ""
        ms.faults.error(line, "name-form", message, instead, ms.source.column(line, match[0]))
    return None


def name_like(words: str) -> str:
    """A name made of words, empty if they have no letters of a name."""
    words = re.sub("[‐-―−]", "-", words)
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")[:40].strip("-")


def _misplaced_name(ms: Manuscript, level: int, line: int, typed: str) -> None:
    column = ms.source.column(line, typed)
    if level == 1:
        message, instead = "the title of a file has no name.", "Leave it out; the file's name is in its settings."
    elif not typed.endswith("}"):
        message, instead = "this name has no end.", f"Type {{#{name_like(typed) or 'name'}}}, with a }} behind it."
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
        ms.faults.error(line, "name-quiz", message, _another(ms, name_like(section.title.content)), column)
    elif name in ms.named:
        message = f'the name "{name}" is used twice, first on line {ms.named[name].line}.'
        ms.faults.error(line, "name-twice", message, _another(ms, "", name), column)
    if name:
        kind = section.kind or (Kind.LESSON if section.level == 2 else Kind.READING)
        ms.named.setdefault(name, Named(line, kind))


def _another(ms: Manuscript, wanted: str, like: str = "") -> str:
    """Offer a name that nothing in the file has: the `wanted` one, or one `like` it with a number."""
    return f"Choose another name. Type {{#{free_name(ms, wanted, like)}}}."


def free_name(ms: Manuscript, wanted: str, like: str = "") -> str:
    """A name that nothing in the file has, and that was offered for nothing else in it."""
    if wanted and wanted != QUIZ and wanted not in ms.source.names and wanted not in ms.offered:
        ms.offered[wanted] = 1
        return wanted
    stem = (like or wanted or "step")[:34].rstrip("-")
    number = ms.offered.get(stem, 1) + 1
    while f"{stem}-{number}" in ms.source.names or f"{stem}-{number}" in ms.offered:
        number += 1
    ms.offered[stem] = number
    ms.offered[f"{stem}-{number}"] = 1
    return f"{stem}-{number}"


def _take_kind(ms: Manuscript, level: int, title: Token, line: int) -> Kind | None:
    bold = _BOLD_WORD.match(title.content)
    if bold and ms.language.kind(bold.group(2)):
        message = f'"{bold.group(2)}:" stands in {bold.group(1)} marks.'
        ms.faults.error(line, "word-bold", message, f"Type {bold.group(2)}:.", ms.source.column(line, bold.group()))
    match = bold or _KIND_WORD.match(title.content)
    if not match:
        _refuse_hyphened(ms, level, title, line)
    if not match or (bold and not ms.language.kind(bold.group(2))):
        return None
    word = match.group(2) if bold else match.group(1)
    kind = ms.language.kind(word)
    if _belongs(ms, level, word, kind, line):
        title.content = title.content[match.end() :]
        return kind
    return None


def _refuse_hyphened(ms: Manuscript, level: int, title: Token, line: int) -> None:
    """`Rate-again:` is no words of letters, and could only be a heading; nobody means one."""
    match = _HYPHENED.match(title.content)
    word = re.sub("[-‐-―]", " ", match.group(1)) if match else ""
    if level == 3 and ms.language.kind(word):
        message = did_you_mean(f'"{title.content[: len(word)]}:" is not a kind of step', word, ":")
        instead = "If it is only a heading, leave out the colon."
        ms.faults.error(line, "kind-unknown", message, instead)


def _belongs(ms: Manuscript, level: int, word: str, kind: Kind | None, line: int) -> bool:
    if level == 2 and kind not in (None, Kind.QUIZ):
        message = f'"{word}:" is a step, and ## starts a lesson.'
        ms.faults.error(line, "kind-level", message, "Type ### before it.")
    elif level == 3 and kind == Kind.QUIZ:
        ms.faults.error(line, "kind-level", "a quiz is no step of a lesson.", "Type ## before it.")
    elif level == 3 and kind is None:
        kinds = [known.capitalize() for known, its in ms.language.kinds.items() if its != Kind.QUIZ]
        near = ms.faults.near(word, kinds)
        message = did_you_mean(f'"{word}:" is not a kind of step', near, ":")
        instead = "If it is only a heading, leave out the colon."
        instead = instead if near else f"There are {', '.join(kinds)}. {instead}"
        ms.faults.error(line, "kind-unknown", message, instead)
    return kind is not None and (kind == Kind.QUIZ) == (level == 2)
