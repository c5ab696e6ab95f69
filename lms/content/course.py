"""A course as an author wrote it, checked: what `compile` gives and `freeze` takes.

Values only. Texts are markdown-it tokens with names and answer lists already taken out, so that
freezing never looks at the source again. Line numbers count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from markdown_it.token import Token

from lms.content.plan import Completion, Kind


@dataclass(frozen=True)
class Text:
    """A run of Markdown: block tokens, or one inline token for a title or an option."""

    tokens: tuple[Token, ...] = ()
    line: int = 0

    def __bool__(self) -> bool:
        return bool(self.tokens)


@dataclass(frozen=True)
class Option:
    """One box of a Question to choose."""

    text: Text
    ticked: bool
    feedback: Text
    line: int


@dataclass(frozen=True)
class Choose:
    """A Question to choose: one of, or (`choose_all`) every right one of its options."""

    options: tuple[Option, ...]
    choose_all: bool
    shuffle: bool


@dataclass(frozen=True)
class Pattern:
    """A value of Answer or Close. `*` stands for any run of characters unless `exact`."""

    value: str
    exact: bool
    feedback: Text = field(default_factory=Text)


@dataclass(frozen=True)
class InWords:
    """A Question answered by typing words."""

    answers: tuple[Pattern, ...]
    closes: tuple[Pattern, ...]


@dataclass(frozen=True)
class Range:
    """`12` or `10 .. 14`, both ends included."""

    low: Decimal
    high: Decimal
    feedback: Text = field(default_factory=Text)


@dataclass(frozen=True)
class ANumber:
    """A Question answered by typing a number."""

    right: Range
    closes: tuple[Range, ...]


@dataclass(frozen=True)
class Rating:
    """Rate: its points from least to most, one inline Text each (the default three if none are written)."""

    points: tuple[Text, ...]
    same_as: str = ""
    """Rate again: the Rate it repeats, `name` or `module/name`."""


Asked = Choose | InWords | ANumber | Rating


@dataclass(frozen=True)
class Step:
    """A step of a lesson or a question of a quiz. `name` is None where the author left it out."""

    name: str | None
    kind: Kind
    title: Text
    body: Text
    asked: Asked | None
    optional: bool
    hints: tuple[Text, ...]
    explains: tuple[Text, ...]
    skills: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Lesson:
    """A `##` of a module. Text before its first step stands here as its first page, `body`."""

    name: str | None
    title: Text
    body: Text
    steps: tuple[Step, ...]
    optional: bool
    skills: tuple[str, ...]
    minutes: int | None
    line: int


@dataclass(frozen=True)
class Quiz:
    """The last `##`. `ask` runs are drawn from, one question each; `tries` None is no limit."""

    title: Text
    body: Text
    questions: tuple[Step, ...]
    ask: int
    pass_mark: int
    tries: int | None
    line: int


@dataclass(frozen=True)
class Change:
    """A line of `changes`: what became of a published name."""

    on: date
    verb: str
    """`renamed`, `moved` or `removed`."""
    name: str
    to: str
    """The new name (renamed), the module it went to (moved), else empty."""
    file: str
    line: int


@dataclass(frozen=True)
class BadgeSetting:
    """`badge:` and `badge-picture:`. `name` None: `badge: none`. Empty `picture`: drawn."""

    name: str | None
    picture: str


@dataclass(frozen=True)
class Module:
    """One Markdown file."""

    module: str
    file: str
    lang: str
    title: Text
    welcome: Text
    lessons: tuple[Lesson, ...]
    quiz: Quiz | None
    badge: BadgeSetting
    leave: bool
    care: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Term:
    """An entry of glossary.md."""

    name: str
    title: Text
    body: Text
    line: int


@dataclass(frozen=True)
class Fact:
    """An entry of facts.md: a statement with its source and the dates it was and will be checked."""

    name: str
    title: Text
    body: Text
    source: str
    checked: date
    review: date
    nations: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Course:
    """A whole folder. `modules` are those in `order`; `drafts` are checked and not published."""

    course: str
    lang: str
    title: Text
    welcome: Text
    badge: BadgeSetting
    completed: Completion
    engaged: int
    help: tuple[str, ...]
    authors: str
    licence: str
    modules: tuple[Module, ...]
    drafts: tuple[Module, ...]
    terms: Mapping[str, Term]
    facts: Mapping[str, Fact]
    files: Mapping[str, bytes]
    """Pictures, by path inside the folder."""
