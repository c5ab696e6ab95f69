"""Translations: `passwords.cy.md` beside `passwords.md`, read by itself.

A file's text in; what it says in its language, step by step, out. What it must have in common with its
source is held against that when the course is frozen: only then is it known which steps have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.content.course import BadgeSetting, Module, Term, Translated, Welcome
from lms.content.folder import COURSE, FACTS, GLOSSARY, translated
from lms.content.frontmatter import FrontMatter
from lms.content.glossary import read_translated
from lms.content.headings import Section
from lms.content.manuscript import Manuscript
from lms.content.modules import read_contents, read_sections, read_title
from lms.content.settings import Settings

_WHOLE_COURSE = {COURSE: "the course", GLOSSARY: "the glossary", FACTS: "the facts"}


@dataclass(frozen=True)
class TranslationFile:
    """A translation as read. `of` is `course.md`, `glossary.md`, `facts.md`, or empty for that of a module."""

    ms: Manuscript
    of: str
    name: str | None
    """Of the course or module; None where it is unknown, and of a glossary and facts."""
    name_line: int
    lang: str
    lang_line: int
    module: Module | None = None
    """Of a course or module: its words, as if it were a module. None where it has faults."""
    entries: tuple[Term, ...] = ()


def read_translation(ms: Manuscript, matter: FrontMatter) -> TranslationFile:
    """Read a translation behind its front matter."""
    beside = (translated(ms.source.file) or ("",))[0]
    of = beside if beside in _WHOLE_COURSE else ""
    ms.translates = _WHOLE_COURSE.get(of, "a module")
    if of in (GLOSSARY, FACTS):
        settings = Settings(ms, matter, ("lang",))
        return TranslationFile(
            ms, of, None, 1, settings.lang(), settings.line_of("lang"), None, tuple(read_translated(ms, matter))
        )
    what = "course" if of else "module"
    settings = Settings(ms, matter, (what, "lang"))
    name, lang = settings.name(what), settings.lang()
    module = _read(ms, matter, name or "", lang, bool(of))
    return TranslationFile(ms, of, name, settings.line_of(what), lang, settings.line_of("lang"), module)


def _read(ms: Manuscript, matter: FrontMatter, name: str, lang: str, is_course: bool) -> Module | None:
    found = read_sections(ms, matter.end)
    title, welcome = read_title(ms, found, matter.end)
    if is_course:
        _no_sections(ms, found)
    lessons, quiz = ([], None) if is_course else read_contents(ms, found)
    badge = BadgeSetting(None, "")
    module = Module(name, ms.source.file, lang, title, welcome, tuple(lessons), quiz, badge, False, "", ())
    return None if ms.faults.errors or not title else module


def _no_sections(ms: Manuscript, found: list[Section]) -> None:
    below = next((section for section in found[2:] if section.level > 1), None)
    if below:
        message, instead = (
            "lessons and steps do not belong in course.md.",
            "Move this into a module, or leave out the ## marks.",
        )
        ms.faults.error(below.line, "course-sections", message, instead)


def check_languages(translations: Sequence[TranslationFile], source: str) -> None:
    """Each says the language its file's name says, which is not the course's, and is the only one of its kind."""
    first: dict[tuple[str, str], TranslationFile] = {}
    for it in translations:
        named = (translated(it.ms.source.file) or ("", ""))[1]
        if it.lang and it.lang.lower() != named:
            message = f'the name of this file says "{named}", and its settings say "{it.lang}".'
            instead = f"Type lang: {named}, or give the file another name."
            it.ms.faults.error(it.lang_line, "translation-lang", message, instead)
        elif it.lang and it.lang.lower() == source.lower():
            message = f'"{it.lang}" is the language of the course itself.'
            instead = "Type the language this is a translation into, in the name of the file too; or delete the file."
            it.ms.faults.error(it.lang_line, "translation-lang", message, instead)
        of = it.of or it.name
        other = first.setdefault((of, it.lang.lower()), it) if of and it.lang else it
        if other is not it:
            message = f'{other.ms.source.file} translates this into "{it.lang}" already.'
            it.ms.faults.error(it.name_line, "translation-twice", message, "Delete one of the two files.")


def check_sources(translations: Sequence[TranslationFile], course: str | None, modules: Sequence[str | None]) -> None:
    """Each is of something that is there. Where the name of a module can't be read it may be that one."""
    for it in translations:
        known = [course] if it.of else modules
        if it.name is None or None in known or it.name in known:
            continue
        what = "course" if it.of else "module"
        names = [name for name in known if name]
        message = it.ms.faults.unknown(f'there is no {what} "{it.name}"', it.name, names)
        instead = f"Type the {what}: of the file this translates."
        column = it.ms.source.column(it.name_line, it.name)
        it.ms.faults.error(it.name_line, "translation-module", message, instead, column)


def check_files(translations: Sequence[TranslationFile], paths: Iterable[str]) -> None:
    """A glossary or facts are translated beside those there are."""
    known = set(paths)
    for it in translations:
        if it.of in (GLOSSARY, FACTS) and it.of not in known:
            message, instead = f"there is no {it.of} that this could translate.", f"Write {it.of} first."
            it.ms.faults.error(1, "translation-file", message, instead)


def all_translated(translations: Iterable[TranslationFile]) -> dict[str, Translated]:
    """What there is in each language, in the order of the languages."""
    by_lang: dict[str, list[TranslationFile]] = {}
    for it in translations:
        by_lang.setdefault(it.lang, []).append(it)
    return {lang: _translated(lang, by_lang[lang]) for lang in sorted(by_lang)}


def _translated(lang: str, files: Sequence[TranslationFile]) -> Translated:
    entries = {it.of: {term.name: term for term in it.entries} for it in files}
    course = next((it.module for it in files if it.of == COURSE and it.module), None)
    return Translated(
        lang=lang,
        course=Welcome(course.file, course.title, course.welcome) if course else None,
        modules={it.name: it.module for it in files if not it.of and it.name and it.module},
        terms=entries.get(GLOSSARY, {}),
        facts=entries.get(FACTS, {}),
        files={it.of: it.ms.source.file for it in files if it.of},
    )
