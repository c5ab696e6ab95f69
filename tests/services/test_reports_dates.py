"""A report as of a day is the same whenever it is made: 300 random half-years, and every month's end in each.

Each report is made when its month is over and once more at the end of the history, after late answers,
new releases, renamed groups, moved members, erased people, and people who turn out to be one. And it is right:
an independent count of the raw events, in plain Python, comes to the same numbers (in fifty of the histories).
"""

from __future__ import annotations

import csv
import io
import itertools
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lms.learning import measures
from lms.learning.days import day_of, end_of_day, month_of
from lms.learning.events import EventKind
from lms.learning.measures import Breakdown
from lms.learning.progress import Recorded, State, fold
from lms.services import reports
from lms.services.courses import Catalogue
from lms.services.folding import ShapesById
from lms.services.stores import Store
from lms.store.reports import labels_of
from lms.store.tables import enrolments, events, groups
from tests.postgres import database
from tests.services.report_site import Site, live, made_site, start_over

ZONES = ("Europe/London", "America/Sao_Paulo", "Pacific/Apia")
CHUNKS, HISTORIES_A_CHUNK, RECOUNTED_A_CHUNK = 10, 30, 5
SEEN_A_CHUNK = 10
"""How often each kind of change and of number must have come up."""
LONG_AFTER = end_of_day(date(2030, 1, 1), ZoneInfo("UTC"))
KINDS_OF_CHANGE = {"late", "looked", "release", "renamed", "moved", "erased", "merged", "undone"}


@pytest.fixture(scope="module")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("sqlite")
    with closing(made_site(f"sqlite:///{folder}/lms.db", folder)) as store:
        yield store


@pytest.fixture(scope="module")
def postgres_store(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("postgres")
    with database(postgres_url, "lms_test_reports") as url, closing(made_site(url, folder)) as store:
        yield store


def a_site(store: Store, seed: int) -> Site:
    """A site on which nothing has happened yet, in one of some time zones."""
    start_over(store)
    dice = random.Random(seed)
    return Site(store, ZoneInfo(dice.choice(ZONES)), dice)


def history_of(site: Site, out: Path) -> Iterator[tuple[date, bytes, bytes]]:
    """Live a history; gives (day, the package made when it was over, the same made at the end) of each month."""
    made: dict[date, bytes] = {}
    now = 0

    def at_month_end(day: date, at_ms: int) -> None:
        nonlocal now
        now = at_ms
        made[day] = reports.export(site.store, site.zone, day, now, out / "then").read_bytes()

    first = date(site.dice.randrange(2024, 2027), site.dice.randrange(1, 13), 1)
    live(site, first, site.dice.randrange(3, 5), at_month_end)
    for day, then in made.items():
        yield day, then, reports.export(site.store, site.zone, day, now, out / "later").read_bytes()


def tables(package: bytes) -> dict[str, list[dict[str, str]]]:
    """The tables of a package by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".csv")]
        return {name: list(csv.DictReader(io.StringIO(zipped.read(name).decode()))) for name in names}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_package_made_then_and_made_later_are_the_same_to_the_byte(sqlite_store, tmp_path, chunk):
    happened: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for number in range(HISTORIES_A_CHUNK):
        seed = chunk * HISTORIES_A_CHUNK + number
        site = a_site(sqlite_store, seed)
        site.merging = number % 5 == 4 and number >= RECOUNTED_A_CHUNK
        for day, then, later in history_of(site, tmp_path):
            assert then == later, f"history {seed}, as of {day}"
            if number < RECOUNTED_A_CHUNK:
                assert counted_exactly(site, day, tmp_path) == recounted(site, day), f"history {seed}, as of {day}"
            told = Counter(row["status"] for rows in tables(then).values() for row in rows)
            assert told["confidential"] + told["rounded"], f"history {seed}, as of {day}: empty"
            statuses += told
        happened += site.happened
    assert min(happened[kind] for kind in KINDS_OF_CHANGE) >= SEEN_A_CHUNK
    assert min(statuses[status] for status in ("zero", "confidential", "rounded")) >= SEEN_A_CHUNK


@pytest.mark.parametrize("seed", range(1000, 1006))
def test_a_package_made_then_and_made_later_are_the_same_on_postgresql(postgres_store, tmp_path, seed):
    site = a_site(postgres_store, seed)
    for day, then, later in history_of(site, tmp_path):
        assert then == later, f"as of {day}"
        assert counted_exactly(site, day, tmp_path) == recounted(site, day)


@pytest.mark.parametrize("seed", range(2000, 2003))
def test_a_month_half_over_counts_its_days_so_far(sqlite_store, tmp_path, seed):
    site = a_site(sqlite_store, seed)
    live(site, date(2025, 9, 1), 3, lambda _day, _now: None)
    for day in (date(2025, 9, 1), date(2025, 9, 17), date(2025, 10, 1), date(2025, 10, 26), date(2025, 11, 15)):
        assert counted_exactly(site, day, tmp_path) == recounted(site, day), f"as of {day}"


def test_both_stores_make_the_same_packages_of_the_same_history(sqlite_store, postgres_store, tmp_path):
    sqlite, postgres = (list(history_of(a_site(store, 11), tmp_path)) for store in (sqlite_store, postgres_store))
    assert sqlite == postgres


# The same numbers, the slow way.

Cell = tuple[str, str, str, str]


def counted_exactly(site: Site, day: date, out: Path) -> dict[Cell, int]:
    """(table, unit, month, measure) -> count of every cell that is not nought, with nothing hidden or rounded."""
    with pytest.MonkeyPatch.context() as rules:
        rules.setattr(measures, "FEWEST_SHOWN", 1)
        rules.setattr(measures, "ROUNDED_TO", 1)
        package = reports.export(site.store, site.zone, day, LONG_AFTER, out / "exact").read_bytes()
    return {
        (name, row[unit], row["month"], row["measure"]): int(row["count"])
        for name, rows in tables(package).items()
        for unit in ("group" if name == "data/by-group.csv" else "area",)
        for row in rows
        if row["count"] != "0"
    }


def recounted(site: Site, day: date) -> dict[Cell, int]:
    """What a report as of a day should say, from the events recorded by then and nothing else."""
    cells: dict[Cell, set[object]] = {}
    with site.store.read() as db:
        units = {breakdown: _told(labels_of(db, breakdown)) for breakdown in Breakdown}
        facts = list(_facts(db, site, end_of_day(day, site.zone)))
        staff = set(db.execute(select(groups.c.group_id).where(groups.c.kind == "staff")).scalars())
    first: dict[tuple[str, str, int], tuple[int, str]] = {}
    for fact in facts:
        learns = {Breakdown.AREA: fact.area_id, Breakdown.GROUP: fact.group_id}
        for breakdown, unit_id in ({Breakdown.STAFF: fact.area_id} if fact.group_id in staff else learns).items():
            table, unit = f"data/by-{breakdown}.csv", units[breakdown][unit_id or 0]
            number = month_of(day_of(fact.recorded_ms, site.zone))
            month = f"{number // 100}-{number % 100:02}"
            cells.setdefault((table, unit, month, fact.measure), set()).add(fact.what)
            if fact.measure == "lessons_finished":
                began = first.setdefault((table, unit, fact.person_id), (fact.recorded_ms, month))
                first[table, unit, fact.person_id] = min(began, (fact.recorded_ms, month))
    for (table, unit, person_id), (_, month) in first.items():
        cells.setdefault((table, unit, month, "started"), set()).add(person_id)
    return {cell: len(what) for cell, what in cells.items()}


def _told(labels: dict[int, str]) -> dict[int, str]:
    """Labels as a table has them: one that could start a formula stands behind an apostrophe."""
    return {unit: f"'{label}" if label[0] in "-=@" else label for unit, label in labels.items()}


class Fact:
    """Something that counts: of which measure, and what must be different to count again."""

    def __init__(self, row, measure: str, what: object) -> None:
        self.person_id, self.area_id, self.group_id = row.person_id, row.area_id, row.group_id
        self.recorded_ms, self.measure, self.what = row.recorded_ms, measure, what


def _facts(db, site: Site, end_ms: int) -> Iterator[Fact]:
    """Every event recorded by then, and what followed from it, folded from nothing."""
    shapes = ShapesById(Catalogue(site.store))
    own = enrolments.c.person_id == events.c.person_id, enrolments.c.course_id == events.c.course_id
    query = (
        select(events, enrolments.c.area_id, enrolments.c.group_id, enrolments.c.draw_seed)
        .join(enrolments, own[0] & own[1])
        .where(events.c.person_id > 0, events.c.recorded_ms < end_ms)
        .order_by(events.c.person_id, events.c.course_id, events.c.seq)
    )
    for (person_id, course_id), rows in itertools.groupby(
        db.execute(query).all(), key=lambda row: (row.person_id, row.course_id)
    ):
        state = State()
        for row in rows:
            yield Fact(row, "active", person_id)
            seen = _recorded(row)
            for outcome in fold(state, seen, shapes, row.draw_seed).outcomes:
                what = (person_id, course_id, outcome.name)
                if outcome.kind == "lesson":
                    yield Fact(row, "lessons_finished", what)
                elif outcome.kind == "module":
                    yield Fact(row, "modules_completed", what)
                    if outcome.name in ("brewing", "pouring"):
                        yield Fact(row, "badges", what)


def _recorded(row) -> Recorded:

    return Recorded(EventKind(row.kind), row.step_no or 0, row.release_id, row.attempt_no, row.mark, row.at_ms)
