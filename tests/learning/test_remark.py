"""Marking again: what a corrected key raises, and what it never touches."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings

from lms.content.plan import QUIZ, Key, KeyPattern, KeyRange, Sort
from lms.learning import progress
from lms.learning.events import EventKind
from lms.learning.progress import Folded, Recorded, State, fold, state_from_json, state_to_json
from lms.learning.remark import answer_as_stored, counted, remark_id, rises
from tests.learning.histories import History, histories
from tests.learning.plans import SEED, Learner, course, lesson, module, names, question, quiz, release, shaped

ONE, WORDS = question("q"), question("q", Sort.WORDS)
NUMBER, ALL = question("q", Sort.NUMBER), question("q", Sort.ALL)


@pytest.mark.parametrize(
    ("step", "key", "answer", "raised"),
    [
        (ONE, Key(right=("a",)), ("a",), True),
        (ONE, Key(right=("a",)), ("b",), False),
        (ALL, Key(right=("a", "b")), ("b", "a"), True),
        (ALL, Key(right=("a", "b")), ("a",), False),
        (ONE, Key(right=("a",)), ("z",), False),
        (ALL, Key(right=("a",)), ("a", "z"), False),
        (WORDS, Key(answers=(KeyPattern("tea*"),)), "Teapot!", True),
        (WORDS, Key(answers=(KeyPattern("tea*"),)), "coffee", False),
        (NUMBER, Key(number=KeyRange(Decimal(3), Decimal(5))), "4 min", True),
        (ONE, Key(right=("a",)), "a", False),
        (WORDS, Key(answers=(KeyPattern("a"),)), ("a",), False),
        (ONE, Key(right=("a",)), {"a": "b"}, False),
    ],
    ids=["right now", "wrong still", "all of them", "not all", "its letter is gone", "one of its letters is gone",
         "words", "other words", "a number", "words where letters are asked for", "letters where words are asked for",
         "pairs where letters are asked for"],
)  # fmt: skip
def test_an_answer_rises_when_it_is_right_by_the_new_key_and_still_fits(step, key, answer, raised):
    assert rises(step, key, answer) is raised


def test_an_answer_is_read_back_as_it_was_given():
    assert answer_as_stored('["b","a"]', None) == ("b", "a")
    assert answer_as_stored('{"a":"c"}', None) == {"a": "c"}
    assert answer_as_stored(None, "tea") == "tea"
    assert answer_as_stored(None, None) is None, "her words were erased"


def test_a_remark_has_one_id_however_often_it_is_made():
    answer = UUID(int=7)
    assert remark_id(1, 2, answer) == remark_id(1, 2, answer)
    assert len({remark_id(1, 2, answer), remark_id(1, 3, answer), remark_id(2, 2, answer)}) == 3


# --- what it does to progress ---------------------------------------------------------------------------


def remarked(lena: Learner, place: str, attempt: int = 0, quiz_no: int = 0) -> Folded:
    """A publication of the release she works in finds that her answer was right."""
    event = Recorded(EventKind.REMARKED, lena.no(place), lena.shape.release_id, attempt, 1, 99, quiz_no)
    return fold(lena.state, event, lena.shapes, lena.seed)


def of_two() -> Learner:
    return Learner(release(module("mail", quiz=quiz("q-one", "q-two", pass_mark=2))))


def test_in_practice_the_step_is_done_and_what_waited_for_it_is_finished():
    lena = Learner(release(module("mail", lesson("links", question("q")))))
    lena.did(EventKind.ANSWERED, "mail/q", right=False)
    assert names(remarked(lena, "mail/q")) == {
        ("lesson", str(lena.no("mail/links"))), ("module", "mail"), ("course", ""),
    }  # fmt: skip
    assert lena.where().wrong_tries("mail", "q") == 1
    assert names(remarked(lena, "mail/q")) == set()


def test_a_finished_attempt_is_counted_again_and_the_quiz_is_passed_once():
    lena = of_two()
    lena.takes("mail", 1, {"q-one": True, "q-two": False})
    quiz_no = lena.no(f"mail/{QUIZ}")
    assert lena.state.best == {quiz_no: 1}
    assert names(remarked(lena, "mail/q-two", 1, quiz_no)) == {("module", "mail"), ("course", "")}
    assert lena.state.best == {quiz_no: 2}
    assert lena.state.score == 2
    assert lena.where().best("mail") == 2
    assert names(remarked(lena, "mail/q-two", 1, quiz_no)) == set()
    assert lena.state.best == {quiz_no: 2}


def test_a_running_attempt_takes_the_last_answer_still():
    lena = of_two()
    quiz_no = lena.no(f"mail/{QUIZ}")
    for name in ("q-one", "q-two"):
        lena.did(EventKind.ANSWERED, f"mail/{name}", 1, right=False)
        assert names(remarked(lena, f"mail/{name}", 1, quiz_no)) == set()
    lena.did(EventKind.ANSWERED, "mail/q-two", 1, right=False)
    lena.did(EventKind.FINISHED, f"mail/{QUIZ}", 1)
    assert lena.state.best == {quiz_no: 1}


def test_an_attempt_so_old_that_only_its_score_is_kept_rises_too():
    lena = of_two()
    quiz_no = lena.no(f"mail/{QUIZ}")
    for number in range(1, progress.KEPT_ATTEMPTS + 3):
        lena.takes("mail", number, {"q-one": False, "q-two": False})
    assert lena.state.attempts[quiz_no][1].marks == {}
    lena.state = state_from_json(state_to_json(lena.state))
    remarked(lena, "mail/q-one", 1, quiz_no)
    assert lena.state.best == {quiz_no: 1}
    assert names(remarked(lena, "mail/q-two", 1, quiz_no)) == {("module", "mail"), ("course", "")}


def test_the_best_of_all_attempts_counts_and_a_lesser_one_that_rises_changes_nothing():
    lena = of_two()
    quiz_no = lena.no(f"mail/{QUIZ}")
    lena.takes("mail", 1, {"q-one": False, "q-two": False})
    lena.takes("mail", 2, {"q-one": True, "q-two": True})
    assert names(remarked(lena, "mail/q-one", 1, quiz_no)) == set()
    assert lena.state.best == {quiz_no: 2}


def test_a_question_that_stands_elsewhere_by_now_raises_the_attempt_it_was_asked_in():
    old = shaped(course(module("mail", quiz=quiz("q-one", "q-two", pass_mark=2)), module("money", lesson("bank", "a"))))
    quiz_no, q_two = old.numbers["mail", QUIZ], old.numbers["mail", "q-two"]
    known = {**old.numbers, ("money", "q-two"): q_two}
    moved = module("money", lesson("bank", question("q-two"), "a"))
    new = shaped(course(module("mail", quiz=quiz("q-one", pass_mark=1)), moved), 2, known)
    lena = Learner(old, new)
    lena.takes("mail", 1, {"q-one": True, "q-two": False})
    lena.shape = new
    assert ("module", "mail") in names(remarked(lena, "money/q-two", 1, quiz_no))
    assert lena.state.passed == {quiz_no}
    assert q_two not in lena.state.done, "a quiz is no practice"


def test_a_quiz_passed_by_it_finishes_the_module_of_a_release_that_no_longer_asks_the_question():
    old = shaped(course(module("mail", lesson("links", "a", "b"), quiz=quiz("q-one", "q-two", pass_mark=2))))
    quiz_no = old.numbers["mail", QUIZ]
    new = shaped(course(module("mail", lesson("links", "a"), quiz=quiz("q-one", pass_mark=1))), 2, old.numbers)
    lena = Learner(old, new)
    lena.takes("mail", 1, {"q-one": True, "q-two": False})
    lena.shape = new
    lena.did(EventKind.DONE, "mail/a")
    event = Recorded(EventKind.REMARKED, old.numbers["mail", "q-two"], 2, 1, 1, 99, quiz_no)
    assert ("module", "mail") in names(fold(lena.state, event, lena.shapes, lena.seed))


def test_it_is_not_the_latest_thing_she_did():
    lena = of_two()
    lena.takes("mail", 1, {"q-one": False, "q-two": False})
    before = lena.state.last
    remarked(lena, "mail/q-one", 1, lena.no(f"mail/{QUIZ}"))
    assert lena.state.last == before


# --- which answers count --------------------------------------------------------------------------------


def test_the_last_answer_of_an_attempt_counts_and_what_came_late_or_was_not_asked_does_not():
    asked = shaped(course(module("mail", lesson("links", question("q")), quiz=quiz("q-a", "q-b", ask=1, tries=1))))
    quiz_no = asked.numbers["mail", QUIZ]
    drawn = next(name for name in ("q-a", "q-b") if is_drawn(asked, name))
    other = "q-b" if drawn == "q-a" else "q-a"
    done = [
        (EventKind.ANSWERED, drawn, 1), (EventKind.ANSWERED, other, 1), (EventKind.ANSWERED, drawn, 1),
        (EventKind.FINISHED, QUIZ, 1), (EventKind.ANSWERED, drawn, 1), (EventKind.ANSWERED, drawn, 2),
        (EventKind.ANSWERED, "q", 0), (EventKind.ANSWERED, "q", 0),
    ]  # fmt: skip
    entries = [
        (seq, Recorded(kind, asked.numbers["mail", name], 1, attempt, 0, seq))
        for seq, (kind, name, attempt) in enumerate(done, start=1)
    ]
    assert counted(entries, {1: asked}, SEED).answers == {3: quiz_no, 7: 0, 8: 0}


def is_drawn(shape, name: str) -> bool:
    event = Recorded(EventKind.ANSWERED, shape.numbers["mail", name], 1, 1, 0, 0)
    return not fold(State(), event, {1: shape}, SEED).why


@settings(max_examples=60)
@given(histories())
def test_raising_every_answer_that_counts_never_lowers_anything_and_leaves_none_to_raise(history: History):
    entries = list(enumerate(history.events))
    before = counted(entries, history.shapes, history.seed)
    raised = [
        Recorded(EventKind.REMARKED, event.step_no, event.release_id, event.attempt, 1, 0, before.answers[seq])
        for seq, event in entries
        if seq in before.answers and not is_right(history, seq, before.answers[seq])
    ]
    state = state_from_json(state_to_json(before.state))
    for event in raised:
        fold(state, event, history.shapes, history.seed)
    for grown in ("done", "lessons", "modules", "passed", "opened", "releases"):
        assert getattr(before.state, grown) <= getattr(state, grown)
    assert all(score <= state.best[no] for no, score in before.state.best.items())
    again = state_from_json(state_to_json(before.state))
    for event in reversed(raised):
        fold(again, event, history.shapes, history.seed)
    assert again == state, "in whichever order"
    for quiz_no, goes in state.attempts.items():
        finished = [go for go in goes.values() if go.finished]
        full = [len(go.marks) for go in finished if go.marks]
        assert [go.score for go in finished if go.marks] == full, "every answer that counts is right"
        assert state.best.get(quiz_no, 0) >= max(full, default=0)


def is_right(history: History, seq: int, quiz_no: int) -> bool:
    """Whether an answer that counts is right, or was raised later on."""
    answer = history.events[seq]
    later = [
        event
        for event in history.events[seq:]
        if event.kind is EventKind.REMARKED and (event.step_no, event.attempt, event.quiz) == (
            answer.step_no, answer.attempt, quiz_no)
    ]  # fmt: skip
    return answer.mark == 1 or bool(later)
