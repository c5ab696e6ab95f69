"""Rows of progress, for pages and for rebuilding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, tuple_, update

from lms.store.tables import awards, enrolments, events, learner_months, milestones, progress


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
_SAME = (enrolments.c.person_id == progress.c.person_id) & (enrolments.c.course_id == progress.c.course_id)
_JOINED = select(*_ROW).join(enrolments, _SAME)
# Built once, since every page of a lesson asks it.
_ONE = _JOINED.where(progress.c.person_id == bindparam("p"), progress.c.course_id == bindparam("c"))


def progress_of(db: Connection, person_id: int, course_id: int) -> ProgressRow | None:
    """One person in one course."""
    row = db.execute(_ONE, {"p": person_id, "c": course_id}).first()
    return ProgressRow(*row) if row else None


def seeds_of(db: Connection, person_ids: Sequence[int], course_id: int) -> dict[int, int]:
    """Of which seed the draws are of some people who began a course."""
    found = select(enrolments.c.person_id, enrolments.c.draw_seed)
    of = found.where(enrolments.c.person_id.in_(list(person_ids)), enrolments.c.course_id == course_id)
    return {row.person_id: row.draw_seed for row in db.execute(of)}


def courses_begun(db: Connection, person_ids: Sequence[int]) -> list[int]:
    """The courses that any of some people began, in the order of their ids."""
    found = select(enrolments.c.course_id).where(enrolments.c.person_id.in_(list(person_ids)))
    return list(db.execute(found.distinct().order_by(enrolments.c.course_id)).scalars())


def first_enrolment(db: Connection, person_ids: Sequence[int], course_id: int) -> dict[str, Any]:
    """The facts of the moment the first of some people began a course."""
    of = enrolments.c.person_id.in_(list(person_ids)) & (enrolments.c.course_id == course_id)
    found = select(enrolments).where(of).order_by(enrolments.c.recorded_ms, enrolments.c.person_id)
    row = dict(db.execute(found.limit(1)).mappings().one())
    return {name: value for name, value in row.items() if name not in ("person_id", "course_id")}


def has_done(db: Connection, person_id: int, course_id: int) -> bool:
    """Whether there is anything of a person in a course but that she began it."""
    key = {"p": person_id, "c": course_id}
    return any(db.execute(_mine(table, table.c.course_id).limit(1), key).first() for table in (events, milestones))


def forget_begun(db: Connection, person_id: int, course_id: int) -> None:
    """She has not begun a course after all."""
    for table in (progress, enrolments):
        db.execute(delete(table).where(table.c.person_id == person_id, table.c.course_id == course_id))


def mark_part(db: Connection, person_id: int, course_id: int, version: int) -> None:
    """Say in place of the fold's version what a person's progress is."""
    mine = (progress.c.person_id == person_id) & (progress.c.course_id == course_id)
    db.execute(update(progress).where(mine).values(fold_version=version))


def all_progress(db: Connection, person_id: int) -> list[ProgressRow]:
    """One person in every course she began."""
    rows = db.execute(_JOINED.where(progress.c.person_id == person_id).order_by(progress.c.course_id))
    return [ProgressRow(*row) for row in rows]


class Enrolled(NamedTuple):
    """Somebody who began a course, and her progress in it: None where its row is missing."""

    person_id: int
    course_id: int
    draw_seed: int
    progress: ProgressRow | None


_KEY = (enrolments.c.person_id, enrolments.c.course_id)
_ENROLLED = select(*_KEY, enrolments.c.draw_seed, *_ROW).outerjoin_from(enrolments, progress, _SAME)
_ONE_ENROLLED = _ENROLLED.where(enrolments.c.person_id == bindparam("p"), enrolments.c.course_id == bindparam("c"))


def _enrolled(row: Sequence[Any]) -> Enrolled:
    person_id, course_id, seed, *rest = row
    return Enrolled(person_id, course_id, seed, ProgressRow(*rest) if rest[0] is not None else None)


def enrolled(db: Connection, person_id: int, course_id: int) -> Enrolled | None:
    """One person who began a course."""
    row = db.execute(_ONE_ENROLLED, {"p": person_id, "c": course_id}).first()
    return _enrolled(row) if row else None


def every_enrolled(db: Connection, page: int = 500) -> Iterator[Enrolled]:
    """Everybody who began a course, in key order, a page at a time: memory does not grow with people."""
    after = (-1, -1)
    while True:
        rows = db.execute(_ENROLLED.where(tuple_(*_KEY) > after).order_by(*_KEY).limit(page)).all()
        if not rows:
            return
        yield from map(_enrolled, rows)
        after = (rows[-1][0], rows[-1][1])


def states_of(db: Connection, course_id: int, page: int = 1_000) -> Iterator[list[tuple[int, str]]]:
    """The progress of everybody who has begun a course, (person, state), a page at a time in the order of keys.

    Who was merged into another is in the other's.
    """
    after = -1
    found = select(progress.c.person_id, progress.c.state).where(
        progress.c.person_id > bindparam("after"), progress.c.course_id == course_id, progress.c.fold_version >= 0
    )
    found = found.order_by(progress.c.person_id).limit(page)
    while read := db.execute(found, {"after": after}).all():
        yield [(person_id, state) for person_id, state in read]
        after = read[-1].person_id


def progress_after(db: Connection, course_id: int, person_id: int, most: int) -> list[ProgressRow]:
    """The progress of the next learners of a course, by their ids."""
    more = _JOINED.where(progress.c.person_id > person_id, progress.c.course_id == course_id)
    return [ProgressRow(*row) for row in db.execute(more.order_by(progress.c.person_id).limit(most))]


class First(NamedTuple):
    """When something was so for the first time, when that was learned of, and by which release."""

    at_ms: int
    recorded_ms: int
    release_id: int


class Month(NamedTuple):
    """What was recorded of a person in a course in a month. A bit is a day."""

    day_bits: int
    answers: int
    lessons: int


def _mine(table: Any, *columns: Any) -> Any:
    return select(*columns).where(table.c.person_id == bindparam("p"), table.c.course_id == bindparam("c"))


_FIRST = (milestones.c.at_ms, milestones.c.recorded_ms, milestones.c.release_id)
_FIRSTS = _mine(milestones, milestones.c.kind, milestones.c.name, *_FIRST)
_MONTH = (learner_months.c.day_bits, learner_months.c.answers, learner_months.c.lessons)
_MONTHS = _mine(learner_months, learner_months.c.month, *_MONTH)
_BADGES = select(awards.c.badge_id).where(awards.c.person_id == bindparam("p"))


def milestones_of(db: Connection, person_id: int, course_id: int) -> dict[tuple[str, str], First]:
    """Every first time of a person in a course, by (kind, name)."""
    rows = db.execute(_FIRSTS, {"p": person_id, "c": course_id})
    return {(kind, name): First(*first) for kind, name, *first in rows}


def months_of(db: Connection, person_id: int, course_id: int) -> dict[int, Month]:
    """A person's months in a course."""
    rows = db.execute(_MONTHS, {"p": person_id, "c": course_id})
    return {month: Month(*counted) for month, *counted in rows}


def badges_held(db: Connection, person_id: int) -> set[int]:
    """The ids of the badges a person has, of whatever course."""
    return set(db.execute(_BADGES, {"p": person_id}).scalars())
