"""The whole schema with every person and handle table cut by the hash of its key.

PostgreSQL then refuses a unique or primary key that lacks the key itself, as a distributed database would.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, Table, text

from lms.store import schema
from lms.store.tables import METADATA

PARTS = 3
KEYS = {"person": "person_id", "handle": "key_hash"}


def metadata() -> MetaData:
    """The tables of the package, cut."""
    cut = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        key = KEYS.get(table.info["class"])
        options = table.to_metadata(cut).dialect_options["postgresql"]
        options["with"] = {}  # how full a page may be is said of each part, not of the whole
        if key:
            options["partition_by"] = f"HASH ({key})"
    return cut


def create(db: Connection) -> None:
    """Make every table, its parts, and the row that says which revision this is."""
    metadata().create_all(db)
    for table in METADATA.sorted_tables:
        if table.info["class"] in KEYS:
            _cut(db, table)
    db.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
    db.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": schema.newest()})


def _cut(db: Connection, table: Table[Any]) -> None:
    for part in range(PARTS):
        name = f"{table.name}_{part}"
        db.execute(
            text(f"CREATE TABLE {name} PARTITION OF {table.name} FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})")
        )
