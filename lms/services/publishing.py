"""From a folder of Markdown to what learners see: check, compile, publish.

The compiler and the sanitiser are heavy, so they are imported where they are used: a start that finds
every folder published already loads neither.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from lms.content.plan import QUIZ, BadgePlan, CoursePlan, canonical
from lms.content.problems import Problem, Severity
from lms.content.release import COMPILER, Names, Release, body_to_json, names_from_json, names_to_json
from lms.content.stored import key_to_json, plan_to_json
from lms.errors import CannotRun, LmsError
from lms.learning.badges import badge_says
from lms.store import courses as rows
from lms.store.gate import Store, retried

if TYPE_CHECKING:
    from lms.content.course import Course

Place = tuple[str, str]
MOST_FILES = 2_000


class CourseFaulty(LmsError):
    """A course with problems that stop it from being published."""

    def __init__(self, folder: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        first = f" The first: {errors[0]}" if errors else ""
        super().__init__(f"{folder} has {len(errors)} problem{'' if len(errors) == 1 else 's'}.{first}")


@dataclass(frozen=True)
class Ready:
    """A course's files, found sound: what is shown next. Nothing of it is stored yet."""

    sources: str
    release: Release | rows.ReleaseRow
    """A row where these files were published before."""
    before: rows.ReleaseRow | None = None
    """The release that was the newest when this one was made."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Published:
    """What a publication did. `new` is False where the same release was shown already."""

    course_id: int
    course: str
    hash: str
    publication_no: int
    new: bool
    warnings: tuple[Problem, ...]


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
        raise CannotRun(f"{folder} can't be read: {error.strerror}.") from error
    return found


def check(files: Mapping[str, bytes], today: date, known: Names | None = None) -> tuple[Problem, ...]:
    """Every problem of a course, those of freezing too where compiling finds none."""
    from lms.content.compile import compile as compile_course
    from lms.content.freeze import freeze

    compiled = compile_course(files, today=today)
    if compiled.course is None or _errors(compiled.problems):
        return compiled.problems
    return tuple(sorted({*compiled.problems, *freeze(compiled.course, known or Names()).problems}))


def compile_release(folder: str, files: Mapping[str, bytes], today: date) -> Release:
    """The frozen release of a course's files, as if for the first time. CourseFaulty where there is a problem."""
    course, warnings = _course(folder, files, today)
    return _frozen(folder, course, warnings, Names())[0]


def _course(folder: str, files: Mapping[str, bytes], today: date) -> tuple[Course, tuple[Problem, ...]]:
    from lms.content.compile import compile as compile_course

    compiled = compile_course(files, today=today)
    if compiled.course is None or _errors(compiled.problems):
        raise CourseFaulty(folder, compiled.problems)
    return compiled.course, compiled.problems


def _frozen(
    folder: str, course: Course, warnings: tuple[Problem, ...], known: Names
) -> tuple[Release, tuple[Problem, ...]]:
    from lms.content.freeze import freeze

    frozen = freeze(course, known)
    if frozen.release is None:
        raise CourseFaulty(folder, frozen.problems)
    return frozen.release, tuple(sorted({*warnings, *frozen.problems}))


def _errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def sources_hash(files: Mapping[str, bytes]) -> str:
    """Tells whether a folder was published before, by this compiler, without compiling it."""
    whole = hashlib.sha256(COMPILER.encode())
    for path, data in sorted(files.items()):
        whole.update(f"\n{path} {len(data)}\n".encode())
        whole.update(data)
    return whole.hexdigest()


def publish(
    store: Store, folder: str, files: Mapping[str, bytes], today: date, at_ms: int, by_id: int | None = None
) -> Published:
    """Show a course's files as they are now: one transaction, the whole release or nothing.

    Files that were published before are shown again as the release they were: that is how one rolls
    back. A no-op where that release is shown now. CourseFaulty where there is a problem.
    """
    return show(store, prepare(store, folder, files, today), at_ms, by_id)


@retried
def prepare(store: Store, folder: str, files: Mapping[str, bytes], today: date) -> Ready:
    """Compile and freeze a course's files against the names this site knows. CourseFaulty where there is a problem."""
    sources = sources_hash(files)
    with store.read() as db:
        known = rows.release_by_sources(db, sources)
    if known is not None:
        return Ready(sources, known)
    course, warnings = _course(folder, files, today)
    with store.read() as db:
        before = rows.last_release(db, course.course)
    names = names_from_json(json.loads(before.manifest)["names"]) if before else Names()
    release, problems = _frozen(folder, course, warnings, names)
    return Ready(sources, release, before, problems)


@retried
def show(store: Store, ready: Ready, at_ms: int, by_id: int | None = None) -> Published:
    """Show what was found sound. CannotRun where somebody else has published the course since."""
    release = ready.release
    if isinstance(release, rows.ReleaseRow):
        return _show_again(store, release, at_ms, by_id)
    slug = release.plan.course
    keep_files(store, release)
    with store.write() as db:
        course_id = rows.lock_course(db, slug)
        same = rows.release_by_sources(db, ready.sources)
        if same is None and rows.last_release(db, slug) != ready.before:
            raise CannotRun(f"{slug} was published by someone else just now. Publish again.")
        release_id = same.release_id if same else _store(db, course_id, ready, release, at_ms)
        number, new = _show(db, course_id, release_id, at_ms, by_id)
    return Published(course_id, slug, release.hash, number, new, ready.warnings)


def _show_again(store: Store, known: rows.ReleaseRow, at_ms: int, by_id: int | None) -> Published:
    with store.write() as db:
        slug = rows.slug_of(db, known.course_id)
        number, new = _show(db, rows.lock_course(db, slug), known.release_id, at_ms, by_id)
    return Published(known.course_id, slug, known.hash, number, new, ())


def _show(db: Connection, course_id: int, release_id: int, at_ms: int, by_id: int | None) -> tuple[int, bool]:
    """(number of the publication that shows a release, whether it is a new one)."""
    for newest in rows.newest_publications(db):
        if newest.course_id == course_id and newest.release_id == release_id:
            return newest.publication_no, False
    return rows.add_publication(db, course_id, release_id, at_ms, by_id), True


def keep_files(store: Store, release: Release) -> None:
    """Write a release's pictures under their hashes. One that is there is left; a half-written one never is."""
    store.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    for hash_, file in release.files.items():
        path = store.files / hash_
        if path.exists():
            continue
        half = store.files / f".{hash_}.{os.getpid()}"
        with half.open("wb") as out:
            out.write(file.data)
            out.flush()
            os.fsync(out.fileno())
        half.rename(path)
    settle(store.files)


def settle(folder: Path) -> None:
    """Make the names of new files durable: a row that is committed must never name a file that is not there."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _store(db: Connection, course_id: int, ready: Ready, release: Release, at_ms: int) -> int:
    """Every row of a new release; returns its id. Sources that come to a release made before are that release."""
    numbers = _number_names(db, course_id, release, at_ms)
    known = rows.release_by_hash(db, course_id, release.hash)
    if known and ready.before:
        plan = json.loads(ready.before.manifest)["plan"]
        rows.keep_sources(db, known.release_id, ready.sources)
        rows.keep_names(db, ready.before.release_id, _manifest(plan, release.names))
        return known.release_id
    manifest = _manifest(plan_to_json(release.plan), release.names)
    own = {"course_id": course_id, "hash": release.hash, "compiler": COMPILER, "sources_hash": ready.sources}
    release_id = rows.add_release(db, {**own, "manifest": manifest, "made_ms": at_ms})
    rows.add_files(
        db,
        (
            {"file_hash": hash_, "media_type": file.media_type, "bytes": len(file.data)}
            for hash_, file in sorted(release.files.items())
        ),
    )
    rows.add_release_parts(
        db,
        _step_rows(release, numbers, release_id),
        (
            {"release_id": release_id, "step_no": numbers[place], "key_json": canonical(key_to_json(key))}
            for place, key in sorted(release.keys.items())
        ),
        _page_rows(release, release_id),
    )
    for module, badge in _badges(release.plan):
        _store_badge(db, course_id, release.plan, module, badge)
    return release_id


def _manifest(plan: Mapping[str, object], names: Names) -> str:
    """What a release's own row holds: its plan, which never changes, and the record of names as it was made."""
    return canonical({"plan": plan, "names": names_to_json(names)})


def _number_names(db: Connection, course_id: int, release: Release, at_ms: int) -> dict[Place, int]:
    """Give every new name a number, or that of the name it had before; retire the removed."""
    known = rows.numbers(db, course_id)
    numbers = dict(known)
    for earlier, later in release.names.earlier.items():
        if earlier in known and later not in known:
            numbers[later] = known[earlier]
    free = max(known.values(), default=0) + 1
    kinds = {place: step.kind.value for place, step in release.plan.steps().items()}
    for place in kinds:
        if place not in numbers:
            numbers[place] = free
            free += 1
    new = {place: (no, _kind(release, kinds, place)) for place, no in numbers.items() if place not in known}
    rows.add_steps(db, course_id, new, at_ms)
    removed = [place for place, named in release.names.named.items() if named.removed]
    rows.retire_steps(db, course_id, [numbers[place] for place in removed if place in numbers], at_ms)
    return numbers


def _kind(release: Release, kinds: Mapping[Place, str], place: Place) -> str:
    return kinds[place] if place in kinds else release.names.named[place].kind


def _step_rows(release: Release, numbers: Mapping[Place, int], release_id: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for module in release.plan.modules:
        within = [(lesson.name, step) for lesson in module.lessons for step in lesson.steps]
        within += [(QUIZ, step) for step in (module.quiz.questions if module.quiz else ())]
        for position, (lesson, step) in enumerate(within, start=1):
            place = (module.module, step.name)
            found.append(
                {
                    "release_id": release_id,
                    "step_no": numbers[place],
                    "module": module.module,
                    "lesson": lesson,
                    "position": position,
                    "optional": step.optional,
                    "meaning_hash": release.names.named[place].meaning,
                }
            )
    return found


def _page_rows(release: Release, release_id: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for (module, lesson), fragments in sorted(release.pages.items()):
        body = body_to_json(fragments)
        place = {"release_id": release_id, "lang": release.plan.lang, "module": module, "lesson": lesson}
        found.append({**place, "body": body, "bytes": len(body.encode())})
    return found


def _badges(plan: CoursePlan) -> list[tuple[str, BadgePlan]]:
    """(module, badge) of every badge a release gives; the course's own under the empty name."""
    given = [(module.module, module.badge) for module in plan.modules] + [("", plan.badge)]
    return [(module, badge) for module, badge in given if badge is not None]


def _store_badge(db: Connection, course_id: int, plan: CoursePlan, module: str, badge: BadgePlan) -> None:
    """A badge of a release: a new one, or a new version where what it says has changed."""
    slug = f"{plan.course}/{module}" if module else plan.course
    said = badge_says(plan, module, badge)
    known = rows.badge_version(db, slug)
    if known is None:
        rows.add_badge_version(db, rows.add_badge(db, slug, course_id, module or None), 1, said)
    elif known[2] != said:
        rows.add_badge_version(db, known[0], known[1] + 1, said)
