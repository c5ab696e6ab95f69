"""A placement is completed: who placed her says so once every week is confirmed or settled, and she has a badge of it.

The badge names no business: where she worked and what she did there is hers to put in, as evidence.
"""

from __future__ import annotations

import hashlib
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.content import drawings
from lms.errors import N_, Refused
from lms.learning.days import day_of
from lms.learning.placing import BADGE, Unready, unready
from lms.services import hours, placements, typed
from lms.services.outcomes import Badge, award_badge
from lms.services.people import SignedIn
from lms.services.publishing import keep_file
from lms.store import audit, people
from lms.store import badges as badge_rows
from lms.store import courses as course_rows
from lms.store import placements as rows
from lms.store.events import Ledger
from lms.store.gate import Store, retried

LONGEST = 500
_SAID = {
    Unready.RUNNING: N_("It is not over yet. Note first that it ended."),
    Unready.UNSETTLED: N_("Some weeks are not confirmed yet. Settle them first."),
    Unready.SHORT: N_("Fewer hours count than were agreed. Write in a few words why it counts all the same."),
}
_SAYS = {
    "name": "Work placement",
    "rule": '{"kind":"placement"}',
    "criteria": "Worked at a local business for the hours that were agreed. Each week was confirmed or settled.",
    "skills": "[]",
    "title": "Work placement",
    "description": "A placement at a local business, with a mentor.",
    "lang": "en",
}


@retried
def complete(
    store: Store, giver: SignedIn, public_id: str, placement_id: UUID, note: str, at_ms: int, zone: ZoneInfo
) -> bool:
    """Call a placement completed and give the badge; False where that was done before.

    NotFound for who may not place her; Refused, with what to do first, and nothing is written.
    """
    why_short = typed.line(note, "note", LONGEST)
    badge = _badge(store)
    with store.write() as db:
        row = placements.in_reach(db, giver, public_id, placement_id, at_ms)
        people.lock(db, row.person_id)
        if row.completed_ms is not None:
            return False
        today = day_of(at_ms, zone)
        why = unready(row.span, row.week_minutes, hours.weeks_of(db, row, today), today)
        if why and not (why is Unready.SHORT and why_short):
            raise Refused(_SAID[why], "note")
        rows.change(db, row.person_id, placement_id, completed_ms=at_ms, completed_note=why_short or None)
        award_badge(Ledger(db, row.person_id, 0), badge, at_ms, at_ms)
        audit.note(db, row.person_id, "completed-placement", at_ms, giver.person_id)
    return True


def _badge(store: Store) -> Badge:
    """The badge, one for everybody: to a second placement's she can add what she did there."""
    picture = drawings.placement()
    picture_hash = hashlib.sha256(picture).hexdigest()
    keep_file(store, picture_hash, picture)
    with store.write() as db:
        course_rows.add_files(db, [{"file_hash": picture_hash, "media_type": "image/svg+xml", "bytes": len(picture)}])
        return badge_rows.say(db, BADGE, {**_SAYS, "picture_hash": picture_hash})
