"""Reminders: once a week, on the day she chose, if she has not been here and still wants them.

A worker asks for the job of a day at its first look of it. The job writes a letter for each person who is missed,
due at ten; whether she is still missed, and still wants it, is looked at again when it is sent (`posting`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from lms.learning.mail import REMINDER_LATE_MS, Kind, is_missed, reminded_at, weekday_of
from lms.services import jobs
from lms.services.jobs import At, Tools
from lms.services.mail import REMINDERS
from lms.store import mail as rows
from lms.store import merges
from lms.store.gate import Store, retried
from lms.store.mail import ConsentRow, MailRow

KIND = "remind"
PAGE = 200


def run(tools: Tools, args: Mapping[str, Any], at_key: str) -> Iterator[At]:
    """Write the letters of a day, one person a step."""
    day, after = int(args["day"]), int(at_key or 0)
    while ids := _chose(tools.store, weekday_of(day), after):
        for person_id in ids:
            yield At(str(person_id), _remind(tools, person_id, day))
        after = ids[-1]
    jobs.drop_ended(tools.store, KIND)


def _chose(store: Store, weekday: str, after: int) -> list[int]:
    with store.read() as db:
        return rows.who_chose(db, REMINDERS, weekday, after, PAGE)


@retried
def _remind(tools: Tools, person_id: int, day: int) -> int:
    """How many letters: none, or one to whoever she is by now."""
    due_ms, now_ms = reminded_at(day, tools.zone), tools.clock()
    with tools.store.write() as db:
        ids = merges.ids_of(db, person_id)
        if wanted(db, ids, weekday_of(day), max(now_ms, due_ms)) is None:
            return 0
        letter = MailRow(ids[0], uuid.uuid4(), Kind.REMINDER, f"remind-{day}", None, now_ms, due_ms, 0)
        return int(rows.add(db, letter._replace(late_ms=due_ms + REMINDER_LATE_MS)))


def wanted(db: Connection, ids: Sequence[int], weekday: str, at_ms: int) -> ConsentRow | None:
    """What somebody said yes to, where it asks for a reminder at an instant; None where it does not."""
    said = rows.consent(db, ids, REMINDERS)
    if said is None or said.chosen != weekday or not rows.address_of(db, ids):
        return None
    return said if is_missed(rows.last_here(db, ids), at_ms) else None
