"""Marking: what a learner types or chooses is right when a fair person would call it right."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.content.likeness import matches, plain
from lms.content.plan import Key, KeyPattern, KeyRange, Sort
from lms.learning.events import MOST_WORDS
from lms.learning.marking import Mark, mark, readings
from tests.learning.plans import question

WORDS = question("q", Sort.WORDS)
NUMBER = question("q", Sort.NUMBER)


def is_right(answer: str, typed: str, exact: bool = False) -> bool:
    return mark(WORDS, Key(answers=(KeyPattern(answer, exact),)), typed).right


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        pytest.param("phishing", "phishing", id="the-same"),
        pytest.param("phishing", "PHISHING", id="capitals"),
        pytest.param("Straße", "STRASSE", id="capitals-that-are-two-letters"),
        pytest.param("phishing", "phishing.", id="full-stop"),
        pytest.param("Phishing!", "phishing", id="end-mark-of-the-author"),
        pytest.param("phishing", "phishing?!…", id="several-end-marks"),
        pytest.param("hameçonnage", "Hameçonnage !", id="french-space-before-the-mark"),
        pytest.param("hameçonnage", "Hameçonnage ! !", id="two-of-those"),
        pytest.param("it's a scam", "It’s a scam", id="a-phone's-apostrophe"),
        pytest.param('say "no"', "say “no”", id="curly-quotes"),
        pytest.param('say "no"', "say «no»", id="angle-quotes"),
        pytest.param("two-step", "two–step", id="long-dash"),
        pytest.param("two-step", "two‑step", id="no-break-hyphen"),
        pytest.param("strong password", "  strong   password ", id="runs-of-spaces"),
        pytest.param("strong password", "strong\u00a0password", id="no-break-space"),
        pytest.param("strong password", "strong\n\tpassword", id="line-break"),
        pytest.param("café", "cafe\u0301", id="an-accent-of-its-own"),
        pytest.param("phish*", "phishing", id="star-at-the-end"),
        pytest.param("phish*", "phish", id="star-for-nothing"),
        pytest.param("phish*", "Phishing, I think.", id="star-for-words"),
        pytest.param("*email", "a fake email", id="star-at-the-start"),
        pytest.param("*scam*", "it is a scam, surely", id="stars-round"),
        pytest.param("three * words", "three random words", id="star-between"),
        pytest.param("a*b*c", "abbbc", id="two-stars"),
        pytest.param("مرحبا", "مرحبا؟", id="arabic-question-mark"),
        pytest.param("سلام", "سلام۔", id="urdu-full-stop"),
        pytest.param("?", "?", id="a-sign-is-asked-for"),
    ],
)
def test_an_answer_in_words_is_right_for_any_way_of_typing_it(answer, typed):
    assert is_right(answer, typed)


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        pytest.param("phishing", "fishing", id="another-word"),
        pytest.param("phishing", "phishing email", id="more-than-asked"),
        pytest.param("café", "cafe", id="an-accent-left-out"),
        pytest.param("cafe", "café", id="an-accent-too-many"),
        pytest.param("strong password", "strongpassword", id="a-space-left-out"),
        pytest.param("e-mail", "email", id="a-hyphen-left-out"),
        pytest.param("it's", "its", id="an-apostrophe-left-out"),
        pytest.param("e.g. this", "eg this", id="a-full-stop-inside"),
        pytest.param("phish*", "a phishing email", id="star-at-the-end-only"),
        pytest.param("*email", "emails", id="star-at-the-start-only"),
        pytest.param("a*a", "a", id="one-letter-cannot-be-both-ends"),
        pytest.param("ab*ba", "aba", id="ends-that-overlap"),
        pytest.param("a*b*b", "ab", id="the-middle-cannot-be-the-end"),
        pytest.param("a*bc*bc*d", "abcd", id="one-middle-cannot-be-two"),
        pytest.param("?", "!", id="another-sign"),
        pytest.param("?", "…", id="no-sign-asked-for"),
        pytest.param("a?c", "abc", id="a-question-mark-is-no-pattern"),
        pytest.param("a.c", "abc", id="nor-is-a-full-stop"),
        pytest.param("[ab]", "a", id="nor-are-brackets"),
    ],
)
def test_an_answer_in_words_is_wrong_when_it_says_something_else(answer, typed):
    assert not is_right(answer, typed)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("<p>", True),
        (" <p> ", True),
        ("<P>", False),
        ("<p>.", False),
        ("< p >", False),
        ("p", False),
    ],
)
def test_an_answer_in_backticks_is_meant_exactly(typed, right):
    assert is_right("<p>", typed, exact=True) is right


def test_a_star_in_backticks_is_a_star():
    assert is_right("*phish*", "*phish*", exact=True)
    assert not is_right("*phish*", "a phishing email", exact=True)


def test_in_backticks_too_an_accent_may_be_typed_as_its_phone_types_it():
    assert is_right("café", "cafe\u0301", exact=True)
    assert not is_right("café", "cafe", exact=True)


def test_any_of_several_answers_is_right_and_a_close_one_is_told_why_it_is_not():
    key = Key(
        answers=(KeyPattern("phish*"), KeyPattern("smishing")),
        closes=(KeyPattern("fishing", feedback="<p>Nearly.</p>"), KeyPattern("*", feedback="<p>Never.</p>")),
    )
    assert mark(WORDS, key, "Smishing.") == Mark(True)
    assert mark(WORDS, key, "Fishing") == Mark(False, (("", "<p>Nearly.</p>"),))
    assert mark(WORDS, Key(answers=key.answers), "fishing") == Mark(False)


def test_an_answer_that_is_right_is_right_even_if_it_is_close_as_well():
    key = Key(answers=(KeyPattern("phish*"),), closes=(KeyPattern("phishing", feedback="<p>Nearly.</p>"),))
    assert mark(WORDS, key, "phishing") == Mark(True)


STARRED = st.text("ab*", max_size=8) | st.text("ab *.", max_size=12)
TYPED = st.text("ab", max_size=6) | st.text("abAB .,-–'’é\u0301", max_size=12)


@given(STARRED, TYPED)
@example("*a*", "")
@example("**", "")
def test_a_star_is_any_run_of_characters_as_a_regular_expression_has_it(pattern, typed):
    pieces = (".*" if sign == "*" else re.escape(sign) for sign in plain(pattern))
    assert matches(KeyPattern(pattern), typed) is bool(re.fullmatch("".join(pieces), plain(typed), re.DOTALL))


@pytest.mark.parametrize(
    ("pattern", "typed"),
    [
        ("a*" * 200 + "b", "a" * MOST_WORDS),
        ("*a" * 200 + "*b*", "a" * MOST_WORDS),
        ("*" + "aab*" * 200, "aa" * (MOST_WORDS // 2)),
        ("*" + "a" * 1000 + "b*" + "a" * 1000 + "c*", "a" * MOST_WORDS),
        ("*" * 5000 + "b", "a" * MOST_WORDS),
    ],
)
@pytest.mark.usefixtures("within_two_seconds")
def test_no_pattern_makes_marking_slow(pattern, typed):
    assert not matches(KeyPattern(pattern), typed)


@given(st.text(max_size=40))
@example("\u1fef")  # a quote only once it is composed
def test_words_set_plain_once_are_plain(words):
    assert plain(plain(words)) == plain(words)


@given(st.text(max_size=40))
def test_an_answer_is_right_as_its_author_typed_it_and_with_its_accents_apart(words):
    answer = words.replace("*", "")
    assert is_right(answer, answer)
    assert is_right(answer, f"  {unicodedata.normalize('NFD', answer)}\n")


LOW, HIGH = Decimal(10), Decimal(14)
RANGE = Key(
    number=KeyRange(LOW, HIGH),
    near=(KeyRange(Decimal(15), Decimal(20), "<p>A little less.</p>"), KeyRange(Decimal(0), Decimal(99), "<p>No.</p>")),
)


@pytest.mark.parametrize(
    ("typed", "right"),
    [("10", True), ("14", True), ("12.5", True), ("9.99", False), ("14.01", False), ("-12", False), ("twelve", False)],
)
def test_a_number_is_right_within_its_ends_which_are_included(typed, right):
    assert mark(NUMBER, RANGE, typed).right is right


def test_a_number_that_is_close_is_told_so_by_the_first_range_it_falls_in():
    assert mark(NUMBER, RANGE, "16 letters") == Mark(False, (("", "<p>A little less.</p>"),))
    assert mark(NUMBER, RANGE, "21") == Mark(False, (("", "<p>No.</p>"),))
    assert mark(NUMBER, RANGE, "100") == Mark(False)
    assert mark(NUMBER, RANGE, "I don't know") == Mark(False)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        pytest.param("12", ["12"], id="whole"),
        pytest.param(" 12. ", ["12"], id="full-stop"),
        pytest.param("12.5", ["12.5"], id="point"),
        pytest.param("12,5", ["12.5"], id="comma"),
        pytest.param(".5", ["0.5"], id="no-nought"),
        pytest.param(",5", ["0.5"], id="no-nought-comma"),
        pytest.param("007", ["7"], id="noughts-before"),
        pytest.param("1,234", ["1234", "1.234"], id="a-comma-of-two-readings"),
        pytest.param("12,345", ["12345", "12.345"], id="another-of-two-readings"),
        pytest.param("0,123", ["0.123"], id="nought-is-no-thousand"),
        pytest.param("1234,567", ["1234.567"], id="too-long-for-thousands"),
        pytest.param("1.234", ["1.234"], id="a-point-is-a-point"),
        pytest.param("1,234.5", ["1234.5"], id="english-thousands"),
        pytest.param("1.234,5", ["1234.5"], id="german-thousands"),
        pytest.param("1,234,567", ["1234567"], id="millions"),
        pytest.param("1.234.567", ["1234567"], id="german-millions"),
        pytest.param("12,34,567.5", ["1234567.5"], id="indian-lakhs"),
        pytest.param("1 234 567", ["1234567"], id="spaces"),
        pytest.param("1\u202f234,5", ["1234.5"], id="french-thousands"),
        pytest.param("1'234.50", ["1234.5"], id="swiss-thousands"),
        pytest.param("1’234", ["1234"], id="swiss-thousands-of-a-phone"),
        pytest.param("١٢", ["12"], id="arabic-digits"),
        pytest.param("١٢٫٥", ["12.5"], id="arabic-point"),
        pytest.param("١٬٢٣٤٫٥", ["1234.5"], id="arabic-thousands"),
        pytest.param("١٢،٥", ["12.5"], id="arabic-comma"),
        pytest.param("۱۲", ["12"], id="persian-digits"),
        pytest.param("१२", ["12"], id="hindi-digits"),
        pytest.param("£12.50", ["12.5"], id="pounds"),
        pytest.param("£ 12", ["12"], id="pounds-and-a-space"),
        pytest.param("12,50 €", ["12.5"], id="euros"),
        pytest.param("Rs12", ["12"], id="rupees"),
        pytest.param("12kg", ["12"], id="unit"),
        pytest.param("12 characters", ["12"], id="unit-in-words"),
        pytest.param("about 12!", ["12"], id="words-round-it"),
        pytest.param("No.12", ["12"], id="an-abbreviation's-full-stop"),
        pytest.param("12 m²", ["12"], id="square-metres"),
        pytest.param("100%", ["100"], id="per-cent"),
        pytest.param("-5", ["-5"], id="minus"),
        pytest.param("−5 °C", ["-5"], id="a-true-minus"),
        pytest.param("- 5", ["-5"], id="minus-and-a-space"),
        pytest.param("-£5", ["-5"], id="minus-before-a-currency"),
        pytest.param("£-5", ["-5"], id="minus-behind-a-currency"),
        pytest.param("-.5", ["-0.5"], id="minus-no-nought"),
        pytest.param("+5", ["5"], id="plus"),
        pytest.param("covid-19", ["19"], id="a-hyphen-is-no-minus"),
        pytest.param("10-14", [], id="two-numbers"),
        pytest.param("10 - 14", [], id="two-numbers-apart"),
        pytest.param("5 or 6", [], id="two-guesses"),
        pytest.param("1/2", [], id="a-fraction"),
        pytest.param("1.2,3.4,5", [], id="no-way-to-read-it"),
        pytest.param("", [], id="nothing"),
        pytest.param("twelve", [], id="words"),
        pytest.param("²", [], id="a-superscript-alone"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, numbers):
    assert [Decimal(number) for number in numbers] == list(readings(typed))


def test_where_a_comma_can_be_read_in_two_ways_either_will_do():
    assert mark(NUMBER, Key(number=KeyRange(Decimal(1234), Decimal(1234))), "1,234").right
    assert mark(NUMBER, Key(number=KeyRange(Decimal("1.234"), Decimal("1.234"))), "1,234").right


NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, places=2)


@given(NUMBERS, st.sampled_from(["{:f}", "{:,f}", " {:f} kg", "{:f}.", "~{:f}"]))
def test_any_number_is_read_back_however_it_is_written(number, written):
    typed = written.format(number)
    assert number in readings(typed)
    assert number in readings(typed.translate(str.maketrans("0123456789-", "٠١٢٣٤٥٦٧٨٩−")))
    german = typed.rstrip(".").translate(str.maketrans(",.", ".,"))
    assert number in readings(german)


@given(st.text(max_size=60) | st.text("0123456789.,-+' £e", max_size=60))
def test_whatever_is_typed_as_a_number_is_marked_and_never_fails(typed):
    assert len(readings(typed)) <= 2
    assert mark(NUMBER, RANGE, typed).right in (True, False)


@pytest.mark.usefixtures("within_two_seconds")
@pytest.mark.parametrize("typed", ["1" * MOST_WORDS, "1 " * 2000, "1," * 2000, "-" * MOST_WORDS, ".," * 2000 + "1"])
def test_no_number_makes_marking_slow(typed):
    assert not mark(NUMBER, RANGE, typed).right


FEEDBACK = {"a": "<p>Too short.</p>", "c": "<p>Well done.</p>"}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (("b",), Mark(True)),
        (("a",), Mark(False, (("a", "<p>Too short.</p>"),))),
        (("d",), Mark(False)),
    ],
)
def test_one_choice_is_right_when_it_is_the_right_one(chosen, expected):
    assert mark(question("q", letters="abcd"), Key(right=("b",), feedback=FEEDBACK), chosen) == expected


@pytest.mark.parametrize(
    ("chosen", "right", "said"),
    [
        ("ac", True, "ac"),
        ("ca", True, "ca"),
        ("a", False, "a"),
        ("c", False, "c"),
        ("abc", False, "ac"),
        ("b", False, ""),
        ("bd", False, ""),
    ],
)
def test_several_choices_are_right_only_together_and_each_chosen_is_talked_about(chosen, right, said):
    step = question("q", Sort.ALL, "abcd")
    expected = Mark(right, tuple((letter, FEEDBACK[letter]) for letter in said))
    assert mark(step, Key(right=("a", "c"), feedback=FEEDBACK), tuple(chosen)) == expected
