"""Placements: the weeks of work of a learner at a business, and what stands against a placement or a line of hours.

In: the days of a placement, the lines a learner logged, and what the business and the staff said of each week. Out: the
weeks with their minutes and their state, and what can't be. Days are `yyyymmdd` in the site's zone; a week is named by
its Monday. Ten paid hours a week are what Digital Mums agreed with its businesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from lms.learning.pairing import as_date, as_day

BADGE = "work_placement"
"""The badge of whoever completed a placement. No course can be called so: their names have no such line in them."""
WEEK_MINUTES = 600
"""Agreed for a week where nobody says otherwise."""
MOST_WEEK_MINUTES = 48 * 60
"""More than the law lets most people work in a week."""
DAY_MINUTES = 24 * 60
LONGEST_DAYS = 366
LATE_DAYS = 42
"""For how long after the last day she can still log hours: six weeks."""
_YEARS = 2000_01_01, 2099_12_31
LATER_DAYS = 91
"""How long after the last day it is asked again what became of it: three months."""


class Check(StrEnum):
    """What was looked at before somebody is sent to a business."""

    VISITED = "visited"
    INSURED = "insured"
    SAFE = "safe"
    """Somebody there is named to whom she can go."""
    POLICY = "policy"
    """It has a safeguarding policy, or took on that of the organisation."""
    DBS = "dbs"


NEEDED = frozenset({Check.VISITED, Check.INSURED, Check.SAFE})
"""Without which nobody is placed."""


class Ended(StrEnum):
    """What became of a placement: at its end, and asked again three months later."""

    KEPT_ON = "kept-on"
    JOB = "job"
    STUDY = "study"
    NONE = "none"


class State(StrEnum):
    """How a week stands."""

    OPEN = "open"
    """It is not over."""
    WAITING = "waiting"
    """Nobody has said anything of what is logged now."""
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    SETTLED = "settled"
    """It was in dispute, and staff said how many minutes it is."""


class Unready(StrEnum):
    """Why a placement can't be called completed."""

    RUNNING = "running"
    """It is not over."""
    UNSETTLED = "unsettled"
    """A week waits for the business or is in dispute, or nothing was ever logged."""
    SHORT = "short"
    """Fewer hours count than were agreed: it can be, where somebody says why."""


@dataclass(frozen=True)
class Span:
    """The days of a placement, both included. `ended_day`: on which it ended in the end."""

    starts_day: int
    ends_day: int
    ended_day: int | None = None

    @property
    def last_day(self) -> int:
        return self.ends_day if self.ended_day is None else min(self.ends_day, self.ended_day)

    def holds(self, day: int) -> bool:
        return self.starts_day <= day <= self.last_day

    def meets(self, other: Span) -> bool:
        """Whether they share a day."""
        return max(self.starts_day, other.starts_day) <= min(self.last_day, other.last_day)


@dataclass(frozen=True)
class Line:
    """Minutes worked on a day, as she says. `replaces`: the line this one corrects; 0 minutes take it back."""

    hours_id: UUID
    day: int
    minutes: int
    what: str = ""
    link: str | None = None
    replaces: UUID | None = None
    first_id: UUID | None = None
    """The line that was corrected first, set by `standing`: files stay with it."""

    @property
    def files_id(self) -> UUID:
        """Under which its files are kept."""
        return self.first_id or self.hours_id


@dataclass(frozen=True)
class Said:
    """What the business, or the staff (`by_business` False), said of a week: so many minutes, agreed or in dispute."""

    week: int
    by_business: bool
    minutes: int
    agreed: bool
    words: str
    at_ms: int
    by_id: int | None = None


@dataclass(frozen=True)
class Week:
    """A week of a placement."""

    monday: int
    lines: tuple[Line, ...]
    state: State
    business: Said | None = None
    """Its newest word."""
    staff: Said | None = None
    """The newest word of the mentor or whoever runs the group."""

    @property
    def minutes(self) -> int:
        """What she logged."""
        return sum(line.minutes for line in self.lines)

    @property
    def counted(self) -> int:
        """What counts towards the agreed hours: what both sides say, or what staff settled."""
        if self.state is State.SETTLED and self.staff is not None:
            return self.staff.minutes
        return self.minutes if self.state is State.CONFIRMED else 0

    @property
    def signed(self) -> bool:
        """Whether staff signed off what is logged now."""
        return self.staff is not None and self.staff.agreed and self.staff.minutes == self.minutes

    @property
    def asked(self) -> str:
        """What her mentor asks about it; empty for nothing, or once it is signed off."""
        return "" if self.staff is None or self.staff.agreed else self.staff.words

    @property
    def sunday(self) -> int:
        return days_on(self.monday, 6)


class WhyNot(StrEnum):
    """What stands against a placement, or against a line of hours."""

    ORDER = "order"
    LONG = "long"
    FAR = "far"
    """A year nobody means."""
    MANY = "many"
    """With her other placements, more hours a week than anybody may work."""
    MINUTES = "minutes"
    """Agreed minutes of a week that nobody could work, or none."""
    UNCHECKED = "unchecked"
    """The business has not been looked at, or there is no agreement by the first day."""
    ENDED = "ended"
    """The business takes nobody any more."""
    PLACED = "placed"
    """She is at this business in that time."""
    FUTURE = "future"
    BEFORE = "before"
    """Before its first day."""
    AFTER = "after"
    """After its last."""
    LATE = "late"
    """It ended too long ago."""
    FULL = "full"
    """More than a day has, with what else she logged."""


def why_not(
    new: Span, week_minutes: int, agreement_day: int | None, checks: Iterable[str], others: Iterable[Span]
) -> WhyNot | None:
    """What stands against a placement; None: nothing. `others`: hers at the same business."""
    if new.ends_day < new.starts_day:
        return WhyNot.ORDER
    if not _YEARS[0] <= new.starts_day <= new.ends_day <= _YEARS[1]:
        return WhyNot.FAR
    if (as_date(new.ends_day) - as_date(new.starts_day)).days >= LONGEST_DAYS:
        return WhyNot.LONG
    if not 0 < week_minutes <= MOST_WEEK_MINUTES:
        return WhyNot.MINUTES
    if not set(checks) >= NEEDED or agreement_day is None or agreement_day > new.starts_day:
        return WhyNot.UNCHECKED
    return WhyNot.PLACED if any(new.meets(it) for it in others) else None


def minutes_at_most(new: Span, others: Iterable[tuple[Span, int]]) -> int:
    """How many minutes a week are agreed with other businesses on the fullest day of a placement."""
    meeting = [(span, minutes) for span, minutes in others if span.meets(new)]
    days = {max(span.starts_day, new.starts_day) for span, _minutes in meeting}
    return max((sum(minutes for span, minutes in meeting if span.holds(day)) for day in days), default=0)


def why_not_log(new: Line, span: Span, others: Iterable[Line], today: int) -> WhyNot | None:
    """What stands against a line of hours; None: nothing. `others`: all she logged, wherever, on any day."""
    if not 0 <= new.minutes <= DAY_MINUTES or (not new.minutes and new.replaces is None):
        return WhyNot.MINUTES
    if new.day > today:
        return WhyNot.FUTURE
    if new.day < span.starts_day:
        return WhyNot.BEFORE
    if new.day > span.last_day:
        return WhyNot.AFTER
    if today > days_on(span.last_day, LATE_DAYS):
        return WhyNot.LATE
    there = sum(it.minutes for it in standing([*others, new]) if it.day == new.day)
    return WhyNot.FULL if there > DAY_MINUTES else None


def standing(lines: Iterable[Line]) -> list[Line]:
    """The lines that hold, by day: neither corrected by a later one nor taken back."""
    lines = list(lines)
    replaced = {line.replaces for line in lines}
    before = {line.hours_id: line.replaces for line in lines}
    held = (
        replace(line, first_id=_first(before, line.hours_id))
        for line in lines
        if line.hours_id not in replaced and line.minutes
    )
    return sorted(held, key=lambda line: (line.day, line.hours_id.hex))


def _first(before: Mapping[UUID, UUID | None], its_id: UUID) -> UUID:
    while (older := before.get(its_id)) is not None:
        its_id = older
    return its_id


def weeks(lines: Iterable[Line], said: Iterable[Said], today: int) -> list[Week]:
    """Every week of a placement with something in it, the earliest first."""
    of: dict[int, list[Line]] = {}
    for line in standing(lines):
        of.setdefault(monday_of(line.day), []).append(line)
    told: dict[int, list[Said]] = {}
    for it in sorted(said, key=lambda it: it.at_ms):
        told.setdefault(it.week, []).append(it)
    return [_week(monday, of.get(monday, []), told.get(monday, []), today) for monday in sorted({*of, *told})]


def _week(monday: int, lines: list[Line], said: list[Said], today: int) -> Week:
    business = next((it for it in reversed(said) if it.by_business), None)
    staff = next((it for it in reversed(said) if not it.by_business), None)
    minutes = sum(line.minutes for line in lines)
    return Week(monday, tuple(lines), _state(monday, minutes, business, staff, today), business, staff)


def _state(monday: int, minutes: int, business: Said | None, staff: Said | None, today: int) -> State:
    if business is None:
        return State.OPEN if today <= days_on(monday, 6) else State.WAITING
    if business.minutes == minutes:
        return State.CONFIRMED  # what she corrected afterwards is what it said
    if business.agreed:
        return State.WAITING  # it agreed to something else than what stands there now
    settled = staff is not None and staff.agreed and staff.at_ms > business.at_ms
    return State.SETTLED if settled else State.DISPUTED


def unready(span: Span, week_minutes: int, found: Sequence[Week], today: int) -> Unready | None:
    """Why a placement can't be called completed; None: it can."""
    if today <= span.last_day:
        return Unready.RUNNING
    if not found or any(week.state not in (State.CONFIRMED, State.SETTLED) for week in found):
        return Unready.UNSETTLED
    return Unready.SHORT if sum(week.counted for week in found) < agreed_minutes(span, week_minutes) else None


def asked_again_from(span: Span) -> int:
    """From which day on it is asked again what became of it."""
    return days_on(span.last_day, LATER_DAYS)


def agreed_minutes(span: Span, week_minutes: int) -> int:
    """What was agreed for the whole of it: so much for every seven days, and in proportion for the rest.

    >>> agreed_minutes(Span(20260907, 20260920), 600)
    1200
    """
    days = (as_date(span.last_day) - as_date(span.starts_day)).days + 1
    return round(week_minutes * days / 7)


def monday_of(day: int) -> int:
    """The Monday of a day's week.

    >>> monday_of(20261101)
    20261026
    """
    return days_on(day, -as_date(day).weekday())


def days_on(day: int, days: int) -> int:
    """The day so many days later."""
    return as_day(as_date(day) + timedelta(days=days))
