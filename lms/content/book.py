"""What the pages of a course refer to: its pictures, its addresses, its terms and facts.

Built once for a course; `link_to` says where a link of an author's leads from the file it stands in.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from lms.content.course import Course, Fact, Module, Term
from lms.content.folder import Role, path_of, role
from lms.content.pictures import Size, media_type, size_of
from lms.content.plan import QUIZ
from lms.content.release import File
from lms.content.videos import Part, Video, videos_of

_FILMS = (Role.VIDEO, Role.CAPTIONS)
GLOSSARY, FACTS, COURSE = "glossary.md", "facts.md", "course.md"


@dataclass(frozen=True)
class Picture:
    """A file of the course and, where its head says so, how large it is drawn."""

    hash: str
    file: File
    size: Size | None

    @property
    def address(self) -> str:
        return f"/files/{self.hash}"


@dataclass(frozen=True)
class Link:
    """Where a link leads: an address, or the entry of a term or fact at the foot of its page."""

    address: str = ""
    outside: bool = False
    entry: Term | Fact | None = None


@dataclass(frozen=True)
class Book:
    """`addresses`: file -> name in it -> address; its own address is under the empty name."""

    pictures: Mapping[str, Picture]
    addresses: Mapping[str, Mapping[str, str]]
    terms: Mapping[str, Term]
    facts: Mapping[str, Fact]
    videos: Mapping[str, Video] = field(default_factory=dict)
    lang: str = ""
    """The source language: what has no captions of its own has those."""

    def files(self) -> list[Picture | Part]:
        """Every file a page may show, in the order of their paths."""
        parts = (part for video in self.videos.values() for part in video.parts)
        return sorted([*self.pictures.values(), *parts], key=lambda it: it.file.path)

    def picture(self, path: str) -> Picture | None:
        return self.pictures.get(path_of(path))

    def video(self, path: str) -> Video:
        """The video that `with_videos` has found."""
        return self.videos[path_of(path)]

    def link_to(self, href: str, file: str) -> Link | None:
        """What `href` in `file` leads to, or None if there is no such thing in what is published."""
        scheme, colon, rest = href.partition(":")
        if colon and scheme.lower() in ("https", "mailto", "tel", "sms"):
            return Link(scheme.lower() + colon + rest, outside=scheme.lower() == "https")
        path, _, name = unquote(href).partition("#")
        path = posixpath.normpath(path) if path else file
        if path in (GLOSSARY, FACTS):
            entry = self.terms.get(name) if path == GLOSSARY else self.facts.get(name)
            return Link(entry=entry) if entry else None
        address = self.addresses.get(path, {}).get(name)
        if address is None and not name and path in self.pictures:
            address = self.pictures[path].address
        return Link(address) if address else None


def book_of(course: Course) -> Book:
    """The book of a course: only what is published can be led to."""
    home = f"/courses/{course.course}"
    addresses = {module.file: _addresses(module, f"{home}/{module.module}") for module in course.modules}
    pictures = {path: picture_of(path, data) for path, data in course.files.items() if role(path) not in _FILMS}
    return Book(
        pictures, {COURSE: {"": home}, **addresses}, course.terms, course.facts, videos_of(course.files), course.lang
    )


def picture_of(path: str, data: bytes) -> Picture:
    """A file with its hash and its size."""
    return Picture(hashlib.sha256(data).hexdigest(), File(path, media_type(path), data), size_of(path, data))


def _addresses(module: Module, home: str) -> dict[str, str]:
    """A step is reached in its lesson, a question of the quiz only through the quiz."""
    found = {"": home}
    for lesson, steps in module.roll.lessons:
        page = f"{home}/{lesson}"
        if lesson:
            found.update({lesson: page, **{step: f"{page}?step={step}" for step in steps if step}})
    if module.roll.questions is not None:
        page = f"{home}/{QUIZ}"
        found.update({QUIZ: page, **{question: page for question in module.roll.questions if question}})
    return found
