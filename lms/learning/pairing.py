"""A learner and her mentor: for how long, how often they mean to speak, and how many learners a mentor has room for.

In: the days of pairings and of check-ins. Out: what stands against a pairing, and when a check-in is overdue. Days are
`yyyymmdd` in the site's zone; a pairing holds on its last day too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

MONTHS = 6
"""How long a pairing is where nobody says otherwise: what Digital Mums' training takes."""
LONGEST_DAYS = 731
CAPACITY = 3
"""Learners at a time, for a mentor of whom nobody said how many."""
MOST_CAPACITY = 30
RHYTHM_DAYS = 14
RHYTHMS = (7, 14, 28)
GRACE_DAYS = 3
"""How late a check-in may be before it is overdue: a week has busy days."""

CHECK_IN, NOTE = "check-in", "note"
"""Kinds of contacts that a mentor notes: that they spoke, and something for both to remember."""


@dataclass(frozen=True)
class Pairing:
    """A pairing. `ended_day`: the day it was ended before its time, which is its last."""

    pairing_id: UUID
    person_id: int
    mentor_id: int
    starts_day: int
    ends_day: int
    rhythm_days: int = RHYTHM_DAYS
    ended: bool = False

    def holds(self, day: int) -> bool:
        """Whether she is his learner on a day."""
        return not self.ended and self.starts_day <= day <= self.ends_day

    def meets(self, starts_day: int, ends_day: int) -> bool:
        """Whether it holds on any day of a span."""
        return not self.ended and self.starts_day <= ends_day and starts_day <= self.ends_day


class WhyNot(StrEnum):
    """What stands against a pairing."""

    HERSELF = "herself"
    ORDER = "order"
    """It ends before it begins."""
    PAST = "past"
    """It is over already."""
    LONG = "long"
    PAIRED = "paired"
    """She has a mentor in that time."""
    FULL = "full"
    """The mentor has as many learners as there is room for."""


def why_not(
    new: Pairing, hers: Iterable[Pairing], theirs: Iterable[Pairing], capacity: int, today: int
) -> WhyNot | None:
    """What stands against a pairing; None: nothing. `hers`: her other ones; `theirs`: the mentor's with others."""
    if new.person_id == new.mentor_id:
        return WhyNot.HERSELF
    if new.ends_day < new.starts_day:
        return WhyNot.ORDER
    if new.ends_day < today:
        return WhyNot.PAST
    if (as_date(new.ends_day) - as_date(new.starts_day)).days > LONGEST_DAYS:
        return WhyNot.LONG
    if any(it.meets(new.starts_day, new.ends_day) for it in hers):
        return WhyNot.PAIRED
    return WhyNot.FULL if most_at_once(theirs, new.starts_day, new.ends_day) >= capacity else None


def most_at_once(pairings: Iterable[Pairing], starts_day: int, ends_day: int) -> int:
    """How many of a mentor's pairings hold on the fullest day of a span.

    That day is the span's first, or one on which a pairing begins.
    """
    meeting = [it for it in pairings if it.meets(starts_day, ends_day)]
    days = {max(it.starts_day, starts_day) for it in meeting}
    return max((sum(it.holds(day) for it in meeting) for day in days), default=0)


def last_day(starts_day: int, months: int = MONTHS) -> int:
    """The last day of a pairing of so many months: the day before the same day of the month.

    >>> last_day(20260901), last_day(20260831)
    (20270228, 20270227)
    """
    first = as_date(starts_day)
    year, month = divmod(first.month - 1 + months, 12)
    day = min(first.day, _days_in(first.year + year, month + 1))
    return as_day(date(first.year + year, month + 1, day) - timedelta(days=1))


def due_day(pairing: Pairing, last_checkin: int | None) -> int:
    """When they mean to speak next: so many days after the last time, or after they were paired."""
    since = max(pairing.starts_day, last_checkin or 0)
    return as_day(as_date(since) + timedelta(days=pairing.rhythm_days))


def days_overdue(pairing: Pairing, last_checkin: int | None, today: int) -> int:
    """For how many days a check-in has been overdue; 0 where it is not, or the pairing does not hold."""
    late = (as_date(today) - as_date(due_day(pairing, last_checkin))).days
    return late if pairing.holds(today) and late > GRACE_DAYS else 0


def as_date(day: int) -> date:
    return date(day // 10_000, day // 100 % 100, day % 100)


def as_day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _days_in(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
