"""`lms migrate`, `lms rebuild`, `lms backup`, `lms restore`: the database and the files beside it."""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

from lms.cli import home
from lms.cli.parts import Bar, Commands, Parser, a_file, add_command, now_ms, open_site
from lms.errors import CannotRun
from lms.settings import LONDON, Settings, read


def add(commands: Commands[Parser]) -> None:
    for add_one in (_add_migrate, _add_rebuild, _add_backup, _add_restore):
        add_one(commands)


def _add_migrate(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "migrate",
        migrate,
        "bring the database up to date with this version; `lms serve` does it by itself",
        """
        lms migrate
        lms migrate --check
        lms migrate --back 0001
        lms migrate --back base --lose
        """,
    )
    way = command.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help="only compare: do the migrations make the code's tables?")
    way.add_argument(
        "--back", metavar="REVISION", type=a_revision, help="go back to a revision; refused while a server is running"
    )
    command.add_argument(
        "--lose", action="store_true", help="with --back: lose what only newer revisions keep of people"
    )


def _add_rebuild(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "rebuild",
        rebuild,
        "compute everyone's progress anew from what they did, and say where it differs",
        """
        lms rebuild
        lms rebuild --check
        """,
    )
    command.add_argument("--check", action="store_true", help="only compare; change nothing")


def _add_backup(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "backup",
        backup,
        "copy the database and the courses' files into one file, while people go on learning",
        """
        lms backup lms-2026-11-21.zip
        """,
    )
    command.add_argument("file", metavar="FILE", type=new_file, help="the file to write; it must not be there yet")


def _add_restore(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "restore",
        restore,
        "put a backup in place of what is there; refused while a server is using the folder",
        """
        lms restore lms-2026-11-21.zip
        lms restore lms-2026-11-21.zip --replace
        """,
    )
    command.add_argument("file", metavar="FILE", type=a_file, help="a file that `lms backup` wrote")
    command.add_argument("--replace", action="store_true", help="there are people here already; lose what is newer")


def a_revision(text: str) -> str:
    """`0001`, or `base` for no tables at all."""
    if not re.fullmatch(r"\d{4}|base", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text[:200]!r} is no revision: write four figures, like 0001")
    return text


def new_file(text: str) -> Path:
    """A file that is not there yet, in a folder that is."""
    folder, name = os.path.split(text)
    if not name or len(os.fsencode(name)) > 200 or not os.path.isdir(folder or "."):
        raise argparse.ArgumentTypeError(f"{text[:200]!r} can't be a new file: name one in a folder that is there")
    if os.path.lexists(text):
        raise argparse.ArgumentTypeError(f"{text!r} is there already: name another")
    return Path(text)


def migrate(args: argparse.Namespace) -> int:
    from lms.services.stores import migrate as bring_up_to_date
    from lms.services.stores import open_store

    if args.check:
        return _compare()
    if args.lose and not args.back:
        raise CannotRun("--lose is for going back: lms migrate --back REVISION --lose.")
    settings = read(os.environ, secret_needed=False)
    home.make_folder(settings.var)
    if args.back:
        return _go_back(settings, args.back, args.lose)
    with home.preparing(settings.var), closing(open_store(settings.database_url, settings.var)) as store:
        print(f"The database is at revision {bring_up_to_date(store, settings.timezone, now_ms())}.")
    return 0


def _go_back(settings: Settings, revision: str, lose: bool) -> int:
    """Alone in the folder: a server would find its tables gone."""
    from lms.services.stores import migrate_back, open_store

    alone, prepares = home.hold_alone(settings.var), home.preparing(settings.var)
    with alone, prepares, closing(open_store(settings.database_url, settings.var)) as store:
        migrate_back(store, revision, lose=lose)
    print(f"The database is back at revision {revision}.")
    return 0


def _compare() -> int:
    """In a database of its own: what is asked is whether the code agrees with itself."""
    from lms.services.stores import migrate as bring_up_to_date
    from lms.services.stores import open_store, schema_differences

    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/db", Path(folder))) as store:
        bring_up_to_date(store, LONDON, now_ms())
        differences = schema_differences(store)
    for difference in differences:
        print(difference)
    return int(bool(differences))


def rebuild(args: argparse.Namespace) -> int:
    from lms.services.courses import Catalogue
    from lms.services.rebuild import rebuild as fold_again

    with open_site() as (settings, store), Bar("Learners") as bar:
        found = fold_again(store, Catalogue(store), settings.timezone, args.check, bar)
    for difference in found.differences:
        print(difference)
    differ = f"{len(found.differences)} differences" if found.differences else "no difference"
    right = ", put right" if found.differences and not args.check else ""
    print(f"{found.events:,} events of {found.learners:,} learners' courses: {differ}{right}.")
    return int(bool(found.differences) and args.check)


def backup(args: argparse.Namespace) -> int:
    from lms.services.backup import backup as write_backup

    with open_site(up_to_date=False) as (_, store), Bar("Copying") as bar:
        write_backup(store, args.file, progress=bar)
    print(f"{args.file} holds the database and the courses' files, and no secret: keep LMS_VAR/secret apart from it.")
    return 0


def restore(args: argparse.Namespace) -> int:
    from lms.services.backup import restore as read_backup

    settings = read(os.environ, secret_needed=False)
    if not zipfile.is_zipfile(args.file):
        raise CannotRun(f"{args.file} is not a backup of lms.")
    home.make_folder(settings.var)
    with home.hold_alone(settings.var), Bar("Restoring") as bar:
        read_backup(settings.database_url, settings.var, args.file, replace=args.replace, progress=bar)
    print(f"{args.file} is restored. Phones will send again what they recorded since.")
    return 0
