"""The first page: the first lesson for whoever comes, and her day for whoever comes back."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from lms.services import publishing
from tests.browser.learning import finish_module
from tests.web.conftest import COURSE, now_ms

WATER = "/courses/tea/brewing/water"


def buttons(page):
    """(what it says, where it leads) of the links like buttons, in order."""
    found = re.findall(r'<a class="button[^"]*" href="([^"]*)">(.*?) <svg', page, re.DOTALL)
    return [(re.sub("<[^>]*>", "", words), html.unescape(href)) for href, words in found]


def reason(page):
    found = re.search(r'I have 5 minutes.*?<p class="small soft">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1]).replace("\xa0", " ")


@pytest.mark.parametrize("who", ["", "lena"])
def test_the_first_lesson_is_one_tap_away_for_whoever_has_begun_nothing(house, who):
    page = house.browser(who).get("/").text
    assert buttons(page) == [("Start the first lesson", WATER)]
    assert re.search(r"Making tea\. \d minutes?, \d+.kB of data", page)
    assert f'href="{WATER}">Start: The water</a>' in page


def test_who_has_begun_carries_on_with_what_is_left_of_its_minutes_and_bytes(lena):
    lena.get("/")
    lena.send(WATER, page=f"{WATER}?step=boil", act="done")
    page = lena.get("/").text
    assert "You stopped here." in page
    assert buttons(page) == [("Carry on", WATER), ("I have 5 minutes", WATER)]
    assert re.search(r"\d minutes? left\. \d+.kB of data", page)
    assert re.fullmatch(r"You can finish “The water”: \d minutes?, \d+ kB of data", reason(page))
    assert "0 of 3 lessons done" in page


def test_a_lesson_that_is_too_long_gives_way_to_practice_of_what_she_has_done(house):
    longer = COURSE["brewing.md"].replace("## The pot {#pot}\n", "## The pot {#pot}\n\n- Minutes: 8")
    files = {path: it.encode() if isinstance(it, str) else it for path, it in {**COURSE, "brewing.md": longer}.items()}
    publishing.publish(house.store, "tea", files, date(2026, 11, 22), now_ms())
    lena = house.browser("lena")
    for step, answer in (("q-word", "steep"), ("q-minutes", "4"), ("q-which", ["a", "b"]), ("q-hot", "a")):
        lena.send(WATER, page=f"{WATER}?step={step}", act="answered", answer=answer)
    lena.send(WATER, page=f"{WATER}?step=boil", act="done")
    lena.send(WATER, page=f"{WATER}?step=rate-tea", act="rated", answer="a")
    page = lena.get("/").text
    assert buttons(page)[0] == ("Carry on", "/courses/tea/brewing/pot")
    assert buttons(page)[1] == ("I have 5 minutes", f"{WATER}?step=q-hot")
    assert reason(page).startswith("Nothing new is that short. Try again what you learned in “The water”: 4 questions")
    assert "Try another answer" not in lena.get(buttons(page)[1][1]).text


def test_who_has_done_everything_is_told_so(house, lena):
    catalogue = house.app.extensions["lms"].catalogue
    with house.store.read() as db:
        (person_id,) = db.exec_driver_sql("select person_id from people where username = 'lena'").one()
    finish_module(house.store, catalogue, person_id, "tea", "brewing", now_ms())
    lena.send("/courses/tea/serving/cup", page="/courses/tea/serving/cup", act="done")
    page = lena.get("/").text
    assert "You have done everything here, Lena" in page
    assert "All done" in page
    assert buttons(page)[0] == ("See your badges", "/me")


def test_a_lesson_ends_where_it_says_what_is_done_and_what_comes_next(lena):
    answer = lena.send("/courses/tea/brewing/pot", page="/courses/tea/brewing/pot?step=pour", act="done")
    assert answer.request.query_string == b"after=pot"
    page = answer.text.replace("\xa0", " ")
    assert "You finished the lesson. Well done. 1 of 2 lessons done." in page
    assert re.search(r"Next: The water</h2>\s*<p>\d minutes?, \d+ kB of data", page)
    assert '<a class="link" href="/">Stop here. We keep your place.</a>' in page
    assert "You boil, you wait, you pour." not in page
