"""What the files of a course say of one another: names, the order, Rates that are repeated, links."""

from __future__ import annotations

from collections.abc import Sequence

from lms.content.courses import CourseFile, Mentioned
from lms.content.folder import COURSE, FACTS
from lms.content.library import Library
from lms.content.links import Known, check_links
from lms.content.manuscript import Repeat
from lms.content.modules import ModuleFile
from lms.content.plain import plain_text
from lms.content.plan import Kind

_HIDING = frozenset(
    {
        "fence-unclosed",
        "heading-inside",
        "heading-level",
        "heading-space",
        "heading-underlined",
        "joined-hyphens",
        "name-form",
        "name-not-last",
        "not-supported",
        "note-unclosed",
        "too-deep",
    }
)
"""Faults that may hide a name: links to that file are not called wrong on top."""


def check_course(library: Library) -> None:
    """Hold every file against the others."""
    _one_file_a_module(library)
    if library.course:
        _check_order(library, library.course)
        _check_help(library, library.course)
        _check_languages(library, library.course)
    elif COURSE not in library.files:
        message = "the folder has no course.md."
        instead = "Write one: the settings course, lang and order, a title behind #, and a welcome."
        library.faults_of(COURSE).error(1, "course-missing", message, instead)
    for module in library.modules:
        _check_moves(library, module)
        check_repeats(library, module)
    known = known_of(library)
    for ms in library.manuscripts.values():
        check_links(ms, known)


def known_of(library: Library) -> Known:
    """What links of the course can lead to."""
    return Known(
        paths=frozenset(library.files),
        names={path: frozenset(ms.named) for path, ms in library.manuscripts.items()},
        unsure=frozenset(path for path in library.manuscripts if _hides_names(library, path)),
        facts={fact.name: f"{plain_text(fact.title)} {plain_text(fact.body)}" for fact in library.facts},
        unpublished=frozenset(module.ms.source.file for module in library.modules if library.is_draft(module)),
    )


def _hides_names(library: Library, path: str) -> bool:
    return any(problem.code in _HIDING for problem in library.faults_of(path).problems)


def _one_file_a_module(library: Library) -> None:
    first: dict[str, ModuleFile] = {}
    for module in library.modules:
        if module.name is None:
            continue
        if module.name in first:
            message = f'{first[module.name].ms.source.file} is the module "{module.name}" already.'
            instead = "Give one of the two another name, or delete one file."
            module.ms.faults.error(module.name_line, "module-twice", message, instead)
        first.setdefault(module.name, module)


def _check_order(library: Library, course: CourseFile) -> None:
    known = {module.name for module in library.modules if module.name}
    _check_mentioned(library, course.order, known, "module", "order-unknown")
    _check_mentioned(library, course.completed_of, known, "module", "completed-unknown")
    for module in course.completed_of:
        if module.name in known and module.name not in library.order:
            message = f'"{module.name}" is not in the order, and nobody can complete it.'
            course.ms.faults.error(module.line, "completed-draft", message, "Leave it out here.", module.column)
    need = course.completed.need or 0
    if need > len(course.order) and course.order and not course.completed_of:
        message = f"any {need} of {len(course.order)} modules can't be completed."
        instead = f"Type all, or any {len(course.order)} or less."
        course.ms.faults.error(course.completed_line, "completed-form", message, instead)
    for file in library.modules:
        if course.order and file.name and file.name not in library.order:
            message = f'the module "{file.name}" is a draft: checked, not published.'
            instead = "Add it to order: in course.md when it is ready."
            file.ms.faults.warn(file.name_line, "draft", message, instead)


def _check_help(library: Library, course: CourseFile) -> None:
    ms = library.manuscripts.get(FACTS)
    if ms is None and FACTS in library.files:
        return
    _check_mentioned(library, course.help, set(ms.named) if ms else set(), "fact", "help-unknown")


def _check_mentioned(library: Library, mentioned: Sequence[Mentioned], known: set[str], what: str, code: str) -> None:
    """Names in course.md that nothing has. A file that could not be read may have them."""
    if any(path not in library.manuscripts and faults.errors for path, faults in library.faults.items()):
        return
    if what == "module" and any(module.name is None for module in library.modules):
        return
    faults = library.faults_of(COURSE)
    for it in mentioned:
        if it.name not in known:
            message = faults.unknown(f'there is no {what} "{it.name}"', it.name, sorted(known))
            faults.error(it.line, code, message, f"Type the name of a {what} of this course.", it.column)


def _check_languages(library: Library, course: CourseFile) -> None:
    for module in library.modules:
        if course.lang and module.lang and module.lang != course.lang:
            message = f'this module is in "{module.lang}", and the course in "{course.lang}".'
            instead = f"Type lang: {course.lang}."
            module.ms.faults.error(module.lang_line, "module-lang", message, instead)


def _check_moves(library: Library, module: ModuleFile) -> None:
    known = {other.name for other in library.modules if other.name}
    for change in module.module.changes if module.module else ():
        if change.verb == "moved" and change.to not in known:
            message = module.ms.faults.unknown(f'there is no module "{change.to}"', change.to, sorted(known))
            column = module.ms.source.column(change.line, change.to)
            module.ms.faults.error(change.line, "moved-unknown", message, "Type the name of a module.", column)


def check_repeats(library: Library, module: ModuleFile, whole: bool = True) -> None:
    """Hold each Rate again against the Rate it names; without the `whole` course, only those of its own module."""
    for repeat in module.ms.repeats:
        if whole or "/" not in repeat.rate:
            _check_repeat(library, module, repeat)


def _check_repeat(library: Library, module: ModuleFile, repeat: Repeat) -> None:
    """A Rate again names a Rate of this or another module."""
    owner, slash, name = repeat.rate.rpartition("/")
    found = [it for it in library.modules if it.name == owner] if slash else [module]
    where = found[0] if found else None
    if where and (name in where.ms.named or _hides_names(library, where.ms.source.file)):
        if name not in where.ms.named or where.ms.named[name].kind == Kind.RATE:
            _check_repeat_published(library, module, where, repeat)
            return
        message = f'"{repeat.rate}" is not a Rate.'
    else:
        rates = (key for key, it in where.ms.named.items() if it.kind == Kind.RATE) if where else ()
        message = module.ms.faults.unknown(f'there is no Rate "{repeat.rate}"', name, rates)
    instead = "Type the name of a Rate, or module/name."
    module.ms.faults.error(repeat.line, "same-as-unknown", message, instead, repeat.column)


def _check_repeat_published(library: Library, module: ModuleFile, where: ModuleFile, repeat: Repeat) -> None:
    if library.is_draft(where) and not library.is_draft(module):
        message = f'"{repeat.rate}" stands in a draft, and learners never see it.'
        instead = "Name a Rate of a published module."
        module.ms.faults.error(repeat.line, "same-as-draft", message, instead, repeat.column)
