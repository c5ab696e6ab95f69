"""Compile: the files of a course become a `Course`, with every fault of all of them at once.

`{path: bytes}` in, a `Course` and `Problem`s out; the course is None where a problem is an error.
Each file is read once by itself; then what they say of one another is held together. No file can
make this raise: whatever is in it, there is a sentence for its author.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lms.content.assemble import assemble
from lms.content.burden import warn_of_burdens
from lms.content.collector import collector_paused
from lms.content.course import Course
from lms.content.crosscheck import check_course, check_repeats, known_of
from lms.content.faults import Faults
from lms.content.library import read_files
from lms.content.links import Known, check_links
from lms.content.problems import Problem, Severity


@dataclass(frozen=True)
class Compiled:
    """A course, or None; and its problems in the order of files and lines."""

    course: Course | None
    problems: tuple[Problem, ...]


@collector_paused()
def compile(files: Mapping[str, bytes], today: date | None = None) -> Compiled:  # noqa: A001 - it is what it does
    """Compile a folder. With `today`, facts that are due for review are warned of."""
    library = read_files(files, today)
    check_course(library)
    for module in library.modules:
        warn_of_burdens(library, module)
    problems = _sorted(library.faults.values())
    if library.course is None or any(problem.severity == Severity.ERROR for problem in problems):
        return Compiled(None, problems)
    return Compiled(assemble(library, library.course), problems)


def compile_file(file: str, data: bytes, today: date | None = None) -> tuple[Problem, ...]:
    """The problems of one file alone: what it says of other files is not looked at."""
    library = read_files({file: data}, today)
    whole = known_of(library)
    known = Known(whole.paths, whole.names, whole.unsure, whole.facts, whole=False)
    for ms in library.manuscripts.values():
        check_links(ms, known)
    for module in library.modules:
        check_repeats(library, module, whole=False)
        warn_of_burdens(library, module)
    return _sorted(library.faults.values())


def _sorted(faults: Iterable[Faults]) -> tuple[Problem, ...]:
    return tuple(sorted({problem for one in faults for problem in one.problems}))
