"""What a funder is told: the measures, the words they are defined by, and how a count is shown.

In: what was counted, and the day the report is as of. Out: its months and its cells. The definitions
stand here alone: the README of every package is made from them, and a test holds `docs/funders.md`
to them. Counting the rows is `store.reports`; how the cells are written down is `interop.reports`.
"""

from __future__ import annotations

import hmac
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms.learning.days import day_of, end_of_day, month_of

SETTLED_MS = 5 * 60_000
"""How long after a day its last answers may still be on their way into the database."""

NOWHERE = "(none)"
"""Stands for the area or group of those who had none."""


class Measure(StrEnum):
    """What is counted, in the order it is told."""

    STARTED = "started"
    ACTIVE = "active"
    LESSONS_FINISHED = "lessons_finished"
    MODULES_COMPLETED = "modules_completed"
    BADGES = "badges"


class Breakdown(StrEnum):
    """By what the people are told apart: one at a time. Who learns as staff is in `STAFF` and in no other."""

    AREA = "area"
    GROUP = "group"
    STAFF = "staff"

    @property
    def unit(self) -> str:
        """What a place in it is: an area or a group."""
        return Breakdown.AREA if self is Breakdown.STAFF else self


MEASURES: Mapping[Measure, str] = {
    Measure.STARTED: "People who finished their first lesson there in the month. Each person counts once in an area, "
    "and once in a group.",
    Measure.ACTIVE: "Different people who did anything there in the month: opened, read, answered or finished "
    "something. Someone who did a hundred things counts once.",
    Measure.LESSONS_FINISHED: "Lessons finished there in the month. This counts lessons, not people: someone who "
    "finished three lessons counts three times, and a lesson done again does not count again.",
    Measure.MODULES_COMPLETED: "Modules completed there in the month: every lesson that is not optional is finished, "
    "and the quiz is passed if the module has one. This counts modules, not people.",
    Measure.BADGES: "Badges earned there in the month, for a module or for a whole course. This counts badges, not "
    "people. A badge that was taken back later still counts in the month it was earned.",
}

WORDS: Mapping[str, str] = {
    "As of": "A report is as of a day: it counts what had been recorded by the end of that day, and nothing that "
    "came later. Made again in a year, it is the same to the last byte.",
    "Month": "The month in which something was recorded here. An answer given without a connection counts in the "
    "month it arrives, so a month that is over never changes.",
    "Person": "Anyone with an account who began a course. What somebody did before she made "
    "her account counts from the day she made it; whoever makes none is not counted. Someone whose name was erased "
    "still counts: what is left of her has no name to it.",
    "Area": "Where a person belonged on the day she began the course: the area of her group, or else her own. It is "
    "not changed when she moves. Areas are given by their codes, which never change.",
    "Group": "The group a person was in on the day she began the course; it is not changed when she moves to "
    "another. Groups are given by their ids, the last part of the address of a group's page, because a name can "
    "change and can hold the name of a person.",
    "Staff": "Staff and volunteers in training: a course that was begun with a group for staff. It is told in a table "
    "of its own, by area, and is in no other number. Someone who learns one course as a learner and another as staff "
    "counts in both, each course where she began it.",
    "There": "In a course that was begun in that area, or with that group. Someone who began two courses in two "
    "places counts in both.",
}

ATTENDANCE: Mapping[str, str] = {
    "meetings": "Meetings of clubs and workshops that took place there in the month, whoever came.",
    "attendances": "How often somebody was at one. Someone who came to three meetings counts three times.",
    "people": "Different people who came, those without an account too. Whoever came to three meetings counts once.",
    "guests": "Of the attendances, those of people who had no account then.",
    "added_late": "Of the attendances, those that were entered only after the month was over, within a year.",
}
"""What is told of meetings: they count in the month they took place, where they took place."""

RULES: Mapping[str, str] = {
    "zero": "0 means none: it is a true zero.",
    "confidential": "[c] stands for 1 to 9. So few people could be recognised, so the number is not told.",
    "rounded": "Every other number is rounded to the nearest 5: 10 stands for 10 to 12, 15 for 13 to 17.",
}
"""Status -> what it says about the count beside it."""

HIDDEN = "[c]"
FEWEST_SHOWN = 10
ROUNDED_TO = 5


def shown(count: int) -> tuple[str, str]:
    """A count as it may be told, and its status."""
    if count == 0:
        return "0", "zero"
    if count < FEWEST_SHOWN:
        return HIDDEN, "confidential"
    return str((count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO), "rounded"


@dataclass(frozen=True)
class Month:
    """A month of the site's time zone: 202609, and the instant it starts at."""

    number: int
    starts_ms: int

    @property
    def name(self) -> str:
        return f"{self.number // 100:04}-{self.number % 100:02}"


@dataclass(frozen=True)
class Period:
    """What a report looks at: every month from the first in which anyone began a course to its day."""

    as_of: date
    zone: str
    end_ms: int
    """The first instant after the day: only what was recorded before it counts."""
    months: tuple[Month, ...]
    settled: bool
    """Whether everything recorded by then is in the database for certain."""
    groups: frozenset[int] | None = None
    """Only what was begun in these groups; None: everywhere."""
    staff: frozenset[int] = frozenset()
    """The groups for staff: what was begun in one is training."""

    @property
    def last_days(self) -> int:
        """The days of the last month that are over, as `learner_months.day_bits` has them."""
        return (1 << self.as_of.day) - 1


def period(
    first_ms: int | None,
    as_of: date,
    zone: ZoneInfo,
    now_ms: int,
    groups: frozenset[int] | None = None,
    staff: frozenset[int] = frozenset(),
) -> Period:
    """`first_ms`: when the first enrolment was recorded; None for none by the end of the day."""
    end_ms = end_of_day(as_of, zone)
    first = month_of(day_of(first_ms, zone)) if first_ms is not None else None
    months = tuple(_months(first, as_of.year * 100 + as_of.month, zone)) if first is not None else ()
    return Period(as_of, str(zone), end_ms, months, now_ms >= end_ms + SETTLED_MS, groups, staff)


def _months(first: int, last: int, zone: ZoneInfo) -> Iterator[Month]:
    number = first
    while number <= last:
        starts = datetime(number // 100, number % 100, 1, tzinfo=zone)
        yield Month(number, int(starts.timestamp() * 1000))
        number += 1 if number % 100 < 12 else 89


class Tally:
    """The counts of one breakdown: four bytes a cell, so that thousands of groups take little room.

    `units`: id -> area code or group id, 0 for those who had none.
    """

    def __init__(self, units: Mapping[int, str], months: tuple[Month, ...]) -> None:
        self._units = sorted(units, key=lambda unit: (unit == 0, units[unit]))
        self._labels = units
        self._months = months
        self._places = {unit: place for place, unit in enumerate(self._units)}
        self._month_places = {month.number: place for place, month in enumerate(months)}
        self._counts = array("i", bytes(4 * len(units) * len(months) * len(Measure)))

    def add(self, measure: int, unit: int, month: int, count: int) -> None:
        """Add to one cell. `measure`: its place in `Measure`; `month`: 202609.

        A place that was not there when the counting began is left out: the day is not over then, and
        the next report has it.
        """
        if unit in self._places:
            row = self._places[unit] * len(self._months) + self._month_places[month]
            self._counts[row * len(Measure) + measure] += count

    def cells(self) -> Iterator[tuple[str, str, Measure, int]]:
        """(unit, month, measure, count) of every cell, by unit, month and measure."""
        counts = iter(self._counts)
        for unit in self._units:
            for month in self._months:
                for measure in Measure:
                    yield self._labels[unit], month.name, measure, next(counts)


def pseudonym(salt: bytes, person_id: int) -> str:
    """A person in a file about single learners: the same in one file, another in every other.

    The letter in front keeps a spreadsheet from reading an id of digits as a number.
    """
    return "p" + hmac.digest(salt, str(person_id).encode(), "sha256").hex()[:32]
