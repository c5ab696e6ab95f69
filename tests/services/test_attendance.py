"""Attendance counted by month: by where the meeting was, people once, and what was added late beside it."""

from __future__ import annotations

from datetime import date

from lms.learning.attendance import Came
from lms.learning.days import DAY_MS, end_of_day
from lms.learning.measures import period
from lms.services import merging
from lms.services.attendance import by_area, by_month
from tests.services.club import meeting
from tests.services.test_registers import club, enter, femi, lena

__all__ = ["club", "femi", "lena"]


def counted(site, as_of, first_ms):
    about = period(first_ms, as_of, site.zone, site.now_ms)
    with site.store.read() as db:
        found = list(by_month(db, about, lambda it: it.group_id))
    return {it.month.name: (it.held, it.came) for it in found}


def test_a_meeting_counts_in_its_own_month_and_what_came_late_is_told(site, femi, club, lena):
    start = site.now_ms  # 21 November 2026
    zara = site.person("Zara")
    site.join(zara, club)
    first, second = meeting(site, club), meeting(site, club)
    meeting(site, club)  # nobody came
    meeting(site, club, cancelled_ms=start)
    enter(site, femi, first, lena.public_id, new=["Nadia"])
    enter(site, femi, second, lena.public_id)
    site.later(20 * DAY_MS)
    december = meeting(site, club)
    enter(site, femi, second, zara.public_id)
    enter(site, femi, december, zara.public_id)
    now = date(2026, 12, 31)
    november = Came(meetings=2, attendances=4, people=3, guests=1, late=1)
    assert counted(site, now, start) == {
        "2026-11": (3, november),
        "2026-12": (1, Came(meetings=1, attendances=1, people=1)),
    }
    assert counted(site, date(2026, 11, 30), start) == {"2026-11": (3, Came(2, 3, 2, 1, 0))}


def test_who_was_two_then_counts_as_two_in_a_month_that_is_over(site, femi, club, lena):
    start = site.now_ms
    again = site.person("Lena B")
    site.join(again, club)
    its = meeting(site, club)
    enter(site, femi, its, lena.public_id, again.public_id)
    before = counted(site, date(2026, 11, 30), start)
    site.now_ms = end_of_day(date(2026, 12, 10), site.zone)
    merging.merge(site.store, lena.person_id, again.person_id, None, site.now_ms)
    assert counted(site, date(2026, 11, 30), start) == before == {"2026-11": (1, Came(1, 2, 2))}
    assert counted(site, date(2026, 12, 31), start) == before


def test_meetings_are_told_by_their_own_area_else_by_their_groups(site, femi):
    here, there = site.area("E1"), site.area("E2")
    group = site.group(femi, area_id=here)
    meeting(site, group)
    meeting(site, group, area_id=there)
    meeting(site, site.group(femi))
    with site.store.read() as db:
        found = list(by_area(db, site.zone, date(2026, 11, 30), site.now_ms))
    assert [(code, month, told["meetings"]) for code, month, told in found] == [
        ("E1", "2026-11", 1),
        ("E2", "2026-11", 1),
        ("(none)", "2026-11", 1),
    ]
