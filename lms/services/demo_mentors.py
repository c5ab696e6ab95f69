"""The made-up mentor of the demo: Mira, who is Lena's for six months, with check-ins, a note and a goal.

In: the instant it is made at. Ids are derived, so making it twice makes it once.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.answers import MENTOR
from lms.learning.days import DAY_MS, day_of
from lms.learning.pairing import CHECK_IN, NOTE, RHYTHM_DAYS, as_date, as_day, last_day
from lms.learning.ring import Outcome
from lms.services.demo_learning import SPACE
from lms.store import mentoring, pairings, ring
from lms.store.mentoring import GoalRow
from lms.store.pairings import PairingRow
from lms.store.ring import ContactRow

_BEGAN = 45
"""Days ago."""
_TALKS = (
    (CHECK_IN, 44, "First call. Evenings suit us both."),
    (CHECK_IN, 30, ""),
    (NOTE, 30, "Try the lesson about passwords before we speak again."),
    (CHECK_IN, 12, "It went well."),
)
"""What, how many days ago, in which words."""


def make(db: Connection, learner_id: int, mentor_id: int, organisation_id: int, now_ms: int, zone: ZoneInfo) -> None:
    """Pair them, and let them have spoken."""
    starts = as_day(as_date(day_of(now_ms, zone)) - timedelta(days=_BEGAN))
    row = PairingRow(
        person_id=learner_id,
        pairing_id=_id("pairing"),
        mentor_id=mentor_id,
        organisation_id=organisation_id,
        starts_day=starts,
        ends_day=last_day(starts),
        rhythm_days=RHYTHM_DAYS,
        ended_ms=None,
        after_id=None,
        by_id=None,
        recorded_ms=now_ms - _BEGAN * DAY_MS,
    )
    pairings.add(db, row)
    for number, (kind, days, words) in enumerate(_TALKS):
        at_ms = now_ms - days * DAY_MS
        its_id, said = _id(f"talk {number}"), words or None
        ring.add_contact(db, ContactRow(learner_id, its_id, mentor_id, kind, at_ms, at_ms, Outcome.SPOKE, said, MENTOR))
    at_ms = now_ms - _BEGAN * DAY_MS
    goal = "Write a letter for a job by myself."
    mentoring.add_goal(db, GoalRow(learner_id, _id("goal"), goal, at_ms, at_ms, learner_id, None, None))


def _id(what: str) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"mentor {what}")
