"""Rows of courses, their releases and publications."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, delete, func, insert, select, update

from lms.content.plan import canonical
from lms.learning.events import is_text
from lms.store.statements import insert_into
from lms.store.tables import (
    badge_versions,
    badges,
    courses,
    enrolments,
    events,
    files,
    publications,
    release_keys,
    release_pages,
    release_steps,
    releases,
    step_names,
    steps,
)

Place = tuple[str, str]


class Newest(NamedTuple):
    """The publication a course shows now."""

    course_id: int
    slug: str
    publication_no: int
    release_id: int
    from_ms: int


class ReleaseRow(NamedTuple):
    """A stored release without its pages and keys."""

    release_id: int
    course_id: int
    hash: str
    manifest: str


_LAST = (
    select(publications.c.course_id, func.max(publications.c.publication_no).label("no"))
    .group_by(publications.c.course_id)
    .subquery()
)
_NEWEST = (
    select(courses.c.course_id, courses.c.slug, publications.c.publication_no, publications.c.release_id)
    .add_columns(publications.c.from_ms)
    .join(publications, publications.c.course_id == courses.c.course_id)
    .join(_LAST, (_LAST.c.course_id == publications.c.course_id) & (_LAST.c.no == publications.c.publication_no))
    .order_by(courses.c.course_id)
)
"""Asked more often than anything: built once."""


def newest_publications(db: Connection) -> list[Newest]:
    """The newest publication of each course, in the order the courses were first published."""
    return [Newest(*row) for row in db.execute(_NEWEST)]


def release(db: Connection, release_id: int) -> ReleaseRow | None:
    """A release by its id."""
    return _release(db, releases.c.release_id == release_id)


def release_by_hash(db: Connection, course_id: int, hash_: str) -> ReleaseRow | None:
    """A release by its content hash, as a phone names it."""
    if not is_text(hash_):
        return None
    return _release(db, (releases.c.course_id == course_id) & (releases.c.hash == hash_))


def release_by_sources(db: Connection, sources_hash: str) -> ReleaseRow | None:
    """The newest release made from exactly these sources."""
    return _release(db, releases.c.sources_hash == sources_hash)


def last_release(db: Connection, slug: str) -> ReleaseRow | None:
    """The release of a course made last, shown now or not: its record of names is the newest."""
    return _release(db, releases.c.course_id.in_(select(courses.c.course_id).where(courses.c.slug == slug)))


def releases_of(db: Connection, course_id: int) -> Iterator[ReleaseRow]:
    """Every release of a course, the one made last first."""
    found = select(releases.c.release_id, releases.c.course_id, releases.c.hash, releases.c.manifest)
    for row in db.execute(found.where(releases.c.course_id == course_id).order_by(releases.c.release_id.desc())):
        yield ReleaseRow(*row)


def _release(db: Connection, where: Any) -> ReleaseRow | None:
    found = db.execute(
        select(releases.c.release_id, releases.c.course_id, releases.c.hash, releases.c.manifest)
        .where(where)
        .order_by(releases.c.release_id.desc())
        .limit(1)
    ).first()
    return ReleaseRow(*found) if found else None


def lock_course(db: Connection, slug: str) -> int:
    """The id of a course, made where it is new; nobody else publishes it until the transaction ends."""
    db.execute(insert_into(db, courses).values(slug=slug).on_conflict_do_nothing())
    return int(db.execute(select(courses.c.course_id).where(courses.c.slug == slug).with_for_update()).scalar_one())


def slug_of(db: Connection, course_id: int) -> str:
    """The fixed name of a course."""
    return str(db.execute(select(courses.c.slug).where(courses.c.course_id == course_id)).scalar_one())


def numbers_in(manifest: Mapping[str, Any]) -> dict[Place, int]:
    """A release's own numbers, which stay: what was reopened has another one in later releases.

    None in a release that was made before anything could be reopened: its numbers are those of the course.
    """
    found = manifest.get("numbers", {}).items()
    return {(module, name): no for place, no in found for module, _, name in [place.partition("/")]}


def numbers(db: Connection, course_id: int) -> dict[Place, int]:
    """The number each (module, name) the course ever had has now; `name@number` holds one that was reopened."""
    rows = db.execute(
        select(step_names.c.module, step_names.c.name, step_names.c.step_no).where(step_names.c.course_id == course_id)
    )
    return {(module, name): no for module, name, no in rows}


def numbers_of_module(db: Connection, course_id: int, module: str) -> dict[str, int]:
    """The number of each name a module ever had, those it has lost to another module or name included."""
    if not is_text(module):
        return {}
    of = (step_names.c.course_id == course_id) & (step_names.c.module == module)
    return {row.name: row.step_no for row in db.execute(select(step_names.c.name, step_names.c.step_no).where(of))}


def key_json(db: Connection, release_id: int, step_no: int) -> str | None:
    """The key that marks a question of a release."""
    return db.execute(
        select(release_keys.c.key_json).where(
            release_keys.c.release_id == release_id, release_keys.c.step_no == step_no
        )
    ).scalar()


def page_body(db: Connection, release_id: int, lang: str, module: str, lesson: str) -> str | None:
    """The body of a page of a release."""
    return db.execute(
        select(release_pages.c.body).where(
            release_pages.c.release_id == release_id,
            release_pages.c.lang == lang,
            release_pages.c.module == module,
            release_pages.c.lesson == lesson,
        )
    ).scalar()


def media_type_of(db: Connection, file_hash: str) -> str | None:
    """The kind of a stored file, by the hash in an address."""
    if not is_text(file_hash):
        return None
    return db.execute(select(files.c.media_type).where(files.c.file_hash == file_hash)).scalar()


def files_of_kinds(db: Connection, kinds: Collection[str]) -> list[str]:
    """The hashes of every stored file of some kinds."""
    return list(db.execute(select(files.c.file_hash).where(files.c.media_type.in_(kinds))).scalars())


def badges_of(db: Connection, course_id: int) -> dict[str, tuple[int, int]]:
    """Module (empty: the course) -> (badge id, newest version)."""
    rows = db.execute(
        select(badges.c.module, badges.c.badge_id, func.max(badge_versions.c.version))
        .join(badge_versions, badge_versions.c.badge_id == badges.c.badge_id)
        .where(badges.c.course_id == course_id)
        .group_by(badges.c.module, badges.c.badge_id)
    )
    return {module or "": (badge_id, version) for module, badge_id, version in rows}


def badge_saying(db: Connection, course_id: int, module: str, said: Mapping[str, str]) -> tuple[int, int] | None:
    """(badge id, version) of a module's badge, or the course's: the newest that says just this. None for no badge.

    Where no version says it, the newest.
    """
    of = badges.c.module == module if module else badges.c.module.is_(None)
    same = and_(*(badge_versions.c[column] == text for column, text in said.items()))
    row = db.execute(
        select(badge_versions.c.badge_id, badge_versions.c.version)
        .join(badges, badges.c.badge_id == badge_versions.c.badge_id)
        .where(badges.c.course_id == course_id, of)
        .order_by(case((same, 0), else_=1), badge_versions.c.version.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def add_steps(db: Connection, course_id: int, new: Mapping[Place, tuple[int, str]], at_ms: int) -> None:
    """Names with the number and kind of what they stand for; numbers seen before are other names of a known step."""
    known = set(db.execute(select(steps.c.step_no).where(steps.c.course_id == course_id)).scalars())
    kinds = {no: kind for no, kind in new.values() if no not in known}
    _insert(db, steps, ({"course_id": course_id, "step_no": no, "kind": kind} for no, kind in sorted(kinds.items())))
    _insert(
        db,
        step_names,
        (
            {"course_id": course_id, "module": module, "name": name, "step_no": no, "since_ms": at_ms}
            for (module, name), (no, _kind) in sorted(new.items())
        ),
    )


def keep_own_numbers(db: Connection, course_id: int) -> None:
    """Write its numbers into each release that has none of its own, before they become others."""
    known = {"/".join(place): no for place, no in numbers(db, course_id).items()}
    for row in list(releases_of(db, course_id)):
        manifest = json.loads(row.manifest)
        if "numbers" not in manifest:
            keep_manifest(db, row.release_id, canonical({**manifest, "numbers": known}))


def number_again(db: Connection, course_id: int, numbers_: Mapping[Place, int], at_ms: int) -> None:
    """Names that were reopened: from now on another number is theirs. Releases made before keep their own."""
    for (module, name), no in sorted(numbers_.items()):
        db.execute(
            update(step_names)
            .where(step_names.c.course_id == course_id, step_names.c.module == module, step_names.c.name == name)
            .values(step_no=no, since_ms=at_ms)
        )


def retire_steps(db: Connection, course_id: int, gone: Iterable[int], at_ms: int) -> None:
    """Mark steps that no release to come will have."""
    for no in gone:
        db.execute(
            update(steps)
            .where(steps.c.course_id == course_id, steps.c.step_no == no, steps.c.retired_ms.is_(None))
            .values(retired_ms=at_ms)
        )


def add_release(db: Connection, values: Mapping[str, object]) -> int:
    """A release's own row; returns its id."""
    return int(db.execute(insert(releases).values(**values).returning(releases.c.release_id)).scalar_one())


def add_release_parts(
    db: Connection,
    steps_: Iterable[dict[str, object]],
    keys: Iterable[dict[str, object]],
    pages: Iterable[dict[str, object]],
) -> None:
    """The steps, keys and pages of a release just added."""
    _insert(db, release_steps, steps_)
    _insert(db, release_keys, keys)
    _insert(db, release_pages, pages)


def keep_sources(db: Connection, release_id: int, sources_hash: str) -> None:
    """Other sources have made the same release: know it by these from now on."""
    db.execute(update(releases).where(releases.c.release_id == release_id).values(sources_hash=sources_hash))


def keep_manifest(db: Connection, release_id: int, manifest: str) -> None:
    """What a release remembers of names and numbers has grown, without a new release."""
    db.execute(update(releases).where(releases.c.release_id == release_id).values(manifest=manifest))


def add_files(db: Connection, new: Iterable[dict[str, object]]) -> None:
    """Files by their hash; those already known are left as they are."""
    for row in new:
        db.execute(insert_into(db, files).values(**row).on_conflict_do_nothing())


def add_publication(db: Connection, course_id: int, release_id: int, at_ms: int, by_id: int | None) -> int:
    """Show a release from now on; returns the publication's number in its course."""
    last = db.execute(
        select(func.max(publications.c.publication_no)).where(publications.c.course_id == course_id)
    ).scalar()
    no = (last or 0) + 1
    db.execute(
        insert(publications).values(
            course_id=course_id, publication_no=no, release_id=release_id, from_ms=at_ms, by_id=by_id
        )
    )
    return no


def worked_in(db: Connection) -> set[int]:
    """The releases anybody has worked in."""
    begun, acted = select(enrolments.c.release_id).distinct(), select(events.c.release_id).distinct()
    return {*db.execute(begun).scalars(), *db.execute(acted).scalars()}


def forget_releases(db: Connection, course_id: int, newest: int, kept: Collection[int]) -> None:
    """On a throw-away site alone: delete a course's releases, but those kept and those its newest publications show.

    Anywhere else a release stays for ever.
    """
    of_course = publications.c.course_id == course_id
    shown = select(publications.c.release_id).where(of_course).order_by(publications.c.publication_no.desc())
    stay = {*kept, *db.execute(shown.limit(newest)).scalars()}
    every = db.execute(select(releases.c.release_id).where(releases.c.course_id == course_id)).scalars()
    for release_id in set(every) - stay:
        for table in (publications, release_pages, release_keys, release_steps, releases):
            db.execute(delete(table).where(table.c.release_id == release_id))


def badge_version(db: Connection, slug: str) -> tuple[int, int, dict[str, str]] | None:
    """A badge's id, newest version and what that version says."""
    row = (
        db.execute(
            select(badge_versions)
            .join(badges, badges.c.badge_id == badge_versions.c.badge_id)
            .where(badges.c.slug == slug)
            .order_by(badge_versions.c.version.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    said = {column: row[column] for column in ("name", "rule", "picture_hash", "criteria", "skills")}
    return row["badge_id"], row["version"], said


def add_badge(db: Connection, slug: str, course_id: int, module: str | None) -> int:
    """A new badge without a version; returns its id."""
    values = {"slug": slug, "course_id": course_id, "module": module}
    return int(db.execute(insert(badges).values(**values).returning(badges.c.badge_id)).scalar_one())


def add_badge_version(db: Connection, badge_id: int, version: int, said: Mapping[str, str]) -> None:
    """What a badge says from now on; awards keep the version they were given."""
    db.execute(insert(badge_versions).values(badge_id=badge_id, version=version, **said))


def _insert(db: Connection, table: Any, rows: Iterable[dict[str, object]]) -> None:
    listed = list(rows)
    if listed:
        db.execute(insert(table), listed)
