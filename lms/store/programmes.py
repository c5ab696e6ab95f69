"""Rows of programmes, the partners and targets in them, and the venues where clubs meet."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from lms.store.statements import insert_into
from lms.store.tables import programme_organisations, programmes, targets, venues


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


def add_venue(db: Connection, values: dict[str, object]) -> int:
    """A place where clubs meet; returns its id."""
    return int(db.execute(insert(venues).values(**values).returning(venues.c.venue_id)).scalar_one())


def add_programme(db: Connection, values: dict[str, object]) -> int:
    """A programme without partners or targets; returns its id."""
    return int(db.execute(insert(programmes).values(**values).returning(programmes.c.programme_id)).scalar_one())


def add_partner(db: Connection, programme_id: int, organisation_id: int) -> None:
    """An organisation takes part in a programme; twice is once."""
    row = {"programme_id": programme_id, "organisation_id": organisation_id}
    db.execute(insert_into(db, programme_organisations).values(**row).on_conflict_do_nothing())


def add_target(db: Connection, programme_id: int, area_id: int, measure: str, number: int) -> None:
    """How many a programme wants to reach in an area; one that is there stays."""
    row = {"programme_id": programme_id, "area_id": area_id, "measure": measure, "number": number}
    db.execute(insert_into(db, targets).values(**row).on_conflict_do_nothing())
