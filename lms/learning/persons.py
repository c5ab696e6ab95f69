"""Who is one person, as at an instant, and what is counted twice where somebody has several ids.

In: the merges there were, and what was counted of the ids in them. Out: what to take off again. In each month
people are told apart as they were at its end, or at the end of the report's day: a merge counts from when it was
recorded, one that is undone until then, and a month that is over never changes.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lms.learning.measures import Breakdown, Measure, Period


@dataclass(frozen=True)
class Merge:
    """Two ids that are one person from an instant until another; None: still."""

    kept: int
    other: int
    at_ms: int
    undone_ms: int | None

    def holds(self, end_ms: int) -> bool:
        """Whether it did when an instant came: what is recorded at that very instant comes after."""
        return self.at_ms < end_ms and (self.undone_ms is None or self.undone_ms >= end_ms)


class Seen(NamedTuple):
    """Something that counts, under one id. `key`: what it is; the same under another id is the same thing again."""

    person_id: int
    measure: Measure
    course_id: int
    key: str
    area_id: int
    group_id: int
    when: int
    """The instant from which it counts; of `ACTIVE` the month, 202609."""

    staff: bool = False
    """Whether she began the course as staff."""

    def unit(self, breakdown: Breakdown) -> int:
        return self.group_id if breakdown is Breakdown.GROUP else self.area_id

    def within(self, breakdown: Breakdown) -> bool:
        """Whether it is counted in a breakdown at all."""
        return self.staff == (breakdown is Breakdown.STAFF)


Taken = tuple[Breakdown, Measure, int, int]
"""(by what, which measure, area or group, month) of a count that is one too high."""


def kept_at(merges: Iterable[Merge], end_ms: int) -> dict[int, int]:
    """Id -> who that person is when an instant comes, for those who are somebody else."""
    into = {it.other: it.kept for it in merges if it.holds(end_ms)}
    return {other: _last(into, other) for other in into}


def _last(into: Mapping[int, int], person_id: int) -> int:
    while person_id in into:
        person_id = into[person_id]
    return person_id


def ever_one(merges: Iterable[Merge]) -> list[list[int]]:
    """The ids that ever were one person, together."""
    of: dict[int, list[int]] = {}
    for it in merges:
        one, other = of.setdefault(it.kept, [it.kept]), of.setdefault(it.other, [it.other])
        if one is not other:
            one += other
            of.update(dict.fromkeys(other, one))
    return list({id(ids): sorted(ids) for ids in of.values()}.values())


class Counted:
    """What was counted of some ids, and who they were at the end of each month."""

    def __init__(self, merges: Sequence[Merge], period: Period) -> None:
        self._starts = [month.starts_ms for month in period.months]
        self._numbers = [month.number for month in period.months]
        ends = [*self._starts[1:], period.end_ms]
        self._kept = {number: kept_at(merges, end) for number, end in zip(self._numbers, ends, strict=True)}

    def twice(self, seen: Sequence[Seen]) -> Iterator[Taken]:
        """Each count that is one too high. `seen`: all of whoever ever were one person."""
        yield from self._things(seen)
        for breakdown in Breakdown:
            within = [it for it in seen if it.within(breakdown)]
            yield from self._firsts(within, breakdown)
            yield from self._active(within, breakdown)

    def _things(self, seen: Sequence[Seen]) -> Iterator[Taken]:
        same: dict[tuple[Measure, int, str], list[Seen]] = {}
        for it in seen:
            if it.measure is not Measure.ACTIVE:
                same.setdefault((it.measure, it.course_id, it.key), []).append(it)
        for its in same.values():
            for again in self._again([(it.when, it.person_id, it) for it in its]):
                here = [by for by in Breakdown if again.within(by)]
                yield from ((by, again.measure, again.unit(by), self._month(again.when)) for by in here)

    def _firsts(self, seen: Sequence[Seen], breakdown: Breakdown) -> Iterator[Taken]:
        """Of `STARTED`: the first lesson of each id there."""
        firsts: dict[tuple[int, int], Seen] = {}
        for it in sorted(seen, key=lambda it: it.when):
            if it.measure is Measure.LESSONS_FINISHED:
                firsts.setdefault((it.unit(breakdown), it.person_id), it)
        there: dict[int, list[tuple[int, int, Seen]]] = {}
        for (unit, person_id), it in firsts.items():
            there.setdefault(unit, []).append((it.when, person_id, it))
        for unit, its in there.items():
            yield from ((breakdown, Measure.STARTED, unit, self._month(again.when)) for again in self._again(its))

    def _active(self, seen: Sequence[Seen], breakdown: Breakdown) -> Iterator[Taken]:
        there: dict[tuple[int, int], set[int]] = {}
        for it in seen:
            if it.measure is Measure.ACTIVE:
                there.setdefault((it.unit(breakdown), it.when), set()).add(it.person_id)
        for (unit, month), people in there.items():
            kept = {self._kept[month].get(person_id, person_id) for person_id in people}
            yield from [(breakdown, Measure.ACTIVE, unit, month)] * (len(people) - len(kept))

    def _again(self, its: list[tuple[int, int, Seen]]) -> Iterator[Seen]:
        """Those that were seen before under another id of whoever she was at the end of the month."""
        before: list[int] = []
        for when, person_id, it in sorted(its, key=lambda it: it[:2]):
            kept = self._kept[self._month(when)]
            if kept.get(person_id, person_id) in {kept.get(other, other) for other in before}:
                yield it
            before.append(person_id)

    def _month(self, when: int) -> int:
        return self._numbers[max(0, bisect.bisect_right(self._starts, when) - 1)]
