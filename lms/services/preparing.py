"""An event made ready to be recorded: checked, marked and written out as a row. Nothing is locked or written here.

In: what a person did, and the release she saw. Out: what the record transaction (`events`) appends and folds,
with whatever raises its mark at once. It looks at releases and their keys, and never at what she did before.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace as replace_struct

from lms.learning.answers import audience, handed_in, in_row
from lms.learning.days import day_of
from lms.learning.events import Event, EventKind, Refusal, check, check_words
from lms.learning.marking import mark
from lms.learning.progress import Recorded
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue, Shelf
from lms.services.raising import raised, row_of
from lms.store.progress import First

_NOBODY = uuid.uuid5(uuid.NAMESPACE_URL, "lms signed by nobody")
COUNTED = frozenset({EventKind.ANSWERED, EventKind.RATED, EventKind.REFLECTED})
"""What counts among a month's answers."""


@dataclass(frozen=True)
class Prepared:
    """An event ready to be recorded. `order`: its place in the batch."""

    order: int
    event: Event
    shape: Shape
    recorded: Recorded
    """What the fold may look at."""
    row: dict[str, Any]
    """Its columns, but for the key and the number in its course."""
    raised: Prepared | None = None
    """Of a wrong answer to an older release: what says that it is right by a newer key, where it is."""

    @property
    def words(self) -> str:
        """What she typed; empty where she chose."""
        return self.event.answer if isinstance(self.event.answer, str) else self.event.evidence

    @property
    def seen_by(self) -> str:
        """Who may read it, for as long as it is kept."""
        return audience(self.shape.steps[self.recorded.step_no])

    @property
    def first(self) -> First:
        """Of what it brings about for the first time."""
        return First(self.recorded.at_ms, self.row["recorded_ms"], self.recorded.release_id)

    @property
    def is_answer(self) -> bool:
        """Whether it counts among a month's answers."""
        return self.event.kind in COUNTED


@dataclass(frozen=True)
class Now:
    """The instant of recording, and the day it is on this site; and who records it, where it is not she."""

    ms: int
    day: int
    zone: ZoneInfo
    by_id: int | None = None

    def day_of(self, at_ms: int) -> int:
        return self.day if at_ms == self.ms else day_of(at_ms, self.zone)


def prepare(catalogue: Catalogue, shelf: Shelf, order: int, event: Event, at_ms: int, now: Now) -> Prepared:
    """Check and mark an event. Refusal where it is about nothing we have, or says what can't be kept."""
    check_words(event.answer if isinstance(event.answer, str) else "", event.evidence)
    shape = _shape(catalogue, shelf, event)
    no = check(event, shape, together=now.by_id is not None)
    lang = _language(event, shape)
    marked = _mark(catalogue, event, shape, no, lang)
    recorded = Recorded(event.kind, no, shape.release_id, event.attempt, marked, at_ms)
    row = _row(event, recorded, lang, now)
    remark = _remark(catalogue, shelf, order, event, shape, recorded, lang, now) if _is_wrong(recorded) else None
    return Prepared(order, event, shape, recorded, row, remark)


def signed_by_nobody(handed: Prepared) -> Prepared:
    """What stands in the place of a sign-off where a Task is handed in and there is nobody who could give one."""
    own_id = uuid.uuid5(_NOBODY, str(handed.event.event_id))
    own = replace(handed.event, event_id=own_id, kind=EventKind.SIGNED, answer=(), evidence="")
    recorded = replace_struct(handed.recorded, kind=EventKind.SIGNED, mark=None)
    row = {**handed.row, "kind": EventKind.SIGNED.value, "choice": None, "mark": None, "by_id": None}
    return Prepared(handed.order, own, handed.shape, recorded, row | {"body_hash": own.body_hash})


def _language(event: Event, shape: Shape) -> str:
    """The language she read it in: the course's own where she names none it has. Nothing she did is lost for that."""
    return event.lang if event.lang in shape.plan.langs else shape.plan.lang


def _is_wrong(answer: Recorded) -> bool:
    return answer.kind is EventKind.ANSWERED and not answer.mark


def _remark(
    catalogue: Catalogue, shelf: Shelf, order: int, event: Event, shape: Shape, answer: Recorded, lang: str, now: Now
) -> Prepared | None:
    """What raises the mark of an answer that came after its key was put right."""
    it = raised(catalogue, shelf.remarks.get(shape.course_id, ()), shape, event, answer, lang)
    if it is None:
        return None
    row = row_of(it.recorded, event.event_id, lang[:16], now.ms, now.zone)
    own = replace(event, event_id=it.event_id, kind=EventKind.REMARKED, answer=())
    return Prepared(order, own, it.shape, it.recorded, row)


def _mark(catalogue: Catalogue, event: Event, shape: Shape, no: int, lang: str) -> int | None:
    """1 or 0: of an answer, whether it is right; of a Task, whether it is handed in whole."""
    step = shape.steps[no]
    if event.kind is EventKind.ANSWERED or (event.kind is EventKind.RECALLED and event.answer):
        return int(mark(step, catalogue.key(shape, no, lang), event.answer).right)
    return int(handed_in(step, event.answer, event.evidence)) if event.kind is EventKind.TICKED else None


def _shape(catalogue: Catalogue, shelf: Shelf, event: Event) -> Shape:
    current = shelf.courses.get(event.course)
    if current is None:
        raise Refusal("no-such-course", "We do not have this course.")
    shape = current if event.release == current.hash else catalogue.release_by_hash(current.course_id, event.release)
    if shape is None:
        raise Refusal("no-such-release", "This lesson is too old or was never published here.")
    return shape


def _row(event: Event, recorded: Recorded, lang: str, now: Now) -> dict[str, Any]:
    return {
        "kind": event.kind.value,
        "step_no": recorded.step_no,
        "release_id": recorded.release_id,
        "attempt_no": event.attempt,
        "lang": lang[:16],
        "choice": in_row(event.answer),
        "mark": recorded.mark,
        "at_ms": recorded.at_ms,
        "recorded_ms": now.ms,
        "day": now.day_of(recorded.at_ms),
        "by_id": now.by_id,
        "body_hash": event.body_hash,
    }
