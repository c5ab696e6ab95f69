"""One person at her phone: what she presses and types, in her words, on pages as they are shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from lms.content.plan import Key, Kind, LessonPlan, ModulePlan, Sort, StepPlan
from lms.learning.shapes import Shape
from tests.browser.conftest import PASSWORD, Site

_numbers = itertools.count(1)


def a_username() -> str:
    """One that no other test takes."""
    return f"sue{next(_numbers)}"


@dataclass
class Person:
    """Somebody with a browser."""

    site: Site
    page: Page
    username: str = ""

    def open(self, path: str) -> int:
        """Go to an address; the status it answers."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def press(self, words: str) -> None:
        """Press the one button, or follow the one link, of these words; where it leads on, wait for that page."""
        named = re.compile(f"^{re.escape(words)}")
        self.page.get_by_role("button", name=named).or_(self.page.get_by_role("link", name=named)).first.click()
        self.page.wait_for_load_state()

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def sees_not(self, words: str) -> None:
        expect(self.page.locator("main")).not_to_contain_text(words)

    def sign_up(self, name: str, username: str) -> None:
        """Fill in the form that is open."""
        self.username = username
        self.page.get_by_label("What should we call you?").fill(name)
        self.page.get_by_label("Make up a user name").fill(username)
        self.page.get_by_label("Make up a password").fill(PASSWORD)
        self.press("Keep my place")

    def sign_in(self, username: str) -> None:
        if "/sign-in" not in self.page.url and not self.page.get_by_label("User name").count():
            self.open("/sign-in")
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="Sign in").click()

    def adds_a_group(self, name: str) -> None:
        """As somebody who may; her page is then that of the group, which learns Coding basics."""
        self.open("/teach")
        self.page.get_by_text("Add a group", exact=True).click()
        self.page.get_by_label("Name of the group").fill(name)
        self.page.get_by_text("Coding basics", exact=True).last.click()
        self.press("Add this group")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    # At a lesson

    @property
    def onward(self) -> Locator:
        """The button, or link like a button, that goes on from a screen."""
        return self.page.locator("main .button:not(.quiet)").first

    def step(self, lesson: LessonPlan) -> StepPlan:
        """The step on the screen; a lesson's own first page is one too, where it has words."""
        number, of = self._stops()
        own = StepPlan(lesson.name, Kind.LESSON, lesson.title)
        screens = [own, *lesson.steps] if of > len(lesson.steps) else lesson.steps
        return screens[number - 1]

    def stops(self) -> int:
        """How many screens the lesson on the screen has."""
        return self._stops()[1]

    def _stops(self) -> tuple[int, int]:
        found = re.search(r"Step (\d+) of (\d+)", self.page.locator(".stops").inner_text())
        assert found is not None
        return int(found[1]), int(found[2])

    def choose(self, letters: tuple[str, ...]) -> None:
        """Tap rows until these, and no others, are chosen."""
        for box in self.page.locator("main input[name=answer]:checked").all():
            if box.get_attribute("type") == "checkbox":
                self._tap(box.get_attribute("value") or "")
        for letter in letters:
            if not self.page.locator(f"#a-{letter}").is_checked():
                self._tap(letter)

    def _tap(self, letter: str) -> None:
        self.page.locator(f"label[for=a-{letter}]").click()

    def answer(self, step: StepPlan, key: Key, *, right: bool) -> None:
        """Give an answer that is right, or one that is not."""
        if step.sort in (Sort.WORDS, Sort.NUMBER):
            self.page.locator("#a-words").fill(in_words(key) if right else "987654")
        else:
            others = tuple(letter for letter in step.letters if letter not in key.right)
            self.choose(key.right if right else others[:1])

    def letters(self) -> list[str]:
        """The options as they stand on the screen, from top to bottom."""
        return [box.get_attribute("value") or "" for box in self.page.locator("main input[name=answer]").all()]

    def question(self) -> str:
        return self.page.locator("main h1").inner_text()


def in_words(key: Key) -> str:
    """A right answer as she would type it."""
    return str(key.number.low) if key.number else key.answers[0].value.replace("*", "")


def key_of(site: Site, shape: Shape, module: ModulePlan, name: str) -> Key:
    return site.catalogue.key(shape, shape.numbers[module.module, name])


def answer_right(who: Person, step: StepPlan, key: Key) -> None:
    """Answer the practice question on the screen, right the first time."""
    who.answer(step, key, right=True)
    who.press("Check my answer")
    expect(who.page.locator("#said")).to_contain_text("Yes, that is right")


Asked = Callable[[Person, StepPlan, Key], None]


def do_lesson(who: Person, shape: Shape, module: ModulePlan, lesson: LessonPlan, asked: Asked = answer_right) -> None:
    """Every screen of the lesson that is open, from the first; `asked` answers its questions."""
    for _ in range(who.stops()):
        step = who.step(lesson)
        if step.kind is Kind.QUESTION:
            asked(who, step, key_of(who.site, shape, module, step.name))
        elif step.kind in (Kind.RATE, Kind.RATE_AGAIN):
            who.choose(step.letters[:1])
            if step.kind is Kind.RATE_AGAIN:
                who.onward.click()
                who.sees("Before")
        who.onward.click()
    expect(who.page.locator("main [role=status]")).to_contain_text(finished(module, lesson))


def finished(module: ModulePlan, lesson: LessonPlan) -> str:
    """What is said of a lesson that is done: not which, where nobody is to see what she learns."""
    return "You finished the lesson." if module.leave else f"You finished “{lesson.title}”."


def do_quiz_question(who: Person, shape: Shape, module: ModulePlan, *, right: bool = True) -> str:
    """Answer the quiz question on the screen and go on; its name."""
    name = who.page.locator("main input[name=step]").get_attribute("value") or ""
    step = shape.steps[shape.numbers[module.module, name]]
    who.answer(step, key_of(who.site, shape, module, name), right=right)
    who.page.locator("main button[value=answered]").click()
    return name
