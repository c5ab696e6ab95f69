"""Doing the steps of a lesson from a form: reading on, answering, asking for a hint or the answer.

Each act is one event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.content.plan import Key, Kind, Sort, StepPlan
from lms.errors import Refused
from lms.learning.answers import ASKED, Answer, from_row, letters_of
from lms.learning.events import Event, EventKind, Refusal, check
from lms.learning.marking import Mark, mark_told
from lms.learning.shapes import Shape
from lms.learning.skills import first_of, point_before
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
    step_no: int = 0


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
    evidence: str = "",
    lang: str = "",
) -> UUID:
    """Record one act of a learner and return its event's id. Refused, with a sentence, where it can't be.

    `lang`: the language of the page she did it on; empty for the course's own.
    """
    own_id = form_id(event_id, [kind, answer, evidence] if evidence else [kind, answer])
    plan = shape.plan
    event = Event(own_id, plan.course, shape.hash, module, name, kind, lang or plan.lang, now_ms, 0, answer, evidence)
    result = record(store, catalogue, person_id, [event], now_ms, zone)[0]
    if result.result in ("refused", "conflict"):
        raise Refused(result.say, "answer")
    return own_id


def look_over(shape: Shape, module: str, name: str, kind: EventKind, answer: Answer, evidence: str = "") -> None:
    """Refused, with a sentence, for what could not be recorded: asked before a visitor becomes a guest by it."""
    event = Event(
        UUID(int=0), shape.plan.course, shape.hash, module, name, kind, shape.plan.lang, 0, 0, answer, evidence
    )
    try:
        check(event, shape)
    except Refusal as refusal:
        raise Refused(refusal.say, "answer") from refusal


def said(
    store: Store, catalogue: Catalogue, shape: Shape, person_id: int, event_id: UUID, lang: str = ""
) -> Said | None:
    """What she answered in one event of hers, and what is said to it in the language she reads now.

    None if there is no such event. Of practice alone: what is said to a quiz answer waits until the attempt is over.
    """
    with store.read() as db:
        row = rows.event(db, person_id, event_id)
    if row is None or row.course_id != shape.course_id or row.attempt_no or row.mark is None:
        return None
    seen = catalogue.release(row.release_id)
    if row.step_no not in seen.steps or seen.steps[row.step_no].kind not in ASKED:
        return None
    return _said(catalogue, seen, row.step_no, from_row(row.choice, row.body), row.lang, lang)


@dataclass(frozen=True)
class Kept:
    """What she last ticked, chose or wrote at a Task, a Rate or a Reflect. `seen_by`: who may read the words."""

    ticked: tuple[str, ...] = ()
    words: str = ""
    seen_by: str = ""


_KEPT_BY = {
    Kind.TASK: EventKind.TICKED,
    Kind.REFLECT: EventKind.REFLECTED,
    Kind.RATE: EventKind.RATED,
    Kind.RATE_AGAIN: EventKind.RATED,
}
KEPT = frozenset(_KEPT_BY)
"""Kinds whose page shows again what she gave it."""


def kept(store: Store, shape: Shape, person_id: int, step_no: int, others: Sequence[int] = ()) -> Kept | None:
    """What is kept of hers at a step of one of those kinds; None where there is nothing yet. `others`: ids of hers."""
    with store.read() as db:
        row = rows.newest(db, [person_id, *others], shape.course_id, step_no, _KEPT_BY[shape.steps[step_no].kind])
    return Kept(letters_of(row.choice), row.words or "", row.seen_by or "") if row else None


def first_rated(store: Store, shape: Shape, person_id: int, step_no: int, others: Sequence[int] = ()) -> str:
    """The point of a Rate again that she chose at the Rate it repeats; empty where she did not answer that."""
    first_no = first_of(shape, step_no)
    its = kept(store, shape, person_id, first_no, others) if first_no else None
    return point_before(shape, step_no, "".join(its.ticked)) if its else ""


def _said(catalogue: Catalogue, shape: Shape, no: int, answer: Answer, given_in: str, lang: str) -> Said:
    key = catalogue.key(shape, no, lang)
    return Said(answer, mark_told(shape.steps[no], catalogue.key(shape, no, given_in), key, answer), key, no)
