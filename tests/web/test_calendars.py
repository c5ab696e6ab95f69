"""Her clubs in her own calendar: by a secret address that can be renewed and stopped."""

from __future__ import annotations

import re

from tests.services.club import add_meeting
from tests.web.conftest import URL, House, now_ms


def address_in(answer) -> str:
    return re.search(r"/calendar/[\w-]+\.ics", answer.text)[0]


def met(house: House, name: str) -> None:
    with house.store.read() as db:
        public_id = db.exec_driver_sql("select public_id from groups where name = ?", (name,)).scalar_one()
    add_meeting(house.store, public_id, now_ms() + 86_400_000)


def test_the_feed_shows_when_and_nothing_about_what(house: House):
    met(house, "Tuesday club")
    met(house, "Canary club")
    for who in ("lena", "femi"):
        browser = house.browser(who)
        address = address_in(browser.send("/me/calendar", page="/me/calendar", act="make"))
        shown = house.browser().client.get(address, base_url=URL)
        assert shown.mimetype == "text/calendar"
        assert shown.text.count("BEGIN:VEVENT") == 1
        assert "SUMMARY:Club" in shown.text
        assert not re.search("Tuesday|Canary|Lena|Femi|tea", shown.text, re.IGNORECASE)


def test_a_new_address_takes_the_place_of_the_old_one_and_stopping_ends_it(house: House):
    lena, visitor = house.browser("lena"), house.browser()
    first = address_in(lena.send("/me/calendar", page="/me/calendar", act="make"))
    second = address_in(lena.send("/me/calendar", page="/me/calendar", act="make"))
    assert visitor.client.get(first, base_url=URL).status_code == 404
    assert visitor.client.get(second, base_url=URL).status_code == 200
    lena.send("/me/calendar", page="/me/calendar", act="stop")
    assert visitor.client.get(second, base_url=URL).status_code == 404
    assert "Make my address" in lena.get("/me/calendar").text
