"""The store: one database, read freely, written through one gate.

`with store.read() as db:` and `with store.write() as db:` are the only ways in. On SQLite a write
holds a process-wide lock, then a blocking flock that all processes share, then BEGIN IMMEDIATE:
fair between writers (worst wait 0.1 s where SQLite's own busy handler reaches seconds). On
PostgreSQL it is a transaction.

Failures that another try may mend (rule 8 of the event path) become `Transient`; `retried` tries a
whole service function again, at most three times, but not after it has waited as long as anyone may
(`WaitedOut`). A service must therefore do nothing before its
transaction that may not be done twice.
"""

from __future__ import annotations

import errno
import fcntl
import os
import random
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lms.errors import Busy, DiskFull, ReadOnly

GATE_SECONDS = 5.0
"""How long a write waits for others: on SQLite until it is let in, on PostgreSQL for a lock."""
SETTLE_SECONDS = 1.0
"""How long emptying SQLite's log waits for who writes or reads: it can be done another time."""
STOPPED_SECONDS = 60.0
"""How long PostgreSQL leaves a transaction open whose client does nothing."""
TRIES = 3
_MENDABLE = ("40001", "40P01", "57P", "08", "25P03", "53300")
"""How the SQLSTATE of a failure begins that another try may mend."""
_WAITED_OUT = ("55P03", "SQLITE_BUSY")
"""Raised by PostgreSQL, and by SQLite's BEGIN IMMEDIATE, when someone kept a lock all that time."""
_FULL = ("53100", "SQLITE_FULL")
_READ_ONLY = ("25006", "SQLITE_READONLY")

P = ParamSpec("P")
T = TypeVar("T")


class Transient(Busy):
    """A write that did not happen and may succeed when tried again."""


class WaitedOut(Transient):
    """One that waited GATE_SECONDS for a lock: another try would wait as long again, and somebody waits for us."""


class Store:
    """An open database and its folder of files. Threads share it; a forked process opens its own."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = make_url(url)
        self.files = files
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._lock = threading.Lock()
        self._gates = threading.local()
        self._writer: Connection | None = None

    @contextmanager
    def read(self, *, snapshot: bool = False) -> Iterator[Connection]:
        """A connection for reading: each statement sees the newest, with `snapshot` all see the same."""
        with _NAMED, self.engine.connect() as db:
            if self.is_sqlite:
                yield from _bracketed(db, "BEGIN") if snapshot else (db,)
            elif snapshot:
                with db.execution_options(isolation_level="REPEATABLE READ").begin():
                    yield db
            else:
                yield db.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is durable when the block ends, or none of it is."""
        with _NAMED:
            if self.is_sqlite:
                until = time.monotonic() + GATE_SECONDS
                with self._gate().passed(until):
                    yield from _bracketed(_waiting(self._writing(), until), "BEGIN IMMEDIATE")
            else:
                with self.engine.begin() as db:
                    yield db

    def settle(self) -> bool:
        """Empty SQLite's log into the file, so that what was deleted stands in neither. False while somebody reads.

        PostgreSQL clears away what was deleted by itself.
        """
        if not self.is_sqlite:
            return True
        until = time.monotonic() + SETTLE_SECONDS
        with _NAMED, self._gate().passed(until):
            driver: Any = _waiting(self._writing(), until).connection.driver_connection
            busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def close(self) -> None:
        """Give every connection back. The store can't be used afterwards."""
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()
        self._gates = threading.local()

    def _gate(self) -> _Gate:
        """This thread's own way through, made after the fork: an inherited descriptor shares its lock."""
        gate: _Gate | None = getattr(self._gates, "gate", None)
        if gate is None or gate.process != os.getpid():
            gate = self._gates.gate = _Gate(f"{self.url.database}.gate", self._lock)
        return gate

    def _writing(self) -> Connection:
        """The connection this process writes on: whoever holds the gate has it alone."""
        if self._writer is None:
            self._writer = self.engine.connect()
        return self._writer


class _Gate:
    """One thread's way through the gate: its process's lock, then that of all processes.

    The file is opened on the way in and closed when its thread has ended.
    """

    def __init__(self, path: str, lock: threading.Lock) -> None:
        self.process = os.getpid()
        self._path = path
        self._lock = lock
        self._descriptor = -1

    @contextmanager
    def passed(self, until: float) -> Iterator[None]:
        """Busy where the others of this process are in until then."""
        if not self._lock.acquire(timeout=_left(until)):
            raise Busy
        try:
            if self._descriptor < 0:
                self._descriptor = self._open()
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        try:
            if self._descriptor >= 0:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        finally:
            self._lock.release()

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            if error.errno in (errno.EROFS, errno.EACCES):
                raise ReadOnly from error
            raise

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())


def _waiting(db: Connection, until: float) -> Connection:
    """SQLite itself waits for what is left of the time, where someone who knows no gate has the lock."""
    driver: Any = db.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout = {_left(until) * 1000:.0f}")
    return db


def _bracketed(db: Connection, begin: str) -> Iterator[Connection]:
    """A transaction on SQLite. It is begun by hand, because its driver would begin it too late and too weakly."""
    driver: Any = db.connection.driver_connection
    driver.execute(begin)
    with db.begin():
        yield db


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=16, max_overflow=16)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased must not lie on in the file, under no table
        connection.execute("PRAGMA journal_size_limit = 67108864")

    return engine


def _postgresql(url: str) -> Engine:
    waits = f"-c lock_timeout={GATE_SECONDS:g}s -c idle_in_transaction_session_timeout={STOPPED_SECONDS:g}s"
    engine = create_engine(url, pool_size=8, max_overflow=8, connect_args={"options": f"{waits} -c timezone=UTC"})

    @event.listens_for(engine, "checkout")
    def still_there(connection: Any, _record: object, _fairy: object) -> None:
        """A server says nothing to an idle connection unless to end it: after its restart nobody notices."""
        quiet = select.poll()
        quiet.register(connection.fileno(), select.POLLIN)
        if quiet.poll(0):
            raise DisconnectionError

    return engine


class _Named:
    """A driver's error leaves as this project's own, where there is one for it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        named = _name_of(error) if isinstance(error, Exception) else None
        if named is not None:
            raise named from error


_NAMED = _Named()


def _name_of(error: Exception) -> Exception | None:
    if isinstance(error, PoolTimeout):
        return Busy()
    if isinstance(error, OSError):
        return DiskFull() if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "")
    if code in _FULL:
        return DiskFull()
    if code.startswith(_READ_ONLY):
        return ReadOnly()
    if code in _WAITED_OUT:
        return WaitedOut()
    if code.startswith((*_MENDABLE, "SQLITE_BUSY", "SQLITE_LOCKED")) or (not code and _is_lost(cause)):
        return Transient()
    return None


def _is_lost(cause: object) -> bool:
    """Whether there is no connection to the server (any more): psycopg says so without a code."""
    kind = type(cause)
    return kind.__name__ == "OperationalError" and kind.__module__.startswith("psycopg")


def retried(service: Callable[P, T]) -> Callable[P, T]:
    """Run a service function again when its transaction failed in passing; after three tries or a long wait, Busy."""

    @wraps(service)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        for left in reversed(range(TRIES)):
            try:
                return service(*args, **kwargs)
            except WaitedOut:
                raise
            except Transient:
                if not left:
                    raise
                time.sleep(random.uniform(0.02, 0.2) * (TRIES - left))  # noqa: S311 - jitter is no secret
        raise Busy

    return tried
