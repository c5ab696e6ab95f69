"""kill -9 in the middle of writes: nothing that was acknowledged is lost, and all of it is right."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from lms.services.stores import Store, open_store
from tests import postgres
from tests.faults.found import ROOT, count, lost, nursery, prepared, wrong
from tests.faults.nursery import acknowledged

KILLS, ACKED = 50, 2_000


def test_killed_in_the_middle_of_writing_nothing_acknowledged_is_lost(durable: Store, tmp_path: Path):
    killed = nursery(durable, tmp_path, KILLS, ACKED)
    told = acknowledged(tmp_path)
    assert killed >= KILLS
    assert len(told) >= ACKED
    assert lost(durable, told) == set()
    assert wrong(durable) == []
    assert count(durable) >= len(told)


@pytest.mark.postgres
def test_a_database_server_killed_under_load_loses_nothing(tmp_path: Path):
    """One of its processes with kill -9, or the server stopped without a word: it recovers, and writers go on."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip(postgres.MISSING)
    with postgres.cluster(programs) as url, closing(open_store(url, tmp_path)) as store:
        prepared(store)
        command = [sys.executable, "-m", "tests.faults.nursery", url, str(tmp_path), "0", "1000"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as learners:
            for _ in range(3):
                before = len(acknowledged(tmp_path))
                wait_until(lambda before=before: len(acknowledged(tmp_path)) > before + 100, learners)
                kill_a_backend(url)
            learners.wait(60)
        told = acknowledged(tmp_path)
        assert len(told) >= 400
        assert lost(store, told) == set()
        assert wrong(store) == []


def wait_until(true, process: subprocess.Popen) -> None:
    end = time.monotonic() + 30
    while not true() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)


def kill_a_backend(url: str) -> None:
    """The server then ends every other connection and recovers as after a crash."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as db:
        rows = db.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchall()
        mine = db.info.backend_pid
    others = [pid for (pid,) in rows if pid != mine]
    os.kill(random.choice(others), signal.SIGKILL)
