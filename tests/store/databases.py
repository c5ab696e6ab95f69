"""A store for each test: a database with two courses published, as it was at the start.

SQLite is a file copied from one made once. A PostgreSQL database is emptied and filled again with the
rows it began with. Neither waits for the disk: what is tested here is not whether it survives a power
cut (`tests/faults` does that).
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import event, insert, select

from lms.services import publishing, stores
from lms.services.stores import Store
from lms.store.tables import METADATA
from tests.services import written
from tests.store import partitioned

ZONE = ZoneInfo("Europe/London")
NOW_MS = 1_795_255_200_000
"""Saturday 21 November 2026, 10:00."""
KINDS = ("sqlite", "postgresql", "partitioned")
_numbers = itertools.count(1)


@dataclass
class Base:
    """A database as every test finds it. Of PostgreSQL `rows` are what to put back; one store serves all tests."""

    kind: str
    url: str
    folder: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    store: Store | None = None

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[Store]:
        """The store as it was, its files in a folder of its own."""
        shutil.copytree(self.folder / "files", folder / "files")
        if self.kind == "sqlite":
            shutil.copy(self.folder / "lms.db", folder)
            with closing(hasty(stores.open_store(f"sqlite:///{folder}/lms.db", folder))) as store:
                yield store
        else:
            self.store = self.store or stores.open_store(self.url, folder)
            self.store.files = folder / "files"
            self._put_back(self.store)
            yield self.store

    def _put_back(self, store: Store) -> None:
        empty = "; ".join(f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables))
        with store.write() as db:
            db.connection.driver_connection.execute(empty)
            for table in METADATA.sorted_tables:
                if rows := self.rows.get(table.name):
                    db.execute(insert(table), rows)


def hasty(store: Store) -> Store:
    """The same store, no longer waiting for the disk."""
    if store.is_sqlite:
        event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
    return store


class Bases(dict[str, Base]):
    """Kind -> database, each made when it is first asked for. They end with the cluster they are in."""

    def __init__(self, request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> None:
        super().__init__()
        self._request = request
        self._folders = folders

    def __missing__(self, kind: str) -> Base:
        folder = self._folders.mktemp(kind)
        base = Base(kind, f"sqlite:///{folder}/lms.db" if kind == "sqlite" else self._database(kind), folder)
        with closing(hasty(stores.open_store(base.url, folder))) as store:
            if kind == "partitioned":
                with store.write() as db:
                    partitioned.create(db)
            fill(store)
            if kind != "sqlite":
                base.rows = _rows(store)
        self[kind] = base
        return base

    def _database(self, kind: str) -> str:
        """An empty database that does not wait for the disk."""
        cluster: str = self._request.getfixturevalue("postgres_url")
        name = f"lms_{kind}_{next(_numbers)}"
        with psycopg.connect(cluster.replace("+psycopg", ""), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}".encode())
            db.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
        return f"{cluster.rpartition('/')[0]}/{name}"


@pytest.fixture(scope="session")
def bases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bases]:
    """The databases of a run of tests."""
    made = Bases(request, tmp_path_factory)
    yield made
    for base in made.values():
        if base.store:
            base.store.close()


def fill(store: Store) -> None:
    """Bring a database up to date and publish both courses."""
    stores.migrate(store, ZONE, NOW_MS)
    for files in (written.tea(), written.toast()):
        publishing.publish(store, "a test", files, written.TODAY, NOW_MS)


def _rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """What there is without anybody: the rows of ref tables."""
    ref = [table for table in METADATA.sorted_tables if table.info["class"] == "ref"]
    with store.read() as db:
        return {table.name: [dict(row) for row in db.execute(select(table)).mappings()] for table in ref}


def on(*kinds: str) -> list[Any]:
    """Kinds as parameters of a test, marked by what they need."""
    return [pytest.param(kind, marks=[] if kind == "sqlite" else [pytest.mark.postgres]) for kind in kinds]


@pytest.fixture(params=on("sqlite", "postgresql"))
def store(request: pytest.FixtureRequest, bases: Bases, tmp_path: Path) -> Iterator[Store]:
    """A store with both courses published and nobody in it, on each kind of database."""
    with bases[request.param].fresh(tmp_path) as opened:
        yield opened


every_kind = pytest.mark.parametrize("store", on(*KINDS), indirect=True)
"""For a test of the event path: also where every person and handle table is cut by hash."""
