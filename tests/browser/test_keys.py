"""With a keyboard alone, with scripts and without: leaving at once, a question from an earlier day, what is hers.

Nothing is pressed but Tab, Enter, Space and letters, as on a page that is heard and not seen.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lms.services import people
from lms.web.leaving import AWAY
from tests.browser.conftest import PASSWORD, now_ms
from tests.browser.learning import finish_lesson, on_an_earlier_day
from tests.browser.person import Person, a_username
from tests.browser.test_safe import answer_for_the_other_site, is_away

FOCUSED = """(() => { const it = document.activeElement, [label] = it.labels || []
  return it.ariaLabel || (label || it).innerText || "" })()"""
MOST_STOPS = 80


@pytest.fixture
def keys(site, profile, javascript):
    """Somebody new, with a keyboard alone."""
    name = a_username()
    people.sign_up(site.store, "Demo Kit", name, PASSWORD, "yes", "en", now_ms())
    who = Person(site, profile(javascript=javascript), name)
    who.sign_in(name)
    who.sees("Hello, Demo Kit")
    return who


def tab_to(who, words):
    """Press Tab until what has these words has the focus, and can be seen to have it."""
    said = []
    for _ in range(MOST_STOPS):
        who.page.keyboard.press("Tab")
        said.append(who.page.evaluate(FOCUSED).strip())
        if said[-1].startswith(words):
            assert who.page.evaluate("document.activeElement.checkVisibility()")
            return
    raise AssertionError(f"{words} is not among {said}")


def enter(who, words):
    """Tab to a link or a button, and press Enter."""
    tab_to(who, words)
    who.page.keyboard.press("Enter")
    who.page.wait_for_load_state()


def fill(who, words, typed):
    """Tab to a field and type in place of what is there."""
    tab_to(who, words)
    who.page.keyboard.press("Control+a")
    who.page.keyboard.type(typed)


def test_leaving_at_once_is_the_second_stop_of_the_page(keys, javascript):
    answer_for_the_other_site(keys.page)
    keys.open("/courses/online-safety/your-phone/lock")
    for words in ("Skip to the page", "Leave this page"):
        keys.page.keyboard.press("Tab")
        assert keys.page.evaluate(FOCUSED).strip() == words
    with keys.page.expect_request(AWAY):
        keys.page.keyboard.press("Enter")
    if javascript:
        is_away(keys.page)


def test_a_question_from_yesterday_is_answered_or_left(keys, site):
    module = site.shelf.course("coding-basics").plan.module("thinking-in-steps")
    her_id = site.person_id(keys.username)
    finish_lesson(site.store, site.catalogue, her_id, "coding-basics", module.module, module.lessons[0].name, now_ms())
    on_an_earlier_day(site.store, her_id, 1)
    keys.open(f"/courses/coding-basics/{module.module}/{module.lessons[1].name}")
    keys.sees("Before you start: do you remember this?")
    enter(keys, "Check my answer")
    expect(keys.page.locator(":focus")).to_contain_text("There is a problem")
    enter(keys, "Skip, and start the lesson")
    keys.sees("Step 1 of")


def test_she_takes_away_puts_right_complains_and_closes(keys, site, tmp_path):
    keys.open("/me/data")
    assert [row["username"] for row in json.loads(_taken(keys, "Save it for a program", tmp_path))["people"]] == [
        keys.username
    ]
    assert any(keys.username in row for row in csv.reader(io.StringIO(_taken(keys, "Save it as a table", tmp_path))))
    keys.open("/me/settings")
    fill(keys, "What should we call you?", "Demo Kitty")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator(":focus")).to_have_text("Saved.")
    keys.open("/complaints")
    fill(keys, "What went wrong?", "My demo name was wrong.")
    enter(keys, "Send")
    keys.page.wait_for_url(re.compile("/complaints/.*sent=1"))
    keys.sees(keys.page.url.partition("?")[0].rpartition("/")[2])
    keys.open("/me/close")
    fill(keys, "Your password now", "not it at all")
    enter(keys, "Close my account for good")
    expect(keys.page.locator(":focus")).to_contain_text("That is not what lets you in now.")
    fill(keys, "Your password now", PASSWORD)
    enter(keys, "Close my account for good")
    keys.sees("Your account is closed")
    assert site.sql("select count(*) from people where username = ?", keys.username) == [(0,)]


def _taken(who, words, folder):
    """What a link to a file gives."""
    tab_to(who, words)
    with who.page.expect_download() as file:
        who.page.keyboard.press("Enter")
    file.value.save_as(folder / words)
    return Path(folder, words).read_text("utf-8-sig")
