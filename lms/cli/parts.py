"""What every command uses: how it is declared, its kinds of arguments, the open site, the progress bar."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, TextIO

from lms.cli import home
from lms.errors import CannotRun
from lms.learning.days import read_day
from lms.settings import Settings, read

if TYPE_CHECKING:
    from lms.services.stores import Store

Run = Callable[[argparse.Namespace], int]

NO_TABLES = (
    "This database is without the tables of lms. Run `lms migrate` first, or set LMS_DATABASE_URL to the right one."
)

BAR_WIDTH = 30
REDRAWN_EVERY = 0.1
"""Seconds."""


class Parser(argparse.ArgumentParser):
    """argparse, saying what is wrong in one line instead of under a page of usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. `{self.prog} --help` shows how it is written.\n")


Commands = argparse._SubParsersAction  # argparse has no public name for what `add_subparsers` returns


def add_command(commands: Commands[Parser], name: str, run: Run, what: str, examples: str) -> Parser:
    """Declare a command. `what` is its help, `examples` are whole lines as a person types them."""
    lines = "\n".join(f"  {line.strip()}" for line in examples.strip().splitlines())
    command = commands.add_parser(
        name,
        help=what,
        description=what,
        epilog=f"examples:\n{lines}\n\nexit codes: 0 fine, 1 problems found, 2 could not run",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("--debug", action="store_true", help="show where an unexpected fault came from")
    command.set_defaults(run=run)
    return command


def a_day(text: str) -> date:
    """`2026-09-30`, and no other way of writing a day."""
    try:
        return read_day(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{_short(text)} is no day: write it like 2026-09-30") from fault


def a_number(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return number


def a_host(text: str) -> str:
    """A name or an address, of letters that either can have."""
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address: write one like 127.0.0.1")
    return text


def existing(text: str) -> Path:
    """A file or folder that is there; a device or a pipe is neither."""
    if not (os.path.isfile(text) or os.path.isdir(text)):
        raise argparse.ArgumentTypeError(f"there is no {_short(text)}")
    return Path(text)


def a_file(text: str) -> Path:
    """A file that is there."""
    path = existing(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{_short(text)} is a folder, not a file")
    return path


def a_folder(text: str) -> Path:
    """A folder that is there."""
    path = existing(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{_short(text)} is a file, not a folder")
    return path


def _short(text: str) -> str:
    return repr(text if len(text) < 200 else f"{text[:200]}...")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or, when anything fails, as it was."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # into a device such as /dev/null, never in its place
        else:
            half.write_bytes(data)
            half.replace(path)
    except OSError as fault:
        half.unlink(missing_ok=True)
        raise CannotRun(f"{path} can't be written ({fault.strerror}). Name another file.") from fault


def now_ms() -> int:
    """The instant a command runs at; handed down from here."""
    return time.time_ns() // 1_000_000


@contextmanager
def open_site(*, up_to_date: bool = True) -> Iterator[tuple[Settings, Store]]:
    """The settings and the store they name. What is not there is never made: its name may be a slip."""
    from lms.services.stores import is_made, migrate, open_store

    settings = read(os.environ, secret_needed=False)
    if not settings.var.is_dir():
        raise CannotRun(f"There is no {settings.var}. Run `lms migrate` first, or set LMS_VAR to the right folder.")
    with home.using(settings.var), closing(open_store(settings.database_url, settings.var)) as store:
        if not is_made(store):
            raise CannotRun(NO_TABLES)
        if up_to_date:
            migrate(store, settings.timezone, now_ms())
        yield settings, store


@dataclass
class Bar:
    """A line on a terminal that says how far long work is; nothing where no terminal watches.

    >>> with Bar("Rebuilding") as bar:
    ...     bar(1, 400)
    """

    label: str
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    drawn_at: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int = 0) -> None:
        """`total` 0: nobody knows yet how much there is."""
        now = time.monotonic()
        if not self.stream.isatty() or (now - self.drawn_at < REDRAWN_EVERY and done != total):
            return
        self.drawn_at = now
        filled = BAR_WIDTH * done // total if total else 0
        how_far = f"[{'#' * filled:<{BAR_WIDTH}}] {done:,} of {total:,}" if total else f"{done:,}"
        self.stream.write(f"\r{self.label} {how_far}\033[K")
        self.stream.flush()

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self.drawn_at:
            self.stream.write("\r\033[K")
            self.stream.flush()
