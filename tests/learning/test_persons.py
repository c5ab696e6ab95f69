"""Who is one person as at an instant, and what is counted once: no month that is over ever changes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.learning.days import DAY_MS
from lms.learning.measures import Measure, Period, period
from lms.learning.persons import Counted, Merge, Seen, ever_one, kept_at

ZONE = ZoneInfo("UTC")
DAYS = 180
LESSON, ACTIVE, STARTED = Measure.LESSONS_FINISHED, Measure.ACTIVE, Measure.STARTED


def at(day: int) -> int:
    """Noon of a day of 2026, the first being 0."""
    return 20_454 * DAY_MS + day * DAY_MS + DAY_MS // 2


def upto(day: int) -> Period:
    return period(at(0), date.fromordinal(date(2026, 1, 1).toordinal() + day), ZONE, at(DAYS * 3))


def lesson(person_id: int, key: str, day: int, area: int = 1) -> Seen:
    return Seen(person_id, LESSON, 1, key, area, 0, at(day))


def taken(seen: list[Seen], merges: list[Merge], day: int) -> Counter[tuple[str, int]]:
    """(measure, month) -> how often it is taken off in area 1, in a report as of a day."""
    about = upto(day)
    known = [it for it in seen if it.measure is ACTIVE or it.when < about.end_ms]
    merges = [it for it in merges if it.at_ms < about.end_ms]
    twice = Counted(merges, about).twice(known)
    return Counter((measure, month) for by, measure, unit, month in twice if by == "area" and unit == 1)


def test_a_lesson_done_twice_counts_once_where_the_merge_comes_in_its_month():
    twice = [lesson(1, "7", 3), lesson(2, "7", 10)]
    merge = Merge(1, 2, at(20), None)
    assert taken(twice, [merge], 40) == {(LESSON, 202601): 1, (STARTED, 202601): 1}
    assert taken(twice, [merge], 15) == {}, "the report of a day before knows of none"
    assert taken(twice, [Merge(1, 2, at(40), None)], 170) == {}, "January was over"
    assert taken([*twice, lesson(1, "8", 21)], [merge], 40) == {(LESSON, 202601): 1, (STARTED, 202601): 1}


def test_who_started_before_under_another_id_does_not_start_again():
    seen = [lesson(1, "7", 3), lesson(2, "8", 50)]
    assert taken(seen, [Merge(2, 1, at(45), None)], 100) == {(STARTED, 202602): 1}
    assert taken(seen, [Merge(2, 1, at(45), at(47))], 100) == {}


def test_who_was_active_under_three_ids_is_one_person_until_they_are_two_again():
    seen = [Seen(its, ACTIVE, 1, "", 1, 0, month) for its in (1, 2, 3) for month in (202601, 202602, 202603)]
    merges = [Merge(1, 2, at(40), None), Merge(3, 1, at(41), at(70))]
    assert taken(seen, merges, 150) == {(ACTIVE, 202602): 2, (ACTIVE, 202603): 1}
    assert kept_at(merges, at(50)) == {2: 3, 1: 3}
    assert ever_one(merges) == [[1, 2, 3]]


@st.composite
def merges_of_a_year(draw: st.DrawFn) -> list[Merge]:
    """Merges as they can be: only who is nobody else's is merged, and the last may be undone before the next."""
    into: dict[int, int] = {}
    made: list[Merge] = []
    for day in sorted(draw(st.sets(st.integers(1, DAYS - 1), max_size=8))):
        free = [its for its in range(1, 6) if its not in into]
        if made and made[-1].undone_ms is None and draw(st.booleans()):
            last = made.pop()
            made.append(Merge(last.kept, last.other, last.at_ms, at(day)))
            del into[last.other]
        elif len(free) > 1:
            kept, other = draw(st.permutations(free))[:2]
            into[other] = kept
            made.append(Merge(kept, other, at(day), None))
    return made


_SEEN = st.builds(lesson, st.integers(1, 5), st.sampled_from("abc"), st.integers(0, DAYS - 1), st.sampled_from([1, 2]))


@settings(max_examples=200)
@given(st.lists(_SEEN, max_size=20, unique_by=lambda it: (it.person_id, it.key)), merges_of_a_year())
def test_a_report_as_of_a_day_knows_nothing_of_what_is_merged_or_undone_later(seen, merges):
    days = [30, 58, 89, 119, 150]  # the last of each month
    for day in days:
        end_ms = upto(day).end_ms
        until_then = [
            Merge(it.kept, it.other, it.at_ms, it.undone_ms if (it.undone_ms or end_ms) < end_ms else None)
            for it in merges
            if it.at_ms < end_ms
        ]
        now, later = taken(seen, until_then, day), taken(seen, merges, DAYS - 1)
        assert now == taken(seen, merges, day)
        month = upto(day).months[-1].number
        assert dict(now) == {key: n for key, n in later.items() if key[1] <= month}
