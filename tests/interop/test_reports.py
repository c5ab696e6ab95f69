"""The two packages: what their README, their tables and their description for software say."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.interop.package import Package, write
from lms.interop.reports import LEARNER_FIELDS, learners, report
from lms.learning.measures import ATTENDANCE, MEASURES, RULES, WORDS, Breakdown, Measure, Period, Tally, period, shown

ZONE = ZoneInfo("Europe/London")
NOW = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp() * 1000)
FIRST = int(datetime(2026, 8, 20, tzinfo=UTC).timestamp() * 1000)
UNITS = {0: "(none)", 1: "E1", 2: "-E2"}


def about(day: date = date(2026, 9, 30), now_ms: int = NOW) -> Period:
    return period(FIRST, day, ZONE, now_ms)


def files(package: Package) -> dict[str, str]:
    out = io.BytesIO()
    write(package, out)
    with zipfile.ZipFile(out) as zipped:
        return {name: zipped.read(name).decode() for name in zipped.namelist()}


def tallies(counts: list[int]) -> dict[Breakdown, Tally]:
    """Both breakdowns with the same counts, cell after cell."""
    made = {breakdown: Tally(UNITS, about().months) for breakdown in Breakdown}
    places = [(measure, unit, month.number) for unit in UNITS for month in about().months for measure in range(5)]
    for tally in made.values():
        for place, count in zip(places, counts, strict=False):
            tally.add(*place, count)
    return made


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("report", MEASURES),
        ("report", ATTENDANCE),
        ("report", WORDS),
        ("report", RULES),
        ("learners", MEASURES),
        ("learners", WORDS),
    ],
)
def test_a_readme_defines_every_word(kind, words):
    package = report(about(), tallies([])) if kind == "report" else learners(about(), [])
    readme = " ".join(files(package)["README.txt"].split())
    assert all(f"{word} {means}" in readme for word, means in words.items())


def test_a_readme_fits_a_narrow_window():
    for package in (report(about(), tallies([])), learners(about(), [])):
        assert max(map(len, files(package)["README.txt"].splitlines())) <= 80


@given(st.lists(st.integers(0, 40), min_size=30, max_size=30))
def test_every_count_is_told_by_the_rules_and_nothing_stands_beside_its_parts(counts):
    told = files(report(about(), tallies(counts)))
    for breakdown in Breakdown:
        rows = list(csv.DictReader(io.StringIO(told[f"data/by-{breakdown}.csv"])))
        unit = "group" if breakdown is Breakdown.GROUP else "area"
        assert list(rows[0]) == [unit, "month", "measure", "count", "status"]
        assert len(rows) == len({(row[unit], row["month"], row["measure"]) for row in rows}) == 30
        assert {row[unit] for row in rows} == {"(none)", "E1", "'-E2"}
        assert {row["measure"] for row in rows} == set(Measure)
        assert sorted((row["count"], row["status"]) for row in rows) == sorted(map(shown, counts))


def test_the_description_says_what_stands_for_a_hidden_count():
    described = json.loads(files(report(about(), tallies([])))["datapackage.json"])
    for resource in described["resources"]:
        assert resource["schema"]["missingValues"] == ["", "[c]"]
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert fields["count"]["type"] == "integer"
        assert fields["status"]["constraints"]["enum"] == list(RULES)
        measures = ATTENDANCE if resource["name"].startswith("attendance") else MEASURES
        assert fields["measure"]["constraints"]["enum"] == list(measures)


def test_a_package_of_a_day_that_is_not_over_says_so():
    early, late = about(now_ms=about().end_ms), about()
    assert "PROVISIONAL" in files(report(early, tallies([])))["README.txt"]
    assert "PROVISIONAL" not in files(report(late, tallies([])))["README.txt"]


def test_only_a_month_cut_short_is_said_to_be():
    assert "counted only" not in files(report(about(), tallies([])))["README.txt"]
    cut = files(report(about(date(2026, 9, 29)), tallies([])))["README.txt"]
    assert "September 2026 is counted only up to 29 September 2026" in " ".join(cut.split())


def test_rows_about_single_learners_are_marked_as_personal_data_everywhere():
    row = ("p" + 32 * "0", "tea", "E1", "g1", "learner", "2026-09", 1, 2, 3, 4)
    told = files(learners(about(), [row]))
    described = json.loads(told["datapackage.json"])
    assert told["README.txt"].startswith("PERSONAL DATA")
    assert described["title"].startswith("PERSONAL DATA")
    assert described["keywords"] == ["personal data"]
    assert told["data/learners.csv"].splitlines()[1] == ",".join(map(str, row))
    assert all(f"{field.name} {field.description}" in " ".join(told["README.txt"].split()) for field in LEARNER_FIELDS)


def test_who_came_to_meetings_is_told_as_every_count_is():
    told = {"meetings": 12, "attendances": 141, "people": 23, "guests": 3, "added_late": 0}
    found = files(report(about(), tallies([]), [("E1", "2026-09", told)]))["data/attendance.csv"]
    rows = {row["measure"]: (row["count"], row["status"]) for row in csv.DictReader(io.StringIO(found))}
    assert rows == {
        "meetings": ("10", "rounded"),
        "attendances": ("140", "rounded"),
        "people": ("25", "rounded"),
        "guests": ("[c]", "confidential"),
        "added_late": ("0", "zero"),
    }
