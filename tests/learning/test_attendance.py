"""Which tick counts, when a register is open, and what a month comes to."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.attendance import EARLY_MS, LATE_ENTRY_MS, Came, Closed, Tick, came, closed, newest
from lms.learning.days import DAY_MS

START = 1_000 * DAY_MS
ticks = st.lists(
    st.builds(
        Tick,
        person_id=st.integers(1, 4),
        tick_id=st.integers(1, 30).map(lambda n: UUID(int=n)),
        meeting_id=st.integers(1, 3),
        present=st.booleans(),
        guest=st.booleans(),
        at_ms=st.integers(0, 3),
        recorded_ms=st.integers(0, 3),
        by_id=st.none(),
    ),
    max_size=12,
    unique_by=lambda it: (it.person_id, it.tick_id),
)


def tick(person_id=1, present=True, at_ms=0, recorded_ms=None, meeting_id=1, number=1, guest=False):
    return Tick(
        person_id,
        UUID(int=number),
        meeting_id,
        present,
        guest,
        at_ms,
        at_ms if recorded_ms is None else recorded_ms,
        None,
    )


@given(ticks, st.randoms())
def test_ticks_come_to_the_same_in_any_order_and_twice(its, random):
    shuffled = [*its, *its[: len(its) // 2]]
    random.shuffle(shuffled)
    assert newest(shuffled, {2: 1}) == newest(its, {2: 1})
    assert came(shuffled, 2) == came(its, 2)


@given(ticks)
def test_no_tick_is_newer_than_the_one_that_counts(its):
    counts = newest(its)
    assert all(it.order <= counts[it.meeting_id, it.person_id].order for it in its)
    assert set(counts.values()) <= set(its)


def test_what_was_said_last_counts_and_not_what_arrived_last():
    said_first, said_last = tick(at_ms=10, recorded_ms=90, number=9), tick(present=False, at_ms=20, recorded_ms=30)
    assert newest([said_last, said_first])[1, 1] is said_last
    learned_last = tick(at_ms=20, recorded_ms=31, number=2)
    assert newest([learned_last, said_last])[1, 1] is learned_last
    of_greater_id = tick(present=False, at_ms=20, recorded_ms=31, number=3)
    assert newest([of_greater_id, learned_last])[1, 1] is of_greater_id


@pytest.mark.parametrize(
    ("now_ms", "cancelled", "why"),
    [
        (START - EARLY_MS - 1, False, Closed.FUTURE),
        (START - EARLY_MS, False, None),
        (START + 365 * DAY_MS, False, None),
        (START + LATE_ENTRY_MS + 1, False, Closed.OLD),
        (START, True, Closed.CANCELLED),
    ],
    ids=["too early", "as people come", "a year later", "later than that", "cancelled"],
)
def test_a_register_is_open_from_an_hour_before_for_a_year(now_ms, cancelled, why):
    assert closed(START, cancelled, now_ms) is why


def test_a_month_counts_people_once_and_says_what_was_added_late():
    its = [
        tick(1, at_ms=1),
        tick(1, at_ms=1, meeting_id=2, number=2),
        tick(2, at_ms=1, guest=True, number=9),
        tick(3, at_ms=1),
        tick(3, present=False, at_ms=5, number=2),
        tick(4, at_ms=50),
    ]
    assert came(its, month_ends_ms=10) == Came(meetings=2, attendances=4, people=3, guests=1, late=1)
    assert came(its, month_ends_ms=10, kept={2: 1}) == Came(meetings=2, attendances=3, people=2, guests=1, late=1)


def test_what_was_taken_out_and_put_back_after_the_month_was_added_late():
    its = [tick(at_ms=1), tick(present=False, at_ms=5, number=2), tick(at_ms=50, number=3)]
    assert came(its, month_ends_ms=10).late == 1
    assert came(its[:2], month_ends_ms=10) == Came()
