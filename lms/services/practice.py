"""Doing the steps of a lesson from a form: reading on, answering, asking for a hint or the answer.

Each act is one event. A visitor's answer is marked and kept nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.content.plan import Key, Kind, Sort, StepPlan
from lms.errors import Refused
from lms.learning.events import Answer, Event, EventKind, Refusal, check
from lms.learning.marking import Mark, mark
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue
from lms.services.events import form_id, record
from lms.store import events as rows
from lms.store.gate import Store


@dataclass(frozen=True)
class Said:
    """An answer given and what is said to it."""

    answer: Answer
    mark: Mark
    key: Key


def given(step: StepPlan, values: Sequence[str]) -> Answer:
    """The answer in a form's fields called `answer`."""
    if step.kind is Kind.QUESTION and step.sort in (Sort.WORDS, Sort.NUMBER):
        return values[0].strip() if values else ""
    return tuple(value for value in values if value)


def act(
    store: Store,
    catalogue: Catalogue,
    shape: Shape,
    module: str,
    name: str,
    kind: EventKind,
    answer: Answer,
    event_id: UUID,
    person_id: int,
    now_ms: int,
    zone: ZoneInfo,
) -> UUID:
    """Record one act of a learner and return its event's id. Refused, with a sentence, where it can't be."""
    own_id = form_id(event_id, [kind, answer])
    plan = shape.plan
    event = Event(own_id, plan.course, shape.hash, module, name, kind, plan.lang, now_ms, 0, answer)
    result = record(store, catalogue, person_id, [event], now_ms, zone)[0]
    if result.result in ("refused", "conflict"):
        raise Refused(result.say, "answer")
    return own_id


def try_out(catalogue: Catalogue, shape: Shape, module: str, name: str, answer: Answer) -> Said:
    """Mark a visitor's answer and forget it."""
    event = Event(UUID(int=0), shape.plan.course, shape.hash, module, name, EventKind.ANSWERED, "", 0, 0, answer)
    try:
        no = check(event, shape)
    except Refusal as refusal:
        raise Refused(refusal.say, "answer") from refusal
    return _said(catalogue, shape, no, answer)


def said(store: Store, catalogue: Catalogue, shape: Shape, person_id: int, event_id: UUID) -> Said | None:
    """What she answered in one event of hers, and what is said to it; None if there is no such event.

    Of practice alone: what is said to a quiz answer waits until the attempt is over.
    """
    with store.read() as db:
        row = rows.event(db, person_id, event_id)
    if row is None or row.course_id != shape.course_id or row.attempt_no or row.mark is None:
        return None
    answer: Answer = tuple(json.loads(row.choice)) if row.choice else (row.body or "")
    seen = catalogue.release(row.release_id)
    return _said(catalogue, seen, row.step_no, answer) if row.step_no in seen.steps else None


def _said(catalogue: Catalogue, shape: Shape, no: int, answer: Answer) -> Said:
    key = catalogue.key(shape, no)
    return Said(answer, mark(shape.steps[no], key, answer), key)
