"""A phone that ends the browser after any tap: she comes back to the same step, the same question, the same order."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from lms.content.plan import Kind
from tests.browser.conftest import PHONE
from tests.browser.person import Person, a_username, do_quiz_question, key_of

COURSE, MODULE = "coding-basics", "what-code-is"


class Killed(Person):
    """Somebody whose browser is gone after each tap: all that is left is what it keeps on the phone."""

    def comes_back(self, path: str = "/") -> None:
        """Open a new browser with the cookies that outlive one."""
        old = self.page.context
        kept = [cookie for cookie in old.cookies() if cookie["expires"] > 0]
        new = old.browser.new_context(base_url=self.site.url, viewport=PHONE)
        new.set_default_timeout(60_000)
        new.add_cookies(kept)
        old.close()
        self.page = new.new_page()
        self.open(path)

    def place(self) -> tuple[str, str, list[str]]:
        """The step or question she is at, what it asks, and its options from top to bottom."""
        return self.page.title(), self.question(), self.letters()

    def is_back_at(self, place: tuple[str, str, list[str]]) -> None:
        self.comes_back()
        self.press("Carry on")
        assert self.place() == place


@pytest.fixture
def killed(site, profile):
    who = Killed(site, profile())
    who.open("/sign-up")
    who.sign_up("Demo Kit", a_username())
    yield who
    who.page.context.close()


def test_a_browser_that_is_killed_after_any_tap_loses_no_place(site, killed):
    shape = site.shelf.course(COURSE)
    module = shape.plan.module(MODULE)
    lesson = module.lessons[0]
    killed.press("Start the first lesson")
    for _ in range(killed.stops()):
        _answers_and_is_killed(killed, shape, module, killed.step(lesson))
        killed.onward.click()
        killed.page.wait_for_load_state()
        if killed.page.locator(".stops").count():
            killed.is_back_at(killed.place())
    killed.sees(f"You finished “{lesson.title}”")
    killed.comes_back()
    expect(killed.page.get_by_role("heading", level=1)).to_have_text(module.lessons[1].title)


def _answers_and_is_killed(killed, shape, module, step):
    """Wrong first, then right: what was said stands where she left it, over the same options."""
    if step.kind in (Kind.RATE, Kind.RATE_AGAIN):
        killed.choose(step.letters[:1])
    if step.kind is not Kind.QUESTION:
        return
    key = key_of(killed.site, shape, module, step.name)
    for right, said in ((False, "Not quite"), (True, "Yes, that is right")):
        killed.answer(step, key, right=right)
        killed.page.locator("main button[value=answered]").click()
        killed.sees(said)
        place = killed.place()
        killed.comes_back(killed.page.url)
        killed.sees(said)
        assert killed.place() == place


def test_a_browser_that_is_killed_in_a_quiz_goes_on_with_the_same_question_in_the_same_order(site, killed):
    shape = site.shelf.course(COURSE)
    module = shape.plan.module(MODULE)
    quiz = f"/courses/{COURSE}/{MODULE}/quiz"
    killed.open(quiz)
    killed.press("Start the quiz")
    for _ in module.quiz.runs:
        killed.is_back_at(killed.place())
        do_quiz_question(killed, shape, module)
        killed.page.wait_for_load_state()
    killed.comes_back()
    killed.press("Carry on")
    killed.press("See how I did")
    killed.comes_back(quiz)
    killed.sees("Every answer was right.")
