"""The command line: `lms COMMAND`. One file per family of commands; here is only the frame.

In go the arguments, out come an exit code (0 fine, 1 problems found, 2 could not run) and, for
whatever a person did wrong, one sentence. Services are imported inside the commands, so that
`lms --help` and the second start of a server wait for nothing they do not use.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence

import lms
from lms.cli import areas, badge, courses, mail, names, people, preview, reports, serve, store, worker
from lms.cli.parts import NO_TABLES, Parser
from lms.errors import LmsError

FAMILIES = (courses, preview, names, serve, worker, mail, people, areas, badge, reports, store)
"""In the order `lms --help` lists them."""

_NO_SUCH_TABLE = "42P01"
"""As PostgreSQL says it."""

_SELDOM = 20_000
"""New objects between two walks of the memory collector: what a command loads and makes mostly lives until it ends."""

PROBLEMS_FOUND, COULD_NOT_RUN, STOPPED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and say how it went."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file name may hold bytes that are no letters
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(_SELDOM)
    args = parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `lms check courses/* | head`: nobody reads on, and that is fine
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED
    except Exception as fault:
        if args.debug:
            raise
        print(f"lms {args.command}: {_sentence(fault)}", file=sys.stderr)
        return COULD_NOT_RUN


def parser() -> Parser:
    """Every command with its arguments, its help and its examples."""
    top = Parser(prog="lms", description=lms.__doc__, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"lms {lms.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for family in FAMILIES:
        family.add(commands)
    return top


def _sentence(fault: Exception) -> str:
    """What a person is told. Only faults nobody foresaw name their class."""
    if isinstance(fault, LmsError):
        return fault.sentence
    if isinstance(fault, OSError) and fault.filename is not None:
        name = fault.filename if isinstance(fault.filename, str) else os.fsdecode(fault.filename)
        return f"{name}: {fault.strerror}."
    driver = getattr(fault, "orig", fault)  # SQLAlchemy hands a driver's fault on as `orig`
    if type(driver).__module__.partition(".")[0] in ("psycopg", "sqlite3"):
        if getattr(driver, "sqlstate", None) == _NO_SUCH_TABLE or str(driver).startswith("no such table"):
            return NO_TABLES
        return f"The database can't be used ({_first_line(driver)}). Look at LMS_DATABASE_URL and LMS_VAR."
    return f"something unexpected went wrong ({type(fault).__name__}: {_first_line(fault)}). Add --debug to see where."


def _first_line(fault: object) -> str:
    return str(fault).partition("\n")[0]


__all__ = ["main", "parser"]
