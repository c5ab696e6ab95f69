"""Somebody who is watched: she leaves at once, by thumb or by keyboard, and going back shows nobody the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from lms.web.leaving import AWAY
from tests.browser.person import Person
from tests.browser.test_offline import FILES, away, keep, phone, publish, ready, wire  # noqa: F401

MODULE = "/courses/online-safety/your-phone"
LESSON = f"{MODULE}/lock"


@pytest.fixture
def watched(site, profile, javascript):
    """Somebody with a browser; the other site is answered for it."""
    page = profile(javascript=javascript)
    answer_for_the_other_site(page)
    return Person(site, page)


def answer_for_the_other_site(page):
    page.context.route(f"{AWAY}**", lambda it: it.fulfill(body="<h1>Sunny</h1>", content_type="text/html"))


def is_away(page):
    expect(page).to_have_url(AWAY)
    expect(page.locator("h1")).to_have_text("Sunny")


def test_who_leaves_at_once_is_away_and_going_back_shows_nothing(watched, javascript):
    page = watched.page
    for path in ("/help", "/courses/online-safety", MODULE, f"{LESSON}?step=q-lock-count"):
        watched.open(path)
    assert re.fullmatch(r"Lesson, step \d of \d", page.title())
    with page.expect_request(AWAY) as asked:
        watched.press("Leave this page")
    assert "referer" not in asked.value.all_headers()
    if javascript:  # where a redirect leads is not answered for
        is_away(page)
    else:
        page.wait_for_load_state()
    for _ in range(2):
        page.go_back(wait_until="commit")
        if javascript:
            is_away(page)
        else:
            watched.sees("Do you want to go on?")
            assert page.title() == "Go on?"
    watched.open(MODULE)  # of her own will
    if not javascript:
        watched.press("Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your phone, your rules")


def test_shift_three_times_leaves_and_capitals_do_not(site, profile):
    who = Person(site, profile())
    page = who.page
    answer_for_the_other_site(page)
    who.open(f"{LESSON}?step=lock-why")
    told = page.locator(".exit [role=status]")
    for key in ("Shift+A", "Shift", "Shift+B", "Shift+C"):
        page.keyboard.press(key)
    expect(told).to_be_empty()
    page.keyboard.press("Shift")
    expect(told).to_have_text("Press Shift 2 more times to leave.")
    page.keyboard.press("Shift")
    expect(told).to_have_text("Press Shift once more to leave.")
    page.keyboard.press("Shift")
    is_away(page)


def test_a_page_the_browser_kept_whole_is_not_shown_to_who_goes_back(site, profile):
    who = Person(site, profile())
    answer_for_the_other_site(who.page)
    who.open(LESSON)
    who.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(who.page.locator("main")).to_be_hidden()
    who.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(who.page.locator("main")).to_be_visible()
    who.page.evaluate(f"sessionStorage.setItem('left', '{AWAY}')")
    who.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    is_away(who.page)


def test_a_kept_module_is_left_at_once_without_a_connection_too(phone, wire):  # noqa: F811
    answer_for_the_other_site(phone.page)
    keep(phone, "/courses/away/door")
    wire.mode = "cut"
    phone.open("/courses/away/door/knock")
    phone.sees("Look before you open.")
    for _ in range(3):
        phone.page.keyboard.press("Shift")
    is_away(phone.page)
    phone.page.go_back(wait_until="commit")
    is_away(phone.page)
