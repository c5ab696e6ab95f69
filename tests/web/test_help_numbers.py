"""Help numbers that nobody checked again in time: whoever runs the site is told, and nothing stops."""

from __future__ import annotations

from datetime import date

from lms.services import publishing
from tests.web.conftest import COURSE, now_ms


def test_who_runs_the_site_is_told_which_help_numbers_are_to_be_checked_again(house, visitor):
    files = {path: text.encode() if isinstance(text, str) else text for path, text in COURSE.items()}
    files["facts.md"] = files["facts.md"].replace(b"Review: 2027-11-01", b"Review: 2026-11-02")
    publishing.publish(house.store, "tea", files, date(2026, 11, 1), now_ms())
    ready = visitor.get("/readyz")
    assert ready.status_code == 200
    assert ready.text == "ready\nHelp numbers of tea were to be checked by now: kettle-line.\n"
    page = house.browser("ada").get("/admin").text
    assert "Help numbers to check" in page
    assert "<b>tea</b><small>kettle-line</small>" in page


def test_nothing_is_said_while_all_of_them_were_checked_in_time(house, visitor):
    assert visitor.get("/readyz").text == "ready\n"
    assert "Help numbers to check" not in house.browser("ada").get("/admin").text
