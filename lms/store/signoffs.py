"""Rows of Tasks that were handed in, and of what was said to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, select

from lms.learning.events import SIGNING, EventKind
from lms.store.tables import events, step_names, words

_KINDS = sorted(kind.value for kind in {EventKind.TICKED, *SIGNING})


class HandedRow(NamedTuple):
    """Something a learner handed in, or what was said to it (`by_id`; None: she herself, or nobody)."""

    person_id: int
    event_id: UUID
    course_id: int
    step_no: int
    release_id: int
    kind: str
    mark: int | None
    lang: str
    at_ms: int
    by_id: int | None
    body: str | None


def of_people(db: Connection, ids: Iterable[int]) -> list[HandedRow]:
    """All that some learners handed in for Tasks and what was said to it, in the order it came."""
    same = and_(words.c.person_id == events.c.person_id, words.c.event_id == events.c.event_id)
    found = (
        select(*(events.c[name] for name in HandedRow._fields[:-1]), words.c.body)
        .join(words, same, isouter=True)
        .where(events.c.person_id.in_(list(ids)), events.c.kind.in_(_KINDS))
        .order_by(events.c.recorded_ms, events.c.seq, events.c.event_id)
    )
    return [HandedRow(*row) for row in db.execute(found)]


def unsigned(db: Connection, ids: Sequence[int], course_id: int, module: str | None) -> bool:
    """Whether a Task of a module (None: of the course) counts as signed off only because nobody was there to do it."""
    signed = (
        select(events.c.step_no, events.c.by_id)
        .where(events.c.person_id.in_(list(ids)), events.c.course_id == course_id)
        .where(events.c.kind == EventKind.SIGNED.value)
    )
    rows = db.execute(signed).all()
    alone = {row.step_no for row in rows if row.by_id is None} - {row.step_no for row in rows if row.by_id is not None}
    if module is None or not alone:
        return bool(alone)
    of = select(step_names.c.step_no).where(step_names.c.course_id == course_id, step_names.c.module == module)
    return not alone.isdisjoint(db.execute(of).scalars())
