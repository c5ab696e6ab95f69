"""Rate and Rate again: what she chose stands there again, and beside it what she chose the first time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from lms.services import publishing
from lms.services.courses import Catalogue
from tests.web.conftest import House, now_ms

COURSE = """---
course: sure
lang: en
order: [early, late]
badge: none
---
# How sure are you?
"""
EARLY = """---
module: early
lang: en
badge: none
---
# Early

## Before {#before}
### Rate: Can you pay a bill online? {#rate-bill}
### Rate: Can you read a timetable? {#rate-timetable}
1. Not at all
2. A little
3. With ease
"""
LATE = """---
module: late
lang: en
badge: none
---
# Late

## After {#after}
### Rate again: Can you pay a bill online now? {#rate-bill-after}
- Same as: early/rate-bill
### Rate again: Can you read a timetable now? {#rate-timetable-after}
- Same as: early/rate-timetable
"""
FILES = {"course.md": COURSE.encode(), "early.md": EARLY.encode(), "late.md": LATE.encode()}
BEFORE = "/courses/sure/early/before"
AFTER = "/courses/sure/late/after"
FIRST = "You chose this the first time"


@pytest.fixture
def house(house: House) -> House:
    """The site with a course that asks the same twice."""
    publishing.publish(house.store, "sure", FILES, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))
    return house


def points(page: str) -> dict[str, str]:
    """The point that is chosen, and the one that was the first time: `{"chosen": "Not yet", "first": ...}`."""
    found = {}
    for row in page.split('<div class="choice">')[1:]:
        words = re.sub(r"<small>.*", "", row.partition("<label")[2].partition(">")[2].partition("</label>")[0])
        if "checked" in row.partition("<label")[0]:
            found["chosen"] = words
        if FIRST in row.partition("</div>")[0]:
            found["first"] = words
    return found


def choose(who, lesson: str, step: str, words: str) -> None:
    page = who.get(f"{lesson}?step={step}").text
    (letter,) = re.findall(rf'for="a-(\w+)">{words}', page)
    who.send(lesson, act="rated", answer=letter)


def test_a_rate_that_is_opened_again_shows_what_she_chose(house):
    lena = house.browser("lena")
    assert points(lena.get(f"{BEFORE}?step=rate-bill").text) == {}
    choose(lena, BEFORE, "rate-bill", "With help")
    assert points(lena.get(f"{BEFORE}?step=rate-bill").text) == {"chosen": "With help"}
    choose(lena, BEFORE, "rate-bill", "Not yet")
    assert points(lena.get(f"{BEFORE}?step=rate-bill").text) == {"chosen": "Not yet"}, "the last one counts"
    assert points(house.browser("sam").get(f"{BEFORE}?step=rate-bill").text) == {}


@pytest.mark.parametrize(
    ("step", "first", "now"), [("rate-bill", "Not yet", "On my own"), ("rate-timetable", "A little", "With ease")]
)
def test_rate_again_shows_the_first_choice_beside_the_new_one(house, step, first, now):
    lena = house.browser("lena")
    choose(lena, BEFORE, step, first)
    assert points(lena.get(f"{AFTER}?step={step}-after").text) == {"first": first}, "nothing is chosen for her"
    choose(lena, AFTER, f"{step}-after", now)
    assert points(lena.get(f"{AFTER}?step={step}-after").text) == {"first": first, "chosen": now}
    assert points(lena.get(f"{BEFORE}?step={step}").text) == {"chosen": first}


def sides(page: str) -> list[str]:
    """What stands before and now, and what is said to it."""
    box = page.partition('id="compared"')[2].partition("</div>\n<a")[0]
    return [re.sub("<[^>]*>", "", it) for it in re.findall(r"<dd>.*?</dd>|<p>.*?</p>", box)]


@pytest.mark.parametrize(
    ("first", "now", "said"),
    [
        ("Not yet", "With help", "You have come further since you began."),
        ("With help", "With help", "The same as before, and that is fine. What you learn here stays with you."),
        ("On my own", "Not yet", "You see more now of what there is to know. That is part of learning."),
    ],
)
def test_after_rate_again_before_and_now_stand_side_by_side_in_kind_words(house, first, now, said):
    lena = house.browser("lena")
    choose(lena, BEFORE, "rate-bill", first)
    choose(lena, AFTER, "rate-bill-after", now)
    assert sides(lena.last.text) == [first, now, said]
    assert f'href="{AFTER}?step=rate-timetable-after"' in lena.last.text
    assert sides(lena.get(f"{AFTER}?step=rate-bill-after").text) == [first, now, said], "it stays"
    lena.send(AFTER, act="rated", answer=[])
    assert lena.last.status_code == 422


def test_whoever_came_late_has_no_first_choice_to_be_shown(house):
    lena = house.browser("lena")
    assert points(lena.get(f"{AFTER}?step=rate-bill-after").text) == {}
    choose(lena, AFTER, "rate-bill-after", "With help")
    assert points(lena.get(f"{AFTER}?step=rate-bill-after").text) == {"chosen": "With help"}


def test_a_rate_again_sent_without_a_choice_keeps_the_first_one_in_sight(house):
    lena = house.browser("lena")
    choose(lena, BEFORE, "rate-bill", "With help")
    shown = lena.send(AFTER, page=f"{AFTER}?step=rate-bill-after", act="rated")
    assert shown.status_code == 422
    assert points(shown.text) == {"first": "With help"}
    assert FIRST not in house.browser().get(f"{AFTER}?step=rate-bill-after").text, "nothing is known of a visitor"
