"""`lms check`, `lms compile`, `lms publish`: a folder of Markdown looked at, frozen, shown to learners."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lms.cli.kept import kept_modules
from lms.cli.names import keep_lock
from lms.cli.parts import Bar, Commands, Parser, a_day, a_folder, add_command, existing, now_ms, open_site, write_whole
from lms.cli.problems import TELL, counted, from_here, show, stops
from lms.cli.watch import watch
from lms.content.problems import Problem
from lms.errors import CannotRun, LmsError

if TYPE_CHECKING:
    from lms.services.kept import KeptFiles
    from lms.services.publishing import Prepared, Published
    from lms.services.stores import Store
    from lms.settings import Settings

COULD_NOT_RUN = 2
_SUMMED_UP = ("translation-behind", "translation-missing")
"""Of these, publishing says a line for each language."""


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
        lms check --watch courses/online-safety
        lms check --strict --format github courses/online-safety
        lms check --format json courses/online-safety > faults.json
        """,
    )
    command.add_argument(
        "paths", metavar="PATH", nargs="+", type=existing, help="a course's folder, or one of its files"
    )
    command.add_argument(
        "--format", choices=tuple(TELL), default="text", help="for a person, for a program, or for GitHub to annotate"
    )
    command.add_argument(
        "--strict", action="store_true", help="take every warning for an error, as strict: all in course.md does"
    )
    command.add_argument("--watch", action="store_true", help="look again whenever a file is saved; Ctrl-C ends it")
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
        lms publish --dry-run courses/online-safety
        lms publish courses/online-safety
        lms publish --strict courses/online-safety
        """,
    )
    command.add_argument("folder", metavar="DIR", type=a_folder, help="the course's folder")
    command.add_argument(
        "--dry-run", action="store_true", help="say what it would mean for learners, and publish nothing"
    )
    command.add_argument(
        "--strict", action="store_true", help="publish nothing while there is a warning; as strict: all in course.md"
    )


def check(args: argparse.Namespace) -> int:
    """Every path is looked at, whatever the ones before it held."""
    if args.watch:
        return _watch(args)
    found = _look(args, kept_modules())
    TELL[args.format](found)
    return int(stops(found))


def _look(args: argparse.Namespace, kept: KeptFiles | None) -> list[Problem]:
    day = args.on or date.today()
    return [problem for path in args.paths for problem in _problems(path, day, args.strict, kept)]


def _watch(args: argparse.Namespace) -> int:
    """The exit code is that of the last look."""
    if args.format != "text":
        raise CannotRun("--watch tells a person. Leave out --format, or --watch.")
    places = [path if path.is_dir() else _course_of(path) or path for path in args.paths]
    code, kept = 0, kept_modules()
    try:
        for found in watch(places, lambda: _look_or_say(args, kept)):
            code = COULD_NOT_RUN if isinstance(found, str) else int(stops(found))
            _tell_anew(found)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return code


def _look_or_say(args: argparse.Namespace, kept: KeptFiles | None) -> list[Problem] | str:
    """What can't be read just now may be there again at the next save."""
    try:
        return _look(args, kept)
    except LmsError as fault:
        return fault.sentence
    except OSError as fault:
        return f"{fault.filename}: {fault.strerror}."


def _tell_anew(found: list[Problem] | str) -> None:
    """What was told before stays above: it may be what somebody is still reading."""
    if isinstance(found, list):
        show(found)
    summary = found if isinstance(found, str) else counted(found) or "all is well"
    print(f"{datetime.now().astimezone():%H:%M:%S}  {summary}", flush=True)


def _problems(path: Path, day: date, strict: bool, kept: KeptFiles | None) -> list[Problem]:
    """A file is judged as part of its course, and only what is wrong in it is told."""
    from lms.services import compiling

    if not path.exists():
        raise CannotRun(f"There is no {path} any more.")
    if path.is_dir():
        return from_here(path, compiling.check(compiling.read_folder(path), day, True, strict, kept))
    home = _course_of(path)
    files = compiling.read_folder(home) if home else _alone(path)
    home = home or path.parent
    inside = path.absolute().relative_to(home.absolute()).as_posix()
    found = compiling.check(files, day, True, strict, kept)
    return from_here(home, [it for it in found if it.file == inside])


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
    from lms.services import compiling

    files = compiling.read_folder(args.folder)
    try:
        release = compiling.compile_release(str(args.folder), files, date.today(), kept_modules())
        text = compiled_json(release) + "\n"
    except compiling.CourseFaulty as faulty:
        return _refuse(args.folder, faulty.problems, "written")
    if args.out == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
    else:
        write_whole(Path(args.out), text.encode())
    return 0


def publish(args: argparse.Namespace) -> int:
    """Learners come first: what it means for them is said before it is done.

    What the publication finishes is recorded here, to be said; a worker ends it where this is interrupted.
    """
    from lms.services import compiling, publishing

    files = compiling.read_folder(args.folder)
    with open_site() as (settings, store):
        try:
            prepared = publishing.prepare(
                store, str(args.folder), files, date.today(), strict=args.strict, cache=kept_modules()
            )
        except compiling.CourseFaulty as faulty:
            return _refuse(args.folder, faulty.problems, "published")
        show(from_here(args.folder, [it for it in prepared.warnings if it.code not in _SUMMED_UP]))
        _say_impact(store, prepared)
        if args.dry_run:
            print(f"Nothing was published. Leave --dry-run out to publish {prepared.course}.")
            return 0
        done = publishing.show(store, prepared, now_ms())
        what = "is shown to learners" if done.new else "was shown already; nothing has changed"
        print(f"{done.course} {what}: publication {done.publication_no}, release {done.hash[:12]}.", flush=True)
        keep_lock(args.folder, publishing.lock_of(store, done.course))
        _finish(store, settings, done)
    return 0


def _finish(store: Store, settings: Settings, done: Published) -> None:
    """Whoever the publication leaves with nothing left to do has finished."""
    from lms.services.courses import Catalogue
    from lms.services.jobs import Tools
    from lms.services.released import record_released

    tools = Tools(store, Catalogue(store), settings.timezone, now_ms)
    with Bar("Learners") as bar:
        passed = record_released(tools, done.course_id, done.publication_no, bar)
    for line in _finished_lines(passed.finished):
        print(line)
    if passed.failure:
        print(f"Not all learners were looked at ({passed.failure}). `lms worker` tries again.", file=sys.stderr)


def _finished_lines(finished: Mapping[str, int]) -> list[str]:
    """What a publication finished, for whoever published: `12 learners have now finished a module.`"""
    told = (("course", "the course"), ("module", "a module"), ("lesson", "a lesson"))
    numbers = [(finished.get(kind, 0), what) for kind, what in told]
    return [
        f"{number:,} learner{'s have' if number > 1 else ' has'} now finished {what}."
        for number, what in numbers
        if number
    ]


def _say_impact(store: Store, prepared: Prepared) -> None:
    from lms.services.impact import impact_of

    with Bar("Counting learners") as bar:
        impact = impact_of(store, prepared, bar)
    if prepared.again:
        print("These files were published before and are shown as they were; nobody loses anything.")
    elif prepared.before:
        print(f"{_many(impact.learners, 'learner')} {'has' if impact.learners == 1 else 'have'} begun it.")
    for effect in impact.effects:
        print(f"  {effect}")
    if impact.added:
        print(f"  {_many(impact.added, 'new name')}: asked of nobody who has finished what it stands in.")
    for told in (*impact.fall_back, *impact.spoken):
        print(f"  {told}")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _refuse(folder: Path, problems: Sequence[Problem], nothing: str) -> int:
    """The problems go to the side of the screen that is not piped on: `-o -` stays clean."""
    show(from_here(folder, problems), sys.stderr)
    print(f"{folder} has problems, so nothing was {nothing}.", file=sys.stderr)
    return 1
