"""From what a folder compiles to, to what learners see: held against this site's records, stored and shown."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from lms.content.differences import disagreements
from lms.content.folder import translation_path
from lms.content.lock import Lock, known_names, lock_text
from lms.content.problems import Problem
from lms.content.release import Names, Release, acted_on, names_from_json
from lms.errors import CannotRun, NotFound
from lms.services import packing
from lms.services.compiling import (
    CourseFaulty,
    called,
    compiled_files,
    frozen_release,
    sound_course,
    sources_hash,
)
from lms.services.numbering import Numbering, number_names
from lms.services.releases import store_release
from lms.store import courses as rows
from lms.store.gate import Store, retried

if TYPE_CHECKING:
    from lms.content.course import Course
    from lms.content.sealed import Store as Cache


@dataclass(frozen=True)
class Published:
    """What a publication did. `new` is False where the same release was shown already."""

    course_id: int
    course: str
    hash: str
    publication_no: int
    new: bool
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class Prepared:
    """What would be published, and from what: nothing is written yet."""

    course: str
    sources: str
    again: rows.ReleaseRow | None = None
    """The release these files were once before: it is shown again as it was."""
    release: Release | None = None
    before: rows.ReleaseRow | None = None
    """The release made last, whose record of names this one follows."""
    warnings: tuple[Problem, ...] = ()
    translations: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(language, module) -> the file that translates it, or would."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Module -> its file."""


@retried
def prepare(
    store: Store,
    folder: str,
    files: Mapping[str, bytes],
    today: date,
    heed_lock: bool = True,
    strict: bool = False,
    cache: Cache | None = None,
) -> Prepared:
    """Compile a course's files and hold them against what was published. CourseFaulty where there is a problem.

    Files that were published before are shown again as the release they were: that is how one rolls back.
    Without `heed_lock`, a lock that disagrees with this site's records is passed over. `strict`: no warning is.
    """
    sources = sources_hash(files)
    with store.read() as db:
        again = rows.release_by_sources(db, sources)
        if again is not None and not strict:
            return Prepared(rows.slug_of(db, again.course_id), sources, again)
    compiled = compiled_files(files, today, strict, cache)
    before, lock = _published(store, files, called(compiled), cache)
    course = sound_course(folder, compiled, lock)
    if again is not None:
        return Prepared(course.course, sources, again)
    try:
        release, problems = frozen_release(folder, course, compiled, lock.names)
    except CourseFaulty:
        again = _shown_once(store, course, before) if before else None
        if again is None:
            raise
        return Prepared(course.course, sources, again)
    if before and heed_lock:
        _hold_against_lock(store, folder, files, before, release)
    release = replace(release, names=_dated(release.names, today))
    translations, paths = _translation_files(course, before), {it.module: it.file for it in course.modules}
    return Prepared(course.course, sources, None, release, before, problems, translations, paths)


def _translation_files(course: Course, before: rows.ReleaseRow | None) -> dict[tuple[str, str], str]:
    """Of every language there is, or was: deleting a file takes a language away."""
    shown = json.loads(before.manifest)["plan"].get("titles", ()) if before else ()
    found = {(lang, it.module): translation_path(it.file, lang) for lang in shown for it in course.modules}
    for lang, said in course.translations.items():
        found |= {(lang, it.module): translation_path(it.file, lang) for it in course.modules}
        found |= {(lang, module): it.file for module, it in said.modules.items()}
    return found


def _shown_once(store: Store, course: Course, before: rows.ReleaseRow) -> rows.ReleaseRow | None:
    """The release that these files made once, though the newest record of names will not have them any more.

    Its sources are known by those that made it last: a note or other line ends since then, and these are not.
    """
    from lms.content.freeze import freeze
    from lms.content.names import wordings

    said = wordings(course).items()
    with store.read() as db:
        for row in rows.releases_of(db, before.course_id):
            names = _names(row)
            if all(place in names.named and names.named[place].wording == wording for place, wording in said):
                release = freeze(course, names).release
                if release is not None and release.hash == row.hash:
                    return row
    return None


def _published(
    store: Store, files: Mapping[str, bytes], course: str, cache: Cache | None
) -> tuple[rows.ReleaseRow | None, Lock]:
    """The release made last, and the names that were published: as this site has them, else as the lock says."""
    with store.read() as db:
        before = rows.last_release(db, course)
    return before, Lock(course, _names(before)) if before else known_names(files, course, cache)


def _names(row: rows.ReleaseRow) -> Names:
    return names_from_json(json.loads(row.manifest)["names"])


def _dated(names: Names, today: date) -> Names:
    from lms.content.names import dated

    return dated(names, today)


def _hold_against_lock(
    store: Store, folder: str, files: Mapping[str, bytes], before: rows.ReleaseRow, release: Release
) -> None:
    """The site's records are the authority. A lock that says what they never said was written for another site."""
    lock = known_names(files, release.plan.course)
    if lock.problems or not disagreements(lock, _names(before), [release.names]):
        found = lock.problems
    else:
        with store.read() as db:
            older = (_names(row) for row in rows.releases_of(db, before.course_id))
            found = disagreements(lock, _names(before), (release.names, *older))
    if found:
        raise CourseFaulty(folder, found)


def lock_of(store: Store, course: str) -> str:
    """The text of a course's `names.lock`, as this site's records have it; NotFound for a course never published."""
    with store.read() as db:
        row = rows.last_release(db, course)
    if row is None:
        raise NotFound
    return lock_text(course, _names(row))


def publish(
    store: Store,
    folder: str,
    files: Mapping[str, bytes],
    today: date,
    at_ms: int,
    by_id: int | None = None,
    heed_lock: bool = True,
) -> Published:
    """Show a course's files as they are now: one transaction, the whole release or nothing.

    A no-op where that release is shown now. CourseFaulty where there is a problem.
    """
    return show(store, prepare(store, folder, files, today, heed_lock), at_ms, by_id)


@retried
def show(store: Store, prepared: Prepared, at_ms: int, by_id: int | None = None) -> Published:
    """Publish what was prepared, unless someone else has published the course meanwhile."""
    release, before = prepared.release, prepared.before
    if release is None:
        if prepared.again is None:
            raise ValueError("nothing was prepared")
        return _show_again(store, prepared.again, at_ms, by_id)
    keep_files(store, release)
    with store.write() as db:
        course_id = rows.lock_course(db, prepared.course)
        same = rows.release_by_sources(db, prepared.sources)
        if same is None and rows.last_release(db, prepared.course) != before:
            raise CannotRun(f"{prepared.course} was published by someone else just now. Publish again.")
        if same:
            number, new = _show(db, course_id, same.release_id, at_ms, by_id)
        else:
            numbering = number_names(rows.numbers(db, course_id), release)
            release_id = store_release(db, course_id, release, numbering, before, prepared.sources, at_ms)
            number, new = _show(db, course_id, release_id, at_ms, by_id)
            _mark_again(db, course_id, number, release, numbering, at_ms)
    return Published(course_id, prepared.course, release.hash, number, new, prepared.warnings)


def _mark_again(
    db: Connection, course_id: int, publication_no: int, release: Release, numbering: Numbering, at_ms: int
) -> None:
    """Ask for the job that marks stored answers to `remarked` steps again; a reopened one has none yet."""
    from lms.services import remark

    places = set(acted_on(release.acts, "remarked")) - set(acted_on(release.acts, "reopened"))
    steps = [numbering.numbers[place] for place in places if place in numbering.numbers]
    if steps:
        remark.enqueue(db, course_id, publication_no, steps, at_ms)


def _show_again(store: Store, known: rows.ReleaseRow, at_ms: int, by_id: int | None) -> Published:
    with store.write() as db:
        slug = rows.slug_of(db, known.course_id)
        number, new = _show(db, rows.lock_course(db, slug), known.release_id, at_ms, by_id)
    return Published(known.course_id, slug, known.hash, number, new, ())


def _show(db: Connection, course_id: int, release_id: int, at_ms: int, by_id: int | None) -> tuple[int, bool]:
    """(number of the publication that shows a release, whether it is a new one)."""
    from lms.services import released

    newest = next((it for it in rows.newest_publications(db) if it.course_id == course_id), None)
    if newest and newest.release_id == release_id:
        return newest.publication_no, False
    number = rows.add_publication(db, course_id, release_id, at_ms, by_id)
    if newest:  # of the first publication nobody is a learner yet
        released.enqueue(db, course_id, number, at_ms)
    return number, True


def keep_files(store: Store, release: Release) -> None:
    """Write a release's pictures under their hashes. One that is there is left; a half-written one never is."""
    store.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    for hash_, file in release.files.items():
        _keep_file(store, hash_, file.data)
        if file.media_type in packing.TEXT:
            packing.pack(packing.folder_of(store), hash_, file.data)
    settle(store.files)


def keep_file(store: Store, hash_: str, data: bytes) -> None:
    """Write one file under its hash, durably."""
    store.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep_file(store, hash_, data)
    settle(store.files)


def _keep_file(store: Store, hash_: str, data: bytes) -> None:
    path = store.files / hash_
    if path.exists():
        return
    half = store.files / f".{hash_}.{os.getpid()}"
    with half.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    half.rename(path)


def settle(folder: Path) -> None:
    """Make the names of new files durable: a row that is committed must never name a file that is not there."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
