"""When a group can be joined, and what a group or a programme may say of its days.

In: the days a group begins and ends, whether one may join late, and today. Out: whether its code still lets people in.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Shut(StrEnum):
    """Why a group's code lets nobody in any more."""

    ENDED = "ended"
    BEGUN = "begun"


def shut(starts_day: int | None, ends_day: int | None, late_join: bool, today: int) -> Shut | None:
    """Whether a group can't be joined on a day. Before it begins it can: that is when most people sign up.

    >>> shut(20260901, 20261218, True, 20261219), shut(20260901, None, False, 20260902)
    (<Shut.ENDED: 'ended'>, <Shut.BEGUN: 'begun'>)
    """
    if ends_day is not None and today > ends_day:
        return Shut.ENDED
    if not late_join and starts_day is not None and today > starts_day:
        return Shut.BEGUN
    return None


def as_number(day: date) -> int:
    """A day as it is stored.

    >>> as_number(date(2026, 9, 1))
    20260901
    """
    return day.year * 10_000 + day.month * 100 + day.day


def as_text(day: int | None) -> str:
    """A stored day as it is typed.

    >>> as_text(20260901), as_text(None)
    ('2026-09-01', '')
    """
    return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}" if day else ""
