"""course.md: a course's settings, title and welcome, read on their own.

What its settings say of other files (the order, the facts for "get help now") is held against those
files by `compile`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from lms.content.course import BadgeSetting, Text
from lms.content.frontmatter import FrontMatter
from lms.content.headings import NAME, name_like
from lms.content.manuscript import Manuscript
from lms.content.modules import read_sections, read_title
from lms.content.plain import heading
from lms.content.plan import Completion
from lms.content.settings import COURSE, Settings
from lms.content.strict import EVERY, WARNINGS
from lms.content.words import Value

_ANY = re.compile(r"any ([1-9][0-9]{0,2})(?: of (.+))?", re.IGNORECASE)
_ENGAGED = re.compile(r"([1-9][0-9]{0,2})(?: lessons?)?", re.IGNORECASE)
ENGAGED = 3


@dataclass(frozen=True)
class Mentioned:
    """A name another file must have, where it was typed."""

    name: str
    line: int
    column: int


@dataclass(frozen=True)
class CourseFile:
    """course.md as read."""

    ms: Manuscript
    name: str | None
    lang: str
    title: Text
    welcome: Text
    badge: BadgeSetting
    order: tuple[Mentioned, ...]
    completed: Completion
    completed_of: tuple[Mentioned, ...]
    completed_line: int
    engaged: int
    help: tuple[Mentioned, ...]
    authors: str
    licence: str
    strict: frozenset[str]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The modules in `order`: asked for of each module of the course."""
        return tuple(module.name for module in self.order)


def read_course(ms: Manuscript, matter: FrontMatter) -> CourseFile:
    """Read course.md behind its front matter."""
    settings = Settings(ms, matter, COURSE)
    name, lang = settings.name("course"), settings.lang()
    settings.needed("order", "Add order: with the names of its modules, each on a line of its own behind a -.")
    found = read_sections(ms, matter.end)
    title, welcome = read_title(ms, found, matter.end)
    for section in found[2:]:
        if section.level > 1:
            message, instead = (
                "lessons and steps do not belong in course.md.",
                "Move this into a module, or leave out the ## marks.",
            )
            ms.faults.error(section.line, "course-sections", message, instead)
            break
    completed, of = _completed(settings)
    setting = settings.get("completed")
    return CourseFile(
        ms=ms,
        name=name,
        lang=lang,
        title=title,
        welcome=welcome,
        badge=settings.badge(heading(title)),
        order=_mentioned(settings, "order"),
        completed=completed,
        completed_of=of,
        completed_line=setting.line if setting else 1,
        engaged=_engaged(settings),
        help=_mentioned(settings, "help"),
        authors=settings.text("authors"),
        licence=settings.text("licence"),
        strict=_strict(settings),
    )


def _mentioned(settings: Settings, word: str) -> tuple[Mentioned, ...]:
    """A list of names, each once."""
    found: dict[str, Mentioned] = {}
    for name, line, column in settings.names(word):
        if not NAME.fullmatch(name):
            message = f'"{name[:60]}" can\'t be a name.'
            near = name_like(name.removesuffix(".md"))
            instead = "Type names only, with commas between them or each on its own line behind a -."
            instead += f" Type {near}." if near and len(name.split()) == 1 and ";" not in name else ""
            settings.ms.faults.error(line, "name-form", message, instead, column)
        elif name in found:
            message = f'"{name}" stands twice in "{word}:".'
            settings.ms.faults.error(line, "setting-repeated", message, "Leave one of them out.", column)
        else:
            found[name] = Mentioned(name, line, column)
    return tuple(found.values())


def _completed(settings: Settings) -> tuple[Completion, tuple[Mentioned, ...]]:
    setting = settings.get("completed")
    if setting is None or setting.text.lower() == "all":
        return Completion(), ()
    match = _ANY.fullmatch(setting.text)
    names = [name.strip() for name in (match.group(2) or "").split(",") if name.strip()] if match else []
    if not match or len(set(names)) < len(names) or (names and int(match.group(1)) > len(names)):
        message = f'"{setting.text[:80]}" does not say what completes the course.'
        settings.fault(setting, "completed-form", message, "Type all, or any 3, or any 2 of a, b, c.")
        return Completion(), ()
    line = setting.lines[0]
    of = tuple(Mentioned(name, line, settings.ms.source.column(line, name)) for name in names)
    return Completion(int(match.group(1)), tuple(names)), of


def _engaged(settings: Settings) -> int:
    setting = settings.get("engaged")
    if setting is None:
        return ENGAGED
    match = _ENGAGED.fullmatch(setting.text)
    if not match:
        message = f'"{setting.text[:40]}" is not a number of lessons.'
        settings.fault(setting, "engaged-form", message, "Type how many, such as 3 lessons.")
    return int(match.group(1)) if match else ENGAGED


def _strict(settings: Settings) -> frozenset[str]:
    """The codes that course.md names, or `EVERY`."""
    found: set[str] = set()
    for typed, line, column in settings.names("strict"):
        if settings.ms.language.value(typed) == Value.ALL:
            return EVERY
        if typed in WARNINGS:
            found.add(typed)
            continue
        message = settings.ms.faults.unknown(f'"{typed[:40]}" is not a warning', typed, WARNINGS)
        instead = f"Type all, or some of {', '.join(WARNINGS)}."
        settings.ms.faults.error(line, "strict-unknown", message, instead, column)
    return frozenset(found)
