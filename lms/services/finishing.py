"""The event that says a publication left a learner with nothing to do, whoever finds that out.

The job of a publication looks at everybody who has begun the course (`released`). What comes after it, an answer
to an older release (`events`) or a mark that is raised (`remark`), is looked at as it comes. All come to the same
event by the same id, so what is finished does not depend on when an answer arrived.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from lms.learning.days import day_of
from lms.learning.events import EventKind
from lms.learning.progress import Recorded, State, copy_of, fold
from lms.learning.shapes import Shape
from lms.store.courses import Newest

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lms released")


def released_id(course_id: int, publication_no: int, person_id: int) -> uuid.UUID:
    """One for each publication and learner."""
    publication = uuid.uuid5(_SPACE, f"{course_id} {publication_no}")
    return uuid.uuid5(publication, str(person_id))


def released(shape: Shape, from_ms: int, state: State) -> Recorded:
    """Never before the last thing she did: only then was there nothing left."""
    return Recorded(EventKind.RELEASED, 0, shape.release_id, 0, None, max(from_ms, state.last[0]))


def nothing_left(state: State, shown: Newest, shapes: Mapping[int, Shape], seed: int) -> Recorded | None:
    """The event that she has finished something by the release that is shown, if she has and never worked in it."""
    if shown.release_id in state.releases:
        return None
    event = released(shapes[shown.release_id], shown.from_ms, state)
    return event if fold(copy_of(state), event, shapes, seed).outcomes else None


def released_row(event: Recorded, lang: str, now_ms: int, zone: ZoneInfo) -> dict[str, Any]:
    """The columns of a `released` event, but for the key and the number in its course."""
    return {
        "kind": event.kind.value,
        "step_no": None,
        "release_id": event.release_id,
        "attempt_no": 0,
        "lang": lang[:16],
        "choice": None,
        "mark": None,
        "at_ms": event.at_ms,
        "recorded_ms": now_ms,
        "day": day_of(event.at_ms, zone),
        "by_id": None,
        "body_hash": None,
    }
