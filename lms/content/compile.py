"""Compile: the files of a course become a `Course`, with every fault of all of them at once.

`{path: bytes}` in, a `Course` and `Problem`s out; the course is None where a problem is an error, and
what could be read of it stands in `sound`, for what is looked at next (`holding`). Each file
is read once by itself; then what they say of one another is held together. No file can make this raise:
whatever is in it, there is a sentence for its author.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from operator import attrgetter

from lms.content.assemble import assemble, unread_of
from lms.content.burden import warn_of_burdens, weights_of
from lms.content.cache import Shelf
from lms.content.collector import collector_paused
from lms.content.course import Course
from lms.content.crosscheck import check_all_links, check_course
from lms.content.faults import Faults
from lms.content.library import Library, read_files
from lms.content.modules import ModuleFile
from lms.content.problems import Problem, Severity
from lms.content.sealed import Store
from lms.content.strict import EVERY, raised


@dataclass(frozen=True)
class Compiled:
    """A course, or None; and its problems in the order of files and lines."""

    course: Course | None
    problems: tuple[Problem, ...]
    shelf: Shelf | None = field(default=None, compare=False)
    """What is kept of its modules, for freezing."""
    sound: Course | None = field(default=None, compare=False)
    """The course without the files that have faults of their own; None where not even course.md can be read."""


@collector_paused()
def compile(  # noqa: A001 - it is what it does
    files: Mapping[str, bytes],
    today: date | None = None,
    run_code: bool = False,
    strict: bool = False,
    cache: Store | None = None,
) -> Compiled:
    """Compile a folder. With `today`, facts that are due for review are warned of.

    `run_code`: the Python of Code steps is run, in a process of its own, to see whether their answers
    meet their checks. Only for files of the caller's own.

    `strict`: every warning is an error, as with `strict: all` in course.md.

    `cache`: what was read before, by this or another run, and is kept for the next.
    """
    shelf = None if cache is None else Shelf(cache)
    library = read_files(files, today, shelf)
    check_course(library)
    unread = unread_of(library)
    check_all_links(library)
    _check_codes(library, run_code)
    for module in library.modules:
        _warn_of_burdens(library, module, shelf)
    if shelf:
        shelf.close()
    about = EVERY if strict else _strict(library)
    sound = replace(assemble(library, library.course, unread), strict=about) if library.course else None
    problems = raised(_without_nameless(_sorted(library.faults.values()), sound), about)
    faulty = any(problem.severity == Severity.ERROR for problem in problems)
    return Compiled(None if faulty else sound, problems, shelf, sound)


def _warn_of_burdens(library: Library, module: ModuleFile, shelf: Shelf | None) -> None:
    """Warn, from memory where neither the module nor what it shows has changed."""
    if shelf is None or module.module is None:
        warn_of_burdens(library, module)
        return
    file, faults = module.ms.source.file, module.ms.faults
    weights = weights_of(library, module.ms)
    known = shelf.burdens(file, weights)
    if known is None:
        before = len(faults.problems)
        warn_of_burdens(library, module)
        shelf.put_burdens(file, weights, faults.problems[before:])
    else:
        faults.again(known)


def _without_nameless(problems: Iterable[Problem], sound: Course | None) -> Iterator[Problem]:
    """A heading of a published module that has no name is an error, which is told when names are held to the record."""
    published = {module.file for module in sound.modules} if sound else set()
    return (it for it in problems if it.code != "name-missing" or it.file not in published)


def _strict(library: Library) -> frozenset[str]:
    return library.course.strict if library.course else frozenset()


def _check_codes(library: Library, run_code: bool) -> None:
    with_code = [ms for ms in library.manuscripts.values() if ms.codes]
    if with_code:  # few courses have any, and what judges them takes a while to load
        from lms.content.codechecks import check_codes

        for ms in with_code:
            check_codes(ms, run_code)


def _sorted(faults: Iterable[Faults]) -> tuple[Problem, ...]:
    return tuple(sorted({problem for one in faults for problem in one.problems}, key=_ORDER))


_ORDER = attrgetter(*(it.name for it in fields(Problem)))
"""The order problems have by themselves, in one go: a file may have tens of thousands."""
