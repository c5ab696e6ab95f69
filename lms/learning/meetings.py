"""Meetings of a club or workshop: the instants of a series, and what can't be one.

In: a first day, a time, how often, until when, which days are left out. Out: instants. A time is the clock's on the
wall, so that a club at ten stays at ten when clocks change.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms.errors import Refused

MOST_MEETINGS = 110
"""In one series: a weekly club of two years."""
MOST_MINUTES = 12 * 60
MOST_PLACES = 1000


class Every(StrEnum):
    """How often a series meets."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    """On the same weekday of the month, such as the first Tuesday. A fifth one stands for the last of its month."""


class Opens(StrEnum):
    """Who may come: one group, or all groups of a venue, a programme or an organisation."""

    GROUP = "group"
    VENUE = "venue"
    PROGRAMME = "programme"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class About:
    """What is said of a meeting beside when it is. `capacity`: places; None for as many as come."""

    name: str
    place: str
    minutes: int
    capacity: int | None


@dataclass(frozen=True)
class Series:
    """When a club meets: from its first day on, up to its last."""

    first: date
    at: time
    every: Every = Every.ONCE
    last: date | None = None
    without: frozenset[date] = frozenset()
    """Days on which it does not meet, such as holidays."""


def days(first: date, every: Every, last: date | None) -> Iterator[date]:
    """The days of a series, in order."""
    until = first if every is Every.ONCE else last or first
    day = first
    number = 0
    while day <= until:
        yield day
        number += 1
        day = first + timedelta(weeks=number) if every is Every.WEEKLY else _months_on(first, number)


def _months_on(first: date, number: int) -> date:
    """The same weekday of the month, some months on."""
    months = first.year * 12 + first.month - 1 + number
    year, month = divmod(months, 12)
    length = monthrange(year, month + 1)[1]
    earliest = date(year, month + 1, 1)
    day = 1 + (first.weekday() - earliest.weekday()) % 7 + 7 * ((first.day - 1) // 7)
    return date(year, month + 1, day if day <= length else day - 7)


def instant(day: date, at: time, zone: ZoneInfo) -> int:
    """When a clock on the wall shows a time of a day. A time that is left out in spring is an hour later."""
    return int(datetime.combine(day, at, zone).timestamp()) * 1000


def starts(series: Series, zone: ZoneInfo, now_ms: int) -> list[int]:
    """The instants at which a series begins. Refused for none, for too many, and for one that is over."""
    if series.every is not Every.ONCE and series.last is None:
        raise Refused("Say until which day it goes on.", "last")
    if series.last and series.last < series.first:
        raise Refused("The last day is before the first. Put the days right.", "last")
    found: list[int] = []
    for day in days(series.first, series.every, series.last):
        if day in series.without:
            continue
        if len(found) == MOST_MEETINGS:
            raise Refused("That is more than {most} meetings. Choose an earlier last day.", "last", most=MOST_MEETINGS)
        found.append(instant(day, series.at, zone))
    if not found:
        raise Refused("Every day of this was taken out, so there is no meeting left.", "without")
    check_ahead(found[0], now_ms)
    return found


def check_ahead(starts_ms: int, now_ms: int) -> None:
    """Refused for a meeting that would have begun already."""
    if starts_ms <= now_ms:
        raise Refused("That time is over. Choose a day and time that are still to come.", "first")


def check(about: About) -> About:
    """Refused for a length or a number of places that can't be."""
    if not 1 <= about.minutes <= MOST_MINUTES:
        raise Refused("Say how many minutes it takes: from 1 to {most}.", "minutes", most=MOST_MINUTES)
    if about.capacity is not None and not 1 <= about.capacity <= MOST_PLACES:
        raise Refused(
            "Say how many places there are, from 1 to {most}. Leave it empty if everyone can come.",
            "capacity",
            most=MOST_PLACES,
        )
    if len(about.place) > 300:
        raise Refused("Use at most {most} letters.", "place", most=300)
    return about


def fits(taken: int, capacity: int | None) -> bool:
    """Whether there is a place left."""
    return capacity is None or taken < capacity
