"""`lms names`: names for what has none yet, a paste put right, `names.lock` written anew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lms.cli.kept import kept_modules
from lms.cli.parts import Commands, Parser, a_folder, add_command, open_site, write_whole
from lms.errors import CannotRun, NotFound

_ABOUT_NAMES = frozenset({"name-form", "name-not-last", "name-quiz", "name-twice", "quiz-name"})


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "names",
        names,
        "write a name behind each heading that has none, and mend what a phone or word processor did to a file",
        """
        lms names courses/online-safety
        lms names --write courses/online-safety
        lms names --lock --write courses/online-safety
        """,
    )
    command.add_argument("folder", metavar="DIR", type=a_folder, help="the course's folder")
    command.add_argument("--write", action="store_true", help="change the files; without it, only say what would be")
    command.add_argument(
        "--lock", action="store_true", help="write names.lock instead, as this site's records have the published names"
    )


def names(args: argparse.Namespace) -> int:
    return _lock(args.folder, args.write) if args.lock else _headings(args.folder, args.write)


def _headings(folder: Path, write: bool) -> int:
    """Mend each file, then say what about names only its author can settle."""
    from lms.content.compile import compile as compile_course
    from lms.content.naming import mend_all
    from lms.services.compiling import read_folder

    files = read_folder(folder)
    mended = mend_all(files)
    for path, made in mended.items():
        for edit in made.edits:
            print(f"{folder / path}:{edit.line}: {edit.what}.")
        if write:
            write_whole(folder / path, made.data)
    after = files | {path: made.data for path, made in mended.items()}
    problems = compile_course(after, cache=kept_modules()).problems
    left = [problem for problem in problems if problem.code in _ABOUT_NAMES]
    for problem in left:
        print(f"{folder}/{problem}", file=sys.stderr)
    changes = sum(len(made.edits) for made in mended.values())
    if changes:
        _say_how_many(changes, len(mended), write)
    return int(bool(left) or bool(changes and not write))


def _say_how_many(changes: int, files: int, write: bool) -> None:
    where = f"{changes} change{'' if changes == 1 else 's'} in {files} file{'' if files == 1 else 's'}"
    print(f"Made {where}." if write else f"{where} to make: add --write to make {'it' if changes == 1 else 'them'}.")


def _lock(folder: Path, write: bool) -> int:
    """The lock of a course this site has published, taken from its records."""
    from lms.content.lock import LOCK
    from lms.services import compiling, publishing

    files = compiling.read_folder(folder)
    course = compiling.course_of(files)
    with open_site() as (_, store):
        try:
            text = publishing.lock_of(store, course)
        except NotFound:
            raise CannotRun(f"This site has never published {course or folder}, so it knows no names of it.") from None
    if same_lines(files.get(LOCK, b""), text):
        print(f"{folder / LOCK} is as this site has it.")
        return 0
    if not write:
        print(f"{folder / LOCK} differs from what this site has: add --write to write it anew.")
        return 1
    write_whole(folder / LOCK, text.encode())
    print(f"{folder / LOCK} is written.")
    return 0


def keep_lock(folder: Path, text: str) -> None:
    """Write a lock after publishing, where it can be; a file that says the same is left as it is."""
    path = folder / "names.lock"
    try:
        if path.exists() and same_lines(path.read_bytes(), text):
            return
        write_whole(path, text.encode())
    except (CannotRun, OSError):
        print(
            f"{path} can't be written, so it is not up to date. Run `lms names --lock --write` on a copy that can be.",
            file=sys.stderr,
        )
        return
    print(f"{path} is up to date: commit it.")


def same_lines(data: bytes, text: str) -> bool:
    """Whether a file says the same, whatever a system did to its line ends."""
    return data.replace(b"\r\n", b"\n") == text.encode()
