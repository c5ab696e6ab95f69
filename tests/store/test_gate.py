"""The store's two doors: what is written is there whole or not at all, and failures have names of ours."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, select, text, update

from lms.errors import Busy, DiskFull
from lms.services.stores import Store, open_store
from lms.store import gate
from lms.store.gate import Transient, retried
from lms.store.tables import site as table
from tests.services.site import at_once
from tests.store.databases import Bases, on

only_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("store", on("postgresql"), indirect=True)


def epoch(db: Connection) -> str:
    return db.execute(select(table.c.db_epoch)).scalar_one()


def set_epoch(db: Connection, value: str) -> None:
    db.execute(update(table).values(db_epoch=value))


def test_a_write_is_there_for_everyone_when_it_ends_and_for_nobody_before(store: Store):
    with store.write() as db:
        set_epoch(db, "new")
        with store.read() as other:
            assert epoch(other) != "new"
    with store.read() as db:
        assert epoch(db) == "new"


def test_a_write_that_breaks_leaves_nothing_and_the_next_one_works(store: Store):
    def half(error: BaseException) -> None:
        with store.write() as db:
            set_epoch(db, "half")
            raise error

    for error in (KeyError("one"), KeyboardInterrupt(), GeneratorExit()):
        with pytest.raises(type(error)):
            half(error)
    with store.write() as db:
        assert epoch(db) != "half"
        set_epoch(db, "whole")
    with store.read() as db:
        assert epoch(db) == "whole"


def test_a_reader_sees_the_newest_and_with_a_snapshot_always_the_same(store: Store):
    with store.read() as fresh, store.read(snapshot=True) as still:
        before = epoch(still)
        with store.write() as db:
            set_epoch(db, "new")
        assert (epoch(fresh), epoch(still)) == ("new", before)


def test_readers_are_not_held_up_by_a_writer_that_takes_long(store: Store):
    with store.write() as db:
        set_epoch(db, "slow")
        assert at_once([partial(asked, store)] * 6) == [asked(store)] * 6


def asked(store: Store) -> str:
    with store.read() as db:
        return epoch(db)


def test_many_writers_all_come_through(store: Store):
    def count(times: int) -> None:
        for _ in range(times):
            with store.write() as db:
                row = select(table.c.made_ms).with_for_update()
                db.execute(update(table).values(made_ms=db.execute(row).scalar_one() + 1))

    with store.write() as db:
        db.execute(update(table).values(made_ms=0))
    assert at_once([partial(count, 20)] * 10) == [None] * 10
    with store.read() as db:
        assert db.execute(select(table.c.made_ms)).scalar_one() == 200


def test_a_store_that_is_closed_gives_everything_back(bases: Bases, tmp_path: Path):
    before = len(os.listdir("/proc/self/fd"))
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        with bases["sqlite"].fresh(folder) as store:
            at_once([partial(asked, store), partial(touched, store)] * 5)
    assert len(os.listdir("/proc/self/fd")) <= before


def touched(store: Store) -> None:
    with store.write() as db:
        set_epoch(db, "touched")


# --- failures and their names ---------------------------------------------------------------------------


@only_sqlite
def test_a_writer_waits_for_the_others_of_its_process_so_long_and_is_then_told(store: Store, monkeypatch):
    monkeypatch.setattr(gate, "GATE_SECONDS", 0.2)
    with store.write():
        (told,) = at_once([partial(touched, store)])
    assert type(told) is Busy
    touched(store)


@only_sqlite
def test_someone_interrupted_on_the_way_in_leaves_the_gate_open(store: Store, monkeypatch):
    real = gate.fcntl.flock

    def interrupted(descriptor: int, operation: int) -> None:
        real(descriptor, operation)
        if operation == gate.fcntl.LOCK_EX:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(gate.fcntl, "flock", interrupted)
        with pytest.raises(KeyboardInterrupt):
            touched(store)
    assert at_once([partial(touched, store)] * 2) == [None, None], "other threads have descriptors of their own"
    assert asked(store) == "touched"


@only_sqlite
def test_a_lock_of_someone_who_knows_no_gate_is_waited_for(store: Store):
    """Such as an operator's `sqlite3` shell."""
    with foreign_lock(store) as shell:
        waiting = threading.Thread(target=touched, args=(store,))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert asked(store) != "touched", "readers never wait"
        shell.execute("ROLLBACK")
        waiting.join(5)
    assert asked(store) == "touched"


@only_sqlite
def test_a_lock_that_stays_is_told_after_the_time_of_one_wait_to_everyone(store: Store, monkeypatch):
    """However many tries a service has, and whether it stood before the gate or at SQLite's own lock."""
    monkeypatch.setattr(gate, "GATE_SECONDS", 1.0)
    with foreign_lock(store):
        began = time.monotonic()
        told = at_once([partial(retried(touched), store)] * 4)
        assert time.monotonic() - began < 1.9
    assert all(isinstance(it, Busy) for it in told)
    touched(store)


@only_sqlite
def test_two_processes_before_a_lock_that_stays_wait_no_longer_than_one(store: Store, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(gate, "GATE_SECONDS", 1.0)
    with closing(open_store(str(store.url), tmp_path)) as other, foreign_lock(store):  # descriptors of its own
        began = time.monotonic()
        told = at_once([partial(retried(touched), it) for it in (store, other)])
        assert time.monotonic() - began < 1.9
    assert all(isinstance(it, Busy) for it in told)


@contextmanager
def foreign_lock(store: Store) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(str(store.url.database), isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield db


@only_sqlite
def test_a_full_disk_has_a_name_and_is_over_when_there_is_room_again(store: Store):
    with store.write() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull), store.write() as db:
        db.exec_driver_sql("CREATE TABLE more AS SELECT randomblob(999999)")
    with store.write() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    touched(store)


@only_sqlite
def test_a_disk_too_full_for_the_gate_itself_is_a_full_disk(store: Store, monkeypatch):
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gate.os, "open", full)
    (told,) = at_once([partial(touched, store)])
    assert type(told) is DiskFull


@only_sqlite
def test_the_gate_holds_between_processes_and_opens_when_its_holder_is_killed(store: Store):
    program = (
        "import sys, time; from pathlib import Path; from lms.services.stores import open_store\n"
        f"with open_store({str(store.url)!r}, Path('.')).write(): print('in', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "in\n"
        waiting = threading.Thread(target=touched, args=(store,))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert asked(store) != "touched", "readers never wait"
        holder.kill()
        waiting.join(10)
        assert not waiting.is_alive()
    assert asked(store) == "touched"


@only_postgresql
def test_who_waits_too_long_for_a_row_is_told(bases: Bases, store: Store, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(gate, "GATE_SECONDS", 0.2)
    tries = []

    @retried
    def wait(hurried: Store) -> None:
        tries.append(1)
        with hurried.write() as other:
            set_epoch(other, "waiting")

    with closing(open_store(bases["postgresql"].url, tmp_path)) as hurried, store.write() as db:
        set_epoch(db, "held")
        with pytest.raises(Transient):
            wait(hurried)
    assert tries == [1], "another try would wait as long again"


@only_postgresql
def test_of_two_that_wait_for_each_other_one_is_tried_again_and_both_come_through(store: Store):
    with store.write() as db:
        db.execute(text("INSERT INTO areas (area_id, code, name) VALUES (1, 'A', '-'), (2, 'B', '-')"))
    both_have_one = threading.Barrier(2)
    tries = []

    @retried
    def name(first: int, second: int) -> None:
        tries.append(first)
        with store.write() as db:
            db.execute(text("UPDATE areas SET name = name || 'x' WHERE area_id = :it"), {"it": first})
            if len(tries) <= 2:
                both_have_one.wait(10)
            db.execute(text("UPDATE areas SET name = name || 'x' WHERE area_id = :it"), {"it": second})

    assert at_once([partial(name, 1, 2), partial(name, 2, 1)]) == [None, None]
    assert len(tries) == 3
    with store.read() as db:
        assert db.execute(text("SELECT name FROM areas ORDER BY area_id")).scalars().all() == ["-xx", "-xx"]


@only_postgresql
def test_a_server_that_ends_idle_connections_is_not_noticed(bases: Bases, store: Store):
    """As when it was started anew in the night."""
    at_once([partial(asked, store)] * 8)
    end_connections(bases)
    for _ in range(8):
        touched(store)
        assert asked(store) == "touched"


def end_connections(bases: Bases) -> None:
    """End every connection to the database but this one."""
    with psycopg.connect(bases["postgresql"].url.replace("+psycopg", ""), autocommit=True) as db:
        ended = db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        assert ended
    time.sleep(0.1)


@only_postgresql
def test_a_connection_lost_in_the_middle_is_a_failure_that_may_be_mended(bases: Bases, store: Store):
    def lose(door: Callable[[], AbstractContextManager[Connection]], value: str = "") -> None:
        with door() as db:
            set_epoch(db, value) if value else epoch(db)
            end_connections(bases)
            epoch(db)

    for door, value in ((store.write, "lost"), (store.read, "")):
        with pytest.raises(Transient):
            lose(door, value)
        assert asked(store) != "lost"


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_busy(tmp_path: Path):
    with closing(open_store("postgresql+psycopg://nobody@127.0.0.1:1/nothing", tmp_path)) as store:
        for door in (store.read, store.write):
            with pytest.raises(Busy), door() as db:
                epoch(db)


@only_postgresql
def test_an_error_of_ours_keeps_its_name(store: Store):
    with pytest.raises(Exception, match="no_such_table") as error, store.write() as db:
        db.execute(text("SELECT 1 FROM no_such_table"))
    assert not isinstance(error.value, Busy)


def test_a_service_is_tried_three_times_and_then_says_it_is_busy(monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr(gate.time, "sleep", waits.append)
    tried: list[int] = []

    @retried
    def service(works_at: int) -> str:
        tried.append(1)
        if len(tried) < works_at:
            raise Transient
        return "done"

    assert service(3) == "done"
    assert len(tried) == 3
    tried.clear()
    with pytest.raises(Busy):
        service(9)
    assert len(tried) == 3
    assert len(waits) == 4
    assert all(0 < wait < 0.7 for wait in waits)


def test_what_no_second_try_would_mend_is_not_tried_again():
    tried: list[int] = []

    @retried
    def service(error: Exception) -> None:
        tried.append(1)
        raise error

    for error in (KeyError("x"), Busy(), DiskFull(), ValueError()):
        tried.clear()
        with pytest.raises(type(error)):
            service(error)
        assert tried == [1]
