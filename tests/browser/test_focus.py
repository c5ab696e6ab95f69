"""After a form, whoever uses a keyboard or a screen reader is where something was said about it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person

LESSON = "/courses/online-safety/your-phone/lock"


@pytest.fixture
def keys(site, profile, javascript):
    """Somebody with a keyboard alone, on a phone."""
    return Person(site, profile(javascript=javascript))


def test_the_focus_is_on_what_was_said(keys):
    page = keys.page
    focused = page.locator(":focus")
    keys.open(f"{LESSON}?step=q-lock-count")
    page.get_by_role("button", name="Check my answer").press("Enter")
    expect(focused).to_contain_text("There is a problem")
    assert page.title().startswith("There is a problem.")
    beside = page.locator("main .error").inner_text()
    page.keyboard.press("Tab")
    expect(focused).to_have_text(beside)
    page.keyboard.press("Enter")
    page.keyboard.type("987654")
    expect(page.locator("main input[name=answer]")).to_have_value("987654")
    page.get_by_role("button", name="Check my answer").press("Enter")
    expect(focused).to_have_id("said")
    expect(focused.locator("h2")).to_have_text("Not quite")


def test_the_focus_is_on_what_was_saved_and_the_page_looks_so(keys):
    page = keys.page
    keys.open("/looks")
    page.get_by_label("Largest").press("Space")
    page.get_by_label("More room").press("Space")
    page.get_by_label("Dark").press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(":focus")).to_have_text("Saved.")
    keys.open(f"{LESSON}?step=q-lock-count")
    style = "getComputedStyle(document.querySelector('main p:not(.stops)'))"
    size, room = page.evaluate(f"(it => [parseFloat(it.fontSize), parseFloat(it.letterSpacing)])({style})")
    assert size >= 24
    assert room >= 0.1 * size - 0.01
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(forced_colors="active")
    expect(page.get_by_role("link", name="Leave this page")).to_be_in_viewport()


def test_what_is_wrong_with_a_form_leads_to_its_field(keys):
    page = keys.page
    keys.open("/sign-up")
    page.get_by_role("button", name="Keep my place").press("Enter")
    expect(page.locator(":focus")).to_contain_text("There is a problem")
    links = page.locator(".errors a")
    assert links.count() == 3, "her name, her user name and her password, at once"
    for at in range(links.count()):
        link = links.nth(at)
        field = page.locator(link.get_attribute("href"))
        described = field.get_attribute("aria-describedby").split()
        assert link.inner_text() in [page.locator(f"#{it}").inner_text() for it in described]
    links.first.press("Enter")
    page.keyboard.type("Demo Kay")
    expect(page.get_by_label("What should we call you?")).to_have_value("Demo Kay")
