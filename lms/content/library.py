"""The files of a course as read, each by itself, before they are held against one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lms.content import folder
from lms.content.cache import Shelf
from lms.content.captions import check_captions
from lms.content.course import Fact, Term
from lms.content.courses import CourseFile, read_course
from lms.content.faults import Faults
from lms.content.folder import Role, role
from lms.content.frontmatter import read_front_matter
from lms.content.glossary import read_facts, read_terms
from lms.content.manuscript import Manuscript
from lms.content.modules import ModuleFile, read_module
from lms.content.pictures import check_picture
from lms.content.source import read
from lms.content.translations import TranslationFile, read_translation
from lms.content.words import language


@dataclass
class Library:
    """What has been read so far. A file that could not be read has only its faults."""

    files: Mapping[str, bytes]
    today: date | None
    faults: dict[str, Faults] = field(default_factory=dict)
    manuscripts: dict[str, Manuscript] = field(default_factory=dict)
    course: CourseFile | None = None
    modules: list[ModuleFile] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    translations: list[TranslationFile] = field(default_factory=list)
    renamed: dict[str, ModuleFile] = field(default_factory=dict)
    """The name a module was published under, where its file has another one now."""

    def faults_of(self, path: str) -> Faults:
        return self.faults.setdefault(path, Faults(path))

    @property
    def order(self) -> tuple[str, ...]:
        return self.course.names if self.course else ()

    def is_draft(self, module: ModuleFile) -> bool:
        return self.course is not None and module.name not in self.order


def read_files(files: Mapping[str, bytes], today: date | None, shelf: Shelf | None = None) -> Library:
    """Read every file of a course, course.md first: its language is that of files that name none.

    Modules are taken from the `shelf` where it has them, and put there where it has not.
    """
    library = Library(files, today)
    for path in sorted(files):
        folder.check_name(path, library.faults_of(path))
        folder.check_size(path, files[path], library.faults_of(path))
        if role(path) == Role.CAPTIONS:
            _read_captions(library, path)
        check_picture(path, files[path], library.faults_of(path))
    texts = folder.texts(files)
    for path in sorted(texts, key=lambda path: (path != folder.COURSE, path)):
        if role(path) == Role.MODULE and shelf:
            _take_module(library, path, shelf)
        else:
            _read_file(library, path)
    return library


def _take_module(library: Library, path: str, shelf: Shelf) -> None:
    faults = library.faults_of(path)
    lang = library.course.lang if library.course else ""
    kept = shelf.take(path, library.files[path], lang, faults)
    if kept:
        library.modules.append(kept)
        library.manuscripts[path] = kept.ms
        return
    modules, before = len(library.modules), len(faults.problems)
    _read_file(library, path)
    for module in library.modules[modules:]:
        shelf.put(library.files[path], lang, module, before)


def _read_captions(library: Library, path: str) -> None:
    faults = library.faults_of(path)
    source = read(path, library.files[path], faults)
    if source:
        check_captions(source, faults)


def _read_file(library: Library, path: str) -> None:
    faults = library.faults_of(path)
    what = role(path)
    source = read(path, library.files[path], faults)
    if source is None:
        return
    matter = read_front_matter(source, faults, needed=what in (Role.COURSE, Role.MODULE, Role.TRANSLATION))
    if matter is None:
        return
    lang = matter.settings["lang"].text if "lang" in matter.settings else ""
    lang = lang or (library.course.lang if library.course else "")
    ms = library.manuscripts[path] = Manuscript(source, faults, language(lang), lang=lang)
    if what == Role.COURSE:
        library.course = read_course(ms, matter)
    elif what == Role.GLOSSARY:
        library.terms = read_terms(ms, matter)
    elif what == Role.FACTS:
        library.facts = read_facts(ms, matter, library.today)
    elif what == Role.TRANSLATION:
        library.translations.append(read_translation(ms, matter))
    else:
        library.modules.append(read_module(ms, matter))
