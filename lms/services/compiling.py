"""From a folder of Markdown to a release or to what is wrong with it. No store is asked.

The compiler and the sanitiser are heavy, so they are imported where they are used: a start that finds
every folder published already loads neither.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lms.content.collector import collector_paused
from lms.content.lock import LOCK, Lock, known_names
from lms.content.problems import Problem, Severity
from lms.content.release import COMPILER, Names, Release
from lms.errors import CannotRun, LmsError

if TYPE_CHECKING:
    from lms.content.compile import Compiled
    from lms.content.course import Course
    from lms.content.freeze import Frozen
    from lms.content.sealed import Store as Cache

MOST_FILES = 2_000


class CourseFaulty(LmsError):
    """A course with problems that stop it from being published."""

    def __init__(self, folder: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        first = f" The first: {errors[0]}" if errors else ""
        super().__init__(f"{folder} has {len(errors)} problem{'' if len(errors) == 1 else 's'}.{first}")


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a course's folder by its path inside; hidden ones are passed over. CannotRun if unreadable."""
    if not folder.is_dir():
        raise CannotRun(f"{folder} is not a folder. Name the folder that holds course.md.")
    found: dict[str, bytes] = {}
    try:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if any(part.startswith(".") for part in inside.parts) or path.is_symlink() or not path.is_file():
                continue
            found[inside.as_posix()] = path.read_bytes()
            if len(found) > MOST_FILES:
                raise CannotRun(f"{folder} holds more than {MOST_FILES} files. Is it the right folder?")
    except OSError as error:
        raise CannotRun(f"{error.filename or folder} can't be read: {error.strerror}.") from error
    return found


@dataclass(frozen=True)
class Looked:
    """What a course's files come to. `course` and `frozen` are None as far as a problem stands in the way."""

    problems: tuple[Problem, ...]
    course: Course | None = None
    names: Names | None = None
    """What was published, as `names.lock` says."""
    frozen: Frozen | None = None


@collector_paused()
def look(
    files: Mapping[str, bytes],
    today: date,
    run_code: bool = False,
    strict: bool = False,
    cache: Cache | None = None,
) -> Looked:
    """Look at a course: what stands in its files and, of those without faults, what learners and translations hang on.

    `run_code`: the Python of Code steps is tried out, in a process of its own. Only for files of one's own.
    `strict`: every warning is an error, as with `strict: all`.
    `cache`: where what compiling gave is kept, for the next time; here and below it changes nothing but the time.
    """
    from lms.content.compile import compile as compile_course
    from lms.content.freeze import freeze

    compiled = compile_course(files, today=today, run_code=run_code, strict=strict, cache=cache)
    lock = known_names(files, called(compiled), cache)
    if compiled.course is None or lock.problems:
        return Looked(_all_problems(compiled, lock), compiled.course)
    frozen = freeze(compiled.course, lock.names, compiled.shelf)
    problems = tuple(sorted({*compiled.problems, *frozen.problems}))
    return Looked(problems, compiled.course, lock.names, frozen)


def _all_problems(compiled: Compiled, lock: Lock) -> tuple[Problem, ...]:
    """What stops a course, and what stands against those of its files that have no fault of their own."""
    from lms.content.holding import held_against

    found = {*compiled.problems, *lock.problems}
    if compiled.sound and not lock.problems:
        found.update(held_against(compiled.sound, lock.names, compiled.shelf))
    return tuple(sorted(found))


def check(
    files: Mapping[str, bytes], today: date, run_code: bool = False, strict: bool = False, cache: Cache | None = None
) -> tuple[Problem, ...]:
    """Every problem that `look` finds."""
    return look(files, today, run_code, strict, cache).problems


def compile_release(folder: str, files: Mapping[str, bytes], today: date, cache: Cache | None = None) -> Release:
    """The frozen release of a course's files and their `names.lock`. CourseFaulty where there is a problem."""
    compiled = compiled_files(files, today, cache=cache)
    lock = known_names(files, called(compiled), cache)
    return frozen_release(folder, sound_course(folder, compiled, lock), compiled, lock.names)[0]


def compiled_files(
    files: Mapping[str, bytes], today: date, strict: bool = False, cache: Cache | None = None
) -> Compiled:
    """What compiling gives."""
    from lms.content.compile import compile as compile_course

    return compile_course(files, today=today, strict=strict, cache=cache)


def called(compiled: Compiled) -> str:
    """The fixed name of a course, whatever else is wrong with it; empty where that can't be read."""
    return compiled.sound.course if compiled.sound else ""


def sound_course(folder: str, compiled: Compiled, lock: Lock) -> Course:
    """A course without errors. CourseFaulty with all that can be found where there is one, in its lock too."""
    if compiled.course is None or lock.problems:
        raise CourseFaulty(folder, _all_problems(compiled, lock))
    return compiled.course


def frozen_release(
    folder: str, course: Course, compiled: Compiled, known: Names
) -> tuple[Release, tuple[Problem, ...]]:
    """A course held against the names that are known; every warning with it. CourseFaulty where it does not fit."""
    from lms.content.freeze import freeze

    frozen = freeze(course, known, compiled.shelf)
    problems = tuple(sorted({*compiled.problems, *frozen.problems}))
    if frozen.release is None:
        raise CourseFaulty(folder, problems)
    return frozen.release, problems


def sources_hash(files: Mapping[str, bytes]) -> str:
    """Tells whether a folder was published before, by this compiler, without compiling it.

    The lock is no source: publishing writes it.
    """
    whole = hashlib.sha256(COMPILER.encode())
    for path, data in sorted(files.items()):
        if path == LOCK:
            continue
        whole.update(f"\n{path} {len(data)}\n".encode())
        whole.update(data)
    return whole.hexdigest()


def course_of(files: Mapping[str, bytes]) -> str:
    """The fixed name a folder's course.md gives its course, whatever else is wrong with it; empty without one."""
    found = re.search(rb"(?m)^course:[ \t]*[\"']?([a-z][a-z0-9-]*)", files.get("course.md", b""))
    return found[1].decode() if found else ""
