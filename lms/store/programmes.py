"""Rows of programmes, the partners and targets in them, and the venues where clubs meet."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from lms.store.tables import programmes, venues


class VenueRow(NamedTuple):
    """A place where clubs meet."""

    venue_id: int
    organisation_id: int
    area_id: int | None
    name: str
    address: str
    note: str


class ProgrammeRow(NamedTuple):
    """A funded project, from its first day to its last."""

    programme_id: int
    slug: str
    name: str
    starts_day: int
    ends_day: int


def venue_rows(db: Connection) -> list[VenueRow]:
    """Every venue, in order of name."""
    columns = (venues.c[name] for name in VenueRow._fields)
    return [VenueRow(*row) for row in db.execute(select(*columns).order_by(venues.c.name, venues.c.venue_id))]


def programme_rows(db: Connection) -> list[ProgrammeRow]:
    """Every programme, the newest first."""
    columns = (programmes.c[name] for name in ProgrammeRow._fields)
    newest = (programmes.c.starts_day.desc(), programmes.c.programme_id)
    return [ProgrammeRow(*row) for row in db.execute(select(*columns).order_by(*newest))]
