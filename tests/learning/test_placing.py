"""The weeks of a placement: what counts, what is refused, and that corrections and disputes end where they should."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.placing import (
    DAY_MINUTES,
    NEEDED,
    Line,
    Said,
    Span,
    State,
    WhyNot,
    agreed_minutes,
    asked_again_from,
    days_on,
    standing,
    weeks,
    why_not,
    why_not_log,
)

SPAN = Span(20260907, 20261206)
MONDAY = 20260907
NOW = 20261001


def line(number: int, day: int = 20260908, minutes: int = 120, replaces: int | None = None) -> Line:
    return Line(UUID(int=number), day, minutes, "Posts.", None, replaces and UUID(int=replaces))


def said(minutes: int, at_ms: int, *, business: bool = True, agreed: bool = True) -> Said:
    return Said(MONDAY, business, minutes, agreed, "", at_ms)


def only(lines: list[Line], words: list[Said], today: int = NOW):
    (week,) = weeks(lines, words, today)
    return week


def test_a_week_waits_until_the_business_says_the_same():
    lines = [line(1), line(2, 20260913, 60)]
    assert only(lines, [], 20260913).state is State.OPEN
    assert only(lines, []).state is State.WAITING
    done = only(lines, [said(180, 1)])
    assert (done.state, done.counted, done.minutes) == (State.CONFIRMED, 180, 180)


def test_what_was_in_dispute_is_settled_by_staff_or_by_her_own_correction():
    lines, no = [line(1)], said(60, 1, agreed=False)
    assert (only(lines, [no]).state, only(lines, [no]).counted) == (State.DISPUTED, 0)
    corrected = [*lines, line(2, minutes=60, replaces=1)]
    assert (only(corrected, [no]).state, only(corrected, [no]).counted) == (State.CONFIRMED, 60)
    settled = only(lines, [no, said(90, 2, business=False)])
    assert (settled.state, settled.counted) == (State.SETTLED, 90)
    assert only(lines, [said(90, 0, business=False), no]).state is State.DISPUTED, "signed before is not settled after"


def test_what_is_changed_after_it_was_confirmed_or_signed_off_waits_again():
    words = [said(120, 1), said(120, 2, business=False)]
    before = only([line(1)], words)
    after = only([line(1), line(2, minutes=300, replaces=1)], words)
    assert (before.state, before.signed) == (State.CONFIRMED, True)
    assert (after.state, after.signed, after.counted) == (State.WAITING, False, 0)


@pytest.mark.parametrize(
    ("new", "today", "why"),
    [
        (line(9, 20260906), NOW, WhyNot.BEFORE),
        (line(9, 20261207), 20261210, WhyNot.AFTER),
        (line(9, 20261002), NOW, WhyNot.FUTURE),
        (line(9, 20260910), 20270118, WhyNot.LATE),
        (line(9, 20260910), 20270117, None),
        (line(9, minutes=0), NOW, WhyNot.MINUTES),
        (line(9, minutes=-5), NOW, WhyNot.MINUTES),
        (line(9, minutes=DAY_MINUTES + 1), NOW, WhyNot.MINUTES),
        (line(9, minutes=DAY_MINUTES - 120), NOW, None),
        (line(9, minutes=DAY_MINUTES - 119), NOW, WhyNot.FULL),
        (line(9, minutes=DAY_MINUTES, replaces=1), NOW, None),
        (line(9, minutes=0, replaces=1), NOW, None),
    ],
)
def test_what_can_not_be_logged(new, today, why):
    assert why_not_log(new, SPAN, [line(1)], today) is why


@pytest.mark.parametrize(
    ("span", "minutes", "agreement", "checks", "why"),
    [
        (SPAN, 600, 20260901, NEEDED, None),
        (SPAN, 600, SPAN.starts_day, NEEDED, None),
        (SPAN, 600, SPAN.starts_day + 1, NEEDED, WhyNot.UNCHECKED),
        (SPAN, 600, None, NEEDED, WhyNot.UNCHECKED),
        (SPAN, 600, 20260901, set(NEEDED) - {"safe"}, WhyNot.UNCHECKED),
        (Span(20260907, 20260906), 600, 20260901, NEEDED, WhyNot.ORDER),
        (Span(20260907, 20270908), 600, 20260901, NEEDED, WhyNot.LONG),
        (SPAN, 0, 20260901, NEEDED, WhyNot.MINUTES),
        (SPAN, 49 * 60, 20260901, NEEDED, WhyNot.MINUTES),
    ],
)
def test_what_stands_against_a_placement(span, minutes, agreement, checks, why):
    assert why_not(span, minutes, agreement, checks, []) is why


def test_two_at_one_business_may_follow_each_other_and_not_overlap():
    args = 600, 20260901, NEEDED
    assert why_not(SPAN, *args, [Span(20260801, 20260906)]) is None
    assert why_not(SPAN, *args, [Span(20260801, 20260907)]) is WhyNot.PLACED
    assert why_not(SPAN, *args, [Span(20260801, 20260930, ended_day=20260906)]) is None


def test_three_months_after_its_last_day_it_is_asked_again():
    assert asked_again_from(SPAN) == 20270307
    assert asked_again_from(Span(20260907, 20261206, ended_day=20261001)) == 20261231
    assert agreed_minutes(SPAN, 600) == 13 * 600


MANY = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 600)), max_size=12)


@given(MANY, st.permutations(range(12)))
def test_however_lines_are_ordered_each_counts_once_and_a_correction_in_its_place(days, order):
    lines = [line(n + 1, days_on(SPAN.starts_day, day), minutes) for n, (day, minutes) in enumerate(days)]
    lines += [line(n + 101, it.day, 7, n + 1) for n, it in enumerate(lines) if n % 3 == 0]
    shuffled = [lines[at] for at in order if at < len(lines)] + lines[12:]
    for known in (lines, shuffled):
        gone = {it.replaces for it in known}
        expected = sum(it.minutes for it in known if it.hours_id not in gone)
        assert sum(it.minutes for it in weeks(known, [], NOW)) == expected
        assert all(days_on(it.monday, 0) <= row.day <= days_on(it.monday, 6)
                   for it in weeks(known, [], NOW) for row in it.lines)  # fmt: skip
    assert standing(lines) == standing(list(reversed(lines)))
