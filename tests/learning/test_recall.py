"""What is asked again: from which lessons, how much, and that nothing follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.content.plan import Kind
from lms.learning.events import EventKind
from lms.learning.places import Where
from lms.learning.progress import Recorded, State, fold, state_to_json
from lms.learning.recall import GAPS, MOST, Past, due
from tests.learning.histories import History, histories
from tests.learning.plans import Learner, lesson, module, question, quiz, release, step

NAMES = [f"l{no}" for no in range(1, 9)]
OPENED = ("mail", "new")
TODAY = 20261122
COURSE = release(
    module(
        "mail",
        *(lesson(name, step(f"{name}-read"), question(f"{name}-a"), question(f"{name}-b")) for name in NAMES),
        lesson("words", step("only-read"), step("put", Kind.ORDER, letters=("a", "b"))),
        lesson("new", question("q-new")),
        quiz=quiz("z-first", "z-second"),
    ),
    module("other", lesson("next", step("next-read"))),
)


def learner(*finished: str, seed: int = 7) -> Where:
    """Somebody who has done all there is in some lessons."""
    her = Learner(COURSE, seed=seed)
    for name in finished:
        for its in ("only-read", "put") if name == "words" else (f"{name}-read", f"{name}-a", f"{name}-b"):
            kind = EventKind.DONE if its.endswith("read") else EventKind.ANSWERED
            her.did(kind, f"mail/{its}", right=None if kind is EventKind.DONE else True)
    return her.where()


def no(name: str) -> int:
    return COURSE.numbers["mail", name]


def lessons_of(numbers: tuple[int, ...]) -> set[str]:
    return {COURSE.places[COURSE.lesson_of[it].no][1] for it in numbers}


def a_lesson_a_day(days: int) -> Past:
    """The first lesson on the first day, and so on, up to yesterday."""
    on = range(TODAY - days, TODAY)
    return Past({no(name): day for name, day in zip(NAMES, on, strict=False)}, list(on))


def asked_over(where: Where, past: Past) -> set[str]:
    """The lessons that somebody or other is asked about."""
    return set().union(*(lessons_of(due(replace(where, seed=seed), past, TODAY, *OPENED)) for seed in range(40)))


def test_what_is_asked_is_from_lessons_finished_one_three_and_seven_learning_days_ago():
    assert asked_over(learner(*NAMES), a_lesson_a_day(8)) == {"l8", "l6", "l2"}
    assert asked_over(learner(*NAMES), a_lesson_a_day(3)) == {"l3", "l1"}
    assert asked_over(learner(*NAMES), a_lesson_a_day(1)) == {"l1"}


def test_days_on_which_she_did_nothing_do_not_count():
    past = Past({no("l1"): 20260103, no("l2"): 20260601}, [20260103, 20260104, 20260601])
    assert asked_over(learner("l1", "l2"), past) == {"l1", "l2"}


def test_nobody_is_asked_who_finished_nothing_or_only_today():
    assert due(learner(), Past({}, []), TODAY, *OPENED) == ()
    assert due(learner("l1"), Past({no("l1"): TODAY}, [TODAY]), TODAY, *OPENED) == ()


def test_a_lesson_without_a_question_to_choose_or_type_is_not_asked_about():
    assert due(learner("words"), Past({no("words"): TODAY - 1}, [TODAY - 1]), TODAY, *OPENED) == ()


def test_a_lesson_is_not_opened_with_its_own_question():
    past = a_lesson_a_day(1)
    assert due(learner("l1"), past, TODAY, "mail", "l1") == ()
    assert due(learner("l1"), past, TODAY, "other", "next") != ()


@pytest.mark.parametrize(
    ("of", "own", "opened", "may"),
    [
        ("care", "mail", {}, True),
        ("care", "other", {}, False),
        ("leave", "mail", {"leave": True}, True),
        ("leave", "other", {}, False),
        ("leave", "other", {"leave": True}, True),
    ],
)
def test_what_needs_care_stays_in_its_module_and_what_can_be_left_where_one_can_leave(of, own, opened, may):
    mail, other = COURSE.plan.modules
    mail = replace(mail, care="This is about being hurt.") if of == "care" else replace(mail, leave=True)
    other = replace(other, **opened) if own == "other" else other
    where = learner("l1")
    where = replace(where, shape=replace(COURSE, plan=replace(COURSE.plan, modules=(mail, other))))
    lesson_name = "new" if own == "mail" else "next"
    assert bool(due(where, a_lesson_a_day(1), TODAY, own, lesson_name)) is may


@st.composite
def pasts(draw):
    """Lessons finished on any days, and days on which nothing was finished."""
    done = draw(st.lists(st.sampled_from(NAMES), unique=True))
    day = st.integers(TODAY - 12, TODAY)
    finished = {no(name): draw(day) for name in done}
    return learner(*done, seed=draw(st.integers(0, 2**62))), Past(finished, [*finished.values(), *draw(st.lists(day))])


@given(pasts())
def test_at_most_two_are_asked_each_of_another_lesson_which_she_has_met_and_never_of_a_quiz(given_):
    where, past = given_
    found = due(where, past, TODAY, *OPENED)
    assert len(found) <= MOST
    assert len(lessons_of(found)) == len(found)
    before = sorted({day for day in past.days if day < TODAY}, reverse=True)
    for it in found:
        assert it in where.state.done
        assert not COURSE.in_quiz(it)
        assert before.index(past.finished[COURSE.lesson_of[it].no]) + 1 in GAPS


@given(pasts(), st.randoms(use_true_random=False))
def test_it_is_the_same_all_day_on_any_machine_whatever_she_does_meanwhile(given_, random):
    where, past = given_
    days = [*past.days, *past.days, TODAY]
    random.shuffle(days)
    lessons = list(past.finished.items())
    random.shuffle(lessons)
    assert due(where, Past(dict(lessons), days), TODAY, *OPENED) == due(where, past, TODAY, *OPENED)


@given(pasts(), st.booleans())
def test_each_is_asked_once_a_day_and_none_after_a_skip(given_, skips):
    where, past = given_
    whole = due(where, past, TODAY, *OPENED)
    assume(whole)
    left = due(where, replace(past, asked={whole[0]: not skips}), TODAY, *OPENED)
    assert left == (() if skips else whole[1:])
    assert due(where, replace(past, asked=dict.fromkeys(whole, True)), TODAY, *OPENED) == ()


@given(histories(), st.randoms(use_true_random=False))
def test_asking_again_changes_nothing_that_she_did_or_that_follows(history: History, random):
    without = [it for it in history.events if it.kind is not EventKind.RECALLED]
    plain, with_ = State(), State()
    for event in without:
        for _ in range(random.randrange(3)):
            shape = history.shapes[event.release_id]
            asked = Recorded(EventKind.RECALLED, random.choice([*shape.steps, 10**6]), shape.release_id, 0, 1, 10**9)
            assert fold(with_, asked, history.shapes, history.seed).outcomes == ()
        ours = fold(with_, event, history.shapes, history.seed)
        assert ours == fold(plain, event, history.shapes, history.seed)
    assert state_to_json(with_) == state_to_json(plain)
