"""Badges: hers, their public pages when she says so, and what a certificate says."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lms.errors import NotFound
from lms.learning.people import name_for_others
from lms.services.people import SignedIn
from lms.store import audit, handles
from lms.store import badges as rows
from lms.store.gate import Store, retried


@dataclass(frozen=True)
class Award:
    """A badge somebody has. `day_ms`: when she earned it. `module` is empty for a course's badge."""

    public_id: str
    name: str
    criteria: str
    picture: str
    course: str
    module: str
    release_id: int | None
    """The release she earned it by."""
    at_ms: int
    shown: bool
    revoked: bool
    holder: str
    """What everybody who may see it reads, she too: of who did not say she is 18 or over, one word."""
    shortened: bool
    """Whether that is less than her name."""
    own: bool


def mine(store: Store, person: SignedIn) -> list[Award]:
    """A person's own badges, the latest first."""
    with store.read() as db:
        found = rows.awards_of(db, person.person_id)
    return [_award(row, own=True) for row in found]


def page(store: Store, public_id: str, reader: SignedIn | None) -> Award:
    """A badge by the address of its page. NotFound unless it is the reader's own or shown to everybody."""
    with store.read() as db:
        handle = handles.find(db, "badge", public_id)
        row = rows.award(db, handle.person_id, handle.ref) if handle and handle.ref else None
    if row is None:
        raise NotFound
    own = reader is not None and reader.person_id == row.person_id
    if not own and (not row.shown or row.revoked_ms is not None):
        raise NotFound
    return _award(row, own)


@retried
def show(store: Store, person: SignedIn, public_id: str, shown: bool, at_ms: int) -> None:
    """Open the page of one's own badge to everybody, or close it again. The badge stays either way."""
    with store.write() as db:
        handle = handles.find(db, "badge", public_id)
        if handle is None or handle.person_id != person.person_id or not handle.ref:
            raise NotFound
        rows.show(db, person.person_id, handle.ref, shown)
        audit.note(db, person.person_id, "showed-badge" if shown else "hid-badge", at_ms, person.person_id, public_id)


def _award(row: rows.AwardRow, own: bool) -> Award:
    holder = name_for_others(row.display_name, json.loads(row.wishes).get("adult", ""))
    return Award(
        public_id=row.public_id,
        name=row.name,
        criteria=row.criteria,
        picture=row.picture_hash,
        course=row.slug or "",
        module=row.module or "",
        release_id=row.release_id,
        at_ms=row.at_ms,
        shown=row.shown,
        revoked=row.revoked_ms is not None,
        holder=holder,
        shortened=holder != row.display_name,
        own=own,
    )
