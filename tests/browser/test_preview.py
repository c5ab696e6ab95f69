"""`lms preview` in a real browser on a small phone: the page follows each save, and what to mend can be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_pages import Watch, _hard_to_use, _sticks_out
from tests.cli.conftest import COURSE
from tests.previews import Preview, previewing, save

LESSON = "/courses/tea/brewing/water"
LONG = "\n\n".join(f"Cup {number} of tea, and then another." for number in range(1, 60))

Open = Callable[..., Page]


@pytest.fixture
def tea(tmp_path: Path) -> Path:
    folder = tmp_path / "tea"
    folder.mkdir()
    for name, text in COURSE.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def preview(tea: Path, tmp_path: Path) -> Iterator[Preview]:
    with previewing(tea, tmp_path / "temporary") as running:
        yield running


@pytest.fixture
def visit(chromium: Browser, preview: Preview) -> Iterator[Open]:
    """`visit("/")` opens a page of the preview on a phone."""
    context = None

    def one(path: str, *, javascript: bool = True) -> Page:
        nonlocal context
        context = chromium.new_context(base_url=preview.url, viewport=PHONE, java_script_enabled=javascript)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(path)
        return page

    yield one
    if context:
        context.close()


def test_the_page_changes_after_a_save_by_itself_and_stays_where_it_was(tea, visit):
    save(tea / "brewing.md", "Water for tea has just boiled.", f"Water for tea has just boiled.\n\n{LONG}")
    page = visit(f"{LESSON}?step=boil")
    watch = Watch(page)
    expect(page.locator("main")).to_contain_text("Cup 59 of tea")
    page.evaluate("scrollTo(0, 700)")
    place = page.get_by_text("Cup 12 of tea").bounding_box()
    save(tea / "brewing.md", "Water for tea", "Fresh water for tea")
    expect(page.locator("main")).to_contain_text("Fresh water for tea has just boiled")
    assert page.url.endswith(f"{LESSON}?step=boil")
    _comes_to(page, "Cup 12 of tea", place)
    save(tea / "brewing.md", "[x]", "[ ]")
    expect(page.get_by_label("Preview")).to_contain_text("1 thing to mend")
    assert [it for it in watch.said if "ERR_ABORTED" not in it] == []


def test_without_javascript_the_page_changes_when_it_is_reloaded(tea, visit, preview):
    page = visit(f"{LESSON}?step=boil", javascript=False)
    save(tea / "brewing.md", "Water for tea", "Fresh water for tea")
    preview.browser().until("Fresh water", f"{LESSON}?step=boil")
    expect(page.locator("main")).not_to_contain_text("Fresh water")
    page.reload()
    expect(page.locator("main")).to_contain_text("Fresh water for tea has just boiled")


def test_an_answer_that_was_refused_is_not_sent_again_after_a_save(tea, visit):
    page = visit(f"{LESSON}?step=q-hot")
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    save(tea / "brewing.md", "Water for tea", "Fresh water for tea")
    expect(page.get_by_label("Preview")).to_contain_text("You have saved since")
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_page_says_when_the_preview_has_stopped(visit, preview):
    page = visit("/")
    preview.process.terminate()
    expect(page.get_by_label("Preview")).to_contain_text("The preview has stopped")


def test_what_to_mend_can_be_read_and_reached_by_keyboard_on_a_phone(tea, visit):
    save(tea / "brewing.md", "[x]", "[ ]")
    worst = "\n<script>alert(1)</script> \u202e\n\n" + "averylongword" * 40 + "\n"
    save(tea / "brewing.md", "Water for tea has just boiled.\n", worst)
    page = visit("/preview")
    watch = Watch(page)
    page.on("dialog", lambda it: pytest.fail(it.message))
    expect(page.locator("h1")).to_contain_text("what to mend")
    assert _sticks_out(page) == []
    assert _hard_to_use(page) == []
    expect(page.locator(".notes").first).to_be_hidden()
    expect(page.locator(".errors li").last).to_contain_text("no choice is right")
    page.locator(".errors a").last.focus()
    page.keyboard.press("Enter")
    line = page.locator("#f1-21")
    expect(line).to_contain_text("It has just boiled")
    expect(line).to_be_focused()
    expect(line).to_be_in_viewport()
    assert watch.said == []


def test_on_a_wide_screen_the_note_stands_beside_its_line(tea, visit):
    save(tea / "brewing.md", "[x]", "[ ]")
    page = visit("/preview")
    page.set_viewport_size({"width": 1280, "height": 900})
    note, code = page.locator("#f1-18 .notes"), page.locator("#f1-18 code")
    expect(note).to_be_visible()
    above, beside = code.bounding_box(), note.bounding_box()
    assert above
    assert beside
    assert beside["x"] > above["x"] + above["width"] - 1
    assert beside["y"] < above["y"] + above["height"]
    assert _hard_to_use(page) == []


def test_the_strip_above_a_lesson_is_readable_on_a_phone(tea, visit):
    save(tea / "brewing.md", "[x]", "[ ]")
    page = visit("/preview")
    expect(page.locator("h1")).to_contain_text("what to mend")
    save(tea / "brewing.md", "- [ ] It has", "- [x] It has")
    expect(page.locator("h1")).to_contain_text("nothing to mend")
    save(tea / "brewing.md", "Water for tea has just boiled.", "Water: [click here](https://example.org/water).")
    page.goto(f"{LESSON}?step=boil")
    expect(page.get_by_label("Preview")).to_contain_text("Line 14 of brewing.md")
    assert _sticks_out(page) == []
    assert _hard_to_use(page) == []


def _comes_to(page: Page, words: str, place: object) -> None:
    """The words stand where they stood. Asked from here: the content policy leaves no page to wait for it itself."""
    until = time.monotonic() + 120
    while (now := page.get_by_text(words).bounding_box()) != place:
        assert time.monotonic() < until, (now, place)
        page.wait_for_timeout(50)
