"""Rows of courses, their releases and publications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, insert, select, update

from lms.learning.events import is_text
from lms.store.statements import insert_into
from lms.store.tables import (
    badge_versions,
    badges,
    courses,
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


def newest_publications(db: Connection) -> list[Newest]:
    """The newest publication of each course, in the order the courses were first published."""
    last = (
        select(publications.c.course_id, func.max(publications.c.publication_no).label("no"))
        .group_by(publications.c.course_id)
        .subquery()
    )
    shown = publications.c.publication_no, publications.c.release_id, publications.c.from_ms
    rows = db.execute(
        select(courses.c.course_id, courses.c.slug, *shown)
        .join(publications, publications.c.course_id == courses.c.course_id)
        .join(last, (last.c.course_id == publications.c.course_id) & (last.c.no == publications.c.publication_no))
        .order_by(courses.c.course_id)
    )
    return [Newest(*row) for row in rows]


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


def numbers(db: Connection, course_id: int) -> dict[Place, int]:
    """The number of every (module, name) the course ever had."""
    rows = db.execute(
        select(step_names.c.module, step_names.c.name, step_names.c.step_no).where(step_names.c.course_id == course_id)
    )
    return {(module, name): no for module, name, no in rows}


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


def keep_names(db: Connection, release_id: int, manifest: str) -> None:
    """The record of names has grown without a new release: keep it with the one made last."""
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
