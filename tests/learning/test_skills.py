"""What she can do now, by the lessons she finished and her own word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.plan import Kind
from lms.learning.events import EventKind
from lms.learning.skills import Able, Change, Rating, Skills, able, change, point_before
from tests.learning.plans import Learner, lesson, module, release, step

F7, SAF = "eds-2022/F7", "eds-2022/SAF"
COURSE = release(
    module(
        "mail",
        lesson("signing", step("rate", Kind.RATE, letters=("a", "b", "c"), skills=(F7,)), skills=(F7, SAF)),
        lesson("again", step("rate-after", Kind.RATE_AGAIN, letters=("a", "b", "c"), same_as="rate")),
    ),
    module("other", lesson("late", step("late", Kind.RATE_AGAIN, letters=("x", "y", "z"), same_as="mail/rate"))),
)


def skills(*said: tuple[str, str], finished: bool) -> Skills:
    """What she said at each step, in order; whether she finished the lesson about it."""
    her = Learner(COURSE)
    if finished:
        her.did(EventKind.RATED, "mail/rate")
    return Skills([her.where()], [Rating(1, her.no(place), letter) for place, letter in said])


def standing(*said: tuple[str, str], finished: bool) -> dict[str, Able]:
    return {it.skill: it.able for it in skills(*said, finished=finished).abilities}


@pytest.mark.parametrize(
    ("letter", "is_"), [("a", Able.NOT_YET), ("b", Able.HELPED), ("c", Able.HELPED), ("d", Able.ALONE)]
)
def test_only_the_last_point_counts_as_able(letter, is_):
    assert able("abcd", letter) is is_


@given(st.permutations("abcd"), st.data())
def test_a_change_is_told_by_the_places_of_the_points_whatever_their_letters(points, data):
    before, now = data.draw(st.sampled_from(points)), data.draw(st.sampled_from(points))
    moved = points.index(now) - points.index(before)
    assert change(points, before, now) is (Change.MORE if moved > 0 else Change.LESS if moved else Change.SAME)
    back = {Change.MORE: Change.LESS, Change.SAME: Change.SAME, Change.LESS: Change.MORE}
    assert change(points, now, before) is back[change(points, before, now)]


def test_a_skill_of_a_finished_lesson_is_learned_and_one_of_an_open_lesson_is_not_named():
    assert standing(finished=True) == {F7: Able.LEARNED, SAF: Able.LEARNED}
    assert standing(finished=False) == {}


def test_what_she_said_before_she_learned_is_not_the_last_word_unless_she_could_already():
    assert standing(("mail/rate", "a"), finished=False) == {}
    assert standing(("mail/rate", "b"), finished=False) == {F7: Able.HELPED}
    assert standing(("mail/rate", "a"), finished=True)[F7] is Able.LEARNED
    assert standing(("mail/rate", "c"), finished=True)[F7] is Able.ALONE


def test_her_word_after_it_goes_before_her_word_from_before_even_if_that_is_given_again():
    said = ("mail/rate", "c"), ("mail/rate-after", "b"), ("mail/rate", "a")
    assert standing(*said, finished=True) == {F7: Able.HELPED, SAF: Able.LEARNED}
    assert standing(("mail/rate-after", "a"), finished=True)[F7] is Able.NOT_YET


def test_before_and_now_are_of_a_rate_that_was_answered_twice_in_whichever_module():
    assert skills(("mail/rate", "a"), finished=True).pairs == ()
    assert skills(("mail/rate-after", "a"), finished=True).pairs == ()
    said = ("mail/rate", "a"), ("mail/rate-after", "c"), ("other/late", "x")
    first, second = skills(*said, finished=True).pairs
    assert (first.before, first.now, first.change) == ("a", "c", Change.MORE)
    assert (second.before, second.now, second.change) == ("x", "x", Change.SAME), "points are matched by their places"


def test_a_rate_that_is_gone_and_a_course_that_is_not_shown_say_nothing():
    late = COURSE.numbers["other", "late"]
    plan = replace(COURSE.plan.modules[0].lessons[0].steps[0], same_as="mail/gone", kind=Kind.RATE_AGAIN)
    assert point_before(replace(COURSE, steps={**COURSE.steps, late: plan}), late, "a") == ""
    assert Skills([], [Rating(1, late, "x")]).abilities == ()
    assert skills(finished=True).pairs == ()
    odd = Skills(skills(finished=True).wheres, [Rating(1, late, "nothing"), Rating(1, 999, "a"), Rating(2, late, "x")])
    assert {it.able for it in odd.abilities} == {Able.LEARNED}
