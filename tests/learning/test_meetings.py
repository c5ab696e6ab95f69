"""The series of a club: the same time on the wall, the same weekday, nothing left out but what was taken out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import Refused
from lms.learning.meetings import MOST_MEETINGS, About, Every, Series, check, days, starts

LONDON = ZoneInfo("Europe/London")
SOME_DAY = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def on_the_wall(at_ms):
    return datetime.fromtimestamp(at_ms / 1000, LONDON)


@given(SOME_DAY, st.integers(0, 400), st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata"]))
def test_a_weekly_club_stays_on_its_weekday_and_time_when_clocks_change(first, length, zone):
    its = Series(first, time(10), Every.WEEKLY, first + timedelta(days=length))
    found = [datetime.fromtimestamp(it / 1000, ZoneInfo(zone)) for it in starts(its, ZoneInfo(zone), 0)]
    assert {(it.hour, it.minute, it.weekday()) for it in found} == {(10, 0, first.weekday())}
    assert [it.date() for it in found] == [first + timedelta(weeks=n) for n in range(length // 7 + 1)]


@given(SOME_DAY, st.integers(0, 60))
def test_a_monthly_club_meets_once_in_each_month_on_its_weekday(first, months):
    last_month = first.year * 12 + first.month - 1 + months
    year, month = divmod(last_month + 1, 12)
    last = date(year, month + 1, 1) - timedelta(days=1)
    found = list(days(first, Every.MONTHLY, last))
    assert [it.year * 12 + it.month - 1 for it in found] == list(range(last_month - months, last_month + 1))
    assert {it.weekday() for it in found} == {first.weekday()}
    nth = (first.day - 1) // 7
    for it in found:
        is_last = (it + timedelta(days=7)).month != it.month
        assert (it.day - 1) // 7 == nth or (nth == 4 and is_last)


def test_ten_stays_ten_over_the_end_of_summer_time():
    its = Series(date(2026, 10, 20), time(10), Every.WEEKLY, date(2026, 10, 27))
    found = [datetime.fromtimestamp(it / 1000, UTC).hour for it in starts(its, LONDON, 0)]
    assert found == [9, 10]


def test_the_first_tuesday_and_a_holiday():
    its = Series(
        date(2026, 12, 1), time(10, 30), Every.MONTHLY, date(2027, 3, 31), frozenset({date(2027, 1, 5)})
    )  # fmt: skip
    found = [on_the_wall(it).date().isoformat() for it in starts(its, LONDON, 0)]
    assert found == ["2026-12-01", "2027-02-02", "2027-03-02"]


@pytest.mark.parametrize(
    ("series", "field"),
    [
        (Series(date(2026, 1, 1), time(10)), "first"),
        (Series(date(2027, 1, 5), time(10), Every.WEEKLY), "last"),
        (Series(date(2027, 1, 5), time(10), Every.WEEKLY, date(2027, 1, 4)), "last"),
        (Series(date(2027, 1, 5), time(10), Every.WEEKLY, date(2036, 8, 4)), "last"),
        (Series(date(2027, 1, 5), time(10), without=frozenset({date(2027, 1, 5)})), "without"),
    ],
    ids=["past", "no-end", "end-before-start", "five-hundred", "nothing-left"],
)
def test_what_cant_be_a_series_is_refused_beside_its_field(series, field):
    now = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000)
    with pytest.raises(Refused) as refused:
        starts(series, LONDON, now)
    assert refused.value.field == field


def test_as_many_as_are_allowed_can_be_added():
    first = date(2027, 1, 5)
    its = Series(first, time(10), Every.WEEKLY, first + timedelta(weeks=MOST_MEETINGS - 1))
    assert len(starts(its, LONDON, 0)) == MOST_MEETINGS


@pytest.mark.parametrize(
    ("minutes", "capacity", "field"), [(0, None, "minutes"), (60, 0, "capacity"), (60, -1, "capacity")]
)
def test_no_minutes_and_no_places_are_refused(minutes, capacity, field):
    with pytest.raises(Refused) as refused:
        check(About("Club", "", minutes, capacity))
    assert refused.value.field == field
