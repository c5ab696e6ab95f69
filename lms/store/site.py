"""The one row about this installation."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from lms.store.statements import insert_into
from lms.store.tables import site


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


def timezone(db: Connection) -> str:
    """The zone in which this site's days are stored."""
    return db.execute(select(site.c.timezone)).scalar() or ""
