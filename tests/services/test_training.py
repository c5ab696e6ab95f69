"""Staff and volunteers in training: a course like any other, with completions of their own in every report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lms.errors import Refused
from lms.learning import measures
from lms.services import changing, merging, programmes, reports
from tests.services.club import meeting
from tests.services.test_programmes import Town
from tests.services.test_registers import enter
from tests.services.test_reports_dates import tables


@pytest.fixture
def town(site) -> Town:
    return Town(site)


@pytest.fixture
def exact(monkeypatch):
    """Counts as they are: nothing hidden, nothing rounded."""
    monkeypatch.setattr(measures, "FEWEST_SHOWN", 1)
    monkeypatch.setattr(measures, "ROUNDED_TO", 1)


@pytest.fixture
def package(site, tmp_path):
    """Makes the package as of today; its tables by name."""

    def made():
        day = datetime.fromtimestamp(site.now_ms / 1000, site.zone).date()
        return tables(reports.export(site.store, site.zone, day, site.now_ms, tmp_path).read_bytes())

    return made


def told(found, name, place, unit="area"):
    """What a table says of a place, without what is none."""
    rows = found[f"data/{name}.csv"]
    return {row["measure"]: row["count"] for row in rows if row[unit].lstrip("'") == place and row["count"] != "0"}


def both(town):
    """A group for learners and one for staff, of one programme and area."""
    courses = tuple(it.course_id for it in town.site.catalogue.shelf(town.site.now_ms).courses.values())
    place = {"area_id": town.north, "programme_id": town.programme, "courses": courses}
    return town.group(**place), town.group(**place, kind="staff")


def learn(site, group, course="tea", who=None):
    """Somebody who joined a group and then finished a first lesson, or a course."""
    person = who or site.person()
    site.join(person, group)
    site.send(person, *(site.lesson() if course == "tea" else site.toast()))
    return person


ONE = {"started": "1", "active": "1", "lessons_finished": "2"}
THREE = {"started": "3", "active": "3", "lessons_finished": "6"}


@pytest.mark.usefixtures("exact")
def test_training_is_told_in_its_own_table_and_in_no_number_of_learners(site, town, package):
    club, staff = both(town)
    learn(site, club)
    for _ in range(3):
        learn(site, staff)
    found = package()
    assert (told(found, "by-area", "NO"), told(found, "by-staff", "NO")) == (ONE, THREE)
    assert told(found, "by-group", club.public_id, "group") == ONE
    assert not told(found, "by-group", staff.public_id, "group")
    its = programmes.see(site.store, town.olu, "mums", site.now_ms)
    assert (its.total.started, its.staff.started) == (1, 3), "the programme's page tells what the package tells"


@pytest.mark.usefixtures("exact")
def test_finishing_a_course_in_training_is_a_completion_of_staff(site, town, package):
    learn(site, both(town)[1], "toast")
    assert told(package(), "by-staff", "NO")["modules_completed"] == "1"
    assert programmes.see(site.store, town.olu, "mums", site.now_ms).staff.finished == 1


@pytest.mark.usefixtures("exact")
def test_who_learns_and_trains_counts_each_course_where_she_began_it(site, town, package):
    club, staff = both(town)
    vera = learn(site, staff)
    site.join(vera, club)  # the same course, and she has begun it as staff
    found = package()
    assert (told(found, "by-area", "NO"), told(found, "by-staff", "NO")) == ({}, ONE)
    its = programmes.see(site.store, town.olu, "mums", site.now_ms)
    assert (its.total.joined, its.total.started, its.staff.started) == (1, 0, 1)


@pytest.mark.usefixtures("exact")
def test_one_person_with_two_ids_is_told_once_of_a_lesson_and_once_in_each_of_the_two(site, town, package):
    club, staff = both(town)
    as_learner = learn(site, club)
    site.later(60_000)
    as_staff = learn(site, staff)
    merging.merge(site.store, as_learner.person_id, as_staff.person_id, None, site.now_ms)
    found = package()
    assert told(found, "by-area", "NO") == ONE
    assert told(found, "by-staff", "NO") == {"started": "1", "active": "1"}, "the lesson is one lesson, done before"


def test_small_numbers_of_staff_are_hidden_as_all_are(site, town, package):
    learn(site, both(town)[1])
    assert set(told(package(), "by-staff", "NO").values()) == {"[c]"}


@pytest.mark.usefixtures("exact")
def test_an_evening_for_volunteers_is_no_meeting_of_learners(site, town, package):
    club, staff = both(town)
    lena, vera = site.person(), site.person()
    for who, group in ((lena, club), (vera, staff)):
        site.join(who, group)
        enter(site, town.olu, meeting(site, group), who.public_id)
    found = package()
    assert told(found, "attendance", "NO") == told(found, "attendance-staff", "NO")
    assert told(found, "attendance", "NO")["attendances"] == "1"


def test_a_group_that_has_met_stays_for_whom_it_is(site, town):
    club = both(town)[0]
    lena = site.person()
    site.join(lena, club)
    town.change(club, kind="staff")
    town.change(club, kind="learners")
    enter(site, town.olu, meeting(site, club), lena.public_id)
    assert changing.look(site.store, town.olu, club.public_id, site.now_ms).begun
    with pytest.raises(Refused, match="stays as it is"):
        town.change(club, kind="staff")


def test_a_file_about_single_learners_says_who_learned_as_staff(site, town, tmp_path):
    club, staff = both(town)
    for group in (club, staff):
        learn(site, group)
    day = datetime.fromtimestamp(site.now_ms / 1000, UTC).date()
    found = tables(reports.export_learners(site.store, site.zone, day, site.now_ms, tmp_path).read_bytes())
    rows = found["data/learners.csv"]
    assert {row["group"]: row["learns_as"] for row in rows} == {club.public_id: "learner", staff.public_id: "staff"}
