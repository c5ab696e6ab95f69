"""The files of a course as read, each by itself, before they are held against one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lms.content import folder
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

    def faults_of(self, path: str) -> Faults:
        return self.faults.setdefault(path, Faults(path))

    @property
    def order(self) -> list[str]:
        return [module.name for module in self.course.order] if self.course else []

    def is_draft(self, module: ModuleFile) -> bool:
        return self.course is not None and module.name not in self.order


def read_files(files: Mapping[str, bytes], today: date | None) -> Library:
    """Read every file of a course, course.md first: its language is that of files that name none."""
    library = Library(files, today)
    for path in sorted(files):
        folder.check_name(path, library.faults_of(path))
        folder.check_size(path, files[path], library.faults_of(path))
        check_picture(path, files[path], library.faults_of(path))
    texts = folder.texts(files)
    for path in sorted(texts, key=lambda path: (path != folder.COURSE, path)):
        _read_file(library, path)
    return library


def _read_file(library: Library, path: str) -> None:
    faults = library.faults_of(path)
    what = role(path)
    if what == Role.TRANSLATION:
        faults.not_yet(1, "a translation")
        return
    source = read(path, library.files[path], faults)
    if source is None:
        return
    matter = read_front_matter(source, faults, needed=what in (Role.COURSE, Role.MODULE))
    if matter is None:
        return
    lang = matter.settings["lang"].text if "lang" in matter.settings else ""
    lang = lang or (library.course.lang if library.course else "")
    ms = library.manuscripts[path] = Manuscript(source, faults, language(lang))
    if what == Role.COURSE:
        library.course = read_course(ms, matter)
    elif what == Role.GLOSSARY:
        library.terms = read_terms(ms, matter)
    elif what == Role.FACTS:
        library.facts = read_facts(ms, matter, library.today)
    else:
        library.modules.append(read_module(ms, matter))
