"""The programmes this grew from, each as its people live it: at home from a link, and at a club.

#techmums: somebody opens a link at home and learns, comes to the club without an account, makes one later, and nothing
is lost on the way. The demo's programme has the areas, partners, meetings and registers the other one needs.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, a_username, answer_right, do_lesson

COURSE, MODULE = "coding-basics", "what-code-is"
LAST_MEETING = "/teach/meetings/demo-3-2"
"""Of the group Evening phones: four days ago."""


@pytest.fixture
def femi(site, profile, javascript):
    who = Person(site, profile(javascript=javascript))
    who.sign_in("femi")
    who.sees("Evening phones (demo)")
    return who


@pytest.fixture
def tess(site, profile, javascript):
    """Somebody nobody knows."""
    return Person(site, profile(javascript=javascript))


def test_from_a_link_at_home_to_a_club_and_nothing_is_lost(site, femi, tess):
    name = f"Demo Tess {a_username()}"
    code = _comes_to_the_club_without_an_account(femi, name)
    done = _learns_at_home_from_a_link(site, tess)
    tess.press("Keep my place")
    tess.sign_up(name, a_username())
    tess.page.wait_for_url(lambda url: "/sign-up" not in url)
    assert events_of(site, tess.username) == done, "what she did before is hers"
    _claims_what_she_came_to(tess, code)
    _joins(site, femi, tess, name)
    assert events_of(site, tess.username) == done
    _stands_once_on_the_register(femi, name)


def _comes_to_the_club_without_an_account(femi, name):
    """Her name goes on the register, and a card into her hand; the code on it."""
    femi.open(f"{LAST_MEETING}/register")
    femi.page.get_by_label("Who else came?").fill(name)
    femi.press("Save the register")
    femi.sees("Saved.")
    femi.sees(name)
    femi.open(f"{LAST_MEETING}/guests")
    cards, names = femi.page.get_by_role("button", name="Make a card"), femi.page.get_by_role("heading", level=2)
    cards.nth(names.all_inner_texts().index(name)).click()
    femi.sees("We show it only now.")
    return femi.page.locator(".codeword").inner_text()


def _learns_at_home_from_a_link(site, tess):
    """A first lesson without an account; how many things were recorded."""
    course = site.shelf.course(COURSE)
    module = course.plan.module(MODULE)
    tess.open(f"/courses/{COURSE}/{MODULE}/{module.lessons[0].name}")
    do_lesson(tess, course, module, module.lessons[0], answer_right)
    ((newest,),) = site.sql("select person_id from people where kind = 'guest' order by made_ms desc limit 1")
    return counted(site, newest)


def _claims_what_she_came_to(tess, code):
    tess.open("/claim")
    tess.page.get_by_label("The code on your card").fill(code.lower())
    tess.press("Make it mine")
    tess.sees("What you came to stands here now.")
    tess.sees("You came to 1 meeting.")
    tess.sees("Monthly club (demo)")


def _joins(site, femi, tess, name):
    femi.open("/teach/groups/demo-3/poster")
    tess.open(f"/join/{femi.page.locator('.codeword').first.inner_text()}")
    tess.sees("Evening phones (demo)")
    tess.press("Join this group")
    femi.open("/teach/groups/demo-3")
    row = femi.page.locator("main li", has_text=name)
    expect(row).to_have_count(1)


def _stands_once_on_the_register(femi, name):
    femi.open(f"{LAST_MEETING}/register")
    box = femi.page.get_by_role("checkbox", name=name)
    expect(box).to_have_count(1)
    expect(box).to_be_checked()


def events_of(site, username):
    return counted(site, site.person_id(username))


def counted(site, person_id):
    ((count,),) = site.sql("select count(*) from events where person_id = ?", person_id)
    return count
