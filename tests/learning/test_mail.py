"""The rules of writing to somebody."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from lms.errors import Refused
from lms.learning.mail import MINUTE_MS, MOST_TRIES, again_ms, clean_address, is_missed, reminded_at, weekday_of

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize("address", ["lena@example.net", "l.o'b+x@a-b.example.co.uk", f"{'x' * 64}@example.net"])
def test_an_address_is_one_however_it_is_typed(address):
    assert clean_address(f"  {address.upper()}\n") == address


@pytest.mark.parametrize(
    "odd", ["", "lena", "lena@", "@example.net", "a b@example.net", "lena@example", "l@x.org\r\nBcc: all@x.org",
            "<lena@example.net>", "lena@example.net,sam@example.net", "é@example.net", f"{'x' * 65}@example.net",
            "lena@exam_ple.net", "..@example.net", "\ud800@example.net", "lena@example.net\0", "l@-x.org",
            f"l@{'x' * 250}.org", f"l@{'x.' * 130}org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_what_to_write(odd):
    with pytest.raises(Refused, match=r"name@example\.org") as refused:
        clean_address(odd)
    assert refused.value.field == "address"


def test_a_reminder_is_due_at_ten_in_winter_and_in_summer():
    assert weekday_of(20261124) == "tuesday"
    assert reminded_at(20261124, LONDON) == 1_795_514_400_000
    assert reminded_at(20260701, LONDON) % 86_400_000 == 9 * 3_600_000, "nine by the sun"


def test_who_was_here_within_a_week_is_not_missed():
    assert [is_missed(0, week * 604_800_000 - 1) for week in (1, 2)] == [False, True]
    assert is_missed(0, 604_800_000)


def test_all_tries_fit_into_a_day_and_the_last_come_late():
    waits = [again_ms(tries) for tries in range(1, MOST_TRIES)]
    assert waits[0] == MINUTE_MS
    assert 20 * 60 * MINUTE_MS < sum(waits) < 24 * 60 * MINUTE_MS
