"""A learner's whole way on a small phone: from a stranger to a badge that others can see."""

from __future__ import annotations

import io
import unicodedata

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from lms.services import people
from tests.browser.conftest import now_ms
from tests.browser.person import Person, a_username, answer_right, do_lesson, do_quiz_question, key_of

COURSE, MODULE = "coding-basics", "what-code-is"
QUESTION = f"/courses/{COURSE}/{MODULE}/code-around-you?step=q-runs-on-code"
QUIZ = f"/courses/{COURSE}/{MODULE}/quiz"


@pytest.fixture
def visitor(site, profile, javascript):
    """Somebody nobody knows."""
    return Person(site, profile(javascript=javascript))


@pytest.fixture
def member(visitor):
    """The same, signed up."""
    visitor.open("/sign-up")
    visitor.sign_up("Demo Sue", a_username())
    return visitor


@pytest.fixture
def course(site):
    return site.shelf.course(COURSE)


@pytest.fixture
def module(course):
    return course.plan.module(MODULE)


def test_from_the_front_page_to_a_badge_that_others_can_see(site, profile, visitor, course, module):
    _starts_without_an_account(visitor, course, module)
    visitor.press("Keep my place")
    visitor.sign_up("Demo Wanda", a_username())
    assert answers(site, visitor.username) > 0, "what she did before is hers"
    visitor.open(f"/courses/{COURSE}")
    for lesson in module.lessons[1:]:
        visitor.onward.click()
        do_lesson(visitor, course, module, lesson, _answers_badly_at_first)
    visitor.press("Go to the quiz")
    visitor.press("Start the quiz")
    again = Person(site, profile())
    _leaves_the_quiz_and_comes_back(visitor, again, visitor.username, course, module)
    _passes(visitor, course, module)
    visitor.press("See your badge")
    _looks_at_the_certificate(visitor)
    _shows_the_badge_and_hides_it(visitor, Person(site, profile()), module)


def _starts_without_an_account(visitor, course, module):
    """One tap on a course, one on its lesson, and she is learning."""
    visitor.open("/")
    visitor.page.get_by_role("link", name=course.plan.title).click()
    visitor.onward.click()
    do_lesson(visitor, course, module, module.lessons[0], _answers_badly_at_first)


def _answers_badly_at_first(who, step, key):
    """One question wrong, with a hint, wrong again and then shown; one wrong and then right; the others right."""
    match step.name:
        case "q-runs-on-code":
            _is_shown_the_answer(who, step, key)
        case "q-letter":
            who.answer(step, key, right=False)
            who.press("Check my answer")
            who.sees("Not quite")
            who.answer(step, key, right=True)
            who.press("Try another answer")
            who.sees("Yes, that is right")
        case _:
            answer_right(who, step, key)


def _is_shown_the_answer(who, step, key):
    expect(who.page.locator("#said")).to_have_count(0)
    who.answer(step, key, right=False)
    who.press("Check my answer")
    who.sees("Not quite")
    who.press("Show a hint")
    expect(who.page.locator("#hints")).to_contain_text("Hint")
    expect(who.page.get_by_role("button", name="Show me the answer")).to_have_count(0)
    who.answer(step, key, right=False)
    who.page.locator("main button[value=answered]").click()
    who.press("Show me the answer")
    who.sees("This is the answer")


def _leaves_the_quiz_and_comes_back(visitor, again, username, course, module):
    """The same question with its options in the same order: here, and on another phone."""
    do_quiz_question(visitor, course, module)
    place = visitor.question(), visitor.letters()
    visitor.press("Stop here. We keep your place.")
    visitor.press("Go to the quiz")
    assert (visitor.question(), visitor.letters()) == place
    visitor.sees("Question 2 of 3")
    again.sign_in(username)
    again.open(QUIZ)
    assert (again.question(), again.letters()) == place


def _passes(visitor, course, module):
    do_quiz_question(visitor, course, module, right=False)
    do_quiz_question(visitor, course, module)
    visitor.sees("You have answered every question")
    visitor.press("See how I did")
    visitor.sees("You passed: 2 out of 3")
    visitor.sees("Question 2 was the hard one.")


def _says_she_is_18(visitor):
    """She did not say at first, so her certificate calls her by one word; it leads to where she can."""
    certificate = visitor.page.url
    visitor.sees("it is only the first word of your name")
    visitor.sees_not("Demo Wanda")
    visitor.page.locator("main").get_by_role("link", name="Settings").click()
    visitor.page.get_by_label("Yes", exact=True).check()
    visitor.press("Save these settings")
    visitor.sees("Saved.")
    visitor.open(certificate)


def _looks_at_the_certificate(visitor):
    """What comes out of a printer: one page, lying, with nothing of the site round it."""
    visitor.press("Get your certificate")
    _says_she_is_18(visitor)
    visitor.sees("Demo Wanda")
    words = _printed(visitor)
    for said in ("This certificate is for", "Demo Wanda", "who finished What code is", "Code spotter"):
        assert said in words
    assert "Menu" not in words
    visitor.press("The badge")


def _printed(visitor):
    """The words of the one page, lying, that comes out of a printer."""
    printed = PdfReader(io.BytesIO(visitor.page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    assert printed.pages[0].mediabox.width > printed.pages[0].mediabox.height
    return unicodedata.normalize("NFKC", printed.pages[0].extract_text())


def _shows_the_badge_and_hides_it(visitor, stranger, module):
    address = visitor.page.url
    assert stranger.open(address) == 404
    _lets_see(visitor, "Anyone I give the address to")
    assert stranger.open(address) == 200
    stranger.sees("Somebody finished")
    stranger.sees_not("Demo Wanda")
    assert stranger.open(f"{address}/certificate") == 404
    _lets_see(visitor, "Put the name “Demo Wanda” in the files")
    visitor.sees(address)
    assert stranger.open(address) == 200
    stranger.sees("Demo Wanda finished")
    stranger.sees(module.badge.name)
    assert stranger.open(f"{address}/certificate") == 200
    stranger.page.get_by_role("img", name=f"Code to scan: {address}").wait_for()
    assert "Check it" in _printed(stranger)
    _lets_see(visitor, "Only me")
    assert stranger.open(address) == 404
    assert stranger.open(f"{address}/certificate") == 404


def _lets_see(visitor, whom):
    visitor.page.get_by_label(whom).check()
    visitor.press("Save who can see it")
    visitor.sees("Saved.")
    expect(visitor.page.get_by_label(whom)).to_be_checked()


def test_a_form_that_arrives_twice_is_one_answer(site, member, course, module):
    """After a double tap, or on a poor line, a browser may send the same form again."""
    member.open(QUESTION)
    step = member.step(module.lessons[0])
    member.answer(step, key_of(site, course, module, step.name), right=False)
    with member.page.expect_request(lambda it: it.method == "POST") as sent:
        member.page.locator("main button[value=answered]").dblclick()
    member.sees("Not quite")
    kind = {"Content-Type": sent.value.headers["content-type"]}
    for _ in range(2):
        again = member.page.context.request.post(sent.value.url, data=sent.value.post_data_buffer, headers=kind)
        assert "Not quite" in again.text()
    assert answers(site, member.username) == 1


def test_an_answer_sent_after_the_sign_in_ended_is_kept_and_recorded(site, member, course, module):
    member.open(QUESTION)
    step = member.step(module.lessons[0])
    member.answer(step, key_of(site, course, module, step.name), right=True)
    people.sign_out_everywhere(site.store, site.person_id(member.username), now_ms())
    member.press("Check my answer")
    member.sees("Your answer is still on this page")
    assert answers(site, member.username) == 0
    member.sign_in(member.username)
    member.sees("Yes, that is right")
    assert answers(site, member.username) == 1


def test_an_answer_that_waits_is_never_given_to_somebody_else(site, member, course, module):
    member.open(QUESTION)
    step = member.step(module.lessons[0])
    member.answer(step, key_of(site, course, module, step.name), right=True)
    people.sign_out_everywhere(site.store, site.person_id(member.username), now_ms())
    member.press("Check my answer")
    before = answers(site, "lena")
    member.sign_in("lena")
    expect(member.page.get_by_text("Hello, Lena (demo)")).to_be_visible()
    assert (answers(site, member.username), answers(site, "lena")) == (0, before)


def answers(site, username):
    """How many answers of hers are recorded."""
    statement = "select count(*) from events where kind = 'answered' and person_id = ?"
    ((count,),) = site.sql(statement, site.person_id(username))
    return count
