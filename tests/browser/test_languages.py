"""A course in Arabic and Welsh on a small phone without JavaScript: chosen by its own name, from right to left."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.person import Person, a_username
from tests.browser.test_pages import LIGHTEST, Watch, _hard_to_use, _sticks_out, _weight
from tests.services import translated

SOUP = "/courses/soup"
WATER = f"{SOUP}/brewing/water"
QUIZ = f"{SOUP}/brewing/quiz"
FILES = {path: data.replace(b"course: tea", b"course: soup") for path, data in translated.tea().items()}


@pytest.fixture(scope="session")
def soup(site):
    """The course in three languages on the running site."""
    site.publish({"soup": FILES})


@pytest.fixture
def amal(soup, site, profile):
    """Somebody new, without JavaScript, who reads Arabic."""
    who = Person(site, profile(javascript=False))
    who.open("/sign-up")
    who.sign_up("Demo Amal", a_username())
    who.open(f"{WATER}?step=fill-it")
    who.press("العربية")
    return who


def direction(part: Locator) -> str:
    return part.evaluate("it => getComputedStyle(it).direction")


def test_a_lesson_is_chosen_and_read_from_right_to_left(amal):
    page = amal.page
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    assert page.url.endswith("?step=fill-it")
    heading = page.locator("main h1")
    expect(heading).to_have_text("املأ الغلاية")
    assert direction(heading) == "rtl"
    edges = heading.evaluate(
        "it => { const range = document.createRange(); range.selectNodeContents(it);"
        " const at = range.getBoundingClientRect(); return [at.left, innerWidth - at.right] }"
    )
    assert edges[1] < 30 < edges[0]
    assert _sticks_out(page) == []


def test_a_step_that_is_not_translated_runs_as_english_does(amal):
    amal.open(f"{WATER}?step=steam")
    heading = amal.page.locator("main h1")
    expect(heading).to_have_text("Look at the steam")
    assert direction(heading) == "ltr"
    assert heading.evaluate("it => it.closest('[lang]').lang") == "en-GB"
    assert direction(amal.page.locator("main .stops")) == "rtl"
    assert _sticks_out(amal.page) == []


@pytest.mark.parametrize(
    "path",
    [SOUP, f"{SOUP}/brewing", *(f"{WATER}?step={name}" for name in ("fill-it", "steam", "q-hot", "q-bag")), QUIZ],
)
def test_each_page_fits_a_small_phone_and_is_readable(soup, site, profile, path):
    door = Person(site, profile())
    door.open(SOUP)
    door.press("العربية")
    page = profile()
    page.context.add_cookies(door.page.context.cookies())
    watch = Watch(page)
    answer = page.goto(path)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert watch.heard(answer.url, 200) == []
    assert _sticks_out(page) == []
    assert _hard_to_use(page) == []
    assert _weight(page, answer) < LIGHTEST


def test_a_sentence_that_starts_with_a_number_starts_with_it_on_a_page_from_right_to_left(amal):
    amal.open(f"{SOUP}/brewing")
    for sentence in amal.page.locator("main .route small").all():
        lefts = sentence.evaluate(
            "it => [0, 2].map(at => { const range = document.createRange(), words = it.lastChild.firstChild;"
            " range.setStart(words, at); range.setEnd(words, at + 1); return range.getBoundingClientRect().left })"
        )
        assert lefts[0] < lefts[1], sentence.text_content()


def test_she_answers_in_one_language_and_goes_on_in_another(amal):
    amal.open(f"{WATER}?step=q-bag")
    amal.press("Cymraeg")
    amal.page.get_by_role("textbox").fill("te")
    amal.press("Gwirio fy ateb")
    amal.sees("Ie, mae hynny'n iawn")
    amal.press("English")
    amal.sees("Yes, that is right")
    amal.sees("What is in the bag?")
    amal.open(QUIZ)
    amal.press("Start the quiz")
    question = amal.page.locator("input[name=step]").first.get_attribute("value")
    amal.press("العربية")
    assert amal.page.locator("input[name=step]").first.get_attribute("value") == question
    amal.sees("Question 1 of 2")
