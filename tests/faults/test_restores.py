"""A restore killed at any point leaves the whole old database or the whole new one, never something between."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lms.errors import CannotRun
from lms.services.backup import backup, restore
from lms.services.people import person_values
from lms.services.stores import open_store
from lms.store import people as people_rows
from tests.faults.found import ROOT
from tests.store.databases import NOW_MS, fill


def made(folder: Path, name: str) -> str:
    """A folder of data with one person in it; gives its epoch. Her name is still in the log alone."""
    folder.mkdir()
    with closing(open_store(f"sqlite:///{folder}/lms.db", folder)) as store:
        fill(store)
        with store.write() as db:
            people_rows.add_person(db, person_values(1, name, None, {}, "en", NOW_MS))
        with closing(sqlite3.connect(folder / "lms.db")) as db:
            return str(db.execute("SELECT db_epoch FROM site").fetchone()[0])


def with_its_log(folder: Path, to: Path) -> None:
    """A copy as a killed server leaves it: the last that happened is in the log and not in the file."""
    with closing(open_store(f"sqlite:///{folder}/lms.db", folder)) as store:
        with store.write() as db:
            db.exec_driver_sql("UPDATE people SET display_name = 'the old one'")
        shutil.copytree(folder, to)
    assert (to / "lms.db-wal").stat().st_size > 0


def test_killed_at_any_point_the_whole_old_or_the_whole_new_database_opens(tmp_path: Path):
    new_epoch = made(tmp_path / "new", "the new one")
    with closing(open_store(f"sqlite:///{tmp_path}/new/lms.db", tmp_path / "new")) as store:
        backup(store, tmp_path / "b.zip")
    old_epoch = made(tmp_path / "before", "somebody")
    with_its_log(tmp_path / "before", tmp_path / "old")
    shutil.rmtree(tmp_path / "old/files")
    (tmp_path / "old/files").mkdir()
    (tmp_path / "old/files").joinpath("kept").touch()
    command = [sys.executable, "-m", "tests.faults.restoring", str(tmp_path), str(tmp_path / "b.zip")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) > 20
    assert [it["killed"] for it in found] == [True] * (len(found) - 1) + [False]
    came = [it["names"] for it in found]
    assert came == sorted(came, key=lambda names: names == ["the new one"]), "once new, it stays new"
    assert came[0] == ["the old one"]
    assert came[-2] == came[-1] == ["the new one"]
    for it in (*found, *(it["again"] for it in found[:-1])):
        assert it["sound"] == "ok"
        if it["names"] == ["the old one"]:
            assert it["epoch"] == old_epoch
        else:
            assert it["names"] == ["the new one"]
            assert it["epoch"] not in (old_epoch, new_epoch)
            assert it["missing"] == [], "the files are there before the database names them"
    assert all(it["again"]["names"] == ["the new one"] for it in found[:-1])
    for it in (*(it["again"] for it in found[:-1]), found[-1]):
        assert it["left"] == ["files", "lms.db", "lms.db.before-restore", "lms.db.gate", "packed"]


def test_the_old_database_is_kept_whole_under_another_name(tmp_path: Path):
    made(tmp_path / "new", "the new one")
    with closing(open_store(f"sqlite:///{tmp_path}/new/lms.db", tmp_path / "new")) as store:
        backup(store, tmp_path / "b.zip")
    made(tmp_path / "before", "somebody")
    with_its_log(tmp_path / "before", tmp_path / "var")
    restore(f"sqlite:///{tmp_path}/var/lms.db", tmp_path / "var", tmp_path / "b.zip", replace=True)
    with closing(sqlite3.connect(tmp_path / "var/lms.db.before-restore")) as db:
        assert db.execute("SELECT display_name FROM people").fetchall() == [("the old one",)]
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert os.stat(tmp_path / "var/lms.db").st_mode & 0o077 == 0


def test_a_damaged_database_is_no_hindrance_and_is_kept_as_it_is(tmp_path: Path):
    made(tmp_path / "new", "the new one")
    with closing(open_store(f"sqlite:///{tmp_path}/new/lms.db", tmp_path / "new")) as store:
        backup(store, tmp_path / "b.zip")
    var = tmp_path / "var"
    var.mkdir()
    (var / "lms.db").write_bytes(b"not a database at all" * 1_000)
    (var / "lms.db-wal").write_bytes(b"nor its log" * 1_000)
    restore(f"sqlite:///{var}/lms.db", var, tmp_path / "b.zip", replace=True)
    with closing(sqlite3.connect(var / "lms.db")) as db:
        assert db.execute("SELECT display_name FROM people").fetchall() == [("the new one",)]
    assert (var / "lms.db.before-restore").read_bytes().startswith(b"not a database")


@pytest.mark.postgres
def test_on_postgresql_a_restore_that_fails_at_its_end_changes_nothing(tmp_path: Path, postgres_database: str):
    """The epoch is in the same transaction as all the rest: where it can't be set, nothing else was."""
    with closing(open_store(postgres_database, tmp_path)) as store:
        fill(store)
        backup(store, tmp_path / "b.zip")
        with store.write() as db:
            people_rows.add_person(db, person_values(1, "the old one", None, {}, "en", NOW_MS))
            before = db.exec_driver_sql("SELECT db_epoch FROM site").scalar_one()
            # Nobody is allowed to begin an epoch: the last statement of a restore fails.
            db.exec_driver_sql(
                "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF to_regclass('public.site') IS NOT NULL AND tg_tag = 'ALTER TABLE' THEN "
                "EXECUTE 'CREATE OR REPLACE RULE no_epoch AS ON UPDATE TO public.site DO INSTEAD SELECT 1/0'; "
                "END IF; END $$"
            )
            db.exec_driver_sql("CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION refuse()")
        store.engine.dispose()
        with pytest.raises(CannotRun, match="division by zero"):
            restore(postgres_database, tmp_path, tmp_path / "b.zip", replace=True)
        with store.write() as db:
            assert db.exec_driver_sql("SELECT display_name FROM people").scalars().all() == ["the old one"]
            assert db.exec_driver_sql("SELECT db_epoch FROM site").scalar_one() == before
            db.exec_driver_sql("DROP EVENT TRIGGER refuse")
            db.exec_driver_sql("DROP FUNCTION refuse()")
        store.engine.dispose()
        restore(postgres_database, tmp_path, tmp_path / "b.zip", replace=True)
        with store.read() as db:
            assert db.exec_driver_sql("SELECT display_name FROM people").scalars().all() == []
            assert db.exec_driver_sql("SELECT db_epoch FROM site").scalar_one() != before


def test_a_database_that_somebody_has_open_is_left_alone(tmp_path: Path):
    made(tmp_path / "var", "the old one")
    with closing(open_store(f"sqlite:///{tmp_path}/var/lms.db", tmp_path / "var")) as store:
        backup(store, tmp_path / "b.zip")
        with store.read(snapshot=True) as db:
            before = db.exec_driver_sql("SELECT db_epoch FROM site").scalar_one()
            with pytest.raises(CannotRun, match="is in use"):
                restore(f"sqlite:///{tmp_path}/var/lms.db", tmp_path / "var", tmp_path / "b.zip", replace=True)
    with closing(sqlite3.connect(tmp_path / "var/lms.db")) as other:
        assert other.execute("SELECT db_epoch FROM site").fetchone() == (before,)
