"""One author's file while it is read: its lines, its words, and what has been found in it so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token
from markdown_it.utils import EnvType

from lms.content.course import Coding, Text
from lms.content.faults import Faults
from lms.content.plan import Kind
from lms.content.source import Source
from lms.content.words import Language


@dataclass(frozen=True)
class Link:
    """A link or picture as authored. `words` are its text, or the description of a picture."""

    line: int
    column: int
    address: str
    words: str
    picture: bool
    alone: bool = False
    """All there is in a paragraph of its own."""


@dataclass(frozen=True)
class Repeat:
    """A `Same as:` of a Rate again."""

    line: int
    column: int
    rate: str


@dataclass(frozen=True)
class Coded:
    """A Code step as read, and where what is said of it belongs: its start, and each of its checks."""

    line: int
    coding: Coding
    check_lines: tuple[int, ...]


@dataclass(frozen=True)
class Named:
    """Where a name of a file stands, and what it stands for."""

    line: int
    kind: Kind


@dataclass
class Manuscript:
    """What the readers of one file share."""

    source: Source
    faults: Faults
    language: Language
    env: EnvType = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    named: dict[str, Named] = field(default_factory=dict)
    repeats: list[Repeat] = field(default_factory=list)
    codes: list[Coded] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    """Of addresses defined apart, those that some link uses."""
    offered: dict[str, int] = field(default_factory=dict)
    """Names that messages have told its author to type, each with the last number put behind it."""
    lang: str = ""
    """The language it is written in."""
    translates: str = ""
    """The kind of file it translates, in words: `a module`; empty for a file of the course's own language."""


def shown(tokens: Iterable[Token], line: int) -> Text:
    """Blocks as a Text of their own: the first stand at level 0, none is hidden by the list it was in."""
    kept = tuple(token for token in tokens if token.type != "html_block")
    base = kept[0].level if kept else 0
    for token in kept:
        token.level -= base
        if token.level == 0:
            token.hidden = False
    return Text(kept, line)


def one_line(token: Token) -> Text:
    """One inline token as a Text."""
    return Text((token,), first_line(token))


def first_line(token: Token) -> int:
    """The line a token starts on."""
    return token.map[0] + 1 if token.map else 1


def closing(tokens: Sequence[Token], at: int) -> int:
    """Where the block that opens at `at` closes; the same place for a block of one token."""
    if tokens[at].nesting == 1:
        level = tokens[at].level
        at += 1
        while tokens[at].level != level:
            at += 1
    return at


def top_blocks(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where each outermost block starts and ends (not included)."""
    return _blocks(tokens, 0, len(tokens))


def children(tokens: Sequence[Token], at: int) -> list[tuple[int, int]]:
    """Where each block inside the one that opens at `at` starts and ends (not included)."""
    return _blocks(tokens, at + 1, closing(tokens, at))


def _blocks(tokens: Sequence[Token], at: int, end: int) -> list[tuple[int, int]]:
    blocks: list[tuple[int, int]] = []
    while at < end:
        after = closing(tokens, at) + 1
        blocks.append((at, after))
        at = after
    return blocks
