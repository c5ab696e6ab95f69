"""`lms worker`: does what is waiting, ends when it is told, and lives and dies with a demo's server."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lms.services import remark
from lms.services.stores import open_store
from tests.cli.test_serve import SECRET, environ, serving, site

__all__ = ["site"]


def ask(folder: Path, publication: int) -> None:
    """A job that finds nothing to do, since there is no such publication."""
    with closing(open_store(f"sqlite:///{folder}/var/lms.db", folder / "var")) as store, store.write() as db:
        remark.enqueue(db, 1, publication, [7], 1)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lms", "worker", *arguments]


def once(folder: Path) -> tuple[int, str]:
    """How it ended and what it said, but for what it does unasked: of each day, and badges."""
    code, said = work_once(folder)
    return code, "".join(line for line in said.splitlines(keepends=True) if not line.startswith(("forget ", "sign:")))


def work_once(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        command("--once"), cwd=folder, env=environ(), capture_output=True, text=True, timeout=180, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def until(true: Callable[[], object], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_working_once_does_all_that_is_due_and_says_so(demo: Path):
    assert once(demo) == (0, "")
    ask(demo, 98)
    ask(demo, 99)
    lines = [f"remark course=1 publication={number} steps=[7]: done, 0 written.\n" for number in (98, 99)]
    code, out = once(demo)
    assert code == 0
    assert sorted(out.splitlines(keepends=True)) == lines
    assert once(demo) == (0, "")


def test_the_jobs_are_listed_with_what_became_of_them(demo: Path, run):
    assert run("worker", "--list").out == ""
    ask(demo, 99)
    assert run("worker", "--list").out == "remark course=1 publication=99 steps=[7]: waiting, 0 written.\n"
    once(demo)
    assert "remark course=1 publication=99 steps=[7]: done, 0 written.\n" in run("worker", "--list").out


def test_what_has_expired_is_forgotten_once_a_day_and_the_log_says_so(demo: Path, run):
    with closing(sqlite3.connect(demo / "var/lms.db")) as db, db:
        db.execute("INSERT INTO throttles VALUES (x'00', 1, 3), (x'01', 1, 3)")
    code, said = work_once(demo)
    assert code == 0
    assert re.search(r"^forget day=\d{8}: done, 2 forgotten\.\n", said, re.MULTILINE)
    assert work_once(demo) == (0, "")
    assert sorted(run("worker", "--list").out.splitlines()) == sorted(said.splitlines())


def test_the_demos_badges_are_signed_once_and_the_log_says_how_many(demo: Path):
    with closing(sqlite3.connect(demo / "var/lms.db")) as db:
        (badges,) = db.execute("SELECT count(*) FROM awards").fetchone()
    assert f"sign: done, {badges + 1} signed.\n" in work_once(demo)[1], "each, and the list of those taken back"
    assert work_once(demo) == (0, "")


def test_a_job_that_was_left_alone_is_tried_again_when_an_operator_says_so(demo: Path, run):
    ask(demo, 99)
    assert run("worker", "--again").out == "0 jobs to be tried again.\n"
    with closing(sqlite3.connect(demo / "var/lms.db")) as db, db:
        db.execute("UPDATE jobs SET state = 'failed', lease_ms = NULL")
    assert once(demo) == (0, "")
    assert run("worker", "--again").out == "1 job to be tried again.\n"
    assert once(demo) == (0, "remark course=1 publication=99 steps=[7]: done, 0 written.\n")


def test_a_job_that_fails_is_said_and_listed(demo: Path, run):
    once(demo)  # what there is to sign may take longer than it is until the next try
    with closing(open_store(f"sqlite:///{demo}/var/lms.db", demo / "var")) as store, store.write() as db:
        remark.enqueue(db, 1, 1, ["no number"], 1)  # type: ignore[list-item]
        db.exec_driver_sql("ALTER TABLE publications RENAME TO gone")
    code, out = once(demo)
    assert code == 1
    assert "waiting, 0 written. It failed once: OperationalError: no such table: publications" in out
    assert out in run("worker", "--list").out


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_ends_at_once(demo: Path, told):
    with subprocess.Popen(command(), cwd=demo, env=environ(), stdout=subprocess.PIPE, text=True) as worker:
        ask(demo, 99)
        while "remark" not in worker.stdout.readline():
            pass
        began = time.monotonic()
        worker.send_signal(told)
        assert worker.wait(120) == 0
        assert time.monotonic() - began < 10


def test_without_a_folder_there_is_no_work(tmp_path: Path, run):
    ran = run("worker", "--list")
    assert ran.code == 2
    assert "Run `lms migrate` first" in ran.err
    assert not (tmp_path / "var").exists()


# --- beside a demo's server -----------------------------------------------------------------------------


def children(pid: int) -> list[int]:
    try:
        return [int(it) for it in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_worker(pid: int) -> bool:
    try:
        return b"--beside" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def working_beside(server: int) -> list[int]:
    """The one that keeps, and the one that is kept."""
    keeping = [pid for pid in children(server) if is_worker(pid)]
    return keeping + [pid for keeper in keeping for pid in children(keeper)]


def gone(pids: list[int]) -> bool:
    return not any(is_worker(pid) for pid in pids)


def test_a_demo_has_a_worker_that_does_jobs_and_ends_with_it(demo: Path, run):
    with serving(demo) as server:
        server.page("/healthz")
        until(lambda: len(working_beside(server.process.pid)) == 2)
        pids = working_beside(server.process.pid)
        ask(demo, 99)
        until(lambda: "[7]: done" in run("worker", "--list").out)
    until(lambda: gone(pids), 10)
    assert "publication=99 steps=[7]: done" in server.printed


def test_what_a_start_publishes_is_looked_at_for_learners_by_the_worker(demo: Path, run):
    course = next((demo / "courses").glob("*/course.md"))
    course.write_text(course.read_text("utf-8") + "\nAnd more.\n", "utf-8")
    with serving(demo) as server:
        server.page("/healthz")
        assert "released course=" in run("worker", "--list").out
        until(lambda: re.search(r"released .*: done", run("worker", "--list").out))
    assert re.search(r"released course=\d publication=2: done, \d+ written", server.printed)


def test_a_worker_that_is_killed_is_followed_by_another(demo: Path, run):
    with serving(demo) as server:
        server.page("/healthz")
        until(lambda: len(working_beside(server.process.pid)) == 2)
        keeper, first = working_beside(server.process.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: len(working_beside(server.process.pid)) == 2 and first not in working_beside(server.process.pid))
        assert working_beside(server.process.pid)[0] == keeper
        ask(demo, 99)
        until(lambda: "[7]: done" in run("worker", "--list").out)


def test_a_server_that_is_killed_leaves_no_worker_behind(demo: Path):
    with serving(demo) as server:
        server.page("/healthz")
        until(lambda: len(working_beside(server.process.pid)) == 2)
        pids = working_beside(server.process.pid)
        server.process.kill()
        until(lambda: gone(pids))


def test_a_worker_whose_keeper_is_killed_ends_too(demo: Path):
    with serving(demo) as server:
        server.page("/healthz")
        until(lambda: len(working_beside(server.process.pid)) == 2)
        keeper, kept = working_beside(server.process.pid)
        os.kill(keeper, signal.SIGKILL)
        until(lambda: gone([kept]))


def test_in_production_the_worker_runs_by_itself(site: Path):
    settings = {"LMS_MODE": "production", "LMS_SECRET_KEY": SECRET, "LMS_PUBLIC_URL": "https://learn.example.org"}
    with serving(site, **settings) as server:
        server.page("/healthz", host="learn.example.org")
        assert working_beside(server.process.pid) == []
