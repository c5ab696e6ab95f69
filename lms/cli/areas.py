"""`lms areas`: the places reports are broken down by, from a list an office has."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

from lms.cli.parts import Commands, Parser, a_file, add_command, now_ms, open_site
from lms.errors import CannotRun


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "areas",
        areas,
        "add and change areas from a CSV file with the columns code, name and parent",
        """
        lms areas councils.csv
        """,
    )
    command.add_argument("file", metavar="FILE", type=a_file, help="a parent is the code of the area it is in")


def areas(args: argparse.Namespace) -> int:
    from lms.services import organisations

    rows = _rows(args.file)
    with open_site() as (_, store):
        named, faults = organisations.set_areas(store, rows, now_ms())
    for fault in faults:
        print(f"{args.file}: {fault}")
    if faults:
        print("Nothing was written.")
        return 1
    print(f"{named} areas are as the file says.")
    return 0


def _rows(path: Path) -> list[list[str]]:
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    try:
        return list(reader)
    except csv.Error as fault:
        raise CannotRun(
            f"{path}, line {reader.line_num}, is no CSV: {fault}. Look for a quote that never ends."
        ) from fault


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise CannotRun(f"{path} is not UTF-8. Save it as CSV UTF-8.") from fault
