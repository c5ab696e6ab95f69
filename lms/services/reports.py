"""Reports: the package of counts a funder gets, and the one about single learners that nobody outside gets.

Each is checked for the permission of who asks (`report:export`, `learner:export`), and that it was made,
and what exactly, is noted before it is given out.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.errors import Forbidden, Refused
from lms.interop import reports as packages
from lms.interop.package import write
from lms.learning.days import day_of, end_of_day
from lms.learning.measures import Breakdown, Measure, Period, Tally, period, pseudonym
from lms.learning.people import Permission, Scope
from lms.learning.persons import Counted, Merge, Taken, ever_one, kept_at
from lms.services.attendance import by_area
from lms.services.people import SignedIn
from lms.store import audit, site
from lms.store import merges as merge_rows
from lms.store import people as people_rows
from lms.store import reports as rows
from lms.store.gate import Store, retried
from lms.store.programmes import programme_rows
from lms.store.reports import LearnerRow

_TOGETHER = 200
"""People with several ids looked at at once."""

Step = Callable[[int], None]
"""Told how many pages of people, or rows, are done."""


def _quiet(_done: int) -> None:
    return None


def export(
    store: Store, zone: ZoneInfo, as_of: date, now_ms: int, out: Path, by: SignedIn | None = None, step: Step = _quiet
) -> Path:
    """Make the package of counts as of a local day in a folder; returns its file.

    The same day gives the same bytes whenever it is asked for, once it is over. `by`: who asked; nobody is
    the command line. A funder of programmes gets theirs alone: what was begun in their groups, and their meetings.
    Refused for a day that has not come.
    """
    scope = by.scope(Permission.REPORT_EXPORT, now_ms) if by else Scope(everywhere=True)
    with store.read() as db:
        about = _period(db, zone, as_of, now_ms, _groups(db, scope))
        tallies = _tallies(db, about, step)
        attended, trained = (list(by_area(db, zone, as_of, now_ms, scope, staff=it)) for it in (False, True))
        of = "".join(f"{it.slug}-" for it in programme_rows(db) if it.programme_id in scope.programmes)
    with _new_file(out, f"learning-{'' if scope.everywhere else of}{as_of}.zip") as (path, file):
        write(packages.report(about, tallies, attended, trained), file)
        _note(store, by, "exported-report", as_of, file, now_ms)
    return path


def export_learners(
    store: Store, zone: ZoneInfo, as_of: date, now_ms: int, out: Path, by: SignedIn | None = None, step: Step = _quiet
) -> Path:
    """Make the package about single learners as of a local day in a folder; returns its file.

    Personal data. Ids are HMACs under a salt that is made here and kept nowhere, so they lead back
    to nobody and match no other file's. Refused for a day that has not come.
    """
    _check(by, Permission.LEARNER_EXPORT, now_ms)
    salt = secrets.token_bytes(32)
    with store.read() as db, _new_file(out, f"PERSONAL-DATA-learners-{as_of}.zip") as (path, file):
        about = _period(db, zone, as_of, now_ms)
        write(packages.learners(about, learner_cells(db, about, salt, step)), file, compressed=True)
        _note(store, by, "exported-learners", as_of, file, now_ms)
    return path


def _check(by: SignedIn | None, permission: Permission, now_ms: int) -> None:
    """Whoever can run a command on the server could as well read its database: only people are asked."""
    if by is not None and not by.may(permission, now_ms):
        raise Forbidden


def _groups(db: Connection, scope: Scope) -> frozenset[int] | None:
    return None if scope.everywhere else frozenset(people_rows.groups_in(db, scope))


def _period(db: Connection, zone: ZoneInfo, as_of: date, now_ms: int, groups: frozenset[int] | None = None) -> Period:
    if as_of.year * 10_000 + as_of.month * 100 + as_of.day > day_of(now_ms, zone):
        raise Refused("That day has not come yet. Choose today or a day before.", "as_of")
    first_ms = rows.first_recorded(db, end_of_day(as_of, zone), groups)
    return period(first_ms, as_of, zone, now_ms, groups, rows.staff_groups(db))


def _tallies(db: Connection, about: Period, step: Step) -> dict[Breakdown, Tally]:
    tallies = {it: Tally(rows.units(db, it, about), about.months) for it in Breakdown}
    for page, span in enumerate(rows.spans(db), start=1):
        for measure, area_id, group_id, month, number in rows.facts(db, about, span):
            if group_id in about.staff:
                tallies[Breakdown.STAFF].add(measure, area_id, month, number)
            else:
                tallies[Breakdown.AREA].add(measure, area_id, month, number)
                tallies[Breakdown.GROUP].add(measure, group_id, month, number)
        for breakdown, tally in tallies.items():
            for different in rows.different(db, breakdown, about, span):
                tally.add(*different)
        step(page)
    places = {measure: place for place, measure in enumerate(Measure)}
    for by, twice, unit, its_month in _twice(db, about):
        tallies[by].add(places[twice], unit, its_month, -1)
    return tallies


def _twice(db: Connection, about: Period) -> Iterator[Taken]:
    """What was counted under several ids of one person, a few people at a time."""
    merges = _merges(db, about)
    if not merges or not about.months:
        return
    counted, hers = Counted(merges, about), ever_one(merges)
    for start in range(0, len(hers), _TOGETHER):
        ids = hers[start : start + _TOGETHER]
        some = list(rows.seen(db, about, [its_id for one in ids for its_id in one]))
        whose = {its_id: number for number, one in enumerate(ids) for its_id in one}
        for _, seen in groupby(sorted(some, key=lambda it: whose[it.person_id]), key=lambda it: whose[it.person_id]):
            yield from counted.twice(list(seen))


def _merges(db: Connection, about: Period) -> list[Merge]:
    return [Merge(it.person_id, it.other_id, it.at_ms, it.undone_ms) for it in merge_rows.every(db, about.end_ms)]


def learner_cells(db: Connection, about: Period, salt: bytes, step: Step) -> Iterator[tuple[str | int, ...]]:
    """The rows about single learners, in key order, under the pseudonyms of a salt. Who has several ids comes last."""
    kept = kept_at(_merges(db, about), about.end_ms)
    several = {*kept, *kept.values()}
    hers: dict[tuple[int, int], list[LearnerRow]] = {}
    areas, groups = rows.labels_of(db, Breakdown.AREA), rows.labels_of(db, Breakdown.GROUP)
    courses = rows.course_slugs(db)
    months = {month.number: month.name for month in about.months}

    def cell(row: LearnerRow) -> tuple[str | int, ...]:
        learns_as = "staff" if row.group_id in about.staff else "learner"
        where = courses[row.course_id], areas[row.area_id], groups[row.group_id], learns_as
        counted = row.months, row.lessons, row.modules, row.badges
        return pseudonym(salt, row.person_id), *where, months[row.began], *counted

    done = 0
    for span in rows.spans(db):
        for row in rows.learners(db, about, span):
            done += 1
            if row.person_id in several:
                hers.setdefault((kept.get(row.person_id, row.person_id), row.course_id), []).append(row)
            else:
                yield cell(row)
            step(done)
    for (person_id, course_id), its in sorted(hers.items()):
        yield cell(_as_one(db, about, person_id, course_id, its))


def _as_one(db: Connection, about: Period, person_id: int, course_id: int, its: Sequence[LearnerRow]) -> LearnerRow:
    """One person in one course, from the rows of her ids: where she began it first, and nothing counted twice."""
    first = min(its, key=lambda row: (row.began, row.person_id))
    things = {
        (it.measure, it.when if it.measure is Measure.ACTIVE else it.key)
        for it in rows.seen(db, about, [row.person_id for row in its])
        if it.course_id == course_id
    }
    many = Counter(measure for measure, _ in things)
    return first._replace(
        person_id=person_id,
        months=many[Measure.ACTIVE],
        lessons=many[Measure.LESSONS_FINISHED],
        modules=many[Measure.MODULES_COMPLETED],
        badges=many[Measure.BADGES],
    )


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
def _note(store: Store, by: SignedIn | None, action: str, as_of: date, file: IO[bytes], at_ms: int) -> None:
    """Enter in the chain of who asked what was given out, before it is; a command's has an own, by nobody."""
    file.flush()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    with store.write() as db:
        of = by.person_id if by else site.command(db, at_ms)
        people_rows.lock(db, of)
        audit.note(db, of, action, at_ms, by.person_id if by else None, str(as_of), digest)
