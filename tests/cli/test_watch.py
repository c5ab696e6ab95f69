"""`lms check --watch`: it looks again when a file is saved, tells only what is new, and ends by Ctrl-C."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

import lms
from lms.cli.watch import stamps

HERE = str(Path(lms.__file__).parent.parent)
PATIENCE = 20


class Watched:
    """A `lms check --watch` that runs, and what it has said."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "lms", "check", "--watch", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": HERE}, text=True, **pipes)
        self.lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def told(self) -> list[str]:
        """The lines of the next result, up to the one with its time."""
        lines: list[str] = []
        while not (lines and re.match(r"\d\d:\d\d:\d\d  ", lines[-1])):
            lines.append(self.lines.get(timeout=PATIENCE))
        return lines

    def says_nothing_for(self, seconds: float) -> bool:
        try:
            self.lines.get(timeout=seconds)
        except Empty:
            return True
        return False

    def interrupted(self) -> tuple[int, str]:
        """The exit code after Ctrl-C, and what was said of it."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


@pytest.fixture
def watching(run, tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    """`watching("tea")` starts one in the test's folder; none is left behind."""
    started: list[Watched] = []

    def start(*arguments: str) -> Watched:
        started.append(Watched(tmp_path, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def save(path: Path, old: str, new: str) -> None:
    """As editors do: a new file in place of the old."""
    half = path.with_suffix(".half")
    half.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    half.replace(path)


def test_it_looks_again_at_each_save_and_tells_only_what_is_new(tea, watching):
    one = watching("tea")
    assert re.fullmatch(r"\d\d:\d\d:\d\d  all is well", one.told()[0])
    save(tea / "brewing.md", "[x]", "[ ]")
    told = one.told()
    assert told[0] == "tea/brewing.md:18:1: no choice is right. Mark one with [x]."
    assert told[-1].endswith("  1 error")
    save(tea / "brewing.md", "just boiled.", "just boiled, in a kettle.")
    assert one.says_nothing_for(2)
    save(tea / "brewing.md", "- [ ] It has", "- [x] It has")
    assert one.told()[0].endswith("  all is well")
    assert one.interrupted() == (0, "\n")


def test_the_exit_code_is_that_of_the_last_look_and_nothing_is_wiped_off_the_screen(tea, watching):
    save(tea / "brewing.md", "[x]", "[ ]")
    one = watching("tea/brewing.md")
    assert not any("\033" in line for line in one.told())
    assert one.interrupted() == (1, "\n")


def test_a_folder_that_is_gone_and_comes_back_is_watched_on(tea, watching):
    one = watching("tea")
    one.told()
    shutil.move(tea, tea.parent / "kept")
    assert one.told()[0].endswith("  There is no tea any more.")
    shutil.move(tea.parent / "kept", tea)
    assert one.told()[0].endswith("  all is well")


def test_a_change_of_any_file_can_be_told_but_hidden_ones_are_passed_over(tea):
    before = stamps([tea])
    (tea / ".swap").write_text("half")
    assert stamps([tea]) == before
    (tea / "pictures").mkdir()
    (tea / "pictures" / "kettle.svg").write_text("<svg/>")
    after = stamps([tea])
    assert set(after) - set(before) == {str(tea / "pictures" / "kettle.svg")}
    time.sleep(0.01)
    (tea / "brewing.md").write_text((tea / "brewing.md").read_text("utf-8"), "utf-8")
    assert stamps([tea]) != after
