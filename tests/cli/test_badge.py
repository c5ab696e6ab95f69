"""`lms badge`: keys in a file of their own, somebody's badges as files, what holds, taking one back."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from lms.interop.keys import read_secret
from tests.cli.conftest import Run
from tests.cli.test_serve import environ
from tests.services.signers import FIRST, SECOND

PRODUCTION = {
    "LMS_MODE": "production",
    "LMS_PUBLIC_URL": "https://learn.example.org",
    "LMS_SECRET_KEY": "9f2c41d07be85a3612c8f4907d3e6ba5",
}


@pytest.fixture(scope="session")
def _signed_once(_made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(_made_once, tmp_path_factory.mktemp("signed"), dirs_exist_ok=True)
    command = [sys.executable, "-m", "lms", "worker", "--once"]
    done = subprocess.run(command, cwd=folder, env=environ(), check=True, capture_output=True, text=True)
    assert re.search(r"^sign: done, \d+ signed\.$", done.stdout, re.MULTILINE)
    return folder


@pytest.fixture
def signed(_signed_once: Path, tmp_path: Path) -> Path:
    """A demo whose worker has run."""
    return shutil.copytree(_signed_once, tmp_path, dirs_exist_ok=True)


def lenas(folder: Path) -> list[str]:
    """The ids of the pages of Lena's badges."""
    with closing(sqlite3.connect(folder / "var/lms.db")) as db:
        lena = "select person_id from people where username = 'lena'"
        found = db.execute(f"select public_id from awards where person_id = ({lena}) order by at_ms")
        return [public_id for (public_id,) in found]


def a_badge(folder: Path) -> str:
    return lenas(folder)[0]


def keys(folder: Path) -> list[str]:
    return (folder / "var/badge-keys").read_text().split()


def test_a_demo_has_a_key_of_its_own_that_only_its_owner_can_read(demo: Path, run: Run):
    secret, public = keys(demo)
    assert read_secret(secret).multibase == public
    assert (demo / "var/badge-keys").stat().st_mode & 0o777 == 0o600
    said = run("badge", "keys")
    assert said.code == 0
    assert said.out == f"did:key:{public}\n{public}  signs\n"
    assert run("demo").code == 0
    assert keys(demo) == [secret, public]


def test_a_new_key_signs_first_and_the_old_one_stays_until_it_is_dropped(demo: Path, run: Run):
    _, first = keys(demo)
    said = run("badge", "keys", "--new")
    secret, second, *older = keys(demo)
    assert older == [first]
    assert read_secret(secret).multibase == second
    assert secret not in said.out + said.err
    assert said.out.endswith(f"did:key:{second}\n{second}  signs\n{first}  older: what it signed holds\n")
    assert "Make a new one first" in run("badge", "keys", "--drop", second).err
    assert "no such key" in run("badge", "keys", "--drop", "z6Mkx").err
    assert run("badge", "keys", "--drop", first).code == 0
    assert keys(demo) == [secret, second]
    assert (demo / "var/badge-keys").stat().st_mode & 0o777 == 0o600


def test_a_key_is_not_dropped_while_badges_are_signed_with_it_alone(signed: Path, run: Run):
    _, first = keys(signed)
    assert run("badge", "keys", "--new").code == 0
    for _ in range(2):
        said = run("badge", "keys", "--drop", first)
        assert (said.code, "lms badge reissue --all" in said.err) == (2, True)
        assert re.search(r"\d badges and lists are still signed with that key", said.err)
        assert first in keys(signed)
        run("badge", "reissue", "--all")
    assert "sign: done" in run("worker", "--once").out
    assert run("badge", "keys", "--drop", first).code == 0
    assert first not in keys(signed)


def test_production_makes_no_key_by_itself_and_says_so(tmp_path: Path, run: Run, monkeypatch):
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    assert run("migrate").code == 0
    said = run("badge", "keys")
    assert (said.code, said.out.count("\n")) == (1, 1)
    assert "lms badge keys --new" in said.out
    assert "lms badge keys --new" in run("worker", "--once").err
    assert not (tmp_path / "var/badge-keys").exists()
    made = run("badge", "keys", "--new")
    assert "did:web:learn.example.org\n" in made.out
    assert run("worker", "--once").err == ""


def test_a_file_of_keys_that_others_can_read_is_refused(demo: Path, run: Run):
    (demo / "var/badge-keys").chmod(0o640)
    said = run("badge", "keys")
    assert said.code == 2
    assert "chmod 600" in said.err


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("three random words", "is no list of keys"),
        (FIRST.multibase + " " + FIRST.secret, "is no list of keys"),
        (FIRST.secret, "lacks the public half"),
        (f"{FIRST.secret} {SECOND.multibase}", "is not the public half"),
    ],
)
def test_keys_that_can_not_be_meant_are_refused_and_never_repeated(tmp_path: Path, run: Run, monkeypatch, value, told):
    monkeypatch.setenv("LMS_BADGE_KEYS", value)
    said = run("badge", "keys")
    assert said.code == 2
    assert told in said.err
    assert FIRST.secret not in said.err


def test_keys_in_the_environment_are_used_and_never_written(tmp_path: Path, run: Run, monkeypatch):
    monkeypatch.setenv("LMS_BADGE_KEYS", f"{FIRST.secret} {FIRST.multibase} {SECOND.multibase}")
    assert run("badge", "keys").out.splitlines()[1:] == [
        f"{FIRST.multibase}  signs",
        f"{SECOND.multibase}  older: what it signed holds",
    ]
    assert "LMS_BADGE_KEYS is set" in run("badge", "keys", "--new").err
    monkeypatch.setenv("LMS_BADGE_KEYS", FIRST.multibase)
    assert "older: what it signed holds" in run("badge", "keys").out


def test_the_three_files_of_each_badge_are_written_and_each_holds(signed: Path, run: Run):
    said = run("badge", "export", "--person", "lena", "--out", "badges")
    assert said.code == 0, said.err
    files = sorted(path.name for path in (signed / "badges").iterdir())
    assert len(files) == 3 * len(lenas(signed)) > 3
    assert {Path(name).suffix for name in files} == {".json", ".png", ".svg"}
    assert sorted(Path(line).name for line in said.out.splitlines()) == files
    for name in files:
        looked = run("badge", "verify", f"badges/{name}")
        assert looked.code == 0, looked.out
        assert "Nothing in it was changed since it was made." in looked.out


def test_who_has_no_badge_and_nobody_at_all_are_told_so(demo: Path, run: Run):
    assert run("badge", "export", "--person", "femi", "--out", "badges").code == 1
    nobody = run("badge", "export", "--person", "nobody", "--out", "badges")
    assert (nobody.code, nobody.err) == (2, "lms badge: Nobody has the user name nobody.\n")


def test_a_badge_that_is_taken_back_is_told_from_that_moment_and_can_not_be_exported(signed: Path, run: Run):
    run("badge", "export", "--person", "lena", "--out", "badges")
    one = next(path for path in (signed / "badges").glob("*.png"))
    for _ in range(2):
        said = run("badge", "revoke", a_badge(signed), "--why", "Given to the wrong person")
        assert said.code == 0
        assert "wrong person" not in said.out
    codes = {path.name: run("badge", "verify", f"badges/{path.name}").code for path in (signed / "badges").iterdir()}
    others = 3 * (len(lenas(signed)) - 1)
    assert sorted(codes.values()) == [0] * others + [1, 1, 1]
    assert one.exists()
    assert len(run("badge", "export", "--person", "lena", "--out", "again").out.splitlines()) == others
    assert "taken back" in run("badge", "reissue", a_badge(signed)).err


def test_a_backup_holds_every_file_and_no_key(signed: Path, run: Run):
    run("badge", "export", "--person", "lena", "--out", "badges")
    assert run("backup", "backup.zip").code == 0
    secret, _ = keys(signed)
    with zipfile.ZipFile(signed / "backup.zip") as zipped:
        assert not any(secret.encode() in zipped.read(name) for name in zipped.namelist())
    shutil.rmtree(signed / "var/files")
    assert run("restore", "backup.zip", "--replace").code == 0
    assert run("badge", "export", "--person", "lena", "--out", "again").code == 0
    for path in (signed / "badges").iterdir():
        assert (signed / "again" / path.name).read_bytes() == path.read_bytes()
        assert run("badge", "verify", f"again/{path.name}").code == 0


def test_badges_are_signed_anew_when_an_operator_says_so(signed: Path, run: Run):
    assert run("badge", "reissue", a_badge(signed)).out == "1 badge to be signed anew by the worker.\n"
    assert "sign: done, 1 signed." in run("worker", "--once").out
    assert re.fullmatch(r"\d\d badges to be signed anew by the worker\.\n", run("badge", "reissue", "--all").out)
    assert run("badge", "reissue", "nothing-like-it").err == "lms badge: There is no badge nothing-like-it.\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "We can't find a badge"), (b"\x89PNG\r\n\x1a\n\0\0", "missing or damaged"), (b"{}", "We did not make this")],
)
def test_a_file_that_is_no_badge_of_ours_is_answered_with_a_sentence(demo: Path, run: Run, data: bytes, told: str):
    (demo / "file").write_bytes(data)
    said = run("badge", "verify", "file")
    assert said.code == 1
    assert told in said.out
    assert said.err == ""


def test_without_a_word_of_what_to_do_it_says_what_there_is(run: Run):
    said = run("badge")
    assert said.code == 2
    assert "keys, export, verify, revoke or reissue" in said.err
