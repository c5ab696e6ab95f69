"""Somebody who holds a lock and is stopped, or whose server ends the connection, in the middle of a write."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from lms.errors import Busy
from lms.learning.events import Event, EventKind
from lms.services.courses import Catalogue
from lms.services.events import Result, record
from lms.services.progress import where
from lms.services.stores import Store, open_store
from lms.store import gate
from lms.store.events import Ledger
from tests.faults.found import ROOT, count, wrong
from tests.services.site import at_once
from tests.store.databases import NOW_MS, ZONE, on

only_sqlite = pytest.mark.parametrize("durable", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("durable", on("postgresql"), indirect=True)

HOLDER = """
import sys, time
from pathlib import Path
from lms.store import gate
from lms.store.events import Ledger
gate.STOPPED_SECONDS = float(sys.argv[2])
store = gate.Store(sys.argv[1], Path("."))
with store.write() as db:
    print("in" if Ledger(db, 1, 1).lock() else "not begun", flush=True)
    time.sleep(60)
"""


@contextmanager
def stopped_holder(store: Store, seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    """A process that holds learner 1's progress and is stopped; killed in the end."""
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLDER, url, str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "in\n"
        holder.send_signal(signal.SIGSTOP)
        try:
            yield holder
        finally:
            holder.kill()


def read(store: Store, person_id: int = 1, own_id: uuid.UUID | None = None) -> list[Result]:
    """A learner reads a step."""
    catalogue = Catalogue(store)
    release = catalogue.shelf(NOW_MS).course("tea").hash
    event = Event(own_id or uuid.uuid4(), "tea", release, "brewing", "fill-it", EventKind.DONE, "en", NOW_MS)
    return record(store, catalogue, person_id, [event], NOW_MS, ZONE)


def page(store: Store, person_id: int = 1) -> bool:
    """Whether a page of hers can be shown."""
    catalogue = Catalogue(store)
    return where(store, catalogue, catalogue.shelf(NOW_MS).course("tea"), person_id).begun


@only_sqlite
def test_while_the_gate_is_held_by_someone_stopped_pages_are_shown_and_writers_are_told(durable: Store, monkeypatch):
    monkeypatch.setattr(gate, "GATE_SECONDS", 0.3)
    read(durable)
    with stopped_holder(durable) as holder:
        first = threading.Thread(target=partial(read, durable))
        first.start()
        time.sleep(0.2)
        began = time.monotonic()
        came = at_once([partial(read, durable, 2)] * 3 + [partial(page, durable)] * 3)
        assert [type(it) for it in came[:3]] == [Busy] * 3
        assert came[3:] == [True] * 3
        assert time.monotonic() - began < 10
        assert first.is_alive()
        holder.kill()
        first.join(10)
        assert not first.is_alive(), "a killed holder frees the gate at once"
    assert [it.result for it in read(durable, 2)] == ["new"]
    assert wrong(durable) == []


@only_sqlite
def test_a_holder_that_goes_on_after_a_stop_takes_nothing_from_anyone(durable: Store):
    read(durable)
    with stopped_holder(durable) as holder:
        waiting = threading.Thread(target=partial(read, durable))
        waiting.start()
        holder.send_signal(signal.SIGCONT)
        holder.terminate()
        waiting.join(10)
        assert not waiting.is_alive()
    assert count(durable) == 2


@only_postgresql
def test_a_row_held_by_someone_stopped_makes_its_own_learner_wait_and_nobody_else(
    durable: Store, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(gate, "GATE_SECONDS", 0.3)
    read(durable)
    url = durable.url.render_as_string(hide_password=False)
    with stopped_holder(durable) as holder, closing(open_store(url, tmp_path)) as hurried:
        told, others, shown = at_once([partial(read, hurried), partial(read, hurried, 2), partial(page, hurried)])
        assert isinstance(told, Busy)
        assert [it.result for it in others] == ["new"]
        assert shown
        holder.kill()
        holder.wait()
        assert [it.result for it in read(durable)] == ["new"]
    assert wrong(durable) == []


@only_postgresql
def test_a_transaction_whose_client_is_stopped_is_ended_by_the_server(durable: Store):
    read(durable)
    with stopped_holder(durable, seconds=1):
        began = time.monotonic()
        assert [it.result for it in read(durable)] == ["new"]
        assert time.monotonic() - began < 10
    assert wrong(durable) == []


STEPS = ("lock", "add", "add_month", "save")


@only_postgresql
def test_a_connection_ended_in_the_middle_of_recording_is_tried_again_and_recorded_once(durable: Store, monkeypatch):
    read(durable)
    for step in STEPS:
        own_id, ended = uuid.uuid4(), []

        def end_first(ledger: Ledger, *args: object, step=step, ended=ended, **kwargs: object) -> object:
            if not ended:
                ended.append(ledger._driver.info.backend_pid)
                end_backend(durable, ended[0])
            return real[step](ledger, *args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(Ledger, step, end_first)
            assert [it.result for it in read(durable, own_id=own_id)] == ["new"], step
        assert ended, step
        assert [it.result for it in read(durable, own_id=own_id)] == ["dup"], step
    assert count(durable) == 1 + len(STEPS)
    assert wrong(durable) == []


real = {step: getattr(Ledger, step) for step in STEPS}


def end_backend(store: Store, pid: int) -> None:
    url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as db:
        assert db.execute("SELECT pg_terminate_backend(%s)", (pid,)).fetchone() == (True,)
    time.sleep(0.1)


@only_postgresql
def test_connections_ended_at_random_while_many_learn_lose_nothing_and_double_nothing(durable: Store):
    stop, ids = threading.Event(), [uuid.uuid4() for _ in range(120)]

    def learn(mine: list[uuid.UUID]) -> int:
        done = 0
        for own_id in mine:
            while True:
                try:
                    done += read(durable, 1 + own_id.int % 3, own_id)[0].result in ("new", "dup")
                    break
                except Busy:
                    time.sleep(0.05)
        stop.set()
        return done

    def disturb() -> int:
        times = 0
        url = durable.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as db:
            while not stop.is_set():
                db.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND state <> 'idle' ORDER BY random() LIMIT 1"
                )
                times += 1
                time.sleep(0.03)
        return times

    *done, times = at_once([*(partial(learn, ids[part::4]) for part in range(4)), disturb])
    assert sum(done) == len(ids)
    assert times > 3
    assert count(durable) == len(ids)
    assert wrong(durable) == []
