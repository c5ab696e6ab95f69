"""The frame of every command: help with examples, one sentence for a slip, a bar where somebody watches."""

from __future__ import annotations

import contextlib
import io
import pty
import subprocess
import sys

import pytest

import lms
from lms.cli import parser
from lms.cli.parts import Bar

COMMANDS = [
    "check",
    "compile",
    "publish",
    "serve",
    "demo",
    "worker",
    "invite",
    "person",
    "export",
    "migrate",
    "rebuild",
    "backup",
    "restore",
]
WORDS = [
    *("", " ", "-", "--", "--no-such-option", "-x", "nowhere", "/nowhere/at/all", "../../../etc/shadow", "/dev/full"),
    *("2026-13-45", "-1", "99999999999999999999", "NaN", "'; DROP TABLE people; --", "$(touch made)", "\x1b[31m"),
    *("a" * 5_000, "\udcff\udcfe", "naïve ☕ 漢字", "%s%n{0}"),
]
assert len(WORDS) >= 20


def test_every_command_is_there_with_its_help_and_examples(run):
    top = run("--help")
    for command in COMMANDS:
        assert f"\n    {command} " in top.out
        shown = run(command, "--help")
        assert shown.code == 0
        assert f"examples:\n  {'LMS' if command == 'none' else 'lms'} {command}" in shown.out
        assert "exit codes: 0 fine, 1 problems found, 2 could not run" in shown.out


def test_the_version_is_told(run):
    assert run("--version").out == f"lms {lms.__version__}\n"


def test_a_mistyped_command_gets_one_line(run):
    done = run("chek", "courses")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "check" in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_bad_arguments_never_end_in_a_traceback(run, command, tmp_path):
    """Each word alone, and after each option of the command that takes a value."""
    inner = next(action for action in parser()._actions if action.dest == "command").choices[command]
    options = [action.option_strings[-1] for action in inner._actions if action.option_strings and action.nargs != 0]
    for word in WORDS:
        for arguments in [[word], *([option, word] for option in options)]:
            if command == "serve" and arguments == [""]:
                continue
            done = run(command, *arguments)
            assert done.code in (1, 2), arguments
            assert "Traceback" not in done.err, arguments
            assert "unexpected" not in done.err, arguments
            assert done.err.count("\n") == 1, done.err
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_is_nonsense_stops_every_command_that_reads_settings(run, monkeypatch, tmp_path):
    monkeypatch.setenv("LMS_THREADS", "many")
    for arguments in (["serve"], ["demo"], ["migrate"], ["rebuild"], ["person"], ["invite", "--role", "administrator"]):
        done = run(*arguments)
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert "LMS_THREADS is many. Write a whole number" in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_unforeseen_fault_is_one_sentence_and_debug_shows_where(run, monkeypatch):
    monkeypatch.setattr("lms.cli.serve.read", lambda *_, **__: 1 / 0)
    done = run("serve")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "ZeroDivisionError: division by zero). Add --debug" in done.err
    with pytest.raises(ZeroDivisionError):
        run("serve", "--debug")


def test_it_runs_as_a_module_and_bytes_that_are_no_letters_do_no_harm():
    done = subprocess.run([sys.executable, "-m", "lms", "check", b"\xff\xfe"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_nothing_is_said_when_nobody_reads_on(tea):
    command = f"{sys.executable} -m lms compile {tea} -o - | head -c 5"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert done.stderr == b""


def seen_on(terminal: int) -> str:
    """All that was written to a terminal; Linux ends it with an error once nobody has it open."""
    seen = b""
    with open(terminal, "rb", buffering=0) as screen, contextlib.suppress(OSError):
        while part := screen.read(1_000):
            seen += part
    return seen.decode()


def test_a_bar_is_drawn_where_a_terminal_watches_and_taken_away():
    ours, theirs = pty.openpty()
    with open(theirs, "w") as terminal, Bar("Rebuilding", terminal) as bar:
        bar(1, 4)
        bar(4, 4)
    shown = seen_on(ours)
    assert "Rebuilding [#######" in shown
    assert "4 of 4" in shown
    assert shown.endswith("\r\x1b[K")


def test_where_no_terminal_watches_there_is_no_bar():
    quiet = io.StringIO()
    with Bar("Rebuilding", quiet) as bar:
        bar(1, 4)
    assert quiet.getvalue() == ""
