"""For how long a pairing is, what stands against one, and when a check-in is overdue."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.pairing import (
    GRACE_DAYS,
    Pairing,
    WhyNot,
    as_date,
    as_day,
    days_overdue,
    due_day,
    last_day,
    most_at_once,
    why_not,
)

TODAY = 20261123
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31)).map(as_day)
LEARNER, MENTOR = 1, 2


def paired(starts: int, ends: int, *, person: int = LEARNER, ended: bool = False) -> Pairing:
    return Pairing(uuid4(), person, MENTOR, starts, ends, 14, ended)


SPANS = st.tuples(DAYS, DAYS).map(sorted).map(lambda it: paired(*it))


@pytest.mark.parametrize(
    ("first", "last"),
    [(20260901, 20270228), (20260831, 20270227), (20270831, 20280228), (20261231, 20270629), (20260701, 20261231)],
)
def test_six_months_end_the_day_before_the_same_day(first, last):
    assert last_day(first) == last


@given(DAYS)
def test_six_months_are_181_to_184_days(first):
    days = (as_date(last_day(first)) - as_date(first)).days + 1
    assert 178 <= days <= 184


@given(st.lists(SPANS, max_size=8), SPANS)
def test_the_fullest_day_is_what_counting_each_day_finds(theirs, span):
    first, last = as_date(span.starts_day), as_date(span.ends_day)
    days = [as_day(first + timedelta(days=n)) for n in range(min((last - first).days, 400) + 1)]
    counted = max(sum(it.holds(day) for it in theirs) for day in days)
    if len(days) <= 400:
        assert most_at_once(theirs, span.starts_day, span.ends_day) == counted
    else:
        assert most_at_once(theirs, span.starts_day, span.ends_day) >= counted


@pytest.mark.parametrize(
    ("starts", "ends", "hers", "theirs", "why"),
    [
        (20261201, 20270531, [], 1, None),
        (20261201, 20261130, [], 0, WhyNot.ORDER),
        (20260101, 20261122, [], 0, WhyNot.PAST),
        (20260101, TODAY, [], 0, None),
        (20261201, 20290101, [], 0, WhyNot.LONG),
        (20261201, 20270531, [(20270531, 20271130, False)], 0, WhyNot.PAIRED),
        (20261201, 20270531, [(20260601, 20261130, False)], 0, None),
        (20261201, 20270531, [(20261201, 20270531, True)], 0, None),
        (20261201, 20270531, [], 2, WhyNot.FULL),
    ],
)
def test_what_stands_against_a_pairing(starts, ends, hers, theirs, why):
    others = [paired(a, b, ended=ended) for a, b, ended in hers]
    full = [paired(20261101, 20270401, person=10 + n) for n in range(theirs)]
    assert why_not(paired(starts, ends), others, full, 2, TODAY) is why


def test_nobody_is_her_own_mentor():
    assert why_not(Pairing(uuid4(), 7, 7, TODAY, 20270101), [], [], 9, TODAY) is WhyNot.HERSELF


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_check_in_is_overdue_after_the_days_of_grace_and_not_before(starts, after, late):
    it = paired(starts, last_day(starts))
    spoke = as_day(as_date(starts) + timedelta(days=after))
    today = as_day(as_date(spoke) + timedelta(days=14 + late))
    assert due_day(it, spoke) == as_day(as_date(spoke) + timedelta(days=14))
    holds = it.holds(today)
    assert days_overdue(it, spoke, today) == (late if holds and late > GRACE_DAYS else 0)
