"""A place to run commands in: an empty folder, an empty environment, and what was printed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms.cli import main

COURSES = Path(__file__).parent.parent.parent / "courses"

COURSE = {
    "course.md": """---
course: tea
lang: en
order: [brewing]
badge: none
---
# Making tea

Everything about a cup of tea.
""",
    "brewing.md": """---
module: brewing
lang: en
badge: none
---
# Brewing

## The water {#water}

- Skills: eds-2022/F1

### Boil it {#boil}

Water for tea has just boiled.

### Question: How hot is the water? {#q-hot}

- [x] It has just boiled
- [ ] It is warm
""",
}


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """`run("check", "tea")` runs `lms check tea` in a folder of its own."""
    for name in list(os.environ):
        if name.startswith("LMS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    # A server would take this very process over; those tests start one of their own.
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("this started a server"))
    mask = os.umask(0o022)

    def one(*arguments: str) -> Ran:
        capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse's way out
            code = int(end.code or 0)
        return Ran(code, *capfd.readouterr())

    yield one
    os.umask(mask)


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo takes seconds to make, so it is made once and copied."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(COURSES, folder / "courses")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    subprocess.run([sys.executable, "-m", "lms", "demo"], cwd=folder, env=environ, check=True, capture_output=True)
    return folder


@pytest.fixture
def demo(_made_once: Path, tmp_path: Path) -> Path:
    """A folder with the courses and a demo's `var`, all of the test's own."""
    return shutil.copytree(_made_once, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def tea(tmp_path: Path) -> Path:
    """A small course without a fault, in the folder `tea`."""
    folder = tmp_path / "tea"
    folder.mkdir()
    for name, text in COURSE.items():
        (folder / name).write_text(text, "utf-8")
    return folder
