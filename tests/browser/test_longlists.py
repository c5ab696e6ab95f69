"""A long list of learners on a small phone, with and without scripts, and the site's own worker."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, a_username
from tests.browser.test_pages import Watch, _hard_to_use, _sticks_out

MANY = 520


def test_a_long_list_fills_a_bar_until_all_are_in_and_their_cards_are_printed(site, profile, javascript):
    femi = Person(site, profile(javascript=javascript))
    watch = Watch(femi.page)
    femi.sign_in("femi")
    femi.adds_a_group(f"Long list {a_username()} (demo)")
    femi.press("Add learners from a list")
    names = "Name\n" + "".join(f"Demo {number:03}\n" for number in range(MANY))
    femi.page.get_by_label("Or a CSV file in their place").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": names.encode()}
    )
    femi.press("Check the list")
    femi.sees(f"{MANY} people will be added.")
    femi.press("Add them")
    expect(femi.page.get_by_role("progressbar", name=re.compile(f"of {MANY} people are added"))).to_be_visible()
    assert _sticks_out(femi.page) == []
    if javascript:
        assert _hard_to_use(femi.page) == []
        expect(femi.page.get_by_role("heading", level=1)).to_have_text(f"{MANY} people are added", timeout=60_000)
    else:
        _looks_again_until_it_is_done(femi)
    assert _sticks_out(femi.page) == []
    femi.press("501 to 520")
    expect(femi.page.locator(".cards > li")).to_have_count(20)
    femi.sees("Demo 500")
    assert _sticks_out(femi.page) == []
    assert [said for said in watch.said if "error" in said.partition(":")[0]] == []


def _looks_again_until_it_is_done(femi):
    heading = femi.page.get_by_role("heading", level=1)
    for _ in range(120):
        if heading.inner_text() == f"{MANY} people are added":
            return
        femi.page.wait_for_timeout(500)
        femi.press("Look again")
    pytest.fail(f"still: {femi.page.locator('main').inner_text()}")
