"""A course with every kind of step on a small phone: each page whole and readable, and done without JavaScript."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from lms.content.plan import Key, Kind, StepPlan
from tests.browser.person import Person, a_username
from tests.browser.test_pages import LIGHTEST, Watch, _bytes_of, _hard_to_use, _signed_in, _sticks_out, _weight

LESSON = "/courses/kinds/passwords/strong"
QUIZ = "/courses/kinds/passwords/quiz"
STEPS = ("film", "o-email", "m-words", "g-advice", "r-mentor", "r-own", "t-change", "t-tell", "c-hello")


@pytest.fixture
def kira(kinds, site, profile):
    """Somebody new, without JavaScript."""
    who = Person(site, profile(javascript=False))
    who.open("/sign-up")
    who.sign_up("Demo Kim", a_username())
    return who


def wrong(step: StepPlan, key: Key) -> Key:
    """A key whose answer is not right."""
    if step.kind is Kind.ORDER:
        return replace(key, order=key.order[::-1])
    if step.kind is Kind.MATCH:
        return replace(key, pairs=dict.fromkeys(step.letters, step.meanings[0]))
    return replace(key, gaps=(next(it for it in step.letters if it not in key.gaps),) * step.gaps)


def fill(who: Person, step: StepPlan, key: Key) -> None:
    """Pick in each box what a key says."""
    filled = {
        Kind.ORDER: {letter: str(place) for place, letter in enumerate(key.order, 1)},
        Kind.MATCH: key.pairs,
        Kind.GAPS: {str(gap): letter for gap, letter in enumerate(key.gaps, 1)},
    }[step.kind]
    for part, value in filled.items():
        who.page.locator(f"#a-{part}").select_option(value)


def key_of(who: Person, shape, name: str) -> tuple[StepPlan, Key]:
    no = shape.numbers["passwords", name]
    return shape.steps[no], who.site.catalogue.key(shape, no)


def test_every_kind_is_done_in_turn_without_javascript(kira, kinds):
    kira.open(f"{LESSON}?step=film")
    kira.press("Next: a question")
    for name in ("o-email", "m-words", "g-advice"):
        step, key = key_of(kira, kinds, name)
        fill(kira, step, wrong(step, key))
        kira.press("Check my answer")
        kira.sees("Not quite")
        fill(kira, step, key)
        kira.press("Try another answer")
        kira.sees("Yes, that is right")
        kira.onward.click()
    kira.page.get_by_label("Write it down, if you like").fill("My bank's password.")
    kira.press("Keep this and go on")
    kira.press("I have thought about it")
    kira.page.get_by_text("I picked three words").click()
    kira.press("Hand this in")
    kira.sees("Kept")
    kira.page.get_by_text("I changed it").click()
    kira.page.get_by_label("Write how it went").fill("It went well.")
    kira.press("Hand this in")
    kira.press("I have done this")
    kira.page.get_by_text("Show the answer").click()
    expect(kira.page.get_by_text("<h1>Hello</h1>")).to_be_visible()
    kira.onward.click()
    kira.sees("You finished “Strong ones”")
    kira.press("Go to the quiz")
    kira.press("Start the quiz")
    for name in ("z-order", "z-match", "z-gaps"):
        fill(kira, *key_of(kira, kinds, name))
        kira.page.locator("main button[value=answered]").click()
    kira.press("See how I did")
    kira.sees("You passed: 3 out of 3")
    kira.sees("1. Look at it again")


def test_two_in_one_place_are_named_and_the_rest_stays(kira, kinds):
    kira.open(f"{LESSON}?step=o-email")
    step, key = key_of(kira, kinds, "o-email")
    fill(kira, step, key)
    kira.page.locator(f"#a-{key.order[2]}").select_option("1")
    kira.press("Check my answer")
    kira.sees("Two of them are 1st.")
    kira.page.get_by_role("link", name="Two of them are 1st.").click()
    expect(kira.page.locator(f"#a-{key.order[1]}")).to_have_value("2")
    expect(kira.page.locator(":target")).to_have_attribute("aria-invalid", "true")


def test_every_box_is_reached_and_changed_by_the_keyboard(kira, kinds):
    kira.open(f"{LESSON}?step=g-advice")
    kira.page.locator("#a-1").focus()
    for gap in (1, 2, 3):
        expect(kira.page.locator(f"#a-{gap}")).to_be_focused()
        kira.page.keyboard.press("ArrowDown")
        kira.page.keyboard.press("Tab")
    kira.page.keyboard.press("Enter")
    expect(kira.page.locator("#said")).to_be_visible()


@pytest.mark.parametrize("who", ["", "kira"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("step", STEPS)
def test_the_page_of_a_kind_is_whole_quiet_readable_and_light(kinds, site, profile, step, dark, who):
    page = _signed_in(site, profile, who)
    page.emulate_media(color_scheme="dark" if dark else "light")
    _looks_well(page, site, f"{LESSON}?step={step}")


@pytest.mark.parametrize("step", ["o-email", "m-words", "g-advice"])
def test_an_answer_left_out_is_shown_well(kinds, site, profile, step):
    # What a service worker brings from the phone has no weight to measure.
    page = profile(worker=False)
    _looks_well(page, site, f"{LESSON}?step={step}", press="button[value=answered]", status=422)


def _looks_well(page, site, path, press="", status=200):
    watch = Watch(page)
    answer = page.goto(path)
    sheets = _weight(page, answer) - _bytes_of(page, answer.url)  # the page after it has them already
    if press:
        with page.expect_navigation() as going:
            page.locator(press).click()
        answer = going.value
    assert watch.heard(answer.url, status) == []
    assert _sticks_out(page) == []
    assert _hard_to_use(page) == []
    assert sheets + _bytes_of(page, answer.url) < LIGHTEST


@pytest.mark.parametrize("step", STEPS)
def test_a_page_written_from_right_to_left_fits_too(kinds, profile, step):
    page = profile()
    page.goto(f"/courses/kinds-ar/passwords/strong?step={step}")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert _sticks_out(page) == []
    assert _hard_to_use(page) == []


@pytest.mark.parametrize("step", STEPS)
def test_in_the_phones_own_colours_every_box_can_be_seen(kinds, profile, step):
    page = profile(javascript=False)
    page.emulate_media(forced_colors="active")
    page.goto(f"{LESSON}?step={step}")
    for box in page.locator("main select, main textarea").all():
        assert box.evaluate("it => parseFloat(getComputedStyle(it).borderTopWidth)") >= 1
        assert box.bounding_box()["height"] >= 44
