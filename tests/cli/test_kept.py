"""What compiling gave is kept for the next command, and nothing a person sees depends on it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands of this test keep what they compiled."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/lms/modules"


def kept(folder: Path) -> dict[str, int]:
    """Each file that is kept, and the file it is: one written anew is another."""
    return {path.name: path.stat().st_ino for path in folder.iterdir()} if folder.is_dir() else {}


def test_what_one_command_keeps_the_next_one_finds(run: Run, tea: Path, folder: Path) -> None:
    assert run("check", tea).code == 0
    first = kept(folder)
    assert first
    assert run("compile", tea, "-o", "tea.json").code == 0
    assert run("names", tea).code == 0
    assert run("check", tea / "brewing.md").code == 0
    assert {name: kept(folder)[name] for name in first} == first


def test_a_course_is_published_from_what_is_kept(run: Run, tea: Path, folder: Path) -> None:
    assert run("check", tea).code == 0
    first = kept(folder)
    (tea.parent / "var").mkdir()
    assert run("migrate").code == 0
    assert run("publish", tea).code == 0
    assert {name: kept(folder)[name] for name in first} == first


@pytest.mark.parametrize("how", ["deleted", "cut short", "spoilt", "in the way", "another's to write"])
def test_the_same_comes_out_whatever_became_of_what_was_kept(run: Run, tea: Path, folder: Path, how: str) -> None:
    assert run("compile", tea, "-o", "first.json").code == 0
    for path in folder.iterdir():
        if how in ("deleted", "in the way"):
            path.unlink()
        elif how == "cut short":
            path.write_bytes(path.read_bytes()[:40])
        elif how == "spoilt":
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    if how == "in the way":
        folder.rmdir()
        folder.write_text("a file")
    if how == "another's to write":
        folder.chmod(0o777)
    assert run("compile", tea, "-o", "again.json").code == 0
    assert Path("again.json").read_bytes() == Path("first.json").read_bytes()


def test_a_fault_is_told_again_from_what_is_kept(run: Run, tea: Path, folder: Path) -> None:
    text = (tea / "brewing.md").read_text("utf-8")
    (tea / "brewing.md").write_text(text.replace("- [x]", "- [ ]"), "utf-8")
    first, again = run("check", tea), run("check", tea)
    assert kept(folder)
    assert (first.code, first.out) == (again.code, again.out) == (1, first.out)
    assert "no choice is right" in again.out


def test_nothing_is_kept_in_a_folder_that_others_can_write_to(run: Run, tea: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert run("check", tea).code == 0
    assert kept(folder) == {}


def test_a_user_without_a_folder_keeps_nothing_and_misses_nothing(
    run: Run, tea: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", "/dev/null")
    assert run("check", tea).code == 0
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # a user id that no list of users has
    assert run("check", tea).code == 0
