"""The settings of a course, module or translation, read by what each may hold.

A file's front matter in; names, yes and no, dates and lists out, and a fault for each that is not
what it should be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lms.content.course import BadgeSetting
from lms.content.faults import did_you_mean
from lms.content.frontmatter import FrontMatter, Setting
from lms.content.headings import NAME, name_like
from lms.content.manuscript import Link, Manuscript
from lms.content.words import Value

COURSE = (
    "course",
    "lang",
    "order",
    "completed",
    "engaged",
    "badge",
    "badge-picture",
    "help",
    "authors",
    "licence",
    "strict",
)
MODULE = ("module", "lang", "badge", "badge-picture", "leave", "care", "changes")
LISTS = ("order", "help", "authors", "strict", "changes")
"""Settings that may be a list."""
ENTRIES = ("lang",)
"""What glossary.md and facts.md may have."""

_OWN = ("course", "module")
"""Each file has its own: there is nothing to move."""
_LANG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


class Settings:
    """The settings of one file, of which `known` may stand in it."""

    def __init__(self, ms: Manuscript, matter: FrontMatter, known: Sequence[str]) -> None:
        self.ms = ms
        self.matter: Mapping[str, Setting] = matter.settings
        self.partial = matter.partial
        self.meant: set[str] = set()
        """Settings there would be, had they been spelt right."""
        for setting in self.matter.values():
            self._check_known(setting, known)

    def _check_known(self, setting: Setting, known: Sequence[str]) -> None:
        word = setting.word
        if word in known:
            if not setting.text.strip(", "):
                self.fault(setting, "setting-empty", f'"{word}:" has no value.', "Write one, or delete the line.")
            elif setting.listed and word not in LISTS:
                message = f'"{word}:" has one value, not a list.'
                self.fault(setting, "setting-shape", message, "Write it on the same line.")
            return
        if self.ms.translates:
            self._leave_out(setting, known)
            return
        other = "course.md" if word in COURSE else "a module" if word in MODULE else ""
        if other:
            message = f'"{word}:" does not belong here, but in {other}.'
            instead = "Delete it here." if word in _OWN else f"Move it to {other}."
            self.ms.faults.error(setting.line, "setting-place", message, instead, setting.column)
            return
        near = self.ms.faults.near(word, {*known, *COURSE, *MODULE})
        self.meant.add(near)
        message = did_you_mean(f'"{word[:40]}:" is not a setting', near, ":")
        instead = f"There are {', '.join(known)}."
        if near and near not in known:
            instead = f"That one belongs in {'course.md' if near in COURSE else 'a module'}."
        self.ms.faults.error(setting.line, "setting-unknown", message, instead, setting.column)

    def _leave_out(self, setting: Setting, known: Sequence[str]) -> None:
        """A translation has no other settings: they are its source's."""
        wanted = " and ".join(f"{word}:" for word in known)
        message = self.ms.faults.unknown(f'"{setting.word[:40]}:" is no setting of a translation', setting.word, known)
        instead = f"Delete it: the translation of {self.ms.translates} has {wanted} alone."
        self.ms.faults.error(setting.line, "translation-setting", message, instead, setting.column)

    def fault(self, setting: Setting, code: str, message: str, instead: str, at: int = 0) -> None:
        """A fault of the value, or of its item `at` where it is a list."""
        line = setting.lines[at] if at < len(setting.lines) else setting.line
        typed = setting.values[at] if at < len(setting.values) else ""
        self.ms.faults.error(line, code, message, instead, self.ms.source.column(line, typed))

    def get(self, word: str) -> Setting | None:
        """A setting that has a value, and not a list where one value belongs."""
        setting = self.matter.get(word)
        if setting is None or not setting.text.strip(", ") or (setting.listed and word not in LISTS):
            return None
        return setting

    def line_of(self, word: str) -> int:
        return self.matter[word].line if word in self.matter else 1

    def text(self, word: str) -> str:
        setting = self.get(word)
        return setting.text if setting else ""

    def needed(self, word: str, instead: str) -> Setting | None:
        setting = self.get(word)
        if word not in self.matter and word not in self.meant and not self.partial:
            self.ms.faults.error(1, "setting-missing", f'the setting "{word}:" is missing.', instead)
        return setting

    def name(self, word: str) -> str | None:
        """The fixed name of a course or module."""
        instead = f"Add {word}: with a name of a-z, 0-9 and -, which stays for ever."
        setting = self.needed(word, instead)
        if setting is None:
            return None
        if not NAME.fullmatch(setting.text):
            message = f'"{setting.text[:60]}" can\'t be a name.'
            near = name_like(setting.text)
            instead = "A name is 1 to 40 of a-z, 0-9 and -, a letter first." + (
                f" Type {word}: {near}." if near else ""
            )
            self.fault(setting, "name-form", message, instead)
            return None
        return setting.text

    def lang(self) -> str:
        """The language of the file, "" if it is missing or none."""
        setting = self.needed("lang", "Add lang: with the language of the file, such as en.")
        if setting and not _LANG.fullmatch(setting.text):
            message = f'"{setting.text[:40]}" is not a language.'
            near = name_like(setting.text)
            instead = f"Type lang: {near}." if _LANG.fullmatch(near) else "Type its code: en, cy, ur."
            self.fault(setting, "lang-form", message, instead)
            return ""
        return setting.text if setting else ""

    def names(self, word: str) -> list[tuple[str, int, int]]:
        """A list of names, or names with commas between them, each with its line and column."""
        setting = self.get(word)
        if setting is None:
            return []
        found: list[tuple[str, int, int]] = []
        for value, line in zip(setting.values, setting.lines, strict=True):
            parts = [value] if setting.listed else [part.strip() for part in value.split(",")]
            found += [(part, line, self.ms.source.column(line, part)) for part in parts]
        return found

    def yes(self, word: str) -> bool:
        setting = self.get(word)
        if setting is None:
            return False
        found = self.ms.language.value(setting.text)
        if found not in (Value.YES, Value.NO):
            self.fault(setting, "setting-value", f'"{setting.text[:40]}" is neither yes nor no.', "Type yes or no.")
        return found == Value.YES

    def badge(self, title: str) -> BadgeSetting:
        """`badge:` and `badge-picture:`; without them the title, and a drawn picture."""
        setting = self.get("badge")
        picture = self.get("badge-picture")
        if picture:
            column = self.ms.source.column(picture.lines[0], picture.text)
            self.ms.links.append(Link(picture.lines[0], column, picture.text, "badge", picture=True))
            if picture.text.lower().endswith(".avif"):  # what draws the file she keeps can't read one
                message = f'"{picture.text[:60]}" can\'t be put on a badge.'
                self.fault(picture, "badge-picture", message, "Save it as one of svg, png, jpg, webp.")
        name = setting.text if setting else title
        none = self.ms.language.value(name) == Value.NONE
        return BadgeSetting(None if none else name, picture.text if picture else "")
