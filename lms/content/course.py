"""A course as an author wrote it, checked: what `compile` gives and `freeze` takes.

Values only. Texts are markdown-it tokens with names and answer lists already taken out, so that
freezing never looks at the source again. Line numbers count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from markdown_it.token import Token

from lms.content.plan import CodeCheck, Completion, Kind
from lms.content.shown import plain, shown_blocks
from lms.content.unread import Unread


@dataclass(frozen=True)
class Text:
    """A run of Markdown: block tokens, or one inline token for a title or an option."""

    tokens: tuple[Token, ...] = ()
    line: int = 0

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The plain text of each block, in order; one without words (a rule) is left out.

        Names, letters and lengths all go by it. Its tokens have their words by the time it is asked for.
        """
        return tuple([block for words in shown_blocks(self.tokens) if (block := plain(words))])

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


@dataclass(frozen=True)
class Ordering:
    """Order: its items, one inline Text each, as they should stand."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Row:
    """A row of a Match. `left` holds no words where the meaning is one too many."""

    left: Text
    meaning: Text


@dataclass(frozen=True)
class Matching:
    """Match: its rows, and what stands above its two columns."""

    rows: tuple[Row, ...]
    heads: tuple[Text, Text]


@dataclass(frozen=True)
class Filling:
    """Gaps: the words that belong into each, in order, and words too many.

    In the step's body each gap is a token `gap` that holds its words.
    """

    gaps: tuple[Text, ...]
    extras: tuple[Text, ...]


@dataclass(frozen=True)
class Doing:
    """Task: what is ticked, what is handed in, and who says that it was done."""

    boxes: tuple[Text, ...]
    evidence: tuple[str, ...]
    """`photo`, `words`, `link`: any one of them."""
    sign_off: str
    """`mentor`, or empty."""
    look_for: tuple[Text, ...]


@dataclass(frozen=True)
class Reflecting:
    """Reflect: `seen_by` is `only me` or `mentor`."""

    seen_by: str


@dataclass(frozen=True)
class Snippet:
    """The code of one language. `answer` is None where it stays as it was at the start."""

    language: str
    start: str
    answer: str | None


@dataclass(frozen=True)
class Coding:
    """Code: what it starts from, what it may become, and how that is checked."""

    snippets: tuple[Snippet, ...]
    checks: tuple[CodeCheck, ...]


Asked = Choose | InWords | ANumber | Rating | Ordering | Matching | Filling | Doing | Reflecting | Coding


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
    """`renamed`, `moved`, `removed`, `corrected`, `remarked` or `reopened`."""
    name: str
    to: str
    """The new name (renamed), the module it went to (moved), else empty."""
    file: str
    line: int
    column: int = 1


@dataclass(frozen=True)
class BadgeSetting:
    """`badge:` and `badge-picture:`. `name` None: `badge: none`. Empty `picture`: one is drawn."""

    name: str | None
    picture: str


@dataclass(frozen=True)
class Roll:
    """The names of a module, in their order, without its texts."""

    lessons: tuple[tuple[str | None, tuple[str | None, ...]], ...]
    """Each lesson's and its steps'."""
    questions: tuple[str | None, ...] | None
    """Those of the quiz, if there is one."""
    rates: Mapping[str, Rating]
    repeats: bool
    """Is there a Rate again in it?"""


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

    @cached_property
    def roll(self) -> Roll:
        steps = [step for lesson in self.lessons for step in lesson.steps]
        return Roll(
            tuple((lesson.name, tuple(step.name for step in lesson.steps)) for lesson in self.lessons),
            tuple(question.name for question in self.quiz.questions) if self.quiz else None,
            {it.name: it.asked for it in steps if it.kind == Kind.RATE and it.name and isinstance(it.asked, Rating)},
            any(step.kind == Kind.RATE_AGAIN for step in steps),
        )


@dataclass(frozen=True)
class Term:
    """An entry of glossary.md."""

    name: str
    title: Text
    body: Text
    line: int
    lang: str = ""
    """Its own language, where that is not the page's."""


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
    lang: str = ""
    """Its own language, where that is not the page's."""


@dataclass(frozen=True)
class Welcome:
    """The title and welcome of a course, translated."""

    file: str
    title: Text
    body: Text


@dataclass(frozen=True)
class Translated:
    """All that is written in one other language, file by file; nothing of it is held against its source yet.

    Of each step only what a translation owns is filled in: a box is ticked where the tick was repeated.
    """

    lang: str
    course: Welcome | None = None
    modules: Mapping[str, Module] = field(default_factory=dict)
    """By the module's name. Their lessons and steps are those the file has, in its order."""
    terms: Mapping[str, Term] = field(default_factory=dict)
    facts: Mapping[str, Term] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """`glossary.md`, `facts.md` -> the file that translates it."""


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
    translations: Mapping[str, Translated] = field(default_factory=dict)
    """By language."""
    strict: frozenset[str] = frozenset()
    """The warnings that are errors in it."""
    unread: Unread = field(default_factory=Unread)
    """What is left out of it: nothing where the folder has no fault."""
