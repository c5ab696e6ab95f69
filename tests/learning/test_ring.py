"""Who to ring: each reason at its threshold, after calls, and the order of the list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.days import DAY_MS
from lms.learning.progress import Attempt, State
from lms.learning.ring import (
    ASKED,
    CALL,
    OPEN,
    RESTS_MS,
    TAKEN_BACK,
    Contact,
    Course,
    Outcome,
    Reason,
    asked_since,
    place,
    stuck_on,
    why,
)

NOW = 1_000 * DAY_MS


def ago(days: float) -> int:
    return NOW - int(days * DAY_MS)


def course(last: float | None = 1, **state) -> Course:
    return Course(7, State(**state), None if last is None else ago(last))


def called(outcome: str, days: float) -> Contact:
    return Contact(CALL, outcome, ago(days))


def asked(days: float, outcome: str = OPEN) -> Contact:
    return Contact(ASKED, outcome, ago(days))


STUCK = course(1, wrong={5: 3})
GONE = course(20)
NOBODY = ""
CASES = {
    "here yesterday": (100, [course(1)], [], NOBODY),
    "silent for thirteen days": (100, [course(13.9)], [], NOBODY),
    "silent for fourteen": (100, [course(14)], [], "stopped"),
    "silent for more than half a year": (300, [course(184)], [], NOBODY),
    "silent and finished": (100, [course(20, course=True)], [], NOBODY),
    "one course finished, in the middle of another": (100, [course(20, course=True), course(30)], [], "stopped"),
    "joined two days ago": (2.9, [], [], NOBODY),
    "joined three days ago": (3, [], [], "not-started"),
    "joined half a year ago": (184, [], [], NOBODY),
    "wrong twice": (100, [course(1, wrong={5: 2})], [], NOBODY),
    "wrong three times": (100, [STUCK], [], "stuck"),
    "wrong three times, then done": (100, [course(1, wrong={5: 3}, done={5})], [], NOBODY),
    "stuck and silent": (100, [course(20, wrong={5: 4})], [], "stuck stopped"),
    "stuck a year ago": (400, [course(365, wrong={5: 4})], [], NOBODY),
    "her group is over": (None, [GONE, STUCK], [], NOBODY),
    "her group is over and she asks": (None, [GONE], [asked(1)], "asked"),
    "asked": (100, [course(1)], [asked(40)], "asked"),
    "asked and took it back": (100, [course(1)], [asked(2), asked(1, TAKEN_BACK)], NOBODY),
    "asked, took back, asked": (100, [course(1)], [asked(3), asked(2, TAKEN_BACK), asked(1)], "asked"),
    "asked and was spoken to": (100, [course(1)], [asked(2), called("spoke", 1)], NOBODY),
    "asked and rung a day ago": (100, [course(1)], [asked(2), called("no-answer", 1)], NOBODY),
    "asked and rung two days ago": (100, [course(1)], [asked(4), called("no-answer", 2)], "asked"),
    "asked again after a call": (100, [GONE], [called("spoke", 2), asked(1)], "asked stopped"),
    "spoken to thirteen days ago": (100, [GONE], [called("spoke", 13.9)], NOBODY),
    "spoken to fourteen days ago": (100, [GONE], [called("spoke", 14)], "stopped"),
    "a message three days ago": (100, [GONE], [called("rang", 3.9)], NOBODY),
    "a message four days ago": (100, [GONE], [called("rang", 4)], "stopped"),
    "no answer two days ago": (100, [GONE], [called("no-answer", 2)], "stopped"),
    "the last call counts": (100, [GONE], [called("spoke", 5), called("no-answer", 3)], "stopped"),
}


@pytest.mark.parametrize("case", CASES, ids=[name.replace(" ", "-") for name in CASES])
def test_why_to_ring(case):
    since, begun, contacts, expected = CASES[case]
    found = why(None if since is None else ago(since), begun, contacts, NOW)
    assert " ".join(found.reasons if found else ()) == expected


def test_a_quiz_question_wrong_in_three_finished_tries_until_the_quiz_is_passed():
    goes = {number: Attempt(1, True, {5: 0, 6: number % 2}) for number in (1, 2, 3)}
    assert stuck_on(State(attempts={9: goes})) == (5,)
    assert stuck_on(State(attempts={9: goes}, passed={9})) == ()
    goes[3].finished = False
    assert stuck_on(State(attempts={9: goes})) == ()


def test_the_order_of_the_list():
    people = {
        "asked long ago": (10, [course(1)], [asked(9)]),
        "asked today": (10, [course(1)], [asked(0.1)]),
        "stuck yesterday": (10, [STUCK], []),
        "stuck before": (90, [course(3, wrong={5: 3})], []),
        "stopped lately": (90, [course(15)], []),
        "stopped long ago": (90, [course(80)], []),
        "joined lately": (4, [], []),
        "joined long ago": (90, [], []),
    }
    found = {name: why(ago(since), begun, contacts, NOW) for name, (since, begun, contacts) in people.items()}
    assert sorted(found, key=lambda name: place(found[name])) == list(people)


contacts_made = st.lists(
    st.builds(
        Contact,
        st.just(CALL),
        st.sampled_from([it.value for it in Outcome]),
        st.integers(ago(60), NOW),
    )
    | st.builds(Contact, st.just(ASKED), st.sampled_from([OPEN, TAKEN_BACK]), st.integers(ago(60), NOW)),
    max_size=6,
    unique_by=lambda it: it.at_ms,
)


@given(contacts_made, st.randoms(use_true_random=False))
def test_contacts_say_the_same_in_any_order(contacts, chance):
    mixed = contacts[:]
    chance.shuffle(mixed)
    assert why(ago(100), [GONE], contacts, NOW) == why(ago(100), [GONE], mixed, NOW)


@given(contacts_made, st.sampled_from(list(Outcome)))
def test_a_call_now_takes_anybody_off_the_list_and_only_for_its_time(contacts, outcome):
    after = [*contacts, Contact(CALL, outcome, NOW + 1)]
    assert why(ago(100), [GONE], after, NOW + 2) is None
    found = why(ago(100), [GONE], after, NOW + 1 + RESTS_MS[outcome])
    assert found is not None
    assert Reason.STOPPED in found.reasons


@given(contacts_made)
def test_who_speaks_with_her_has_met_what_she_asked_for(contacts):
    assert asked_since([*contacts, Contact(CALL, Outcome.SPOKE, NOW + 1)]) is None
