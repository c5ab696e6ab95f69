"""`lms check`, `lms compile`, `lms publish`: a folder of Markdown looked at, frozen, shown to learners."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TextIO

from lms.cli.parts import (
    Bar,
    Commands,
    Parser,
    a_day,
    a_folder,
    add_command,
    existing,
    now_ms,
    open_site,
    write_whole,
)
from lms.content.problems import Problem, Severity
from lms.errors import CannotRun


def add(commands: Commands[Parser]) -> None:
    for add_one in (_add_check, _add_compile, _add_publish):
        add_one(commands)


def _add_check(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "check",
        check,
        "show every fault of a course, or of one file, and what to type instead",
        """
        lms check courses/online-safety
        lms check courses/online-safety/passwords.md
        lms check --format json courses/online-safety > faults.json
        """,
    )
    command.add_argument(
        "paths", metavar="PATH", nargs="+", type=existing, help="a course's folder, or one of its files"
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="for a person, or for a program")
    command.add_argument(
        "--on", metavar="DATE", type=a_day, default=None, help="judge review dates as of this day (today)"
    )


def _add_compile(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "compile",
        compile_course,
        "freeze a course into one file of canonical JSON, the same bytes on any machine",
        """
        lms compile courses/online-safety -o online-safety.json
        lms compile courses/online-safety -o - | sha256sum
        """,
    )
    command.add_argument("folder", metavar="DIR", type=a_folder, help="the course's folder")
    command.add_argument("-o", "--out", metavar="FILE", required=True, help="where to write it; - is the screen")


def _add_publish(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "publish",
        publish,
        "show a course to learners, all of it at once; publishing an older one again rolls back",
        """
        lms publish courses/online-safety
        """,
    )
    command.add_argument("folder", metavar="DIR", type=a_folder, help="the course's folder")


def check(args: argparse.Namespace) -> int:
    """Every path is looked at, whatever the ones before it held."""
    day = args.on or date.today()
    found = [problem for path in args.paths for problem in _problems(path, day)]
    if args.format == "json":
        print(json.dumps([asdict(problem) for problem in found], ensure_ascii=False, indent=2))
    else:
        _show(found)
    return int(_stops(found))


def _problems(path: Path, day: date) -> list[Problem]:
    """A file is judged as part of its course, and only what is wrong in it is told."""
    from lms.services import publishing

    if path.is_dir():
        return _from_here(path, publishing.check(publishing.read_folder(path), day))
    home = _course_of(path)
    files = publishing.read_folder(home) if home else _alone(path)
    home = home or path.parent
    inside = path.absolute().relative_to(home.absolute()).as_posix()
    return _from_here(home, [it for it in publishing.check(files, day) if it.file == inside])


def _course_of(file: Path) -> Path | None:
    """The nearest folder at or above the file's with a course.md, named as the person named the file."""
    folders = file.parents if file.is_absolute() else (*file.parents, *Path.cwd().parents)
    return next((folder for folder in folders if (folder / "course.md").exists()), None)


def _alone(file: Path) -> dict[str, bytes]:
    """A module somebody has begun with, before there is a course around it."""
    if file.suffix != ".md":
        raise CannotRun(f"{file} is in no course: no folder above it has a course.md.")
    return {file.name: file.read_bytes()}


def compile_course(args: argparse.Namespace) -> int:
    from lms.content.compiled import compiled_json
    from lms.services import publishing

    files = publishing.read_folder(args.folder)
    try:
        text = compiled_json(publishing.compile_release(str(args.folder), files, date.today())) + "\n"
    except publishing.CourseFaulty as faulty:
        return _refuse(args.folder, faulty.problems, "written")
    if args.out == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
    else:
        write_whole(Path(args.out), text.encode())
    return 0


def publish(args: argparse.Namespace) -> int:
    """What the publication finishes is recorded each time: so running it again ends what was interrupted."""
    from lms.services import publishing
    from lms.services.released import record_released

    files = publishing.read_folder(args.folder)
    with open_site() as (settings, store):
        try:
            done = publishing.publish(store, str(args.folder), files, date.today(), now_ms())
        except publishing.CourseFaulty as faulty:
            return _refuse(args.folder, faulty.problems, "published")
        _show(_from_here(args.folder, done.warnings))
        what = "is shown to learners" if done.new else "was shown already; nothing has changed"
        print(f"{done.course} {what}: publication {done.publication_no}, release {done.hash[:12]}.", flush=True)
        with Bar("Learners") as bar:
            finished = record_released(store, done.course_id, settings.timezone, now_ms(), bar)
    for line in finished_lines(finished):
        print(line)
    return 0


def finished_lines(finished: Mapping[str, int]) -> list[str]:
    """What a publication finished, for whoever published: `12 learners have now finished a module.`"""
    told = (("course", "the course"), ("module", "a module"), ("lesson", "a lesson"))
    numbers = [(finished.get(kind, 0), what) for kind, what in told]
    return [
        f"{number:,} learner{'s have' if number > 1 else ' has'} now finished {what}."
        for number, what in numbers
        if number
    ]


def _refuse(folder: Path, problems: Sequence[Problem], nothing: str) -> int:
    """The problems go to the side of the screen that is not piped on: `-o -` stays clean."""
    _show(_from_here(folder, problems), sys.stderr)
    print(f"{folder} has problems, so nothing was {nothing}.", file=sys.stderr)
    return 1


def _from_here(home: Path, problems: Iterable[Problem]) -> list[Problem]:
    """The same problems with their files named from where the person stands, ready to click."""
    return [replace(problem, file=str(home / problem.file)) for problem in problems]


def _show(problems: Iterable[Problem], stream: TextIO | None = None) -> None:
    for problem in problems:
        told = problem if _stops([problem]) else replace(problem, message=f"warning: {problem.message}")
        print(told, file=stream)


def _stops(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)
