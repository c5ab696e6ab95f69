"""What a funder is told: how a count is shown, which months a report has, and what the words mean."""

from __future__ import annotations

import itertools
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.days import day_of, end_of_day, month_of
from lms.learning.measures import (
    HIDDEN,
    MEASURES,
    NOWHERE,
    RULES,
    SETTLED_MS,
    WORDS,
    Breakdown,
    Measure,
    Tally,
    period,
    pseudonym,
    shown,
)

LONDON = ZoneInfo("Europe/London")
FUNDERS_PAGE = Path(__file__).parents[2] / "docs" / "funders.md"
DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))
ZONES = st.sampled_from(["Europe/London", "UTC", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"]).map(ZoneInfo)


def ms(zone: ZoneInfo, *when: int) -> int:
    return int(datetime(*when, tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("count", "told", "status"),
    [
        (0, "0", "zero"),
        (1, "[c]", "confidential"),
        (9, "[c]", "confidential"),
        (10, "10", "rounded"),
        (12, "10", "rounded"),
        (13, "15", "rounded"),
        (17, "15", "rounded"),
        (18, "20", "rounded"),
        (100_002, "100000", "rounded"),
    ],
)
def test_a_count_is_told_as_the_rules_say(count, told, status):
    assert shown(count) == (told, status)


@given(st.integers(0, 10**9))
def test_a_count_is_nought_hidden_or_the_nearest_five(count):
    told, status = shown(count)
    assert status in RULES
    assert (told == "0") == (count == 0)
    assert (told == HIDDEN) == (1 <= count <= 9)
    if count >= 10:
        assert int(told) % 5 == 0
        assert abs(int(told) - count) <= 2
        assert int(told) >= 10


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_is_never_told_as_less(one, other):
    def rank(count: int) -> int:
        told, _ = shown(count)
        return 1 if told == HIDDEN else int(told)

    fewer, more = sorted((one, other))
    assert rank(fewer) <= rank(more)


def bounds(count: int) -> tuple[int, int]:
    """What a reader knows about a count from what she is told."""
    told, _ = shown(count)
    if told == HIDDEN:
        return 1, 9
    return (0, 0) if told == "0" else (max(10, int(told) - 2), int(told) + 2)


def known_exactly(counts: tuple[int, ...]) -> int:
    """How many hidden counts of an area's groups follow from the area's count, for one who knows its groups."""
    least, most = bounds(sum(counts))
    each = [bounds(count) for count in counts]
    lows, highs = sum(low for low, _ in each), sum(high for _, high in each)
    return sum(
        max(low, least - (highs - high)) == min(high, most - (lows - low))
        for count, (low, high) in zip(counts, each, strict=True)
        if 1 <= count <= 9
    )


@pytest.mark.parametrize(("groups", "largest"), [(1, 20), (2, 20), (3, 20), (4, 12)])
def test_hidden_counts_follow_from_the_other_table_in_fewer_than_one_case_in_150(groups, largest):
    cases = list(itertools.product(range(largest + 1), repeat=groups))
    hidden = sum(1 <= count <= 9 for counts in cases for count in counts)
    assert sum(map(known_exactly, cases)) < hidden / 150


@given(DAYS, st.integers(0, 900), ZONES)
def test_a_report_has_every_month_from_the_first_beginning_to_its_day(as_of, days_before, zone):
    first = as_of - timedelta(days=days_before)
    first_ms = end_of_day(first, zone) - 1
    about = period(first_ms, as_of, zone, end_of_day(as_of, zone))
    numbers = [month.number for month in about.months]
    assert numbers[0] == first.year * 100 + first.month
    assert numbers[-1] == as_of.year * 100 + as_of.month
    assert len(numbers) == (as_of.year - first.year) * 12 + as_of.month - first.month + 1
    assert numbers == sorted(set(numbers))
    for month in about.months:
        assert month_of(day_of(month.starts_ms, zone)) == month.number
        assert month_of(day_of(month.starts_ms - 1, zone)) < month.number


def test_a_report_of_a_day_before_anyone_began_has_no_months():
    about = period(None, date(2026, 9, 30), LONDON, 0)
    assert about.months == ()
    assert list(Tally({}, about.months).cells()) == []


def test_a_day_is_settled_some_minutes_after_its_local_midnight():
    end = ms(LONDON, 2026, 7, 1)
    made = [period(None, date(2026, 6, 30), LONDON, now) for now in (end - 1, end + SETTLED_MS - 1, end + SETTLED_MS)]
    assert [about.settled for about in made] == [False, False, True]
    assert made[0].end_ms == end == ms(ZoneInfo("UTC"), 2026, 6, 30, 23)


def test_a_tally_tells_every_cell_once_with_those_who_had_no_place_last():
    about = period(ms(LONDON, 2026, 12, 31), date(2027, 1, 5), LONDON, 0)
    tally = Tally({0: NOWHERE, 7: "E2", 9: "E1"}, about.months)
    tally.add(0, 7, 202701, 2)
    tally.add(0, 7, 202701, 3)
    tally.add(4, 0, 202612, 1)
    cells = list(tally.cells())
    assert [unit for unit, *_ in cells] == ["E1"] * 10 + ["E2"] * 10 + [NOWHERE] * 10
    assert [month for _, month, *_ in cells[:10]] == ["2026-12"] * 5 + ["2027-01"] * 5
    assert [cell for cell in cells if cell[3]] == [
        ("E2", "2027-01", Measure.STARTED, 5),
        (NOWHERE, "2026-12", Measure.BADGES, 1),
    ]


def test_a_place_that_came_while_counting_is_left_for_the_next_report():
    about = period(ms(LONDON, 2026, 12, 1), date(2026, 12, 31), LONDON, 0)
    tally = Tally({1: "E1"}, about.months)
    tally.add(0, 2, 202612, 5)
    assert {count for *_, count in tally.cells()} == {0}


@given(st.binary(min_size=16, max_size=32), st.sets(st.integers(1, 2**63 - 1), min_size=2, max_size=2))
def test_a_pseudonym_tells_people_apart_and_never_reads_as_a_number(salt, people):
    one, other = (pseudonym(salt, person_id) for person_id in people)
    assert one != other
    assert re.fullmatch(r"p[0-9a-f]{32}", one)
    assert pseudonym(salt + b"x", min(people)) not in (one, other)


def test_every_measure_and_breakdown_is_defined():
    assert set(MEASURES) == set(Measure)
    assert {breakdown.capitalize() for breakdown in Breakdown} <= set(WORDS)


@pytest.mark.parametrize("table", [MEASURES, WORDS, RULES], ids=["measures", "words", "rules"])
def test_the_page_for_funders_defines_every_word_as_the_packages_do(table):
    page = " ".join(FUNDERS_PAGE.read_text("utf-8").split())
    missing = [word for word, means in table.items() if f"**{word}**" not in page or means not in page]
    assert not missing
