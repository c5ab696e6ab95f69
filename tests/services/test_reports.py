"""Exports: what is in the zips, who is not, what is noted, and what is left behind when one fails."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import stat
import subprocess
import sys
import threading
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select, update

from lms.errors import Forbidden, Refused
from lms.learning.days import DAY_MS, end_of_day
from lms.learning.measures import Breakdown, Period, period, pseudonym
from lms.learning.people import Held, Role, ScopeKind
from lms.services import reports
from lms.services.people import SignedIn
from lms.services.roles import people_page
from lms.services.stores import Store
from lms.store import audit as audit_rows
from lms.store import groups as group_rows
from lms.store import programmes
from lms.store import reports as rows
from lms.store import site as site_rows
from lms.store.tables import audit as audit_table
from lms.store.tables import awards, enrolments, learner_months, milestones, people
from tests.postgres import database
from tests.services.report_site import Site, live, made_site, start_over

ZONE = ZoneInfo("Europe/London")
FIRST, MONTHS, LAST = date(2026, 3, 1), 4, date(2026, 6, 30)
NOW = end_of_day(LAST, ZONE) + DAY_MS // 2
SALT = b"a salt of a test"


@pytest.fixture(scope="module")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("sqlite")
    with closing(made_site(f"sqlite:///{folder}/lms.db", folder)) as store:
        yield store


@pytest.fixture(scope="module")
def postgres_store(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("postgres")
    with database(postgres_url, "lms_test_exports") as url, closing(made_site(url, folder)) as store:
        yield store


def lived_on(store: Store) -> Site:
    """Four months, the same ones each time."""
    start_over(store)
    site = Site(store, ZONE, random.Random(5))
    live(site, FIRST, MONTHS, lambda _day, _now: None)
    return site


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest) -> Site:
    return lived_on(request.getfixturevalue(f"{request.param}_store"))


@pytest.fixture
def sqlite_site(sqlite_store: Store) -> Site:
    return lived_on(sqlite_store)


def about(site: Site, as_of: date = LAST) -> Period:
    with site.store.read() as db:
        return period(rows.first_recorded(db, end_of_day(as_of, ZONE)), as_of, ZONE, NOW)


def learner_cells(site: Site, as_of: date = LAST, salt: bytes = SALT) -> list[tuple[str | int, ...]]:
    period_ = about(site, as_of)
    with site.store.read() as db:
        return list(reports.learner_cells(db, period_, salt, lambda _: None))


def ids_of(site: Site) -> list[str]:
    """Both ids of everybody, as text."""
    everyone = select(people.c.person_id, people.c.public_id).where(people.c.person_id > 0).order_by("person_id")
    with site.store.read() as db:
        found = [str(one) for row in db.execute(everyone) for one in row]
    assert found
    return found


def asking(person_id: int, role: Role = Role.ADMINISTRATOR) -> SignedIn:
    """Somebody with a role over the whole site."""
    return SignedIn(person_id, "", "", "", "en", (Held(role, ScopeKind.SITE, 0, 0, None),))


def frictionless(path: Path) -> bool:
    command = [str(Path(sys.executable).with_name("frictionless")), "validate", "--json", str(path)]
    return bool(json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)["valid"])


def table(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as zipped:
        return list(csv.DictReader(io.StringIO(zipped.read(f"data/{name}.csv").decode())))


def test_both_packages_are_valid_to_an_independent_validator(site, tmp_path):
    for path in (
        reports.export(site.store, ZONE, LAST, NOW, tmp_path),
        reports.export_learners(site.store, ZONE, LAST, NOW, tmp_path),
    ):
        assert frictionless(path)
        unpacked = tmp_path / path.stem
        with zipfile.ZipFile(path) as zipped:
            zipped.extractall(unpacked)
        assert frictionless(unpacked / "datapackage.json")


def test_a_report_before_anyone_came_is_valid_and_empty(site, tmp_path):
    path = reports.export(site.store, ZONE, FIRST - timedelta(days=1), NOW, tmp_path)
    assert table(path, "by-area") == table(path, "by-group") == []
    assert frictionless(path)


def test_the_counts_name_nobody(site, tmp_path):
    whole = reports.export(site.store, ZONE, LAST, NOW, tmp_path).read_bytes()
    assert not [id_ for id_ in ids_of(site) if id_.encode() in whole]
    assert b"A learner" not in whole
    assert b"Renamed" not in whole


def test_every_number_told_is_nought_hidden_or_a_multiple_of_five(site, tmp_path):
    path = reports.export(site.store, ZONE, LAST, NOW, tmp_path)
    told = [row["count"] for name in ("by-area", "by-group") for row in table(path, name)]
    assert {"0", "[c]"} <= set(told)
    assert all(count in ("0", "[c]") or (int(count) >= 10 and int(count) % 5 == 0) for count in told)


def test_nobody_starts_without_being_active(site, tmp_path):
    path = reports.export(site.store, ZONE, LAST, NOW, tmp_path)
    for name, unit in (("by-area", "area"), ("by-group", "group")):
        active = {(row[unit], row["month"]): row["count"] for row in table(path, name) if row["measure"] == "active"}
        started = [row for row in table(path, name) if row["measure"] == "started"]
        assert started
        assert all(active[row[unit], row["month"]] != "0" for row in started if row["count"] != "0")


def test_a_group_id_that_could_start_a_formula_is_guarded(site, tmp_path):
    path = reports.export(site.store, ZONE, LAST, NOW, tmp_path)
    named = {row["group"] for row in table(path, "by-group")}
    assert {"'-group-0", "'=group-1", "'@group-2"} <= named
    assert not [name for name in named if name[0] in "-=@"]


def test_a_group_made_later_is_not_in_a_report_of_before(sqlite_site, tmp_path):
    before = reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path).read_bytes()
    group_id = sqlite_site.add_group(sqlite_site.add_area())
    sqlite_site.add_people([(group_id, None)], NOW)
    sqlite_site.learn(sqlite_site.persons[-1], "tea", ("water",), NOW + 1)
    assert reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path).read_bytes() == before
    today = reports.export(sqlite_site.store, ZONE, LAST + timedelta(days=1), NOW + 2, tmp_path)
    assert any(row["group"].endswith(f"group-{len(sqlite_site.group_ids) - 1}") for row in table(today, "by-group"))


def test_a_month_half_over_counts_who_was_active_so_far(sqlite_store, tmp_path):
    start_over(sqlite_store)
    site = Site(sqlite_store, ZONE, random.Random(1))
    site.add_people([(site.add_group(site.add_area()), None)] * 20, 0)
    for number, person_id in enumerate(site.persons):
        site.look(person_id, "tea", end_of_day(date(2026, 3, 9 if number < 10 else 19), ZONE) + DAY_MS // 2)

    def active(day: int) -> list[str]:
        path = reports.export(site.store, ZONE, date(2026, 3, day), NOW, tmp_path)
        return [row["count"] for row in table(path, "by-group") if row["measure"] == "active"]

    assert [active(day) for day in (9, 10, 19, 20, 31)] == [[], ["10"], ["10"], ["20"], ["20"]]


def test_a_fact_counts_from_when_her_beginning_is_recorded_too(sqlite_store, tmp_path):
    """Two first answers at once can cross: the one that enrols her may carry the later instant."""
    start_over(sqlite_store)
    site = Site(sqlite_store, ZONE, random.Random(1))
    march, april = end_of_day(date(2026, 3, 31), ZONE), end_of_day(date(2026, 4, 30), ZONE)
    site.add_people([(site.add_group(site.add_area()), None)] * 10, march - DAY_MS)
    for person_id in site.persons:
        site.learn(person_id, "tea", ("water", "pot", "cup"), march - 1)
        with site.store.write() as db:
            db.execute(
                update(enrolments)
                .where(enrolments.c.person_id == person_id)
                .values(recorded_ms=march, counted_ms=march)
            )
    as_of_march = reports.export(site.store, ZONE, date(2026, 3, 31), NOW, tmp_path)
    assert table(as_of_march, "by-area") == []
    as_of_april = reports.export(site.store, ZONE, date(2026, 4, 30), april + DAY_MS, tmp_path)
    told = {row["measure"]: (row["month"], row["count"]) for row in table(as_of_april, "by-area")}
    april_told = {"started": "10", "active": "10", "lessons_finished": "30", "modules_completed": "10", "badges": "10"}
    assert told == {measure: ("2026-04", count) for measure, count in april_told.items()}


# Rows about single learners.


def test_there_is_a_row_for_each_learner_and_course_with_her_own_counts(site):
    cells = learner_cells(site)
    with site.store.read() as db:
        alive = select(people.c.person_id).where(people.c.erased_ms.is_(None))
        begun = select(enrolments.c.person_id, enrolments.c.course_id).where(enrolments.c.person_id.in_(alive))
        keys = [tuple(row) for row in db.execute(begun)]

        def number(table_, *where) -> int:
            return db.execute(select(func.count()).where(table_.c.person_id.in_(alive), *where)).scalar()

        sums = (
            number(learner_months),
            number(milestones, milestones.c.kind == "lesson"),
            number(milestones, milestones.c.kind == "module"),
            number(awards),
        )
    assert [cell[0] for cell in cells] == [pseudonym(SALT, person_id) for person_id, _ in sorted(keys)]
    assert tuple(sum(cell[place] for cell in cells) for place in range(6, 10)) == sums
    assert all(sums)


def test_rows_as_of_a_day_hold_what_was_known_by_then(site):
    early, late = learner_cells(site, date(2026, 4, 30)), learner_cells(site)
    now = {cell[:2]: cell for cell in late}
    assert 0 < len(early) <= len(late)
    assert all(cell[:6] == now[cell[:2]][:6] for cell in early)
    assert all(then <= later for cell in early for then, later in zip(cell[6:], now[cell[:2]][6:], strict=True))
    assert sum(cell[7] for cell in early) < sum(cell[7] for cell in late)


def test_both_stores_tell_the_same_about_learners(sqlite_store, postgres_store):
    one, other = (learner_cells(lived_on(store)) for store in (sqlite_store, postgres_store))
    assert one == other


def test_pages_of_people_change_nothing(sqlite_site, tmp_path, monkeypatch):
    whole = reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path).read_bytes()
    cells = learner_cells(sqlite_site)
    for page in (1, 2, 7):
        monkeypatch.setattr(rows, "PAGE", page)
        assert reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path).read_bytes() == whole
        assert learner_cells(sqlite_site) == cells


def test_the_erased_are_counted_but_have_no_row(site, tmp_path):
    person_id = site.persons[0]
    counts = reports.export(site.store, ZONE, LAST, NOW, tmp_path).read_bytes()
    assert pseudonym(SALT, person_id) in {cell[0] for cell in learner_cells(site)}
    site.erase(person_id, NOW)
    assert pseudonym(SALT, person_id) not in {cell[0] for cell in learner_cells(site)}
    assert reports.export(site.store, ZONE, LAST, NOW, tmp_path).read_bytes() == counts


def test_a_learner_has_one_id_in_a_file_and_another_in_the_next(sqlite_site, tmp_path):
    ids = []
    for _ in range(2):
        found = table(reports.export_learners(sqlite_site.store, ZONE, LAST, NOW, tmp_path), "learners")
        ids.append([row["learner"] for row in found])
        assert len(set(ids[-1])) < len(found)  # some take two courses
    assert len(ids[0]) == len(ids[1])
    assert not set(ids[0]) & set(ids[1])


def test_the_file_about_learners_is_marked_and_its_owners_alone(sqlite_site, tmp_path):
    path = reports.export_learners(sqlite_site.store, ZONE, LAST, NOW, tmp_path)
    assert path.name == "PERSONAL-DATA-learners-2026-06-30.zip"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as zipped:
        assert zipped.read("README.txt").startswith(b"PERSONAL DATA")
        whole = b"".join(map(zipped.read, zipped.namelist()))
    assert not [id_ for id_ in ids_of(sqlite_site) if id_.encode() in whole]
    assert b"A learner" not in whole


# Asking for one.


@pytest.mark.parametrize("make", [reports.export, reports.export_learners])
def test_a_day_that_has_not_come_is_refused_and_nothing_is_written(sqlite_site, tmp_path, make):
    tomorrow = LAST + timedelta(days=2)  # now is noon of the day after the last
    with pytest.raises(Refused, match="has not come"):
        make(sqlite_site.store, ZONE, tomorrow, NOW, tmp_path / "out")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_today_can_be_asked_for_and_is_provisional(sqlite_site, tmp_path):
    path = reports.export(sqlite_site.store, ZONE, LAST + timedelta(days=1), NOW, tmp_path)
    with zipfile.ZipFile(path) as zipped:
        assert b"PROVISIONAL" in zipped.read("README.txt")
    assert frictionless(path)


@pytest.mark.parametrize(
    ("make", "action"), [(reports.export, "exported-report"), (reports.export_learners, "exported-learners")]
)
def test_what_a_person_takes_out_is_noted_with_its_hash(site, tmp_path, make, action):
    person_id = site.persons[0]
    path = make(site.store, ZONE, LAST, NOW, tmp_path, asking(person_id))
    with site.store.read() as db:
        noted = db.execute(select(audit_table).where(audit_table.c.person_id == person_id)).all()
        assert audit_rows.chain_holds(db, person_id)
    assert [(row.action, row.actor_id, row.object, row.at_ms) for row in noted] == [
        (action, person_id, "2026-06-30", NOW)
    ]
    assert noted[0].detail == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("make", [reports.export, reports.export_learners])
def test_what_can_not_be_noted_is_not_given_out(site, tmp_path, make):
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        make(site.store, ZONE, LAST, NOW, tmp_path / "out", asking(1))  # nobody has this id
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("make", "action"), [(reports.export, "exported-report"), (reports.export_learners, "exported-learners")]
)
def test_what_a_command_takes_out_is_noted_as_done_by_nobody_with_an_account(site, tmp_path, make, action):
    paths = [make(site.store, ZONE, LAST, NOW + number, tmp_path / str(number)) for number in range(2)]
    with site.store.read() as db:
        of_the_command = audit_table.c.person_id == site_rows.COMMAND_ID
        noted = db.execute(select(audit_table).where(of_the_command).order_by(audit_table.c.n)).all()
        assert audit_rows.chain_holds(db, site_rows.COMMAND_ID)
    assert [(row.action, row.actor_id, row.object, row.at_ms) for row in noted] == [
        (action, None, "2026-06-30", NOW), (action, None, "2026-06-30", NOW + 1),
    ]  # fmt: skip
    assert [row.detail for row in noted] == [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_what_stands_for_the_command_line_is_nobody_in_any_list(sqlite_site, tmp_path):
    ada = asking(sqlite_site.persons[0])
    before = people_page(sqlite_site.store, ada, NOW)
    counts = reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path).read_bytes()
    assert people_page(sqlite_site.store, ada, NOW) == before
    assert reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path).read_bytes() == counts


@pytest.mark.parametrize(
    ("make", "may"),
    [(reports.export, {Role.ADMINISTRATOR, Role.FUNDER}), (reports.export_learners, {Role.ADMINISTRATOR})],
)
def test_only_who_may_gets_a_package_and_rows_about_learners_are_not_for_funders(sqlite_site, tmp_path, make, may):
    for role in Role:
        out = tmp_path / role
        if role in may:
            assert make(sqlite_site.store, ZONE, LAST, NOW, out, asking(sqlite_site.persons[0], role)).exists()
        else:
            with pytest.raises(Forbidden):
                make(sqlite_site.store, ZONE, LAST, NOW, out, asking(sqlite_site.persons[0], role))
            assert not out.exists()


def test_the_funder_of_a_programme_gets_its_groups_alone_and_what_they_come_to(site, tmp_path):
    with site.store.write() as db:
        dates = {"starts_day": 20260101, "ends_day": 20261231}
        slug = f"in-{uuid.uuid4().hex[:12]}"
        ours = programmes.add_programme(db, {"slug": slug, "name": "Demo programme", **dates})
        empty = programmes.add_programme(db, {"slug": f"{slug}-empty", "name": "Demo programme", **dates})
        group_rows.change_group(db, site.group_ids[0], programme_id=ours)
        label = rows.labels_of(db, Breakdown.GROUP)[site.group_ids[0]]

    def taken(programme_id: int) -> Path:
        held = Held(Role.FUNDER, ScopeKind.PROGRAMME, programme_id, 0, None)
        her = SignedIn(site.persons[0], "", "", "", "en", (held,))
        return reports.export(site.store, ZONE, LAST, NOW, tmp_path, her)

    path = taken(ours)
    assert path.name == f"learning-{slug}-{LAST}.zip"
    whole = table(reports.export(site.store, ZONE, LAST, NOW, tmp_path), "by-group")
    hers = [row for row in whole if row["group"].endswith(label)]
    assert table(path, "by-group") == hers != whole
    assert table(taken(empty), "by-group") == []


def test_an_export_that_fails_leaves_the_one_before_as_it_was(sqlite_site, tmp_path, monkeypatch):
    before = reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path).read_bytes()

    def broken(*_: object) -> Iterator[object]:
        raise OSError("the disk is gone")

    monkeypatch.setattr("lms.learning.measures.Tally.cells", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_several_can_be_made_at_once(site, tmp_path):
    wanted = reports.export(site.store, ZONE, LAST, NOW, tmp_path / "alone").read_bytes()
    made: list[bytes] = []

    def make() -> None:
        made.append(reports.export(site.store, ZONE, LAST, NOW, tmp_path / "out", asking(site.persons[0])).read_bytes())

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [wanted] * 4
    with site.store.read() as db:
        assert audit_rows.chain_holds(db, site.persons[0])


def test_one_who_watches_is_told_how_far_it_is(site, tmp_path):
    told: list[int] = []
    reports.export(site.store, ZONE, LAST, NOW, tmp_path, step=told.append)
    reports.export_learners(site.store, ZONE, LAST, NOW, tmp_path, step=told.append)
    assert told[-1] == len(learner_cells(site))


# How it is asked of the database.


@pytest.fixture
def statements(sqlite_site) -> list[str]:
    """Every statement of both exports."""
    seen: list[str] = []
    event.listen(
        sqlite_site.store.engine, "before_cursor_execute", lambda *given: seen.append(" ".join(given[2].split()))
    )
    return seen


def test_progress_and_events_are_not_read(sqlite_site, statements, tmp_path):
    reports.export(sqlite_site.store, ZONE, LAST, NOW, tmp_path)
    reports.export_learners(sqlite_site.store, ZONE, LAST, NOW, tmp_path)
    assert not [one for one in statements if re.search(r"\b(FROM|JOIN) (progress|events|words)\b", one)]
