"""Answers of several parts, and tasks: marked, kept in a row and read back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.plan import Key, Kind, Sort, StepPlan
from lms.learning.answers import Answer, audience, from_row, handed_in, in_row, letters_of, needs_evidence
from lms.learning.events import Event, EventKind, Refusal, check
from lms.learning.marking import Mark, mark, right_of
from lms.learning.shapes import Shape
from tests.learning.plans import lesson, module, question, release, sent, step

LETTERS = st.lists(st.sampled_from([*"abcdefgh", "aa", "ab"]), min_size=2, max_size=8, unique=True)


@st.composite
def parted(draw: st.DrawFn) -> tuple[StepPlan, Key]:
    """An Order, a Match or a Gaps, with its key."""
    letters = tuple(sorted(draw(LETTERS)))
    kind = draw(st.sampled_from([Kind.ORDER, Kind.MATCH, Kind.GAPS]))
    if kind is Kind.ORDER:
        return step("s", kind, letters=letters), Key(order=tuple(draw(st.permutations(letters))))
    if kind is Kind.MATCH:
        meanings = ("x", "y", "z")
        pairs = {left: draw(st.sampled_from(meanings)) for left in letters}
        return step("s", kind, letters=letters, meanings=meanings), Key(pairs=pairs)
    gaps = tuple(draw(st.lists(st.sampled_from(letters), min_size=1, max_size=5)))
    return step("s", kind, letters=letters, gaps=len(gaps)), Key(gaps=gaps)


@st.composite
def answered(draw: st.DrawFn) -> tuple[StepPlan, Key, Any]:
    """The same, with an answer of the right form."""
    plan, key = draw(parted())
    if plan.kind is Kind.ORDER:
        return plan, key, tuple(draw(st.permutations(plan.letters)))
    if plan.kind is Kind.MATCH:
        return plan, key, {left: draw(st.sampled_from(plan.meanings)) for left in plan.letters}
    return plan, key, tuple(draw(st.sampled_from(plan.letters)) for _ in range(plan.gaps))


@given(parted())
def test_the_right_answer_is_marked_right_and_is_of_the_form_that_is_taken(given_):
    plan, key = given_
    right = right_of(plan, key)
    parts = len(right)
    assert mark(plan, key, right) == Mark(True, (), (parts, parts))
    shape = release(module("mail", lesson("links", plan)))
    assert check(sent(shape, EventKind.ANSWERED, "mail/s", answer=right), shape)


@given(answered())
def test_an_answer_is_right_when_every_part_is_and_how_many_are_is_counted(given_):
    plan, key, answer = given_
    right = right_of(plan, key)
    places = right if isinstance(right, dict) else range(len(right))
    good = sum(right[place] == answer[place] for place in places)
    marked = mark(plan, key, answer)
    assert marked.parts == (good, len(right))
    assert marked.right is (answer == right) is (good == len(right))
    assert marked.feedback == (), "what is said of it gives no letter away"


@given(answered())
def test_an_answer_is_read_from_its_row_as_it_was_given(given_):
    _plan, _key, answer = given_
    assert from_row(in_row(answer), None) == answer


@given(st.text(max_size=30))
def test_words_are_kept_beside_the_row(words):
    assert in_row(words) is None
    assert from_row(None, words) == words


@pytest.mark.parametrize(("choice", "letters"), [(None, ()), ('["a","b"]', ("a", "b")), ('{"a":"b"}', ())])
def test_the_ticks_of_a_row_are_its_letters(choice, letters):
    assert letters_of(choice) == letters


ODD: st.SearchStrategy[Answer] = st.one_of(
    st.text(max_size=5),
    st.lists(st.sampled_from(["a", "b", "c", "zz", "", "1"]), max_size=9).map(tuple),
    st.dictionaries(st.sampled_from("abcz"), st.sampled_from(["a", "x", "y", "zz", ""]), max_size=5),
)


@given(parted(), ODD)
def test_whatever_is_sent_is_refused_with_a_reason_or_can_be_marked(given_, answer):
    plan, key = given_
    shape = release(module("mail", lesson("links", plan)))
    event = sent(shape, EventKind.ANSWERED, "mail/s", answer=answer)
    assert refused(event, shape) in ("no-answer", "bad-answer") or mark(plan, key, answer).right in (True, False)


def refused(event: Event, shape: Shape) -> str:
    """Why, or empty."""
    try:
        check(event, shape)
    except Refusal as refusal:
        return refusal.why
    return ""


def test_two_words_too_many_make_no_answer_right():
    plan, key = step("s", Kind.GAPS, letters=("a", "b"), gaps=1), Key(gaps=("a",))
    assert not mark(plan, key, ("a", "b")).right
    assert not mark(plan, key, ()).right


def test_a_question_has_no_parts():
    assert mark(question("q", Sort.ALL), Key(right=("a", "b")), ("a",)).parts is None


BOXES = ("a", "b")


@pytest.mark.parametrize(
    ("evidence", "sign_off", "ticked", "typed", "whole"),
    [
        ((), "", BOXES, "", True),
        ((), "", ("b", "a"), "", True),
        ((), "", ("a",), "", False),
        ((), "mentor", BOXES, "", True),
        (("words",), "", BOXES, "", True),
        (("words",), "mentor", BOXES, "", False),
        (("words",), "mentor", BOXES, "  \n", False),
        (("words",), "mentor", BOXES, "It went well.", True),
        (("link",), "mentor", BOXES, "https://example.org", True),
        (("link",), "mentor", ("a",), "https://example.org", False),
        (("photo",), "mentor", BOXES, "", True),
        (("photo", "words"), "mentor", BOXES, "", True),
    ],
)
def test_a_task_is_handed_in_when_it_is_whole(evidence, sign_off, ticked, typed, whole):
    task = step("t", Kind.TASK, letters=BOXES, evidence=evidence, sign_off=sign_off)
    assert handed_in(task, ticked, typed) is whole


def test_a_task_without_boxes_is_done_by_saying_so():
    assert handed_in(step("t", Kind.TASK), (), "")
    assert not needs_evidence(step("t", Kind.TASK, evidence=("words",)))


@pytest.mark.parametrize(
    ("plan", "readers"),
    [
        (step("r", Kind.REFLECT, seen_by="mentor"), "mentor"),
        (step("r", Kind.REFLECT, seen_by="only me"), "me"),
        (step("t", Kind.TASK, sign_off="mentor"), "mentor"),
        (step("t", Kind.TASK), "me"),
        (question("q", Sort.WORDS), "me"),
    ],
)
def test_words_are_for_her_alone_unless_their_page_said_otherwise(plan, readers):
    assert audience(plan) == readers
