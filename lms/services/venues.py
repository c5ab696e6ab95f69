"""Venues: where an organisation's clubs meet, and how to get in with a buggy."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from lms.errors import AllAtOnce, NotFound, Refused
from lms.learning.people import Permission, Scope
from lms.services import typed
from lms.services.organisations import Area, tree
from lms.services.people import SignedIn, clean_name
from lms.store import audit
from lms.store import groups as group_rows
from lms.store import programmes as rows
from lms.store.gate import Store, retried
from lms.store.programmes import VenueRow

__all__ = ["VenueRow", "Venues", "keep", "mine"]


@dataclass(frozen=True)
class Venues:
    """The venues in reach, and what there is to choose from."""

    venues: tuple[VenueRow, ...]
    organisations: tuple[tuple[int, str], ...]
    areas: tuple[Area, ...]


def mine(store: Store, reader: SignedIn, now_ms: int) -> Venues:
    """The venues a person may change, in order of name."""
    scope = reader.scope(Permission.VENUE_CHANGE, now_ms)
    with store.read() as db:
        organisations = tuple(_organisations(db, scope))
        theirs = {its_id for its_id, _name in organisations}
        venues = tuple(it for it in rows.venue_rows(db) if it.organisation_id in theirs)
        return Venues(venues, organisations, tree(db))


@retried
def keep(store: Store, maker: SignedIn, venue: VenueRow, at_ms: int) -> None:
    """Change a venue, or add it where its id is 0. NotFound out of reach; Refused where something is wrong."""
    scope = maker.scope(Permission.VENUE_CHANGE, at_ms)
    name = address = note = ""
    checks = AllAtOnce()
    with checks:
        name = clean_name(venue.name, longest=120)
    with checks:
        address = typed.line(venue.address, "address", 300)
    with checks:
        note = typed.line(venue.note, "note", 500)
    checks.tell()
    said = {"name": name, "address": address, "note": note, "area_id": venue.area_id}
    with store.write() as db:
        theirs = {its_id for its_id, _name in _organisations(db, scope)}
        if venue.area_id is not None and venue.area_id not in {it.area_id for it in tree(db)}:
            raise Refused("Choose one of the areas shown.", "area")
        if venue.venue_id:
            there = {it.venue_id: it for it in rows.venue_rows(db) if it.organisation_id in theirs}
            if venue.venue_id not in there:
                raise NotFound
            rows.change_venue(db, venue.venue_id, **said)
        else:
            if venue.organisation_id not in theirs:
                raise Refused("Choose an organisation of yours.", "organisation")
            new = VenueRow(0, venue.organisation_id, venue.area_id, name, address, note)
            if any(it._replace(venue_id=0) == new for it in rows.venue_rows(db)):
                return  # a double tap
            rows.add_venue(db, {**said, "organisation_id": venue.organisation_id})
        audit.note(db, maker.person_id, "kept-venue", at_ms, maker.person_id, name)


def _organisations(db: Connection, scope: Scope) -> list[tuple[int, str]]:
    known = [(its_id, name) for its_id, _public, name in group_rows.organisation_rows(db)]
    return [it for it in known if scope.everywhere or it[0] in scope.organisations]
