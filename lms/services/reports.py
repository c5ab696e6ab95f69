"""Reports: the package of counts a funder gets, and the one about single learners that nobody outside gets.

Who may ask for one is the caller's to check (`Permission.REPORT_EXPORT`, `Permission.LEARNER_EXPORT`);
that it was made, and what exactly, is noted here.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import Refused
from lms.interop import reports as packages
from lms.interop.package import write
from lms.learning.days import day_of, end_of_day
from lms.learning.measures import Breakdown, Period, Tally, period, pseudonym
from lms.store import audit
from lms.store import people as people_rows
from lms.store import reports as rows
from lms.store.gate import Store, retried

Step = Callable[[int], None]
"""Told how many pages of people, or rows, are done."""


def export(
    store: Store,
    zone: ZoneInfo,
    as_of: date,
    now_ms: int,
    out: Path,
    by_id: int | None = None,
    step: Step = lambda _: None,
) -> Path:
    """Make the package of counts as of a local day in a folder; returns its file.

    The same day gives the same bytes whenever it is asked for, once it is over. `by_id`: the person
    who asked, if it was a person. Refused for a day that has not come.
    """
    with store.read() as db:
        about = _period(db, zone, as_of, now_ms)
        tallies = _tallies(db, about, step)
    with _new_file(out, f"learning-{as_of}.zip") as (path, file):
        write(packages.report(about, tallies), file)
        _note(store, by_id, "exported-report", as_of, file, now_ms)
    return path


def export_learners(
    store: Store,
    zone: ZoneInfo,
    as_of: date,
    now_ms: int,
    out: Path,
    by_id: int | None = None,
    step: Step = lambda _: None,
) -> Path:
    """Make the package about single learners as of a local day in a folder; returns its file.

    Personal data. Ids are HMACs under a salt that is made here and kept nowhere, so they lead back
    to nobody and match no other file's. Refused for a day that has not come.
    """
    salt = secrets.token_bytes(32)
    with store.read() as db, _new_file(out, f"PERSONAL-DATA-learners-{as_of}.zip") as (path, file):
        about = _period(db, zone, as_of, now_ms)
        write(packages.learners(about, learner_cells(db, about, salt, step)), file, compressed=True)
        _note(store, by_id, "exported-learners", as_of, file, now_ms)
    return path


def _period(db: Connection, zone: ZoneInfo, as_of: date, now_ms: int) -> Period:
    if as_of.year * 10_000 + as_of.month * 100 + as_of.day > day_of(now_ms, zone):
        raise Refused("That day has not come yet. Choose today or a day before.", "as_of")
    return period(rows.first_recorded(db, end_of_day(as_of, zone)), as_of, zone, now_ms)


def _tallies(db: Connection, about: Period, step: Step) -> dict[Breakdown, Tally]:
    by_area, by_group = (Tally(rows.units(db, it, about.end_ms), about.months) for it in Breakdown)
    tallies = {Breakdown.AREA: by_area, Breakdown.GROUP: by_group}
    for page, span in enumerate(rows.spans(db), start=1):
        for measure, area_id, group_id, month, number in rows.facts(db, about, span):
            by_area.add(measure, area_id, month, number)
            by_group.add(measure, group_id, month, number)
        for breakdown, tally in tallies.items():
            for different in rows.different(db, breakdown, about, span):
                tally.add(*different)
        step(page)
    return tallies


def learner_cells(db: Connection, about: Period, salt: bytes, step: Step) -> Iterator[tuple[str | int, ...]]:
    """The rows about single learners, in key order, under the pseudonyms of a salt."""
    courses, areas, groups = rows.course_slugs(db), *(rows.labels_of(db, it) for it in Breakdown)
    months = {month.number: month.name for month in about.months}
    done = 0
    for span in rows.spans(db):
        for row in rows.learners(db, about, span):
            done += 1
            where = courses[row.course_id], areas[row.area_id], groups[row.group_id]
            counted = row.months, row.lessons, row.modules, row.badges
            yield (pseudonym(salt, row.person_id), *where, months[row.began], *counted)
            step(done)


@contextmanager
def _new_file(folder: Path, name: str) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file that is there whole when the block ends, and not at all when it fails. Its owner alone can read it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{name}.", delete=False) as file:
        half = Path(file.name)
        try:
            yield path, file
            file.flush()
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)


@retried
def _note(store: Store, by_id: int | None, action: str, as_of: date, file: IO[bytes], at_ms: int) -> None:
    """Enter in the chain of the person who asked what was given out, before it is."""
    if by_id is None:
        return
    file.flush()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    with store.write() as db:
        people_rows.lock(db, by_id)
        audit.note(db, by_id, action, at_ms, by_id, str(as_of), digest)
