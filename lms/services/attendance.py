"""Attendance counted: how many meetings and how many came, by month and by where they were.

A meeting counts in the month it took place, and in that month is told how much was added after it was over. Where a
meeting was is its own: the area and the group it was made for, whoever came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from lms.learning.attendance import Came, Tick, came
from lms.learning.days import end_of_day
from lms.learning.measures import NOWHERE, Breakdown, Month, Period, period
from lms.learning.people import Scope
from lms.learning.persons import Merge, kept_at
from lms.store import attendance as rows
from lms.store import meetings as meeting_rows
from lms.store import merges as merge_rows
from lms.store.meetings import MeetingRow
from lms.store.people import groups_in
from lms.store.reports import labels_of, staff_groups

EVERYWHERE = Scope(everywhere=True)
_TOGETHER = 200
"""Meetings whose ticks are read at once."""


@dataclass(frozen=True)
class Count:
    """One number of a table: of what, in which month, what it came to. `held`: how many meetings there were at all."""

    unit: int
    month: Month
    held: int
    came: Came


def by_month(
    db: Connection,
    about: Period,
    unit: Callable[[MeetingRow], int | None],
    within: Callable[[MeetingRow], bool] = lambda _met: True,
) -> Iterator[Count]:
    """Month by month, for each unit in which a meeting took place: by its area, its group, its programme.

    As of the period's day: what was recorded later, a meeting that was made later, and a merge that was, count not.
    """
    if not about.months:
        return
    merges = [Merge(it.person_id, it.other_id, it.at_ms, it.undone_ms) for it in merge_rows.every(db, about.end_ms)]
    ends = [*(month.starts_ms for month in about.months[1:]), about.end_ms]
    for month, ends_ms in zip(about.months, ends, strict=True):
        kept = kept_at(merges, ends_ms)
        of: dict[int, list[MeetingRow]] = {}
        for meeting in meeting_rows.held(db, month.starts_ms, ends_ms, about.end_ms):
            if within(meeting):
                of.setdefault(unit(meeting) or 0, []).append(meeting)
        for unit_id, its in sorted(of.items()):
            ticks = [it for it in _ticks(db, its) if it.recorded_ms < about.end_ms]
            yield Count(unit_id, month, len(its), came(ticks, ends_ms, kept))


def _ticks(db: Connection, its: Sequence[MeetingRow]) -> Iterator[Tick]:
    for start in range(0, len(its), _TOGETHER):
        yield from rows.of_meetings(db, [it.meeting_id for it in its[start : start + _TOGETHER]])


def by_area(
    db: Connection, zone: ZoneInfo, as_of: date, now_ms: int, scope: Scope = EVERYWHERE, *, staff: bool = False
) -> Iterator[tuple[str, str, dict[str, int]]]:
    """(area code, month, measure -> how many) of every area and month in which a meeting in a scope took place.

    `staff`: meetings of groups for staff alone, else all the others.
    """
    about = period(rows.first_met(db, end_of_day(as_of, zone)), as_of, zone, now_ms)
    codes = labels_of(db, Breakdown.AREA)
    groups = dict(rows.areas_of_groups(db))

    def area(met: MeetingRow) -> int | None:
        return met.area_id or (groups.get(met.group_id) if met.group_id is not None else None)

    of_staff = staff_groups(db)
    near = frozenset() if scope.everywhere else frozenset(groups_in(db, scope))

    def within(met: MeetingRow) -> bool:
        if (met.group_id in of_staff) != staff:
            return False
        return scope.everywhere or met.programme_id in scope.programmes or met.group_id in near

    found = [(codes[it.unit], it.month.name, it) for it in by_month(db, about, area, within)]
    for code, month, it in sorted(found, key=lambda its: (its[0] == NOWHERE, its[:2])):
        told = it.came
        yield (
            code,
            month,
            {
                "meetings": it.held,
                "attendances": told.attendances,
                "people": told.people,
                "guests": told.guests,
                "added_late": told.late,
            },
        )
