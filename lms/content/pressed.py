"""What freezing a module gave, kept, so that the next freeze makes only the pages that changed.

It stands beside what reading the module gave, under the same key: see `cache`. Freezing looks beyond
the module, so what it looked at is kept too and held against what is there now. Names were judged
against the record of names; pages are made with letters, and ask the book where their links lead and
what their pictures are. Where anything of that is another now, the module is done anew.

A module that repeats a Rate is done anew each time: it shows what is written in another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, TypeVar

import msgspec

from lms.content.book import Book, Link, Picture
from lms.content.changes import Record
from lms.content.course import Course, Fact, Module, Term
from lms.content.plan import Key, ModulePlan
from lms.content.problems import Problem
from lms.content.release import Fragment, Named, Place
from lms.content.sealed import opened, sealed

if TYPE_CHECKING:
    from lms.content.cache import Shelf

_VERBS = ("corrected", "remarked", "reopened")
_Value = TypeVar("_Value")
Letters = Mapping[Place, tuple[str, ...]]
Question = tuple[str, str, str]
"""What is asked of a book: for a `link` or a `picture`, its address, and the file that has it."""


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """The names of a module without a fault. `against`: what of the record they were judged against."""

    against: bytes
    same: list[str]
    """The names that stay as the record has them."""
    named: dict[str, Named]
    """The others."""
    letters: dict[str, tuple[str, ...]]


class Pressed(msgspec.Struct, frozen=True, array_like=True):
    """What the pages of a module hang on, and what was wrong with them."""

    beneath: bytes
    asked: dict[Question, str]
    pictures: list[str]
    problems: list[Problem]


class Pages(msgspec.Struct, frozen=True, array_like=True):
    """The pages of a module; `pressed` is the digest of what they hang on."""

    pressed: bytes
    plan: ModulePlan
    pages: dict[str, tuple[Fragment, ...]]
    keys: dict[str, Key]


class Judgements:
    """The names of each module, as they were judged before."""

    def __init__(self, shelf: Shelf | None, record: Record) -> None:
        self.shelf = shelf
        self.slices = by_module(record.named) if shelf else {}
        touched = [sorted(record.touched(verb)) for verb in _VERBS]
        self.lines = msgspec.msgpack.encode([sorted(record.earlier.items()), sorted(record.refused), touched])

    def take(self, module: Module) -> Judged | None:
        """The names of a module, if they would be judged the same again."""
        known = self.shelf and opened(self.shelf.beside(module.file, "names"), Judged)
        return known if known and known.against == self._against(module) else None

    def put(self, module: Module, named: Mapping[Place, Named], letters: Letters) -> None:
        if self.shelf and not module.roll.repeats:
            mine, known = _of(module, named), self.slices.get(module.module, {})
            same = [name for name, it in mine.items() if it == known.get(name)]
            new = {name: it for name, it in mine.items() if it != known.get(name)}
            judged = Judged(self._against(module), same, new, _of(module, letters))
            self.shelf.put_beside(module.file, "names", sealed(judged))

    def _against(self, module: Module) -> bytes:
        return _digest(self.lines, sorted(self.slices.get(module.module, {}).items()))


class Standing:
    """The pages of each module of a course, as they were pressed before."""

    def __init__(self, shelf: Shelf, course: Course, book: Book, letters: Letters) -> None:
        self.shelf = shelf
        self.letters = by_module(letters)
        self.answers = Answers(book)
        videos = [
            (path, it.part.hash, [(track.lang, track.part.hash) for track in it.tracks])
            for path, it in sorted(book.videos.items())
        ]
        self.whole = msgspec.msgpack.encode([course.course, course.lang, videos])

    def take(self, module: Module) -> Pressed | None:
        """What is known of the pages of a module, if they would be made the same again."""
        known = opened(self.shelf.beside(module.file, "pressed"), Pressed)
        if known is None or known.beneath != self._beneath(module):
            return None
        return known if all(self.answers.to(*asked) == said for asked, said in known.asked.items()) else None

    def pages(self, module: Module, pressed: Pressed) -> Pages | None:
        """The pages themselves, unless they are gone."""
        found = opened(self.shelf.beside(module.file, "pages"), Pages)
        return found if found and found.pressed == _digest(b"", pressed) else None

    def put(
        self,
        module: Module,
        asked: Mapping[Question, str],
        pictures: Set[str],
        problems: Sequence[Problem],
        plan: ModulePlan,
        pages: Mapping[Place, tuple[Fragment, ...]],
        keys: Mapping[Place, Key],
    ) -> None:
        if module.roll.repeats:
            return
        pressed = Pressed(self._beneath(module), dict(asked), sorted(pictures), list(problems))
        mine = Pages(_digest(b"", pressed), plan, _of(module, pages), _of(module, keys))
        self.shelf.put_beside(module.file, "pages", sealed(mine))
        self.shelf.put_beside(module.file, "pressed", sealed(pressed))

    def _beneath(self, module: Module) -> bytes:
        return _digest(self.whole, sorted(self.letters.get(module.module, {}).items()))


class Answers:
    """What a book answers, in few letters: the same where a page would come out the same."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.entries: dict[tuple[str, str], str] = {}

    def to(self, what: str, address: str, file: str) -> str:
        if what == "picture":
            return self.picture(self.book.picture(address))
        return self.link(self.book.link_to(address, file))

    def picture(self, it: Picture | None) -> str:
        return f"{it.hash} {len(it.file.data)} {it.size} {it.file.path}" if it else ""

    def link(self, it: Link | None) -> str:
        return f"{it.outside} {self._entry(it.entry) if it.entry else ''} {it.address}" if it else ""

    def _entry(self, entry: Term | Fact) -> str:
        key = type(entry).__name__, entry.name
        if key not in self.entries:
            self.entries[key] = _digest(key[0].encode(), entry).hex()
        return self.entries[key]


@dataclass(frozen=True)
class NotedBook(Book):
    """A book that notes what it is asked and what it answers. Of its videos each page is thought to hang on all."""

    answers: Answers = field(kw_only=True)
    asked: dict[Question, str] = field(default_factory=dict)

    def picture(self, path: str) -> Picture | None:
        found = super().picture(path)
        self.asked["picture", path, ""] = self.answers.picture(found)
        return found

    def link_to(self, href: str, file: str) -> Link | None:
        found = super().link_to(href, file)
        self.asked["link", href, file] = self.answers.link(found)
        return found


def noted(book: Book, answers: Answers) -> NotedBook:
    return NotedBook(**{it.name: getattr(book, it.name) for it in fields(Book)}, answers=answers)


def by_module(whole: Mapping[Place, _Value]) -> dict[str, dict[str, _Value]]:
    """What is known of places, module by module."""
    found: dict[str, dict[str, _Value]] = {}
    for (module, name), value in whole.items():
        found.setdefault(module, {})[name] = value
    return found


def _of(module: Module, whole: Mapping[Place, _Value]) -> dict[str, _Value]:
    return {place[1]: value for place, value in whole.items() if place[0] == module.module}


def _digest(start: bytes, value: object) -> bytes:
    return hashlib.sha256(start + msgspec.msgpack.encode(value)).digest()
