"""Calendar feeds: a secret address that shows somebody's own phone when her clubs meet.

The address is a handle, of which only a hash is kept: it is shown once, and another one takes its place.
"""

from __future__ import annotations

import secrets

from lms.errors import Forbidden, NotFound
from lms.interop.calendar import Entry
from lms.learning.days import DAY_MS
from lms.learning.people import Permission, scope_of
from lms.services.people import SignedIn
from lms.store import audit, handles, merges
from lms.store import groups as group_rows
from lms.store import meetings as rows
from lms.store import people as people_rows
from lms.store import programmes as programme_rows
from lms.store.gate import Store, retried

_KIND = "calendar"
BACK_MS = 31 * DAY_MS
"""How far back a feed goes: a calendar keeps what it has seen."""
MOST = 300


def has_one(store: Store, person: SignedIn) -> bool:
    """Whether an address of hers works."""
    with store.read() as db:
        return handles.leads_any(db, _KIND, person.person_id)


@retried
def renew(store: Store, person: SignedIn, at_ms: int) -> str:
    """The code of a new address; the old one stops working. Forbidden for a guest, who is in no group."""
    if person.guest:
        raise Forbidden("Make an account first. Then your clubs can stand in your calendar.")
    code = secrets.token_urlsafe(24)
    with store.write() as db:
        people_rows.lock(db, person.person_id)
        handles.drop_all(db, _KIND, person.person_id)
        handles.add(db, _KIND, code, person.person_id, at_ms)
        audit.note(db, person.person_id, "made-calendar", at_ms, person.person_id)
    return code


@retried
def stop(store: Store, person: SignedIn, at_ms: int) -> None:
    """No address of hers works any more."""
    with store.write() as db:
        people_rows.lock(db, person.person_id)
        handles.drop_all(db, _KIND, person.person_id)
        audit.note(db, person.person_id, "stopped-calendar", at_ms, person.person_id)


def feed(store: Store, code: str, now_ms: int) -> list[Entry]:
    """Meetings of the groups she is in or runs now, cancelled ones too. NotFound for an address that leads nowhere."""
    with store.read() as db:
        handle = handles.find(db, _KIND, code)
    if handle is None:
        raise NotFound
    with store.read() as db:
        her_id = merges.kept_of(db, handle.person_id)
        if people_rows.person(db, her_id) is None:
            raise NotFound
        held = [row.held for row in people_rows.roles_of(db, [her_id])]
        runs = people_rows.groups_in(db, scope_of(held, Permission.MEETING_RUN, now_ms))
        mine = {*rows.groups_of(db, merges.ids_of(db, her_id)), *runs}
        groups = group_rows.group_rows(db, sorted(mine))
        found = rows.of_groups(db, groups, now_ms - BACK_MS, MOST)
        venues = {it.venue_id: f"{it.name}, {it.address}" for it in programme_rows.venue_rows(db)}
    return [_entry(it, venues.get(it.venue_id or 0, "")) for it in found]


def _entry(row: rows.MeetingRow, venue: str) -> Entry:
    cancelled = row.cancelled_ms is not None
    changed_ms = row.cancelled_ms or row.made_ms
    return Entry(row.public_id, row.starts_ms, row.minutes, row.place or venue, row.changes, cancelled, changed_ms)
