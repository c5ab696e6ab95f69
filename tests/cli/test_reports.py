"""The funder's package from the command line."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import zipfile
from contextlib import closing
from datetime import date

import pytest


def test_the_counts_are_one_file_of_tables_with_what_they_mean(run, demo):
    done = run("export", "--as-of", date.today().isoformat(), "--out", "reports")
    assert done.code == 0
    with zipfile.ZipFile(demo / done.out.strip()) as zipped:
        names = zipped.namelist()
        assert "datapackage.json" in names
        assert any(name.startswith("README") for name in names)
        assert sum(name.endswith(".csv") for name in names) >= 2


def test_rows_about_single_learners_are_asked_for_and_marked_and_private(run, demo):
    done = run("export", "--as-of", date.today().isoformat(), "--out", "reports", "--learners")
    assert done.code == 0
    file = demo / done.out.splitlines()[0]
    assert "PERSONAL-DATA" in file.name
    assert "This is personal data" in done.out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as zipped:
        assert not any(b"(demo)" in zipped.read(name) and b"Lena" in zipped.read(name) for name in zipped.namelist())


def test_what_was_taken_out_is_noted(run, demo):
    done = run("export", "--as-of", date.today().isoformat(), "--out", "reports", "--learners")
    with closing(sqlite3.connect(demo / "var/lms.db")) as db:
        noted = db.execute("SELECT action, actor_id, detail FROM audit WHERE action LIKE 'exported%'").fetchall()
    file = demo / done.out.splitlines()[0]
    assert noted == [("exported-learners", None, hashlib.sha256(file.read_bytes()).hexdigest())]


def test_a_command_in_another_zone_than_the_site_is_refused(run, demo, monkeypatch):
    monkeypatch.setenv("LMS_TIMEZONE", "Asia/Tokyo")
    done = run("export", "--as-of", date.today().isoformat(), "--out", "reports")
    assert done.code == 2
    assert "Write LMS_TIMEZONE=Europe/London, not Asia/Tokyo." in done.err
    assert not (demo / "reports").exists()


def test_a_day_that_has_not_come_is_refused_and_nothing_is_written(run, demo):
    done = run("export", "--as-of", "2999-01-01", "--out", "reports")
    assert done.code == 2
    assert "not come yet" in done.err
    assert not list(demo.glob("reports/*"))


@pytest.mark.parametrize("day", ["yesterday", "2026-9-3", "30-09-2026", "2026-02-30", "1999-12-31", "20260930"])
def test_a_day_is_written_one_way(run, day):
    done = run("export", "--as-of", day, "--out", "reports")
    assert done.code == 2
    assert "write it like 2026-09-30" in done.err
