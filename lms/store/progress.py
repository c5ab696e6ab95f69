"""Rows of progress, for pages and for rebuilding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, tuple_

from lms.store.tables import enrolments, milestones, progress


class ProgressRow(NamedTuple):
    """A person's progress in one course, with the seed of her draws."""

    person_id: int
    course_id: int
    last_seq: int
    state: str
    fold_version: int
    done_count: int
    score: int
    last_at_ms: int | None
    draw_seed: int


_ROW = (
    progress.c.person_id,
    progress.c.course_id,
    progress.c.last_seq,
    progress.c.state,
    progress.c.fold_version,
    progress.c.done_count,
    progress.c.score,
    progress.c.last_at_ms,
    enrolments.c.draw_seed,
)
_JOINED = select(*_ROW).join(
    enrolments, (enrolments.c.person_id == progress.c.person_id) & (enrolments.c.course_id == progress.c.course_id)
)
# Built once, since every page of a lesson asks it.
_ONE = _JOINED.where(progress.c.person_id == bindparam("p"), progress.c.course_id == bindparam("c"))


def progress_of(db: Connection, person_id: int, course_id: int) -> ProgressRow | None:
    """One person in one course."""
    row = db.execute(_ONE, {"p": person_id, "c": course_id}).first()
    return ProgressRow(*row) if row else None


def all_progress(db: Connection, person_id: int) -> list[ProgressRow]:
    """One person in every course she began."""
    rows = db.execute(_JOINED.where(progress.c.person_id == person_id).order_by(progress.c.course_id))
    return [ProgressRow(*row) for row in rows]


def every_progress(db: Connection, page: int = 500) -> Iterator[ProgressRow]:
    """Everybody's progress, in key order, a page at a time: memory does not grow with people."""
    after = (-1, -1)
    key = tuple_(progress.c.person_id, progress.c.course_id)
    while True:
        rows = db.execute(
            _JOINED.where(key > after).order_by(progress.c.person_id, progress.c.course_id).limit(page)
        ).all()
        if not rows:
            return
        yield from (ProgressRow(*row) for row in rows)
        after = (rows[-1].person_id, rows[-1].course_id)


def progress_in(db: Connection, course_id: int, page: int = 500) -> Iterator[ProgressRow]:
    """Everybody's progress in one course, by their ids, a page at a time."""
    after = -1
    while True:
        more = _JOINED.where(progress.c.person_id > after, progress.c.course_id == course_id)
        rows = db.execute(more.order_by(progress.c.person_id).limit(page)).all()
        if not rows:
            return
        yield from (ProgressRow(*row) for row in rows)
        after = rows[-1].person_id


def milestones_of(db: Connection, person_id: int, course_id: int) -> set[tuple[str, str]]:
    """(kind, name) of every first time of a person in a course."""
    rows = db.execute(
        select(milestones.c.kind, milestones.c.name).where(
            milestones.c.person_id == person_id, milestones.c.course_id == course_id
        )
    )
    return {(kind, name) for kind, name in rows}
