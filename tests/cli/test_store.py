"""An operator's commands: the database brought up to date, computed anew, copied and put back."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from lms.cli import home
from tests.cli.conftest import COURSES


def ask(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "var/lms.db")) as db:
        return db.execute(sql).fetchall()


def change(folder: Path, sql: str) -> int:
    with closing(sqlite3.connect(folder / "var/lms.db")) as db, db:
        return db.execute(sql).rowcount


def test_migrating_makes_the_folder_and_the_tables_and_does_nothing_twice(run, tmp_path):
    first, second = run("migrate"), run("migrate")
    assert first.code == second.code == 0
    assert first.out == second.out
    assert oct((tmp_path / "var").stat().st_mode & 0o777) == "0o700"
    assert len(ask(tmp_path, "SELECT * FROM site")) == 1


def test_the_migrations_make_the_tables_that_the_code_has(run, tmp_path):
    done = run("migrate", "--check")
    assert (done.code, done.out) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_going_back_takes_the_tables_away_and_forward_brings_them_again(run, tmp_path):
    run("migrate")
    assert run("migrate", "--back", "base").code == 0
    assert ask(tmp_path, "SELECT name FROM sqlite_master WHERE name = 'people'") == []
    assert run("migrate").code == 0
    assert ask(tmp_path, "SELECT count(*) FROM people") == [(0,)]


def test_going_back_is_refused_while_a_server_holds_the_folder(run, demo):
    before = ask(demo, "SELECT * FROM people ORDER BY 1")
    with home.using(demo / "var"):
        done = run("migrate", "--back", "base", "--lose")
    assert done.code == 2
    assert "A server is using" in done.err
    assert ask(demo, "SELECT * FROM people ORDER BY 1") == before


def test_people_are_not_lost_by_going_back_unless_it_is_said(run, demo):
    before = ask(demo, "SELECT * FROM people ORDER BY 1")
    done = run("migrate", "--back", "base")
    assert done.code == 2
    assert "Add --lose" in done.err
    assert ask(demo, "SELECT * FROM people ORDER BY 1") == before
    assert run("migrate", "--back", "base", "--lose").code == 0
    assert ask(demo, "SELECT name FROM sqlite_master WHERE name = 'people'") == []


def test_there_is_nothing_to_lose_by_going_forward(run, tmp_path):
    done = run("migrate", "--lose")
    assert (done.code, "lms migrate --back REVISION --lose" in done.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_rebuilding_finds_no_difference(run, demo):
    done = run("rebuild", "--check")
    assert done.code == 0
    assert "no difference" in done.out


def test_rebuilding_puts_right_what_was_changed_by_hand(run, demo):
    assert change(demo, "UPDATE progress SET done_count = 99 WHERE done_count > 0") > 10
    found = run("rebuild", "--check")
    assert found.code == 1
    assert "progress differs" in found.out
    assert run("rebuild").code == 0
    assert run("rebuild", "--check").code == 0


def test_a_backup_comes_back_and_begins_a_new_epoch(run, demo):
    assert run("backup", "b.zip").code == 0
    people, epoch = ask(demo, "SELECT * FROM people ORDER BY 1"), ask(demo, "SELECT db_epoch FROM site")
    change(demo, "UPDATE people SET display_name = 'changed'")
    assert run("restore", "b.zip", "--replace").code == 0
    assert ask(demo, "SELECT * FROM people ORDER BY 1") == people
    assert ask(demo, "SELECT db_epoch FROM site") != epoch


def test_a_backup_comes_back_on_another_machine(run, demo, monkeypatch):
    run("backup", "b.zip")
    files = sorted(path.name for path in (demo / "var/files").iterdir())
    monkeypatch.setenv("LMS_VAR", str(demo / "other"))
    assert run("restore", "b.zip").code == 0
    assert sorted(path.name for path in (demo / "other/files").iterdir()) == files
    assert oct((demo / "other").stat().st_mode & 0o777) == "0o700"


def test_a_backup_holds_no_secret(run, demo):
    run("backup", "b.zip")
    secrets = [(demo / "var" / name).read_bytes().strip() for name in ("secret", "demo-password")]
    with zipfile.ZipFile(demo / "b.zip") as zipped:
        for member in zipped.namelist():
            assert not any(secret in zipped.read(member) for secret in secrets), member


def test_a_backup_never_overwrites_a_file(run, demo):
    (demo / "b.zip").write_text("mine")
    assert run("backup", "b.zip").code == 2
    assert (demo / "b.zip").read_text() == "mine"


def test_people_are_not_replaced_unless_it_is_said(run, demo):
    run("backup", "b.zip")
    done = run("restore", "b.zip")
    assert done.code == 2
    assert "Add --replace" in done.err


def test_a_restore_is_refused_while_a_server_holds_the_folder(run, demo):
    run("backup", "b.zip")
    with home.using(demo / "var"):
        done = run("restore", "b.zip", "--replace")
    assert done.code == 2
    assert "A server is using" in done.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"\x00" * 10_000])
def test_what_is_no_backup_is_said_and_changes_nothing(run, demo, content):
    before = ask(demo, "SELECT * FROM people ORDER BY 1")
    (demo / "b.zip").write_bytes(content)
    done = run("restore", "b.zip", "--replace")
    assert done.code == 2
    assert "is not a backup of lms" in done.err
    assert ask(demo, "SELECT * FROM people ORDER BY 1") == before


def test_a_zip_that_is_no_backup_is_said(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as zipped:
        zipped.writestr("../../etc/passwd", "root")
    done = run("restore", "b.zip")
    assert done.code == 2
    assert "is not a backup of lms" in done.err


SOUND = {"about.json": '{"engine": "sqlite", "revision": "0001"}'}


@pytest.mark.parametrize(
    "members",
    [
        {"about.json": "not json"},
        {"about.json": "{}"},
        {"about.json": "[]"},
        {"about.json": '"sqlite"'},
        {"about.json": "[" * 900},
        {"about.json": b"\xff\xfe"},
        {"about.json": '{"engine": "sqlite", "revision": 7}'},
        {"about.json": '{"engine": "access", "revision": "0001"}'},
        {"about.json": '{"engine": "sqlite", "revision": "0001"}'.ljust(100_000)},
        SOUND | {"lms.db": "other"},
    ],
)
def test_a_zip_that_only_looks_like_a_backup_is_said_and_changes_nothing(run, demo, members):
    with closing(sqlite3.connect(demo / "other")) as db:
        db.execute("CREATE TABLE recipes (name)")
    with zipfile.ZipFile(demo / "b.zip", "w") as zipped:
        for name, text in members.items():
            zipped.writestr(name, (demo / "other").read_bytes() if text == "other" else text)
    before = ask(demo, "SELECT * FROM people ORDER BY 1")
    done = run("restore", "b.zip", "--replace")
    assert (done.code, done.err) == (2, "lms restore: b.zip is not a backup of lms.\n")
    assert ask(demo, "SELECT * FROM people ORDER BY 1") == before


def test_a_backup_under_a_password_is_none(run, demo):
    """As an archive program makes them: Python itself can read such a zip and not write one."""
    with zipfile.ZipFile(demo / "b.zip", "w") as zipped:
        zipped.writestr("about.json", SOUND["about.json"])
    locked = bytearray((demo / "b.zip").read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(header) + flags] |= 1
    (demo / "b.zip").write_bytes(locked)
    done = run("restore", "b.zip", "--replace")
    assert (done.code, done.err) == (2, "lms restore: b.zip is not a backup of lms.\n")


@pytest.mark.parametrize("command", [("backup", "b.zip"), ("person",), ("rebuild", "--check")])
def test_someone_elses_database_is_said_and_left_alone(run, demo, monkeypatch, command):
    with closing(sqlite3.connect(demo / "other")) as db:
        db.execute("CREATE TABLE recipes (name)")
    monkeypatch.setenv("LMS_DATABASE_URL", f"sqlite:///{demo}/other")
    done = run(*command)
    assert done.code == 2
    assert "This database is without the tables of lms. Run `lms migrate` first, or set LMS_DATABASE_URL" in done.err
    assert not (demo / "b.zip").exists()
    with closing(sqlite3.connect(demo / "other")) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


def test_a_database_that_has_lost_a_table_is_said_in_the_same_words(run, demo):
    change(demo, "DROP TABLE audit")
    done = run("invite", "--role", "funder")
    assert done.code == 2
    assert "This database is without the tables of lms. Run `lms migrate` first" in done.err


def test_there_is_nothing_to_back_up_before_there_is_a_database(run, tmp_path):
    assert "There is no" in run("backup", "b.zip").err
    (tmp_path / "var").mkdir()
    done = run("backup", "b.zip")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert not (tmp_path / "b.zip").exists()


def test_one_setting_puts_everything_into_postgresql(run, tmp_path, monkeypatch, postgres_database):
    (tmp_path / "courses").symlink_to(COURSES)
    monkeypatch.setenv("LMS_DATABASE_URL", postgres_database)
    assert run("demo").code == 0
    assert not (tmp_path / "var/lms.db").exists()
    listed = run("person").out
    assert "femi" in listed
    assert "no difference" in run("rebuild", "--check").out
    assert run("backup", "b.zip").code == 0
    assert run("person", "lena", "--give", "funder").code == 0
    assert run("restore", "b.zip", "--replace").code == 0
    assert run("person").out == listed
    assert "Add --lose" in run("migrate", "--back", "base").err
    assert run("migrate", "--back", "base", "--lose").code == 0
    assert "without the tables of lms" in run("person").err
