"""Which step can be done in which way: an event of a phone against the release it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lms.content.plan import Kind, Sort
from lms.learning.events import MOST_ATTEMPTS, MOST_WORDS, SIGNING, Event, EventKind, Refusal, check
from tests.learning.plans import lesson, module, question, quiz, release, sent, step

CHOOSES = tuple("abc")
EVERYTHING = release(
    module(
        "mail",
        lesson(
            "steps",
            step("reading"),
            question("question"),
            question("every", Sort.ALL),
            question("words", Sort.WORDS),
            question("number", Sort.NUMBER),
            step("order", Kind.ORDER, letters=CHOOSES),
            step("match", Kind.MATCH, letters=("a", "b"), meanings=("c", "d", "e")),
            step("gaps", Kind.GAPS, letters=CHOOSES, gaps=2),
            step("code", Kind.CODE),
            step("reflect", Kind.REFLECT),
            step("task", Kind.TASK, letters=CHOOSES, sign_off="mentor"),
            step("shown", Kind.TASK, evidence=("photo",)),
            step("told", Kind.TASK, evidence=("words", "link")),
            step("rate", Kind.RATE, letters=CHOOSES),
            step("rate-again", Kind.RATE_AGAIN, letters=CHOOSES),
        ),
        lesson("lesson"),
        quiz=quiz("asked"),
    )
)

TABLE = """
           opened done answered hinted revealed started finished reflected rated ticked recalled signed returned released remarked
lesson     yes    yes  -        -      -        -       -        -         -     -      -        -      -        -        -
reading    yes    yes  -        -      -        -       -        -         -     -      -        -      -        -        -
question   yes    -    yes      yes    yes      -       -        -         -     -      yes      -      -        -        -
order      yes    -    yes      yes    yes      -       -        -         -     -      -        -      -        -        -
match      yes    -    yes      yes    yes      -       -        -         -     -      -        -      -        -        -
gaps       yes    -    yes      yes    yes      -       -        -         -     -      -        -      -        -        -
code       yes    -    yes      yes    yes      -       -        -         -     -      -        -      -        -        -
reflect    yes    yes  -        -      -        -       -        yes       -     -      -        -      -        -        -
task       yes    -    -        -      -        -       -        -         -     yes    -        yes    yes      -        -
rate       yes    -    -        -      -        -       -        -         yes   -      -        -      -        -        -
rate-again yes    -    -        -      -        -       -        -         yes   -      -        -      -        -        -
quiz       yes    -    -        -      -        yes     yes      -         -     -      -        -      -        -        -
"""  # noqa: E501 - a table
_HEAD, *_ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [
    (Kind(kind), EventKind(does), cell == "yes")
    for kind, *cells in _ROWS
    for does, cell in zip(_HEAD, cells, strict=True)
]


_FORMS = {
    Kind.CODE: "words",
    Kind.REFLECT: "words",
    Kind.ORDER: ("c", "a", "b"),
    Kind.MATCH: {"a": "c", "b": "c"},
    Kind.GAPS: ("a", "a"),
}
"""An answer of the form each kind takes; of the others, one letter."""


def refused(event: Event) -> str:
    with pytest.raises(Refusal) as refusal:
        check(event, EVERYTHING)
    assert refusal.value.say.endswith(".")
    return refusal.value.why


def number(name: str) -> int:
    return EVERYTHING.numbers["mail", name]


def test_the_table_names_every_kind_of_step_and_of_event():
    assert {Kind(kind) for kind, *_ in _ROWS} == set(Kind)
    assert [EventKind(does) for does in _HEAD] == list(EventKind)


@pytest.mark.parametrize(("kind", "does", "allowed"), CASES)
def test_a_step_is_done_only_in_the_ways_of_its_kind(kind, does, allowed):
    gives = {EventKind.ANSWERED, EventKind.RATED, EventKind.REFLECTED, EventKind.TICKED}
    answer: Any = _FORMS.get(kind, ("a",)) if does in gives else "Say more." if does is EventKind.RETURNED else ()
    event = sent(EVERYTHING, does, f"mail/{kind}", int(kind is Kind.QUIZ), answer)
    if allowed:
        assert check(event, EVERYTHING, together=does in SIGNING) == number(kind)
    else:
        assert refused(event) == "wrong-kind"


def test_who_hands_a_task_in_can_not_sign_it_off_and_only_what_asks_for_it_is():
    for does, answer in ((EventKind.SIGNED, ()), (EventKind.RETURNED, "Say more.")):
        assert refused(sent(EVERYTHING, does, "mail/task", 0, answer)) == "wrong-kind"
        with pytest.raises(Refusal, match="wrong-kind"):
            check(sent(EVERYTHING, does, "mail/shown", 0, answer), EVERYTHING, together=True)
    with pytest.raises(Refusal, match="no-answer"):
        check(sent(EVERYTHING, EventKind.RETURNED, "mail/task", 0, " "), EVERYTHING, together=True)


def test_a_question_of_a_lesson_is_asked_again_and_one_of_a_quiz_never():
    assert check(sent(EVERYTHING, EventKind.RECALLED, "mail/question", 0, ("a",)), EVERYTHING) == number("question")
    assert refused(sent(EVERYTHING, EventKind.RECALLED, "mail/question", 0, ("z",))) == "bad-answer"
    assert refused(sent(EVERYTHING, EventKind.RECALLED, "mail/asked", 0, ("a",))) == "wrong-attempt"
    assert refused(sent(EVERYTHING, EventKind.RECALLED, "mail/asked", 1)) == "wrong-kind"


@pytest.mark.parametrize("place", ["mail/gone", "money/reading", "/", "mail/Reading"])
def test_a_step_the_release_does_not_have_is_refused(place):
    assert refused(sent(EVERYTHING, EventKind.OPENED, place)) == "no-such-step"


def test_a_lesson_with_steps_is_done_by_its_steps():
    assert refused(sent(EVERYTHING, EventKind.DONE, "mail/steps")) == "wrong-kind"
    assert check(sent(EVERYTHING, EventKind.OPENED, "mail/steps"), EVERYTHING) == number("steps")


@pytest.mark.parametrize("attempt", [1, MOST_ATTEMPTS])
def test_a_question_of_the_quiz_is_answered_in_a_go(attempt):
    assert check(sent(EVERYTHING, EventKind.ANSWERED, "mail/asked", attempt, ("a",)), EVERYTHING) == number("asked")


@pytest.mark.parametrize("attempt", [0, -1, MOST_ATTEMPTS + 1, 2**63, -(2**63)])
@pytest.mark.parametrize(
    ("does", "place", "answer"),
    [
        (EventKind.ANSWERED, "mail/asked", ("a",)),
        (EventKind.STARTED, "mail/quiz", ()),
        (EventKind.FINISHED, "mail/quiz", ()),
    ],
)
def test_a_go_has_a_number_that_can_be(does, place, answer, attempt):
    assert refused(sent(EVERYTHING, does, place, attempt, answer)) == "wrong-attempt"


@pytest.mark.parametrize("attempt", [-1, 1, 2**63])
def test_practice_is_not_part_of_a_go(attempt):
    assert refused(sent(EVERYTHING, EventKind.ANSWERED, "mail/question", attempt, ("a",))) == "wrong-attempt"


@pytest.mark.parametrize("place", ["mail/steps", "mail/question", "mail/asked", "mail/quiz"])
@pytest.mark.parametrize("attempt", [0, 1, MOST_ATTEMPTS])
def test_any_published_step_may_be_opened_in_a_go_or_not(place, attempt):
    assert check(sent(EVERYTHING, EventKind.OPENED, place, attempt), EVERYTHING)


@pytest.mark.parametrize("attempt", [-1, MOST_ATTEMPTS + 1, 10**40])
def test_nothing_is_opened_in_a_go_that_no_database_could_keep(attempt):
    assert refused(sent(EVERYTHING, EventKind.OPENED, "mail/asked", attempt)) == "wrong-attempt"


@pytest.mark.parametrize("does", [EventKind.HINTED, EventKind.REVEALED])
def test_a_quiz_gives_no_hints_and_shows_no_answers(does):
    assert refused(sent(EVERYTHING, does, "mail/asked", 1)) == "wrong-kind"


@pytest.mark.parametrize(
    ("does", "name", "answer"),
    [
        (EventKind.ANSWERED, "question", ("c",)),
        (EventKind.ANSWERED, "every", ("a",)),
        (EventKind.ANSWERED, "every", ("c", "a")),
        (EventKind.ANSWERED, "every", ("a", "b", "c")),
        (EventKind.ANSWERED, "words", "phishing"),
        (EventKind.ANSWERED, "words", "x" * MOST_WORDS),
        (EventKind.ANSWERED, "number", "12"),
        (EventKind.ANSWERED, "number", "no idea"),
        (EventKind.ANSWERED, "order", ("b", "a", "c")),
        (EventKind.ANSWERED, "match", {"a": "c", "b": "e"}),
        (EventKind.ANSWERED, "match", {"a": "c", "b": "c"}),
        (EventKind.ANSWERED, "gaps", ("b", "a")),
        (EventKind.ANSWERED, "gaps", ("b", "b")),
        (EventKind.ANSWERED, "code", "<h1>Hello</h1>"),
        (EventKind.RATED, "rate", ("b",)),
        (EventKind.RATED, "rate-again", ("c",)),
        (EventKind.REFLECTED, "reflect", "I will ask my sister first."),
        (EventKind.REFLECTED, "reflect", ""),
        (EventKind.REFLECTED, "reflect", ()),
        (EventKind.TICKED, "task", ("a", "c")),
        (EventKind.TICKED, "task", ()),
    ],
)
def test_an_answer_of_the_right_form_is_taken(does, name, answer):
    assert check(sent(EVERYTHING, does, f"mail/{name}", answer=answer), EVERYTHING) == number(name)


@pytest.mark.parametrize(
    ("does", "name", "answer", "why"),
    [
        (EventKind.ANSWERED, "question", (), "no-answer"),
        (EventKind.ANSWERED, "question", "a", "no-answer"),
        (EventKind.ANSWERED, "question", ("a", "b"), "bad-answer"),
        (EventKind.ANSWERED, "question", ("a", "a"), "bad-answer"),
        (EventKind.ANSWERED, "question", ("d",), "bad-answer"),
        (EventKind.ANSWERED, "question", ("A",), "bad-answer"),
        (EventKind.ANSWERED, "question", ("",), "bad-answer"),
        (EventKind.ANSWERED, "every", ("a", "b", "a"), "bad-answer"),
        (EventKind.ANSWERED, "every", ("a", "z"), "bad-answer"),
        (EventKind.ANSWERED, "words", "", "no-answer"),
        (EventKind.ANSWERED, "words", "  \u00a0\n", "no-answer"),
        (EventKind.ANSWERED, "words", ("phishing",), "no-answer"),
        (EventKind.ANSWERED, "words", (), "no-answer"),
        (EventKind.ANSWERED, "number", ("12",), "no-answer"),
        (EventKind.ANSWERED, "number", " ", "no-answer"),
        (EventKind.ANSWERED, "order", (), "no-answer"),
        (EventKind.ANSWERED, "order", ("a", "b"), "no-answer"),
        (EventKind.ANSWERED, "order", ("a", "b", "b"), "bad-answer"),
        (EventKind.ANSWERED, "order", ("a", "b", "d"), "bad-answer"),
        (EventKind.ANSWERED, "order", ("a", "b", "c", "a"), "bad-answer"),
        (EventKind.ANSWERED, "order", "abc", "no-answer"),
        (EventKind.ANSWERED, "order", {"a": "b"}, "no-answer"),
        (EventKind.ANSWERED, "match", {}, "no-answer"),
        (EventKind.ANSWERED, "match", {"a": "c"}, "no-answer"),
        (EventKind.ANSWERED, "match", ("c", "d"), "no-answer"),
        (EventKind.ANSWERED, "match", "cd", "no-answer"),
        (EventKind.ANSWERED, "match", {"a": "c", "b": "a"}, "bad-answer"),
        (EventKind.ANSWERED, "match", {"a": "c", "b": ""}, "bad-answer"),
        (EventKind.ANSWERED, "match", {"a": "c", "b": "d", "c": "d"}, "bad-answer"),
        (EventKind.ANSWERED, "gaps", ("a",), "no-answer"),
        (EventKind.ANSWERED, "gaps", ("a", "b", "c"), "bad-answer"),
        (EventKind.ANSWERED, "gaps", ("a", "d"), "bad-answer"),
        (EventKind.ANSWERED, "gaps", {"1": "a"}, "no-answer"),
        (EventKind.RATED, "rate", (), "no-answer"),
        (EventKind.RATED, "rate", ("a", "b"), "bad-answer"),
        (EventKind.RATED, "rate", ("z",), "bad-answer"),
        (EventKind.REFLECTED, "reflect", " ", "no-answer"),
        (EventKind.REFLECTED, "reflect", ("a",), "no-answer"),
        (EventKind.TICKED, "task", ("z",), "bad-answer"),
        (EventKind.TICKED, "task", "done", "no-answer"),
        (EventKind.TICKED, "task", ("a", "a"), "bad-answer"),
        (EventKind.TICKED, "task", {"a": "b"}, "no-answer"),
        (EventKind.OPENED, "question", ("a",), "bad-answer"),
        (EventKind.DONE, "reading", "yes", "bad-answer"),
        (EventKind.HINTED, "question", ("a",), "bad-answer"),
        (EventKind.REVEALED, "words", "please", "bad-answer"),
    ],
)
def test_an_answer_of_another_form_is_refused(does, name, answer, why):
    assert refused(sent(EVERYTHING, does, f"mail/{name}", answer=answer)) == why


@pytest.mark.parametrize(("name", "taken"), [("told", True), ("shown", False), ("task", False), ("question", False)])
def test_words_are_handed_in_only_with_a_task_that_asks_for_them(name, taken):
    does, answer = (EventKind.ANSWERED, ("a",)) if name == "question" else (EventKind.TICKED, ())
    event = replace(sent(EVERYTHING, does, f"mail/{name}", answer=answer), evidence="https://example.org")
    if taken:
        assert check(event, EVERYTHING) == number(name)
    else:
        assert refused(event) == "bad-answer"


@pytest.mark.parametrize("does", [EventKind.OPENED, EventKind.DONE])
def test_nothing_is_handed_in_by_looking(does):
    name = "told" if does is EventKind.OPENED else "reading"
    assert refused(replace(sent(EVERYTHING, does, f"mail/{name}"), evidence="here")) == "bad-answer"
