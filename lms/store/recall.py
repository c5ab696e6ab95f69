"""Rows that say which questions of earlier lessons are due: learning days, lessons finished, what was asked today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from lms.learning.events import EventKind
from lms.learning.progress import UNCOUNTED
from lms.store.tables import events, milestones


def _hers(table: Any, ids: Sequence[int], course_id: int) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = table.c.person_id.in_(list(ids)) & (table.c.course_id == course_id)
    return mine


def days_before(db: Connection, ids: Sequence[int], course_id: int, day: int, most: int) -> list[int]:
    """The last days before one on which somebody did something in a course, the latest first."""
    her_doing = events.c.kind.not_in([kind.value for kind in UNCOUNTED])
    found = select(events.c.day).where(_hers(events, ids, course_id), her_doing, events.c.day < day).distinct()
    return list(db.execute(found.order_by(events.c.day.desc()).limit(most)).scalars())


def lessons_finished_on(db: Connection, ids: Sequence[int], course_id: int, days: Sequence[int]) -> dict[int, int]:
    """Lesson -> the day, of those that somebody finished on some days, under one of her ids first."""
    found = select(milestones.c.name, milestones.c.day).where(
        _hers(milestones, ids, course_id), milestones.c.kind == "lesson"
    )
    first: dict[int, int] = {}
    for name, day in db.execute(found.order_by(milestones.c.day)):
        first.setdefault(int(name), day)
    return {no: day for no, day in first.items() if day in days}


def asked_on(db: Connection, ids: Sequence[int], course_id: int, day: int) -> dict[int, bool]:
    """Question that was asked again on a day -> whether it was answered, and never skipped."""
    asked = (events.c.kind == EventKind.RECALLED.value) & (events.c.day == day)
    rows = db.execute(select(events.c.step_no, events.c.mark).where(_hers(events, ids, course_id), asked))
    answered: dict[int, bool] = {}
    for step_no, mark in rows:
        answered[step_no] = answered.get(step_no, True) and mark is not None
    return answered
