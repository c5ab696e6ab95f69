"""What fits into five minutes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lms.content.plan import QUIZ, LessonPlan
from lms.learning.events import EventKind
from lms.learning.minutes import FEW, Fit, Why, fitting, latest_first
from lms.learning.places import Where
from lms.learning.progress import State
from tests.learning.plans import SEED, Learner, lesson, module, question, quiz, release

LONG = lesson("long", "one", "two", question("three"), "four", minutes=8)
SHORT = lesson("short", "five", question("six"), question("seven"), minutes=4)


def said(fit: Fit | None) -> tuple[str, str, int] | None:
    return fit and (fit.why, fit.name, fit.minutes)


def whole(learner: Learner, its: LessonPlan, module: str = "mail") -> None:
    """Do all of a lesson."""
    for step in its.steps:
        learner.did(
            EventKind.DONE if step.kind == "reading" else EventKind.ANSWERED, f"{module}/{step.name}", right=True
        )


def test_the_rest_of_a_lesson_comes_before_all_else():
    lena = Learner(release(module("mail", LONG)))
    lena.read("mail/one", "mail/two")
    assert said(fitting([lena.where()])) == (Why.REST, "long", 4)


def test_a_lesson_that_is_too_long_still_is_begun_when_there_is_nothing_else():
    lena = Learner(release(module("mail", LONG)))
    lena.read("mail/one")
    assert said(fitting([lena.where()])) == (Why.LONGER, "long", 6)


def test_the_next_lesson_is_taken_when_it_is_short():
    lena = Learner(release(module("mail", LONG, SHORT)))
    whole(lena, LONG)
    assert said(fitting([lena.where()])) == (Why.SHORT, "short", 4)


def test_another_course_she_has_begun_comes_before_practice_and_practice_before_a_new_course():
    here, there = Learner(release(module("mail", SHORT, LONG))), Learner(release(module("money", SHORT, LONG)))
    whole(here, SHORT)
    there.read("money/five")
    new = Where(release(module("maps", SHORT)), State(), 0, begun=False)
    assert said(fitting([here.where(), there.where(), new])) == (Why.REST, "short", 3)
    practice = fitting([here.where(), new])
    assert said(practice) == (Why.PRACTICE, "short", 3)
    assert (practice.step, practice.questions) == ("six", 2)
    nothing_done = Learner(release(module("mail", LONG)))
    nothing_done.did(EventKind.OPENED, "mail/one")
    assert said(fitting([nothing_done.where(), new])) == (Why.FIRST, "short", 4)


def test_a_quiz_she_is_taking_counts_the_questions_that_are_left():
    asked = replace(quiz("q1", "q2", "q3", "q4"), minutes=8)
    lena = Learner(release(module("mail", SHORT, quiz=asked)))
    whole(lena, SHORT)
    assert said(fitting([lena.where()])) == (Why.PRACTICE, "short", 3)
    lena.did(EventKind.STARTED, f"mail/{QUIZ}", 1)
    lena.did(EventKind.ANSWERED, "mail/q1", 1, right=True)
    lena.did(EventKind.ANSWERED, "mail/q2", 1, right=False)
    assert said(fitting([lena.where()])) == (Why.REST, QUIZ, 4)


def test_practice_is_what_was_hard_and_never_what_asks_for_care():
    easy = lesson("easy", question("plain"), minutes=2)
    plan = module("mail", easy, SHORT, LONG)
    lena = Learner(release(plan))
    lena.did(EventKind.ANSWERED, "mail/six", right=False)
    whole(lena, easy)
    whole(lena, SHORT)
    assert said(fitting([lena.where()])) == (Why.PRACTICE, "short", 3)
    careful = Learner(release(replace(plan, care="This is about fear.")))
    whole(careful, easy)
    assert said(fitting([careful.where()])) == (Why.SHORT, "short", 4)
    whole(careful, SHORT)
    assert said(fitting([careful.where()])) == (Why.LONGER, "long", 8)


def test_with_nothing_left_and_nothing_to_practise_there_is_nothing():
    assert fitting([]) is None
    lena = Learner(release(module("mail", lesson("bare"))))
    lena.read("mail/bare")
    assert fitting([lena.where()]) is None


def test_the_course_she_was_last_in_comes_first_and_those_not_begun_last():
    shape = release(module("mail", SHORT))
    old, new, later = (Where(shape, State(), 0, begun=at > 0, last_at_ms=at or None) for at in (5, 0, 9))
    assert latest_first([new, old, later]) == [later, old, new]


@st.composite
def learners(draw: st.DrawFn) -> Where:
    """Somebody in a course of one or two modules, some with care, having done some of it."""
    modules = []
    for name in ("mail", "money")[: draw(st.integers(1, 2))]:
        lessons = tuple(
            lesson(f"{name}-{at}", f"{name}-{at}-a", question(f"{name}-{at}-b"), minutes=draw(st.integers(1, 9)))
            for at in range(draw(st.integers(1, 3)))
        )
        own = replace(quiz(f"{name}-q"), minutes=draw(st.integers(1, 9))) if draw(st.booleans()) else None
        modules.append(replace(module(name, *lessons, quiz=own), care=draw(st.sampled_from(("", "", "Take care.")))))
    lena = Learner(release(*modules))
    for it in modules:
        for its in it.lessons:
            for step in its.steps[: draw(st.integers(0, 2))]:
                lena.did(
                    EventKind.DONE if step.kind == "reading" else EventKind.ANSWERED,
                    f"{it.module}/{step.name}",
                    right=True,
                )
    return Where(lena.shape, lena.state, SEED, begun=bool(lena.state.releases), last_at_ms=lena.clock)


@given(st.lists(learners(), max_size=3))
def test_what_is_chosen_fits_unless_it_says_that_nothing_does(wheres):
    wheres = latest_first(wheres)
    fit, ahead = fitting(wheres), [(where, here) for where in wheres if (here := where.carry_on())]
    fits = [(where, here) for where, here in ahead if where.minutes_left(*here) <= FEW]
    if fit is None:
        assert not ahead
    elif fit.why is Why.LONGER:
        assert fit.minutes > FEW
        assert not fits
        assert (fit.where, (fit.module, fit.name)) == ahead[0]
    else:
        assert 1 <= fit.minutes <= FEW
        finished = fit.where.lesson_finished(fit.module, fit.name)
        assert finished == (fit.why is Why.PRACTICE)
        assert finished or (fit.where, (fit.module, fit.name)) in fits
        assert (fit.why is Why.FIRST) == (not fit.where.begun)


@given(learners())
def test_minutes_left_go_down_as_steps_are_done_and_never_to_nothing(where):
    for module_ in where.shape.plan.modules:
        for its in module_.lessons:
            left = where.minutes_left(module_.module, its.name)
            fresh = Where(where.shape, State(), 0, begun=False).minutes_left(module_.module, its.name)
            assert 1 <= left <= fresh == its.minutes
