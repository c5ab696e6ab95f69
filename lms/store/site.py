"""The one row about this installation, and the one that stands for its command line."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from lms.store.statements import insert_into
from lms.store.tables import people, site

COMMAND_ID = 0
"""No person has it: hers are random, and lists of people begin after it."""


def make(db: Connection, epoch: str, timezone: str, at_ms: int) -> None:
    """Make the row the first time. The time zone is fixed then: days already stored are in it."""
    row = insert_into(db, site).values(site_id=1, db_epoch=epoch, timezone=timezone, made_ms=at_ms)
    db.execute(row.on_conflict_do_nothing())


def epoch(db: Connection) -> str:
    """Changes when the database is restored, so that phones send again what a backup may have lost."""
    return db.execute(select(site.c.db_epoch)).scalar() or ""


def set_epoch(db: Connection, value: str) -> None:
    """Begin a new epoch."""
    db.execute(update(site).values(db_epoch=value))


def write_as_it_is(db: Connection) -> None:
    """Write the row as it is: whether that can be done is all there is to know."""
    db.execute(update(site).values(made_ms=site.c.made_ms))


def timezone(db: Connection) -> str:
    """The zone in which this site's days are stored."""
    return db.execute(select(site.c.timezone)).scalar() or ""


def command(db: Connection, at_ms: int) -> int:
    """The id under which the audit keeps what a command did to nobody in particular. No handle leads to it."""
    nobody = {"person_id": COMMAND_ID, "public_id": "", "kind": "command", "display_name": "", "lang": "en"}
    row = insert_into(db, people).values(**nobody, wishes="{}", sign_in_epoch=0, made_ms=at_ms)
    db.execute(row.on_conflict_do_nothing())
    return COMMAND_ID
