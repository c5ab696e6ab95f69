"""Progress by example: what finishes what, which go counts, what a later release changes and what it does not."""

from __future__ import annotations

import pytest

from lms.content.plan import Kind
from lms.learning.events import EventKind
from lms.learning.progress import KEPT_ATTEMPTS, state_to_json
from lms.learning.quiz import draw
from tests.learning.plans import SEED, Learner, course, lesson, module, names, question, quiz, release, shaped, step

BEFORE = course(module("mail", lesson("links", "why"), quiz=quiz("q")))
AFTER = course(module("mail", lesson("links", "why", "new"), lesson("more", "new-too"), quiz=quiz("q", "q-new")))


def test_a_step_added_to_a_finished_lesson_leaves_lena_her_lesson_module_and_course():
    old = shaped(BEFORE)
    new = shaped(AFTER, 2, old.numbers)
    lena = Learner(old, new)
    won = [*lena.read("mail/why"), lena.takes("mail", 1, {"q": True})]
    assert names(*won) >= {("module", "mail"), ("course", "")}

    lena.shape = new
    assert names(lena.did(EventKind.OPENED, "mail/links")) == set()
    assert lena.where().lesson_finished("mail", "links")
    assert not lena.where().lesson_finished("mail", "more")
    assert lena.where().module_finished("mail")
    assert lena.state.course


def test_an_answer_given_offline_to_an_older_release_finishes_what_that_release_asked():
    old = shaped(course(module("mail", lesson("links", "why", "how"))))
    new = shaped(course(module("mail", lesson("links", "why", "how", "new"))), 2, old.numbers)
    lena = Learner(new, old)
    lena.read("mail/why")
    lena.shape = old
    assert ("lesson", str(lena.no("mail/links"))) in names(*lena.read("mail/how"))


def test_a_lesson_finished_by_a_newer_release_finishes_the_module_an_older_one_asked_for():
    """One event, two releases: the older is judged first and must not miss what the newer makes of it."""
    old = shaped(course(module("mail", lesson("links", "why", "how"))))
    new = shaped(course(module("mail", lesson("links", "why"), lesson("more", "extra"))), 2, old.numbers)
    lena = Learner(old, new)
    lena.did(EventKind.OPENED, "mail/why")
    lena.shape = new
    assert names(*lena.read("mail/why")) >= {("module", "mail"), ("course", "")}


def test_a_lesson_that_moved_to_another_module_finishes_the_module_it_left():
    old = shaped(course(module("mail", lesson("links", "why", "how")), module("money", lesson("bank", "look"))))
    moved = {("money", "links"): old.numbers["mail", "links"], ("money", "why"): old.numbers["mail", "why"]}
    plan = course(module("mail", lesson("other", "extra")), module("money", lesson("links", "why"), lesson("b", "l")))
    new = shaped(plan, 2, {**old.numbers, **moved})
    lena = Learner(old, new)
    lena.did(EventKind.OPENED, "mail/why")
    lena.shape = new
    assert ("module", "mail") in names(*lena.read("money/why"))


def test_a_step_that_moved_away_still_finishes_the_module_its_old_lesson_stayed_in():
    """Its lesson, finished by the older release, is all that the newer asks of that module."""
    old = shaped(course(module("mail", lesson("links", "why"), lesson("more", "extra"))))
    plan = course(module("mail", lesson("links", "new")), module("money", lesson("bank", "why", "look")))
    new = shaped(plan, 2, {**old.numbers, ("money", "why"): old.numbers["mail", "why"]})
    lena = Learner(old, new)
    lena.did(EventKind.OPENED, "mail/why")
    lena.shape = new
    lena.did(EventKind.OPENED, "mail/new")
    lena.shape = old
    assert names(*lena.read("mail/why")) >= {("lesson", str(old.numbers["mail", "links"])), ("module", "mail")}


def test_a_step_renamed_is_still_done():
    old = shaped(course(module("mail", lesson("links", "q-pass"))))
    new = shaped(
        course(module("mail", lesson("links", "q-strong"))),
        2,
        {("mail", "links"): old.numbers["mail", "links"], ("mail", "q-strong"): old.numbers["mail", "q-pass"]},
    )
    lena = Learner(old, new)
    lena.read("mail/q-pass")
    lena.shape = new
    assert lena.where().done("mail", "q-strong")
    assert lena.where().next_step("mail", new.plan.modules[0].lessons[0]) is None


def test_a_publication_that_leaves_nothing_to_do_is_recorded_as_released_and_is_not_something_she_did():
    old = shaped(course(module("mail", lesson("links", "why", "hard"))))
    new = shaped(course(module("mail", lesson("links", "why"))), 2, old.numbers)
    lena = Learner(old, new)
    lena.read("mail/why")
    last = lena.state.last
    lena.shape = new
    released = lena.did(EventKind.RELEASED, "mail/why", at_ms=last[0] + 1)
    assert names(released) == {("lesson", str(lena.no("mail/links"))), ("module", "mail"), ("course", "")}
    assert lena.state.last == last


ALL_SORTS = course(
    module(
        "mail",
        lesson(
            "steps",
            step("read"),
            question("ask"),
            step("think", Kind.REFLECT),
            step("can", Kind.RATE, letters=("a", "b")),
            step("do", Kind.TASK),
            step("extra", optional=True),
        ),
    )
)


def test_a_lesson_is_finished_by_the_last_of_its_steps_that_is_not_optional():
    lena = Learner(shaped(ALL_SORTS))
    for kind, name in [
        (EventKind.DONE, "read"),
        (EventKind.REFLECTED, "think"),
        (EventKind.RATED, "can"),
        (EventKind.TICKED, "do"),
    ]:
        assert "lesson" not in {kind for kind, _ in names(lena.did(kind, f"mail/{name}"))}
    assert "lesson" in {kind for kind, _ in names(lena.did(EventKind.ANSWERED, "mail/ask", right=True))}


@pytest.mark.parametrize("right", [True, False])
def test_a_practice_question_is_done_when_right_or_when_the_answer_is_shown(right):
    lena = Learner(release(module("mail", lesson("links", question("q")))))
    lena.did(EventKind.ANSWERED, "mail/q", right=False)
    lena.did(EventKind.ANSWERED, "mail/q", right=False)
    lena.did(EventKind.HINTED, "mail/q")
    assert not lena.where().done("mail", "q")
    if right:
        lena.did(EventKind.ANSWERED, "mail/q", right=True)
    else:
        assert lena.did(EventKind.REVEALED, "mail/q").why == ""
    assert lena.where().done("mail", "q")
    assert lena.where().wrong_tries("mail", "q") == 2
    assert lena.where().hints_seen("mail", "q") == 1
    assert lena.state.score == 0, "practice enters no score"


@pytest.mark.parametrize("at", [0, 1, 2])
def test_asking_for_the_answer_counts_once_two_wrong_tries_are_known_whichever_comes_first(at):
    lena = Learner(release(module("mail", lesson("links", question("q")))))
    acts = [(EventKind.ANSWERED, False), (EventKind.ANSWERED, False)]
    acts.insert(at, (EventKind.REVEALED, None))
    *before, last = acts
    told = [lena.did(kind, "mail/q", right=right) for kind, right in before]
    assert not lena.where().done("mail", "q")
    told.append(lena.did(last[0], "mail/q", right=last[1]))
    assert told[at].why == ("too-early" if at < 2 else "")
    assert lena.where().done("mail", "q")
    assert ("lesson", str(lena.no("mail/links"))) in names(told[-1])


def test_asking_for_the_answer_again_and_again_is_no_try():
    lena = Learner(release(module("mail", lesson("links", question("q")))))
    for _ in range(3):
        assert lena.did(EventKind.REVEALED, "mail/q").why == "too-early"
    lena.did(EventKind.ANSWERED, "mail/q", right=False)
    assert not lena.where().done("mail", "q")
    lena.did(EventKind.ANSWERED, "mail/q", right=True)
    assert lena.did(EventKind.REVEALED, "mail/q").why == "", "she knows it"


def test_opening_a_step_does_not_do_it():
    lena = Learner(release(module("mail", lesson("links", "why"))))
    lena.did(EventKind.OPENED, "mail/why")
    assert lena.where().opened("mail", "why")
    assert not lena.where().done("mail", "why")


def test_a_lesson_without_steps_is_finished_by_reading_it():
    lena = Learner(release(module("mail", lesson("links"))))
    assert ("lesson", str(lena.no("mail/links"))) in names(*lena.read("mail/links"))


@pytest.mark.parametrize(("kind", "place"), [(EventKind.DONE, "mail/extra"), (EventKind.OPENED, "mail/extra")])
def test_a_lesson_of_optional_steps_alone_is_finished_by_the_first_of_them(kind, place):
    shape = release(module("mail", lesson("links", step("extra", optional=True)), lesson("more", "why")))
    lena = Learner(shape)
    assert names(*lena.read("mail/why")).isdisjoint({("module", "mail")})
    assert ("module", "mail") in names(lena.did(kind, place))


def test_a_module_needs_its_lessons_that_are_not_optional_and_its_quiz():
    shape = release(module("mail", lesson("links", "why"), lesson("extra", "aside", optional=True), quiz=quiz("q")))
    lena = Learner(shape)
    assert ("module", "mail") not in names(*lena.read("mail/why"))
    assert ("module", "mail") not in names(lena.takes("mail", 1, {"q": False}))
    assert ("module", "mail") in names(lena.takes("mail", 2, {"q": True}))


def test_the_first_event_starts_the_course_once():
    lena = Learner(release(module("mail", lesson("links", "why"))))
    assert ("started", "") in names(lena.did(EventKind.OPENED, "mail/why"))
    assert ("started", "") not in names(lena.did(EventKind.OPENED, "mail/why"))


THREE = tuple(module(name, lesson(f"{name}-l", f"{name}-s")) for name in ("mail", "money", "safety"))


@pytest.mark.parametrize(
    ("need", "of", "read", "finished"),
    [
        pytest.param(None, (), ["mail", "money"], False, id="all-but-one"),
        pytest.param(None, (), ["mail", "money", "safety"], True, id="all"),
        pytest.param(2, (), ["safety"], False, id="one-of-any-2"),
        pytest.param(2, (), ["mail", "safety"], True, id="any-2"),
        pytest.param(1, ("mail", "money"), ["safety"], False, id="not-among-any-1-of"),
        pytest.param(1, ("mail", "money"), ["money"], True, id="any-1-of"),
        pytest.param(2, ("mail", "money"), ["money", "safety"], False, id="one-of-any-2-of"),
        pytest.param(2, ("mail", "money"), ["money", "mail"], True, id="any-2-of"),
    ],
)
def test_a_course_is_finished_by_as_many_modules_as_its_author_asks(need, of, read, finished):
    lena = Learner(release(*THREE, need=need, of=of))
    told = lena.read(*(f"{name}/{name}-s" for name in read))
    assert (("course", "") in names(*told)) is finished
    assert lena.state.course is finished


def two_asked(tries: int | None = 2) -> Learner:
    return Learner(release(module("mail", lesson("links", "why"), quiz=quiz("q1", "q2", pass_mark=2, tries=tries))))


def test_a_quiz_is_passed_by_enough_right_answers_in_one_go():
    lena = two_asked()
    lena.takes("mail", 1, {"q1": True, "q2": False})
    assert not lena.where().quiz_passed("mail")
    lena.takes("mail", 2, {"q1": False, "q2": True})
    assert not lena.where().quiz_passed("mail"), "one right in each of two goes is not two right in one"
    assert lena.where().best("mail") == 1


def test_the_last_answer_to_a_question_counts_until_the_go_is_handed_in():
    lena = two_asked()
    lena.did(EventKind.ANSWERED, "mail/q1", 1, right=False)
    lena.did(EventKind.ANSWERED, "mail/q2", 1, right=True)
    lena.did(EventKind.ANSWERED, "mail/q1", 1, right=True)
    assert not lena.where().quiz_passed("mail")
    lena.did(EventKind.FINISHED, "mail/quiz", 1)
    assert lena.where().quiz_passed("mail")


def test_an_answer_that_comes_after_the_go_was_handed_in_is_late_and_does_not_count():
    lena = two_asked()
    lena.takes("mail", 1, {"q1": True})
    assert lena.did(EventKind.ANSWERED, "mail/q2", 1, right=True).why == "late"
    assert lena.did(EventKind.FINISHED, "mail/quiz", 1).why == "late"
    assert lena.did(EventKind.STARTED, "mail/quiz", 1).why == "", "a second phone that begins the same go does no harm"
    assert lena.where().best("mail") == 1


def test_a_go_above_the_tries_does_not_count():
    lena = two_asked()
    everything = {"q1": True, "q2": True}
    assert lena.takes("mail", 3, everything).why == "no-try-left"
    assert not lena.where().quiz_passed("mail")
    assert lena.takes("mail", 2, everything).why == ""
    assert lena.where().quiz_passed("mail")


def test_a_question_that_the_go_did_not_ask_does_not_count():
    lena = Learner(release(module("mail", lesson("links", "why"), quiz=quiz("q1", "q2", "q3", ask=1))))
    asked = draw(SEED, lena.shape.quiz("mail"), 1)
    other = next(name for name in ("q1", "q2", "q3") if lena.no(f"mail/{name}") not in asked)
    assert lena.did(EventKind.ANSWERED, f"mail/{other}", 1, right=True).why == "not-asked"
    lena.did(EventKind.FINISHED, "mail/quiz", 1)
    assert lena.where().best("mail") == 0


def test_a_go_is_judged_by_the_release_it_was_begun_in():
    old = shaped(course(module("mail", lesson("links", "why"), quiz=quiz("q1", "q2", pass_mark=1))))
    new = shaped(course(module("mail", lesson("links", "why"), quiz=quiz("q1", "q3", pass_mark=2))), 2, old.numbers)
    lena = Learner(old, new)
    lena.did(EventKind.STARTED, "mail/quiz", 1)
    lena.did(EventKind.ANSWERED, "mail/q1", 1, right=True)
    lena.shape = new
    assert lena.did(EventKind.ANSWERED, "mail/q3", 1, right=True).why == "not-asked"
    lena.did(EventKind.FINISHED, "mail/quiz", 1)
    assert lena.where().quiz_passed("mail")


def test_a_go_that_is_not_handed_in_keeps_its_answers_however_many_come_after_it():
    lena = two_asked(tries=None)
    lena.did(EventKind.ANSWERED, "mail/q1", 1, right=True)
    for number in range(2, 20):
        lena.takes("mail", number, {"q1": False})
    lena.did(EventKind.ANSWERED, "mail/q2", 1, right=True)
    lena.did(EventKind.FINISHED, "mail/quiz", 1)
    assert lena.where().quiz_passed("mail")


def test_progress_stays_small_however_often_a_quiz_is_taken():
    lena = Learner(release(module("mail", lesson("links", "why"), quiz=quiz("q1", "q2", pass_mark=2))))
    for number in range(1, 60):
        lena.takes("mail", number, {"q1": number == 7, "q2": True})
    goes = lena.state.attempts[lena.no("mail/quiz")]
    assert [number for number, attempt in goes.items() if attempt.marks] == list(range(60 - KEPT_ATTEMPTS, 60))
    assert lena.where().best("mail") == 2
    assert len(state_to_json(lena.state)) < 1500
