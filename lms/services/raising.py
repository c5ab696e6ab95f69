"""The event that raises an answer's mark, and the answers that come after the job which looked for them.

A publication's job marks again what was stored when it ran. An answer to an older release that a phone
sends later is marked by the release she saw, as ever, and raised at once where a publication since has
declared its step `remarked` and finds it right: so what counts does not depend on when it arrived.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.content.plan import canonical
from lms.learning.days import day_of
from lms.learning.events import Event, EventKind
from lms.learning.progress import Recorded
from lms.learning.remark import quiz_of, remark_id, rises
from lms.learning.shapes import Shape
from lms.services.courses import Catalogue, Remark


@dataclass(frozen=True)
class Raised:
    """A `remarked` event: its id, what the fold sees of it, the release it was marked by."""

    event_id: UUID
    recorded: Recorded
    shape: Shape


def raised(
    catalogue: Catalogue, remarks: Iterable[Remark], shape: Shape, event: Event, answer: Recorded, lang: str
) -> Raised | None:
    """What raises an answer marked wrong that comes now: the first publication since her release to find it right.

    `lang`: the language it was given in.
    """
    no = answer.step_no
    for it in remarks:
        if no in it.steps and shape.release_id in it.before:
            by = catalogue.release(it.release_id)
            if no in by.steps and rises(by.steps[no], catalogue.key(by, no, lang), event.answer):
                at_ms, quiz = max(it.from_ms, answer.at_ms), quiz_of(shape, no)
                own_id = remark_id(shape.course_id, it.publication_no, event.event_id)
                return Raised(own_id, remarked(by, no, answer.attempt, at_ms, quiz), by)
    return None


def remarked(by: Shape, step_no: int, attempt: int, at_ms: int, quiz: int) -> Recorded:
    """An answer to this step, in this attempt of this quiz, is right by this release."""
    return Recorded(EventKind.REMARKED, step_no, by.release_id, attempt, 1, at_ms, quiz)


def row_of(event: Recorded, answer_id: UUID, lang: str, now_ms: int, zone: ZoneInfo) -> dict[str, Any]:
    """The columns of a `remarked` event, but for the key and the number in its course."""
    return {
        "kind": event.kind.value,
        "step_no": event.step_no,
        "release_id": event.release_id,
        "attempt_no": event.attempt,
        "lang": lang,
        "choice": canonical({"answer": str(answer_id), "quiz": event.quiz}),
        "mark": event.mark,
        "at_ms": event.at_ms,
        "recorded_ms": now_ms,
        "day": day_of(event.at_ms, zone),
        "by_id": None,
        "body_hash": None,
    }
