"""Practice marked on the phone: `mark.js` in a real browser says of every answer what `marking.py` says of it."""

from __future__ import annotations

import base64
import gzip
import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from lms.content.likeness import plain
from lms.learning.events import MOST_WORDS
from lms.learning.marking import readings
from lms.web.styles import FOLDER, script
from tests.learning.make_marking_cases import FILE, KINDS, case

MARKED = """cases => JSON.parse(cases).flatMap(({ step, key, answers }) => answers.flatMap(([answer, ...said]) => {
    const marked = window.it.mark(step, key, answer)
    const ours = [marked.right, marked.feedback, marked.parts]
    return JSON.stringify(ours) === JSON.stringify(said) ? [] : [{ step, key, answer, said, ours }]
}))"""
"""The answers that are not marked as they should be."""


@pytest.fixture(scope="module")
def phone(chromium: Browser):
    """A page on which everything of `mark.js` is `it`, as it is sent."""
    page = chromium.new_page()
    sent = base64.b64encode(script("mark").body).decode()
    page.evaluate("async address => { window.it = await import(address) }", f"data:text/javascript;base64,{sent}")
    yield page
    page.close()


def test_every_case_of_the_file_is_marked_as_on_the_server(phone):
    _, *cases = json.loads(FILE.read_text("utf-8"))
    assert phone.evaluate(MARKED, json.dumps(cases)) == []


def test_any_answers_are_marked_as_on_the_server(phone):
    some = st.lists(st.one_of(KINDS["words"], KINDS["number"], *KINDS.values()), min_size=1, max_size=12)

    @settings(max_examples=30)
    @given(some)
    def law(asked):
        assert phone.evaluate(MARKED, json.dumps([case(it) for it in asked])) == []

    law()


EVERY = "".join(chr(code) for code in range(1, 0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co"))
PLAIN = """letters => [...letters].map(letter =>
    /\\p{Cn}/u.test(letter) ? "new" : window.it.plain(`a${letter}b`)).join("\\n")"""
READ = """([letters, before, after]) => [...letters].map(letter =>
    /\\p{Cn}/u.test(letter) ? "new" : window.it.readings(before + letter + after).join(" ")).join("\\n")"""


def test_every_letter_there_is_is_set_plain_alike(phone):
    ours = phone.evaluate(PLAIN, EVERY).split("\n")
    pairs = [(plain(f"a{letter}b"), it) for letter, it in zip(EVERY, ours, strict=True) if it != "new"]
    assert len(pairs) > 140_000
    assert [(theirs, it) for theirs, it in pairs if theirs.casefold() != it.casefold()] == []
    assert len({theirs for theirs, _ in pairs}) == len({it for _, it in pairs}), "no two are taken for one"


COMMON = frozenset({"Lo", "Ll", "Lu"})


@pytest.mark.parametrize("form", ["{}-3", "1{}2", "-{}4", "{}.5", "{}"])
def test_every_letter_there_is_is_read_alike_in_a_number(phone, form):
    every = EVERY if form == "{}-3" else "".join(it for it in EVERY if unicodedata.category(it) not in COMMON)
    before, _, after = form.partition("{}")
    ours = phone.evaluate(READ, [every, before, after]).split("\n")
    pairs = [(letter, it) for letter, it in zip(every, ours, strict=True) if it != "new"]
    assert len(pairs) > 10_000
    read = [(letter, it, readings(form.format(letter))) for letter, it in pairs]
    assert [(letter, it) for letter, it, theirs in read if tuple(map(Decimal, it.split())) != theirs] == []


def test_a_translation_is_marked_by_its_own_key(phone):
    key = {"right": ["a"], "translations": {"cy": {"right": ["b"]}}}
    told = phone.evaluate("key => ['cy', 'en', ''].map(lang => window.it.keyIn(key, lang).right)", key)
    assert told == [["b"], ["a"], ["a"]]


def test_numbers_are_compared_to_the_last_digit(phone):
    ends = {"low": "0.1", "high": "12345678901234567890.5", "feedback": ""}
    typed = {"0.1": True, "0.10": True, "0.0999999999999999999999": False, "12345678901234567890.5": True,
             "12345678901234567890.500000000000000000001": False, "-0": False, "1" * MOST_WORDS: False}  # fmt: skip
    cases = [{"step": {"kind": "question", "sort": "number"}, "key": {"number": ends}, "answers": []}]
    cases[0]["answers"] = [[answer, right, [], None] for answer, right in typed.items()]
    assert phone.evaluate(MARKED, json.dumps(cases)) == []


def test_it_is_small_and_old_phones_can_read_it():
    sent = script("mark")
    assert len(gzip.compress(sent.body)) < 3_000
    assert b"(?<" not in sent.body, "no lookbehind"
    assert b"import" not in (FOLDER / "js" / "mark.js").read_bytes().replace(b"// ", b"")
