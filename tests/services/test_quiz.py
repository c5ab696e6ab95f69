"""A quiz from its forms: begun, left and taken up again, handed in, tried again until the tries are over."""

from __future__ import annotations

import uuid

import pytest

from lms.errors import NotFound, Refused
from lms.learning.people import Role, ScopeKind
from lms.services import publishing, quiz
from lms.services.quiz import QuizView
from tests.services import written
from tests.services.site import MINUTE_MS, Site
from tests.store.databases import every_kind

pytestmark = every_kind


def view(site: Site, lena) -> QuizView:
    return quiz.see(site.store, site.catalogue, site.shape(), "brewing", lena.person_id if lena else None)


def start(site: Site, lena, number: int) -> str:
    shape = site.shape()
    return quiz.start(site.store, site.catalogue, shape, "brewing", lena.person_id, number, site.now_ms, site.zone).why


def answer(site: Site, lena, go, no: int, letter: str = "a"):
    return quiz.answer(
        site.store, site.catalogue, go, no, (letter,), uuid.uuid4(), lena.person_id, site.now_ms, site.zone
    )


def hand_in(site: Site, lena, letters: str) -> QuizView:
    """Answer the running attempt and hand it in."""
    go = view(site, lena).go
    assert go
    for no, letter in zip(go.asked, letters, strict=True):
        answer(site, lena, go, no, letter)
    quiz.finish(site.store, site.catalogue, go, lena.person_id, site.now_ms, site.zone)
    return view(site, lena)


def test_a_quiz_is_begun_answered_and_passed(site: Site):
    lena = site.person()
    before = view(site, lena)
    assert (before.go, before.running, before.left, before.next_number) == (None, False, 2, 1)
    start(site, lena, 1)
    assert view(site, lena).running
    after = hand_in(site, lena, "aa")
    assert not after.running
    assert after.go
    assert (after.go.score, after.go.passed, after.where.quiz_passed("brewing")) == (2, True, True)


def test_leaving_and_coming_back_goes_on_with_the_same_questions_in_the_same_order(site: Site):
    lena = site.person()
    start(site, lena, 1)
    first = view(site, lena).go
    assert first
    answer(site, lena, first, first.asked[0])
    site.later(60 * MINUTE_MS)
    again = view(site, lena).go
    assert again
    assert again.asked == first.asked
    assert again.next_no == first.asked[1]
    keys = {no: site.catalogue.key(first.shape, no) for no in first.asked}
    assert [again.letters(no, keys[no]) for no in again.asked] == [first.letters(no, keys[no]) for no in first.asked]


def test_until_it_is_handed_in_the_last_answer_counts(site: Site):
    lena = site.person()
    start(site, lena, 1)
    go = view(site, lena).go
    assert go
    for no in go.asked:
        answer(site, lena, go, no, "b")
        answer(site, lena, go, no, "a")
    quiz.finish(site.store, site.catalogue, go, lena.person_id, site.now_ms, site.zone)
    assert view(site, lena).go.passed


def test_an_answer_after_handing_in_is_kept_and_does_not_count(site: Site):
    lena = site.person()
    start(site, lena, 1)
    go = view(site, lena).go
    hand_in(site, lena, "bb")
    assert [answer(site, lena, go, no).why for no in go.asked] == ["late", "late"]
    assert view(site, lena).go.score == 0
    assert [row["mark"] for row in site.events(lena)][-2:] == [1, 1], "recorded and marked all the same"


def test_a_question_this_attempt_did_not_ask_does_not_count(site: Site):
    lena = site.person()
    start(site, lena, 1)
    go = view(site, lena).go
    other = next(no for run in go.quiz.runs for no in run if no not in go.asked)
    assert answer(site, lena, go, other).why == "not-asked"
    assert view(site, lena).go.attempt.marks == {}


def test_when_the_tries_are_over_there_is_none_left_and_the_best_counts(site: Site):
    lena = site.person()
    start(site, lena, 1)
    hand_in(site, lena, "ab")
    start(site, lena, 2)
    last = hand_in(site, lena, "bb")
    assert (last.left, last.where.best("brewing"), last.where.quiz_passed("brewing")) == (0, 1, False)
    assert start(site, lena, 3) == "no-try-left"
    assert view(site, lena).go.number == 2


def test_answers_of_a_try_there_is_not_change_nothing(site: Site):
    lena = site.person()
    sent = [site.quiz("started", 3), site.quiz("answered", 3, "q-first", ["a"]), site.quiz("finished", 3)]
    assert site.results(lena, *sent) == ["new no-try-left"] * 3
    assert site.progress(lena)["score"] == 0
    assert view(site, lena).left == 2


def test_a_quiz_can_be_taken_with_no_connection_and_without_the_event_that_begins_it(site: Site):
    """Whatever event of an attempt comes first begins it, and fixes the release it is asked from."""
    lena = site.person()
    assert set(site.results(lena, *(site.quiz("answered", 1, f"q-{it}", ["a"]) for it in ("first", "lid")))) <= {
        "new",
        "new not-asked",
    }
    assert view(site, lena).running


def test_an_attempt_is_asked_from_the_release_it_was_begun_in(site: Site):
    lena = site.person()
    start(site, lena, 1)
    go = view(site, lena).go
    files = written.changed(("- Ask: 2", "- Ask: 3"), ("What has a lid?", "Which of these has a lid?"))
    publishing.publish(site.store, "tea", files, written.TODAY, site.later(2_000))
    assert len(site.shape().quiz("brewing").runs) == 3
    same = view(site, lena).go
    assert (same.asked, same.shape.hash) == (go.asked, go.shape.hash)
    hand_in(site, lena, "aa")
    assert view(site, lena).where.quiz_passed("brewing")


@pytest.mark.parametrize("number", [5, 998, 999])
def test_a_go_with_a_number_far_off_takes_no_later_go_away(site: Site, number: int):
    files = written.changed(("- Tries: 2\n", ""))
    publishing.publish(site.store, "tea", files, written.TODAY, site.later(2_000))
    lena = site.person()
    site.send(lena, site.quiz("started", number), site.quiz("finished", number))
    seen = view(site, lena)
    assert (seen.left, seen.next_number, seen.go.number) == (None, 1, number)
    assert site.results(lena, site.quiz("started", 1_000)) == ["refused wrong-attempt"]
    for following in (1, 2):
        assert start(site, lena, following) == ""
        seen = hand_in(site, lena, "aa")
        assert (seen.go.number, seen.go.score, seen.next_number) == (following, 2, following + 1)


def test_a_visitor_sees_the_quiz_and_has_no_attempt(site: Site):
    seen = view(site, None)
    assert (seen.go, seen.left, seen.next_number) == (None, 2, 1)


def test_a_module_without_a_quiz_has_none(site: Site):
    for module in ("pouring", "nowhere"):
        with pytest.raises(NotFound):
            quiz.see(site.store, site.catalogue, site.shape(), module, None)


@pytest.mark.parametrize("letters", [(), ("c",), ("a", "b"), "a"])
def test_what_is_no_answer_is_refused_with_a_sentence(site: Site, letters):
    lena = site.person()
    start(site, lena, 1)
    go = view(site, lena).go
    with pytest.raises(Refused) as refused:
        quiz.answer(
            site.store, site.catalogue, go, go.asked[0], letters, uuid.uuid4(), lena.person_id, site.now_ms, site.zone
        )
    assert refused.value.sentence
    assert refused.value.field == "answer"


def test_staff_who_learn_are_learners_like_any_other(site: Site):
    femi = site.person("Femi", (Role.FACILITATOR, ScopeKind.ORGANISATION, site.organisation()))
    start(site, femi, 1)
    assert hand_in(site, femi, "aa").where.quiz_passed("brewing")
