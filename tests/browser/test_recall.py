"""Learning that lasts, on a small phone: a question from an earlier day, before and now, and what she can do."""

from __future__ import annotations

import io
import unicodedata

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from lms.services import people
from tests.browser.conftest import PASSWORD, now_ms
from tests.browser.learning import finish_lesson, on_an_earlier_day
from tests.browser.person import Person, a_username, key_of
from tests.browser.test_offline import until
from tests.browser.test_pages import _sticks_out

COURSE, MODULE = "coding-basics", "thinking-in-steps"
REMEMBER = "Before you start: do you remember this?"


@pytest.fixture
def module(site):
    return site.shelf.course(COURSE).plan.module(MODULE)


@pytest.fixture
def learner(site, profile, javascript, module):
    """She finished the first lesson yesterday."""
    name = a_username()
    token = people.sign_up(site.store, "Demo Rita", name, PASSWORD, "yes", "en", now_ms())
    finish_lesson(site.store, site.catalogue, token.person_id, COURSE, MODULE, module.lessons[0].name, now_ms())
    on_an_earlier_day(site.store, token.person_id, 1)
    who = Person(site, profile(javascript=javascript), name)
    who.sign_in(name)
    who.sees("Hello, Demo Rita")
    return who


def test_a_question_from_yesterday_then_before_and_now_then_what_she_can_do(site, profile, learner, module, javascript):
    new = f"/courses/{COURSE}/{MODULE}/{module.lessons[1].name}"
    learner.open(new)
    question = _is_asked(learner)
    learner.open(new)
    assert _is_asked(learner) == question, "the phone closed the browser"
    if javascript:
        _loses_the_connection(learner, new, question)
    again = Person(site, profile(javascript=javascript))
    again.sign_in(learner.username)
    again.sees("Hello, Demo Rita")
    again.open(new)
    assert _is_asked(again) == question, "nor does it matter on which phone"
    _answers(learner, module, right=False)
    learner.sees("Not quite")
    learner.sees("The answer")
    assert _sticks_out(learner.page) == []
    learner.press("Start the lesson")
    learner.sees("Step 1 of")
    again.press("Skip, and start the lesson")
    again.sees("Step 1 of")
    again.open(f"/courses/{COURSE}/{MODULE}/{module.lessons[2].name}")
    again.sees("Step 1 of")
    _rates_again(learner)
    _sees_what_she_can_do(learner)


def _is_asked(who):
    """The question, whole on a small phone, with its way past it."""
    who.sees(REMEMBER)
    expect(who.page.get_by_role("button", name="Skip, and start the lesson")).to_be_visible()
    assert _sticks_out(who.page) == []
    return who.question()


def _answers(who, module, right):
    shape = who.site.shelf.course(COURSE)
    name = who.page.locator("main input[name=step]").get_attribute("value")
    step = shape.steps[shape.numbers[MODULE, name]]
    who.answer(step, key_of(who.site, shape, module, name), right=right)
    who.press("Check my answer")


def _loses_the_connection(who, new, question):
    """What she presses meanwhile is let go, and nothing stands in her way: the lesson is asked for."""
    who.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(who, "navigator.serviceWorker.controller !== null")
    who.page.context.set_offline(True)
    who.press("Skip, and start the lesson")
    expect(who.page).to_have_url(f"{who.site.url}{new}")
    who.sees("not connected")
    who.page.context.set_offline(False)
    who.open(new)
    assert _is_asked(who) == question


def _rates_again(who):
    (last,) = (it for it in who.site.shelf.course(COURSE).plan.module(MODULE).lessons if it.steps[-1].same_as)
    step = last.steps[-1]
    who.open(f"/courses/{COURSE}/{MODULE}/{last.name}?step={step.name}")
    who.choose(step.letters[-1:])
    who.onward.click()
    who.sees("You have come further since you began.")
    before, now = (it.bounding_box() for it in who.page.locator(".sides > div").all())
    assert before["y"] == now["y"], "they stand side by side"
    assert before["x"] + before["width"] <= now["x"]
    assert _sticks_out(who.page) == []


def _sees_what_she_can_do(who):
    who.open("/")
    who.press("What I can do now")
    expect(who.page.get_by_role("heading", level=1)).to_have_text("What I can do now")
    who.sees("On my own")
    who.sees("Before and now")
    assert _sticks_out(who.page) == []
    printed = PdfReader(io.BytesIO(who.page.pdf()))
    words = unicodedata.normalize("NFKC", printed.pages[0].extract_text())
    assert "Find a way when something does not work" in words
    assert "Menu" not in words
    assert "To print it" not in words
