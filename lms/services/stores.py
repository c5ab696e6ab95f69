"""Opening the database, bringing it up to date, and saying whether it is fit to serve."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

from lms.errors import Busy, CannotRun, DiskFull
from lms.store import people, schema, site
from lms.store.gate import Store

__all__ = [
    "Store",
    "can_write",
    "db_epoch",
    "has_people",
    "is_made",
    "migrate",
    "migrate_back",
    "not_ready",
    "open_store",
    "schema_differences",
]


def open_store(database_url: str, var: Path) -> Store:
    """The store of a database address; its files lie in `var/files`. Nothing is made or changed yet."""
    return Store(database_url, var / "files")


def is_made(store: Store) -> bool:
    """Whether our tables are there. To look makes nothing, and fails where the server can't be reached."""
    if store.is_sqlite and not Path(store.url.database or "").exists():
        return False
    return schema.current(store) is not None


def has_people(store: Store) -> bool:
    """Whether there is anybody whom something done to the whole database could take away."""
    if not is_made(store):
        return False
    with store.read() as db:
        return people.any_person(db)


def migrate(store: Store, zone: ZoneInfo, at_ms: int) -> str:
    """Bring the database up to date and return its revision. A no-op where it is, without loading Alembic.

    CannotRun where the database is newer than this version, or its days are in another zone.
    """
    newest = schema.newest()
    now = schema.current(store)
    if now is not None and now > newest:
        raise CannotRun(f"This database is at revision {now}, newer than this version knows ({newest}). Update lms.")
    if now is not None:
        with store.read() as db:
            _check_zone(site.timezone(db), zone)
    if now != newest:
        schema.migrate(store)
    with store.write() as db:
        site.make(db, token_hex(16), str(zone), at_ms)
        _check_zone(site.timezone(db), zone)  # another start may have made it
    return newest


def _check_zone(kept: str, zone: ZoneInfo) -> None:
    """Days are stored once, in the site's zone: in another each report would count other days."""
    if kept and kept != str(zone):
        raise CannotRun(f"This site's days are stored in the zone {kept}. Write LMS_TIMEZONE={kept}, not {zone}.")


def migrate_back(store: Store, revision: str, *, lose: bool = False) -> None:
    """Bring the schema back to a revision; what only newer revisions keep is lost.

    The caller holds the folder alone. CannotRun for an unknown revision and, without `lose`, where there are people.
    """
    if revision != "base" and revision not in schema.revisions():
        raise CannotRun(f"There is no revision {revision}. There are: base, {', '.join(schema.revisions())}.")
    if not lose and has_people(store):
        raise CannotRun("There are people in this database. Add --lose to lose what is kept of them only since then.")
    schema.back_to(store, revision)


def schema_differences(store: Store) -> list[str]:
    """Where the database and the package's tables disagree, in words for a developer."""
    return [str(difference) for difference in schema.differences(store)]


def db_epoch(store: Store) -> str:
    """Changes when the database is restored: a phone then sends again what a backup may have lost."""
    with store.read() as db:
        return site.epoch(db)


def can_write(store: Store) -> bool:
    """Whether anything can be saved: tried with a write that changes nothing."""
    try:
        with store.write() as db:
            site.write_as_it_is(db)
    except (DiskFull, Busy):
        return False
    return True


def not_ready(store: Store) -> str:
    """Why this site can't serve yet, or empty: the database answers, is up to date, and shows a course."""
    from lms.store import courses

    now = schema.current(store)
    if now != schema.newest():
        return f"The database is at revision {now or 'none'}, and {schema.newest()} is needed. Run lms migrate."
    with store.read() as db:
        if not courses.newest_publications(db):
            return "No course is published. Run lms publish FOLDER."
    return ""
