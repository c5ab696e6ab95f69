"""Where Lena is in a course: what is done, what comes next, which go at the quiz is hers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.plan import QUIZ, Key, Kind, Sort
from lms.learning.events import EventKind
from lms.learning.places import Go, Where, go_of, next_number, tries_left
from lms.learning.progress import Attempt, State
from lms.learning.quiz import draw
from lms.learning.shapes import QuizShape
from tests.learning.plans import SEED, Learner, course, lesson, module, question, quiz, release, shaped, step

MAIL = module(
    "mail",
    lesson("links", "why", step("aside", optional=True), "how"),
    lesson("extra", "more", optional=True),
    lesson("senders", "who"),
    quiz=quiz("q1", "q2", pass_mark=2, tries=3),
)
MONEY = module("money", lesson("bank", "look"))
PASS = {"q1": True, "q2": True}


@pytest.fixture
def lena() -> Learner:
    return Learner(release(MAIL, MONEY))


def test_a_visitor_begins_at_the_first_lesson(lena):
    where = Where(lena.shape, State(), 0, begun=False)
    assert where.carry_on() == ("mail", "links")
    assert where.next_step("mail", MAIL.lessons[0]) == "why"
    assert where.best("mail") is None
    assert where.wrong_tries("mail", "q1") == where.hints_seen("mail", "q1") == 0
    assert not where.opened("mail", "why")


def test_the_next_step_is_the_first_that_is_not_done_and_not_optional(lena):
    links = MAIL.lessons[0]
    lena.read("mail/why")
    assert lena.where().next_step("mail", links) == "how", "not the aside before it"
    lena.read("mail/how")
    assert lena.where().next_step("mail", links) is None


def test_in_a_lesson_of_optional_steps_the_first_is_next():
    extras = lesson("extras", step("one", optional=True), step("two", optional=True))
    lena = Learner(release(module("mail", extras)))
    assert lena.where().next_step("mail", extras) == "one"
    lena.did(EventKind.OPENED, "mail/two")
    assert lena.where().next_step("mail", extras) is None


def test_a_lesson_without_steps_is_its_own_next_step():
    bare = lesson("bare")
    lena = Learner(release(module("mail", bare)))
    assert lena.where().next_step("mail", bare) == "bare"


def test_the_next_lesson_passes_over_optional_ones(lena):
    lena.read("mail/why", "mail/how")
    assert lena.where().next_lesson(MAIL) == "senders"
    assert lena.where().lessons_finished(MAIL) == 1


def test_when_only_the_quiz_is_left_the_quiz_is_next(lena):
    lena.read("mail/why", "mail/how", "mail/who")
    assert lena.where().next_lesson(MAIL) == QUIZ
    assert lena.where().carry_on() == ("mail", QUIZ)
    assert not lena.where().module_finished("mail")


def test_when_the_quiz_is_passed_first_its_lessons_are_still_next(lena):
    lena.takes("mail", 1, PASS)
    assert lena.where().quiz_passed("mail")
    assert lena.where().carry_on() == ("mail", "links")


def test_a_finished_module_leads_to_the_next_and_the_last_to_the_end(lena):
    lena.read("mail/why", "mail/how", "mail/who")
    lena.takes("mail", 1, PASS)
    assert lena.where().next_lesson(MAIL) is None
    assert lena.where().carry_on() == ("money", "bank")
    lena.read("money/look")
    assert lena.where().carry_on() is None


def test_she_carries_on_in_the_lesson_where_she_last_was(lena):
    lena.did(EventKind.OPENED, "mail/who")
    assert lena.where().carry_on() == ("mail", "senders")
    lena.did(EventKind.OPENED, "money/look")
    assert lena.where().carry_on() == ("money", "bank")


def test_an_optional_lesson_she_has_begun_is_where_she_last_was(lena):
    lena.did(EventKind.OPENED, "mail/more")
    assert lena.where().carry_on() == ("mail", "extra")
    lena.read("mail/more")
    assert lena.where().carry_on() == ("mail", "links")


def test_a_lesson_she_has_finished_leads_to_the_first_one_left_in_its_module(lena):
    lena.read("money/look")
    assert lena.where().carry_on() == ("mail", "links")
    lena.read("mail/who")
    assert lena.where().carry_on() == ("mail", "links")


def test_a_module_she_skipped_comes_back_when_all_after_it_is_done(lena):
    lena.did(EventKind.OPENED, "mail/why", at_ms=1)
    lena.did(EventKind.DONE, "money/look", at_ms=2)
    assert lena.where().carry_on() == ("mail", "links")


def test_she_carries_on_with_a_quiz_she_has_not_handed_in(lena):
    lena.did(EventKind.STARTED, "mail/quiz", 1)
    lena.did(EventKind.ANSWERED, "mail/q1", 1, right=True)
    assert lena.where().carry_on() == ("mail", QUIZ)
    lena.did(EventKind.FINISHED, "mail/quiz", 1)
    assert lena.where().carry_on() == ("mail", "links"), "not passed: what to read comes first"


@pytest.mark.parametrize("begun", ["mail/quiz", "mail/q1", "mail/more", "mail/who", "mail/why"])
def test_in_the_module_she_is_in_the_same_is_next_as_in_the_course(lena, begun):
    attempt = 1 if begun in ("mail/quiz", "mail/q1") else 0
    lena.did(EventKind.STARTED if attempt else EventKind.OPENED, "mail/quiz" if attempt else begun, attempt)
    if begun == "mail/q1":
        lena.did(EventKind.ANSWERED, begun, 1, right=False)
    assert lena.where().carry_on() == ("mail", lena.where().next_lesson(MAIL))


def test_where_she_last_was_may_be_gone_from_the_release_she_is_shown(lena):
    lena.did(EventKind.OPENED, "money/look")
    newer = shaped(course(MAIL), 2, lena.shape.numbers)
    assert replace(lena.where(), shape=newer).carry_on() == ("mail", "links")


def test_late_news_from_a_phone_does_not_change_where_she_last_was(lena):
    lena.did(EventKind.OPENED, "money/look", at_ms=1000)
    lena.did(EventKind.OPENED, "mail/why", at_ms=10)
    assert lena.where().carry_on() == ("money", "bank")


def test_a_go_is_taken_up_again_at_the_same_question_in_the_same_order(lena):
    mail = lena.shape.quiz("mail")
    assert go_of(lena.where(), lena.shape, mail.no, 1) is None
    lena.did(EventKind.STARTED, "mail/quiz", 1)
    first, second = draw(SEED, mail, 1)
    go = go_of(lena.where(), lena.shape, mail.no, 1)
    assert (go.asked, go.next_no, go.score, go.passed) == ((first, second), first, 0, False)
    lena.did(EventKind.ANSWERED, "/".join(lena.shape.places[first]), 1, right=True)
    go = go_of(lena.where(), lena.shape, mail.no, 1)
    assert (go.asked, go.next_no, go.score) == ((first, second), second, 1)
    lena.did(EventKind.ANSWERED, "/".join(lena.shape.places[second]), 1, right=True)
    go = go_of(lena.where(), lena.shape, mail.no, 1)
    assert (go.next_no, go.score, go.passed) == (None, 2, False), "passed only when handed in"
    lena.did(EventKind.FINISHED, "mail/quiz", 1)
    assert go_of(lena.where(), lena.shape, mail.no, 1).passed


def test_a_go_at_a_quiz_the_release_does_not_have_is_none(lena):
    assert go_of(lena.where(), lena.shape, 10_000, 1) is None
    assert go_of(lena.where(), lena.shape, lena.no("money/look"), 1) is None


def left_and_next(lena: Learner) -> tuple[int | None, int]:
    mail = lena.shape.quiz("mail")
    return tries_left(lena.where(), mail), next_number(lena.where(), mail)


def test_tries_are_counted_from_the_beginning_of_a_go(lena):
    assert left_and_next(lena) == (3, 1)
    lena.did(EventKind.STARTED, "mail/quiz", 1)
    assert left_and_next(lena) == (2, 2)
    lena.takes("mail", 1, PASS)
    lena.takes("mail", 2, PASS)
    lena.takes("mail", 3, PASS)
    assert left_and_next(lena) == (0, 4)
    lena.takes("mail", 4, PASS)
    assert left_and_next(lena) == (0, 4), "a go that does not count is not begun"


def test_a_number_passed_over_costs_no_try(lena):
    """The go left is the one that may be begun: two phones out of step must not lose her one."""
    lena.takes("mail", 3, {"q1": False})
    assert left_and_next(lena) == (2, 1)
    lena.takes("mail", 1, {"q1": False})
    assert left_and_next(lena) == (1, 2)
    assert lena.takes("mail", 2, PASS).why == ""


def test_a_quiz_without_tries_has_no_end():
    lena = Learner(release(module("mail", lesson("links", "why"), quiz=quiz("q1"))))
    for number in range(1, 12):
        assert left_and_next(lena) == (None, number)
        lena.takes("mail", number, {"q1": False})


@given(begun=st.sets(st.integers(1, 6)), tries=st.integers(1, 4))
def test_as_long_as_a_go_is_left_the_next_one_counts(begun, tries):
    lena = Learner(release(module("mail", lesson("links", "why"), quiz=quiz("q1", tries=tries))))
    for number in sorted(begun):
        lena.takes("mail", number, {"q1": False})
    left, number = left_and_next(lena)
    assert (lena.takes("mail", number, {"q1": True}).why == "") is (left > 0)
    assert lena.where().quiz_passed("mail") is (left > 0)


NO_KEY = Key()
ASKED = release(
    module(
        "mail",
        lesson("links", question("mixed", Sort.ALL, "abcdef", shuffle=True), question("kept", letters="abcdef")),
    )
)


@given(seed=st.integers(0, 2**62 - 1), attempt=st.integers(0, 999))
def test_options_stand_in_one_order_for_one_learner_and_one_go(seed, attempt):
    where = Where(ASKED, State(), seed, begun=True)
    mixed, kept = ASKED.numbers["mail", "mixed"], ASKED.numbers["mail", "kept"]
    go = Go(attempt, (mixed,), Attempt(ASKED.release_id), QuizShape(0, (), 0, None), ASKED, seed)
    for seen in (where, go):
        assert seen.letters(mixed, NO_KEY) == seen.letters(mixed, NO_KEY)
        assert sorted(seen.letters(mixed, NO_KEY)) == list("abcdef")
        assert seen.letters(kept, NO_KEY) == tuple("abcdef"), "an author who says Shuffle: no is obeyed"


def test_options_stand_in_different_orders_for_different_learners():
    mixed = ASKED.numbers["mail", "mixed"]
    assert len({Where(ASKED, State(), seed, begun=True).letters(mixed, NO_KEY) for seed in range(20)}) > 10


PARTS = release(
    module(
        "mail",
        lesson(
            "links",
            step("order", Kind.ORDER, letters=tuple("abcd")),
            step("two", Kind.ORDER, letters=tuple("ab")),
            step("match", Kind.MATCH, letters=tuple("abc"), meanings=tuple("defgh")),
            step("gaps", Kind.GAPS, letters=tuple("abcde"), gaps=3),
        ),
    )
)


@given(
    seed=st.integers(0, 2**62 - 1),
    attempt=st.integers(0, 999),
    order=st.permutations("abcd"),
    two=st.permutations("ab"),
)
def test_an_order_is_mixed_for_one_learner_and_one_go_and_never_right_already(seed, attempt, order, two):
    where = Where(PARTS, State(), seed, begun=True)
    go = Go(attempt, (), Attempt(PARTS.release_id), QuizShape(0, (), 0, None), PARTS, seed)
    for seen in (where, go):
        for name, right in (("order", order), ("two", two)):
            no, key = PARTS.numbers["mail", name], Key(order=tuple(right))
            assert sorted(seen.letters(no, key)) == sorted(right)
            assert seen.letters(no, key) == seen.letters(no, key) != tuple(right)


@given(seed=st.integers(0, 2**62 - 1), attempt=st.integers(1, 999))
def test_left_cells_keep_their_order_and_what_is_chosen_from_does_not_show_its_own(seed, attempt):
    match, gaps = PARTS.numbers["mail", "match"], PARTS.numbers["mail", "gaps"]
    go = Go(attempt, (), Attempt(PARTS.release_id), QuizShape(0, (), 0, None), PARTS, seed)
    for seen in (Where(PARTS, State(), seed, begun=True), go):
        assert seen.letters(match, NO_KEY) == tuple("abc")
        assert sorted(seen.meanings(match)) == list("defgh")
        assert sorted(seen.letters(gaps, NO_KEY)) == list("abcde")
        assert seen.meanings(gaps) == ()


def test_over_many_learners_the_mixed_orders_say_nothing_of_the_right_one():
    """All that can be learnt is that the first sight is not the answer."""
    no, right = PARTS.numbers["mail", "order"], tuple("cabd")
    seen = [Where(PARTS, State(), seed, begun=True).letters(no, Key(order=right)) for seed in range(2300)]
    counted = {order: seen.count(order) for order in set(seen)}
    assert len(counted) == 23
    assert all(50 < many < 260 for many in counted.values())
