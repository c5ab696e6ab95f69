"""Statements that each database words in its own way, and those compiled once for the hot path.

SQLAlchemy's own execution reaches 0.37-0.66 of the driver's rate on the record transaction; the
text it compiles is as good as any written by hand. Only `store.events` runs a `Statement`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql import ClauseElement

_PSYCOPG: Any = psycopg.dialect
_DIALECTS: dict[str, Any] = {"sqlite": sqlite.dialect(paramstyle="named"), "postgresql": _PSYCOPG()}
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(db: Connection, table: Any) -> Any:
    """An insert that knows `on_conflict_do_...`, which SQLAlchemy's own does not."""
    return _INSERTS[db.dialect.name](table)


class Statement:
    """A statement in the words of each database. `build` is given that database's own `insert`."""

    def __init__(self, build: Callable[[Any], ClauseElement]) -> None:
        self.texts = {name: str(build(_INSERTS[name]).compile(dialect=d)) for name, d in _DIALECTS.items()}
