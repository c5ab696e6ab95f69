"""The card: it holds every word the compiler knows, what it shows compiles, and it prints on one page."""

from __future__ import annotations

import io
import re

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from lms.content.changelines import VERBS
from lms.content.settings import COURSE as COURSE_SETTINGS
from lms.content.settings import MODULE as MODULE_SETTINGS
from lms.content.words import ENGLISH, Value, Word
from tests.courses.test_docs import GUIDES, examples, said

CARD = (GUIDES / "card.md").read_text("utf-8")
COURSE = b"---\ncourse: club\nlang: en\norder: [passwords]\n---\n# Our club\nWelcome.\n"
CHECKS = re.findall(r"`` (.*?) ``|`((?:prints|typing) .*?)`", CARD.partition("**Checks**")[2].partition("a fence")[0])
AS_A_CODE_HOST = """
body { margin: 0; font: 16px/1.5 'Liberation Sans', Arial, sans-serif } h1 { margin: 0 0 16px }
p, ul, pre { margin: 0 0 16px } li { margin-top: 4px } pre, code { font: 13.6px/1.45 monospace } pre { padding: 16px }
"""


def module() -> str:
    (text,) = examples("markdown", "passwords.md", CARD)
    return text


def coded() -> list[str]:
    """What stands on the card as code: to be typed so."""
    tokens = MarkdownIt("commonmark").parse(CARD)
    inline = [child for token in tokens for child in token.children or []]
    return [token.content for token in (*tokens, *inline) if token.type in ("fence", "code_inline")]


def of_the_card(text: str) -> list[str]:
    """Everything said of the card's module, in a course of its own."""
    return said({"course.md": COURSE, "passwords.md": text.encode()})


def test_the_module_of_the_card_compiles_without_a_fault_or_a_warning():
    assert of_the_card(module()) == []


def test_every_kind_of_step_stands_in_the_module_of_the_card():
    kinds = re.findall(r"^##+ ([A-Z][a-z]+(?: again)?): ", module(), re.MULTILINE)
    assert {kind.lower() for kind in kinds} == set(ENGLISH.kinds)


@pytest.mark.parametrize("word", Word)
def test_every_word_of_a_list_stands_on_the_card(word):
    assert any(re.search(rf"^(- )?{word}(:|$)", code, re.MULTILINE) for code in coded())


@pytest.mark.parametrize("value", Value)
def test_every_value_that_is_a_word_stands_on_the_card(value):
    assert any(re.search(rf"\b{value}\b", code) for code in coded())


@pytest.mark.parametrize(("file", "settings"), [("of `course.md`", COURSE_SETTINGS), ("a module", MODULE_SETTINGS)])
def test_every_setting_stands_on_the_card(file, settings):
    part = re.search(rf"\*\*[^*]*{file}\*\*:(.*?)(?:\.|\n-)", CARD.replace("any 2 of a", ""), re.DOTALL)
    assert part
    assert set(settings) <= set(re.findall(r"`([a-z-]+)`", part[1]))


def test_every_line_of_changes_stands_on_the_card():
    part = CARD.partition("**Lines of `changes`**")[2].partition("\n- ")[0]
    assert set(re.findall(r"`(?:2026-11-22 )?([a-z]+) ", part)) == set(VERBS)


@pytest.mark.parametrize("check", ["".join(found) for found in CHECKS])
def test_each_check_of_the_card_can_be_read(check):
    told = of_the_card(module().replace('`h1` says "Hello"', check))
    assert not [it for it in told if "is not in a form that can be read" in it or "is not a word of a Check" in it]


def test_the_card_prints_on_one_page_at_seventy_per_cent(chromium):
    html = MarkdownIt("commonmark").render(CARD)
    page = chromium.new_page()
    page.set_content(f"<style>{AS_A_CODE_HOST}</style>{html}")
    sides = dict.fromkeys(("top", "bottom", "left", "right"), "10mm")
    printed = page.pdf(format="A4", scale=0.7, margin=sides)
    page.close()
    assert len(PdfReader(io.BytesIO(printed)).pages) == 1
