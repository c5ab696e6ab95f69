"""What a funder takes away."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from lms.settings import LONDON


def test_the_figures_are_offered_as_of_the_last_month_that_is_over(house):
    page = house.browser("fola").get("/funder").text
    offered = date.fromisoformat(re.search(r'name="as_of"[^>]*value="([^"]*)"', page)[1])
    today = datetime.now(LONDON).date()
    assert (offered + timedelta(days=1)).day == 1
    assert offered < today <= offered + timedelta(days=31)
