"""What I can do now: in plain words, by the lessons she finished and her own word."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

import pytest

from lms.services import publishing
from lms.services.courses import Catalogue
from tests.browser.learning import finish_lesson
from tests.web.conftest import House, now_ms
from tests.web.test_matrix import person_id
from tests.web.test_rating import choose

COURSE = """---
course: can
lang: en
order: [before, after, hard]
badge: none
---
# Doing things
"""
BEFORE = """---
module: before
lang: en
badge: none
---
# Before

## Signing in {#signing}
- Skills: eds-2022/F7, eds-2022/SAF
### Rate: Can you keep your sign-in details safe? {#rate-safe}
- Skills: eds-2022/F7
### Rate: Can you join a Wi-Fi? {#rate-wifi}
- Skills: eds-2022/F5
"""
AFTER = """---
module: after
lang: en
badge: none
leave: yes
---
# After

## And now {#now}
- Skills: eds-2022/F7
### Rate again: Can you keep your sign-in details safe now? {#rate-safe-after}
- Same as: before/rate-safe
"""
HARD = """---
module: hard
lang: en
badge: none
care: This is about being hurt.
---
# Hard

## When it hurts {#hurts}
It is not your fault.
- Skills: eds-2022/COM
"""
FILES = {"course.md": COURSE, "before.md": BEFORE, "after.md": AFTER, "hard.md": HARD}
FIRST, SECOND = "/courses/can/before/signing", "/courses/can/after/now"


@pytest.fixture
def house(house: House) -> House:
    files = {path: it.encode() for path, it in FILES.items()}
    publishing.publish(house.store, "can", files, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))
    return house


def shown(page: str) -> list[str]:
    """Headings and lines of the page, as they are read."""
    main = page.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r"<(h2|h3|b|small|dt|dd)[^>]*>(.*?)</\1>", main)
    return [html.unescape(re.sub("<[^>]*>", "", words)) for _tag, words in found]


def test_there_is_nothing_before_a_lesson_is_finished_and_it_says_so(house):
    lena = house.browser("lena")
    assert shown(lena.get("/me/can-do").text) == ["Nothing here yet"]
    choose(lena, FIRST, "rate-safe", "Not yet")
    assert shown(lena.get("/me/can-do").text) == ["Nothing here yet"], "what she can't do yet is not held up to her"


def test_what_she_finished_and_what_she_says_stands_in_plain_words_with_before_and_now(house):
    lena = house.browser("lena")
    choose(lena, FIRST, "rate-safe", "Not yet")
    choose(lena, FIRST, "rate-wifi", "With help")
    page = lena.get("/me/can-do").text
    assert shown(page) == [
        "With help",
        "Connect to Wi-Fi",
        "I have learned about this",
        "Keep sign-in details safe",
        "Lesson: Signing in",
        "Stay safe and within the law online",
        "Lesson: Signing in",
    ]
    assert "Leave this page" not in page
    choose(lena, SECOND, "rate-safe-after", "On my own")
    page = lena.get("/me/can-do").text
    assert shown(page) == [
        "On my own",
        "Keep sign-in details safe",
        "Lessons: Signing in, And now",
        "With help",
        "Connect to Wi-Fi",
        "I have learned about this",
        "Stay safe and within the law online",
        "Lesson: Signing in",
        "Before and now",
        "Can you keep your sign-in details safe now?",
        "Before",
        "Not yet",
        "Now",
        "On my own",
    ]
    assert "You have come further since you began." in page
    assert "Leave this page" in page, "a lesson she can leave at once is on it"
    assert not re.search(r"\d\s?%|points|score|\d of \d", page.partition("<main")[2])


def test_a_module_that_asks_for_care_is_not_named(house):
    finish_lesson(house.store, Catalogue(house.store), person_id(house, "lena"), "can", "hard", "hurts", now_ms())
    page = house.browser("lena").get("/me/can-do").text
    assert shown(page) == ["I have learned about this", "Keep in touch with people online"]
    assert "hurts" not in page


def test_it_is_hers_alone_and_one_tap_from_today_and_from_her_learning(house):
    lena = house.browser("lena")
    choose(lena, FIRST, "rate-safe", "With help")
    choose(lena, FIRST, "rate-wifi", "With help")
    assert 'href="/me/can-do"' in lena.get("/").text
    assert 'href="/me/can-do"' in lena.get("/me").text
    assert "Signing in" in lena.get("/me/can-do").text
    assert "Signing in" not in house.browser("sam").get("/me/can-do").text
