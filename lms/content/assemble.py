"""The parts of a course that have no faults, put together, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

from lms.content.course import Course, Lesson, Module, Rating, Step, Text
from lms.content.courses import CourseFile
from lms.content.folder import Role, path_of, role, translated
from lms.content.library import Library
from lms.content.modules import ModuleFile
from lms.content.translations import TranslationFile, all_translated
from lms.content.unread import Unread
from lms.content.videos import with_captions

_SHOWN = (Role.PICTURE, Role.VIDEO, Role.CAPTIONS)
_Points = dict[tuple[str, str], tuple[Text, ...]]


def unread_of(library: Library) -> Unread:
    """What has faults by now. Asked before links are looked at: a dead one hides nothing."""
    files = frozenset(path for path, faults in library.faults.items() if faults.errors)
    if not files:
        return Unread()
    modules = [it for it in library.modules if it.ms.source.file in files]
    known = {it.ms.source.file for it in library.modules}
    lost = [path for path in files if role(path) == Role.MODULE and path not in known]
    return Unread(
        files,
        frozenset([*(it.name for it in modules), *library.renamed, *(None for _ in lost)]),
        frozenset(name for it in modules for name in it.ms.named),
        frozenset(_unread_translations(files, library.translations)),
    )


def _unread_translations(files: Set[str], read: Iterable[TranslationFile]) -> Iterator[tuple[str, str]]:
    """By what the name of each file says, and by what stands in it."""
    for path in files:
        source, lang = translated(path) or ("", "")
        yield lang, source
    yield from ((it.lang.lower(), it.name) for it in read if it.ms.source.file in files and it.name)


def assemble(library: Library, course: CourseFile, unread: Unread) -> Course:
    """A Course of the files that are not `unread`."""
    points = _points(library)
    read = [file for file in library.modules if file.ms.source.file not in unread.files]
    modules = [_with_points(file, file.module, points) for file in read if file.module]
    by_name = {module.module: module for module in modules}
    return Course(
        course=course.name or "",
        lang=course.lang,
        title=course.title,
        welcome=course.welcome,
        badge=course.badge,
        completed=course.completed,
        engaged=course.engaged,
        help=tuple(fact.name for fact in course.help),
        authors=course.authors,
        licence=course.licence,
        modules=tuple(by_name[name] for name in library.order if name in by_name),
        drafts=tuple(module for module in modules if module.module not in library.order),
        terms={term.name: term for term in library.terms},
        facts={fact.name: fact for fact in library.facts},
        files=_used_files(library),
        translations=all_translated(it for it in library.translations if it.ms.source.file not in unread.files),
        unread=unread,
    )


def _used_files(library: Library) -> dict[str, bytes]:
    """The pictures and videos some page shows or leads to, and the captions of those videos."""
    typed = (link.address for ms in library.manuscripts.values() for link in ms.links)
    used = with_captions(map(path_of, typed), library.files)
    return {path: library.files[path] for path in sorted(used) if path in library.files and role(path) in _SHOWN}


def _points(library: Library) -> _Points:
    """The points of every named Rate of the modules in which some is repeated: the texts of others may stay unread."""
    found: _Points = {}
    owners = {repeat.rate.rpartition("/")[0] or it.name for it in library.modules for repeat in it.ms.repeats}
    for file in library.modules:
        for lesson in file.module.lessons if file.module and file.name in owners else ():
            for step in lesson.steps:
                if isinstance(step.asked, Rating) and not step.asked.same_as and step.name:
                    found[file.name or "", step.name] = step.asked.points
    return found


def _with_points(file: ModuleFile, module: Module, points: _Points) -> Module:
    """A module whose Rates again have the points of the Rates they repeat."""
    if not file.ms.repeats:
        return module
    lessons = tuple(replace(lesson, steps=_steps(module, lesson, points)) for lesson in module.lessons)
    return replace(module, lessons=lessons)


def _steps(module: Module, lesson: Lesson, points: _Points) -> tuple[Step, ...]:
    return tuple(_step(module, step, points) for step in lesson.steps)


def _step(module: Module, step: Step, points: _Points) -> Step:
    if not isinstance(step.asked, Rating) or not step.asked.same_as:
        return step
    owner, _, name = step.asked.same_as.rpartition("/")
    return replace(step, asked=replace(step.asked, points=points.get((owner or module.module, name), ())))
