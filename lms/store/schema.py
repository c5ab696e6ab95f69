"""The schema's history: bringing a database to the newest revision, or back.

Alembic is imported inside the functions: no web worker needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from lms.store.gate import Store

_MIGRATING = 7_206_177
"""Key of the lock that lets one process migrate at a time on PostgreSQL."""
_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(store: Store, revision: str = "head") -> None:
    """Bring the schema forward to a revision; a no-op where it is there."""
    from alembic import command

    with _config(store) as config:
        command.upgrade(config, revision)


def back_to(store: Store, revision: str) -> None:
    """Bring the schema back to a revision (`base`: none)."""
    from alembic import command

    with _config(store) as config:
        command.downgrade(config, revision)


def current(store: Store) -> str | None:
    """The revision the database is at; None for an empty one. Costs no import of alembic."""
    with store.engine.connect() as db:
        if not inspect(db).has_table("alembic_version"):
            return None
        return db.execute(text("SELECT version_num FROM alembic_version")).scalar()


def revisions() -> list[str]:
    """The revisions this version of the package knows, oldest first."""
    return sorted(path.stem.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def newest() -> str:
    """The newest revision this version of the package knows."""
    return revisions()[-1]


def differences(store: Store) -> list[Any]:
    """Where the database and the tables of the package disagree: nothing, after `migrate`."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from lms.store.tables import METADATA

    with store.engine.connect() as db:
        found = compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), METADATA)
    return list(found)


@contextmanager
def _config(store: Store) -> Iterator[Any]:
    """Alembic's configuration over one transaction of ours: a migration happens whole or not at all."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with store.write() as db:
        if not store.is_sqlite:
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        config.attributes["connection"] = db
        yield config
