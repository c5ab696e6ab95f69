"""What a funder takes away."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from lms.settings import LONDON


def test_the_figures_are_offered_as_of_the_last_month_that_is_over(house):
    page = house.browser("fola").get("/funder").text
    offered = date.fromisoformat(re.search(r'name="as_of"[^>]*value="([^"]*)"', page)[1])
    today = datetime.now(LONDON).date()
    assert (offered + timedelta(days=1)).day == 1
    assert offered < today <= offered + timedelta(days=31)


@pytest.mark.parametrize("day", ["20261031", "2026-W44-1", "31/10/2026", "1999-12-31", ""])
def test_a_day_written_in_another_way_is_asked_for_again(house, day):
    answer = house.browser("fola").send("/funder", page="/funder", as_of=day)
    assert answer.status_code == 422
    assert "Choose a day, or write it as 2026-12-31." in answer.text


def test_a_day_written_as_it_should_be_gives_the_package(house):
    answer = house.browser("fola").send("/funder", page="/funder", as_of="2026-10-31")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
