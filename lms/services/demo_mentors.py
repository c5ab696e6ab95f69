"""The made-up mentor of the demo: Mira, who is Lena's for six months, with notes, messages and a placement.

In: the instant it is made at. Ids are derived, so making it twice makes it once.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.answers import MENTOR
from lms.learning.days import DAY_MS, day_of
from lms.learning.messages import Kind
from lms.learning.pairing import CHECK_IN, NOTE, RHYTHM_DAYS, as_date, as_day, last_day
from lms.learning.placing import monday_of
from lms.learning.ring import Outcome
from lms.services.demo_learning import SPACE
from lms.store import mentoring, messages, pairings, placements, ring
from lms.store.mentoring import GoalRow
from lms.store.messages import MessageRow, ThreadRow
from lms.store.pairings import PairingRow
from lms.store.placements import ConfirmationRow, HoursRow, PlacementRow
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
    _write(db, row, now_ms)
    at_ms = now_ms - _BEGAN * DAY_MS
    goal = "Write a letter for a job by myself."
    mentoring.add_goal(db, GoalRow(learner_id, _id("goal"), goal, at_ms, at_ms, learner_id, None, None))
    _work(db, learner_id, mentor_id, organisation_id, now_ms, zone)


_WORK = (
    (20, 180, "Made a week of posts for the shop."),
    (18, 240, "Took pictures of the new bread."),
    (13, 240, "Answered comments, and learned how to plan posts."),
    (11, 300, "Wrote the newsletter."),
    (4, 150, "Counted who reads the newsletter."),
)
"""How many days ago, minutes, and what she did."""


def _work(db: Connection, learner_id: int, mentor_id: int, organisation_id: int, now_ms: int, zone: ZoneInfo) -> None:
    """A business, and three weeks there: the first is confirmed, the second in dispute, the third waits."""
    today = as_date(day_of(now_ms, zone))

    def ago(days: int) -> int:
        return as_day(today - timedelta(days=days))

    firm = {"public_id": "demo-bakery", "organisation_id": organisation_id, "name": "Demo Bakery", "contact": "Bea"}
    firm |= {"email": "bakery@example.org", "phone": "", "checks": "visited insured safe", "made_ms": now_ms}
    placements.add_business(db, {**firm, "checked_day": ago(40), "agreement_day": ago(38)})
    (business_id,) = (it.business_id for it in placements.businesses_of(db, [organisation_id]))
    terms = {"starts_day": ago(21), "ends_day": ago(-62), "week_minutes": 600, "paid": True, "risks": ""}
    its_id, at_ms = _id("placement"), now_ms - 22 * DAY_MS
    nothing = dict.fromkeys(("by_id", "ended", "ended_day", "ended_ms", "later", "later_ms"))
    who = {"person_id": learner_id, "mentor_id": mentor_id, "organisation_id": organisation_id}
    row = {**who, **terms, **nothing, "placement_id": its_id, "business_id": business_id, "recorded_ms": at_ms}
    placements.add(db, PlacementRow(**row))  # type: ignore[arg-type]
    minutes: dict[int, int] = {}
    for days, length, what in _WORK:
        at_ms = now_ms - days * DAY_MS
        monday = monday_of(ago(days))
        minutes[monday] = minutes.get(monday, 0) + length
        new = _id(f"hours {days}")
        placements.log(db, HoursRow(learner_id, new, its_id, ago(days), length, what, None, at_ms, at_ms, None))
    first, second, *_rest = sorted(minutes)
    for week, right, said in ((first, True, None), (second, False, "We counted an hour less on the last day.")):
        count, new = minutes[week] - (0 if right else 60), _id(f"week {right}")
        word = ConfirmationRow(learner_id, its_id, week, new, True, count, right, said, None, now_ms - DAY_MS)
        placements.confirm(db, word)


_SAID = (
    (9, True, "Hello Mira. I am stuck in the lesson about passwords. Can we speak on Thursday?"),
    (8, False, "Hello Lena. Thursday suits me well, at seven as always. You are doing fine."),
)
"""How many days ago, whether she wrote it, and what."""


def _write(db: Connection, pairing: PairingRow, now_ms: int) -> None:
    """Two messages, which both have read."""
    learner_id, mentor_id, thread_id = pairing.person_id, pairing.mentor_id, _id("thread")
    first_ms, last_ms = now_ms - _SAID[0][0] * DAY_MS, now_ms - _SAID[-1][0] * DAY_MS
    thread = ThreadRow(
        learner_id, thread_id, Kind.MENTOR, pairing.organisation_id, None, pairing.pairing_id, first_ms, last_ms
    )
    messages.add(db, thread)
    messages.note_staff(db, thread, [mentor_id], first_ms)
    messages.see_as_staff(db, thread, mentor_id, last_ms, last_ms)
    for days, hers, words in _SAID:
        at_ms, author_id = now_ms - days * DAY_MS, learner_id if hers else mentor_id
        messages.write(db, MessageRow(learner_id, _id(words), thread_id, author_id, at_ms, at_ms, words))


def _id(what: str) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"mentor {what}")
