"""`lms export`: the package of counts a funder gets, and the one about single learners that she does not."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from lms.cli.parts import Bar, Commands, Parser, a_day, add_command, now_ms, open_site


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "export",
        export,
        "write the counts as of a day as a zip of tables, small numbers hidden",
        """
        lms export --as-of 2026-09-30 --out reports
        lms export --as-of 2026-09-30 --out reports --learners
        """,
    )
    command.add_argument("--as-of", metavar="DATE", type=a_day, required=True, help="count what was known by its end")
    command.add_argument("--out", metavar="DIR", type=an_out_folder, required=True, help="the folder to write it in")
    command.add_argument(
        "--learners", action="store_true", help="rows about single learners instead: personal data, for administrators"
    )


def an_out_folder(text: str) -> Path:
    """A folder that is there, or a new one inside one that is."""
    parent = os.path.dirname(text.rstrip("/")) or "."
    name = os.path.basename(text.rstrip("/"))
    fits = text and len(os.fsencode(name)) < 200 and os.path.isdir(parent)
    if not fits or (os.path.lexists(text) and not os.path.isdir(text)):
        raise argparse.ArgumentTypeError(
            f"{text[:200]!r} can't be a folder: name one, or a new one in one that is there"
        )
    return Path(text)


def export(args: argparse.Namespace) -> int:
    from lms.services import reports

    make = reports.export_learners if args.learners else reports.export
    with open_site() as (settings, store), Bar("Learners" if args.learners else "Counting") as bar:
        file = make(store, settings.timezone, args.as_of, now_ms(), args.out, step=bar)
    print(file)
    if args.learners:
        print("This is personal data: keep it as you would keep the register, and delete it when it has been used.")
    return 0
