"""What the files of a course say of one another: names, the order, Rates that are repeated, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from lms.content.courses import CourseFile, Mentioned
from lms.content.folder import COURSE, FACTS
from lms.content.library import Library
from lms.content.links import Known, check_links
from lms.content.lock import LOCK
from lms.content.manuscript import Repeat
from lms.content.modules import ModuleFile
from lms.content.nearest import listed
from lms.content.outside import check_badge_picture
from lms.content.plain import plain_text
from lms.content.plan import Kind
from lms.content.translations import check_files, check_languages, check_sources

_HIDING = frozenset(
    {
        "entry-level",
        "entry-name",
        "fence-unclosed",
        "heading-inside",
        "heading-level",
        "heading-space",
        "heading-underlined",
        "joined-hyphens",
        "name-form",
        "name-not-last",
        "note-unclosed",
        "too-deep",
    }
)
"""Faults that may hide a name: links to that file are not called wrong on top."""


def check_course(library: Library) -> None:
    """Hold every file against the others, but for where its links lead."""
    _one_file_a_module(library)
    _check_renamed(library)
    _check_translations(library)
    if library.course:
        _check_order(library, library.course)
        _check_help(library, library.course)
        _check_languages(library, library.course)
    elif COURSE not in library.files:
        message = "the folder has no course.md."
        instead = "Write one: the settings course, lang and order, a title behind #, and a welcome."
        library.faults_of(COURSE).error(1, "course-missing", message, instead)
    _check_badges(library)
    for module in library.modules:
        _check_moves(library, module)
        _check_days(library, module)
        _check_repeats(library, module)


def _check_badges(library: Library) -> None:
    """Pictures of badges, where nothing else was found in them."""
    settings = [it.module.badge for it in library.modules if it.module]
    settings += [library.course.badge] if library.course else []
    for path in sorted({setting.picture for setting in settings}):
        faults = library.faults_of(path)
        if path.endswith(".svg") and path in library.files and not faults.problems:
            check_badge_picture(library.files[path], faults)


def check_all_links(library: Library) -> None:
    """Follow every link of every file."""
    known = _known_of(library)
    for ms in library.manuscripts.values():
        check_links(ms, known)


def _known_of(library: Library) -> Known:
    """What links of the course can lead to."""
    return Known(
        paths=frozenset(library.files),
        names={path: frozenset(ms.named) for path, ms in library.manuscripts.items() if not ms.translates},
        unsure=frozenset(path for path in library.manuscripts if _hides_names(library, path)),
        facts={fact.name: f"{plain_text(fact.title)} {plain_text(fact.body)}" for fact in library.facts},
        unpublished=frozenset(_unpublished(library)),
        lang=library.course.lang if library.course else "",
    )


def _unpublished(library: Library) -> Iterator[str]:
    """The files of drafts, and of their translations."""
    drafts = [module for module in library.modules if library.is_draft(module)]
    yield from (module.ms.source.file for module in drafts)
    names = {module.name for module in drafts}
    yield from (it.ms.source.file for it in library.translations if not it.of and it.name in names)


def _hides_names(library: Library, path: str) -> bool:
    return any(problem.code in _HIDING for problem in library.faults_of(path).problems)


def _one_file_a_module(library: Library) -> None:
    first: dict[str, ModuleFile] = {}
    for module in library.modules:
        if module.name is None or _is_misnamed(module):
            continue
        if module.name in first:
            message = f'{first[module.name].ms.source.file} is the module "{module.name}" already.'
            instead = "Give one of the two another name, or delete one file."
            module.ms.faults.error(module.name_line, "module-twice", message, instead)
        first.setdefault(module.name, module)


def _is_misnamed(module: ModuleFile) -> bool:
    """Has its file a name or a place that can't be used? It may be a translation, or no module at all."""
    return any(it.line == 1 and it.code in ("file-name", "file-place") for it in module.ms.faults.problems[:2])


def _check_renamed(library: Library) -> None:
    """A module that was published, is still spoken of, and has another name in its own file now."""
    known = {module.name for module in library.modules}
    wanted = {name for name in _spoken_of(library) if name not in known}
    published = library.files.get(LOCK, b"") if wanted else b""
    for name in sorted(wanted) if published else ():
        names = {it.decode() for it in re.findall(rb"(?m)^name %b/(\S+) " % re.escape(name.encode()), published)}
        likely = max(library.modules, key=lambda it: len(names & it.ms.named.keys()), default=None)
        if likely is None or len(names & likely.ms.named.keys()) * 2 <= len(names):
            continue
        library.renamed[name] = likely
        message = f'this module was published as "{name}", and a module keeps its name for ever.'
        instead = f"Type module: {name}. Its title and its file may be called anything."
        likely.ms.faults.error(likely.name_line, "name-left", message, instead)


def _spoken_of(library: Library) -> Iterator[str]:
    """The modules that other files name."""
    yield from library.order
    yield from (it.name for it in library.translations if not it.of and it.name)
    for module in library.modules:
        yield from (repeat.rate.rpartition("/")[0] for repeat in module.ms.repeats if "/" in repeat.rate)
        yield from (it.to for it in (module.module.changes if module.module else ()) if it.verb == "moved")


def _check_translations(library: Library) -> None:
    course = library.course
    check_languages(library.translations, course.lang if course else "")
    check_files(library.translations, library.files)
    modules: list[str | None] = [*(module.name for module in library.modules), *library.renamed]
    modules += [None] if _unread_files(library) else []
    check_sources(library.translations, course.name if course else None, modules)


def _check_order(library: Library, course: CourseFile) -> None:
    known = {module.name for module in library.modules if module.name} | library.renamed.keys()
    _check_mentioned(library, course.order, known, "module", "order-unknown")
    _check_mentioned(library, course.completed_of, known, "module", "completed-unknown")
    for module in course.completed_of:
        if module.name in known and module.name not in library.order:
            message = f'"{module.name}" is not in the order, and nobody can complete it.'
            instead = "Leave it out here, or add it to order:."
            course.ms.faults.error(module.line, "completed-draft", message, instead, module.column)
    need = course.completed.need or 0
    if need > len(course.order) and course.order and not course.completed_of:
        message = f"any {need} of {len(course.order)} modules can't be completed."
        instead = f"Type all, or any {len(course.order)} or less."
        course.ms.faults.error(course.completed_line, "completed-form", message, instead)
    renamed = [it.name for it in library.renamed.values()]
    for file in library.modules:
        if course.order and file.name and file.name not in [*library.order, *renamed]:
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
    if _unread_files(library) or (what == "module" and _nameless(library)):
        return
    faults = library.faults_of(COURSE)
    for it in mentioned:
        if it.name not in known:
            message = faults.unknown(f'there is no {what} "{it.name}"', it.name, sorted(known))
            faults.error(it.line, code, message, f"Type the name of a {what} of this course.", it.column)


def _unread_files(library: Library) -> bool:
    """Is there a text that could not be read? It may hold any name."""
    unread = (path for path, faults in library.faults.items() if faults.errors and path not in library.manuscripts)
    return any(path.endswith(".md") for path in unread)


def _nameless(library: Library) -> bool:
    return any(module.name is None for module in library.modules)


def _check_languages(library: Library, course: CourseFile) -> None:
    for module in library.modules:
        if course.lang and module.lang and module.lang != course.lang and not _is_misnamed(module):
            message = f'this module is in "{module.lang}", and the course in "{course.lang}".'
            instead = f"Type lang: {course.lang}."
            module.ms.faults.error(module.lang_line, "module-lang", message, instead)


def _check_moves(library: Library, module: ModuleFile) -> None:
    moves = [change for change in (module.module.changes if module.module else ()) if change.verb == "moved"]
    if not moves or _unread_files(library) or _nameless(library):
        return
    known = {other.name for other in library.modules if other.name} | library.renamed.keys()
    for change in moves:
        if change.to not in known:
            message = module.ms.faults.unknown(f'there is no module "{change.to}"', change.to, sorted(known))
            column = module.ms.source.column(change.line, change.to)
            others = sorted(known - {module.name or ""})
            instead = f"There are {listed(others)}." if others else "There is no other module."
            module.ms.faults.error(change.line, "moved-unknown", message, instead, column)


def _check_days(library: Library, module: ModuleFile) -> None:
    """Lines act in the order of their days: one of a day still to come is a slip, or waits behind all others.

    The next day's date is fine: it says the same a second time.
    """
    for change in module.module.changes if module.module and library.today else ():
        if library.today and change.on > library.today + timedelta(days=1):
            message = f"{change.on} is still to come."
            module.ms.faults.warn(change.line, "date-ahead", message, "Type the day you write the line.", change.column)


def _check_repeats(library: Library, module: ModuleFile) -> None:
    """Hold each Rate again against the Rate it names."""
    for repeat in module.ms.repeats:
        _check_repeat(library, module, repeat)


def _check_repeat(library: Library, module: ModuleFile, repeat: Repeat) -> None:
    """A Rate again names a Rate of this or another module."""
    owner, slash, name = repeat.rate.rpartition("/")
    found = [it for it in library.modules if it.name == owner] if slash else [module]
    found += [library.renamed[owner]] if owner in library.renamed else []
    where = found[0] if found else None
    if where is None and (_unread_files(library) or _nameless(library)):
        return
    if where and (name in where.ms.named or _hides_names(library, where.ms.source.file)):
        if name not in where.ms.named or where.ms.named[name].kind == Kind.RATE:
            _check_repeat_published(library, module, where, repeat)
            return
        message = f'"{repeat.rate}" is not a Rate.'
    else:
        rates = (key for key, it in where.ms.named.items() if it.kind == Kind.RATE) if where else ()
        message = module.ms.faults.unknown(f'there is no Rate "{repeat.rate}"', name, rates)
    others = [it for it in library.modules if name in it.ms.named and it.ms.named[name].kind == Kind.RATE]
    instead = "Type the name of a Rate, or module/name."
    if module in others:
        instead = f"Type {name}."
    elif others:
        instead = f"It stands in another module: type {others[0].name}/{name}."
    module.ms.faults.error(repeat.line, "same-as-unknown", message, instead, repeat.column)


def _check_repeat_published(library: Library, module: ModuleFile, where: ModuleFile, repeat: Repeat) -> None:
    if library.is_draft(where) and not library.is_draft(module) and where not in library.renamed.values():
        message = f'"{repeat.rate}" stands in a draft, and learners never see it.'
        instead = "Name a Rate of a published module."
        module.ms.faults.error(repeat.line, "same-as-draft", message, instead, repeat.column)
