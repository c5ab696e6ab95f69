"""Pages in a language nobody speaks, 40 % longer and from right to left: no word is left out, nothing sticks out.

Each word of it ends in an accent. What does not, and is not a name or a course's own, was left in English.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lms.services import badges, people
from lms.web.catalogues import PSEUDO
from tests.browser.conftest import PASSWORD, now_ms
from tests.browser.learning import begin_quiz, finish_module
from tests.browser.person import Person, a_username
from tests.browser.test_every_look import STICKS_OUT
from tests.browser.test_kinds import LESSON, STEPS
from tests.browser.test_pages import _sticks_out
from tests.web.kinds import ARABIC, FILES

KINDS = LESSON.replace("kinds", "kinds-ar")
NAMES = {"Demo", "Xanthe", "kB", "MB", "Learn", "at", "home", "Leave", "this", "page", "English", "Cymraeg", "ar", "XB"}
"""Of people, of the site, of languages; sizes; the way out."""
COMPILED = {"HTML", "Read", "what", "is", "said", "Video"}
"""What the compiler writes round an author's words, by the lists of `lms/content/phrases.py`."""


def words_of(texts):
    return set(re.findall(r"[^\W\d_]{2,}", b" ".join(texts).decode(errors="ignore")))


SEEN = """() => {
  const said = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const add = (element, words) => said.push([element.closest("[lang]").lang, words]);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (element.closest("script, style, noscript, template, code, .typed, .languages, .certificate, .exit")) continue;
    add(element, walker.currentNode.data);
  }
  for (const it of document.querySelectorAll("[aria-label]")) if (!it.closest(".exit, svg")) add(it, it.ariaLabel);
  return said;
}"""
OWN = words_of(ARABIC.values())


@pytest.fixture
def courses(site, kinds):
    """Words of every course on the site, another test's too: their titles stand on pages that are no course's."""
    titles = [title for shape in site.shelf.courses.values() for title in titles_of(shape.plan)]
    shipped = [it.read_bytes() for it in Path("courses").rglob("*.md")]
    return words_of([*shipped, *FILES.values(), *(it.encode() for it in titles)])


def titles_of(plan):
    yield plan.title
    yield from (it.title for it in plan.modules)
    yield from (step.title for step in plan.steps().values())


@pytest.fixture
def xanthe(site, kinds, profile):
    """Somebody who has learned something, and has chosen the language."""
    at_ms, username = now_ms(), a_username()
    token = people.sign_up(site.store, "Demo Xanthe", username, PASSWORD, "yes", "en", at_ms)
    finish_module(site.store, site.catalogue, token.person_id, "coding-basics", "what-code-is", at_ms)
    begin_quiz(site.store, site.catalogue, token.person_id, "social-media", "a-safe-account", at_ms)
    signed = people.signed_in(site.store, token.person_id, token.secret, at_ms)
    people.change_settings(site.store, signed, "Demo Xanthe", {people.WORDS_WISH: PSEUDO}, at_ms)
    who = Person(site, profile())
    who.sign_in(username)
    expect(who.page.locator("html")).to_have_attribute("lang", PSEUDO)
    who.badge = badges.mine(site.store, signed)[0].public_id
    return who


def left_out(page, course):
    """Words of ours that are in English. `course`: those an author wrote; None where others' stand on the page too."""
    found = set()
    for lang, words in page.evaluate(SEEN):
        for word in re.findall(r"[A-Za-zÀ-ž]{2,}", words):
            others = lang != PSEUDO and (course is None or word in course)
            if not word.endswith("á") and not others:
                found.add(word)
    return found - NAMES - COMPILED


def looks_right(page, mirrored=True):
    assert page.evaluate("document.documentElement.dir") == ("rtl" if mirrored else "ltr")
    assert _sticks_out(page) == [], page.url
    settings = page.context.new_cdp_session(page)
    for pixels in (32, 16):
        settings.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})
        assert page.evaluate(STICKS_OUT) == [], (page.url, pixels)
    settings.detach()


def test_every_page_of_hers_is_said_in_her_language_and_holds_longer_words(xanthe, site, courses):
    page, badge = xanthe.page, xanthe.badge
    for path in (
        *("/", "/me", "/me/settings?saved=1", "/who", "/phone", "/join", "/sign-out", "/no-such-page"),
        *("/me/data", "/me/seen", "/me/username", "/me/close", "/me/mail", "/me/can-do", "/complaints"),
        *("/me/clubs", "/me/meetings", "/me/calendar", "/me/call", "/me/record", "/me/second", "/claim"),
        *("/help", "/privacy", "/accessibility", "/verify", "/sign-in/code", "/sign-up"),
        *(f"/badges/{badge}{part}" for part in ("", "/evidence", "/certificate")),
    ):
        xanthe.open(path)
        looks_right(page)
        assert left_out(page, None if "/badges/" in path else courses) == set(), path


def test_a_course_is_said_in_it_too_and_the_way_out_is_english(xanthe):
    page = xanthe.page
    module = KINDS.rpartition("/")[0]
    for path in (module.rpartition("/")[0], module, *(f"{KINDS}?step={name}" for name in STEPS), f"{module}/quiz"):
        xanthe.open(path)
        looks_right(page)
        assert left_out(page, OWN) == set(), path
    xanthe.open("/courses/online-safety/your-phone/lock")
    looks_right(page, mirrored=False)
    assert page.get_by_role("link", name="Leave this page").evaluate("it => it.closest('[lang]').lang") == "en-GB"


def test_a_visitor_is_spoken_to_as_her_browser_asks(courses, profile):
    page = profile()
    page.set_extra_http_headers({"Accept-Language": f"{PSEUDO},en;q=0.5"})
    for path in ("/", "/sign-up", "/sign-in", "/join", "/looks", "/complaints", "/offline"):
        page.goto(path)
        looks_right(page)
        assert left_out(page, courses) == set(), path
    page.goto("/help-now")
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
