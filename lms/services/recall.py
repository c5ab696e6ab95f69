"""Asking again: which questions of earlier lessons a lesson opens with, and what she says to one.

An answer, or a skip, is an event of kind `recalled`. The fold passes over it (docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.errors import NotFound
from lms.learning import recall
from lms.learning.answers import Answer
from lms.learning.days import day_of
from lms.learning.events import EventKind
from lms.learning.places import Where
from lms.learning.recall import GAPS, Past
from lms.learning.shapes import Shape
from lms.services import practice
from lms.services.courses import Catalogue
from lms.store import recall as rows
from lms.store.gate import Store


def due(
    store: Store, where: Where, ids: Sequence[int], module: str, lesson: str, now_ms: int, zone: ZoneInfo
) -> tuple[int, ...]:
    """The questions to ask before a lesson is opened. `ids`: all that are she. Nobody who finished nothing is asked."""
    if not where.state.lessons:
        return ()
    today, course_id = day_of(now_ms, zone), where.shape.course_id
    with store.read() as db:
        days = rows.days_before(db, ids, course_id, today, max(GAPS))
        finished = rows.lessons_finished_on(db, ids, course_id, days) if days else {}
        asked = rows.asked_on(db, ids, course_id, today) if finished else {}
    return recall.due(where, Past(finished, days, asked), today, module, lesson)


def answer(
    store: Store,
    catalogue: Catalogue,
    shape: Shape,
    step_no: int,
    given: Answer,
    event_id: UUID,
    person_id: int,
    now_ms: int,
    zone: ZoneInfo,
    lang: str = "",
) -> UUID:
    """Record what she said to a question she was asked again, nothing for a skip; its event's id.

    Refused, with a sentence, where it can't be an answer. NotFound for what is no question of a lesson.
    """
    if step_no not in shape.lesson_of:
        raise NotFound
    module, name = shape.places[step_no]
    kind = EventKind.RECALLED
    return practice.act(
        store, catalogue, shape, module, name, kind, given, event_id, person_id, now_ms, zone, lang=lang
    )
