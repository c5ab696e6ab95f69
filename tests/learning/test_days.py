"""Instants, days and months: where people live, and whatever their phones believe."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.days import DAY_MS, LATEST_MS, day_of, end_of_day, happened, instant, month_of, read_day

LONDON = ZoneInfo("Europe/London")
INSTANTS = st.integers(0, 4_102_444_800_000)
SKEWS = st.integers(-(10**13), 10**13)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-01-31T23:59:59.999Z", 20260131),
        ("2026-02-01T00:00:00Z", 20260201),
        ("2026-03-29T00:59:59Z", 20260329),  # the clocks go forward at 1:00 that day
        ("2026-03-29T23:00:00Z", 20260330),
        ("2026-03-29T22:59:59Z", 20260329),
        ("2026-07-03T23:10:00Z", 20260704),  # ten past midnight where she lives
        ("2026-10-24T23:00:00Z", 20261025),
        ("2026-10-25T01:30:00Z", 20261025),  # half past one for the second time
        ("2026-10-25T23:59:59Z", 20261025),  # a day of 25 hours
        ("2026-10-26T00:00:00Z", 20261026),
        ("2026-12-31T23:59:59Z", 20261231),
        ("2028-02-29T12:00:00Z", 20280229),
    ],
)
def test_a_day_is_the_local_one_in_london(at, day):
    assert day_of(instant(at), LONDON) == day


def test_ten_past_midnight_on_the_first_of_july_counts_in_july():
    assert month_of(day_of(instant("2026-06-30T23:10:00Z"), LONDON)) == 202607
    assert month_of(day_of(instant("2026-06-30T22:50:00Z"), LONDON)) == 202606


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 31), "2026-02-01T00:00:00Z"),
        (date(2026, 3, 28), "2026-03-29T00:00:00Z"),
        (date(2026, 3, 29), "2026-03-29T23:00:00Z"),
        (date(2026, 6, 30), "2026-06-30T23:00:00Z"),
        (date(2026, 10, 24), "2026-10-24T23:00:00Z"),
        (date(2026, 10, 25), "2026-10-26T00:00:00Z"),
        (date(2026, 12, 31), "2027-01-01T00:00:00Z"),
    ],
)
def test_a_day_in_london_ends_when_its_clocks_say_so(day, end):
    assert end_of_day(day, LONDON) == instant(end)


@given(
    st.dates(date(1980, 1, 1), date(2099, 12, 30)),
    st.sampled_from(["Europe/London", "UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland"]),
)
def test_the_first_instant_after_a_day_is_the_first_of_the_next(day, name):
    zone = ZoneInfo(name)
    end = end_of_day(day, zone)
    after = day + timedelta(days=1)
    assert day_of(end, zone) == after.year * 10_000 + after.month * 100 + after.day
    assert day_of(end - 1, zone) == day.year * 10_000 + day.month * 100 + day.day


@given(INSTANTS, INSTANTS)
def test_a_later_instant_is_never_on_an_earlier_day(one, other):
    first, second = sorted((one, other))
    assert day_of(first, LONDON) <= day_of(second, LONDON)


@given(at=SKEWS, sent=SKEWS, recorded=INSTANTS)
def test_nothing_happened_after_it_was_recorded_or_more_than_92_days_before(at, sent, recorded):
    assert recorded - 92 * DAY_MS <= happened(at, sent, recorded) <= recorded


@given(at=INSTANTS, sent=INSTANTS, recorded=INSTANTS, skew=SKEWS)
def test_a_phone_whose_clock_is_wrong_gives_the_same_instant(at, sent, recorded, skew):
    assert happened(at + skew, sent + skew, recorded) == happened(at, sent, recorded)


@given(recorded=INSTANTS, ago=st.integers(0, LATEST_MS), skew=SKEWS)
def test_what_happened_within_92_days_keeps_its_distance(recorded, ago, skew):
    assert happened(recorded + skew - ago, recorded + skew, recorded) == recorded - ago


@given(INSTANTS)
def test_an_instant_is_read_to_the_millisecond(at_ms):
    written = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")
    assert instant(written.replace("+00:00", "Z")) == at_ms


def test_what_is_less_than_a_millisecond_is_cut_off():
    assert instant("2026-11-21T09:30:00.0019999Z") == instant("2026-11-21T09:30:00.001Z")
    assert instant("9999-12-31T23:59:59.999999Z") == 253_402_300_799_999


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "now",
        "2026-11-21T09:30:00",
        "2026-11-21T09:30:00z",
        "2026-11-21T09:30:00+00:00",
        "2026-11-21T09:30:00+01:00Z",
        "2026-11-21T09:30:00ZZ",
        "2026-02-29T09:30:00Z",
        "2026-11-31T09:30:00Z",
        "2026-11-21T24:30:00Z",
        "2026-11-21T09:30:60Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "1795253400000Z",
        "٢٠٢٦-11-21T09:30:00Z",
    ],
)
def test_a_time_that_is_not_one_in_utc_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        instant(text)


def test_a_day_is_read_as_it_is_written_everywhere_here():
    assert read_day("2026-10-31") == date(2026, 10, 31)


@pytest.mark.parametrize(
    "text",
    [
        "", "20261031", "2026-W44-1", "2026-W44", "2026-304", "2026-10-31 ", "2026-1-31", "31/10/2026", "2026-02-29",
        "1999-12-31", "٢٠٢٦-10-31", "2026-10-31T00:00:00",
    ],
)  # fmt: skip
def test_a_day_written_in_any_other_way_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_day(text)
